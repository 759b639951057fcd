"""Whether rows of a net's input are samples of their own, or parts of one thing: nodes of a graph, points, frames.

Samples that are drawn anew for each batch come back in other company; the parts of one thing come back together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import Enum
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.nested import tensors

SINGLE_RETURNS_AT_LEAST = 3  # calls with one row of the first one's in them


class Company(Enum):
    """What is known of the rows of an input."""

    SEPARATE = "samples of their own"
    TOGETHER = "parts of one thing"
    UNKNOWN = "not seen again"


class Companions:
    """Compares the rows of later inputs with those of a first one, x (N, ...)."""

    def __init__(self, x: Tensor) -> None:
        self._rows = len(x)
        self._positions = _once(x)
        # Numbers in few values, as one-hot features are, make rows equal that have nothing to do with each other.
        self._comparable = 2 * len(self._positions) > len(x) and bool((x != x.round()).any(-1).all())
        self._apart = self._returned = self._separate = False
        self._single_returns = 0

    def add(self, x: Tensor) -> None:
        """Another input."""
        if not self._comparable:
            return
        shifts = [at - self._positions[row] for row, at in _once(x).items() if row in self._positions]
        if len(shifts) == len(self._positions) and len(x) == self._rows:
            self._returned = True
        elif not shifts:
            self._apart = True
        elif len(shifts) == 1:
            self._single_returns += 1
        elif len(shifts) <= len(x) // 2 and len(set(shifts)) > 1:  # one shift alone: a window that has moved
            self._separate = True

    @property
    def verdict(self) -> Company:
        """What is known by now."""
        if self._separate or self._single_returns >= SINGLE_RETURNS_AT_LEAST:
            return Company.SEPARATE
        return Company.TOGETHER if self._returned and self._apart else Company.UNKNOWN


def _once(x: Tensor) -> dict[int, int]:
    """The fingerprints of rows that are in x once, with their positions."""
    rows = fingerprints(x)
    counts = Counter(rows)
    return {row: at for at, row in enumerate(rows) if counts[row] == 1}


def is_graph(x: Tensor, args: Any, kwargs: Any, attributes: Any = ()) -> bool:
    """Whether what a net is given with x (N, features), or keeps, links its rows: a matrix (N, N), or edges (2, E).

    Edges may also be two arguments (E,), their two ends.
    """
    rows = len(x)
    given = [each for each in _all_tensors([list(args), dict(kwargs), list(attributes)]) if each is not x]
    square = any(each.dim() == 2 and tuple(each.shape) == (rows, rows) for each in given)
    first = any(each.dim() == 2 and len(each) == rows for each in given) and _links(x)  # net(adjacency, features)
    lengths = [len(each) for each in _all_tensors([list(args), dict(kwargs)]) if _are_ends(each, rows)]
    return (
        square
        or first
        or len(set(lengths)) < len(lengths)
        or any(
            each.dim() == 2
            and len(each) == 2
            and not (each.is_floating_point() or each.is_complex())
            and each.layout is x.layout
            and each.shape[1] > 0
            and 0 <= int(each.min()) <= int(each.max()) < rows
            for each in given
        )
    )


def _are_ends(given: Tensor, rows: int) -> bool:
    """Whether (E,) are numbers of rows, and not one for each row."""
    if given.dim() != 1 or given.dtype != torch.int64 or len(given) in (0, 1, rows):
        return False
    return 0 <= int(given.min()) <= int(given.max()) < rows


def _links(x: Tensor) -> bool:
    """Whether x (N, N) reads as an adjacency matrix: nothing negative, and symmetric, of shares, or of 0 and 1."""
    if x.dim() != 2 or x.shape[0] != x.shape[1] or x.layout is not torch.strided or bool((x < 0).any()):
        return False
    sums = x.detach().double().sum(1)
    shares = torch.allclose(sums, torch.ones_like(sums), atol=1e-4)
    return shares or torch.allclose(x, x.t(), atol=1e-6) or bool(((x == 0) | (x == 1)).all())


def _all_tensors(data: Any) -> Iterator[Tensor]:
    """Also sparse ones."""
    yield from tensors(data)
    for value in (each for group in data for each in (group.values() if isinstance(group, dict) else group)):
        if isinstance(value, Tensor) and value.layout is not torch.strided:
            yield value
