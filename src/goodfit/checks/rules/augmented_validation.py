"""augmented-validation: a validation row has other values each time it is read.

What it checks
    In two passes over a loader whose rows the net is evaluated on and not trained on, the same index had other values;
    also where one data set serves both through two samplers or subsets. Of a data set that keeps nothing for each of
    its rows, these have to be more like themselves, as they were read first, than like others.

Why it hurts
    The validation score changes by chance from epoch to epoch, and is measured on distorted rows: random crops and
    flips belong to training.

Example
    valid = ImageFolder("valid", transform=train_transform)

Instead
    valid = ImageFolder("valid", transform=plain_transform)

When it is a false alarm
    Intended test-time augmentation: allow it by name. Rows whose question is drawn anew are left out: token ids whose
    targets, of the same shape, are drawn with them (masked tokens), and noisy rows whose targets are the clean ones.

Cost
    Fingerprints of two batches of each loader an epoch.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Batch, NetCall
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.identity_map import IdentityMap
from goodfit.checks.engine.loader_overlap import Rows, bottom_of, rows_of, token_of
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_COMPARED = 2  # the first ones of an epoch
ROWS_OF_BATCH_KEPT, VALUES_KEPT = 16, 2_000_000  # of rows as they were read first, where a data set keeps none
ROWS_AT_LEAST = 4  # that are compared with these
LIKE_ITSELF = 0.85  # of the mean square of the distance to other rows
TOKEN_TYPES = (torch.int64, torch.int32)
ERRORS_APART = 5.0  # standard errors, too: each batch of each epoch is asked


class AugmentedValidation(LiveRule):
    code, level = "GF406", Level.ERROR

    def start(self) -> None:
        self.read: IdentityMap[dict[int, int]] = IdentityMap()  # data set -> fingerprint of each row, by index
        self.trained_on: dict[int, list[Rows | None]] = {}  # data set at the bottom -> rows of loaders trained on
        self.rows: weakref.WeakKeyDictionary[Any, Rows | None] = weakref.WeakKeyDictionary()
        self.asked: IdentityMap[dict[int, int]] = IdentityMap()  # the same, of targets in the shape of their inputs
        self.loader: weakref.ref[Any] | None = None  # of the last batch
        self.changed: tuple[int, Place] | None = None  # row, line of the batch that held it
        self.first: IdentityMap[dict[int, Tensor]] = IdentityMap()  # data set -> a few rows as they were read first

    def on_batch(self, event: Batch) -> None:
        self.loader = weakref.ref(event.loader)
        self.changed = None
        indices, tensors = event.indices, event.tensors
        if event.number >= BATCHES_COMPARED or indices is None or not tensors:
            return
        x = tensors[0]
        if x.dim() == 0 or len(x) != len(indices) or not all(isinstance(index, int) for index in indices):
            return
        before = self.read.setdefault(event.loader.dataset, {})
        now = dict(zip(indices, fingerprints(x), strict=True))
        changed = next((index for index, value in now.items() if before.get(index, value) != value), None)
        first = self.first.setdefault(event.loader.dataset, {})
        if self._question_is_drawn(event, indices) and changed is not None:
            changed = None
        if changed is not None and (_keeps_rows(event.loader.dataset) or _resemble(indices, x, first)):
            self.changed = (changed, user_place())
        if x.is_floating_point() and len(first) * x[0].numel() < VALUES_KEPT and not _keeps_rows(event.loader.dataset):
            for at, index in enumerate(indices[:ROWS_OF_BATCH_KEPT]):
                first.setdefault(index, x[at].detach().clone())
        before |= now

    def _question_is_drawn(self, event: Batch, indices: Sequence[Any]) -> bool:
        """Whether what changes is the task: masked tokens with their targets, or noise on rows that are the targets."""
        x = event.tensors[0]
        y = event.tensors[1] if len(event.tensors) > 1 else None
        if y is None or y.shape != x.shape or x.dim() < 2 or x.is_floating_point() != y.is_floating_point():
            return False
        before = self.asked.setdefault(event.loader.dataset, {})
        now = dict(zip(indices, fingerprints(y), strict=True))
        moved = any(before.get(index, value) != value for index, value in now.items())
        before |= now
        if x.is_floating_point():
            return not moved and _resemble(indices, x, dict(zip(indices, y, strict=True)))
        return moved and x.dtype in TOKEN_TYPES

    def before_backward(self, event: BackwardBegins) -> None:
        loader = self.loader() if self.loader is not None else None
        self.changed = None
        if loader is not None and loader not in self.rows:
            self.rows[loader] = rows = rows_of(loader)
            known = self.trained_on.setdefault(token_of(bottom_of(loader)), [])
            if rows is None or not any(other is not None and rows.same_as(other) for other in known):
                known.append(rows)

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        loader = self.loader() if self.loader is not None else None
        if self.changed is None or loader is None or (event.grad and event.training):
            return
        (index, place), self.changed = self.changed, None
        if self._serves_training(loader):
            return
        yield self.finding(
            f"row {index} of the data that the net is evaluated on has other values than when it was read before: it "
            f"is augmented at random",
            "Give the validation data a transform without randomness, in a data set of its own",
            file=place.file,
            line=place.line,
        )

    def _serves_training(self, loader: Any) -> bool:
        """Whether the net may be trained on rows of this loader too: one data set can hold several parts."""
        known = self.trained_on.get(token_of(bottom_of(loader)), [])
        if not known:
            return False
        rows = rows_of(loader)
        return rows is None or any(other is None or rows.numbers & other.numbers for other in known)


def _resemble(indices: Sequence[Any], x: Tensor, first: dict[int, Tensor]) -> bool:
    """Whether rows are more like themselves, as they were read first, than like others: they are moved, not new."""
    known = [at for at, index in enumerate(indices) if index in first and first[index].shape == x[at].shape]
    if len(known) < ROWS_AT_LEAST:
        return False
    now = x[known].detach().double().flatten(1)
    before = torch.stack([first[indices[at]] for at in known]).double().flatten(1)
    squares = torch.cdist(now, before).square()
    own = squares.diagonal()
    others = float((squares.sum() - own.sum()) / (squares.numel() - len(known)))
    error = float(own.std()) / math.sqrt(len(known))
    return bool(float(own.mean()) < min(LIKE_ITSELF * others, others - ERRORS_APART * error))


def _keeps_rows(data: Any, depth: int = 3) -> bool:
    """Whether a data set holds something for each of its rows; where it does not, it may draw them anew each time."""
    rows = len(data) if hasattr(data, "__len__") else 0
    inner = getattr(data, "dataset", None)
    if inner is not None and depth:
        return _keeps_rows(inner, depth - 1)
    kept = getattr(data, "__dict__", None)
    if kept is None:  # a list, or another of Python's own kinds
        return True
    return any(hasattr(value, "__len__") and _length(value) >= rows for value in kept.values())


def _length(value: Any) -> int:
    try:
        return len(value)
    except TypeError:  # a tensor of no dimension
        return 0
