"""no-better-than-baseline: the model does not beat the trivial predictor by more than the interval.

What it checks
    What a validation row loses less than under the trivial predictor (the classes' shares, the mean, the labels'
    shares): the 95% interval of its mean holds 0. Of images in and out, and of ranks, the main metric's interval.

Why it hurts
    An accuracy of 0.95 says nothing where 95% of the rows are of one class; nor does it show what is known of the rare
    class, which the loss does.

Example
    accuracy 0.951 (0.937 to 0.962), majority class 0.950.

Instead
    Look at balanced_accuracy and auc; check that the labels belong to their rows; check that the images are large
    enough to see what the label speaks of.

When it is a false alarm
    With very few validation rows, where the interval is wide: the finding then says only that nothing is known.

Cost
    None.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule


class NoBetterThanBaseline(EndRule):
    code, level = "GF412", Level.WARNING

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        if end.beats_baseline("valid"):
            return
        score, fix = end.scores["valid"], "Check that labels belong to their rows, then try more --epochs or more rows"
        if (gain := end.gains.get("valid")) is not None:
            yield self.finding(
                f"a row of the validation rows loses {gain.value:.3g} less than by {end.rival}, and 0 is within the "
                f"interval ({gain.low:.3g} to {gain.high:.3g}); {end.main_metric} is {score.value:.3f}, there "
                f"{end.baseline['valid']:.3f}",
                fix,
            )
            return
        yield self.finding(
            f"{end.main_metric} on the validation rows is {score.value:.3f} ({score.low:.3f} to {score.high:.3f}); "
            f"{end.rival} reaches {end.baseline['valid']:.3f}",
            fix,
        )
