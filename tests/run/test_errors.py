"""A newcomer's mistakes through the command: one clear line, exit status 2, nothing half-written."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from command import goodfit
from PIL import Image


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line on stderr of a command that is refused."""
    assert goodfit(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    said = [line for line in captured.err.splitlines() if line.startswith("goodfit: ")]
    assert len(said) == 1
    assert "Traceback" not in captured.err
    return said[0]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for label, value in (("cat", 30), ("dog", 200)):
        folder = tmp_path / "photos" / label
        folder.mkdir(parents=True)
        for number in range(30):
            pixels = np.random.default_rng(number).integers(0, 50, (16, 16, 3), dtype=np.uint8) + np.uint8(value)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "photos"


def fit(photos: Path, out: Path, *more: object) -> tuple[object, ...]:
    return ("fit", photos, "--out", out, "--epochs", 1, "--width", 4, "--quiet", *more)


def test_a_wrong_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"{tmp_path}/fotos: no such file or folder" in refused(capsys, "fit", tmp_path / "fotos")


def test_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no images in it" in refused(capsys, "fit", tmp_path)


def test_one_class(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(photos / "dog")
    assert "only one class, 'cat'" in refused(capsys, *fit(photos, tmp_path / "run"))
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_class_with_one_image(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (photos / "cow").mkdir()
    shutil.copy(photos / "cat" / "0.png", photos / "cow" / "only.png")
    said = refused(capsys, *fit(photos, tmp_path / "run"))
    assert "only.png: the class 'cow' has only 1 image" in said


def test_broken_images_are_set_aside_counted_and_listed(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "cat" / "0.png").write_bytes(b"")
    (photos / "dog" / "1.png").write_text("not an image at all")
    whole = (photos / "dog" / "2.png").read_bytes()
    (photos / "dog" / "2.png").write_bytes(whole[: len(whole) // 2])
    assert goodfit(*fit(photos, tmp_path / "run", "--json")) == 0
    page = (tmp_path / "run" / "report.html").read_text().replace("<wbr>", "")
    for name in ("cat/0.png", "dog/1.png", "dog/2.png"):
        assert name in page
    capsys.readouterr()
    assert goodfit("predict", tmp_path / "run", photos, "-o", tmp_path / "p.csv", "--quiet") == 0
    lines = (tmp_path / "p.csv").read_text().splitlines()
    assert len(lines) == 1 + 60
    broken = [line for line in lines if line.endswith(("empty file (0 bytes)", "not an image")) or "truncated" in line]
    assert len(broken) == 3


def test_over_a_tenth_broken_is_an_error(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(7):
        (photos / "cat" / f"{number}.png").write_bytes(b"")
    assert "7 of 60 images cannot be read; the first: empty file" in refused(capsys, *fit(photos, tmp_path / "run"))


def test_a_label_that_training_does_not_have(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(photos / "cat", tmp_path / "test" / "lion")
    said = refused(capsys, *fit(photos, tmp_path / "run", "--test", tmp_path / "test"))
    assert "lion/0.png: its label 'lion' is not among the training rows' classes (cat, dog)" in said


def test_a_place_that_cannot_be_written(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "cannot be written" in refused(capsys, *fit(photos, tmp_path / "file" / "run"))


def test_a_folder_in_use(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    assert "this folder is in use" in refused(capsys, *fit(photos, tmp_path / "run"))
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--arch", "resnet81"], "Did you mean resnet18"),
        (["--arch", "boosted-trees"], "is grown, and not trained as a net is. Leave --arch out"),
        (["--augment", "wild"], "Choose one of none, light, mirror, standard, strong"),
        (["--lr", "fast"], "--lr fast is not a number. Give a learning rate such as 0.002, or find"),
        (["--epochs", "0"], "--epochs 0 is out of range"),
        (["--minutes", "1"], "--epochs and --minutes were both given"),
        (["--optimiser", "magic"], "the optimiser 'magic' is not known"),
        (["--schedule", "magic"], "the schedule 'magic' is not known"),
        (["--device", "tpu9"], "--device tpu9 is not a device"),
        (["--resize", "melt"], "--resize melt is not known"),
        (["--pretrained", "weights.pth"], "this format can run code"),
        (["--group", "patient"], "is not a pattern with {group} in it"),
    ],
)
def test_a_wrong_option(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], line: str
) -> None:
    assert line in refused(capsys, *fit(photos, tmp_path / "run"), *options)


def test_a_csv_names_the_line_at_fault(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("path,label\nphotos/cat/0.png,cat\nphotos/dog/0.png,\n")
    assert f"{table}, line 3: no label" in refused(capsys, *fit(table, tmp_path / "run"))


def test_folders_without_labels_cannot_be_learnt_from(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no labels to learn from" in refused(capsys, *fit(photos / "cat", tmp_path / "run"))


def test_a_folder_that_is_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no run here" in refused(capsys, "predict", tmp_path, tmp_path)
