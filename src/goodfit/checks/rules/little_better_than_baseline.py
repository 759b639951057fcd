"""little-better-than-baseline: it beats a constant prediction beyond doubt, but by little.

What it checks
    Over the rows held out: 85% or more of the trivial predictor's loss is left, and 90% or more of its error in the
    main metric, where that has a best value. Lists of items are left out: most of any such list is no hit.

Why it hurts
    Nothing is broken, and there is something in the inputs. But an answer that is hardly better than a guess is seldom
    worth acting on, and a headline of "good fit" would say more than is there.

Example
    200 kinds of birds: 5% of the test photos are right, 0.5% by guessing; log loss 4.74, 5.30 by guessing.

Instead
    Inputs that say more of the answer; more rows; a longer training where the loss still fell.

When it is a false alarm
    Where nobody can know more, as with returns of shares: it is then as good as it gets, and little all the same.

Cost
    None: these losses are known anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule
from goodfit.formatting import percent
from goodfit.tasks.metric import NDCG_AT_10

LOSS_LEFT = 0.85  # of the trivial predictor's
ERROR_LEFT = 0.9  # in the main metric


class LittleBetterThanBaseline(EndRule):
    code, level = "GF535", Level.NOTICE

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        gain, part = end.held_out_gain, "test" if "test" in end.scores else "valid"
        if gain is None or gain.low <= 0 or not end.trivial_loss or end.main_metric == NDCG_AT_10:
            return
        loss_left, error_left = 1 - gain.value / end.trivial_loss, end.error_left(part)
        if loss_left < LOSS_LEFT or (error_left is not None and error_left.value < ERROR_LEFT):
            return
        metric, score = end.main_metric, end.scores[part]
        yield self.finding(
            f"it is better than {end.rival} beyond doubt, but by little: {percent(loss_left)} of that loss is left on "
            f"rows held out; {metric} is {metric.text(score.value, score)}, there "
            f"{metric.text(end.baseline[part], score)}",
            "Look for inputs that say more of the answer, or for more rows",
        )
