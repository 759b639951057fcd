"""A column of dates or times as numbers that grow with time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.clocks import CLOCK, HOURS_OF_A_DAY, hours_form
from goodfit.data.tables.conventions import evidence
from goodfit.data.tables.moments import UNIX_MIXED, date_form, in_order, moments, unix_units
from goodfit.data.tables.numbers import is_nested, numbers
from goodfit.data.tables.present_cells import without_missing
from goodfit.errors import DataError
from goodfit.formatting import counted

NOT_TIMES_SHARE = 0.5  # of the cells: then it is another column

if TYPE_CHECKING:
    import polars as pl


TWO_NUMBERS = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{2,4}"
MONTHS_OF_A_YEAR = 12
ROWS_OF_ONE_TIME = 0.5  # of the rows have a time of their own: more of them may be of one day
YEAR_LAST = r"^(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d{2}$"  # 31052024


def read_times(column: pl.Series, decimal: str | None = None, date_order: str | None = None) -> np.ndarray:
    """(N,) float64: microseconds of dates, hours of times of day and durations, or numbers as they are.

    Raises:
        DataError: a row without a time.
    """
    import polars as pl

    read = _read(column, decimal, date_order)
    times = read.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    bad = np.flatnonzero(np.isnan(times))
    if len(bad):
        cell = None if is_nested(column.dtype) else column[int(bad[0])]
        if len(bad) > NOT_TIMES_SHARE * len(times) and cell is not None:
            _refuse_both_orders(column)
            verb = "is not a time" if len(bad) == 1 else "are not times"
            raise DataError(
                f"{counted(len(bad), 'cell')} of {len(times):,} {verb}, such as '{str(cell)[:40]}'",
                where=f"column '{column.name}'",
                fix="Is it the right column? --time takes one of dates, times or numbers",
            )
        missing = cell is None or not len(without_missing(pl.Series([cell])))
        raise DataError(
            "there is no time" if missing else f"'{str(cell)[:40]}' is not a time like those of other rows",
            where=f"column '{column.name}', row {bad[0]}",
            fix="Fix it, or leave the row out",
        )
    return np.asarray(times)


def _refuse_both_orders(column: pl.Series) -> None:
    """Raise where some cells can only begin with the day, and others only with the month."""
    import polars as pl

    if column.dtype != pl.String:
        return
    first, second = (column.str.extract(TWO_NUMBERS, group).cast(pl.Int64, strict=False) for group in (1, 2))
    days, months = column.filter(first > MONTHS_OF_A_YEAR), column.filter(second > MONTHS_OF_A_YEAR)
    if len(days) and len(months):
        raise DataError(
            f"some dates begin with the day ('{days[0]}'), others with the month ('{months[0]}')",
            where=f"column '{column.name}'",
            fix="Write all of them in one way, such as 2024-05-31",
        )


def repeated_clock(column: pl.Series, times: np.ndarray) -> tuple[str, str] | None:
    """What is to be said of times of day without a date that come again: they do not say which row is the later one.

    Args:
        times: of all rows, as `read_times` has them.
    """
    import polars as pl

    if column.dtype not in (pl.String, pl.Time) or not len(times):
        return None
    of_a_day = float(times.min()) >= 0 and float(times.max()) < HOURS_OF_A_DAY
    clocks = column.cast(pl.String).str.contains(CLOCK).all()
    if not of_a_day or not clocks or len(np.unique(times)) > ROWS_OF_ONE_TIME * len(times):
        return None
    what = f"the times in '{column.name}', such as {column[0]}, are times of day without a date, and come again: rows "
    what += "of the evening are taken for later ones than those of all mornings"
    return what, "Give --time a column of dates, unless all rows are of one day"


def _read(column: pl.Series, decimal: str | None, date_order: str | None) -> pl.Series:
    import polars as pl

    if column.dtype in (pl.Date, pl.Datetime):
        return moments(column, None).dt.epoch("us")
    if column.dtype in (pl.Time, pl.Duration) or column.dtype.is_numeric() or is_nested(column.dtype):
        return _in_one_unit(numbers(column))
    present = without_missing(column).cast(pl.String)
    form = date_form(present) if len(present) else None
    if form is not None:
        form, _ = in_order(present, form, date_order)
        return moments(column, form).dt.epoch("us")
    if len(present) and present.str.contains(YEAR_LAST).all():
        raise DataError(
            f"'{present[0]}' is a date with its year last and no signs between, which does not grow with time",
            where=f"column '{column.name}'",
            fix="Write dates as 2024-05-31",
        )
    if decimal is None:
        shown = evidence(column) if column.dtype == pl.String else None
        decimal = (shown.mark if shown is not None else None) or "."
    values = numbers(column, decimal)
    if values.null_count() == len(values):
        return numbers(column, decimal, hours_form(present))
    return _in_one_unit(values)


def _in_one_unit(values: pl.Series) -> pl.Series:
    """Times since 1970 in seconds and in thousandths of them: microseconds, where one column has several."""
    mixed = len(values.drop_nulls()) > 0 and unix_units(values) == UNIX_MIXED
    return moments(values, UNIX_MIXED).dt.epoch("us") if mixed else values
