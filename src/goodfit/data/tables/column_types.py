"""The type of a column: numbers, a category, dates, free text, or nothing to learn from; inferred from its values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goodfit.data.tables.clocks import (
    BACK,
    CLOCK,
    HOURS,
    ISO_DURATION,
    LASTING,
    LASTING_TWICE,
    SHORT_HOURS,
    hours_form,
    minutes_doubt,
    plain_clocks,
    ratios_doubt,
)
from goodfit.data.tables.conventions import OTHER
from goodfit.data.tables.header import UNNAMED
from goodfit.data.tables.missing_words import are_words
from goodfit.data.tables.mixtures import few_words_among_numbers, mixture_of
from goodfit.data.tables.moments import (
    date_form,
    dates_among,
    excel_form,
    in_order,
    moments,
    month_form,
    shown_form,
    stamp_form,
    unix_form,
)
from goodfit.data.tables.naming_numbers import are_postcodes, is_code
from goodfit.data.tables.number_forms import (
    NUMBER_SHARE_NEEDED,
    bounds_form,
    first_null,
    holds_numbers,
    other_form,
    plain_form,
)
from goodfit.data.tables.numbers import is_nested, numbers, unified
from goodfit.data.tables.present_cells import strays_of, without_empty, without_missing, without_words
from goodfit.data.tables.several_numbers import form_of, several_form
from goodfit.data.tables.text_words import words_in_each
from goodfit.data.tables.units import units_of
from goodfit.data.tables.web_text import has_tags
from goodfit.errors import UsageError
from goodfit.formatting import counted, listed
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

WORDS_OF_FREE_TEXT = 5  # on average, in a column of mostly different values: free text
WORDS_OF_A_NAME = 2  # of people and things: what these say may be of use
ROWS_OF_AN_IDENTIFIER = 20  # with no more, different values may be chance
DISTINCT_SHARE_OF_TEXT = 0.5  # of the values: with more different ones, a column of words is text or an identifier
RUNNING_NUMBERS = lazy_pattern(r"unnamed: ?\d+(_level_\d+)?|index|level_0|row ?_?(names?|id|nr|number)|id|")
ROWS_OF_A_MARK, SHARE_OF_A_MARK = 3, 0.02  # of the cells, with it and without
LEVELS_OF_A_MIXTURE = 20  # different values: fewer may be names of groups, some of which are numbers
OF_DIGITS = r"\b\d+\b"  # most words of an account or a list of numbers, which is no text
IN_BRACKETS = r"(?s)^\s*(?:\[.*\]|\{.*\})\s*$"
SAME = "the same value in every row"
NESTED = {
    "List": "lists",
    "Array": "lists",
    "Struct": "structs",
    "Binary": "bytes and objects",
    "Object": "Python objects",
}


@dataclass(frozen=True)
class ColumnType:
    """What a column holds.

    Attributes:
        name: number, category, date, text or left out.
        why: in a few words, for the line that is printed.
        format: of dates; "hours" of times of day and durations; "unit cm" of numbers with this unit.
        decimal: the decimal mark of text.
        doubt: what was assumed and how to settle it, for a warning; None where nothing was.
        words: a few that stand among the numbers or dates and count as missing.
    """

    name: str
    why: str
    format: str | None = None
    decimal: str = "."
    doubt: tuple[str, str] | None = None
    words: tuple[str, ...] = ()

    @property
    def words_for_missing(self) -> tuple[str, ...] | None:
        """The words that count as missing besides NA and others; None where those are values too."""
        return self.words if self.name in ("number", "date") else None


def infer_type(
    column: pl.Series,
    *,
    categorical: Collection[str],
    numeric: Collection[str],
    ignore: Collection[str],
    text: Collection[str] = (),
    decimal: str = ".",
    date_order: str | None = None,
) -> ColumnType:
    """The type of a column, as the user says or as its values show.

    Args:
        decimal: the decimal mark of text.
        date_order: day or month: what dates such as 03/04/2024 begin with, where both can be; None: assumed.

    Raises:
        UsageError: said to be numeric, and it is not.
    """
    import polars as pl

    name = column.name
    if name in ignore:
        return ColumnType("left out", "as you said")
    if is_nested(column.dtype):
        kind = NESTED.get(str(column.dtype.base_type()), "nested values")
        return ColumnType("left out", f"{kind} are not read here")
    if name in categorical:
        return ColumnType("category", "as you said")
    if name in numeric:
        return _as_numbers(column, decimal)
    if name in text:
        return ColumnType("text", f"free text{_of_web(column.cast(pl.String, strict=False))}")
    if column.dtype == pl.Boolean:
        return ColumnType("category", "yes or no")
    if column.dtype in (pl.Time, pl.Duration):
        what = "times of day" if column.dtype == pl.Time else "durations"
        return _varying(column, ColumnType("number", f"{what} in hours", HOURS))
    if column.dtype.is_temporal():
        return _varying(column, ColumnType("date", "dates", None))
    if column.dtype == pl.Null:
        return ColumnType("left out", "empty")
    of_values = _of_values(column, decimal, date_order)
    if of_values.name == "number" and is_category_by_type(column):
        return ColumnType("category", "as the type of the column says: a category")
    return of_values


def is_category_by_type(column: pl.Series) -> bool:
    """Whether a frame says that its values are names of groups; where most differ, it was to save memory."""
    import polars as pl

    few = column.n_unique() <= DISTINCT_SHARE_OF_TEXT * len(column)
    return column.dtype in (pl.Categorical, pl.Enum) and few


def _as_numbers(column: pl.Series, decimal: str) -> ColumnType:
    for form in (None, HOURS):
        if not numbers(column, decimal, form).is_null().all():
            return ColumnType("number", "as you said", form, decimal)
    raise UsageError(f"--numeric {column.name}: there is no number in this column", fix="Leave it out")


def _varying(column: pl.Series, kind: ColumnType) -> ColumnType:
    distinct = column.drop_nulls().n_unique()
    if distinct > 1:
        return kind
    return ColumnType("left out", "empty" if distinct == 0 else "one value, or missing")


def _of_values(column: pl.Series, decimal: str, date_order: str | None) -> ColumnType:
    """Of text and numbers: numbers where nearly all values are, missing words aside; else dates, codes, words."""
    words = without_empty(column)
    present = without_missing(words)
    if len(present) == 0:
        return ColumnType("left out", "empty")
    if are_words(present):
        return _of_distinct(words, len(column), decimal)
    kind = _measured(present, words, len(column), decimal, date_order)
    if kind is not None:
        return kind
    strays = strays_of(present)
    if strays:
        measured = without_words(present, strays)
        kind = _measured(measured, measured, len(column), decimal, date_order)
        if kind is not None and kind.name in ("number", "date"):
            return replace(kind, words=tuple(strays))
    return _of_distinct(words, len(column), decimal)


def _of_distinct(words: pl.Series, rows: int, decimal: str) -> ColumnType:
    distinct = words.n_unique()
    if distinct == 1:
        return _of_one_value(len(words), rows)
    if distinct == 2:
        return ColumnType("category", "two values")
    return _of_words(words, distinct, decimal)


def _of_one_value(filled: int, rows: int) -> ColumnType:
    """A mark, such as the x of a box that is ticked or empty; nothing to learn from where few cells are either."""
    if filled == rows:
        return ColumnType("left out", SAME)
    if min(filled, rows - filled) < max(ROWS_OF_A_MARK, SHARE_OF_A_MARK * rows):
        return ColumnType("left out", "one value, or missing")
    return ColumnType("category", "one value, or empty: a mark")


def _measured(
    present: pl.Series, words: pl.Series, rows: int, decimal: str, date_order: str | None
) -> ColumnType | None:
    """Numbers of any form, or dates; None where the values are words.

    Args:
        present: values that are not missing. words: the same and words for missing ones.
        rows: of the column.
    """
    import polars as pl

    if (bounds := bounds_form(present, decimal)) is not None:
        return ColumnType("number", bounds.why, bounds.name, decimal)
    if (plain := plain_form(present, decimal)) is not None:
        values = numbers(present, decimal)
        slips = values.null_count()
        distinct = present.n_unique()
        if distinct == 1:
            return _of_one_value(len(present), rows)
        kind = _of_numbers(present, values.drop_nulls(), distinct, decimal)
        if kind.name != "number":
            return kind
        some = f"{counted(slips, 'value')} such as '{first_null(present, values)}'" if slips else ""
        slip = f"{some} is not, and counts as missing" if slips == 1 else f"{some} are not, and count as missing"
        why = "; ".join(part for part in (plain.why, slip if slips else "") if part)
        return replace(kind, why=why, format=plain.name)
    if words.n_unique() <= 2:
        return None
    text = present.cast(pl.String)
    lasting = rf"|{LASTING}" if text.str.contains(LASTING_TWICE).any() else ""
    timed = float(plain_clocks(text).str.contains(rf"{CLOCK}|{BACK}|{ISO_DURATION}{lasting}").mean() or 0)  # type: ignore[arg-type]  # polars types the mean of every kind of column
    if timed >= NUMBER_SHARE_NEEDED:
        form = hours_form(text)
        short = "; those of two parts are minutes and seconds" if form == SHORT_HOURS else ""
        doubt = (minutes_doubt(present.name, text) or ratios_doubt(present.name, text)) if form == HOURS else None
        return ColumnType("number", f"times of day or durations, in hours{short}", form, decimal, doubt)
    dates = date_form(text)
    if dates is not None:
        form, other = in_order(text, dates, date_order)
        doubt = None
        if other is not None:
            what = f"the dates of '{present.name}', such as {text[0]}, are read as {shown_form(form)}"
            doubt = (
                f"{what}; all of them could be {shown_form(other)}",
                "Settle it with --date-order day or --date-order month",
            )
        return ColumnType("date", f"dates of the form {form}", form, doubt=doubt)
    return _otherwise_written(present, decimal)


def _otherwise_written(present: pl.Series, decimal: str) -> ColumnType | None:
    form = other_form(present, decimal)
    if form is None:
        return _several_numbers(present, decimal)
    why = form.why + _and_slips(present, numbers(present, decimal, form.name))
    return ColumnType("number", why, form.name, decimal)


def _and_slips(present: pl.Series, values: pl.Series) -> str:
    """What is said of cells that are no numbers of the form of the others."""
    if not (count := values.null_count()):
        return ""
    counts = "counts" if count == 1 else "count"
    return f", and {counted(count, 'value')} such as '{first_null(present, values)}' {counts} as missing"


def _several_numbers(present: pl.Series, decimal: str) -> ColumnType | None:
    import polars as pl

    if len(present) <= ROWS_OF_AN_IDENTIFIER or present.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return None
    text = unified(present.cast(pl.String))
    several = several_form(text)
    if several is None:
        return None
    forms = [form_of(at, several[1]) for at in range(1, several[1] + 1)]
    marks = (decimal, OTHER[decimal])  # that of the file, unless these cells alone show the other one
    fits = (mark for mark in marks if all(holds_numbers(present, mark, form) for form in forms))
    if (mark := next(fits, None)) is None:
        return None
    names = listed(f"'{present.name} {at}'" for at in range(1, several[1] + 1))
    why = f"{several[1]} numbers in a cell, such as '{present[0]}': each is read, as {names}"
    why += _and_slips(present, numbers(present, mark, forms[0]))
    return ColumnType("number", why, forms[0], mark)


def _of_numbers(present: pl.Series, values: pl.Series, distinct: int, decimal: str) -> ColumnType:
    """Whole numbers that count the rows or name things are no numbers; those of a time are dates."""
    import polars as pl

    cells = values.cast(pl.Float64).to_numpy()
    name = present.name
    whole = bool((cells == cells.round()).all())
    if distinct <= DISTINCT_SHARE_OF_TEXT * len(present) and are_postcodes(present):
        return ColumnType("category", f"{distinct:,} postcodes, by the name; --numeric {name} reads numbers")
    if (form := stamp_form(present)) is not None:
        return ColumnType("date", f"dates of the form {form}", form)
    if is_code(present):
        if (form := unix_form(name, values)) is not None:
            return ColumnType("date", f"dates of the form {form}, since 1970", form)
        if distinct > DISTINCT_SHARE_OF_TEXT * len(present) and len(present) > ROWS_OF_AN_IDENTIFIER:
            return ColumnType(
                "left out", "codes with leading zeros or many digits: an identifier; --numeric reads them"
            )
        return ColumnType("category", f"{distinct:,} codes with leading zeros or many digits")
    if (form := excel_form(name, values)) is not None:
        first = f"{moments(values[:1].cast(pl.Float64), form)[0]:%Y-%m-%d}"
        why = f"serial days of Excel; {values[0]:g} is read as {first}; --numeric {name} reads numbers"
        return ColumnType("date", why, form)
    if whole and distinct == len(cells) and RUNNING_NUMBERS.fullmatch(name.lower()) and len(cells) > 2:
        return ColumnType("left out", "another whole number in every row: the running number of the rows")
    if whole and name.startswith(UNNAMED) and (distinct == len(cells) or name == f"{UNNAMED}0"):
        return ColumnType("left out", "whole numbers without a name: the running number of the rows")
    if distinct == 2 and (whole or decimal == "."):
        return ColumnType("category", "two values")
    if distinct == len(cells) > ROWS_OF_AN_IDENTIFIER and whole:
        if cells.max() - cells.min() == len(cells) - 1:
            return ColumnType("left out", "it counts the rows: an identifier")
        if "id" in name.lower().replace("-", "_").split("_"):
            return ColumnType("left out", "another whole number in every row: an identifier")
    if (form := month_form(present)) is not None:
        return ColumnType("date", f"dates of the form {form}", form)
    form = unix_form(name, values)
    if form is not None:
        return ColumnType("date", f"dates of the form {form}, since 1970", form)
    if whole and cells.min() > 1e7 and cells.max() < 1e8 and len(cells) > 2:
        text = values.cast(pl.Int64).cast(pl.String)
        if (text.str.slice(0, 2).is_in(["18", "19", "20", "21"])).all() and date_form(text) == "%Y%m%d":
            return ColumnType("date", "dates of the form %Y%m%d", "%Y%m%d")
    return ColumnType("number", "numbers", None, decimal)


def _of_web(text: pl.Series) -> str:
    return "; tags of web pages are left out" if has_tags(text) else ""


def _of_words(present: pl.Series, distinct: int, decimal: str) -> ColumnType:
    import polars as pl

    text = present.cast(pl.String)
    if distinct > DISTINCT_SHARE_OF_TEXT * len(present) and len(present) > ROWS_OF_AN_IDENTIFIER:
        if text.str.contains(IN_BRACKETS).all():
            return ColumnType("left out", "lists or objects written as text, which are not read here")
        words = float(words_in_each(text).to_numpy().mean())
        digits = float(text.str.count_matches(OF_DIGITS).to_numpy().mean())
        if words >= WORDS_OF_FREE_TEXT and 2 * digits <= words:
            return ColumnType("text", f"free text, {words:.0f} words a row{_of_web(text)}")
        several = units_of(unified(text))
        if len(several) > 1:
            return ColumnType("left out", f"numbers in several units ({listed(several)}): write them in one")
        if (mixture := mixture_of(present, decimal)) is not None:
            return ColumnType("left out", f"{mixture}; --numeric {present.name} reads those as missing")
        if (dates := dates_among(text)) is not None:
            count, odd = dates
            others = f"{counted(len(text) - count, 'value')} such as '{odd}'"
            are = "is none" if len(text) - count == 1 else "are none"
            return ColumnType(
                "left out", f"{counted(count, 'date')}, and {others} that {are}; --missing '{odd}' empties it"
            )
        why = f"{distinct:,} different values in {counted(len(present), 'row')}: an identifier"
        hint = f"; --text {present.name} reads its words" if words >= WORDS_OF_A_NAME else ""
        return ColumnType("left out", f"{why}{hint}")
    mixture = mixture_of(present, decimal) if distinct > LEVELS_OF_A_MIXTURE else None
    several = units_of(unified(text)) if distinct > LEVELS_OF_A_MIXTURE else []
    doubt = None
    if len(several) > 1:
        doubt = (
            f"the column '{present.name}' is read as a category: numbers in several units ({listed(several)})",
            "Write them in one unit",
        )
    if mixture is not None:
        doubt = (
            f"the column '{present.name}' is read as a category: {mixture}",
            f"Say --numeric {present.name} to read those as missing, or --categorical {present.name}",
        )
    few = "" if mixture is not None else few_words_among_numbers(present, decimal)
    return ColumnType("category", f"{counted(distinct, 'value')}{few}", doubt=doubt)
