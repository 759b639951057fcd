"""Workbooks with several sheets: new data and tables of features are found by their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from goodfit.data import open_data
from goodfit.data.sources.table import table
from goodfit.errors import DataError
from goodfit.predict.new_data import open_new

openpyxl = pytest.importorskip("openpyxl")


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def test_new_data_is_in_the_sheet_that_has_the_columns_of_the_run(tmp_path: Path) -> None:
    rows = [(at + 0.5, "ab"[at % 2], "yn"[at % 2]) for at in range(60)]
    (tmp_path / "t.csv").write_text("x,c,y\n" + "".join(f"{x},{c},{y}\n" for x, c, y in rows))
    run = table(tmp_path / "t.csv", "y")
    run.prepare()
    run.learn(torch.arange(60))
    new = [("c", "x"), *((c, x) for x, c, _ in rows)]
    path = workbook(tmp_path / "new.xlsx", {"read me": [("about",), ("me",)], "data": new})
    source = open_new(run.schema(), path)
    source.prepare(run.schema())
    np.testing.assert_array_equal(source.whole(), run.whole())
    assert ("sheet", "'data'", "the run's, or the only one that has its columns") in source.notes
    with pytest.raises(DataError, match="2 sheets have rows"):
        open_new(run.schema(), workbook(tmp_path / "two.xlsx", {"a": new, "b": new}))


def test_features_are_in_the_sheet_that_has_the_column_of_names(tmp_path: Path) -> None:
    pairs = [(f"u{at % 15}", f"i{(7 * at + at // 15) % 20}", 1 + at % 5) for at in range(150)]
    (tmp_path / "r.csv").write_text("user,item,stars\n" + "".join(f"{u},{i},{s}\n" for u, i, s in pairs))
    users = [("user", "age"), *((f"u{at}", 20 + at) for at in range(15))]
    items = [("item", "year"), *((f"i{at}", 1990 + 2 * at) for at in range(20))]
    path = workbook(tmp_path / "f.xlsx", {"read me": [("about",), ("me",)], "users": users, "items": items})
    source = open_data(
        tmp_path / "r.csv", user="user", item="item", target="stars", user_features=path, item_features=path
    )
    source.prepare()
    said = {name: why for name, _, why in source.notes}
    assert said["user features"] == "age; of the sheet 'users', which has the column 'user'"
    assert said["item features"] == "year; of the sheet 'items', which has the column 'item'"
