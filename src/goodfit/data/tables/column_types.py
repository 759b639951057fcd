"""What a column holds: numbers, a category, dates, or nothing to learn from; told from its values, and said."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goodfit.errors import DataError, UsageError

if TYPE_CHECKING:
    import polars as pl

MISSING = ("", "?", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "none", "-", ".")
NUMBERS_NEEDED = 0.98  # of the values: then the others are slips, and count as missing
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")
WORDS_OF_TEXT = 5  # on average, in a column of mostly different values: free text
FEW = 20  # rows that are too few to tell an identifier by
DIFFERENT = 0.5  # share of different values from which a column of words is text or an identifier


@dataclass(frozen=True)
class Kind:
    """What was found.

    Attributes:
        name: number, category, date or left out.
        why: in a few words, for the line that is printed.
        format: of dates.
    """

    name: str
    why: str
    format: str | None = None


def tell(column: pl.Series, *, categorical: Collection[str], numeric: Collection[str], ignore: Collection[str]) -> Kind:
    """The kind of a column, as the user says or as its values show.

    Raises:
        DataError: free text, which no net here reads.
        UsageError: said to be numeric, and it is not.
    """
    import polars as pl

    name = column.name
    if name in ignore:
        return Kind("left out", "as you said")
    if name in categorical:
        return Kind("category", "as you said")
    if name in numeric:
        values = numbers(column)
        if values.is_null().all():
            raise UsageError(f"--numeric {name}: there is no number in this column", fix="Leave it out")
        return Kind("number", "as you said")
    if column.dtype == pl.Boolean:
        return Kind("category", "yes or no")
    if column.dtype.is_temporal():
        return Kind("date", "dates", None)
    there = without_missing(column)
    if len(there) == 0:
        return Kind("left out", "empty")
    different = there.n_unique()
    if different == 1:
        return Kind("left out", "the same value in every row" if len(there) == len(column) else "one value, or missing")
    if different == 2:
        return Kind("category", "two values")
    if column.dtype.is_numeric():
        return _of_numbers(there, different)
    values = numbers(there)
    readable = len(values) - values.null_count()
    if readable >= NUMBERS_NEEDED * len(values):
        slips = there.filter(values.is_null())
        found = _of_numbers(values.drop_nulls(), different)
        if len(slips) and found.name == "number":
            some = f"{len(slips)} values such as '{slips[0]}' are none, and count as missing"
            return Kind("number", f"numbers; {some}")
        return found
    form = date_format(there)
    if form is not None:
        return Kind("date", f"dates of the form {form}", form)
    return _of_words(there, different)


def _of_numbers(values: pl.Series, different: int) -> Kind:
    """Whole numbers that count the rows are an identifier; all others are numbers."""
    import polars as pl

    found = values.cast(pl.Float64).to_numpy()
    if different == len(found) > FEW and bool((found == found.round()).all()):
        if found.max() - found.min() == len(found) - 1:
            return Kind("left out", "it counts the rows: an identifier")
        if "id" in values.name.lower().replace("-", "_").split("_"):
            return Kind("left out", "another whole number in every row: an identifier")
    return Kind("number", "numbers")


def _of_words(there: pl.Series, different: int) -> Kind:
    import polars as pl

    if different > DIFFERENT * len(there) and len(there) > FEW:
        words = there.cast(pl.String).str.count_matches(r"\s+").to_numpy().mean() + 1
        if words >= WORDS_OF_TEXT:
            raise DataError(
                f"the column '{there.name}' is free text ({words:.0f} words a row), which is not read here",
                fix=f"Leave it out with --ignore {there.name}, or say --categorical {there.name}",
            )
        return Kind("left out", f"{different:,} different values in {len(there):,} rows: an identifier")
    return Kind("category", f"{different:,} values")


def without_missing(column: pl.Series) -> pl.Series:
    """The values that are there."""
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
        found = column.cast(pl.Float64)
    else:
        text = column.cast(pl.String).str.strip_chars()
        grouped = text.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
        found = pl.select(
            pl.when(grouped).then(text.str.replace_all(",", "")).otherwise(text).cast(pl.Float64, strict=False)
        ).to_series()
    return pl.select(pl.when(found.is_finite()).then(found)).to_series().rename(column.name)


def date_format(there: pl.Series) -> str | None:
    """The first form that nearly all of the values have."""
    import polars as pl

    text = there.cast(pl.String)
    sample = text.head(1000)
    for form in (*TIME_FORMATS, *DATE_FORMATS):
        if moments(sample, form).null_count() <= (1 - NUMBERS_NEEDED) * len(sample) and (
            moments(text, form).null_count() <= (1 - NUMBERS_NEEDED) * len(text)
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
