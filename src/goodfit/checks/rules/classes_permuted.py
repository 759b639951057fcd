"""classes-permuted: in evaluation the predicted classes are the labels under other numbers.

What it checks
    A net is trained on classes by cross_entropy or nll_loss. In evaluation, of 200 rows or more and four classes or
    more, each label goes with one predicted class and each class with one label, and for two classes or more these are
    not the same number. Labels and predictions are those of `==`, of a loss without gradients, or of a metric of
    scikit-learn. A warning where 90% of the rows fit so, an error from 95% on.

Why it hurts
    The net is right, and is counted as wrong: two parts of the program number the classes in two ways, such as folders
    sorted as text (1, 10, 11, 2) and int(name) - 1. Metrics, early stopping and the choice of a model follow chance.

Example
    classes = sorted(os.listdir("train")); test_labels = [int(name) - 1 for name in test_names]

Instead
    index = {name: i for i, name in enumerate(classes)}; test_labels = [index[name] for name in test_names]

When it is a false alarm
    Predictions that are meant to be others than the labels, one for one; programs that change inputs by gradients, as
    targeted attacks do, are left out.

Cost
    The pairs of labels and predictions are counted, in the evaluations that are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.compared_arrays import ComparedArrays
from goodfit.checks.engine.events import Compare, Loss, NetCall, Read, Score, StepBegins, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place, users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import percent

LOSSES = ("cross_entropy", "nll_loss")
SCORES = ("accuracy_score", "balanced_accuracy_score", "f1_score", "confusion_matrix", "classification_report")
ROWS_AT_LEAST, CLASSES_AT_LEAST, CLASSES_AT_MOST = 200, 4, 1000
ROWS_OF_MOVED = 8  # at least, of each class that has another number
SHARE_OF_CLASS = 0.8  # at least, of the rows of each such class, with its one partner
SHARE_AT_LEAST, BEYOND_DOUBT = 0.9, 0.95  # of all rows
MOVED_AT_LEAST = 2  # classes
SHOWN = 3  # of them, in the message


@dataclass
class Evaluated:
    """One evaluation: how often a label and a predicted class came together (or the two sides of ==)."""

    step: int
    place: Place
    pairs: Counter[tuple[int, int]] = field(default_factory=Counter)


class ClassesPermuted(LiveRule):
    code, level = "GF555", Level.ERROR
    yields_to = ("classes-numbered-apart",)

    def start(self) -> None:
        self.evaluated: dict[tuple[Any, ...], Evaluated] = {}  # by the lines that led there, and the loader
        self.arrays = ComparedArrays()
        self.is_of_classes = False  # what is trained
        self.is_attacked = False  # inputs have gradients

    def on_call(self, event: NetCall) -> None:
        self._compared()
        inputs = (each for each in event.inputs if each.is_floating_point())
        self.is_attacked = self.is_attacked or any(each.requires_grad and each.is_leaf for each in inputs)

    def on_loss(self, event: Loss) -> None:
        target, outputs = event.target, event.input
        if event.name not in LOSSES or target.is_floating_point() or target.dim() != 1 or outputs.dim() != 2:
            return
        if event.grad:
            self.is_of_classes = self.is_of_classes or outputs.shape[1] >= CLASSES_AT_LEAST
        else:
            self._count(outputs.argmax(1), target)

    def on_compare(self, event: Compare) -> None:
        if not event.grad:
            self._count(event.left, event.right)

    def on_score(self, event: Score) -> None:
        if event.name in SCORES:
            self._count(_vector(event.predictions), _vector(event.labels))

    def on_read(self, event: Read) -> None:
        if not event.grad:
            self.arrays.note()

    def before_step(self, event: StepBegins) -> None:
        self._compared()

    def _compared(self) -> None:
        """Arrays of NumPy that were compared by a function that is over now."""
        for left, right, place in self.arrays.take():
            self._count(_vector(left.value), _vector(right.value), place)

    def _count(self, left: Tensor | None, right: Tensor | None, place: Place | None = None) -> None:
        steps = self.program.steps
        if not steps or left is None or right is None or left.dim() != 1 or left.shape != right.shape or not len(left):
            return
        if not {left.dtype, right.dtype} <= {torch.int64, torch.int32} or left.device != right.device:
            return
        both = torch.stack([left.long(), right.long()])
        if int(both.min()) < 0 or int(both.max()) >= CLASSES_AT_MOST:
            return
        place = place or user_place()
        loader = self.program.loader() if self.program.loader is not None else None
        key = (place, *(frame.f_lineno for frame in users_frames()), id(loader))
        known = self.evaluated.get(key)
        if known is None or known.step != steps:
            known = self.evaluated[key] = Evaluated(steps, place)
        pairs, counts = torch.unique(both, dim=1, return_counts=True)
        for (one, other), count in zip(pairs.t().tolist(), counts.tolist(), strict=True):
            known.pairs[one, other] += count

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        self._compared()
        if not self.is_of_classes or self.is_attacked or self.program.grad_calls:
            return
        for known in self.evaluated.values():
            partners = _partners(known.pairs)
            rows = known.pairs.total()
            share = sum(known.pairs[pair] for pair in partners.items()) / rows
            if not partners or share < SHARE_AT_LEAST:
                continue
            moved = [(one, other) for one, other in partners.items() if one != other]
            agree = sum(count for (one, other), count in known.pairs.items() if one == other)
            shown = ", ".join(f"{one} as {other}" for one, other in sorted(moved)[:SHOWN])
            more = " and so on" if len(moved) > SHOWN else ""
            yield self.finding(
                f"labels and predictions agree in {percent(agree / rows, 1)} of {rows:,} rows evaluated, and "
                f"{percent(share, 1)} do once classes are renumbered one for one: {shown}{more}. The labels are "
                "numbered in another way than in training",
                "Number the classes of all parts by one list, such as the class_to_idx of the training data",
                file=known.place.file,
                line=known.place.line,
                level=Level.ERROR if share >= BEYOND_DOUBT else Level.WARNING,
            )
            return


def _vector(values: Any) -> Tensor | None:
    """Whole numbers (N,) as a tensor; None of anything else."""
    array = np.asarray(values) if isinstance(values, np.ndarray | list) else values
    if isinstance(array, np.ndarray):
        is_vector = array.dtype.kind in "iu" and array.ndim == 1
        return torch.from_numpy(array.astype(np.int64)) if is_vector else None
    return array if isinstance(array, Tensor) else None


def _partners(pairs: Counter[tuple[int, int]]) -> dict[int, int]:
    """The class that each class goes with, where that is one for one, and not the same; {} where it is not so."""
    left, right = Counter[int](), Counter[int]()
    for (one, other), count in pairs.items():
        left[one] += count
        right[other] += count
    if pairs.total() < ROWS_AT_LEAST or min(len(left), len(right)) < CLASSES_AT_LEAST:
        return {}
    partners: dict[int, int] = {}
    for (one, other), _ in pairs.most_common():
        if one not in partners and other not in partners.values():
            partners[one] = other
    moved = [(one, other) for one, other in partners.items() if one != other]
    sure = [
        pairs[one, other] >= max(ROWS_OF_MOVED, SHARE_OF_CLASS * max(left[one], right[other])) for one, other in moved
    ]
    return partners if len(moved) >= MOVED_AT_LEAST and all(sure) else {}
