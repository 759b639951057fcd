"""Amounts whose sign is an arrow or a word, percent signs in front, cents beside whole amounts, spans of programs."""

from __future__ import annotations

import polars as pl
import pytest

from goodfit.data.tables.arrows import ARROWS, BELOW, arrows_form
from goodfit.data.tables.cents import CENTS
from goodfit.data.tables.clocks import HOURS
from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.numbers import numbers

ROWS = 60


def of(cells: list[str]) -> ColumnType:
    return infer_type(pl.Series("v", cells), categorical=(), numeric=(), ignore=())


@pytest.mark.parametrize(
    ("cell", "value"),
    [("▲ 1.2%", 1.2), ("▼ 0.8%", -0.8), ("↑3", 3.0), ("↓2", -2.0), ("1.5 ▼", -1.5), ("up 5%", 5.0), ("down 7", -7.0),
     ("minus 3", -3.0), ("plus 4", 4.0), ("12", 12.0), ("-3", -3.0), ("▼ -3", None), ("upper 3", None)],
)  # fmt: skip
def test_arrows_and_words_are_signs(cell: str, value: float | None) -> None:
    assert numbers(pl.Series([cell]), ".", ARROWS)[0] == value


def test_a_column_of_arrows_is_numbers_and_says_how_one_is_read() -> None:
    kind = of([f"{'▲▼'[at % 2]} {at}.5%" for at in range(ROWS)])
    assert (kind.name, kind.format) == ("number", ARROWS)
    assert "'▼ 1.5%' is read as -1.5" in kind.why


def test_triangles_alone_beside_plain_numbers_are_the_minus_of_japanese_accounts() -> None:
    cells = [f"▲{at},000" if at % 5 == 0 else f"{at},000" for at in range(1, ROWS)]
    kind = of(cells)
    assert (kind.name, kind.format) == ("number", BELOW)
    assert numbers(pl.Series(cells), ".", BELOW)[4] == -5000
    assert "Japanese" in kind.why


def test_one_sign_alone_shows_nothing() -> None:
    assert arrows_form(pl.Series([f"↑{at}" for at in range(ROWS)])) is None


@pytest.mark.parametrize(
    ("cell", "decimal", "value"), [("%12,5", ",", 12.5), ("% 3", ".", 3.0), ("-%4", ".", -4.0), ("%%4", ".", None)]
)
def test_a_percent_sign_may_stand_before_the_number(cell: str, decimal: str, value: float | None) -> None:
    assert numbers(pl.Series([cell]), decimal)[0] == value


@pytest.mark.parametrize(("cell", "value"), [("12 Euro", 12.0), ("12,50 Euros", 12.5), ("3 Dollar", 3.0)])
def test_currencies_in_words(cell: str, value: float) -> None:
    assert numbers(pl.Series([cell]), ",")[0] == value


@pytest.mark.parametrize(("cell", "value"), [("10^3", 1000.0), ("10^-2", 0.01), ("10^(2)", 100.0), ("10^", None)])
def test_powers_of_ten_alone(cell: str, value: float | None) -> None:
    assert numbers(pl.Series([cell]))[0] == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(("coin", "whole"), [("{}¢", "${}"), ("{}p", "£{}"), ("{} ct", "{} €")])
def test_cents_beside_whole_amounts_are_hundredths(coin: str, whole: str) -> None:
    cells = [coin.format(at + 5) if at % 3 == 0 else whole.format(f"{at}.50") for at in range(ROWS)]
    kind = of(cells)
    assert (kind.name, kind.format) == ("number", CENTS)
    values = numbers(pl.Series(cells), ".", CENTS)
    assert (values[0], values[1]) == (0.05, 1.5)


def test_pages_of_a_book_are_no_pence() -> None:
    assert of([f"{at}p" for at in range(ROWS)]).format != CENTS


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("1.02:03:04", 24 + 2 + 3 / 60 + 4 / 3600), ("-1 days +23:45:00", -0.25), ("-2 days +12:00:00", -36.0)],
)
def test_spans_of_time_as_programs_write_them(cell: str, hours: float) -> None:
    assert numbers(pl.Series([cell]), ".", HOURS)[0] == pytest.approx(hours)
    assert of([cell.replace(":0", f":{at % 6}") for at in range(ROWS)]).format == HOURS


@pytest.mark.parametrize(
    ("cells", "factor"),
    [(["15.6-inch", "15.6 inch", "15.6in", '15.6"', "15.6″"], 15.6), (["85 m2", "85 m²", "85 sqm"], 85.0)],
)
def test_names_of_one_unit(cells: list[str], factor: float) -> None:
    column = [cell for _ in range(12) for cell in cells]
    kind = of([*column, "20 inch" if "inch" in cells[0] else "20 m²"])
    assert kind.name == "number"
    assert numbers(pl.Series(cells), ".", kind.format).to_list() == pytest.approx([factor] * len(cells))
