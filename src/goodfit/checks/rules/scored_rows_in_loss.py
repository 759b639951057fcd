"""scored-rows-in-loss: a net is scored on some rows of an input, and the loss was computed on all of them.

What it checks
    A net is trained on an input (N, ...) whose N targets are all in the loss: none is ignored, and it is a mean or sum.
    In evaluation it is given the same tensor, and what is then compared with labels, or given to a loss, are fewer than
    N rows. In two evaluations.

Why it hurts
    The nodes of a graph are all seen by the net; a mask says whose labels it may learn from. Without it in the loss the
    test nodes are trained on, and their score measures memorisation.

Example
    loss = F.cross_entropy(net(x, adj), y)
    ... accuracy of net(x, adj)[test_mask]

Instead
    loss = F.cross_entropy(net(x, adj)[train_mask], y[train_mask])

When it is a false alarm
    Scores of a part of the training rows that are meant as such.

Cost
    Sizes and addresses of inputs and targets in the steps examined.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import Compare, Loss, NetCall
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST = 20
EVALUATIONS_AT_LEAST = 2
PART_AT_LEAST = 5  # rows that are compared


class ScoredRowsInLoss(LiveRule):
    code, level = "GF513", Level.WARNING
    yields_to = ("train-rows-in-validation",)

    def start(self) -> None:
        self.input: weakref.ref[Tensor] | None = None  # of the last call with gradients
        self.trained: weakref.ref[Tensor] | None = None  # of the last call whose rows were all in a loss
        self.partly = False  # some loss had fewer rows than its input
        self.evaluates = False  # the last call was an evaluation on the same tensor
        self.calls: Counter[Place] = Counter()

    def on_call(self, event: NetCall) -> None:
        x = event.inputs[0] if event.inputs else None
        if event.grad:
            self.input = None if x is None else weakref.ref(x)
            self.evaluates = False
        else:
            self.evaluates = x is not None and self.trained is not None and self.trained() is x and not event.training

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if not event.grad:
            yield from self._evaluated(len(event.target) if event.target.dim() else 0)
            return
        x = self.input() if self.input is not None else None
        if x is None or x.dim() != 2 or not event.target.dim() or event.input.grad_fn is None:
            return
        rows = len(event.target)
        ignored = event.options.get("ignore_index")
        is_whole = rows == len(x) >= ROWS_AT_LEAST and event.options.get("reduction") in ("mean", "sum")
        if is_whole and ignored is not None and not event.target.is_floating_point():
            is_whole = not bool((event.target == ignored).any())
        self.partly = self.partly or not is_whole
        self.trained = weakref.ref(x) if is_whole and not self.partly else None

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        if event.left.shape == event.right.shape and event.left.dim() == 1:
            yield from self._evaluated(len(event.right))

    def _evaluated(self, rows: int) -> Iterator[Finding]:
        x = self.trained() if self.trained is not None else None
        if not self.evaluates or x is None or not PART_AT_LEAST <= rows < len(x):
            return
        place = user_place()
        self.calls[place] += 1
        if self.calls[place] == EVALUATIONS_AT_LEAST:
            yield self.finding(
                f"{rows:,} of {len(x):,} rows of an input are scored, and the loss was computed on all {len(x):,}: "
                "they were trained on",
                "Leave them out of the loss: F.cross_entropy(output[train_mask], y[train_mask])",
            )
