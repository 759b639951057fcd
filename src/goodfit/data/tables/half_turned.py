"""Dates of which a spreadsheet has turned a half: 03/04/2024 became the 4th of March, and 14/03/2024 stayed text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.moments import EXCHANGED, ISO, MIXED, moments_of_form, swapped

if TYPE_CHECKING:
    import polars as pl

CELLS_AT_LEAST = 5  # of each kind
LAST_MONTH = 12


def half_turned_doubt(column: pl.Series, form: str | None) -> tuple[str, str] | None:
    """What is to be said of dates in two forms, of which those of a program have days up to 12, and the others none.

    Args:
        form: of the column's dates.
    """
    import polars as pl

    forms = [] if form is None else form.split(MIXED)
    written = [each for each in forms if each.startswith((*EXCHANGED, *EXCHANGED.values()))]
    if len(written) != 1 or not any(each in ISO for each in forms) or column.dtype != pl.String:
        return None
    text = column.drop_nulls()
    days = moments_of_form(text, written[0]).dt.day()
    turned = pl.select(pl.coalesce(moments_of_form(text, each) for each in ISO)).to_series()
    other = swapped(written[0])
    both_ways = other is not None and moments_of_form(text, other).is_not_null().any()
    programs = turned.dt.day().drop_nulls()
    if min(len(programs), len(days.drop_nulls())) < CELLS_AT_LEAST or both_ways:
        return None
    if int(programs.max()) > LAST_MONTH or int(days.drop_nulls().min()) <= LAST_MONTH:  # type: ignore[arg-type]  # days
        return None
    cell = text.filter(turned.is_not_null())[0]
    what = f"in '{column.name}' all dates such as {cell} have days up to {LAST_MONTH}, and those such as "
    what += (
        f"{text.filter(days.is_not_null())[0]} have none: a spreadsheet may have exchanged day and month of the former"
    )
    return what, "Export them again as text, or correct them: they are read as they are written"
