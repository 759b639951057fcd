"""clipped-logits: the last operation before the loss limits the logits.

What it checks
    The input of cross_entropy comes straight from a ReLU, a sigmoid or a tanh; that of binary_cross_entropy_with_logits
    from a ReLU or a tanh.

Why it hurts
    Logits may be any number. After a ReLU none is negative, and where all are cut off no gradient flows; after a
    sigmoid or tanh the odds between two classes are at most e to the 1 or 2.

Example
    return F.relu(self.fc2(x))                        # and then CrossEntropyLoss

Instead
    return self.fc2(x)

When it is a false alarm
    When the loss is not on logits.

Cost
    A look at a few graph nodes in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

MAX_NODES = ("AmaxBackward0", "MaxBackward0", "MaxPool2DWithIndicesBackward0", "AdaptiveMaxPool2DBackward0")
ACTIVATIONS = {
    "ReluBackward0": "a ReLU",
    "HardtanhBackward0": "a clipping (ReLU6, Hardtanh)",
    "TanhBackward0": "a tanh",
    "SigmoidBackward0": "a sigmoid",
}


class ClippedLogits(LiveRule):
    code, level = "GF211", Level.WARNING

    def start(self) -> None:
        # net, or the rule itself where there is none -> the steps before its finding: at other steps, where it is
        # evaluated, the cause is the same
        self.reported: weakref.WeakKeyDictionary[object, int] = weakref.WeakKeyDictionary()

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name not in ("cross_entropy", "binary_cross_entropy_with_logits"):
            return
        name, node = graph.activation(event.input), graph.source(event.input)
        if node is not None and node.name() in MAX_NODES:
            name = graph.behind(graph.parents(node)[0]).name()
        if name == "SigmoidBackward0" and event.name != "cross_entropy":
            return  # sigmoid-before-logits-loss
        net = self.program.last_call.module() if self.program.last_call is not None else None
        steps = self.program.steps
        if name in ACTIVATIONS and self.reported.setdefault(self if net is None else net, steps) == steps:
            yield self.finding(
                f"the input of {event.name} comes from {ACTIVATIONS[name]}, which limits its values; logits may be any "
                f"number",
                "Remove it: the last layer of the net is a linear layer or a convolution",
            )
