"""New rows that are written in another way than those of the run: another decimal mark, percent signs or none.

They would be read a hundredfold or a thousandfold, and nothing would show it: they are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from goodfit.data.tables.bounds import BOUNDS
from goodfit.data.tables.conventions import MARKS, OTHER, evidence
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.frames import Frame
from goodfit.data.tables.magnitudes import MAGNITUDES
from goodfit.data.tables.moments import date_form, in_order
from goodfit.data.tables.numbers import is_nested, numbers
from goodfit.data.tables.percent import BESIDE, PERCENT, SHARES, SLIPS_AT_MOST, has_sign, has_signs
from goodfit.data.tables.present_cells import without_missing
from goodfit.data.tables.units import UNIT_FORM
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

CELLS_THAT_PROVE = 2  # numbers of a column that all have another mark: not one row that is odd


class Way(NamedTuple):
    """How a run read the numbers of a column: the decimal mark of text, and the form."""

    column: str
    decimal: str
    form: str | None


def ways_of(encoder: Encoder) -> list[Way]:
    """Of the columns of numbers that a run learnt from."""
    return [Way(number.source, number.decimal, number.format) for number in encoder.numbers if number.part is None]


def as_written(encoder: Encoder, frame: Frame, *, decimal: str | None, date_order: str | None) -> Encoder:
    """The encoder, for new rows that the user says are written in another way than the run's.

    Args:
        decimal: the decimal mark of their numbers. date_order: day or month, with which their dates begin; these are
            read in whatever form they have. None: as in the run.
    """
    import polars as pl

    if decimal is not None:
        encoder = encoder.with_decimal(decimal)
    if date_order is None:
        return encoder
    forms = {}
    for name in {number.source for number in encoder.numbers if number.part is not None} & set(frame.columns):
        cells = without_missing(frame.column(name))
        form = date_form(cells) if len(cells) and cells.dtype == pl.String else None
        if form is not None:
            forms[name], _ = in_order(cells, form, date_order)
    return encoder.with_date_forms(forms)


def refuse_other_decimals(frame: pl.DataFrame, ways: Sequence[Way]) -> None:
    """Numbers that are written by another convention than the run's would be read a thousandfold.

    Args:
        frame: all rows, or the columns in question of all rows.

    Raises:
        DataError: a column shows the other decimal mark.
    """
    if frame.height < CELLS_THAT_PROVE:
        return
    for way in columns_with_other_mark(frame, ways):
        shown = evidence(frame.get_column(way.column))
        if shown is not None and shown.mark == OTHER[way.decimal] and shown.cells[shown.mark] >= CELLS_THAT_PROVE:
            raise DataError(
                f"the column '{way.column}' has a decimal {MARKS[shown.mark]} ({shown.examples[shown.mark]}); the "
                f"run was fitted on numbers with a decimal {MARKS[way.decimal]}",
                fix=f"Say so with --decimal {MARKS[shown.mark]}, or write them as in the training data",
            )


def refuse_decimals_of_whole(frame: Frame, ways: Sequence[Way], columns: set[str]) -> None:
    """The same of a table whose rows stay on disk: the columns in question are read whole, one after the other."""
    for way in ways:
        if way.column in columns:
            refuse_other_decimals(frame.column(way.column).to_frame(), [way])


def columns_with_other_mark(frame: pl.DataFrame, ways: Sequence[Way]) -> Iterator[Way]:
    """Columns of numbers in text that have cells with the other decimal mark: of thousands, perhaps."""
    import polars as pl

    for way in ways:
        plain = way.form in (None, BOUNDS, MAGNITUDES, PERCENT, BESIDE, SHARES) or str(way.form).startswith(UNIT_FORM)
        if not plain or way.column not in frame.columns:
            continue
        column = frame.get_column(way.column)
        if column.dtype == pl.String and column.str.contains(OTHER[way.decimal], literal=True).any():
            yield way


def refuse_other_signs(frame: pl.DataFrame, ways: Sequence[Way]) -> None:
    """45% is 45, and 0.45 a hundredth of it: whether cells have the sign has to be as in the run's data.

    Raises:
        DataError: numbers of a column have a percent sign and those of the run had none, or the reverse.
    """
    import polars as pl

    for way in ways:
        if way.form not in (None, PERCENT) or way.column not in frame.columns:
            continue
        column = frame.get_column(way.column)
        text = column.cast(pl.String) if column.dtype in (pl.String, pl.Categorical, pl.Enum) else None
        if is_nested(column.dtype) or (way.form is None and (text is None or not has_signs(text))):
            continue
        known = numbers(column, way.decimal).is_not_null()
        signed = known & has_sign(text).fill_null(value=False) if text is not None else known & False
        odd = signed if way.form is None else known & ~signed
        if int(odd.sum()) > SLIPS_AT_MOST * int(known.sum()):
            had = "numbers without one" if way.form is None else "numbers with one"
            raise DataError(
                f"the column '{way.column}' has {'a' if way.form is None else 'no'} percent sign "
                f"({column.filter(odd)[0]}); the run was fitted on {had}",
                fix="Write them as in the training data: 45% is not 0.45",
            )
