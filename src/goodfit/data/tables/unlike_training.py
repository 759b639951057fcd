"""New rows unlike those of training: numbers far outside of their range, empty cells where training had none.

Each row gets a prediction all the same; what is said names the column, so that another unit (pounds, percent, cents), a
number for "unknown" (-999) or a lost column is seen. By chance a new number lies outside of the range of N training
rows twice in N rows, and hardly ever further beyond it than the range is wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.columns import Labels
from goodfit.data.tables.encoder import Encoded, Encoder
from goodfit.data.tables.encoder_columns import GAP
from goodfit.data.tables.frames import Frame
from goodfit.formatting import number

if TYPE_CHECKING:
    import polars as pl

FAR_SHARE = 0.05  # of the cells with a value, further beyond the range than it is wide
OUTSIDE_SHARE = 0.5  # of them, beyond the range at all; of one and the same value FAR_SHARE
GAPS_SHARE = 0.1  # of the rows, without a value
ROWS_THAT_PROVE = 20  # for the latter two


class UnlikeTraining:
    """Counts over the pieces of a table."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        count = len(encoder.ranges.places)
        self._rows = 0
        self._gone, self._far, self._outside = np.zeros((3, count), dtype=np.int64)
        self._without_level = np.zeros(len(encoder.categories), dtype=np.int64)
        self._least, self._most = np.full(count, np.inf), np.full(count, -np.inf)  # of the values outside
        self._examples: dict[int, str] = {}

    def add(self, piece: pl.DataFrame, encoded: Encoded) -> None:
        """Count in these rows."""
        known = self._encoder.ranges
        gone = encoded.gone[:, known.places]
        scores = encoded.rows[:, known.places]
        self._rows += piece.height
        if gone.any():
            self._gone += gone.sum(axis=0)
        without_level = encoded.rows[:, self._encoder.first_code :] == GAP
        if without_level.any():
            self._without_level += without_level.sum(axis=0)
        outside = (scores < known.low) | (scores > known.high)  # never where no range is known
        if not outside.any():
            return
        outside &= ~gone
        far = ((known.low - scores > known.span) | (scores - known.high > known.span)) & ~gone
        self._far += far.sum(axis=0)
        self._outside += outside.sum(axis=0)
        self._least = np.minimum(self._least, np.where(outside, scores, np.inf).min(axis=0))
        self._most = np.maximum(self._most, np.where(outside, scores, -np.inf).max(axis=0))
        for at in np.flatnonzero(outside.any(axis=0)).tolist():
            if at not in self._examples:
                row = int(np.argmax(far[:, at] if far[:, at].any() else outside[:, at]))
                name = self._encoder.numbers[known.places[at]].source
                self._examples[at] = str(piece.get_column(name)[row])

    def notes(self, unusable: Mapping[str, int]) -> list[tuple[str, str, str]]:
        """A line for each such column.

        Args:
            unusable: how many cells of a column had a value that was no number, which is said elsewhere.
        """
        found = []
        for at in np.flatnonzero(self._outside + self._gone).tolist():
            column = self._encoder.numbers[self._encoder.ranges.places[at]]
            present = self._rows - int(self._gone[at])
            where, cells = self._where(at, present)
            if cells:
                assert column.low is not None
                assert column.high is not None
                ends = f"those that the run was fitted on ({number(column.low)} to {number(column.high)})"
                why = f"such as {self._examples[at]}, {where} {ends}: is it the same unit?"
                found.append(("doubtful", f"{column.name}: {cells:,} of {present:,}", why))
            gaps = int(self._gone[at]) - unusable.get(column.source, 0)
            if not column.gaps and self._are_many(gaps):
                why = "the run was fitted on rows that all had a value: they are read as the mean of those"
                found.append(("empty", f"{column.source}: {gaps:,} of {self._rows:,} rows", why))
        for category, gaps in zip(self._encoder.categories, self._without_level.tolist(), strict=True):
            if category.part is None and not category.gaps and self._are_many(gaps):
                why = "the run was fitted on rows that all had a value, and has learnt nothing of an empty cell"
                found.append(("empty", f"{category.source}: {gaps:,} of {self._rows:,} rows", why))
        return found

    def _are_many(self, gaps: int) -> bool:
        """Whether so many empty cells are said here; of a column without any value it is said elsewhere."""
        return self._rows >= ROWS_THAT_PROVE and self._rows > gaps > GAPS_SHARE * self._rows

    def _where(self, at: int, present: int) -> tuple[str, int]:
        """Where too many of these cells lie, and how many; 0 where they are as in training."""
        one_value = self._most[at] - self._least[at] < 1e-4 * self._encoder.ranges.span[at]  # as 0 for unknown
        return where(int(self._outside[at]), int(self._far[at]), present, one_value=bool(one_value))


def where(outside: int, far: int, present: int, *, one_value: bool) -> tuple[str, int]:
    """In which words so many of the numbers lie outside of a range, and how many; 0 where that may be chance.

    Args:
        outside: beyond the range. far: further beyond it than it is wide. present: all of them.
        one_value: whether those outside are one value.
    """
    enough = present >= ROWS_THAT_PROVE
    if enough and outside > OUTSIDE_SHARE * present:
        return "outside of", outside
    if far > FAR_SHARE * present:
        return "far from", far
    return ("outside of", outside) if enough and one_value and outside > FAR_SHARE * present else ("", 0)


def parts_unlike(frame: Frame, parts: Sequence[str | None], encoder: Encoder) -> Iterator[tuple[str, str]]:
    """What is to be said of validation and test rows of tables of their own: another unit, or empty columns.

    Args:
        parts: that each row came in.
    """
    if not isinstance(parts, Labels):
        return
    for code, part in enumerate(parts.levels):
        rows = np.flatnonzero(parts.codes == code)
        if part not in ("valid", "test") or not len(rows):
            continue
        piece = frame.sample(rows)
        counts = UnlikeTraining(encoder)
        counts.add(piece, encoder.read(piece))
        for _, column, why in counts.notes({}):
            what = f"in the {part} table, {column}, {why}".removesuffix(": is it the same unit?")
            yield what.replace("that the run was fitted on", "of training"), "Give both tables in the same units"
