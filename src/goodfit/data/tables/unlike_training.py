"""New rows unlike those of training: numbers far outside of their range, empty cells where training had none.

Each row gets a prediction all the same; what is said names the column, so that another unit (pounds, percent, cents), a
number for "unknown" (-999) or a lost column is seen. By chance a new number lies outside of the range of N training
rows twice in N rows, and hardly ever further beyond it than the range is wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.encoder import Encoded, Encoder
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
        self._columns = [(at, each) for at, each in enumerate(encoder.numbers) if each.part in (None, "days")]
        ranges = [(each.low, each.high) if each.part is None else (None, None) for _, each in self._columns]
        low, high = np.array([(np.nan, np.nan) if None in ends else ends for ends in ranges], float).reshape(-1, 2).T
        self._low, self._high, self._span = low, high, high - low
        self._scale = np.array([(each.mean, each.deviation) for _, each in self._columns]).reshape(-1, 2).T
        self._rows = 0
        self._far, self._outside, self._gone = (np.zeros(len(self._columns), dtype=np.int64) for _ in range(3))
        self._least, self._most = np.full((2, len(self._columns)), [[np.inf], [-np.inf]])  # of the values outside
        self._examples: dict[int, str] = {}

    def add(self, piece: pl.DataFrame, encoded: Encoded) -> None:
        """Count in these rows."""
        places = [at for at, _ in self._columns]
        gone = encoded.gone[:, places]
        values = encoded.rows[:, places] * self._scale[1] + self._scale[0]
        slack = 1e-4 * self._span  # of values that went through float32
        beyond = np.maximum(self._low - slack - values, values - self._high - slack)  # NaN where no range is known
        far = (beyond > self._span) & ~gone
        self._rows += piece.height
        self._gone += gone.sum(axis=0)
        self._far += far.sum(axis=0)
        outside = (beyond > 0) & ~gone
        if not outside.any():
            return
        self._outside += outside.sum(axis=0)
        self._least = np.minimum(self._least, np.where(outside, values, np.inf).min(axis=0))
        self._most = np.maximum(self._most, np.where(outside, values, -np.inf).max(axis=0))
        for at in np.flatnonzero(outside.any(axis=0)).tolist():
            if at not in self._examples:
                row = int(np.argmax(far[:, at] if far[:, at].any() else outside[:, at]))
                self._examples[at] = str(piece.get_column(self._columns[at][1].source)[row])

    def notes(self, unusable: Mapping[str, int]) -> list[tuple[str, str, str]]:
        """A line for each such column.

        Args:
            unusable: how many cells of a column had a value that was no number, which is said elsewhere.
        """
        found = []
        for at, (_, column) in enumerate(self._columns):
            present = self._rows - int(self._gone[at])
            one = self._most[at] - self._least[at] < 1e-4 * self._span[at]  # value, as 0 for unknown
            counts = {
                "outside of": (self._outside[at], OUTSIDE_SHARE, ROWS_THAT_PROVE),
                "far from": (self._far[at], FAR_SHARE, 1),
            }
            counts |= {"only outside of": (self._outside[at] if one else 0, FAR_SHARE, ROWS_THAT_PROVE)}
            how = next(
                (how for how, (cells, share, rows) in counts.items() if present >= rows and cells > share * present),
                None,
            )
            if how is not None:
                assert column.low is not None
                assert column.high is not None
                known = f"those that the run was fitted on ({number(column.low)} to {number(column.high)})"
                why = f"such as {self._examples[at]}, {how.removeprefix('only ')} {known}: is it the same unit?"
                found.append(("doubtful", f"{column.source}: {int(counts[how][0]):,} of {present:,}", why))
            gaps = int(self._gone[at]) - unusable.get(column.source, 0)
            if not column.gaps and self._rows > gaps > GAPS_SHARE * self._rows and self._rows >= ROWS_THAT_PROVE:
                why = "the run was fitted on rows that all had a value: they are read as the mean of those"
                found.append(("empty", f"{column.source}: {gaps:,} of {self._rows:,} rows", why))
        return found
