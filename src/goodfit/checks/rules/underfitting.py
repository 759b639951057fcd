"""underfitting: the net has not yet learnt what it could from the training rows.

What it checks
    Two signs. The kept weights are no better than the trivial predictor on the training rows themselves. Or the
    training rows are fitted no better than the validation rows (the difference of mean losses is within its noise) and
    the validation loss still fell by over 3% in the last epoch.

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

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule

RELATIVE_FALL_AT_LEAST = 0.03  # of the validation loss in the last epoch
Z_NEEDED = 1.645  # one-sided p < 0.05: beyond it the training rows are fitted better


class Underfitting(EndRule):
    code, level = "GF411", Level.NOTICE

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        fix = "Try more --epochs, a larger --arch or a higher --lr"
        if "train" in end.baseline and not end.beats_baseline("train"):
            yield self.finding(
                f"on its own training rows the model has {end.main_metric} {end.scores['train'].value:.3f}; "
                f"{end.rival} reaches {end.baseline['train']:.3f}",
                fix,
            )
            return
        if len(end.history) < 2 or end.best_epoch < len(end.history):
            still_falling = len(end.history) < 2
        else:
            before, last = end.history[-2]["valid_loss"], end.history[-1]["valid_loss"]
            still_falling = last < before * (1 - RELATIVE_FALL_AT_LEAST)
        train, valid = end.kept_train_losses, end.kept_valid_losses
        if not still_falling or len(train) < 2 or len(valid) < 2:
            return
        noise = (train.var(ddof=1) / len(train) + valid.var(ddof=1) / len(valid)) ** 0.5
        if float(valid.mean() - train.mean()) < Z_NEEDED * noise:
            yield self.finding(
                f"the loss was still falling at the end, and is the same on training rows ({train.mean():.3f}) as on "
                f"validation rows ({valid.mean():.3f}): the model has not begun to memorise its rows",
                fix,
            )
