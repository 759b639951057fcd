"""The column by which the rows of a table are known: an id, an order number, a file name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goodfit.data.tables.column_types import ROWS_OF_AN_IDENTIFIER, ColumnType
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.words import texts
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

NAMED_SO = lazy_pattern(
    r"(?i)(.*[_\- ])?(id|key|uuid|uid|identifier|nr|number|code|file(name)?|path|image)|.*[a-z]I[dD]"
)


def identifier(columns: Mapping[str, pl.Series], kinds: Mapping[str, ColumnType]) -> str | None:
    """The column that names the rows, of those that nothing is learnt from; None where there is none.

    It is called like an identifier, and every row has a value of its own.
    """
    named = (name for name, kind in kinds.items() if kind.name == "left out" and NAMED_SO.fullmatch(name.strip()))
    return next(
        (
            name
            for name in named
            if not is_nested(columns[name].dtype) and is_distinct(texts(columns[name], verbatim=True))
        ),
        None,
    )


def names_rows(name: str, values: pl.Series) -> str | None:
    """What is doubtful about a target of whole numbers that rather name the rows than say something of them.

    Args:
        values: its numbers.
    """
    if len(values) <= ROWS_OF_AN_IDENTIFIER or values.n_unique() < len(values):
        return None
    low, high = int(values.min()), int(values.max())  # type: ignore[arg-type]  # of numbers
    if high - low == len(values) - 1:
        return f"the target '{name}' counts the rows, from {low:,} to {high:,}"
    if NAMED_SO.fullmatch(name.strip()):
        return f"the target '{name}' has another whole number in every row, and is called like an identifier"
    return None


def is_distinct(column: pl.Series) -> bool:
    """Whether there is a value in every row, and no value twice."""
    return len(column) > 0 and column.null_count() == 0 and column.n_unique() == len(column)
