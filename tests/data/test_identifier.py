"""The column that tells rows apart: which one it is, and that files name the rows by it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.identifier import identifier
from goodfit.predict.predictions import Predictions


def chosen(frame: pl.DataFrame) -> str | None:
    columns = {column.name: column for column in frame.iter_columns()}
    kinds = {
        name: infer_type(column, categorical=(), numeric=(), ignore=(), decimal=".") for name, column in columns.items()
    }
    return identifier(columns, kinds)


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("PassengerId", list(range(1, 41)), True),
        ("case_id", [f"c{at:03d}" for at in range(40)], True),
        ("filename", [f"a{at}.jpg" for at in range(40)], True),
        ("case_id", [f"c{at // 2:03d}" for at in range(40)], False),  # not one a row
        ("Unnamed: 0", list(range(40)), False),  # the place in the file says nothing more
        ("speed", [1.5 * at for at in range(40)], False),  # learnt from
    ],
)
def test_it_is_called_like_an_identifier_and_differs_in_every_row(name: str, values: list[object], found: bool) -> None:
    frame = pl.DataFrame({name: values, "age": [at % 7 for at in range(40)]})
    assert chosen(frame) == (name if found else None)


def test_a_run_names_its_rows_by_it_and_has_the_truth_beside_the_prediction(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=80).round(3)
    frame = pl.DataFrame({"order_id": [f"=o{at}" for at in range(80)], "x": x, "pay": 3 * x})
    run = gf.fit(
        gf.table(frame, "pay"), out=tmp_path / "run", epochs=1, arch="linear", rivals="none", folds=2, quiet=True
    )
    with (run.folder / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    pay = {f"'=o{at}": 3 * value for at, value in enumerate(x)}  # a spreadsheet is not to compute it
    assert [float(row["truth"]) for row in rows] == pytest.approx([pay[row["key"]] for row in rows], rel=1e-6)
    new = frame.drop("pay").head(5)
    loaded = gf.load(run.folder)
    for rows_to_predict, keys in ((new, [f"=o{at}" for at in range(5)]), (new.drop("order_id"), list("01234"))):
        predicted = loaded.predict(rows_to_predict)
        assert isinstance(predicted, Predictions)
        assert list(predicted.row_keys) == keys
    compared = gf.compare(run.folder, run.folder / "predictions.csv")
    assert compared.compared.entries[0].keys[0].startswith("=o")
    assert "their predictions are equal in every row" in compared.answer
