"""largest-value-as-class: the largest output of each row is compared with its label, and not the place where it stands.

What it checks
    Whole numbers are compared by == with floats, hardly any of which are whole, one for each row that a net was last
    given; this happens twice.

Why it hurts
    A logit is hardly ever a whole number: the accuracy is 0, or by a few in a thousand above it, whatever the net has
    learnt. Weights that are kept by it are those of the first epoch.

Example
    predicted, _ = torch.max(out, 1); correct += (predicted == y).sum()

Instead
    _, predicted = torch.max(out, 1); correct += (predicted == y).sum()

When it is a false alarm
    None is known.

Cost
    A look at the values of the first comparisons of floats with whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import Compare
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

COMPARISONS_AT_LEAST = 2
COMPARISONS_EXAMINED = 20
VALUES_AT_LEAST = 8
WHOLE_AT_MOST = 0.2  # of the values


class LargestValueAsClass(LiveRule):
    code, level = "GF657", Level.WARNING

    def start(self) -> None:
        self.examined = self.found = 0

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        if self.examined >= COMPARISONS_EXAMINED:
            return
        sides = event.left, event.right
        values = next((side for side in sides if side.is_floating_point()), None)
        labels = next((side for side in sides if not side.is_floating_point() and not side.is_complex()), None)
        if values is None or labels is None or values.shape != labels.shape or values.numel() < VALUES_AT_LEAST:
            return
        self.examined += 1
        if not _are_measured(values.detach()):
            return
        last = self.program.last_call
        if last is None or last.rows != len(values):
            return
        self.found += 1
        if self.found == COMPARISONS_AT_LEAST:
            yield self.finding(
                "labels are compared with outputs of the net, which are no whole numbers: none is ever equal",
                "Compare the places of the largest outputs: out.argmax(1) == y, or the second of what torch.max gives",
            )


def _are_measured(values: Tensor) -> bool:
    return float((values == values.round()).float().mean()) <= WHOLE_AT_MOST
