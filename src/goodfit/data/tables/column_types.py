"""The type of a column: numbers, a category, dates, or nothing to learn from; inferred from its values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goodfit.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "?", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "none", "-", ".")
NUMBER_SHARE_NEEDED = 0.98  # of the values: then the others are slips, and count as missing
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")
WORDS_OF_FREE_TEXT = 5  # on average, in a column of mostly different values: free text
ROWS_OF_AN_IDENTIFIER = 20  # with no more, different values may be chance
DISTINCT_SHARE_OF_TEXT = 0.5  # of the values: with more different ones, a column of words is text or an identifier


@dataclass(frozen=True)
class ColumnType:
    """What a column holds.

    Attributes:
        name: number, category, date or left out.
        why: in a few words, for the line that is printed.
        format: of dates.
    """

    name: str
    why: str
    format: str | None = None


def infer_type(
    column: pl.Series, *, categorical: Collection[str], numeric: Collection[str], ignore: Collection[str]
) -> ColumnType:
    """The type of a column, as the user says or as its values show.

    Raises:
        DataError: free text, which no net here reads.
        UsageError: said to be numeric, and it is not.
    """
    import polars as pl

    name = column.name
    if name in ignore:
        return ColumnType("left out", "as you said")
    if name in categorical:
        return ColumnType("category", "as you said")
    if name in numeric:
        values = numbers(column)
        if values.is_null().all():
            raise UsageError(f"--numeric {name}: there is no number in this column", fix="Leave it out")
        return ColumnType("number", "as you said")
    if column.dtype == pl.Boolean:
        return ColumnType("category", "yes or no")
    if column.dtype.is_temporal():
        return ColumnType("date", "dates", None)
    present = without_missing(column)
    if len(present) == 0:
        return ColumnType("left out", "empty")
    distinct = present.n_unique()
    if distinct == 1:
        return ColumnType(
            "left out", "the same value in every row" if len(present) == len(column) else "one value, or missing"
        )
    if distinct == 2:
        return ColumnType("category", "two values")
    if column.dtype.is_numeric():
        return _of_numbers(present, distinct)
    values = numbers(present)
    readable = len(values) - values.null_count()
    if readable >= NUMBER_SHARE_NEEDED * len(values):
        slips = present.filter(values.is_null())
        kind = _of_numbers(values.drop_nulls(), distinct)
        if len(slips) and kind.name == "number":
            slip = f"{len(slips)} values such as '{slips[0]}' are not, and count as missing"
            return ColumnType("number", f"numbers; {slip}")
        return kind
    form = date_format(present)
    if form is not None:
        return ColumnType("date", f"dates of the form {form}", form)
    return _of_words(present, distinct)


def _of_numbers(values: pl.Series, distinct: int) -> ColumnType:
    """Whole numbers that count the rows are an identifier; all others are numbers."""
    import polars as pl

    cells = values.cast(pl.Float64).to_numpy()
    if distinct == len(cells) > ROWS_OF_AN_IDENTIFIER and bool((cells == cells.round()).all()):
        if cells.max() - cells.min() == len(cells) - 1:
            return ColumnType("left out", "it counts the rows: an identifier")
        if "id" in values.name.lower().replace("-", "_").split("_"):
            return ColumnType("left out", "another whole number in every row: an identifier")
    return ColumnType("number", "numbers")


def _of_words(present: pl.Series, distinct: int) -> ColumnType:
    import polars as pl

    if distinct > DISTINCT_SHARE_OF_TEXT * len(present) and len(present) > ROWS_OF_AN_IDENTIFIER:
        words = present.cast(pl.String).str.count_matches(r"\s+").to_numpy().mean() + 1
        if words >= WORDS_OF_FREE_TEXT:
            raise DataError(
                f"the column '{present.name}' is free text ({words:.0f} words a row), which is not read here",
                fix=f"Leave it out with --ignore {present.name}, or say --categorical {present.name}",
            )
        return ColumnType("left out", f"{distinct:,} different values in {len(present):,} rows: an identifier")
    return ColumnType("category", f"{distinct:,} values")


def without_missing(column: pl.Series) -> pl.Series:
    """The values that are not missing."""
    import polars as pl

    kept = column.drop_nulls()
    if kept.dtype == pl.String:
        return kept.filter(~kept.is_in(MISSING))
    if kept.dtype.is_float():
        return kept.filter(kept.is_finite())
    return kept


def numbers(column: pl.Series) -> pl.Series:
    """Float64, null where there is none: missing, infinite, or no number. Thousands may be separated by commas."""
    import polars as pl

    if column.dtype.is_temporal():
        return pl.Series(column.name, [None] * len(column), dtype=pl.Float64)
    if column.dtype == pl.Boolean or column.dtype.is_numeric():
        values = column.cast(pl.Float64)
    else:
        text = column.cast(pl.String).str.strip_chars()
        grouped = text.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
        values = pl.select(
            pl.when(grouped).then(text.str.replace_all(",", "")).otherwise(text).cast(pl.Float64, strict=False)
        ).to_series()
    return pl.select(pl.when(values.is_finite()).then(values)).to_series().rename(column.name)


def date_format(values: pl.Series) -> str | None:
    """The first form that nearly all of the values have."""
    import polars as pl

    text = values.cast(pl.String)
    sample = text.head(1000)
    for form in (*TIME_FORMATS, *DATE_FORMATS):
        if moments(sample, form).null_count() <= (1 - NUMBER_SHARE_NEEDED) * len(sample) and (
            moments(text, form).null_count() <= (1 - NUMBER_SHARE_NEEDED) * len(text)
        ):
            return form
    return None


def moments(column: pl.Series, form: str | None) -> pl.Series:
    """Datetimes, null where a value is none."""
    import polars as pl

    if column.dtype.is_temporal():
        return column.cast(pl.Datetime("us"), strict=False)
    text = column.cast(pl.String).str.strip_chars()
    if form is None:
        return pl.Series(column.name, [None] * len(column), dtype=pl.Datetime("us"))
    if form in DATE_FORMATS:
        return text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return text.str.to_datetime(form, strict=False, time_unit="us")
