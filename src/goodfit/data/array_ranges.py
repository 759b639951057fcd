"""The ranges of arrays: new rows in another unit than those of training are named, as those of tables are.

Flat rows (N, D) have a range a column; rows of more dimensions, such as images, have one over all of their values. By
chance hardly any of these lies outside: 255 times as large, they do, and at a 255th they differ too little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from goodfit.data.tables.unlike_training import FAR_SHARE, ROWS_THAT_PROVE, where
from goodfit.formatting import number

if TYPE_CHECKING:
    from torch import Tensor

COLUMNS_AT_MOST = 10_000  # with more, one range for all
COLUMNS_NAMED, COLUMNS_OF_CHANCE = 3, 50  # of more, a few may be unlike training by chance
ROWS_AT_ONCE = 100_000
FLAT_DIMENSIONS, COLUMNS_OF_A_SPREAD = 2, 3
TIMES_LESS, TIMES_LESS_IN_ALL = 10, 50  # that the values of columns, or all of them, differ: one image may be flat
SLACK = 1e-4  # of the range: of values that went through float32


@dataclass(frozen=True)
class ArrayRanges:
    """Of the training rows: low, high and deviation of each column, or of all values; columns: which of the two."""

    columns: bool
    low: list[float]
    high: list[float]
    deviation: list[float]

    @classmethod
    def measure(cls, x: Tensor) -> Self:
        """Of rows (N, D), or (N, C, ...)."""
        columns = x.dim() == FLAT_DIMENSIONS and x.shape[1] <= COLUMNS_AT_MOST
        low, high, deviation = _measured(_as_columns(x, columns=columns))
        return cls(columns, low.tolist(), high.tolist(), deviation.tolist())

    def notes(self, x: Tensor) -> list[tuple[str, str, str]]:
        """What is to be said of new rows."""
        import torch

        x = _as_columns(x, columns=self.columns)
        low, high = (torch.tensor(values) for values in (self.low, self.high))
        span = high - low
        outside, far = torch.zeros(len(low), dtype=torch.int64), torch.zeros(len(low), dtype=torch.int64)
        for piece in torch.split(x, ROWS_AT_ONCE):
            for counts, slack in ((outside, SLACK * span), (far, span)):
                counts += ((piece < low - slack) | (piece > high + slack)).sum(dim=0)
        found = []
        for at in torch.nonzero(outside > FAR_SHARE * len(x)).flatten().tolist():
            beyond = torch.maximum(low[at] - x[:, at], x[:, at] - high[at])
            values = x[:, at][beyond > SLACK * span[at]]
            one_value = bool(values.max() - values.min() <= SLACK * span[at])
            words, count = where(int(outside[at]), int(far[at]), len(x), one_value=one_value)
            if not count and not self.columns:
                words, count = "outside of", int(outside[at])  # of so many values hardly one is, by chance
            if count:
                found.append((at, words, count, float(x[beyond.argmax(), at])))
        chance = FAR_SHARE * len(low) if len(low) > COLUMNS_OF_CHANCE else 0
        return list(self._outside(found, len(x))) if len(found) > chance else self._narrow(x)

    def _outside(self, found: list[tuple[int, str, int, float]], rows: int) -> Iterator[tuple[str, str, str]]:
        for at, words, count, extreme in found if len(found) <= COLUMNS_NAMED else found[:1]:
            ends = f"{number(self.low[at])} to {number(self.high[at])}"
            name = f"column {at}" if self.columns else "values"
            many = len(found) > COLUMNS_NAMED
            what = f"{len(found):,} of {len(self.low):,} columns" if many else f"{name}: {count:,} of {rows:,}"
            place = f" in {name}" if many else ""
            why = f"such as {number(extreme)}{place}, {words} those that the run was fitted on ({ends})"
            yield "doubtful", what, f"{why}: is it the same unit?"

    def _narrow(self, x: Tensor) -> list[tuple[str, str, str]]:
        """What is said of values that all differ far less than those of the training rows did."""
        import torch

        known = torch.tensor(self.deviation, dtype=torch.float64)
        deviation = _measured(x)[2]
        varies = known > 0
        needed = COLUMNS_OF_A_SPREAD if self.columns else 1
        if len(x) < ROWS_THAT_PROVE or int(varies.sum()) < needed or not bool((deviation[varies] > 0).any()):
            return []
        share = float((deviation[varies] / known[varies]).median())
        if share * (TIMES_LESS if self.columns else TIMES_LESS_IN_ALL) > 1 or not share:
            return []
        why = f"they differ {number(1 / share, 2)} times less than those that the run was fitted on"
        return [("doubtful", "all values", f"{why}: is it the same unit?")]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


def _as_columns(x: Tensor, *, columns: bool) -> Tensor:
    return x if columns else x.reshape(-1, 1)


def _measured(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(D,) float64 each: low, high and standard deviation of the columns."""
    import torch

    pieces = torch.split(x, ROWS_AT_ONCE)
    total = sum((piece.double().sum(dim=0) for piece in pieces), torch.zeros(x.shape[1], dtype=torch.float64))
    mean = total / len(x)
    squares = sum((piece.double().sub(mean).square().sum(dim=0) for piece in pieces), torch.zeros_like(mean))
    return x.amin(dim=0).double(), x.amax(dim=0).double(), (squares / len(x)).sqrt()
