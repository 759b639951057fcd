"""Data of another kind than the run's, arguments in the wrong order, users nobody knows: one clear line each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from command import goodfit
from PIL import Image

import goodfit as gf
from goodfit.errors import RunError


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of images, masks, a table, arrays and ratings, with their data beside them."""
    folder = tmp_path_factory.mktemp("kinds")
    random = np.random.default_rng(0)
    for number in range(24):
        label, bright = (("dark", 30), ("light", 200))[number % 2]
        pixels = (random.integers(0, 50, (12, 12, 3)) + bright).astype(np.uint8)
        for path, values in (
            (folder / "photos" / label / f"{number}.png", pixels),
            (folder / "images" / f"{number}.png", pixels),
            (folder / "masks" / f"{number}.png", (pixels[..., 0] > 100).astype(np.uint8)),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values).save(path)
    people = pl.DataFrame({"id": range(1000, 1090), "height": random.uniform(150, 200, 90).round(2)})
    people = people.with_columns(tall=pl.when(pl.col("height") > 175).then(pl.lit("yes")).otherwise(pl.lit("no")))
    people.write_csv(folder / "people.csv")
    people.write_parquet(folder / "people.parquet")
    people.rename({"height": "size"}).write_csv(folder / "others.csv")
    stars = pl.DataFrame({"who": random.integers(0, 9, 200), "what": random.integers(0, 12, 200)})
    stars.with_columns(stars=(pl.col("who") + pl.col("what")) % 5 + 1).write_csv(folder / "stars.csv")
    x = random.normal(size=(80, 3)).astype(np.float32)
    np.savez(folder / "rows.npz", x=x, y=(x[:, 0] > 0).astype(np.int64))
    (folder / "list.csv").write_text("path,label\na.png,dark\nb.png,light\n")
    (folder / "empty").mkdir()
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text("no image")
    for name, options in {
        "photos": {"width": 4, "folds": 1, "rivals": "none"},
        "images": {"masks": folder / "masks", "arch": "unet-resnet10", "width": 4},
        "people.csv": {"target": "tall", "folds": 1, "rivals": "none"},
        "rows.npz": {"folds": 1, "rivals": "none"},
        "stars.csv": {"user": "who", "item": "what", "target": "stars"},
    }.items():
        out = folder / f"run-{name.partition('.')[0]}"
        gf.fit(folder / name, epochs=1, out=out, quiet=True, **options).release()  # type: ignore[arg-type]
    return folder


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert goodfit(*words) == 2
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if line.strip()]
    assert captured.out == ""
    assert len(lines) == 1, captured.err
    return lines[0]


