"""target-is-own-value: a part of the net is fitted to what it gave itself.

What it checks
    One term of a loss of several is a regression whose differences are all 0, but for rounding, at the first step
    after the net was called without gradients, in two such rounds; and parameters get gradients from this term alone.
    Terms that hold the weights themselves where they are, as those of continual learning do, are passed over.

Why it hurts
    That part is taught to stay as it is. A value net whose returns are made of its own values and of advantages that
    are still zero learns nothing of the rewards.

Example
    storage.returns = storage.advantages + storage.values         # before the advantages were stored

Instead
    storage.returns = advantages + storage.values

When it is a false alarm
    A head that is to be held where it is, by a term of its own.

Cost
    A look at the differences that the graph keeps, in the first steps and after evaluations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROUNDS_AT_LEAST = 2
VALUES_AT_LEAST = 8
ROUNDING = 1e-5
TERMS_AT_MOST = 8
REGRESSIONS = ("MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0")


class TargetIsOwnValue(LiveRule):
    code, level = "GF245", Level.WARNING

    def start(self) -> None:
        self.first = False  # the net was called without gradients since the last step
        self.rounds: Counter[Place] = Counter()
        self.other: set[Place] = set()  # lines where such a term began with differences

    def on_call(self, event: NetCall) -> None:
        if not event.grad:
            self.first = True

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        first, self.first = self.first, False
        if not first or len(event.losses) != 1:
            return
        terms = list(graph.terms(event.losses[0]))
        if not 2 <= len(terms) <= TERMS_AT_MOST:
            return
        place = user_place()
        for term in terms:
            differences = _differences(term)
            if differences is None or differences.numel() < VALUES_AT_LEAST or not _has_own(term, terms):
                continue
            if float(differences.abs().max()) > ROUNDING:
                self.other.add(place)
                continue
            self.rounds[place] += 1
            if self.rounds[place] == ROUNDS_AT_LEAST and place not in self.other:
                yield self.finding(
                    f"one term of this loss fits {differences.numel():,} values to the targets, and they are equal "
                    "before any step of a round: the targets are what the net gave itself",
                    "Look at how the targets are made: returns are advantages + values, with advantages that are "
                    "computed already",
                )


def _differences(node: Any) -> Tensor | None:
    """Of a regression's node, prediction - target."""
    if node.name() in REGRESSIONS and not _is_weight(graph.parents(node)[0]):
        own, target = node._saved_self.detach(), node._saved_target.detach()
        return own - target if own.shape == target.shape else None
    if node.name() == "PowBackward0" and getattr(node, "_saved_exponent", None) == 2:
        inputs = graph.parents(node)
        base = graph.behind(inputs[0]) if inputs else None
        inputs = graph.parents(base) if base is not None and base.name() in ("SubBackward0", "RsubBackward1") else []
        if len(inputs) == 1 and not _is_weight(inputs[0]):
            values: Tensor = node._saved_self.detach()
            return values
    return None


def _is_weight(node: Any) -> bool:
    """Whether a node stands for a leaf, as it is or in another shape."""
    return hasattr(graph.behind(node), "variable")


def _has_own(term: Any, terms: list[Any]) -> bool:
    """Whether parameters are reached by this term alone."""
    own = {id(leaf) for leaf in graph.leaves(term)}
    for other in terms:
        if other is not term:
            own -= {id(leaf) for leaf in graph.leaves(other)}
    return bool(own)
