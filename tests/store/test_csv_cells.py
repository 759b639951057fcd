"""Cells of CSV files: every digit of a number, and texts that no spreadsheet computes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodfit.store.csv_cells import cell, cells, with_formula, without_formula


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4_649_012.5, "4649012.5"),  # a northing in metres
        (1_732_621_234.25, "1732621234.25"),  # seconds since 1970
        (2_460_640.73125, "2460640.73125"),  # a Julian day
        (0.1, "0.1"),
        (1e-30, "1e-30"),
        (-7, "-7"),
        (True, "True"),
        (None, ""),
        ("01", "01"),
        ("12345678901234567", "12345678901234567"),
    ],
)
def test_a_value_is_written_with_all_that_it_has(value: object, text: str) -> None:
    assert cell(value) == text


@given(st.lists(st.floats(width=32, allow_nan=False)))
def test_a_float32_reads_back_as_itself_in_its_own_digits(values: list[float]) -> None:
    array = np.array(values, dtype=np.float32)
    texts = cells(array)
    assert np.array_equal(np.array([np.float32(text) for text in texts], dtype=np.float32), array)
    assert all(len(text) <= 16 for text in texts)  # nine digits are enough; 0.1 is not 0.10000000149011612


@given(st.lists(st.floats(allow_nan=False)))
def test_a_float64_reads_back_as_itself(values: list[float]) -> None:
    assert [float(text) for text in cells(values)] == values
    assert [float(text) for text in cells(np.array(values))] == values


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-cmd|' /C calc'!A0", "@x", "\t=1", "=", "-"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == (f"'{text}" if len(text) > 1 else text)  # a sign alone is a text everywhere
    assert cell(text, raw=True) == text


@pytest.mark.parametrize("text", ["-1", "+1", "-1.5e3", "-1,234.5", "+49 30", "-5%", "-.5", "cat", "a=b", "'tis"])
def test_numbers_and_other_texts_are_left_alone(text: str) -> None:
    assert cell(text) == text


@given(st.text(alphabet="'=+-@1a \t\n"))
def test_taking_the_apostrophe_away_gives_the_text_back(text: str) -> None:
    assert with_formula(without_formula(text)) == text
