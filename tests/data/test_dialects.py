"""One table, written in every dialect that people have, is one table: the fit sees the same types, means and rows."""

from __future__ import annotations

import csv
import datetime
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfit.data.sources.table import Table, table

ROWS = 30


@dataclass(frozen=True)
class Dialect:
    """How a file is written."""

    separator: str
    decimal: str
    thousands: str
    encoding: str
    line_end: str
    quoting: int
    date: str
    money: str

    def number(self, value: float, places: int) -> str:
        text = f"{value:,.{places}f}"
        return text.replace(",", "T").replace(".", self.decimal).replace("T", self.thousands)


DIALECTS = st.builds(
    Dialect,
    separator=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from(["", "'", " ", "\u00a0", "other"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    date=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d-%b-%Y", "%Y/%m/%d", "%B %d, %Y", "%Y-%m-%dT00:00:00Z"]),
    money=st.sampled_from(["{}", "{} €", "${}", "{}%", "CHF {}"]),
)


def write(path: Path, frame: pl.DataFrame, dialect: Dialect) -> Path:
    if dialect.thousands == "other":
        dialect = Dialect(**{**vars(dialect), "thousands": "." if dialect.decimal == "," else ","})
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=dialect.separator, lineterminator=dialect.line_end, quoting=dialect.quoting  # type: ignore[arg-type]
    )  # fmt: skip
    writer.writerow(frame.columns)
    for size, count, day, town, sure, y in frame.iter_rows():
        writer.writerow(
            [
                "" if size is None else dialect.money.format(dialect.number(size, 2)),
                dialect.number(count, 0),
                "" if day is None else day.strftime(dialect.date),
                town,
                str(sure),
                y,
            ]
        )
    path.write_bytes(out.getvalue().encode(dialect.encoding))
    return path


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """Numbers with and without decimals, days, words, yes and no."""
    sizes = draw(st.lists(st.none() | st.integers(-(10**7), 10**7), min_size=ROWS - 3, max_size=ROWS - 3))
    dates = st.none() | st.dates(datetime.date(1950, 1, 1), datetime.date(2060, 1, 1))
    days = draw(st.lists(dates, min_size=ROWS - 3, max_size=ROWS - 3))
    words = st.sampled_from(["Bern", 'the "Ulm"', "Graz; x, y", "NA", "01"])
    return pl.DataFrame(
        {
            "größe": [1234.56, -0.5, 7.25, *(None if size is None else size / 100 for size in sizes)],
            "count": [1, 2, 7, *draw(st.lists(st.integers(0, 10**6), min_size=ROWS - 3, max_size=ROWS - 3))],
            "day": [datetime.date(2024, 12, 31), datetime.date(2023, 1, 1), datetime.date(2024, 5, 17), *days],
            "town": draw(st.lists(words, min_size=ROWS, max_size=ROWS)),
            "sure": [True, False, True, *draw(st.lists(st.booleans(), min_size=ROWS - 3, max_size=ROWS - 3))],
            "y": ["a", "b"] * (ROWS // 2),
        }
    )  # fmt: skip


def fitted(data: Path | pl.DataFrame) -> Table:
    source = table(data, "y", categorical="town,sure", numeric="count")
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def compare(folder: Path, frame: pl.DataFrame, dialect: Dialect) -> None:
    wanted, found = fitted(frame), fitted(write(folder / "t.csv", frame, dialect))
    assert found.doubts == wanted.doubts
    assert found.encoder.names == wanted.encoder.names
    np.testing.assert_allclose(found.whole().numpy(), wanted.whole().numpy(), rtol=1e-4, atol=1e-4)
    new = table(folder / "t.csv")
    new.prepare(found.schema())
    assert torch.equal(new.whole(), found.whole())
    assert list(found.targets or []) == list(wanted.targets or [])


FIXTURE_IS_A_FOLDER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=20, deadline=None, suppress_health_check=FIXTURE_IS_A_FOLDER)
@given(frame=frames(), dialect=DIALECTS)
def test_a_table_is_the_same_in_every_dialect(tmp_path: Path, frame: pl.DataFrame, dialect: Dialect) -> None:
    compare(tmp_path, frame, dialect)


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None, suppress_health_check=FIXTURE_IS_A_FOLDER)
@given(frame=frames(), dialect=DIALECTS)
def test_a_table_is_the_same_in_every_dialect_of_thousands(
    tmp_path: Path, frame: pl.DataFrame, dialect: Dialect
) -> None:
    compare(tmp_path, frame, dialect)
