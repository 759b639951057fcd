"""`goodfit evaluate` on rows that the run was fitted on: found by their content, counted, and not called test."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from command import goodfit
from PIL import Image

import goodfit as gf
from goodfit.data.fingerprint import row_marks
from goodfit.predict.seen_rows import MARKS, PART_NUMBERS
from goodfit.store.run_folder import SCORES
from goodfit.store.tensors import load_state, save_state

ROWS = 200


def people(rows: int = ROWS, seed: int = 0) -> pl.DataFrame:
    """Heights in centimetres with two digits behind the point: no two rows are equal."""
    random = np.random.default_rng(seed)
    height = random.permutation(np.arange(15_000, 20_000))[:rows] / 100
    return pl.DataFrame({"height": height, "tall": np.where(height > 175, "yes", "no")})


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seen") / "run"
    gf.fit(gf.table(people(), "tall"), out=folder, epochs=1, rivals="none", quiet=True).release()
    return folder


def split(run: Path) -> list[str]:
    with (run / "split.csv").open() as file:
        return [row["part"] for row in csv.DictReader(file)]


def rules_of(result: dict[str, Any]) -> dict[str, str]:
    return {finding["rule"]: finding["level"] for finding in result["findings"]}


def test_the_data_of_the_fit_is_scored_by_its_parts_and_named(fitted: Path) -> None:
    result = gf.load(fitted).evaluate(people())
    parts = split(fitted)
    counts = {part: parts.count(part) for part in ("train", "test")}
    assert {part: result["rows"][part] for part in counts} == counts
    assert set(result["metrics"]) == set(result["baseline"]) == {"train", "test"}
    assert rules_of(result)["train-rows-in-validation"] == "error"
    message = result["findings"][0]["message"]
    assert f"of these 200 rows {counts['train']} were trained on: their scores" in message


def test_training_rows_in_another_order_and_file_are_not_called_test(fitted: Path, tmp_path: Path) -> None:
    trained = people().filter(pl.Series(split(fitted)) == "train").reverse()
    trained.write_parquet(tmp_path / "again.parquet")
    result = gf.load(fitted).evaluate(tmp_path / "again.parquet")
    assert set(result["metrics"]) == {"train"}
    assert result["rows"]["train"] == trained.height
    assert result["looks_at_test"] == 0


def test_a_few_training_rows_among_new_ones_are_scored_apart(fitted: Path) -> None:
    new = people(400, seed=1).join(people(), on="height", how="anti")
    mixed = pl.concat([new, people().filter(pl.Series(split(fitted)) == "train")[:2]])
    result = gf.load(fitted).evaluate(mixed)
    assert (result["rows"]["train"], result["rows"]["test"]) == (2, new.height)
    assert rules_of(result)["train-rows-in-validation"] == "warning"  # two of over 300


def test_new_rows_are_test_rows_and_nothing_is_said(fitted: Path) -> None:
    new = people(100, seed=2).join(people(), on="height", how="anti")
    result = gf.load(fitted).evaluate(new)
    assert set(result["metrics"]) == {"test"}
    assert result["findings"] == []


def test_rows_that_are_equal_by_nature_are_no_evidence(tmp_path: Path) -> None:
    """Two columns of two values: every row of any such table is one of four."""
    random = np.random.default_rng(0)

    def coins(rows: int) -> pl.DataFrame:
        frame = pl.DataFrame({name: random.choice(["heads", "tails"], rows) for name in ("one", "two")})
        return frame.with_columns(same=pl.when(pl.col("one") == pl.col("two")).then(pl.lit("y")).otherwise(pl.lit("n")))

    first = coins(200)
    run = gf.fit(gf.table(first, "same"), out=tmp_path / "run", epochs=1, rivals="none", quiet=True)
    assert set(run.evaluate(coins(100))["metrics"]) == {"test"}
    assert set(run.evaluate(first)["metrics"]) == {"train", "test"}  # row by row the same


def test_a_copy_of_a_training_image_is_found_under_another_name(digits_folder: Path, tmp_path: Path) -> None:
    run = gf.fit(digits_folder, out=tmp_path / "run", epochs=1, width=4, rivals="none", quiet=True)
    with (tmp_path / "run" / "split.csv").open() as file:
        trained = [Path(row["key"]) for row in csv.DictReader(file) if row["part"] == "train"][::9][:20]
    for number, path in enumerate(trained):
        copy = tmp_path / "copies" / path.parent.name / f"renamed-{number}.png"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    result = run.evaluate(tmp_path / "copies")
    assert (result["rows"]["train"], result["rows"]["test"]) == (20, 0)
    for path in (tmp_path / "copies").rglob("*.png"):  # saved in another format, without a loss
        Image.open(path).save(tmp_path / "copies" / path.parent.name / f"{path.stem}.bmp")
        path.unlink()
    result = run.evaluate(tmp_path / "copies")
    assert (result["rows"]["train"], result["rows"]["test"]) == (20, 0)


def test_the_command_says_it_to_people_and_programs(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people().write_csv(tmp_path / "people.csv")
    trained = split(fitted).count("train")
    assert goodfit("evaluate", fitted, tmp_path / "people.csv") == 0
    printed = capsys.readouterr().out
    assert f"trained on ({trained} rows)" in printed
    assert f"error: of these 200 rows {trained} were trained on" in printed
    assert goodfit("evaluate", fitted, tmp_path / "people.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["rows"]["train"] == trained


def test_a_run_that_does_not_know_its_rows_says_so(fitted: Path, tmp_path: Path) -> None:
    shutil.copytree(fitted, tmp_path / "old")
    tensors, values = load_state(tmp_path / "old" / SCORES)
    older = {name: tensor for name, tensor in tensors.items() if name not in (MARKS, PART_NUMBERS)}
    save_state(tmp_path / "old" / SCORES, older, {"keys": values["keys"], "part": values["part"]})
    result = gf.load(tmp_path / "old").evaluate(people())
    assert rules_of(result)["train-rows-in-validation"] == "notice"
    assert set(result["metrics"]) == {"test"}


def test_marks_tell_rows_apart_and_not_how_they_came() -> None:
    x = np.array([[1, 2], [2, 1], [1, 2], [-0.0, 5], [0.0, 5]], dtype=np.float32)
    marks = row_marks(gf.arrays(x))
    assert marks[0] == marks[2]
    assert marks[3] == marks[4]
    assert len(set(marks.tolist())) == 3
    assert row_marks(gf.arrays(x[::-1].copy())).tolist() == marks[::-1].tolist()