@pytest.mark.parametrize("command", ["predict", "evaluate"])
@pytest.mark.parametrize(
    ("run", "data", "line"),
    [
        ("run-photos", "people.csv", "people.csv: this is a table; the run was fitted on images"),
        ("run-photos", "list.csv", "none of the 2 rows can be read; the first, 'a.png': no such file"),
        ("run-photos", "people.parquet", "this is a table (its name ends in .parquet); the run was fitted on images"),
        ("run-photos", "rows.npz", "this is arrays (its name ends in .npz); the run was fitted on images"),
        ("run-photos", "empty", "no images in it"),
        ("run-photos", "texts", "this is texts (there are text files in it); the run was fitted on images"),
        ("run-photos", "run-people", "this is a run folder, and data is needed"),
        ("run-people", "photos", "this is a folder; the run was fitted on a table"),
        ("run-people", "photos/dark/0.png", "this is images (its name ends in .png); the run was fitted on a table"),
        ("run-people", "rows.npz", "the run was fitted on a table"),
        ("run-people", "others.csv", "the column 'height' is missing"),
        ("run-people", "nowhere.csv", "nowhere.csv: no such file or folder"),
        ("run-rows", "photos", "this is a folder; the run was fitted on arrays"),
        ("run-rows", "people.parquet", "this is a table"),
        ("run-stars", "photos", "this is a folder; the run was fitted on a table"),
        ("run-stars", "people.csv", "there is no such column"),
        ("people.csv", "run-people", "this is a file, and a run folder is needed. Give the run first"),
        ("nowhere", "people.csv", "nowhere: no such run folder"),
        ("photos", "photos", "there is no run here"),
        ("run-people/run.json", "people.csv", "Give the folder, run-people"),
    ],
)
def test_it_is_one_clear_line(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    run: str,
    data: str,
    line: str,
) -> None:
    monkeypatch.chdir(place)
    assert line in refused(capsys, command, run, data)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            ("predict", "photos", "run-photos"),
            "first and the data after it: goodfit predict run-photos photos.",
        ),
        (("predict", "photos", "photos", "run-photos", "--interval"), "predict run-photos photos photos --interval."),
        (("evaluate", "people.csv", "run-people"), "goodfit evaluate run-people people.csv."),
        (("embed", "photos", "run-photos", "-o", "e.parquet"), "goodfit embed run-photos photos -o e.parquet."),
        (("predict", "photos", "people.csv"), "photos: there is no run here. Give the run first and the data after it"),
        (("labels", "photos"), "goodfit labels runs/NAME. If this is your data, goodfit fit photos makes one."),
        (("card", "people.csv"), "a run folder is needed. Give a run that goodfit fit made: goodfit card runs/NAME"),
        (("report", "photos"), "goodfit report runs/NAME"),
        (("recommend", "people.csv"), "goodfit recommend runs/NAME"),
        (("compare", "photos", "run-photos"), "Give runs, or files of predictions: goodfit compare runs/A runs/B"),
        (("compare", "run-people", "people.csv"), "get them by goodfit predict RUN people.csv -o predictions.csv"),
        (("labels", "people.csv"), "Give a run that was fitted to it, or a table with columns p_LABEL"),
        (("labels", "photos", "run-photos"), "unexpected extra argument (run-photos). Give a run: goodfit labels"),
        (("stats", "run-people"), "this is a run folder, and a table is needed. Give what it was fitted on"),
    ],
)
def test_data_in_the_place_of_a_run_is_answered_with_what_to_type(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], line: str
) -> None:
    monkeypatch.chdir(place)
    assert line in refused(capsys, *words)


def test_python_is_not_given_the_order_of_a_command(place: Path) -> None:
    for data in ("photos", "people.csv"):
        with pytest.raises(RunError) as error:
            gf.load(place / data)
        assert "Give a folder that goodfit fit made" in str(error.value)
        assert "first" not in str(error.value)


