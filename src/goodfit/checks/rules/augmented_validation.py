"""augmented-validation: the same validation row is something else when it is read again.

What it checks
    In two passes over a loader whose rows the net is evaluated on and not trained on, the same index gave other values.

Why it hurts
    The figure moves by chance from epoch to epoch, and is one of distorted rows: random crops and flips belong to
    training.

Example
    valid = ImageFolder("valid", transform=train_transform)

Instead
    valid = ImageFolder("valid", transform=plain_transform)

When it is a false alarm
    Test-time augmentation that was asked for: allow it by name.

Cost
    Fingerprints of two batches of each loader an epoch.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine.events import BackwardBegins, Batch, Call
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES = 2


class AugmentedValidation(LiveRule):
    code, level = "GF406", Level.ERROR

    def start(self) -> None:
        self.seen: weakref.WeakKeyDictionary[Any, dict[Any, int]] = weakref.WeakKeyDictionary()
        self.trained_on: set[int] = set()  # ids of data sets
        self.now: weakref.ref[Any] | None = None  # the loader of the last batch
        self.changed: tuple[Any, Place] | None = None

    def on_batch(self, event: Batch) -> None:
        self.now = weakref.ref(event.loader) if event.loader is not None else None
        self.changed = None
        indices, tensors = event.indices, event.tensors
        if event.loader is None or event.number >= BATCHES or indices is None or not tensors:
            return
        x = tensors[0]
        if x.dim() == 0 or len(x) != len(indices) or not all(isinstance(index, int) for index in indices):
            return
        known = self.seen.setdefault(event.loader.dataset, {})
        now = fingerprints(x)
        for index, value in zip(indices, now, strict=True):
            if known.get(index, value) != value:
                self.changed = (index, user_place())
                return
        known |= dict(zip(indices, now, strict=True))

    def before_backward(self, event: BackwardBegins) -> None:
        loader = self.now() if self.now is not None else None
        if loader is not None:
            self.trained_on.add(id(loader.dataset))
        self.changed = None

    def on_call(self, event: Call) -> Iterator[Finding]:
        loader = self.now() if self.now is not None else None
        if not event.outermost or self.changed is None or loader is None or id(loader.dataset) in self.trained_on:
            return
        if event.grad and event.training:
            return
        (index, place), self.changed = self.changed, None
        yield self.finding(
            f"row {index} of the data that the net is evaluated on has other values than when it was read before: it "
            f"is augmented at random",
            "Give the validation data a transform without chance",
            file=place.file,
            line=place.line,
        )
