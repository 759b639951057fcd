"""Groups that are named in their first row alone, as pivot tables and reports print them: the cells below are empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.visible import visible
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

GROUPS_AT_LEAST = 2
ROWS_OF_A_GROUP = 2  # in each: its name, and an empty cell at least


def named_once_doubt(frame: pl.DataFrame) -> tuple[str, str] | None:
    """What is to be said of a first column whose names stand once, above empty cells; None where it has none."""
    import polars as pl

    if not frame.width or not frame.height:
        return None
    column = frame.to_series(0)
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum) or (visible(column[1:2]).fill_null("") != "").any():
        return None  # as nearly always: the second cell is enough
    named = visible(column).fill_null("") != ""
    starts = named.arg_true()
    groups = len(starts)
    if groups < GROUPS_AT_LEAST or starts[0] != 0 or column.filter(named).n_unique() < groups:
        return None
    ends = [*starts[1:].to_list(), frame.height]
    if min(end - start for start, end in zip(starts.to_list(), ends, strict=True)) < ROWS_OF_A_GROUP:
        return None
    what = f"each of {counted(groups, 'name')} in the column '{column.name}' stands once, above empty cells: if they "
    what += "name the rows below them, these are read as rows without a name"
    return what, f"Fill them down: in pandas frame['{column.name}'].ffill()"
