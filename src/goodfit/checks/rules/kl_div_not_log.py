"""kl-div-not-log: kl_div is given values that are not log-probabilities.

What it checks
    The input of kl_div comes from a softmax, or has values above 0: it has to be log-probabilities. A target of
    log-probabilities without log_target=True is detected too.

Why it hurts
    The result is not the divergence, may be negative, and its gradient does not lead to the target.

Example
    loss = F.kl_div(student.softmax(1), teacher.softmax(1), reduction="batchmean")

Instead
    loss = F.kl_div(student.log_softmax(1), teacher.softmax(1), reduction="batchmean")

When it is a false alarm
    When the input is the log of a density, which may exceed 0.

Cost
    The largest value of the input in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

ROUNDING = 1e-3


class KlDivNotLog(LiveRule):
    code, level = "GF206", Level.ERROR

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "kl_div" or event.input.numel() == 0:
            return
        node = graph.source(event.input)
        largest = float(event.input.detach().max())
        if node is not None and node.name() == "SoftmaxBackward0":
            what = "input of kl_div comes from a softmax without a logarithm"
        elif largest > ROUNDING:
            what = f"input of kl_div has values up to {number(largest, 3)}, and log-probabilities are at most 0"
        elif not event.options.get("log_target") and float(event.target.detach().max()) <= 0 > event.target.min():
            what = "target of kl_div is negative, so it holds log-probabilities, and log_target=True is missing"
        else:
            return
        yield self.finding(
            f"the {what}; the result is not the divergence",
            "Give log_softmax as input and probabilities as target, or log-probabilities and log_target=True",
        )
