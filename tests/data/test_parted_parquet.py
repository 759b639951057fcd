"""Parquet files in folders such as year=2024/month=05: one table, and the names of the folders are columns of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from goodfit.analysis.profile import profile
from goodfit.data.tables.reading import is_table, read_parts, read_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four files of three rows, beside what Spark leaves there."""
    place = tmp_path / "sales"
    for year in (2023, 2024):
        for month in ("01", "02"):
            inner = place / f"year={year}" / f"month={month}"
            inner.mkdir(parents=True)
            rows = {"price": [float(year), 1.5, 2.5], "sold": ["yes", "no", "yes"]}
            pl.DataFrame(rows).write_parquet(inner / "part-0.snappy.parquet")
    (place / "_SUCCESS").write_text("")
    (place / "_temporary").mkdir()
    return place


def test_all_files_are_one_table_with_a_column_for_each_level(folder: Path) -> None:
    assert is_table(folder)
    frame = read_table(folder)
    assert frame.columns == ["price", "sold", "year", "month"]
    assert frame["price"].to_list() == [2023, 1.5, 2.5] * 2 + [2024, 1.5, 2.5] * 2
    assert frame["year"].to_list() == ["2023"] * 6 + ["2024"] * 6
    assert frame["month"].to_list() == (["01"] * 3 + ["02"] * 3) * 2


def test_it_is_said(folder: Path) -> None:
    notes = read_parts(folder, valid=None, test=None).notes
    why = "the folders are called so, such as year=2023: columns of the table"
    assert ("parts", "4 Parquet files by 'year' and 'month'", why) in notes


def test_it_has_a_profile(folder: Path) -> None:
    assert {each.name: each.rows for each in profile(folder)} == dict.fromkeys(["price", "sold", "year", "month"], 12)


def test_other_folders_are_none(tmp_path: Path) -> None:
    for name in ("cat=1", "dog"):
        (tmp_path / name).mkdir()
        pl.DataFrame({"x": [1]}).write_parquet(tmp_path / name / "x.parquet")
    assert not is_table(tmp_path)
