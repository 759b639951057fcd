"""labels-mixed-otherwise: the rows of a batch are mixed with other partners than their labels.

What it checks
    Each row that the net gets is lam times a row of the loader's batch plus 1 - lam times another, to the last digits;
    and the labels, in a loss or in a variable, are such a mixture too, with other partners for at least a tenth of the
    rows. In three batches. And in the source of the program: x + x[order] and the labels that came with x, mixed or put
    in order by another draw of an order, by a new one under the same name, or in a function that draws in each call.

Why it hurts
    The second half of each label belongs to a row that is not in the input: up to half of what is learnt is noise.

Example
    x = lam * x + (1 - lam) * x[torch.randperm(n)]; y = lam * y + (1 - lam) * y[torch.randperm(n)]

Instead
    order = torch.randperm(n); x = lam * x + (1 - lam) * x[order]; y = lam * y + (1 - lam) * y[order]

When it is a false alarm
    None is known.

Cost
    A comparison of a batch with what the net gets, in the first batches of programs with labels of that kind; the
    program's files are parsed once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Batch, Loss, NetCall, WatchEnds
from goodfit.checks.engine.mixed_orders import DRAWING, mixed_apart
from goodfit.checks.engine.variables import tensors_by_name
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3
BATCHES_LOOKED_AT = 8
ROWS_AT_LEAST, ROWS_AT_MOST = 6, 256
OTHERS_AT_LEAST = 0.1  # of the rows
NEAR = 1e-4
FIX = "Draw one order and use it for both: order = torch.randperm(len(x))"


class LabelsMixedOtherwise(LiveRule):
    code, level = "GF271", Level.WARNING

    def start(self) -> None:
        self.batch: tuple[Tensor, Tensor] | None = None  # rows and classes, of the loader's last batch
        self.given: Tensor | None = None  # what the net got
        self.targets: list[Tensor] = []  # of losses since then
        self.found = self.looked_at = 0

    def on_batch(self, event: Batch) -> None:
        self.batch = self.given = None
        if len(event.tensors) == 2 and self.looked_at < BATCHES_LOOKED_AT:
            x, y = event.tensors
            are_classes = y.dim() == 1 and not y.is_floating_point() and len(x) == len(y)
            if x.is_floating_point() and x.dim() > 1 and are_classes and ROWS_AT_LEAST <= len(x) <= ROWS_AT_MOST:
                self.batch = x.detach(), y.detach()

    def on_call(self, event: NetCall) -> None:
        if self.batch is not None and event.grad and event.inputs:
            x = event.inputs[0].detach()
            is_other = x.shape == self.batch[0].shape and x is not self.batch[0]
            self.given, self.targets = (x if is_other else None), []

    def on_loss(self, event: Loss) -> None:
        if self.given is not None and event.grad:
            self.targets.append(event.target.detach())

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        batch, given, self.given = self.batch, self.given, None
        if batch is None or given is None:
            return
        self.looked_at += 1
        x, classes = batch
        named = [tensor.detach() for _, tensor in tensors_by_name() if tensor.dim() == 2 and not tensor.requires_grad]
        for target in [*self.targets, *named]:
            if not _is_mixture(target, classes):
                continue
            if _share_of_others(x.flatten(1), given.flatten(1), classes, target) >= OTHERS_AT_LEAST:
                self.found += 1
                if self.found == BATCHES_AT_LEAST:
                    yield self.finding(
                        "the rows that the net gets and their labels are mixtures of the batch with different partners",
                        FIX,
                    )
            return

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if self.found >= BATCHES_AT_LEAST or not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(DRAWING):
                for names, line in source.found(mixed_apart):
                    what = f"{names} are mixed with the rows of different draws: their partners are not the same rows"
                    yield self.finding(what, FIX, file=source.file, line=line)


def _is_mixture(target: Tensor, classes: Tensor) -> bool:
    """Whether target (N, C) may be classes (N,) mixed two by two: shares of at most two classes a row."""
    if target.dim() != 2 or not target.is_floating_point() or len(target) != len(classes):
        return False
    if target.shape[1] <= int(classes.max()) or target.device != classes.device or bool((target < 0).any()):
        return False
    are_two = (target > 0).sum(1) <= 2
    return bool(are_two.all()) and bool((target > 0).sum(1).max() == 2) and bool((target.sum(1) - 1).abs().max() < NEAR)


def _share_of_others(x: Tensor, given: Tensor, classes: Tensor, target: Tensor) -> float:
    """The share of rows whose label is not the mixture that the row is; 0 where rows are no such mixture."""
    two = (target > 0).sum(1) == 2
    own = target.gather(1, classes[:, None]).squeeze(1)[two]
    lam = float(own.median()) if len(own) else 0.0
    for weight in (lam, 1 - lam):
        if not NEAR < weight < 1 - NEAR:
            continue
        partners = torch.cdist(((given - weight * x) / (1 - weight)).double(), x.double())
        nearest = partners.min(1)
        if float(nearest.values.max()) > NEAR * (1 + float(x.abs().max())) * x.shape[1] ** 0.5 / (1 - weight):
            continue
        whole = torch.nn.functional.one_hot(classes, target.shape[1]).to(target.dtype)
        expected = weight * whole + (1 - weight) * whole[nearest.indices]
        return float(((expected - target).abs().max(1).values > 10 * NEAR).float().mean())
    return 0.0
