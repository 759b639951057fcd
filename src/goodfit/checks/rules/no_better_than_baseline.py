"""no-better-than-baseline: the model does not beat the trivial predictor by more than the interval.

What it checks
    What a row loses less than under the trivial predictor (the classes' shares, the mean, the labels' shares), over the
    rows that nothing was learnt from: its mean is not above 0 beyond doubt (one-sided p < 0.005, and above 0 on the
    test rows alone). Of images in and out, and of ranks, the main metric's interval. In a program that is watched: the
    training loss, of one task, fell by half over at least 100 steps, and the accuracy of the last evaluations (==) is
    that of the most frequent class, or no loss of an evaluation was below the entropy of the classes.

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
    None; in a program, the classes of the rows evaluated.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Compare, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule, LiveRule
from goodfit.formatting import higher_or_lower, number, percent

STEPS_AT_LEAST = 100
TRAINING_FALL = 0.5  # of the first loss
ROWS_AT_LEAST = 200  # evaluated
SCORES_COMPARED = 3  # the last ones
STANDARD_ERRORS = 1.0
ENTROPY_SHARE = 0.99


@dataclass
class Score:
    """Of one evaluation: how many classes were right, and how often each class came on both sides of ==."""

    step: int
    right: int = 0
    classes: tuple[Counter[int], Counter[int]] = field(default_factory=lambda: (Counter(), Counter()))

    @property
    def rows(self) -> int:
        return self.classes[0].total()

    @property
    def majority(self) -> float:
        """Of the more even side: that of the labels, unless predictions are more even still."""
        return min(counts.most_common(1)[0][1] for counts in self.classes) / self.rows

    @property
    def is_chance(self) -> bool:
        error = math.sqrt(self.majority * (1 - self.majority) / self.rows)
        return self.right / self.rows <= self.majority + STANDARD_ERRORS * error


class NoBetterThanBaseline(EndRule, LiveRule):
    code, level = "GF412", Level.WARNING
    yields_to = (
        "evaluated-in-train-mode", "train-rows-in-validation", "samples-mix", "classes-permuted",
        "classes-numbered-apart",
    )  # fmt: skip

    def start(self) -> None:
        self.scores: dict[Place, list[Score]] = {}
        self.several = False  # whether a loss has more than one term: the other task's may be the one that falls

    def before_backward(self, event: BackwardBegins) -> None:
        self.several = self.several or any(len(list(graph.terms(loss))) > 1 for loss in event.losses)

    def on_compare(self, event: Compare) -> None:
        """Classes against labels, in a program's own evaluation."""
        left, right, steps = event.left, event.right, self.program.steps
        if event.grad or not steps or left.dim() != 1 or left.shape != right.shape or not left.numel():
            return
        if left.dtype is not torch.int64 or right.dtype is not torch.int64 or left.requires_grad:
            return
        scores = self.scores.setdefault(user_place(), [])
        if not scores or scores[-1].step != steps:
            scores.append(Score(steps))
        scores[-1].right += int((left == right).sum())
        for counts, classes in zip(scores[-1].classes, (left, right), strict=True):
            counts.update(classes.tolist())

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """The training loss has fallen, and the score of the program's own evaluations is that of chance."""
        losses = self.program.losses
        last = list(losses.last)
        if losses.count < STEPS_AT_LEAST or not losses.first > 0 or losses.negative or self.several:
            return
        end = sum(last) / len(last)
        if not end < TRAINING_FALL * losses.first:
            return
        for place, scores in self.scores.items():
            known = [score for score in scores if score.rows >= ROWS_AT_LEAST][-SCORES_COMPARED:]
            if known and all(score.is_chance for score in known):
                yield self._of_program(
                    "the accuracy on the rows evaluated is "
                    f"{percent(known[-1].right / known[-1].rows, 1)}, and one class has "
                    f"{percent(known[-1].majority, 1)} of them", losses.first, end, place,
                )  # fmt: skip
                return
        series = self.program.evaluations.series
        for (place, name, _), passes in series.items():
            # rows that are hidden or drawn anew in each evaluation are other data each time: only the last ones count
            latest = max(each[-1].step for (at, called, _), each in series.items() if (at, called) == (place, name))
            if passes[-1].step < latest:
                continue
            counted = [each for each in passes if each.rows >= ROWS_AT_LEAST]
            if name == "cross_entropy" and counted and len(counted[0].classes) > 1:
                best = min(counted, key=lambda each: each.loss)
                if best.loss > ENTROPY_SHARE * best.entropy:
                    yield self._of_program(
                        f"the loss on the rows evaluated was {best.loss:.3f} at its lowest, and how frequent the "
                        f"classes are gives {best.entropy:.3f} alone", losses.first, end, place,
                    )  # fmt: skip
                    return

    def _of_program(self, what: str, first: float, end: float, place: Place) -> Finding:
        return self.finding(
            f"{what}, while the training loss fell from {number(first, 3)} to {number(end, 3)}: training "
            "rows are memorised, and "
            "nothing is learnt from them",
            "Check that each label belongs to its input (shifted by a row? shuffled apart?), in training and in "
            "evaluation",
            file=place.file,
            line=place.line,
        )

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        if end.beats_trivial:
            return
        score, metric = end.scores["valid"], end.main_metric
        fix = "Check that labels belong to their rows, then try more --epochs or more rows"
        if "train" in end.baseline and not end.beats_baseline("train"):
            fix = "On its training rows it is not better either: try a higher --lr, more --epochs or a larger --arch"
        if (gain := end.held_out_gain) is not None:
            loss, low, high = higher_or_lower(-gain.value, -gain.high, -gain.low)
            doubt = "which is not beyond doubt; " if gain.high > 0 else ""
            yield self.finding(
                f"on rows held out its loss is {loss} than by {end.rival} ({low} to {high}), "
                f"{doubt}{metric} is {metric.text(score.value, score)}, there "
                f"{metric.text(end.baseline['valid'], score)}",
                fix,
            )
            return
        yield self.finding(
            f"{metric} on the validation rows is {metric.text(score.value, score)} ({metric.interval(score)}); "
            f"{end.rival} reaches {metric.text(end.baseline['valid'], score)}",
            fix,
        )
