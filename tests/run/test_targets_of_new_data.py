"""Targets of new data: of no matter to predict, and to evaluate an error that says what is wrong, or a remark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf
from goodfit.errors import DataError, UsageError
from goodfit.predict.predictions import Predictions

ROWS = 60


def rows(**changed: list[object]) -> pl.DataFrame:
    size = [row * 0.25 for row in range(ROWS)]
    return pl.DataFrame({"size": size, "weight": [3 * value + 1 for value in size], **changed})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gf.Run]:
    out = tmp_path_factory.mktemp("runs") / "run"
    with gf.fit(rows(), target="weight", arch="mlp", epochs=2, rivals="none", out=out, quiet=True) as fitted:
        yield fitted


def predicted(run: gf.Run, frame: pl.DataFrame) -> list[float]:
    predictions = run.predict(frame)
    assert isinstance(predictions, Predictions)
    return [float(value) for value in predictions["prediction"]]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("heavy", "not one of the 60 values of the target 'weight' is a number, such as 'heavy'"),
        ("15%", "the column 'weight' has a percent sign"),
    ],
)
def test_targets_that_cannot_be_read_are_an_error_to_evaluate_alone(run: gf.Run, cell: str, message: str) -> None:
    odd = rows(weight=[cell] * ROWS)
    assert predicted(run, odd) == predicted(run, rows().drop("weight"))
    with pytest.raises(DataError, match=message):
        run.evaluate(odd)


@pytest.mark.parametrize(
    ("trained", "written", "word"),
    [
        (("Large", "Very small"), ("LARGE", "very  small"), "'LARGE' is read as 'Large'"),
        (("01", "10"), ("1", "10"), "'1' is read as '01'"),
        (("ja", "nein"), ("Yes", "No"), "'No' is read as 'nein'"),
    ],
)
def test_labels_in_another_spelling_are_scored_and_it_is_said(
    tmp_path: Path, trained: tuple[str, str], written: tuple[str, str], word: str
) -> None:
    sizes = [row * 0.25 for row in range(ROWS)]
    frame = pl.DataFrame({"size": sizes, "kind": [trained[row >= 30] for row in range(ROWS)]})
    new = frame.with_columns(kind=pl.Series([written[row >= 30] for row in range(ROWS)]))
    with gf.fit(frame, target="kind", arch="mlp", epochs=2, rivals="none", out=tmp_path / "run", quiet=True) as run:
        scored = run.evaluate(new)
        assert scored["metrics"] == run.evaluate(frame)["metrics"]
        assert [why for name, _, why in scored["notes"] if name == "read as"] == [f"{word}, which training had"]
        with pytest.raises(DataError, match="its label 'huge' is not among"):
            run.evaluate(new.with_columns(kind=pl.lit("huge")))


def test_the_column_that_is_not_there_is_named(run: gf.Run) -> None:
    with pytest.raises(DataError, match="no labels to score against: there is no column 'weight'"):
        run.evaluate(rows().drop("weight"))


def test_targets_of_another_unit_are_pointed_out(run: gf.Run) -> None:
    """59 of 60 are above the largest one in training: 1000 + 750 k against 45.25, all of them."""
    thousandfold = rows(weight=[(0.75 * row + 1) * 1000 for row in range(ROWS)])
    notes = run.evaluate(thousandfold)["notes"]
    assert ["targets", "60 of 60", "outside of those that the run was fitted on: is it the same unit?"] in notes
    assert not [note for note in run.evaluate(rows())["notes"] if note[0] == "targets"]


def test_a_cross_fitted_run_says_why_it_has_no_embeddings(run: gf.Run) -> None:
    with pytest.raises(UsageError, match=r"cross-fitted: its 5 nets have no embeddings in common.*--folds 1"):
        run.embed(rows())


def test_true_and_false_are_the_codes_1_and_0(tmp_path: Path) -> None:
    won = [int(row % 5 > 2) for row in range(ROWS)]
    frame = pl.DataFrame({"size": [row % 5 + row / 100 for row in range(ROWS)], "won": won})
    with gf.fit(frame, target="won", arch="mlp", epochs=2, rivals="none", out=tmp_path / "run", quiet=True) as run:
        hits = np.mean([str(each) == str(value) for each, value in zip(_predictions(run, frame), won, strict=True)])
        for written in ([bool(value) for value in won], [str(bool(value)).upper() for value in won]):
            scored = run.evaluate(frame.with_columns(pl.Series("won", written)))
            parts = [(scored["rows"][part], each["accuracy"]["value"]) for part, each in scored["metrics"].items()]
            assert sum(count for count, _ in parts) == ROWS
            assert sum(count * accuracy for count, accuracy in parts) / ROWS == pytest.approx(hits)


def _predictions(run: gf.Run, frame: pl.DataFrame) -> list[object]:
    predictions = run.predict(frame.drop("won"))
    assert isinstance(predictions, Predictions)
    return list(predictions["prediction"])
