"""too-few-rows: there are too few rows to say whether the model has learnt anything, or how much.

What it checks
    The rows that nothing was learnt from: the test rows, and with cross-fitting every training row, by the nets that
    did not see it. Fewer than 10 say nothing. Fewer than 30 say enough only where the model beats the trivial predictor
    beyond doubt and the 95% interval of its score is at most a tenth as wide as the way from the trivial predictor's:
    so it is for a dozen masks of many pixels. With more it speaks where the model does not beat the trivial predictor
    beyond doubt, and a gain of a tenth of the trivial predictor's loss is still possible.

Why it hurts
    With 24 rows an accuracy of 0.75 means anything from 0.55 to 0.88.

Example
    40 rows, 6 of them for the test: accuracy 0.83 (0.44 to 0.97).

Instead
    Collect more rows; until then look at the interval and not at the value.

When it is a false alarm
    Never: it says what is not known.

Cost
    None.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule
from goodfit.formatting import agreeing, counted, higher_or_lower

ROWS_AT_LEAST = 30
ROWS_WHERE_CLOSE = 10  # are enough where the interval of the score is narrow:
CLOSE = 0.1  # as a share of the way from the trivial predictor's score
GAIN_WORTH_KNOWING = 0.1  # of the trivial predictor's loss


class TooFewRows(EndRule):
    code, level = "GF432", Level.WARNING

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        rows = end.rows_that_tell
        part = "test" if "test" in end.scores else "valid"
        score, metric = end.scores[part], end.main_metric
        if rows < ROWS_AT_LEAST and not (rows >= ROWS_WHERE_CLOSE and _is_close(end, part)):
            yield self.finding(
                f"only {counted(rows, 'row')} can say how good it is: {metric} is {metric.text(score.value, score)} "
                f"({metric.interval(score)})",
                "Give more rows; until then the interval counts, not the value",
            )
            return
        gain = end.held_out_gain
        if gain is None or end.beats_trivial or end.trivial_loss is None:
            return
        if gain.high > GAIN_WORTH_KNOWING * end.trivial_loss:
            loss, low, high = higher_or_lower(-gain.value, -gain.high, -gain.low)
            yield self.finding(
                f"{counted(rows, 'row')} {agreeing(rows, 'is', 'are')} too few to tell whether it has learnt "
                f"anything: its loss is {loss} than by {end.rival}, anything from {low} to {high}",
                "Give more rows",
            )


def _is_close(end: EndFacts, part: str) -> bool:
    """Whether it is well known how far the model is beyond the trivial predictor."""
    score = end.scores[part]
    return end.beats_trivial and score.high - score.low <= CLOSE * abs(score.value - end.baseline[part])
