"""augmented-validation: a validation row has other values each time it is read.

What it checks
    In two passes over a loader whose rows the net is evaluated on and not trained on, the same index had other values.

Why it hurts
    The validation score changes by chance from epoch to epoch, and is measured on distorted rows: random crops and
    flips belong to training.

Example
    valid = ImageFolder("valid", transform=train_transform)

Instead
    valid = ImageFolder("valid", transform=plain_transform)

When it is a false alarm
    Intended test-time augmentation: allow it by name.

Cost
    Fingerprints of two batches of each loader an epoch.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine.events import BackwardBegins, Batch, Call
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.identity_map import IdentityMap
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_COMPARED = 2  # the first ones of an epoch


class AugmentedValidation(LiveRule):
    code, level = "GF406", Level.ERROR

    def start(self) -> None:
        self.read: IdentityMap[dict[int, int]] = IdentityMap()  # data set -> fingerprint of each row, by index
        self.trained_on: set[int] = set()  # ids of data sets
        self.loader: weakref.ref[Any] | None = None  # of the last batch
        self.changed: tuple[int, Place] | None = None  # row, line of the batch that held it

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
        for index, fingerprint in now.items():
            if before.get(index, fingerprint) != fingerprint:
                self.changed = (index, user_place())
                return
        before |= now

    def before_backward(self, event: BackwardBegins) -> None:
        loader = self.loader() if self.loader is not None else None
        if loader is not None:
            self.trained_on.add(id(loader.dataset))
        self.changed = None

    def on_call(self, event: Call) -> Iterator[Finding]:
        loader = self.loader() if self.loader is not None else None
        if not event.outermost or self.changed is None or loader is None or id(loader.dataset) in self.trained_on:
            return
        if event.grad and event.training:
            return
        (index, place), self.changed = self.changed, None
        yield self.finding(
            f"row {index} of the data that the net is evaluated on has other values than when it was read before: it "
            f"is augmented at random",
            "Give the validation data a transform without randomness",
            file=place.file,
            line=place.line,
        )
