"""Amounts with the side of an account, units that belong together or stand before, and what people write at numbers."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest

from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.numbers import numbers
from goodfit.table_options import parse_decimal

ROWS = 40


def read(cells: Sequence[str | int], name: str = "x", decimal: str = ".") -> tuple[ColumnType, list[float | None]]:
    column = pl.Series(name, cells)
    kind = infer_type(column, categorical=(), numeric=(), ignore=(), decimal=parse_decimal(decimal))
    return kind, numbers(column, kind.decimal, kind.format).to_list() if kind.name == "number" else []


@pytest.mark.parametrize(
    ("cells", "values", "decimal"),
    [
        (["1.234,50 S", "12,00 H", "7,00 H"], [-1234.5, 12, 7], ","),
        (["1,234.50 DR", "12.00 CR", "7.00 CR"], [-1234.5, 12, 7], "."),
        (["1,23,456.00 Dr", "7.50 Cr", "1.00 Dr"], [-123456, 7.5, -1], "."),
        (["24 Std. 31 Min.", "2 Stunden", "30 Min."], [24 + 31 / 60, 2, 0.5], "."),
        (["2 heures et 30 minutes", "1 heure 6 min", "3 heures"], [2.5, 1.1, 3], "."),
        (["8 kg 384 g", "3 kg", "1 kg 50 g"], [8.384, 3, 1.05], "."),
        (["3 kg 200 g", "900 g", "850 g", "2 kg"], [3.2, 0.9, 0.85, 2], "."),
        (["6 m 37 cm", "2 m 5 cm", "4 m 10 cm"], [6.37, 2.05, 4.1], "."),
        (["2 km 215 m", "3 km 5 m", "1 km 100 m"], [2.215, 3.005, 1.1], "."),
        (["9am", "10:30 pm", "noon", "12 a.m."], [9, 22.5, 12, 0], "."),
        (["kg 72", "kg 81.5", "kg 60"], [72, 81.5, 60], "."),
        (["124 km (est.)", "98 km", "7 km"], [124, 98, 7], "."),
        (["4.5 out of 5 stars", "3 out of 5 stars", "2.5 out of 5 stars"], [4.5, 3, 2.5], "."),
        (["20 °C", "68 °F", "50 °F", "21 °C", "22 °C"], [20, 20, 10, 21, 22], "."),
        (["2 Gbit/s", "40 Mbit/s", "10 Mbit/s"], [2000, 40, 10], "."),
        (["1 KB", "512 B", "16 B"], [1024, 512, 16], "."),
        (["12 m/s", "3.5 m/s", "4 m/s"], [12, 3.5, 4], "."),
        (["12.50&nbsp;&euro;", "3.25&nbsp;&euro;", "4.75&nbsp;&euro;"], [12.5, 3.25, 4.75], "."),
        (["3 702¹", "1 234 ²", "5 000"], [3702, 1234, 5000], "."),
        (["12,5 1)", "13,25 2)", "14,5"], [12.5, 13.25, 14.5], ","),
    ],
)
def test_what_people_write_at_numbers_is_read(cells: Sequence[str | int], values: list[float], decimal: str) -> None:
    repeated = [cells[at % len(cells)] for at in range(ROWS)]
    kind, found = read(repeated, decimal=decimal)
    assert kind.name == "number"
    assert found[: len(values)] == pytest.approx(values)


def test_ranges_of_thousands_are_read_as_their_middle() -> None:
    cells: Sequence[str | int] = [f"${at}K-${at + 20}K" for at in range(40, 70)] + ["$50K", "$1.2M"]
    kind, found = read(cells)
    assert found[0] == 50_000
    assert found[-2:] == [50_000, 1_200_000]
    assert "is read as 50,000" in kind.why


def test_ordinals_are_numbers_where_they_are_many_and_classes_where_they_are_few() -> None:
    signs = {1: "st", 2: "nd", 3: "rd"}
    many: Sequence[str | int] = [
        f"{at}{signs.get(at % 10, 'th') if at not in (11, 12, 13) else 'th'}" for at in range(1, 41)
    ]
    assert read(many)[1] == list(range(1, 41))
    assert read(["1st", "2nd", "3rd"] * 20)[0].name == "category"


def test_one_side_alone_is_no_side_and_small_letters_are_hours() -> None:
    assert read([f"₹{at} Cr" for at in range(1, ROWS)])[1][0] == 10_000_000
    kind, found = read([f"{at} h" if at % 2 else f"{at} s" for at in range(1, ROWS)])
    assert kind.format == "units h"
    assert found[0] == 1


def test_seats_and_samples_are_no_amounts() -> None:
    assert read([f"{at}{'CD'[at % 2]}" for at in range(10, 50)])[0].name != "number"
    assert read([f"S{at}" for at in range(10, 50)])[0].name != "number"


def test_postcodes_are_categories_by_their_name_also_where_their_zeros_are_lost() -> None:
    cells: Sequence[str | int] = ["1067", "10115", "99084"] * 20
    assert read(cells, "PLZ")[0].name == "category"
    assert read([1067, 10115, 99084] * 20, "zip_code")[0].name == "category"
    assert read([1067, 10115, 99084] * 20, "income")[0].name == "number"
    assert read(list(range(1000, 1060)), "zip")[0].name != "category"  # most differ: nothing is learnt of a single one


def test_numbers_without_a_name_are_a_running_number_only_where_they_run() -> None:
    assert read([17, 23, 17, 30] * 10, "Unnamed: 2")[0].name == "number"
    assert read(list(range(ROWS)), "Unnamed: 2")[0].name == "left out"


def test_house_numbers_have_letters_that_are_no_flags_of_statistics() -> None:
    cells: Sequence[str | int] = [f"{at}{['', ' a', ' b', ''][at % 4]}" for at in range(1, ROWS)]
    assert read(cells)[0].name != "number"


def test_fractions_of_inches_are_numbers() -> None:
    cells = [f"{whole} {part} in" for whole in (2, 5, 7) for part in ("1/8", "3/8", "1/2")] * 4 + ["6 in", "4 in."]
    kind = infer_type(pl.Series("width", cells), categorical=(), numeric=(), ignore=())
    assert (kind.name, kind.format) == ("number", "fractions in")
    values = numbers(pl.Series(["5 3/8 in", "2 ⅛ inches", "6 in.", '7 1/2"', "4 1/4", "5 1/2 ft"]), ".", kind.format)
    assert values.to_list() == [5.375, 2.125, 6.0, 7.5, 4.25, None]  # feet are not inches


def test_sides_of_an_account_before_the_amount_are_its_sign() -> None:
    cells = [f"{side} {amount}.00" for amount in range(10, 40) for side in ("Dr", "Cr")]
    kind = infer_type(pl.Series("amount", cells), categorical=(), numeric=(), ignore=())
    assert kind.format == "debit and credit"
    read = numbers(pl.Series(["Dr 20.00", "Cr 7.50", "CR. 1,250.00", "DR 3"]), ".", kind.format)
    assert read.to_list() == [-20.0, 7.5, 1250.0, -3.0]
