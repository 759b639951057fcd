"""loss-weights-run-away: learnt weights of several losses have nothing to hold them.

What it checks
    A loss is a sum of losses, each times something that is made of a parameter of a few numbers, which one optimiser
    holds beside the net. The loss falls as all of them move one way, whatever the losses are: no term of the parameter
    alone is added, or one that pulls the same way. In three steps.

Why it hurts
    The quickest way down is to make the weights small, or negative: the loss falls, the gradients of the net fade, and
    the tasks are left as they are. The uncertainty of a task is paid for by its logarithm: exp(-s) * loss + s.

Example
    loss = torch.exp(-s[0]) * loss_a + torch.exp(-s[1]) * loss_b

Instead
    loss = torch.exp(-s[0]) * loss_a + torch.exp(-s[1]) * loss_b + s.sum()

When it is a false alarm
    Weights that the program puts right by hand after each step.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Step
from goodfit.checks.engine.weighed import Weighed, number_of, weighed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
NUMBERS_AT_MOST = 16  # of a parameter
NODES_OF_WEIGHT = 14  # from a weight to its parameter
RISING = frozenset({"ExpBackward0", "SoftplusBackward0", "LogBackward0", "Log1PBackward0", "SqrtBackward0"})


class LossWeightsRunAway(LiveRule):
    code, level = "GF631", Level.WARNING

    def start(self) -> None:
        self.weights: list[int] | None = None  # ids of parameters that run away, since the last step
        self.others: set[int] = set()
        self.steps = 0

    def before_backward(self, event: BackwardBegins) -> None:
        self.weights = None
        for loss in event.losses:
            leaves = _running(list(weighed(loss)))
            if leaves:
                self.weights = leaves
                self.others = {id(leaf) for leaf in event.leaves} - set(leaves)

    def on_step(self, event: Step) -> Iterator[Finding]:
        weights, self.weights = self.weights, None
        held = {id(param) for param in event.params}
        is_raised = any(group.get("maximize") for group in event.optimiser.param_groups)
        if weights is None or is_raised or not set(weights) <= held or not held & self.others:
            return
        self.steps += 1
        if self.steps == STEPS_AT_LEAST:
            yield self.finding(
                "losses are multiplied by weights that are learnt, and no term holds these: the loss falls as they run "
                "away, whatever the net does",
                "Add what each weight costs: exp(-s) * loss + s, or keep the weights fixed",
            )


def _running(terms: list[Weighed]) -> list[int]:
    """Ids of parameters by which losses are multiplied, and that nothing pulls back."""
    products: list[int] = []
    leaves: dict[int, Tensor] = {}
    for node, weight, _ in terms:
        found = _product(node)
        if found is not None and weight:
            way, leaf = found
            products.append(way if weight > 0 else -way)
            leaves[id(leaf)] = leaf
    if not products or 0 in products or len(set(products)) != 1:
        return []
    own: list[int] = []
    for node, weight, _ in terms:
        if _is_passed(node):
            continue
        reached = list(graph.leaves(node, NODES_OF_WEIGHT))
        if reached and all(id(leaf) in leaves for leaf in reached):
            alone = _way(node)
            own.append(0 if alone is None else alone[0] if weight > 0 else -alone[0])
    is_unheld = not own and len(products) > 1
    return list(leaves) if is_unheld or (own and set(own) == set(products)) else []


def _is_passed(node: Any) -> bool:
    """Whether what a node is made of comes later among the terms."""
    sums = ("AddBackward0", "SubBackward0", "RsubBackward1", "MeanBackward0", "MeanBackward1", "SumBackward0")
    is_sum = node.name() in (*sums, "SumBackward1", "NegBackward0", "StackBackward0") or node.name() in graph.MOVES
    return is_sum or (node.name() in ("MulBackward0", "DivBackward0") and len(graph.parents(node)) == 1)


def _product(node: Any) -> tuple[int, Tensor] | None:
    """Which way a weighed loss that is not negative moves with its weight's parameter, and that; None of others."""
    parents = graph.parents(node)
    if node.name() not in ("MulBackward0", "DivBackward0") or len(parents) != 2 or graph.shape_of(node).numel() != 1:
        return None
    values = getattr(node, "_saved_self", None), getattr(node, "_saved_other", None)
    for at in (0, 1) if node.name() == "MulBackward0" else (1,):
        found, value = _way(parents[at]), values[1 - at]
        if found is None or _way(parents[1 - at]) is not None:
            continue
        if value is None and node.name() == "DivBackward0":
            value = values[0]
        if isinstance(value, Tensor) and value.numel() == 1 and float(value) >= 0:
            way, leaf = found
            return (-way if node.name() == "DivBackward0" else way), leaf
    return None


def _way(node: Any) -> tuple[int, Tensor] | None:
    """Whether a value grows (1) or falls (-1) with the small parameter that it is made of; None of anything else."""
    way = 1
    for _ in range(NODES_OF_WEIGHT):
        leaf = getattr(node, "variable", None)
        if leaf is not None:
            return (way, leaf) if leaf.numel() <= NUMBERS_AT_MOST else None
        parents = graph.parents(node)
        if len(parents) != 1:
            return None
        name = node.name()
        if name in ("NegBackward0", "ReciprocalBackward0"):
            way = -way
        elif name == "PowBackward0" and isinstance(getattr(node, "_saved_exponent", None), int | float):
            way = way if node._saved_exponent > 0 else -way
        elif name == "MulBackward0":
            number = number_of(node)
            if not number:
                return None
            way = way if number > 0 else -way
        elif name == "DivBackward0":
            is_over = node.next_functions[0][0] is None  # a number over it
            number = 1.0 if is_over else number_of(node)
            way = -way if is_over or number < 0 else way
        elif name not in RISING and name not in graph.MOVES and name not in ("AddBackward0", "SumBackward0"):
            return None
        node = parents[0]
    return None
