"""loss-falls-without-bound: a loss that cannot be below 0 is maximised.

What it checks
    What backward is called on is the negative of a loss function that is never below 0 (cross-entropy, mean squares and
    others), and an optimiser steps after it, in five steps; or an optimiser with maximize=True steps after such a loss.
    As a warning: the loss is a score minus the logarithm of a sum of exponentials (logsumexp), as the log-likelihood of
    a CRF is, and not the negative of it, is below 0 and is minimised, in the first five steps. Or: at the end of a run
    the loss is below -1000 times its first size, and has fallen by half of that and more within the last 50 steps.

Why it hurts
    The net gets worse in every step, and the loss falls for ever: a wrong sign.

Example
    loss = -F.cross_entropy(model(x), y)

Instead
    loss = F.cross_entropy(model(x), y)

When it is a false alarm
    Gradient ascent on purpose, as in unlearning or an adversary.

Cost
    A look at two graph nodes in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Step, WatchEnds
from goodfit.checks.engine.program_state import LAST_LOSSES
from goodfit.checks.engine.signs import after, signed
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 5
FALL_AT_LEAST = 1000.0  # times the first loss: a log-density falls by far less
GROWTH_AT_LEAST = 1.5  # within the last steps
NOT_NEGATIVE = ("NllLoss", "CrossEntropy", "MseLoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BinaryCrossEntropy")


class LossFallsWithoutBound(LiveRule):
    code, level = "GF223", Level.NOTICE

    def start(self) -> None:
        self.last: tuple[str, bool, Place] | None = None  # name, whether negated, line: of the last backward
        self.steps: dict[Place, int] = {}
        self.likelihoods = 0  # passes whose loss is a log-likelihood, never above 0
        self.place = Place(None, None)  # of the first backward

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.place.file is None:
            self.place = user_place()
        self.last = None
        if len(event.losses) == 1 and event.losses[0].grad_fn is not None:
            name, negated = _named(event.losses[0].grad_fn)
            if name is not None:
                self.last = name, negated, user_place()
            loss = event.losses[0]
            is_likelihood = loss.numel() == 1 and float(loss.detach()) < 0 and _is_log_likelihood(loss)
            if 0 <= self.likelihoods < STEPS_AT_LEAST:
                self.likelihoods = self.likelihoods + 1 if is_likelihood else -1
                if self.likelihoods == STEPS_AT_LEAST:
                    yield self.finding(
                        "the loss is a score minus a logsumexp, a log-likelihood, and is made as small as possible: "
                        "what was observed becomes less and less probable",
                        "Minimise its negative: loss = -log_likelihood",
                        level=Level.WARNING,
                    )

    def on_step(self, event: Step) -> Iterator[Finding]:
        last, self.last = self.last, None
        if last is None:
            return
        name, negated, place = last
        maximised = any(group.get("maximize") for group in event.optimiser.param_groups)
        if negated is maximised:
            return
        self.steps[place] = self.steps.get(place, 0) + 1
        if self.steps[place] == STEPS_AT_LEAST:
            how = "maximize=True makes the optimiser raise it" if maximised else "its negative is minimised"
            yield self.finding(
                f"{name} cannot be below 0, and {how}: the net gets worse without end",
                "Remove the minus sign or maximize=True",
                file=place.file,
                line=place.line,
            )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        losses = self.program.losses
        last = list(losses.last)
        if len(last) < LAST_LOSSES or not last[-1] < -FALL_AT_LEAST * max(1.0, abs(losses.first)):
            return
        tenth = len(last) // 10
        if sum(last[-tenth:]) < GROWTH_AT_LEAST * sum(last[:tenth]):
            yield self.finding(
                f"the loss fell from {number(losses.first, 3)} to {number(last[-1], 3)} and falls on: a term of it has "
                "no lower end",
                "Look for a wrong sign: of a KL divergence, a penalty or a log-likelihood",
                level=Level.WARNING,
                file=self.place.file,
                line=self.place.line,
            )


def _named(node: Any) -> tuple[str | None, bool]:
    """The name of the loss function that a node gives, None where it is no such; whether its sign was changed."""
    negated = False
    for _ in range(4):
        name, inputs = node.name().removesuffix("Backward0").removesuffix("Backward1"), graph.parents(node)
        if name.startswith(NOT_NEGATIVE):
            return name, negated
        if len(inputs) != 1 or name not in ("Neg", "Rsub", "Mean", "Sum", "Div", "Add", "Sub", "Mul"):
            return None, negated
        negated = negated is not (name in ("Neg", "Rsub") or (name == "Mul" and _is_negative(node)))
        node = inputs[0]
    return None, negated


def _is_log_likelihood(loss: Tensor) -> bool:
    """Whether a loss grows with a score, and falls with the logsumexp that is subtracted from it."""
    for here in signed(loss):
        sides = after(here) if here.node.name() == "SubBackward0" else []
        if len(sides) == 2 and here.sign > 0:
            node = graph.behind(sides[1].node)
            if node is not None and node.name() == "LogsumexpBackward0":
                return True
    return False


def _is_negative(node: Any) -> bool:
    """Whether a product's other factor is a number below 0."""
    other = getattr(node, "_saved_other", None)
    return isinstance(other, Tensor) and other.numel() == 1 and float(other) < 0
