"""The shortcuts for few rows change no value: a cell is read alike among few rows and among many."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.encoder_columns import CategoryColumn, NumberColumn
from goodfit.data.tables.known_encoders import encoder_of
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.visible import CELLS_LOOKED_AT, visible
from goodfit.data.tables.words import texts

MESSY = st.one_of(
    st.none(),
    st.sampled_from(
        ["", " ", "Bern", " Ulm\t", "true", "TRUE", "tRue ", "1.0", "1.", ".5", "-.5e3", "1e+3", "1e3", "E5", "-", "+1",
         "2024-05-01 00:00", "2024-05-01T10:00:00.500", "Jean-Luc", "a.b", "3\n", "\x1cx", "x\x1f", "e\u0301",
         "\u200b7", "１２", "7\u00a0", "trſue", "inf", "-inf", "NaN", "1e999", "1,234", "(7)"]
    ),
    st.text(alphabet="0123456789.+-eETtrRuU: \t\x0b\x1c\u00a0\u200b\u0301é", max_size=9),
)  # fmt: skip
MANY = ["x"] * CELLS_LOOKED_AT  # beside these the shortcuts are not taken


@settings(max_examples=300, deadline=None)
@given(cells=st.lists(MESSY, min_size=1, max_size=5), verbatim=st.booleans())
def test_a_text_is_the_same_among_few_rows_and_many(cells: list[str | None], verbatim: bool) -> None:
    few, many = pl.Series(cells, dtype=pl.String), pl.Series([*cells, *MANY], dtype=pl.String)
    assert visible(few).to_list() == visible(many).to_list()[: len(cells)]
    assert texts(few, verbatim=verbatim).to_list() == texts(many, verbatim=verbatim).to_list()[: len(cells)]
    np.testing.assert_array_equal(numbers(few).to_numpy(), numbers(many).to_numpy()[: len(cells)])


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.one_of(st.none(), st.floats(), st.integers(-(2**63), 2**63 - 1).map(float)), max_size=6))
def test_what_is_not_finite_is_no_number(values: list[float | None]) -> None:
    read = numbers(pl.Series("c", values, dtype=pl.Float64))
    expected = [None if value is None or value != value or abs(value) == float("inf") else value for value in values]
    assert (read.name, read.to_list()) == ("c", expected)


COLUMNS: dict[str, Any] = {
    "a": pl.Int64, "b": pl.Float64, "c": pl.String, "d": pl.Boolean, "e": pl.Float32, "f": pl.String, "g": pl.Int64
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(-(2**62), 2**62)), st.one_of(st.none(), st.floats()), MESSY,
            st.one_of(st.none(), st.booleans()), st.one_of(st.none(), st.floats(width=32)), MESSY,
            st.one_of(st.none(), st.integers(-9, 9)),
        ),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_columns_read_together_are_those_read_one_by_one(rows: list[tuple[Any, ...]]) -> None:
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    words = ("c", "f", "g")
    together = Encoder(
        tuple(NumberColumn(name, name, None, None, 0.5, 2.0, True) for name in COLUMNS),
        tuple(
            CategoryColumn(name, name, None, None, ["Bern", "true", "1", "7"], words_missing=False) for name in words
        ),
    )
    read = together.read(frame)
    for at, name in enumerate(COLUMNS):
        alone = numbers(frame[name]).to_numpy()
        np.testing.assert_array_equal(together.number_values(frame)[:, at], alone)
        np.testing.assert_array_equal(read.gone[:, at], np.isnan(alone))
    for at, category in enumerate(together.categories):
        known = {level: code for code, level in enumerate(category.levels, start=2)}
        expected = [1 if cell is None else known.get(cell, 0) for cell in texts(frame[category.source]).to_list()]
        assert read.rows[:, -len(words) + at].astype(int).tolist() == expected


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(MESSY, MESSY), min_size=1, max_size=6))
def test_a_text_that_was_read_before_is_read_alike(rows: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(rows, schema=["c", "f"], orient="row")
    levels = ["Bern", "true", "1", "7"]
    columns = tuple(CategoryColumn(name, name, None, None, levels, words_missing=False) for name in ("c", "f"))
    known = {level: code for code, level in enumerate(levels, start=2)}
    read = {name: texts(frame[name]).to_list() for name in frame.columns}
    expected = [[1 if cell is None else known.get(cell, 0) for cell in row] for row in zip(*read.values(), strict=True)]
    encoder = Encoder((), columns)
    for once_more in (frame, frame.reverse(), frame):
        codes = encoder.read(once_more).rows.astype(int).tolist()
        assert (codes if once_more is frame else codes[::-1]) == expected


def test_the_rows_of_one_run_are_read_by_one_encoder_and_those_of_another_by_theirs() -> None:
    first = Encoder((NumberColumn("a", "a", None, None, 1.0, 2.0, False),), ()).to_json()
    second = Encoder((NumberColumn("a", "a", None, None, 5.0, 2.0, False),), ()).to_json()
    assert encoder_of(first) is encoder_of(first)
    row = pl.DataFrame({"a": [3.0]})
    assert [encoder_of(each).encode(row).item() for each in (first, second, dict(first))] == [1.0, -1.0, 1.0]
