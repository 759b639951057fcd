"""one-class-cross-entropy: cross-entropy or softmax over one single class.

What it checks
    The input of cross_entropy or nll_loss has one class (C = 1) in every call of a line, at least three; or what a
    loss is given comes from a softmax over a dimension of size 1.

Why it hurts
    The softmax of a single number is 1, whatever the number is. The loss is 0 and so is its gradient: nothing is
    learnt, and a loss of 0.0 looks like success.

Example
    net = nn.Linear(64, 1)
    loss = F.cross_entropy(net(x), y.float().unsqueeze(1))

Instead
    loss = F.binary_cross_entropy_with_logits(net(x), y.float().unsqueeze(1))     # one logit for two classes
    loss = F.cross_entropy(nn.Linear(64, 2)(x), y)                                # or a logit for each class

When it is a false alarm
    None is known: lines whose calls sometimes have more classes, such as ranked lists of any length, are left out.

Cost
    A look at a shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
BINARY = "Use binary_cross_entropy_with_logits for one logit, or give the last layer one output for each class"


@dataclass
class Calls:
    """Of a line: how many calls of a loss had one class, and whether all of them."""

    name: str
    single: int = 0
    always: bool = True
    softmax: bool = False


class OneClassCrossEntropy(LiveRule):
    code, level = "GF214", Level.ERROR

    def start(self) -> None:
        self.lines: dict[Place, Calls] = {}

    def on_loss(self, event: Loss) -> None:
        if not event.grad or not event.input.numel():
            return
        by_class = event.name in ("cross_entropy", "nll_loss") and event.input.dim() >= 2
        node = graph.source(event.input)
        softmax = node is not None and node.name() == "SoftmaxBackward0"
        if not by_class and not softmax:
            return
        calls = self.lines.setdefault(user_place(), Calls(event.name, softmax=not by_class))
        single = event.input.shape[1] == 1 if by_class else graph.shape_of(node)[graph.softmax_dim(node)] == 1
        calls.single += single
        calls.always = calls.always and single

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for place, calls in self.lines.items():
            if not calls.always or calls.single < CALLS_AT_LEAST:
                continue
            if calls.softmax:
                what = f"the input of {calls.name} comes from a softmax over one single value: it is always 1"
            else:
                what = f"{calls.name} is given one class (C = 1), whose probability is always 1: the loss is 0"
            yield self.finding(
                f"{what}, its gradient is 0, and the net learns nothing",
                BINARY,
                file=place.file,
                line=place.line,
                count=calls.single,
            )
