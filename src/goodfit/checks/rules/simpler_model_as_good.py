"""simpler-model-as-good: a linear model on the same rows does as well.

What it checks
    What the linear rival loses more in a row than the model, over all rows held out and the test rows: the upper end of
    the 95% interval of its mean is under 5% of what the model gains over the trivial predictor, and under a tenth of
    what the model itself still loses (or under 0.5% of the trivial loss, where next to nothing is left to lose).

Why it hurts
    It does not. But a linear model can be read, explained and run anywhere; a net that is no better is not worth its
    weight.

Example
    log loss 0.402 of the net, 0.401 of the linear model, 0.693 of guessing.

Instead
    Take the linear model; or look for columns that hold what the present ones do not.

When it is a false alarm
    Where so little is worth a net.

Cost
    The linear model is fitted in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule
from goodfit.formatting import higher_or_lower, number_like
from goodfit.stats.estimates import mean

SHARE_OF_GAIN = 0.05
SHARE_OF_LOSS = 0.1  # 0.33 beside 0.25 is no small matter, however much a guess among ten classes loses
SHARE_OF_TRIVIAL = 0.005


class SimplerModelAsGood(EndRule):
    code, level = "GF431", Level.NOTICE

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        gain = end.held_out_gain
        if end.simpler is None or gain is None or gain.low <= 0:
            return
        excess = mean(end.simpler)
        small = SHARE_OF_GAIN * gain.value
        if end.trivial_loss is not None:
            own = end.trivial_loss - gain.value
            small = min(small, max(SHARE_OF_LOSS * own, SHARE_OF_TRIVIAL * end.trivial_loss))
        if excess.high < small:
            alone = f", the same fit with --arch {end.simpler_arch} --rivals none" if end.simpler_arch else ""
            value, low, high = higher_or_lower(excess.value, excess.low, excess.high)
            yield self.finding(
                f"a linear model on the same rows does as well: its loss is {value} (95% interval {low} to {high}); "
                f"that of {end.rival} is {number_like(gain.value, excess.low, excess.high)} higher",
                f"Take the linear model{alone}; or add inputs that hold what these do not",
            )
