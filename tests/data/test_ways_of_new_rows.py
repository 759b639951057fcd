"""New rows in which nothing shows how numbers and dates are written, or the user says it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.errors import DataError


def fitted(**columns: list[Any]) -> Table:
    source = table(pl.DataFrame({**columns, "y": ["a", "b"] * 30}), "y")
    source.prepare()
    source.learn(torch.arange(60))
    return source


def read(run: Table, columns: dict[str, list[str]], **options: Any) -> Table:
    new = table(pl.DataFrame(columns), **options)
    new.prepare(run.schema())
    return new


def numbers_of(new: Table, run: Table) -> list[float]:
    """The first column, in its own units."""
    first = run.encoder.numbers[0]
    return (new.whole()[:, 0].double() * first.deviation + first.mean).tolist()


SIZES = [f"{row * 31.25:.2f}" for row in range(60)]  # 0 to 1,843.75


def test_whole_numbers_with_points_for_thousands_are_doubted() -> None:
    run = fitted(size=SIZES)
    new = read(run, {"size": ["1.234", "512", "1.700"]})
    assert numbers_of(new, run) == pytest.approx([1.234, 512, 1.7], rel=1e-3)
    why = "read with a decimal point, as in the run's data; 1234 would be more like those values"
    assert new.notes == [("doubtful", "size: 1.234", f"{why}: --decimal point or --decimal comma")]


def test_the_decimal_mark_settles_it() -> None:
    run = fitted(size=SIZES)
    thousands = read(run, {"size": ["1.234", "512", "1.700"]}, decimal=",")
    assert numbers_of(thousands, run) == pytest.approx([1234, 512, 1700])
    assert thousands.notes == []
    assert read(run, {"size": ["1.234", "512", "1.700"]}, decimal=".").notes == []


@pytest.mark.parametrize(
    ("trained", "new"),
    [
        ([f"{1 + row / 16:.3f}" for row in range(60)], ["1.234", "3.125"]),  # such are the run's
        (SIZES, ["1.234", "512"]),  # one cell may be odd
        (SIZES, ["1.234", "1.700", "0.5"]),  # the last one shows the point
    ],
)
def test_numbers_that_are_like_the_runs_or_show_the_mark_are_not_doubted(trained: list[str], new: list[str]) -> None:
    assert read(fitted(size=trained), {"size": new}).notes == []


DAYS = [f"2024-{1 + row % 12:02d}-{1 + row % 28:02d}" for row in range(60)]


@pytest.mark.parametrize(("order", "month"), [("day", 4), ("month", 3)])
def test_the_order_of_new_dates_can_be_given(order: str, month: int) -> None:
    run = fitted(day=DAYS)
    new = read(run, {"day": ["03/04/2024", "05/06/2024"]}, date_order=order)
    other = {"day": 3, "month": 4}[order]
    same = read(run, {"day": [f"2024-{month:02d}-{other:02d}", {"day": "2024-06-05", "month": "2024-05-06"}[order]]})
    np.testing.assert_array_equal(new.whole(), same.whole())
    assert new.notes == []


def test_dates_in_the_other_order_than_the_runs_are_read_as_said() -> None:
    run = fitted(day=[f"{1 + row % 28:02d}/{1 + row % 12:02d}/2024" for row in range(60)])
    new, same = {"day": ["03/14/2024", "03/15/2024", "05/06/2024"]}, {"day": ["2024-03-14", "2024-03-15", "2024-05-06"]}
    with pytest.raises(DataError, match=r"are month/day/year .* Say so with --date-order month"):
        read(run, new)
    np.testing.assert_array_equal(read(run, new, date_order="month").whole(), read(run, same).whole())


def test_the_error_of_unread_dates_names_the_option() -> None:
    with pytest.raises(DataError, match=r"'day' is a date of the form %Y-%m-%d, .*--date-order"):
        read(fitted(day=DAYS), {"day": ["03/04/2024", "05/06/2024"]})
