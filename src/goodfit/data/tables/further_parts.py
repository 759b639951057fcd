"""Validation and test tables that write words, dates or amounts otherwise than the training table does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.columns import equal_to, present_of
from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.frames import Frame
from goodfit.data.tables.known_levels import FrameWithKnownWords, known_words
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.present_cells import without_missing
from goodfit.data.tables.words import texts
from goodfit.errors import DataError
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

LEVELS_AT_MOST, SHARE_OF_LEVELS = 1_000, 0.5  # of the training rows: more are no category
CELL_SHOWN = 40

Notes = list[tuple[str, str, str]]
TypeOf = Callable[["pl.Series"], ColumnType]


def as_the_first_table(
    frame: Frame, seen: pl.DataFrame, types: Mapping[str, ColumnType], parts: Sequence[str | None], type_of: TypeOf
) -> tuple[FrameWithKnownWords, Notes] | None:
    """The rows of all tables in the words of the first, and what is said of it; None where they need no change.

    Columns of codes (01, 02) stay what they are in the first table where a further one has them as numbers (1.0, 2.0).

    Args:
        frame: all rows. seen: the same, with the gaps that the user names. types: of its columns, by all rows.
        parts: that each row came in.
        type_of: the type of a column by some of its rows.

    Raises:
        DataError: a further table writes numbers or dates so that they are none beside those of the first.
    """
    if frame.streamed or (first := training_rows(parts)) is None:
        return None
    _refuse_other_forms(seen, types, first, parts, type_of)
    categories = [name for name, kind in types.items() if _are_words(seen[name], kind, first, type_of)]
    words, notes = _words_of_training(seen, categories, first)
    return (FrameWithKnownWords(frame, words, ()), notes) if words else None


def _are_words(column: pl.Series, kind: ColumnType, first: np.ndarray, type_of: TypeOf) -> bool:
    """Whether a column is a category, by all rows or, of text, by those of the first table."""
    import polars as pl

    if kind.name == "number" and column.dtype == pl.String:
        kind = type_of(column.filter(first))
    return kind.name == "category"


def training_rows(parts: Sequence[str | None]) -> np.ndarray | None:
    """(N,) bool: rows of the first table, where further ones came beside it; None where there are none."""
    if not present_of(parts).any():
        return None
    first = equal_to(parts, "train") | ~present_of(parts)
    return first if first.any() and not first.all() else None


def _refuse_other_forms(
    seen: pl.DataFrame,
    types: Mapping[str, ColumnType],
    first: np.ndarray,
    parts: Sequence[str | None],
    type_of: TypeOf,
) -> None:
    """Raise where a column is numbers or dates in the first table alone, and neither with the rows of the further ones.

    Args:
        seen: all rows. types: of its columns, by all rows. first: (N,) rows of the first table.
        type_of: the type of a column by some of its rows.

    Raises:
        DataError: a cell of a further table that is not written as the first one has them.
    """
    for name, kind in types.items():
        if kind.name in ("number", "date") or seen[name].dtype.is_nested():
            continue
        alone = type_of(seen[name].filter(first))
        if alone.name not in ("number", "date"):
            continue
        cells = without_missing(seen[name].filter(~first))
        is_date = alone.name == "date"
        read = moments(cells, alone.format) if is_date else numbers(cells, alone.decimal, alone.format)
        if not read.is_null().any():
            continue
        other = str(cells.filter(read.is_null())[0])[:CELL_SHOWN]
        row = int((~first & (texts(seen[name], verbatim=True) == other).fill_null(value=False).to_numpy()).argmax())
        known = str(without_missing(seen[name].filter(first))[0])[:CELL_SHOWN]
        what = "dates" if is_date else "numbers"
        raise DataError(
            f"the {parts[row] or 'further'} table has '{other}' in '{name}', and the first table has {what} such as "
            f"'{known}'",
            fix=f"Write both in one way; --categorical {name} reads the column as words, --ignore {name} leaves it out",
        )


def _words_of_training(
    seen: pl.DataFrame, names: Collection[str], first: np.ndarray
) -> tuple[dict[str, dict[str, str]], Notes]:
    """Words of further tables that are a training word in another spelling (yes for 1, Berlin for BERLIN, 7 for 07).

    Args:
        seen: all rows. names: its columns of categories. first: (N,) rows of the first table.

    Returns:
        column -> word -> the word of training, and what is said of it.
    """
    words: dict[str, dict[str, str]] = {}
    notes: Notes = []
    for name in names:
        cells = texts(seen[name])
        known = cells.filter(first).drop_nulls().unique(maintain_order=True)
        if not 0 < len(known) <= min(LEVELS_AT_MOST, SHARE_OF_LEVELS * first.sum()):
            continue
        others = cells.filter(~first)
        unknown = others.drop_nulls().unique(maintain_order=True)
        unknown = unknown.filter(~unknown.is_in(known.to_list()))
        if not (same := known_words(unknown.to_list(), known.to_list())):
            continue
        words[name] = same
        word, count = next(iter(same)), int(others.is_in(list(same)).sum())
        why = f"'{word}' of a further table is read as '{same[word]}', which the first has"
        notes.append(("read as", f"{name}: {counted(count, 'cell')}", why))
    return words, notes
