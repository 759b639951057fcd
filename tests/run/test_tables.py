"""Tables from the file to the prediction, through the commands and the Python door."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from command import goodfit
from sklearn.metrics import mean_squared_error

import goodfit as gf
from goodfit.checks.finding import Level
from goodfit.errors import DataError, UsageError

ROWS = 400


def people() -> pl.DataFrame:
    """Income follows from age and town; the name says nothing."""
    random = np.random.default_rng(0)
    age = random.integers(18, 80, ROWS).astype(float)
    town = random.choice(["Bern", "Ulm", "Graz"], ROWS)
    pay = 50 * age + np.where(town == "Bern", 1500.0, 0.0) + random.normal(0, 60, ROWS)
    return pl.DataFrame(
        {
            "name": [f"person {row}" for row in range(ROWS)],
            "age": [None if row % 29 == 0 else value for row, value in enumerate(age.tolist())],
            "town": town,
            "pay": pay,
            "rich": np.where(pay > 3000, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def csv_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "people.csv"
    people().write_csv(path)
    return path


@pytest.fixture(scope="module")
def fitted(csv_file: Path) -> Path:
    folder = csv_file.parent / "run"
    few: dict[str, Any] = {"epochs": 2, "folds": 2, "rivals": "none", "precision": "float32", "quiet": True}
    gf.fit(gf.table(csv_file, "rich", ignore="pay"), out=folder, **few).release()
    return folder


def test_a_csv_becomes_a_run(csv_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fit = ("fit", csv_file, "--target", "rich", "--ignore", "pay", "--out", tmp_path / "run", "--epochs", 2)
    assert goodfit(*fit, "--json") == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert result["metrics"]["test"]["accuracy"]["value"] > 0.8
    for said in ("numbers         1  (age)", "categories      1  (town)", "left out        name", "an identifier"):
        assert said in captured.err
    page = (tmp_path / "run" / "report.html").read_text()
    assert "town" in page


def test_predictions_do_not_depend_on_how_the_rows_are_written(fitted: Path, csv_file: Path, tmp_path: Path) -> None:
    frame = people().drop("rich")
    run = gf.load(fitted)
    wanted = run.predict(frame)["p_yes"]
    shuffled = frame.select("town", "pay", pl.lit(7).alias("more"), "age", "name")
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbf" + shuffled.write_csv(separator=";").encode())
    shuffled.write_parquet(tmp_path / "t.parquet")
    for place in (csv_file, tmp_path / "bom.csv", tmp_path / "t.parquet"):
        np.testing.assert_allclose(run.predict(place)["p_yes"], wanted, atol=1e-6)
    alone = [run.predict(frame[row])["p_yes"][0] for row in range(5)]
    np.testing.assert_allclose(alone, wanted[:5], atol=1e-6)


def test_predictions_are_gone_through_by_row_and_asked_by_column(fitted: Path) -> None:
    predictions = gf.load(fitted).predict(people().drop("rich"))
    rows = list(predictions)
    assert len(rows) == len(predictions)
    assert [row["p_yes"] for row in rows] == predictions["p_yes"]
    assert list(rows[0]) == ["key", *predictions.columns, "error"]
    assert "prediction" in predictions
    assert 0 not in predictions
    for asked in (0, slice(3), "p_maybe"):
        with pytest.raises(UsageError, match=r"no column .*The columns are prediction, "):
            predictions[asked]  # type: ignore[index]  # what people try


def test_odd_rows_get_an_answer_and_a_missing_column_a_line(fitted: Path) -> None:
    run = gf.load(fitted)
    odd = pl.DataFrame({"age": ["many", "inf", "", "1,000", "30"], "town": ["Rom", None, "?", "Bern ", "Ulm"]})
    shares = np.array(run.predict(odd)["p_yes"])
    assert np.isfinite(shares).all()
    with pytest.raises(DataError, match="the column 'town' is missing"):
        run.predict(odd.drop("town"))


def test_cells_that_cannot_be_used_are_told_by_column(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.csv").write_text("age,town\n30 years,Ulm\n40,Rom\n50,Bern\n,\n")
    assert goodfit("predict", fitted, tmp_path / "new.csv", "-o", tmp_path / "p.csv") == 0
    printed = capsys.readouterr().err
    assert "not used        age: 1 of 3  ('30 years' is not a number: it counts as missing)" in printed
    assert "not used        town: 1 of 3  ('Rom' was not in training" in printed
    with (tmp_path / "p.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 4
    assert "empty           1 row  (no column of them has a value that can be used" in printed
    assert len(gf.load(fitted).predict(tmp_path / "new.csv").notes) == 3


def test_the_options_of_a_file_settle_what_was_guessed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"{1 + row % 9},{row % 7}00;{row * 5 % 11};{'ab'[row % 2]}\n" for row in range(60))
    (tmp_path / "t.txt").write_text(lines)
    quick = ("--epochs", 1, "--arch", "mlp", "--folds", 1, "--rivals", "none")
    fit = ("fit", tmp_path / "t.txt", "--target", "column_3", *quick, "--out")
    assert goodfit(*fit, tmp_path / "a") == 0
    printed = capsys.readouterr().err
    assert "separator       semicolon" in printed
    assert "first line      a row of data" in printed
    assert "[doubtful-reading]" in printed
    assert goodfit(*fit, tmp_path / "b", "--no-header", "--separator", "semicolon", "--decimal", ".") == 0
    printed = capsys.readouterr().err
    assert "decimals        point  (as you said)" in printed
    assert "[doubtful-reading]" not in printed
    assert "first line" not in printed


def test_evaluate_scores_labelled_rows_and_leaves_unlabelled_ones_out(fitted: Path) -> None:
    frame = people().with_columns(rich=pl.when(pl.int_range(pl.len()) < 10).then(None).otherwise(pl.col("rich")))
    run = gf.load(fitted)
    result = run.evaluate(gf.table(frame))
    counts = {part: result["rows"][part] for part in ("train", "valid", "test")}
    assert sum(counts.values()) == ROWS - 10
    said = run.predict(frame)["prediction"]
    right = np.mean([a == b for a, b in list(zip(said, frame["rich"].to_list(), strict=True))[10:]])
    correct = sum(counts[part] * metrics["accuracy"]["value"] for part, metrics in result["metrics"].items())
    assert correct / (ROWS - 10) == pytest.approx(right)


def test_regression_predicts_in_original_units(tmp_path: Path) -> None:
    run = gf.fit(gf.table(people(), "pay", ignore=["rich"]), out=tmp_path / "run", epochs=8, folds=2, quiet=True)
    assert run.metrics["test"]["rmse"].value < 400  # the spread of pay is about 1,100, its noise 60
    with (tmp_path / "run" / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    truth = people()["pay"].to_numpy()[[int(row["key"]) for row in rows]]
    found = mean_squared_error(truth, [float(row["prediction"]) for row in rows]) ** 0.5
    assert run.metrics["test"]["rmse"].value == pytest.approx(found, rel=1e-4)
    assert run.record.hyperparameters.precision == "float32"


def test_two_targets_and_a_group_and_a_time(tmp_path: Path) -> None:
    row = pl.int_range(pl.len())
    frame = people().with_columns(
        more=pl.col("pay") * 2, family=row // 4, day=pl.date(2020, 1, 1) + pl.duration(days=row)
    )
    source = gf.table(frame, ["pay", "more"], ignore=["rich", "name"], group="family")
    few: dict[str, Any] = {"epochs": 1, "arch": "mlp", "rivals": "none", "quiet": True}
    both = gf.fit(source, out=tmp_path / "a", **few)
    new = people()[:3].with_columns(day=pl.lit("2020-02-01"))
    assert set(both.predict(new).columns) == {"prediction_1", "prediction_2"}
    parts = pl.read_csv(tmp_path / "a" / "split.csv").with_columns(family=pl.col("row") // 4)
    assert parts.group_by("family").agg(pl.col("part").n_unique())["part"].max() == 1
    gf.fit(gf.table(frame, "rich", ignore=["pay", "more"], time="day"), out=tmp_path / "b", **few)
    rows = pl.read_csv(tmp_path / "b" / "split.csv")
    assert rows["part"].to_list() == sorted(rows["part"].to_list(), key=["train", "valid", "test"].index)


def test_the_classic_net_learns_from_the_same_table(csv_file: Path, tmp_path: Path) -> None:
    source = gf.table(csv_file, "rich", ignore="pay")
    run = gf.fit(source, out=tmp_path / "run", arch="mlp", epochs=20, folds=2, rivals="none", quiet=True)
    assert run.metrics["test"]["accuracy"].value > 0.8
    assert gf.load(run.folder).predict(csv_file)["p_yes"] == pytest.approx(run.predict(csv_file)["p_yes"], abs=1e-5)


def test_batch_norm_needs_more_than_a_row_at_a_time(tmp_path: Path) -> None:
    rows = 41  # in pairs: one is left over
    frame = pl.DataFrame({"a": range(rows), "b": [at % 7 for at in range(rows)], "y": ["n", "y"] * 20 + ["n"]})
    usual: dict[str, Any] = {"target": "y", "arch": "mlp", "epochs": 1, "rivals": "none", "quiet": True}
    for folds in (1, 2):
        with pytest.raises(UsageError, match="--batch-size 2 or more"):
            gf.fit(frame, batch_size=1, folds=folds, out=tmp_path / "none", **usual)
    everything = gf.table(frame, "y", test=frame[:5])
    run = gf.fit(everything, batch_size=2, folds=2, out=tmp_path / "run", **{**usual, "target": None})
    assert run.record.rows.train == rows


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ([], "--target is not given: it names the column to predict. The columns are name, age, town, pay, rich."),
        (
            ["--target", "income"],
            "--target income: there is no such column. The columns are name, age, town, pay, rich.",
        ),
        (["--target", "Rihc"], "--target Rihc: there is no such column. Did you mean rich? The columns are name, age,"),
        (["--target", "rich", "--size", "32"], "--size is not an option for table"),
    ],
)
def test_a_wrong_option_is_one_line(
    csv_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[Any], line: str
) -> None:
    assert goodfit("fit", csv_file, "--out", tmp_path / "run", "--quiet", *options) == 2
    assert line in capsys.readouterr().err


def test_a_table_of_categories_alone_is_fitted_without_an_alarm(tmp_path: Path) -> None:
    """Its net has no numbers: bins, and what is measured of them, are tensors without elements."""
    random = np.random.default_rng(0)
    frame = pl.DataFrame({name: random.choice(list("abcdefgh"), 300) for name in ("shop", "colour", "size")})
    price = (frame["colour"] < "d").cast(pl.Float64) * 3 + pl.Series(random.normal(0, 0.5, 300))
    run = gf.fit(
        gf.table(frame.with_columns(price=price), "price"),
        out=tmp_path / "run",
        epochs=4,
        folds=2,
        rivals="none",
        quiet=True,
    )
    assert [finding.rule for finding in run.findings if finding.level is Level.ERROR] == []
