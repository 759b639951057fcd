"""evaluated-in-train-mode: a net is evaluated while dropout is active and batch norm adapts.

What it checks
    Without gradients being recorded, a net in train mode that has dropout or batch norm gives outputs, and these meet
    labels (a loss function, or ==), or are turned into classes or numbers (argmax, tolist, numpy), in two batches or in
    the only one.

Why it hurts
    The scores are those of a net with units missing, and the running statistics take in validation rows: the net that
    is measured is not the one that is used later.

Example
    with torch.no_grad():
        for x, y in valid: correct += (net(x).argmax(1) == y).sum()

Instead
    net.eval()
    with torch.no_grad(): ...
    net.train()

When it is a false alarm
    Monte Carlo dropout or a re-estimation of batch norm: they do not meet labels, or their net is in eval mode.

Cost
    Flags, in the first steps and the first steps of an evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from goodfit.checks.engine.events import Call, Compare, Loss, Read, WatchEnds
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.checks.rules.left_in_eval_mode import modal

BATCHES_AT_LEAST = 2


class EvaluatedInTrainMode(LiveRule):
    code, level = "GF402", Level.WARNING

    def start(self) -> None:
        self.rows: int | None = None  # of the output that may meet labels
        self.place: Place | None = None
        self.net = ""
        self.evaluations = 0
        self.output = 0  # where that output lies

    def on_call(self, event: Call) -> None:
        if not event.outermost:
            return
        suspicious = not event.grad and event.training and any(each.training for each in event.module.modules())
        self.rows = None
        if suspicious and modal(event.module) and isinstance(event.output, torch.Tensor) and event.output.dim():
            last = self.program.last_call
            self.rows, self.net = len(event.output), type(event.module).__name__
            self.place = last.place if last else None
            self.output = event.output.data_ptr()

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if not event.grad and event.input.dim() and len(event.input) == self.rows:
            yield from self._meets_labels()

    def on_read(self, event: Read) -> Iterator[Finding]:
        """The output itself is turned into classes or numbers: labels are met outside of torch."""
        if not event.grad and event.tensor.data_ptr() == self.output and len(event.tensor) == self.rows:
            yield from self._meets_labels()

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        sizes = [len(each) for each in (event.left, event.right) if each.dim()]
        if not event.grad and sizes and set(sizes) == {self.rows}:
            yield from self._meets_labels()

    def _meets_labels(self) -> Iterator[Finding]:
        self.rows = None
        self.evaluations += 1
        if self.evaluations >= BATCHES_AT_LEAST:
            yield self._finding()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """There was a single evaluation, of one batch."""
        if self.evaluations == 1:
            yield self._finding()

    def _finding(self) -> Finding:
        assert self.place is not None
        return self.finding(
            f"{self.net} is evaluated in train mode: dropout and batch norm behave as in training, so that outputs are "
            f"random, or batch norm adapts to these rows",
            "Call net.eval() before the evaluation, and net.train() after it",
            file=self.place.file,
            line=self.place.line,
        )
