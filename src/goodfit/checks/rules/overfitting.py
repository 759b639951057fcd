"""overfitting: the validation loss rises while the training loss goes on falling.

What it checks
    The loss of each validation row after the last epoch is compared with that at the lowest epoch, as the other half of
    the rows chose it: the lowest of many epochs is low by chance on the rows that choose it. It speaks when the rise is
    beyond the noise (p < 0.01, one-sided) and over 10%, and the training loss fell meanwhile. In a program that is
    watched: of the losses that it computes without gradients, all of the last quarter are over 1.2 times the lowest,
    which lies in the first half, the training loss fell by half since, and no weights were kept on the way. In the
    history of any run, where there are no per-row losses: the validation loss rises after its lowest point by over 5%
    and four standard errors of its own noise, while the training loss falls.

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
    None: the validation losses are there anyway; in a program, one number a batch that is evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from goodfit.checks.curves.curves import Curves
from goodfit.checks.curves.statistic import overfit
from goodfit.checks.engine.events import WatchEnds, Weights
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import CurveRule, EndFacts, EndRule, LiveRule
from goodfit.formatting import number
from goodfit.stats.rise import rise_after_lowest

Z_NEEDED = 2.326  # one-sided p < 0.01
RISE_NEEDED = 0.1  # less is hardly worth a word: the best weights are kept
EVALUATIONS_AT_LEAST = 12  # of a program's own, without the losses of its rows: more than noise needs
STEADY_RISE = 1.2  # of the lowest loss: that all of the last quarter lie above
TRAINING_FALL = 0.5  # of the training loss at that time


class Overfitting(EndRule, CurveRule, LiveRule):
    code, level = "GF410", Level.WARNING
    sleepless = (Weights,)

    def start(self) -> None:
        self.kept_at: set[int] = set()  # steps in which weights were taken, copied or saved

    def on_weights(self, event: Weights) -> None:
        if event.action != "load_state_dict":
            self.kept_at.add(self.program.steps)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """Of a program's own evaluations, where it keeps the weights of its last step alone."""
        for (place, *_), passes in self.program.evaluations.series.items():
            if len(passes) < EVALUATIONS_AT_LEAST or any(passes[0].step <= at < passes[-1].step for at in self.kept_at):
                continue
            if passes[0].net is not passes[-1].net:  # nets that were made anew, as for each task of meta-learning
                continue
            losses = [each.loss for each in passes]
            best = losses.index(min(losses))
            last = losses[-(len(losses) // 4) :]
            trained = [each.train_loss for each in passes[best:]]
            if best > len(losses) / 2 or not losses[best] > 0 or not all(math.isfinite(value) for value in losses):
                continue
            if min(last) > STEADY_RISE * losses[best] and trained[-1] < TRAINING_FALL * trained[0]:
                yield self.finding(
                    f"after evaluation {best + 1} of {len(losses)} the loss rose from {number(losses[best], 3)} to "
                    f"{number(losses[-1], 3)} while the training loss fell from {number(trained[0], 3)} "
                    f"to {number(trained[-1], 3)}, and "
                    "the weights of that time were not kept",
                    "Keep a copy of the weights with the lowest validation loss, or stop there; use more rows, "
                    "augmentation or weight decay",
                    file=place.file,
                    line=place.line,
                )
                return

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

    def at_curves(self, curves: Curves) -> Iterator[Finding]:
        aligned = curves.aligned()
        if aligned is None or curves.valid is None:
            return
        steps, train, valid = aligned
        rise = overfit(train, valid)
        if rise is not None:
            best = f"{curves.valid.counted} {steps[rise.at]:g}"
            yield self.finding(
                f"after {best} {curves.valid.name} rose from {rise.lowest:.3f} to {rise.last:.3f} "
                f"(z = {min(rise.z, 999.0):.1f}) while the training loss fell",
                f"Keep the weights of {best}; use more rows, stronger augmentation or weight decay, or stop there",
            )
