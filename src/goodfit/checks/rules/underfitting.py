"""underfitting: the net has not yet learnt what it could from the training rows.

What it checks
    The last epoch is the best, and the validation loss still fell by over 3% in it (or there was one epoch alone). And
    the training rows are fitted no better than the validation rows (the difference of mean losses is within its
    noise), or no better than by the trivial predictor. In the history of any run: over the last three points
    both losses are over 3% and three standard errors below those of the three before, and the validation loss is less
    than 5% above the training loss. Of six epochs or more it says how many would be enough: after which half as many
    again would lower the loss by less than 1%, with a 95% interval (`goodfit.stats.course`).

Why it hurts
    More can be learnt from the same data: the net has not begun to memorise its rows, and the loss was still falling.

Example
    2 epochs on 50,000 images: training loss 0.62, validation loss 0.60, both falling.

Instead
    More epochs, a larger net, a higher learning rate, or less augmentation.

When it is a false alarm
    When you only wanted a first quick run.

Cost
    One pass over a sample of the training rows after training.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.curves.curves import Curves
from goodfit.checks.curves.statistic import noise
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import FALL_AT_LEAST, CurveRule, EndFacts, EndRule
from goodfit.formatting import aligned
from goodfit.stats.course import epochs_wanted
from goodfit.stats.estimates import mean
from goodfit.stats.paired import apart

POINTS_AT_LEAST = 6  # of a curve: the last three, and three before
GAP_AT_MOST = 0.05  # of the validation loss above the training loss
ERRORS_NEEDED = 3.0
Z_NEEDED = 2.326  # one-sided p < 0.01: beyond it the training rows are fitted better


class Underfitting(EndRule, CurveRule):
    code, level = "GF411", Level.NOTICE

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        if not end.cut_short:
            return
        epochs = len(end.history)
        wanted = epochs_wanted(np.array([line["valid_loss"] for line in end.history], dtype=float))
        course = "" if wanted is None else f"; by the course so far, {wanted} epochs would be enough"
        longer = f"--epochs {max(2 * epochs, wanted.value if wanted else 0)}"
        if end.minutes is not None:
            longer = f"more --minutes, such as {2 * end.minutes:g}"
        fix = f"Try {longer}, a larger --arch or a higher --lr"
        if "train" in end.baseline and not end.beats_baseline("train"):
            known = end.scores["train"]
            yield self.finding(
                f"training ended while the model was still learning: on its own training rows it has "
                f"{end.main_metric} {end.main_metric.text(known.value, known)}; {end.rival} reaches "
                f"{end.main_metric.text(end.baseline['train'], known)}{course}",
                fix,
            )
            return
        train, valid = end.kept_train_losses, end.kept_valid_losses
        metric = end.main_metric
        perfect = metric.higher_is_better and "valid" in end.scores and end.scores["valid"].value >= 1
        if len(train) < 2 or len(valid) < 2 or perfect:
            return
        noise = (train.var(ddof=1) / len(train) + valid.var(ddof=1) / len(valid)) ** 0.5
        if float(valid.mean() - train.mean()) < Z_NEEDED * noise:
            on_train, on_valid = _in_words(float(train.mean()), float(valid.mean()))
            both = f"on validation rows ({on_valid}) than on training rows ({on_train})"
            if valid.mean() <= train.mean():
                compared = f"no higher {both}: the model has not begun to memorise its rows"
            elif apart(mean(valid), mean(train)).low <= 0:  # as the gap is shown
                compared = (
                    f"higher {both} by no more than chance explains: nothing shows that the model memorises its rows"
                )
            else:
                compared = f"higher {both}, though not beyond doubt: the model has hardly begun to memorise its rows"
            yield self.finding(f"the loss was still falling at the end, and is {compared}{course}", fix)

    def at_curves(self, curves: Curves) -> Iterator[Finding]:
        points = curves.aligned()
        if points is None or len(points[0]) < POINTS_AT_LEAST:
            return
        _, train, valid = points
        wanted = epochs_wanted(valid)
        counted = f"{curves.valid.counted}s" if curves.valid is not None else ""
        course = "" if wanted is None else f"; by the course so far, {wanted} {counted} would be enough"
        last_train, last_valid = float(train[-3:].mean()), float(valid[-3:].mean())
        in_training, in_validation = _in_words(last_train, last_valid)
        if _still_falls(train) and _still_falls(valid) and last_valid < last_train + GAP_AT_MOST * abs(last_train):
            yield self.finding(
                f"both losses were still falling at the end, to {in_training} in training and {in_validation} in "
                f"validation: the model can learn more from these rows{course}",
                "Train for longer, or with a larger net or a higher learning rate",
            )


def _in_words(train: float, valid: float) -> list[str]:
    """Two losses with three digits at least, equally many decimals, and as many digits as tell them apart up to six."""
    pair = (train, valid)
    texts = aligned([float(f"{loss:.3g}") if abs(loss) < 100 else loss for loss in pair])
    for digits in range(4, 7):
        if texts[0] != texts[1]:
            break
        texts = [f"{loss:#.{digits}g}" for loss in pair]
    return texts


def _still_falls(values: np.ndarray) -> bool:
    """Whether the last three points lie below the three before, beyond the noise."""
    if not np.isfinite(values).all():
        return False
    before, last = float(values[-6:-3].mean()), float(values[-3:].mean())
    error = noise(values[-6:]) * (2 / 3) ** 0.5
    return bool(before - last > max(FALL_AT_LEAST * abs(before), ERRORS_NEEDED * error))
