"""overfitting: the validation loss rises while the training loss goes on falling.

What it checks
    The loss of each validation row after the last epoch is compared with that at the lowest epoch, as the other half of
    the rows chose it: the lowest of many epochs is low by chance on the rows that choose it. It speaks when the rise is
    beyond the noise (p < 0.01, one-sided) and over 2%, and the training loss fell meanwhile.

Why it hurts
    From that epoch on the net memorises its training rows: it becomes overconfident, and its probabilities can no
    longer be trusted.

Example
    60 epochs on 500 images: training loss 0.9, 0.3, 0.05; validation loss 0.8, 0.5, 0.9.

Instead
    More rows, stronger augmentation, more weight decay, a smaller net or fewer epochs. The best weights are kept in
    any case.

    Training that ends by itself when no epoch is better any more has done so already: there the rule is silent.

When it is a false alarm
    When only the ranking of the classes matters to you: accuracy can still rise while the loss does.

Cost
    None: the validation losses are there anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule
from goodfit.stats.rise import rise_after_lowest

Z_NEEDED = 2.326  # one-sided p < 0.01
RISE_NEEDED = 0.02


class Overfitting(EndRule):
    code, level = "GF410", Level.WARNING

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        rise = None if end.curve is None or end.ended_early else rise_after_lowest(end.curve)
        if rise is None or rise.epoch >= len(end.history):
            return
        training_fell = end.history[-1]["train_loss"] < end.history[rise.epoch - 1]["train_loss"]
        if training_fell and rise.test.z > Z_NEEDED and rise.last > rise.lowest * (1 + RISE_NEEDED):
            yield self.finding(
                f"after epoch {rise.epoch} the validation loss rose from {rise.lowest:.3f} to {rise.last:.3f} "
                f"(z = {rise.test.z:.1f}) while the training loss fell; the weights of epoch {end.best_epoch} are kept",
                "Use more rows, a higher --weight-decay or fewer --epochs",
            )
