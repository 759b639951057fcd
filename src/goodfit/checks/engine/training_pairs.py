"""Pairs of whole numbers, such as users and items, that a net is trained on."""

from __future__ import annotations

import torch
from torch import Tensor

from goodfit.checks.engine.events import Loss, NetCall

Pairs = set[tuple[int, int]]

PAIRS_AT_MOST = 50_000  # that are kept
CALLS_KEPT = 4  # of nets, of a training pass
SAME_RANGE = 0.05  # relative: as many users as items may be one and the same, as words or nodes of a graph
BINARY_LOSSES = ("binary_cross_entropy", "binary_cross_entropy_with_logits")


class TrainingPairs:
    """Those of each training pass, kept apart by the number of the call in it and by the inputs.

    Attributes:
        by_call: (number of the call, 0, number of the second input) -> pairs.
        labelled: the calls whose rows had labels of 0 and 1; only pairs with a 1 are kept of these.
    """

    def __init__(self) -> None:
        self.by_call: dict[tuple[int, int, int], Pairs] = {}
        self.labelled: set[int] = set()
        self._calls: list[tuple[Tensor, ...]] = []  # whole numbers (N,) that nets were given since the last pass

    def note_call(self, event: NetCall) -> None:
        """A net was called while gradients were recorded."""
        numbers = numbers_of(event)
        if len(numbers) in (2, 3) and len({len(x) for x in numbers}) == 1:
            self._calls = [*self._calls, numbers][-CALLS_KEPT:]

    def note_loss(self, event: Loss) -> None:
        """Of pairs with and without a label, those with one are the user's items."""
        if event.grad and event.name in BINARY_LOSSES and self._calls and event.target.dim() == 1:
            last, target = self._calls[-1], event.target.detach()
            if len(last[0]) == len(target):
                self._calls[-1] = tuple(x[(target > 0.5).to(x.device)] for x in last)
                self.labelled.add(len(self._calls) - 1)

    def note_backward(self) -> None:
        """The pass ends."""
        calls, self._calls = self._calls, []
        for at, numbers in enumerate(calls):
            for other in range(1, len(numbers)):
                known = self.by_call.setdefault((at, 0, other), set())
                if len(known) < PAIRS_AT_MOST:
                    known.update(zip(numbers[0].tolist(), numbers[other].tolist(), strict=True))


def numbers_of(event: NetCall) -> tuple[Tensor, ...]:
    """Inputs (N,) of whole numbers."""
    return tuple(x.detach() for x in event.inputs if is_whole(x) and x.dim() == 1 and len(x) > 1)


def is_whole(x: Tensor) -> bool:
    """Whether x holds whole numbers of the types that embeddings take."""
    return x.dtype in (torch.int64, torch.int32)


def are_of_two_kinds(pairs: Pairs, items: int) -> bool:
    """Whether the first numbers of pairs are others than the second: words and their neighbours are of one kind."""
    users = 1 + max((user for user, _ in pairs), default=0)
    return abs(users - items) > SAME_RANGE * items
