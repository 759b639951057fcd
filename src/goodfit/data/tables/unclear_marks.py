"""New numbers such as 1.234 alone: 1.234 by the run's decimal mark, and 1234 by the other one.

No cell shows which is meant. Where the other reading lies nearer to what the run was fitted on, it is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from goodfit.data.tables.conventions import MARKS, OTHER, ROWS_SAMPLED, evidence
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.encoder_columns import NumberColumn
from goodfit.data.tables.numbers import numbers

if TYPE_CHECKING:
    import polars as pl

CELLS_OF_A_DOUBT = 2  # that can be read in two ways


def unclear_marks(frame: pl.DataFrame, encoder: Encoder) -> Iterator[tuple[str, str, str]]:
    """A note a column: what was assumed, and how to settle it.

    Args:
        frame: new rows, or some of them, with the columns of the encoder.
    """
    import polars as pl

    if frame.height < CELLS_OF_A_DOUBT:
        return
    frame = frame.gather_every(max(1, frame.height // ROWS_SAMPLED))
    of_text = [
        number
        for number in encoder.numbers
        if number.part is None and number.format is None and frame.schema[number.source] == pl.String
    ]
    shown = {number.source: evidence(frame.get_column(number.source)) for number in of_text}
    if any(each is not None and any(each.cells.values()) for each in shown.values()):
        return  # one column shows it for all, as in the data of a fit
    for number in of_text:
        each = shown[number.source]
        if each is not None and number.decimal in each.unclear and _other_is_nearer(frame, number):
            value, mark = each.unclear.replace(number.decimal, ""), MARKS[number.decimal]
            why = f"read with a decimal {mark}, as in the run's data; {value} would be more like those values"
            yield (
                "doubtful",
                f"{number.source}: {each.unclear}",
                f"{why}: --decimal {mark} or --decimal {MARKS[OTHER[number.decimal]]}",
            )


def _other_is_nearer(frame: pl.DataFrame, number: NumberColumn) -> bool:
    column = frame.get_column(number.source)
    read, other = (numbers(column, mark) for mark in (number.decimal, OTHER[number.decimal]))
    differ = ((read != other) & read.is_not_null() & other.is_not_null()).fill_null(value=False)
    if differ.sum() < CELLS_OF_A_DOUBT:
        return False
    off, other_off = ((values.filter(differ) - number.mean).abs().median() for values in (read, other))
    return float(other_off) < float(off)  # type: ignore[arg-type]  # polars types the median of every kind of column
