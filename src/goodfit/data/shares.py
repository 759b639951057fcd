"""Which rows of a batch a process takes, where several processes train one net: pure arithmetic, the same for all.

A batch is what it is with one process. It is cut into its passes, as memory needs it, and each pass into slices, one a
process, whose lengths differ by one at most. A pass with fewer than two rows a process is not cut: every process
computes all of it, and it counts once (batch norm needs two rows, and no process stands idle while others wait for it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

ROWS_EACH_AT_LEAST = 2
LANES = 8  # that a batch is cut into where sums have one order, however many processes there are


@dataclass(frozen=True)
class Share:
    """The rows of a pass that a process computes.

    Attributes:
        start: of the pass within the batch.
        whole: rows of the pass, of all processes.
        first: of these rows within the pass.
        rows: how many they are.
        copies: processes that compute these same rows.
    """

    start: int
    whole: int
    first: int
    rows: int
    copies: int = 1

    def places(self) -> range:
        """The positions of these rows within the batch."""
        return range(self.start + self.first, self.start + self.first + self.rows)


@dataclass(frozen=True)
class Shared:
    """A batch that several processes compute, as one of them sees it.

    Attributes:
        rows: (n,) row numbers of the whole batch.
        shares: what this process computes of each pass.
    """

    rows: Tensor
    shares: Sequence[Share]

    def places(self) -> Tensor:
        """(m,) int64: positions in the batch of the rows of this process, pass by pass."""
        return torch.tensor([place for share in self.shares for place in share.places()], dtype=torch.int64)


def shares(rows: int, micro_batch: int, rank: int, count: int) -> list[Share]:
    """What process `rank` of `count` computes of each pass of a batch.

    Args:
        rows: of the batch.
        micro_batch: rows of a pass, of all processes, at most.
    """
    passes = max(1, -(-rows // micro_batch))
    taken = []
    for number in range(passes):
        start, end = cut(rows, number, passes)
        whole = end - start
        if whole < ROWS_EACH_AT_LEAST * count:
            taken.append(Share(start, whole, 0, whole, copies=count))
        else:
            first, last = cut(whole, rank, count)
            taken.append(Share(start, whole, first, last - first))
    return taken


def lanes(rows: int, rank: int, count: int) -> list[Share]:
    """The lanes of a batch that process `rank` of `count` computes: some of eight; or the batch whole, if it is small.

    The lengths of lanes depend on the batch alone.
    """
    if rows < ROWS_EACH_AT_LEAST * LANES:
        return [Share(0, rows, 0, rows, copies=count)]
    own = range(*cut(LANES, rank, count))
    places = (cut(rows, number, LANES) for number in own)
    return [Share(0, rows, start, end - start) for start, end in places]


def cut(rows: int, number: int, pieces: int) -> tuple[int, int]:
    """Where piece `number` of so many begins and ends: the pieces of `torch.tensor_split`."""
    each, longer = divmod(rows, pieces)
    start = number * each + min(number, longer)
    return start, start + each + (number < longer)
