"""files-in-text-order: numbered files are read in the order of their names as text, and labels in that of the numbers.

What it checks
    A data set keeps names of files that end in numbers (0.npy, 1.npy, 10.npy, 2.npy ...), one for each row, in the
    order of text and not of the numbers, and as many labels. The labels are compared with the inputs of the batches
    that a loader gives: those that stand at the number in the name agree, and those that the rows have do not.

Why it hurts
    From row 2 on each file has the label of another one. The net learns the training rows by heart, and nothing else.

Example
    paths = sorted(folder.iterdir()); labels = numpy.load("labels.npy")

Instead
    paths = sorted(folder.iterdir(), key=lambda path: int(path.stem))

When it is a false alarm
    None is known: the labels in the order of the numbers fit the inputs much better than chance, and the given ones do
    not.

Cost
    The names of a data set's files are compared once; the inputs of batches of such a data set are kept for the first
    steps, cut to 64 numbers each.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.events import Batch, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

FILES_AT_LEAST, FILES_AT_MOST = 40, 1_000_000
ROWS_AT_LEAST, ROWS_KEPT = 120, 2_000
WIDTH = 64  # numbers that are kept of an input
CLASSES_AT_MOST = 50
Z_OF_NUMBERS, Z_OF_GIVEN = 4.0, 2.0  # standard errors above chance: at least, and at most
FACTOR_AT_LEAST = 1.5  # of the two shares of right guesses
NUMBERED = lazy_pattern(r"(.*?)(\d+)")
WRAPPED_AT_MOST = 8  # a subset of a subset of ...


@dataclass
class Files:
    """A data set of numbered files: (N,) the place of each by its number, and the labels in the order given.

    Attributes:
        name: of the attribute with the files.
        inputs, rows: of the batches so far.
    """

    name: str
    by_number: np.ndarray
    labels: np.ndarray
    place: Place
    inputs: list[Tensor] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


class FilesInTextOrder(LiveRule):
    code, level = "GF539", Level.WARNING

    def start(self) -> None:
        self.loaders: weakref.WeakKeyDictionary[Any, Files | None] = weakref.WeakKeyDictionary()
        self.known: list[Files] = []

    def on_batch(self, event: Batch) -> None:
        if event.loader not in self.loaders:
            self.loaders[event.loader] = files = _files_of(getattr(event.loader, "dataset", None))
            if files is not None:
                self.known.append(files)
        files = self.loaders[event.loader]
        if files is None or event.indices is None or len(files.rows) >= ROWS_KEPT:
            return
        x = next((each for each in event.tensors if each.is_floating_point() and each.dim() > 1), None)
        rows = [row for row in event.indices if isinstance(row, int)]
        if x is not None and rows and len(x) == len(rows) and max(rows) < len(files.labels):
            files.inputs.append(_shortened(x))
            files.rows += rows

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for files in self.known:
            if len(files.rows) < ROWS_AT_LEAST or len({each.shape[1] for each in files.inputs}) != 1:
                continue
            inputs, rows = torch.cat(files.inputs).numpy(), np.array(files.rows)
            rows, first = np.unique(rows, return_index=True)
            inputs, place = inputs[first], files.by_number[rows]
            if len(rows) < ROWS_AT_LEAST:
                continue
            given, numbered = _agreement(inputs, files.labels[rows]), _agreement(inputs, files.labels[place])
            if given is None or numbered is None or given[1] > Z_OF_GIVEN or numbered[1] < Z_OF_NUMBERS:
                continue
            if numbered[0] >= FACTOR_AT_LEAST * given[0]:
                yield self.finding(
                    f"the files in {files.name} are in the order of text (1, 10, 2), and the labels in that of their "
                    "numbers: each file has the label of another one",
                    "Sort by the number: sorted(paths, key=lambda path: int(Path(path).stem))",
                    file=files.place.file,
                    line=files.place.line,
                )
                return


def _files_of(dataset: Any) -> Files | None:
    """What a data set keeps; None where it has no numbered files in the order of text, or not one kind of labels."""
    for _ in range(WRAPPED_AT_MOST):
        if hasattr(dataset, "indices"):
            return None  # a part of the rows: their numbers are other ones
        attributes = attributes_of(dataset)
        for name, value in attributes.items():
            by_number = _text_order(value)
            if by_number is not None:
                labels = [each for other in attributes.values() if (each := _labels(other, len(value))) is not None]
                return Files(name, by_number, labels[0], user_place()) if len(labels) == 1 else None
        inner = attributes.get("dataset")
        if inner is None:
            return None
        dataset = inner
    return None


def _text_order(value: Any) -> np.ndarray | None:
    """(N,) the place of each file by its number, where files are in the order of text and that is another one."""
    if not isinstance(value, list | tuple) or not FILES_AT_LEAST <= len(value) <= FILES_AT_MOST:
        return None
    if not isinstance(value[0], str | PurePath) or NUMBERED.fullmatch(_stem(value[0])) is None:
        return None
    found = [NUMBERED.fullmatch(_stem(each)) for each in value if isinstance(each, str | PurePath)]
    numbers = [int(each[2]) for each in found if each is not None]
    names = [str(each) for each in value]
    is_alike = len(numbers) == len(value) and len({each[1] for each in found if each is not None}) == 1
    if not is_alike or names != sorted(names) or len(set(numbers)) < len(numbers) or numbers == sorted(numbers):
        return None
    return np.argsort(np.argsort(numbers))


def _stem(path: str | PurePath) -> str:
    return PurePath(path).stem


def _labels(value: Any, count: int) -> np.ndarray | None:
    """(N,) numbers of classes."""
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy() if value.dtype == torch.int64 else None
    elif isinstance(value, Sequence) and len(value) == count and type(value[0]) is int:
        value = np.array(value)
    if not isinstance(value, np.ndarray) or value.shape != (count,) or value.dtype.kind not in "iub":
        return None
    return value if 2 <= len(np.unique(value)) <= CLASSES_AT_MOST else None


def _shortened(x: Tensor) -> Tensor:
    """(N, at most WIDTH) means of neighbouring values of each row."""
    flat = x.detach().flatten(1).float().cpu()
    return flat.clone() if flat.shape[1] <= WIDTH else torch.nn.functional.adaptive_avg_pool1d(flat, WIDTH)


def _agreement(inputs: np.ndarray, labels: np.ndarray) -> tuple[float, float] | None:
    """The share of rows whose nearest class mean, of the other rows, is their own class's, and by how many standard
    errors that is above chance."""
    classes, number = np.unique(labels, return_inverse=True)
    counts = np.bincount(number)
    if len(classes) < 2 or counts.min() < 2:
        return None
    sums = np.zeros((len(classes), inputs.shape[1]))
    np.add.at(sums, number, inputs)
    means = sums / counts[:, None]
    distances = ((inputs[:, None] - means[None]) ** 2).sum(-1)
    own = (sums[number] - inputs) / (counts[number] - 1)[:, None]  # without the row itself
    at = np.arange(len(inputs))
    distances[at, number] = ((inputs - own) ** 2).sum(-1)
    guesses = distances.argmin(1)
    share = float((guesses == number).mean())
    chance = float((np.bincount(guesses, minlength=len(classes)) * counts).sum()) / len(inputs) ** 2
    error = max(chance * (1 - chance) / len(inputs), 1e-12) ** 0.5
    return share, (share - chance) / error
