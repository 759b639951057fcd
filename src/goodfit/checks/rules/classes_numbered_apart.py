"""classes-numbered-apart: a class has one number in the training data and another in the data that is evaluated.

What it checks
    Data sets that keep their classes as names, in `classes` or `class_to_idx`, as those of image folders do. Labels of
    one that is not trained on are compared with what a net says that was trained on another one, and a name that both
    know has two numbers. Not where the labels are turned by a target_transform.

Why it hurts
    Where a folder of the test data is missing, or has another name, all classes after it move by one: the net is right,
    and is counted as wrong.

Example
    train, test = ImageFolder("train"), ImageFolder("test")    # test/ has no folder "oak"

Instead
    assert train.class_to_idx == test.class_to_idx             # or number both by the names of the training data

When it is a false alarm
    Labels that are translated between the data set and the score, in place.

Cost
    Two dictionaries for each data set; the labels of batches are known by identity.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Batch, Compare, Loss, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

WRAPPED_AT_MOST = 8  # a subset of a subset of ...


class ClassesNumberedApart(LiveRule):
    code, level = "GF458", Level.WARNING

    def start(self) -> None:
        self.trained: weakref.WeakSet[Any] = weakref.WeakSet()  # loaders
        self.scored: weakref.WeakKeyDictionary[Any, Place] = weakref.WeakKeyDictionary()
        self.last: weakref.ref[Any] | None = None  # the loader that backward was called for last
        self.labels: tuple[weakref.ref[Any], list[weakref.ref[Tensor]]] | None = None  # of the last batch

    def before_backward(self, event: BackwardBegins) -> None:
        loader = self.program.loader
        if loader is not None and loader is not self.last:
            self.last = loader
            if (present := loader()) is not None:
                self.trained.add(present)

    def on_batch(self, event: Batch) -> None:
        numbers = [weakref.ref(each) for each in event.tensors if not each.is_floating_point() and each.dim() == 1]
        self.labels = (weakref.ref(event.loader), numbers) if numbers else None

    def on_labels(self, event: Compare | Loss) -> None:
        if self.labels is None:
            return
        loader, labels = self.labels[0](), self.labels[1]
        pair = (event.left, event.right) if isinstance(event, Compare) else (event.target,)
        if loader is not None and loader not in self.scored and any(ref() is each for ref in labels for each in pair):
            self.scored[loader] = user_place()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        known = [numbers for loader in self.trained if (numbers := _numbers(loader)) is not None]
        for loader, place in self.scored.items():
            ours = None if loader in self.trained else _numbers(loader)
            if ours is None or not known or any(_agree(ours, theirs) for theirs in known):
                continue
            theirs = known[0]
            name = next(name for name in ours if theirs.get(name, ours[name]) != ours[name])
            yield self.finding(
                f"the class {name} has number {ours[name]} in the data that is evaluated, and number {theirs[name]} in "
                "the data that was trained on",
                "Number the classes of all parts by the names of the training data: compare their class_to_idx",
                file=place.file,
                line=place.line,
            )


def _agree(ours: Mapping[str, int], theirs: Mapping[str, int]) -> bool:
    """Whether no name that both know has two numbers."""
    return all(theirs.get(name, number) == number for name, number in ours.items())


def _numbers(loader: Any) -> dict[str, int] | None:
    """Name -> number, as the data set of a loader says; None where it does not, or turns its labels."""
    dataset = getattr(loader, "dataset", None)
    for _ in range(WRAPPED_AT_MOST):
        if getattr(dataset, "target_transform", None) is not None:
            return None
        numbers = getattr(dataset, "class_to_idx", None)
        if isinstance(numbers, Mapping):
            return {str(name): number for name, number in numbers.items() if isinstance(number, int)}
        names = getattr(dataset, "classes", None)
        if isinstance(names, list | tuple) and names and all(isinstance(name, str) for name in names):
            return {name: number for number, name in enumerate(names)}
        dataset = getattr(dataset, "dataset", None)
    return None
