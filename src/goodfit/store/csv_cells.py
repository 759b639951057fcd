"""Cells of the CSV files that goodfit writes: numbers with all their digits, texts that no spreadsheet computes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from goodfit.lazy_pattern import lazy_pattern

# Longer than one sign: "-" alone is a text everywhere. A tab or line end before the sign is skipped by spreadsheets.
FORMULA = lazy_pattern(r"'*[\t\r\n ]*[=+\-@].", re.DOTALL)
NUMBER = lazy_pattern(r"[+-]?(\d[\d., ]*|[.,]\d+)(e[+-]?\d+)?%?", re.IGNORECASE)


def cells(values: Sequence[Any] | Any, *, raw: bool = False) -> list[str]:
    """One column as texts; an array of float32 with the digits of a float32.

    Args:
        values: a sequence or a NumPy array.
        raw: leave texts that a spreadsheet would take for a formula as they are.
    """
    if hasattr(values, "dtype") and values.dtype.kind == "f":
        return [str(value) for value in values]  # NumPy's shortest text that reads back as the same value
    return [cell(value, raw=raw) for value in values]


def cell(value: Any, *, raw: bool = False) -> str:
    """One value: "" for None, the shortest digits that read back as the same number, or a text.

    A text that begins like a formula gets an apostrophe before it, unless it is a number; so does one that has
    apostrophes before such a beginning already: taking one away from each cell that has one gives the text back.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value if raw else without_formula(value)
    return repr(value) if type(value) is float else str(value)


def without_formula(text: str) -> str:
    """The text as a spreadsheet does not compute it."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def with_formula(text: str) -> str:
    """What `without_formula` was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def rows_of(columns: Iterable[Sequence[Any]], *, raw: bool = False) -> Iterable[tuple[str, ...]]:
    """The lines of a table of these columns."""
    return zip(*(cells(column, raw=raw) for column in columns), strict=True)
