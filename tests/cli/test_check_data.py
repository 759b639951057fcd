"""`goodfit check DATA` takes what `goodfit fit DATA` takes: the same options, the same parts, the same facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from goodfit.cli.app import app
from goodfit.errors import GoodfitError


def check(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and findings."""
    result = CliRunner().invoke(app, ["check", "--format", "json", *map(str, arguments)])
    if isinstance(result.exception, GoodfitError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)["findings"]


@pytest.fixture
def street(tmp_path: Path) -> Path:
    """Twenty scenes with a disc (class 1) on a ground (class 0), their masks, and noisy copies."""
    random = np.random.default_rng(0)
    for name in ("images", "masks", "noisy"):
        (tmp_path / name).mkdir()
    for number in range(20):
        ground = random.integers(0, 256, (4, 5, 3), dtype=np.uint8)  # so that no scene looks like another
        scene, mask = Image.fromarray(ground).resize((40, 32)), Image.new("L", (40, 32), 0)
        left, top = (int(value) for value in random.integers(2, 16, 2))
        ImageDraw.Draw(scene).ellipse((left, top, left + 12, top + 12), fill=(220, int(random.integers(256)), 60))
        ImageDraw.Draw(mask).ellipse((left, top, left + 12, top + 12), fill=1)
        scene.save(tmp_path / "images" / f"{number}.png")
        mask.save(tmp_path / "masks" / f"{number}.png")
        noisy = np.asarray(scene) + random.normal(0, 20, (32, 40, 3))
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(tmp_path / "noisy" / f"{number}.png")
    return tmp_path


def test_masks_of_two_classes_are_two_classes(street: Path) -> None:
    """It said "only one class in the masks" of two."""
    assert check(street / "images", "--masks", street / "masks") == (0, [])


def test_pairs_are_checked(street: Path) -> None:
    """It ended in an AssertionError."""
    assert check(street / "noisy", "--clean", street / "images") == (0, [])


def test_a_copy_of_a_training_image_in_the_test_part_is_found_by_all(street: Path, tmp_path: Path) -> None:
    test = tmp_path / "apart"
    for name in ("images", "masks"):
        (test / name).mkdir(parents=True)
        for number in (3, 4):
            (test / name / f"copy{number}.png").write_bytes((street / name / f"{number}.png").read_bytes())
    arguments = ("--masks", street / "masks", "--test", test / "images", "--test-masks", test / "masks")
    status, findings = check(street / "images", *arguments)
    assert status == 1
    leaks = [finding for finding in findings if finding["rule"] == "train-rows-in-validation"]
    assert [finding["level"] for finding in leaks] == ["error"]
    assert "2 of 2" in leaks[0]["message"]


def test_a_broken_image_is_counted(street: Path) -> None:
    (street / "noisy" / "7.png").write_bytes(b"no image")
    _, findings = check(street / "noisy", "--clean", street / "images")
    assert [(finding["rule"], finding["count"]) for finding in findings] == [("unreadable-file", 1)]
    assert "7.png" in findings[0]["message"]


def test_ratings_and_arrays_are_checked(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    lines = [f"u{random.integers(12)},f{random.integers(9)},{random.integers(1, 6)}\n" for _ in range(150)]
    (tmp_path / "stars.csv").write_text("who,film,stars\n" + "".join(lines))
    stars = ("--user", "who", "--item", "film", "--target", "stars")
    assert check(tmp_path / "stars.csv", *stars) == (0, [])
    x = random.normal(size=(90, 3)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=x, y=(x[:, 0] > 0).astype(int))
    assert check(tmp_path / "rows.npz") == (0, [])


def test_options_are_those_of_fit_with_their_types(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "age,town,rich\n" + "".join(f"{20 + row}.5,t{row % 3},{row % 2}\n" for row in range(80))
    )
    assert check(tmp_path / "people.csv", "--target", "rich", "--test-share", "0.3", "--ignore", "town")[0] == 0
    with pytest.raises(GoodfitError, match=r"--test-share 3\.0 is out of range"):
        check(tmp_path / "people.csv", "--target", "rich", "--test-share", "3")
    with pytest.raises(GoodfitError, match="--target wealth: there is no such column"):
        check(tmp_path / "people.csv", "--target", "wealth")


def test_a_finding_about_data_is_at_the_data(tmp_path: Path) -> None:
    """Its place read "the program"; a baseline that names no file goes on accepting it."""
    table = tmp_path / "orders.csv"
    numbers = np.random.default_rng(0).random(60)
    rows = [f"{number:.4f},{'a' if number < 0.5 else 'b'},{'yes' if number < 0.5 else 'no'}" for number in numbers]
    table.write_text("\n".join(["weight,code,bought", *rows]) + "\n", encoding="utf-8")
    _, findings = check(table, "--target", "bought")
    assert {finding["file"] for finding in findings} == {str(table)}, "the code is the target by another name"
    text = CliRunner().invoke(app, ["check", str(table), "--target", "bought"]).stdout
    assert "the program" not in text
    assert f"  {table}  " in text
    baseline = tmp_path / "baseline.json"
    accepted = [[finding["rule"], "", ""] for finding in findings]
    baseline.write_text(json.dumps({"accepted": accepted}), encoding="utf-8")
    assert check("--baseline", baseline, table, "--target", "bought") == (0, [])
