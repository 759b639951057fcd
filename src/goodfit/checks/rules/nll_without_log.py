"""nll-without-log: nll_loss or ctc_loss is given values that are not log-probabilities.

What it checks
    The input of nll_loss or ctc_loss has values above 0, or comes from a softmax: log-probabilities are at most 0.

Why it hurts
    nll_loss only takes the value at the label and changes its sign. Of logits it makes a loss without a lower end, of
    probabilities one whose gradient does not grow where the net is wrong.

Example
    loss = F.nll_loss(net(x), y)                       # logits
    loss = F.nll_loss(torch.softmax(net(x), 1), y)     # probabilities

Instead
    loss = F.cross_entropy(net(x), y)                  # or F.nll_loss(F.log_softmax(net(x), 1), y)

When it is a false alarm
    When nll_loss is used to pick values, as some policy gradients do.

Cost
    The largest value of the input in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss, OtherLoss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

ROUNDING = 1e-3


class NllWithoutLog(LiveRule):
    code, level = "GF204", Level.ERROR

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name == "nll_loss":
            yield from self._look(event.name, event.input)

    def on_other_loss(self, event: OtherLoss) -> Iterator[Finding]:
        if event.name == "ctc_loss":
            yield from self._look(event.name, event.arguments["log_probs"])

    def _look(self, name: str, values: Tensor) -> Iterator[Finding]:
        if values.numel() == 0:
            return
        node = graph.source(values)
        largest = float(values.detach().max())
        if node is not None and node.name() == "SoftmaxBackward0":
            what = "comes from a softmax without a logarithm"
        elif largest > ROUNDING:
            what = f"has values up to {number(largest, 3)}, and log-probabilities are at most 0"
        else:
            return
        if name == "ctc_loss":
            yield self.finding(
                f"the input of ctc_loss {what}; ctc_loss takes no logarithm and no softmax by itself",
                "Give it log_softmax of the logits over the classes",
            )
            return
        yield self.finding(
            f"the input of nll_loss {what}; nll_loss only takes the value at the label and changes its sign",
            "Use cross_entropy on the logits, or nll_loss on log_softmax of the logits",
        )