def test_a_run_is_checked_by_its_losses(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    printed = [goodfit("check", run) and capsys.readouterr().out for run in ("run-people", "run-people/history.jsonl")]
    assert printed[0] == printed[1]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("people.csv", "people.csv: this is a table; the run was fitted on images"),
        ("list.csv", "none of the 2 rows can be read; the first, 'a.png': no such file or folder. Give images"),
        ("people.parquet", "the run was fitted on images"),
        ("empty", "no images in it"),
    ],
)
def test_a_run_of_masks_writes_nothing_for_data_of_another_kind(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: str, line: str
) -> None:
    assert line in refused(capsys, "predict", place / "run-images", place / data, "-o", tmp_path / "new.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("run", ["photos", "images", "people", "rows", "stars"])
def test_objects_of_another_kind_are_refused_in_python(place: Path, run: str) -> None:
    frame, array = pl.DataFrame({"a": [1.0, 2.0]}), np.zeros((2, 3), dtype=np.float32)
    fitted = gf.load(place / f"run-{run}")
    others: dict[str, list[Any]] = {"people": [array, 7], "stars": [array], "rows": [frame]}
    for data in others.get(run, [frame, array, None, 7]):
        with pytest.raises(gf.GoodfitError):
            fitted.predict(data)
        if data is not None:
            with pytest.raises(gf.GoodfitError):
                fitted.evaluate(data)


def test_some_unreadable_rows_stay_rows_of_the_output(place: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"path\n{place}/photos/dark/0.png\nabsent.png\n")
    assert goodfit("predict", place / "run-photos", tmp_path / "list.csv", "-o", tmp_path / "p.csv", "-q") == 0
    lines = (tmp_path / "p.csv").read_text().splitlines()
    assert len(lines) == 3
    assert "no such file" in lines[2]


def test_the_columns_of_a_list_are_named_where_several_may_be_meant(place: Path, tmp_path: Path) -> None:
    run = gf.load(place / "run-photos")
    rows = [f"{place}/photos/{label}/{number}.png,{number},{label}" for number, label in ((0, "dark"), (1, "light"))]
    (tmp_path / "list.csv").write_text("where,height,kind\n" + "\n".join(rows) + "\n")
    assert len(run.predict(tmp_path / "list.csv")) == 2  # no label is needed
    with pytest.raises(gf.GoodfitError, match="--target"):
        run.evaluate(tmp_path / "list.csv")
    assert len(run.predict(tmp_path / "list.csv", path="where", target="kind")) == 2
    assert goodfit("evaluate", place / "run-photos", tmp_path / "list.csv", "--path", "where", "--target", "kind") == 0


def test_an_unknown_user_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = place / "run-stars"
    assert goodfit("recommend", run, "--user", "nobody", "-n", 2, "--json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["unknown_users"] == ["nobody"]
    assert "the user 'nobody' is not in the training rows" in captured.err
    assert goodfit("recommend", run, "--user", 3, "-n", 2, "--json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["unknown_users"] == []
    assert captured.err == ""
    with pytest.warns(UserWarning, match="the user 'nobody' is not in the training rows"):
        assert len(gf.load(run).recommend("nobody", n=2)) == 2
    assert "the item '99' is not in the training rows" in refused(capsys, "similar", run, "--item", 99)
    for command in (["recommend"], ["similar", "--item", "1"]):
        assert "this run is not of ratings" in refused(capsys, command[0], place / "run-people", *command[1:])


def test_predictions_have_all_their_digits_in_every_door(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Northings of a map, told apart by less than a millionth of their size."""
    north = 4_649_000 + np.random.default_rng(0).uniform(0, 100, 120)
    pl.DataFrame({"x": north - 4_649_000, "north": north}).write_csv(place / "map.csv")
    run = gf.fit(
        place / "map.csv", target="north", task="regression", epochs=1, folds=2, out=place / "run-map", quiet=True
    )
    predictions = run.predict(place / "map.csv")
    exact = predictions["prediction"]
    assert len(set(exact)) > 100
    predictions.write(place / "p.csv")
    predictions.write(place / "p.parquet")
    assert pl.read_csv(place / "p.csv")["prediction"].to_list() == exact
    assert pl.read_parquet(place / "p.parquet")["prediction"].to_list() == exact
    assert goodfit("predict", place / "run-map", place / "map.csv", "-q") == 0
    printed = capsys.readouterr().out.splitlines()
    np.testing.assert_allclose([float(line.split(",")[1]) for line in printed[1:]], exact, rtol=1e-12)
    saved = pl.read_csv(place / "run-map" / "predictions.csv")["prediction"].to_list()
    assert all(len(str(value)) > 9 for value in saved)


def test_a_label_that_is_a_formula_is_a_text_in_the_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    height = np.random.default_rng(0).uniform(150, 200, 90).round(2)
    frame = pl.DataFrame({"height": height, "word": np.where(height > 175, "=1+1", "-1")})
    frame.write_parquet(tmp_path / "words.parquet")
    gf.fit(
        tmp_path / "words.parquet", target="word", epochs=1, folds=1, out=tmp_path / "run", rivals="none", quiet=True
    ).release()
    for more, texts in (((), {"'=1+1", "-1"}), (("--raw",), {"=1+1", "-1"})):
        assert goodfit("predict", tmp_path / "run", tmp_path / "words.parquet", "-q", *more) == 0
        written = {line.split(",")[1] for line in capsys.readouterr().out.splitlines()[1:]}
        assert written <= texts
