"""argmax-of-one: the greatest of one value is looked for, so that every prediction is class 0.

What it checks
    In an evaluation, the output of a net is given to argmax or max over a dimension of size 1, twice or more, and the
    net was trained, with a loss on its output.

Why it hurts
    The place of the greatest of one value is always 0. A binary classifier with one output seems to predict the
    background alone, whatever it has learnt.

Example
    prediction = net(x).argmax(1)                       # x is (N, 1) or (N, 1, H, W)

Instead
    prediction = (net(x) > 0).long()                    # of logits; of probabilities, > 0.5

When it is a false alarm
    Code for any number of classes or actions that is run with one. The greatest values themselves, as in
    `p.max(1).values`, are not reported.

Cost
    The sizes of outputs and of what argmax is given, in the steps and evaluations examined.
"""

from __future__ import annotations

import linecache
from collections import Counter
from collections.abc import Iterator

from goodfit.checks.engine.events import Loss, NetCall, Read
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

CALLS_AT_LEAST = 2
VALUES = lazy_pattern(r"max\([^()]*\)\s*(?:\.values\b|\[0\])")  # and not their places
BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "soft_margin_loss")


class ArgmaxOfOne(LiveRule):
    code, level = "GF438", Level.WARNING

    def start(self) -> None:
        self.output: tuple[int, ...] | None = None  # sizes of the output of the last evaluation
        self.binary: set[tuple[int, ...]] = set()  # sizes but for the rows, of what a loss for two classes was given
        self.calls: Counter[Place] = Counter()

    def on_call(self, event: NetCall) -> None:
        outputs = event.outputs
        self.output = tuple(outputs[0].shape) if outputs and not event.grad and not event.training else None

    def on_loss(self, event: Loss) -> None:
        if event.grad and event.name in BINARY:
            self.binary.add(tuple(event.input.shape[1:]))

    def on_read(self, event: Read) -> Iterator[Finding]:
        sizes = tuple(event.tensor.shape)
        if event.dim is None or event.grad or sizes != self.output or not -len(sizes) <= event.dim < len(sizes):
            return
        if sizes[event.dim] != 1 or event.tensor.numel() < 2 or sizes[1:] not in self.binary:
            return
        place = user_place()
        if place.file is not None and VALUES.search(linecache.getline(place.file, place.line or 0)):
            return
        self.calls[place] += 1
        if self.calls[place] == CALLS_AT_LEAST:
            yield self.finding(
                f"the greatest of an output {sizes} is looked for along dimension {event.dim % len(sizes)}, which has "
                "one value: the class is 0 for every sample",
                "Compare with a threshold: output > 0 for logits, output > 0.5 for probabilities",
            )
