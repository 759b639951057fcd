"""no-better-than-baseline: the model does not beat the trivial predictor by more than the interval.

What it checks
    What a row loses less than under the trivial predictor (the classes' shares, the mean, the labels' shares), over the
    rows that nothing was learnt from: its mean is not above 0 beyond doubt (one-sided p < 0.005, and above 0 on the
    test rows alone). Of images in and out, and of ranks, the main metric's interval.

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
        if end.beats_trivial:
            return
        score, fix = end.scores["valid"], "Check that labels belong to their rows, then try more --epochs or more rows"
        if (gain := end.held_out_gain) is not None:
            yield self.finding(
                f"a row held out loses {gain.value:.3g} less than by {end.rival} ({gain.low:.3g} to {gain.high:.3g}), "
                f"which is not beyond doubt; {end.main_metric} is {score.value:.3f}, there {end.baseline['valid']:.3f}",
                fix,
            )
            return
        yield self.finding(
            f"{end.main_metric} on the validation rows is {score.value:.3f} ({score.low:.3f} to {score.high:.3f}); "
            f"{end.rival} reaches {end.baseline['valid']:.3f}",
            fix,
        )
