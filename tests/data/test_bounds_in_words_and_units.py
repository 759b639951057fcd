"""85 and over, under 1, <5 mg and 10+ years: bounds in words and of numbers with units."""

from __future__ import annotations

import polars as pl
import pytest

from goodfit.data.tables.bounds import BOUNDS
from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.units import UNIT_FORM


def type_of(cells: list[str], decimal: str = ".", name: str = "age") -> ColumnType:
    return infer_type(pl.Series(name, cells), categorical=(), numeric=(), ignore=(), decimal=decimal)


AGES = [str(age) for age in range(2, 85)]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("85 and over", 85), ("85 or more", 85), ("85 years and older", 85), ("1 and under", 1), ("85 und mehr", 85),
        ("85 Jahre und älter", 85), ("85 ans et plus", 85), ("85 y más", 85), ("85 o più", 85), ("85 ou mais", 85),
        ("85 en ouder", 85), ("85以上", 85), ("under 1", 1), ("less than 1", 1), ("unter 1", 1), ("moins de 1", 1),
        ("over 100", 100), ("at least 90", 90), ("menos de 1", 1), ("85+", 85),
    ],
)  # fmt: skip
def test_a_bound_in_words_is_the_bound_and_said(word: str, value: float) -> None:
    cells = [word, *AGES, word, word]
    kind = type_of(cells)
    assert (kind.name, kind.format) == ("number", BOUNDS)
    assert f"3 values such as '{word}' are read as the bound, {value}" in kind.why
    assert numbers(pl.Series(cells), ".", kind.format).to_list() == [value, *map(float, AGES), value, value]


def test_groups_stay_words() -> None:
    assert type_of(["0-17", "18-64", "65 and over"] * 20).name == "category"
    assert type_of(["1", "2", "3 or more"] * 20).name == "category"


def test_bounds_of_a_laboratory_with_their_unit_are_numbers_and_counted() -> None:
    plain = [f"{value / 10} mg/l" for value in range(51, 151)]
    cells = ["<5 mg/l", *plain, "< 5 mg/l", ">15 mg/l"]
    kind = type_of(cells, name="crp")
    assert (kind.name, kind.format) == ("number", f"{UNIT_FORM}mg/l")
    assert "3 values such as '<5 mg/l' are read as the bound, 5" in kind.why
    read = numbers(pl.Series(cells), ".", kind.format)
    assert read.to_list() == pytest.approx([5, *(value / 10 for value in range(51, 151)), 5, 15])


def test_ages_with_a_unit_and_a_top_class() -> None:
    cells = [*(f"{age} ans" for age in range(2, 85)), "85 ans et plus", "85 ans et plus"]
    kind = type_of(cells)
    assert kind.name == "number"
    assert numbers(pl.Series(cells), ".", kind.format).to_list() == [*map(float, range(2, 85)), 85, 85]


def test_a_few_lengths_of_employment_stay_groups() -> None:
    """< 1 year and 1 year are two groups, which as numbers would be one."""
    kind = type_of(["10+ years", "< 1 year", "1 year", "2 years", "3 years"] * 20, name="emp_length")
    assert kind.name == "category"
