"""A row is read alike alone, among many, from CSV, from Parquet and from a frame of pandas, whatever its types."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodfit.data.sources.table import Table, table
from goodfit.data.tables.any_frame import to_polars

DAY = datetime.datetime(2024, 1, 1)
ROWS = 60

NUMBERS = [0, 1, -3, 7, 250, 4]
TYPED: dict[str, tuple[pl.DataType | type[pl.DataType], list[Any]]] = {
    "int8": (pl.Int8, [1, -3, 100, 5]),
    "int64": (pl.Int64, [1, -3, 10**12, 5]),
    "uint16": (pl.UInt16, [1, 3, 60_000, 5]),
    "uint64": (pl.UInt64, [1, 3, 2**60, 5]),
    "float32": (pl.Float32, [0.1, 2.5, -3.0, 1e-7]),
    "float64": (pl.Float64, [0.1, 2.5, -3.0, 1e20]),
    "decimal": (pl.Decimal(12, 2), [decimal.Decimal("1.50"), decimal.Decimal("-7.25"), decimal.Decimal("3.00"), None]),
    "boolean": (pl.Boolean, [True, False, None, True]),
    "string": (pl.String, ["Bern", "01", "NA", " x "]),
    "categorical": (pl.Categorical, ["a", "b", "c", None]),
    "enum": (pl.Enum(["low", "mid", "high"]), ["low", "mid", "high", None]),
    "date": (pl.Date, [datetime.date(2024, 1, 1), datetime.date(2023, 5, 17), datetime.date(1999, 12, 31), None]),
    "datetime": (
        pl.Datetime("us"),
        [DAY, DAY + datetime.timedelta(hours=5, microseconds=1500), DAY.replace(1990), None],
    ),
    "zoned": (pl.Datetime("ms", "Europe/Berlin"), [DAY.replace(tzinfo=datetime.UTC), None, None, None]),
    "time": (pl.Time, [datetime.time(1, 2), datetime.time(23, 59, 59), datetime.time(0), None]),
    "duration": (pl.Duration("us"), [datetime.timedelta(minutes=7), datetime.timedelta(3), None, None]),
    "number text": (pl.String, ["1,234", "$5.00", "(7)", "45%"]),
    "date text": (pl.String, ["2024-05-01", "2024-05-02", "2024-06-01", ""]),
    "truth text": (pl.String, ["True", "FALSE", "true", ""]),
}


def frame_of(name: str) -> pl.DataFrame:
    """ROWS rows with a column of the type, which is repeated, and a column of plain numbers."""
    dtype, cells = TYPED[name]
    column = pl.Series("c", [cells[row % len(cells)] for row in range(ROWS)], dtype=dtype, strict=False)
    if name == "zoned":
        shift = pl.Series([datetime.timedelta(hours=row * row % 23) for row in range(ROWS)])
        column = (pl.Series("c", [cells[0]] * ROWS, dtype=dtype) + shift).alias("c")
    return pl.DataFrame(
        [column, pl.Series("n", [NUMBERS[row % 6] for row in range(ROWS)]), pl.Series("y", ["a", "b"] * (ROWS // 2))]
    )


def fitted(frame: pl.DataFrame, **options: Any) -> Table:
    source = table(frame, "y", **options)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def rows_by(run: Table, data: Any) -> np.ndarray:
    """(N, D) of new data, as a run reads it."""
    source = table(data)
    source.prepare(run.schema())
    return source.whole().numpy()


def as_csv(frame: pl.DataFrame, path: Path) -> Path:
    """Durations, which CSV has no form for, as pandas writes them."""
    written = frame.with_columns(
        pl.Series(
            column.name, [None if cell is None else str(cell).replace(" day,", " days") for cell in column.to_list()]
        )
        for column in frame.iter_columns()
        if column.dtype == pl.Duration
    )
    written.write_csv(path)
    return path


@pytest.mark.parametrize("as_category", [False, True])
@pytest.mark.parametrize("name", list(TYPED))
def test_every_type_is_read_alike_in_every_container(tmp_path: Path, name: str, as_category: bool) -> None:
    pandas = pytest.importorskip("pandas")
    frame = frame_of(name)
    if as_category and name in ("time", "duration", "number text"):
        pytest.skip("categories of times and of written numbers have no second form")
    run = fitted(frame, categorical="c" if as_category else ())
    whole = run.whole().numpy()
    assert "c" in run.encoder.sources
    alone = np.concatenate([rows_by(run, frame[row]) for row in range(8)])
    np.testing.assert_array_equal(alone, whole[:8])
    frame.write_parquet(tmp_path / "t.parquet")
    np.testing.assert_array_equal(rows_by(run, tmp_path / "t.parquet"), whole)
    np.testing.assert_allclose(rows_by(run, as_csv(frame, tmp_path / "t.csv")), whole, rtol=1e-6)
    np.testing.assert_allclose(rows_by(run, as_csv(frame[:1], tmp_path / "one.csv")), whole[:1], rtol=1e-6)
    other = pandas.DataFrame({column.name: column.to_list() for column in frame.iter_columns()})
    if name == "float32":
        other["c"] = frame["c"].to_numpy()
    np.testing.assert_allclose(rows_by(run, other), whole, rtol=1e-6)
    many = pl.concat([frame] * 30)
    np.testing.assert_array_equal(rows_by(run, many)[:ROWS], whole)


@pytest.mark.parametrize("name", ["boolean", "date", "datetime", "decimal", "float32", "time", "zoned"])
def test_a_run_of_a_csv_reads_typed_rows_alike(tmp_path: Path, name: str) -> None:
    frame = frame_of(name)
    run = fitted(frame.select(pl.all()), categorical="c")
    of_file = table(as_csv(frame, tmp_path / "t.csv"), "y", categorical="c" if name != "time" else ())
    of_file.prepare()
    of_file.learn(torch.arange(len(of_file)))
    np.testing.assert_allclose(rows_by(of_file, frame), of_file.whole().numpy(), rtol=1e-6)
    assert run.encoder.cardinalities == of_file.encoder.cardinalities or name == "time"


@pytest.mark.parametrize(
    "same",
    [
        [True, False], ["True", "False"], ["TRUE", "FALSE"], ["true", "false"], [1, 0], ["1", "0"], [1.0, 0.0],
        ["1.0", "0.0"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("learnt", [[True, False], ["1", "0"], ["True", "False"]])
def test_yes_and_no_have_one_form(learnt: list[Any], same: list[Any]) -> None:
    run = fitted(pl.DataFrame({"c": learnt * 30, "n": NUMBERS * 10, "y": ["a", "b", "b"] * 20}))
    codes = rows_by(run, pl.DataFrame({"c": same, "n": [1, 1]}))[:, -1]
    assert codes.tolist() == run.whole()[:2, -1].tolist()
    assert len(set(codes)) == 2
    assert codes.min() > 1


def test_words_that_look_like_numbers_stay_apart() -> None:
    run = fitted(pl.DataFrame({"c": ["1.10", "1.1", "1.2"] * 20, "y": ["a", "b", "b"] * 20}), categorical="c")
    assert len(set(run.whole()[:3, 0].tolist())) == 3  # versions
    run = fitted(pl.DataFrame({"c": ["12e4", "120000", "7"] * 20, "y": ["a", "b", "b"] * 20}), categorical="c")
    assert len(set(run.whole()[:3, 0].tolist())) == 3  # codes


CELL = st.one_of(
    st.none(),
    st.sampled_from(
        ["Bern", " Ulm ", "1,234", "12,34", "-5", "1e3", "inf", "NaN", "?", "", "1.0", "1_000", "True", "$5"]
    ),
    st.text(alphabet="0123456789.,-+eE %$()':T", max_size=8),
    st.floats().map(str),
    st.dates().map(str),
    st.datetimes().map(str),
)


@pytest.fixture(scope="module")
def run() -> Table:
    days = [f"2024-05-{1 + row % 28:02d}" for row in range(ROWS)]
    frame = {"number": [row * 1.5 if row % 7 else None for row in range(ROWS)], "word": ["Bern", "1", "true"] * 20}
    return fitted(pl.DataFrame({**frame, "day": days, "y": ["a", "b"] * 30}))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_any_text_is_read_alike_alone_and_among_many(run: Table, cells: list[tuple[str | None, ...]]) -> None:
    frame = pl.DataFrame(cells, schema=dict.fromkeys(["number", "word", "day"], pl.String), orient="row")
    rows = run.encoder.encode(frame)
    assert np.isfinite(rows).all()
    alone = np.concatenate([run.encoder.encode(frame[row]) for row in range(len(cells))])
    np.testing.assert_array_equal(alone, rows)
    np.testing.assert_array_equal(run.encoder.encode(pl.concat([frame] * 400))[: len(cells)], rows)


def test_columns_of_pandas_that_numbers_name_stay_in_their_places() -> None:
    """Columns of plain NumPy types beside others, called by numbers that are not their places."""
    pandas = pytest.importorskip("pandas")
    days, letters = pandas.to_datetime(["2024-01-01", None]), pandas.Categorical(["a", None])
    columns: dict[object, object] = {3: [1.5, None], 0: days, 1: letters, "k": ["x", None], 2: [7, 8]}
    frame = to_polars(pandas.DataFrame(columns))
    assert frame.columns == ["3", "0", "1", "k", "2"]
    assert [frame[name].to_list()[0] for name in frame.columns[2:]] == ["a", "x", 7]
    assert frame["0"].null_count() == frame["1"].null_count() == frame["k"].null_count() == 1
    assert frame["3"][0] == 1.5
