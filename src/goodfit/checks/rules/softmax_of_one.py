"""softmax-of-one: a softmax runs over a dimension of size 1, and gives 1 whatever it is given.

What it checks
    The graph of the loss: a softmax over a dimension of size 1, of what a layer with one output gave, in two steps. One
    score a position, (batch, time, 1), and a softmax over the last dimension; or one output a sample, (batch, 1). A
    warning where it is the best one of several, by topk, as in a mixture of experts.

Why it hurts
    Every weight of an attention is 1, or every prediction is 1, and no gradient reaches the layer before.

Example
    weights = torch.softmax(self.score(h), dim=-1)     # score is Linear(64, 1): (batch, time, 1)

Instead
    weights = torch.softmax(self.score(h), dim=1)      # over time; of one output a sample, sigmoid

When it is a false alarm
    None is known: sequences that happen to have one step, and attention to a single key, are left out.

Cost
    A look at the nodes of the graph, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2
CHOSEN = "TopkBackward0"  # of the best one of several, a softmax leaves nothing either
LAYERS = ("AddmmBackward0", "MmBackward0", "MvBackward0", "ConvolutionBackward0", "LinearBackward0")


class SoftmaxOfOne(LiveRule):
    code, level = "GF224", Level.ERROR
    yields_to = ("one-class-cross-entropy",)

    def start(self) -> None:
        self.steps: Counter[Place] = Counter()

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named("SoftmaxBackward0"):
            if not _of_one_output(node):
                continue
            place = graph.place_of(node)
            self.steps[place] += 1
            if self.steps[place] == STEPS_AT_LEAST:
                shape = tuple(graph.shape_of(node))
                is_chosen = graph.parents(node)[0].name() == CHOSEN  # a k that is 1 may be a choice
                yield self.finding(
                    f"a softmax runs over dimension {graph.softmax_dim(node)} of {shape}, whose size is 1: all that it "
                    "gives is 1",
                    "Give it the dimension that the scores are compared along; for one output a sample use sigmoid",
                    file=place.file,
                    line=place.line,
                    level=Level.WARNING if is_chosen else None,
                )


def _of_one_output(node: Any) -> bool:
    """Whether a softmax node compares the single output of a layer with nothing, while there are other dimensions."""
    shape, inputs = graph.shape_of(node), graph.parents(node)
    dim = graph.softmax_dim(node) % max(1, len(shape))
    if len(shape) < 2 or shape[dim] != 1 or dim == 0 or not inputs:
        return False
    if len(shape) == 2:  # behind a view, the 1 may be the steps of a sequence
        return shape[0] > 1 and inputs[0].name() in (*LAYERS, CHOSEN)
    return _layer(inputs[0]).name() in LAYERS and any(size > 1 for at, size in enumerate(shape) if at not in (0, dim))


def _layer(node: Any) -> Any:
    """The node of a layer behind views and behind its bias, which is added apart for three dimensions and more."""
    node = graph.behind(node)
    inputs = graph.parents(node)
    is_bias = [parent.name() == "torch::autograd::AccumulateGrad" for parent in inputs]
    if node.name() == "AddBackward0" and is_bias.count(True) == 1 and len(inputs) == 2:
        return graph.behind(inputs[is_bias.index(False)])
    return node
