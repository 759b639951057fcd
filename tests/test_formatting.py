"""Numbers and types in sentences, by hand."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from goodfit.errors import UsageError
from goodfit.fitting.options import FitOptions, split_options
from goodfit.formatting import aligned, fixed, higher_or_lower, is_years, number_like, readable_cell, type_named, year
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import RMSE, Metric


@pytest.mark.parametrize(
    ("value", "low", "high", "all_three"),
    [
        (1.06, 1.018, 1.105, "1.060 1.018 1.105"),
        (4.605, 3.191, 8.608, "4.61 3.19 8.61"),
        (0.44, 0.1596, 0.7654, "0.440 0.160 0.765"),
        (0.02467, -0.02367, 0.07336, "0.0247 -0.0237 0.0734"),
        (72_638.4, 70_001.2, 75_204.9, "72,638 70,001 75,205"),
        (0.3, 0.3, 0.3, "0.3 0.3 0.3"),  # no width says nothing of the digits
        (0.5, -math.inf, math.inf, "0.5 -∞ ∞"),
        (-0.0001, -0.4, 0.4, "0.000 -0.400 0.400"),  # no minus before a zero
    ],
)
def test_a_value_has_as_many_decimals_as_its_interval(value: float, low: float, high: float, all_three: str) -> None:
    assert " ".join(number_like(each, low, high) for each in (value, low, high)) == all_three
    if low != high:
        unit = Metric("x", "x", unit="dB")
        assert unit.text(value, Estimate(value, low, high)) == f"{all_three.split()[0]} dB"
    assert RMSE.text(4.605) == "4.605"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([9.8, 9.42, 10.19], "9.80 9.42 10.19"),  # the largest says how many decimals
        ([0.9010, 0.5], "0.9010 0.5000"),
        ([72_638.4, 812.5], "72,638 812"),  # the even one, as Python rounds
        ([0.00002, 0.000013], "0.00002 0.00001"),
        ([-0.00001, 3.0], "0.0000 3.0000"),  # no minus before a zero
        ([0.5, math.nan, math.inf], "0.5000 – ∞"),
    ],
)
def test_numbers_that_are_read_together_have_equally_many_decimals(values: list[float], texts: str) -> None:
    assert " ".join(fixed(value, values) for value in values) == texts


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([151.0, 98.0], "151 98"),  # whole numbers stay whole
        ([230.414, 98.12, 7.0], "230.4 98.1 7.0"),
        ([12.3, 9.876, 0.514], "12.30 9.88 0.51"),
        ([1_234.5, 0.2], "1,234 0"),
        (["cat", None, 3], "cat – 3"),
        ([0.25, "cat", -0.0001], "0.2500 cat -0.0001"),
        ([0.0, 0.0], "0 0"),
    ],
)
def test_a_column_has_as_many_decimals_as_its_numbers_need(values: list[object], texts: str) -> None:
    assert " ".join(aligned(values)) == texts


def test_the_smallest_of_a_column_may_be_asked_for_too() -> None:
    assert aligned([0.01, 0.0000012], smallest=True) == ["0.010000", "0.000001"]
    assert aligned([0.01, 0.0000012]) == ["0.01000", "0.00000"]


def test_a_type_has_its_article() -> None:
    values = [3, np.zeros(2), pl.DataFrame(), None, "x"]
    assert [type_named(each) for each in values] == ["an int", "an ndarray", "a DataFrame", "None", "a str"]


def test_a_column_holds_years_by_its_name_and_its_values() -> None:
    assert is_years("YearBuilt", 1872.0, 2010.0)
    assert is_years("Baujahr", 1900.0, 2024.0)
    assert not is_years("weight", 1500.0, 2100.0)
    assert not is_years("years_of_work", 0.0, 40.0)
    assert not is_years("year", 2000.5, 2010.0)
    assert (year(2009.0), year(2005.75)) == ("2009", "2005.8")


@pytest.mark.parametrize("value", ["two", 2.5, True, [3], float("nan")])
def test_an_option_of_another_type_is_refused_by_its_name(value: object) -> None:
    with pytest.raises(UsageError, match=r"epochs.*is not a whole number"):
        split_options({"epochs": value})


def test_whole_numbers_of_numpy_and_3_0_are_whole_numbers() -> None:
    assert split_options({"epochs": np.int64(3)})[0] == FitOptions(epochs=3)
    assert split_options({"epochs": 3.0})[0] == FitOptions(epochs=3)
    with pytest.raises(UsageError, match=r"minutes.*'soon' is not a number"):
        split_options({"minutes": "soon"})


def test_a_difference_and_its_interval_have_the_same_decimals() -> None:
    assert higher_or_lower(-0.00832, -0.0248, 0.000552) == ("0.0083 lower", "0.0248 lower", "0.0006 higher")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("1.643251614242697", "1.64325"),
        ("-0.5684946476426", "-0.568495"),
        ("12.5", "12.5"),
        ("0.123456", "0.123456"),
        ("2024.05.01", "2024.05.01"),
        ("7 rue 1.12345678", "7 rue 1.12345678"),
    ],
)
def test_a_cell_is_shown_as_it_is_written_but_for_endless_decimals(cell: str, shown: str) -> None:
    assert readable_cell(cell) == shown
