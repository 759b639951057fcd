"""New dates in another form than the run's: 15.09.23, or seconds since 1970, where the run's are 2023-09-15.

Read where not one cell has the run's form, all have one other form, and that can be read in one way alone; it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.frames import Frame
from goodfit.data.tables.moments import UNIX, UNIX_MIXED, date_form, exchanged, moments, swapped, unix_units
from goodfit.data.tables.present_cells import without_missing

if TYPE_CHECKING:
    import polars as pl


def other_date_forms(
    frame: Frame, encoder: Encoder, columns: Sequence[str]
) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Column -> the form of its new cells, and a line for each.

    Args:
        columns: of dates, of which no cell has the run's form.
    """
    forms: dict[str, str] = {}
    notes = []
    of_run = {number.source: number.format for number in encoder.numbers if number.part is not None}
    for name in columns:
        cells = without_missing(frame.column(name))
        form = _form_of(cells, of_run[name])
        if form is None:
            continue
        forms[name] = form
        first = moments(cells[:1], form)[0]
        what = "since 1970" if form in UNIX or form == UNIX_MIXED else "the run's dates have another form"
        notes.append(("dates", name, f"{cells[0]} is read as {first:%Y-%m-%d}: {what}"))
    return forms, notes


def _form_of(cells: pl.Series, of_run: str | None) -> str | None:
    import polars as pl

    if not len(cells):
        return None
    values = cells if cells.dtype.is_numeric() else cells.cast(pl.Float64, strict=False)
    if not values.null_count():
        return unix_units(values.cast(pl.Float64))
    form = date_form(cells) if cells.dtype == pl.String else None
    if form is None or exchanged(cells, form) is not None or (of_run is not None and swapped(of_run) == form):
        return None  # that the order is another one than the run's is an error, which says how to settle it
    return form if not moments(cells, form).null_count() else None
