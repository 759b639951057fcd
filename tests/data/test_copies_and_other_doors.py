"""Copies of rows and images that are said, groups written in two ways, and texts in files for a run of a column."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

import goodfit as gf
from goodfit.data.images.mask_codes import read_codes
from goodfit.data.images.same_pixels import twins
from goodfit.data.tables.rating_form import rating_form, rating_values, words_of
from goodfit.predict.seen_rows import MARKS, repeated

WORDS = {"bad": "awful terrible dull", "good": "great lovely fine"}


def write(path: Path, rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def noise(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (16, 16, 3), dtype=np.uint8)).save(path)


def test_images_of_the_same_pixels_in_two_formats_are_one(tmp_path: Path) -> None:
    for at in range(4):
        for name in ("cat", "dog"):
            noise(tmp_path / "photos" / name / f"{at}.png", 10 * at + len(name) + ord(name[0]))
    Image.open(tmp_path / "photos/cat/0.png").save(tmp_path / "photos/dog/copy.bmp")
    source = gf.images(tmp_path / "photos")
    source.prepare(cache=tmp_path / "cache")
    marks = dict(zip([Path(key).name + Path(key).parent.name for key in source.keys], twins(source) or [], strict=True))
    assert marks["0.pngcat"] == marks["copy.bmpdog"]
    assert len(set(marks.values())) == len(marks) - 1


def test_images_that_cannot_be_read_are_no_copies_of_each_other(tmp_path: Path) -> None:
    for at in range(12):
        for name in ("cat", "dog"):
            noise(tmp_path / "photos" / name / f"{at}.png", 100 * at + ord(name[0]))
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name / "x.png").write_text("version https://git-lfs.github.com/spec/v1\n")
    source = gf.images(tmp_path / "photos")
    source.prepare(cache=tmp_path / "cache")
    marks = twins(source) or []
    assert len(set(marks)) == len(marks) == 26


def test_a_group_in_two_spellings_is_doubted(tmp_path: Path) -> None:
    rows = [[["P07", "p07"][at % 2] if at < 20 else f"q{at}", at, "ab"[at % 2]] for at in range(60)]
    source = gf.table(write(tmp_path / "t.csv", [["g", "u", "y"], *rows]), target="y", group="g")
    source.prepare()
    assert any("'P07' and 'p07'" in what and "a group of its own" in what for what, _ in source.doubts)


def test_a_test_table_in_another_unit_is_said(tmp_path: Path) -> None:
    head = [["u", "y"]]
    train = write(tmp_path / "t.csv", head + [[at % 50 + 1, "ab"[at % 2]] for at in range(100)])
    test = write(tmp_path / "e.csv", head + [[1000 * (at % 50 + 1), "ab"[at % 2]] for at in range(40)])
    source = gf.table(train, test=test, target="y")
    source.prepare()
    source.learn(torch.arange(100))
    assert any("in the test table, u: 40 of 40" in what for what, _ in source.doubts)


@pytest.mark.parametrize(
    ("cells", "values"),
    [(["1.2K", "3,400", "500"], [1200.0, 3400.0, 500.0]), (["3½", "4", "½", "2½"], [3.5, 4.0, 0.5, 2.5])],
)
def test_ratings_written_short_and_with_halves(cells: list[str], values: list[float]) -> None:
    form = rating_form(pl.Series(cells), ".")
    assert form is not None
    assert rating_values(pl.Series(cells), ".", form).to_list() == values
    assert f"{values[0]:g}" in words_of(form, cells[0])


def test_colours_of_classes_as_web_pages_write_them(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("background;#000040\nthing;#800000\n")
    codes = read_codes(tmp_path / "codes.txt")
    assert (codes.names, codes.colours) == (("background", "thing"), ((0, 0, 64), (128, 0, 0)))


def test_a_folder_of_texts_is_rows_of_a_run_of_one_column_of_text(tmp_path: Path) -> None:
    """The same texts as a table and as files have the same predictions."""
    rng = np.random.default_rng(0)
    labels = ["bad", "good"] * 40
    texts = [" ".join(rng.choice(WORDS[label].split(), 6)) + f" film {at} today" for at, label in enumerate(labels)]
    table = write(tmp_path / "t.csv", [["review", "label"], *map(list, zip(texts, labels, strict=True))])
    run = gf.fit(table, target="label", epochs=1, folds=1, rivals="none", out=tmp_path / "run", quiet=True)
    new = [f"great lovely fine {at}" for at in range(3)]
    for at, text in enumerate(new):
        place = tmp_path / "new" / f"{at}.txt"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
    of_table = run.predict(write(tmp_path / "n.csv", [["review"], *([text] for text in new)])).frame()
    of_folder = run.predict(tmp_path / "new").frame()
    assert of_folder["p_good"].to_list() == of_table["p_good"].to_list()
    assert [Path(key).name for key in of_folder["key"].to_list()] == ["0.txt", "1.txt", "2.txt"]
    of_file = run.predict(tmp_path / "new" / "1.txt").frame()
    assert of_file["p_good"].to_list() == of_table["p_good"].to_list()[1:2]
    (tmp_path / "lines.txt").write_text("\n".join(["review", *new]) + "\n")
    of_lines = run.predict(tmp_path / "lines.txt").frame()
    assert of_lines["p_good"].to_list() == of_table["p_good"].to_list()


def test_rows_that_repeat_others_more_often_than_the_runs_own_are_counted() -> None:
    own = torch.arange(100)
    twice = torch.arange(50).repeat(2)  # in this run half of the rows repeat another one
    new = np.array([1, 1, 2, 3, 3, 3])
    assert repeated(new, {MARKS: own}) == 3
    assert repeated(new, {MARKS: twice}) == 0
    assert repeated(np.arange(6), {MARKS: own}) == 0
    assert repeated(None, {}) == 0


@pytest.mark.parametrize(
    ("cell", "mean"),
    [("{at}:30:00", 40.0), ("{at} kg", 39.5), ("{at}.2K", 39_700.0), ("▼ {at}%", -39.5)],
)
def test_a_fit_on_targets_of_any_form_is_finished(tmp_path: Path, cell: str, mean: float) -> None:
    """The run keeps a profile of its columns, the target's too: it was lost here after the last epoch."""
    targets = [cell.format(at=at) for at in range(80)]
    rows = [[(at * 37 % 53) / 10, target] for at, target in enumerate(targets)]
    table = write(tmp_path / "t.csv", [["u", "y"], *rows])
    run = gf.fit(table, target="y", epochs=1, folds=1, rivals="none", out=tmp_path / "run", quiet=True)
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    profiles = {each["name"]: each for each in record["analyses"]["profile"]["columns"]}
    assert profiles["y"]["mean"] == pytest.approx(mean)
    assert record["task"]["name"] == "regression"
    assert run.folder == tmp_path / "run"
