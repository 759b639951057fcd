"""accumulated-not-averaged: gradients of several mini-batches are added up, and their losses are not divided.

What it checks
    Plain SGD steps after each k passes, k at least 4, on means over mini-batches that are not divided by anything; the
    program calls this accumulation. Where the norm of the gradients is clipped, the clipped sum is at least twice as
    long as the clipped mean would be. In three steps, of those of which every pass was seen.

Why it hurts
    The sum of k means is k times the mean over the large batch: the rate is k times what it says, and training with
    another k is another training.

Example
    loss.backward()                       # and a step after each 8

Instead
    (loss / 8).backward()

When it is a false alarm
    A rate that was chosen for the sum. Programs that divide the rate or the gradients by the number of passes are not
    reported, nor are those where each step is clipped to one length, with the sum as with the mean.

Cost
    A count, and the norm of the gradients where they are clipped, in the first steps.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Clip, Step, WatchEnds, params_of
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

STEPS_AT_LEAST = 3
PASSES_AT_LEAST = 4  # for each step
NAMES = lazy_pattern(r"accum|micro_?batch", re.IGNORECASE)
RATE_DIVIDED = lazy_pattern(r"((lr|rate)\w*\s*=|SGD\()[^\n#]*/\s*\(?\s*\w*(accum|micro)", re.IGNORECASE)
MEANS = ("MeanBackward0",)
LOSSES = ("LossBackward", "CrossEntropy")  # with a reduction
MEAN = 1  # the number of reduction="mean"
LONGER_AT_LEAST = 2.0  # times the step of the mean, where gradients are clipped
SAME_NORM = 0.01  # relative


class AccumulatedNotAveraged(LiveRule):
    code, level = "GF343", Level.WARNING

    def start(self) -> None:
        self.passes: list[Place] = []  # since the last step, of means that are not divided
        self.others = False  # whether there were other ones, or gradients were changed otherwise than by their norm
        self.clipped: list[tuple[int, float, float]] = []  # passes before it, norm, and limit
        self.sample: tuple[weakref.ref[Tensor], float] | None = None  # a parameter, and the norm of its gradient
        self.window = -1  # steps before these passes
        self.counts: list[int] = []
        self.times: list[float] = []  # for each count, how much longer its step was than that of the mean
        self.place: Place | None = None

    def before_backward(self, event: BackwardBegins) -> None:
        losses = self.program.losses
        if self.window != self.program.steps:  # the rules may have slept since the last pass that was heard
            self.window, self.passes, self.clipped = self.program.steps, [], []
            self.others = losses.count - losses.count_at_step > 1  # and passes of this step before this one
        is_mean = len(event.losses) == 1 and _is_mean(event.losses[0].grad_fn)
        self.others = self.others or not is_mean
        self.passes.append(user_place())

    def after_backward(self, event: BackwardEnded) -> None:
        if len(self.passes) < PASSES_AT_LEAST:
            return
        params = (param for optimiser in self.program.optimisers for param in params_of(optimiser))
        param = next((each for each in params if each.grad is not None and each.grad.layout is torch.strided), None)
        self.sample = None if param is None else (weakref.ref(param), _norm([param]))

    def on_clip(self, event: Clip) -> None:
        norm = _norm(event.params, event.norm_type) if event.norm_type is not None else 0.0
        if not norm > 0 or self._is_changed():
            self.others = True
            return
        self.clipped.append((len(self.passes), norm, event.limit))
        if self.sample is not None and any(param is self.sample[0]() for param in event.params):
            self.sample = self.sample[0], self.sample[1] * min(1.0, event.limit / norm)

    def on_step(self, event: Step) -> None:
        passes, self.passes = self.passes, []
        clipped, self.clipped = self.clipped, []
        is_plain = isinstance(event.optimiser, torch.optim.SGD) and not self.others and len(set(passes)) == 1
        self.others = False
        if not is_plain or len(passes) < PASSES_AT_LEAST or self._is_changed():
            return
        count = len(passes)
        times = min([count, *(min(norm, limit) / min(norm / count, limit) for _, norm, limit in clipped)])
        if times >= LONGER_AT_LEAST and all(before == count for before, _, _ in clipped):
            self.counts.append(count)
            self.times.append(times)
            self.place = passes[0]

    def _is_changed(self) -> bool:
        """Whether the program has changed gradients since the last pass, other than by clipping."""
        param = self.sample[0]() if self.sample is not None else None
        if self.sample is None or param is None:
            return False
        return param.grad is None or abs(_norm([param]) - self.sample[1]) > SAME_NORM * self.sample[1]

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if len(self.counts) < STEPS_AT_LEAST or len(set(self.counts[:STEPS_AT_LEAST])) > 1 or self.place is None:
            return
        files = self.program.source.files()
        if any(each.mentions(NAMES) for each in files) and not any(each.mentions(RATE_DIVIDED) for each in files):
            least = min(self.times[:STEPS_AT_LEAST])
            times = self.counts[0] if least == self.counts[0] else f"{least:.2g} to {self.counts[0]}"
            yield self.finding(
                f"each step uses the sum of the gradients of {self.counts[0]} mini-batches, whose losses are means and "
                f"are not divided: the rate is {times} times what it says",
                f"Divide the loss: (loss / {self.counts[0]}).backward()",
                file=self.place.file,
                line=self.place.line,
            )


def _norm(params: Sequence[Tensor], norm_type: float = 2.0) -> float:
    """Of the gradients of some parameters together; 0 where there are none, or sparse ones."""
    gradients = [each.grad for each in params if each.grad is not None]
    if not gradients or any(each.layout is not torch.strided for each in gradients):
        return 0.0
    norms = [torch.linalg.vector_norm(each.abs().float(), norm_type).cpu() for each in gradients]
    return float(torch.linalg.vector_norm(torch.stack(norms), norm_type))


def _is_mean(node: object) -> bool:
    """Whether a node gave the mean of a mini-batch, as a loss does by itself."""
    name = node.name() if node is not None and hasattr(node, "name") else ""
    is_loss = any(part in name for part in LOSSES)
    return name in MEANS or (is_loss and getattr(node, "_saved_reduction", 0) == MEAN)
