"""memorisation: the model knows its training rows nearly by heart, and does far worse on others.

What it checks
    What is left of the trivial predictor's error, in the main metric: on training rows at most a third of what is
    left on rows held out, where that is 40% or more, and the 95% intervals of the two do not meet.

Why it hurts
    Nothing is broken, and the score on the rows held out is honest. But what the net learnt is mostly these rows: new
    rows, or a stronger penalty, would be worth more than anything else.

Example
    300 photos: accuracy 1.00 on training photos, 0.65 on the others, 0.17 by guessing.

Instead
    More rows; a higher --weight-decay; for images --augment strong, or pretrained weights.

When it is a false alarm
    Where no model can do better on new rows, as with much noise in the labels: it is then as good as it gets.

Cost
    None: a sample of the training rows is scored anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule

LEFT_AT_LEAST = 0.4  # of the trivial predictor's error, on rows held out
SHARE_AT_MOST = 1 / 3  # of that is left on training rows


class Memorisation(EndRule):
    code, level = "GF430", Level.WARNING

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        if "train" not in end.scores or "valid" not in end.scores or not end.beats_baseline("valid"):
            return
        known, new = end.error_left("train"), end.error_left("valid")
        if known is None or new is None or new.value < LEFT_AT_LEAST:
            return
        if known.value <= SHARE_AT_MOST * new.value and known.high < new.low:
            metric, trained, held_out = end.main_metric, end.scores["train"], end.scores["valid"]
            yield self.finding(
                f"it knows its training rows nearly by heart: {metric} is {metric.text(trained.value, trained)} on "
                f"them, and {metric.text(held_out.value, held_out)} on rows held out",
                "More rows would help most; or a higher --weight-decay",
            )
