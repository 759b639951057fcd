"""positive-is-itself: in a contrastive loss each row is its own positive, and not the other view of it.

What it checks
    A cross-entropy gets similarities (n, m) of which the i-th row's class is i, or i plus one number for all. The block
    of these classes is equal to itself turned over: similarities of one set of vectors with itself, or with equal ones.
    In three steps.

Why it hurts
    A vector is most alike to itself, whatever it says. Nothing draws the views of a row together, and all that is
    learnt is to press rows apart.

Example
    logits = a @ a.T / 0.1; loss = F.cross_entropy(logits, torch.arange(n))

Instead
    logits = a @ b.T / 0.1; loss = F.cross_entropy(logits, torch.arange(n))          # b: the other view

When it is a false alarm
    None is known. Two views that are equal, for want of augmentation, are reported too.

Cost
    A comparison of a matrix with itself turned over, in the first steps, where classes are the numbers of the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Loss, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
ROWS_AT_LEAST, ROWS_AT_MOST = 6, 4096
FILLED = -1e3  # below it are places that a mask has filled
SAME = 1e-3  # of the largest difference between similarities: they may be of half precision


class PositiveIsItself(LiveRule):
    code, level = "GF471", Level.WARNING
    yields_to = ("views-are-one", "pair-with-itself")

    def start(self) -> None:
        self.is_own = False
        self.steps = 0

    def before_loss(self, event: Loss) -> None:
        if event.name == "cross_entropy" and event.grad and self.steps < STEPS_AT_LEAST:
            self.is_own |= _of_itself(event.input.detach(), event.target)

    def on_step(self, event: Step) -> Iterator[Finding]:
        self.steps += self.is_own
        if self.is_own and self.steps == STEPS_AT_LEAST:
            yield self.finding(
                "the positive of each row is the row itself: the similarities are those of vectors with themselves",
                "Compare the vectors of one view with those of the other: a @ b.T",
            )
        self.is_own = False


def _of_itself(similarities: Tensor, classes: Tensor) -> bool:
    """Whether the block of the classes is symmetric, and the classes are its diagonal."""
    if similarities.dim() != 2 or classes.dim() != 1 or classes.is_floating_point():
        return False
    rows, columns = similarities.shape
    if not ROWS_AT_LEAST <= rows <= ROWS_AT_MOST or columns < rows or len(classes) != rows:
        return False
    first = int(classes[0])
    if first < 0 or first + rows > columns:
        return False
    if not torch.equal(classes, torch.arange(first, first + rows, dtype=classes.dtype, device=classes.device)):
        return False
    block = similarities[:, first : first + rows].float()
    known = (block > FILLED) & (block.T > FILLED)  # not what a mask has filled
    if not bool(known.any()):
        return False
    spread = float(block[known].max() - block[known].min())
    return spread > 0 and float((block - block.T)[known].abs().max()) < SAME * spread
