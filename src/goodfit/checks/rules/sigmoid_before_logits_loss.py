"""sigmoid-before-logits-loss: probabilities are given to a loss that applies the sigmoid itself.

What it checks
    The input of binary_cross_entropy_with_logits (or of another loss on logits: soft margin) comes from a sigmoid, as
    the autograd graph shows.

Why it hurts
    The sigmoid is applied twice: its result lies in 0.5..0.73, so that "no" can never be predicted with confidence, the
    loss stays high and gradients are small.

Example
    loss = nn.BCEWithLogitsLoss()(torch.sigmoid(net(x)), y)

Instead
    loss = nn.BCEWithLogitsLoss()(net(x), y)

When it is a false alarm
    Not known: a value that is a probability has no place as a logit.

Cost
    A look at a few graph nodes in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

ON_LOGITS = ("binary_cross_entropy_with_logits", "soft_margin_loss", "multilabel_soft_margin_loss")
CALLS_AT_LEAST = 5  # with values that are all between 0 and 1, behind a graph that says nothing
# A sigmoid written out, or out of sight.
HIDDEN_SIGMOIDS = ("ReciprocalBackward0", "DivBackward0", "ExpBackward0", "SoftmaxBackward0", "CompiledFunction")


class SigmoidBeforeLogitsLoss(LiveRule):
    code, level = "GF203", Level.ERROR

    def start(self) -> None:
        self.inside = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name not in ON_LOGITS or event.input.numel() == 0:
            return
        node = graph.source(event.input)
        if node is not None and node.name() == "MulBackward0" and len(before := graph.parents(node)) == 1:
            node = graph.behind(before[0])  # 1 / (1 + exp(-x)) is a reciprocal times 1
        name = node.name() if node is not None else ""
        if name == "SigmoidBackward0":
            yield self._finding(event, "comes from a sigmoid", graph.place_of(node))
        elif name.startswith(HIDDEN_SIGMOIDS) and _inside(event):
            self.inside += 1
            if self.inside >= CALLS_AT_LEAST:
                yield self._finding(event, f"lay between 0 and 1 in {counted(self.inside, 'call')}")

    def _finding(self, event: Loss, what: str, place: Place = Place(None, None)) -> Finding:  # noqa: B008  # immutable
        return self.finding(
            f"the input of {event.name} {what}; the loss applies the sigmoid itself, so that every probability it "
            f"computes lies between 0.5 and 0.73",
            "Give it the logits: remove the sigmoid before the loss, or use binary_cross_entropy",
            file=place.file,
            line=place.line,
        )


def _inside(event: Loss) -> bool:
    values = event.input.detach()
    return bool(values.min() >= 0) and bool(values.max() <= 1)
