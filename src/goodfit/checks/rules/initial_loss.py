"""initial-loss: the first loss of a fresh net is far from that of guessing.

What it checks
    The first cross-entropy against ln C, the loss of equal probabilities for C classes; not where weights were loaded.

Why it hurts
    A fresh net knows nothing and should say so. A much larger first loss comes from inputs or weights that are too
    large; the first steps only undo it.

Example
    ln 10 = 2.3 expected, 35.1 seen: images as 0..255

Instead
    Scale the inputs; keep the usual initial weights.

When it is a false alarm
    Pretrained heads.

Cost
    One loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from goodfit.checks.engine.events import Loss, Weights
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted, number

FACTOR_AT_LEAST = 3.0  # times ln C
ROWS_AT_LEAST = 8


class InitialLoss(LiveRule):
    code, level = "GF213", Level.NOTICE

    def start(self) -> None:
        self.settled = False

    def on_weights(self, event: Weights) -> None:
        self.settled = self.settled or event.action == "load_state_dict"

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        logits, y = event.input, event.target
        usual = event.name == "cross_entropy" and logits.dim() == 2 and y.dim() == 1 and not y.is_floating_point()
        if self.settled or not usual or len(y) < ROWS_AT_LEAST or not event.grad or logits.shape[1] < 2:
            return
        self.settled = True
        classes = logits.shape[1]
        if len(logits) != len(y) or int(y.min()) < 0 or int(y.max()) >= classes:
            return
        rows = logits.detach().float()
        loss = float((rows.logsumexp(1) - rows.gather(1, y.long().unsqueeze(1)).squeeze(1)).mean())
        if loss > FACTOR_AT_LEAST * math.log(classes):
            yield self.finding(
                f"the first loss is {number(loss, 3)}; a net that knows nothing yet has ln C = "
                f"{number(math.log(classes), 3)} for "
                f"C = {counted(classes, 'class')}",
                "Check the scale of the inputs and of the initial weights",
            )
