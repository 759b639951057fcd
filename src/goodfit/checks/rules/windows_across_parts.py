"""windows-across-parts: overlapping windows of one series stand in the training data and in the validation data.

What it checks
    The rows of two loaders, of which one is trained on, have numbers in one data set, and neighbouring rows there are
    windows of a series that overlap: one is the other moved by some steps, to the last bit, or but for a constant that
    each is less by, as its own last value. For half of the rows of the
    other loader or more, there are training rows before and after that share half of their values with it. Spectra
    (N, 1, F, T) are looked at along both of their sides. Or
    train_test_split has parted an array of such windows, or two data sets hold them: of those that keep no tensors, by
    the rows of their batches, once half of the training rows or more have been seen. Or a net is given such rows by
    hand: it is evaluated on windows that it is not trained on, between others that it is, while half of the training
    rows or more have been seen.

Why it hurts
    Nearly everything in a validation window was seen in training, often its target too. The score says nothing about
    the time after the training data, which is what a forecast is for.

Example
    train, valid = random_split(windows, [0.8, 0.2])

Instead
    train, valid = Subset(windows, range(0, n)), Subset(windows, range(n + length, len(windows)))

When it is a false alarm
    Interpolation, where the values before and after are known in use as well.

Cost
    Comparisons of a few windows in the first steps and at evaluations, and fingerprints of training rows.
"""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from goodfit.checks.engine.as_array import as_array
from goodfit.checks.engine.events import BackwardBegins, Batch, NetCall, Split, WatchEnds
from goodfit.checks.engine.fingerprints import blank, fingerprints
from goodfit.checks.engine.loader_overlap import Rows, rows_of
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 4  # of a window
SPECTRUM = 4  # dimensions
VALUES_AT_MOST = 200_000  # of all windows that are kept
WINDOWS_KEPT = 400
SHARE_AT_LEAST = 0.5  # of the validation rows
OVERLAPS_AT_LEAST = 3
ROWS_LOOKED_AT = 60
FINGERPRINTS_AT_MOST = 20_000  # of a data set's windows, as it gives them
ON_EACH_SIDE = 0.4  # of the validation rows, from which one side is enough
SEEN_AT_LEAST = 0.5  # of the training rows
TRAINED_AT_MOST = 0.05  # of the other rows: where more are training rows, they are not another part
VALUES_BY_HAND = 512  # of a row that a net is given by hand, at most
ROWS_TRIED_FIRST = 6
EVALUATIONS_AT_MOST = 3
SAME = 1e-5  # of the largest move within a window
FIX = "Part the series by time before windows are cut, and leave a gap of one window between the parts"


@dataclass
class Halves:
    """Fingerprints of windows (N, T, ...): of all their steps, of the first half and of the last half."""

    whole: set[int] = field(default_factory=set)
    firsts: set[int] = field(default_factory=set)
    lasts: set[int] = field(default_factory=set)

    def add(self, x: Tensor, whole: list[int] | None = None) -> None:
        """Windows, and the fingerprints of all of their values where these are known."""
        self.whole.update(fingerprints(x) if whole is None else whole)
        for windows in _steps_first(x):
            length = windows.shape[1]
            half = length // 2
            for kept, steps in ((self.firsts, windows[:, :half]), (self.lasts, windows[:, length - half :])):
                kept.update(fingerprints(steps.contiguous()))


class ByHand:
    """Rows that nets are given in loops without a loader: those trained on, and those evaluated that lie between."""

    def __init__(self) -> None:
        self._seen = Halves()
        self._batches: deque[tuple[int, int]] = deque(maxlen=4)  # rows seen before, rows
        self._evaluations_left = EVALUATIONS_AT_MOST
        self._found: tuple[float, Place, list[int]] | None = None  # the share, the line, fingerprints of the rows

    def note_trained(self, x: Tensor) -> None:
        """A batch of training rows."""
        is_wanted = self._evaluations_left or self._found is not None
        values = _array(x) if is_wanted and len(self._seen.whole) < FINGERPRINTS_AT_MOST else None
        if values is not None:
            rows = fingerprints(values)
            self._batches.append((sum(row in self._seen.whole for row in rows), len(values)))
            self._seen.add(values, rows)

    def note_evaluated(self, x: Tensor) -> None:
        """Rows that a net is evaluated on; judged where most of the training rows are known."""
        before, rows = (sum(numbers) for numbers in zip(*self._batches, strict=True)) if self._batches else (0, 1)
        if not self._evaluations_left or before < SEEN_AT_LEAST * rows or len(x) < ROWS_TRIED_FIRST:
            return
        windows = _array(x)
        if windows is None:
            return
        self._evaluations_left -= 1
        for some in (windows[:: len(windows) // ROWS_TRIED_FIRST], windows):
            share = _share_between_halves(self._seen, some, of_trained=0.0)
            if share < SHARE_AT_LEAST:
                return
        self._evaluations_left = 0
        self._found = share, user_place(), fingerprints(windows)

    def found(self) -> tuple[float, Place] | None:
        """The share of rows between training rows, and the line; None where the rows were trained on later."""
        if self._found is None:
            return None
        share, place, rows = self._found
        return None if sum(row in self._seen.whole for row in rows) > TRAINED_AT_MOST * len(rows) else (share, place)


class WindowsAcrossParts(LiveRule):
    code, level = "GF517", Level.WARNING

    def start(self) -> None:
        self.windows: dict[int, dict[int, Tensor]] = {}  # base of a data set -> row's number -> window (T, F)
        self.seen: dict[int, Halves] = {}  # of batches, by the base of their data set
        # Rows of loaders that are trained on, each set once, with the tensor that they are kept in.
        self.trained: list[tuple[Rows, weakref.ref[Tensor] | None]] = []
        self.judged: weakref.WeakSet[Any] = weakref.WeakSet()
        self.rows: weakref.WeakKeyDictionary[Any, Rows | None] = weakref.WeakKeyDictionary()
        self.last: weakref.ref[Any] | None = None
        self.by_hand = ByHand()

    def on_net_call(self, event: NetCall) -> None:
        x = event.inputs[0] if event.inputs else None
        if x is None or x.grad_fn is not None or not _are_windows(x) or x[0].numel() > VALUES_BY_HAND:
            return
        if event.grad and event.training:
            self.by_hand.note_trained(x)
        elif not event.grad and self._is_by_hand():
            self.by_hand.note_evaluated(x)

    def _is_by_hand(self) -> bool:
        """Whether rows that are evaluated now come from no loader of their own."""
        loader = self.last() if self.last is not None else None
        rows = self.rows.get(loader) if loader is not None else None
        return loader is None or (rows is not None and self._is_trained(rows))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if (found := self.by_hand.found()) is not None:
            yield self._finding(*found)

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        loader = event.loader
        self.last = weakref.ref(loader)
        if loader not in self.rows:
            self.rows[loader] = rows_of(loader)
        rows = self.rows[loader]
        x = event.tensors[0] if event.tensors else None
        if rows is None or x is None or event.indices is None or not _are_windows(x) or len(x) != len(event.indices):
            return
        kept = self.windows.setdefault(rows.base, {})
        numbers = _numbers_at_the_bottom(loader, event.indices)
        room = min(WINDOWS_KEPT, VALUES_AT_MOST // max(1, x[0].numel())) - len(kept)
        if numbers is not None and room > 0:
            plain = x.squeeze(1) if x.dim() == SPECTRUM else x
            windows = plain.detach().reshape(*plain.shape[:2], -1)[:room].cpu().clone()
            for number, window in zip(numbers, windows, strict=False):
                kept.setdefault(number, window)
        seen = self.seen.setdefault(rows.base, Halves())
        if _kept_by(loader.dataset) is None and len(seen.whole) < FINGERPRINTS_AT_MOST:
            values = _array(x)
            if values is not None:
                seen.add(values)
        if self.program.steps and loader not in self.judged and not self._is_trained(rows):
            yield from self._judge(loader, rows)

    def before_backward(self, event: BackwardBegins) -> None:
        loader = self.last() if self.last is not None else None
        rows = self.rows.get(loader) if loader is not None else None
        if loader is not None and rows is not None and not self._is_trained(rows):
            kept = _kept_by(loader.dataset)
            self.trained.append((rows, None if kept is None else weakref.ref(kept)))

    def _is_trained(self, rows: Rows) -> bool:
        return any(rows is others or rows.same_as(others) for others, _ in self.trained)

    def _judge(self, loader: Any, rows: Rows) -> Iterator[Finding]:
        self.judged.add(loader)
        for others, kept_in in self.trained:
            if others.base == rows.base and others.numbers & rows.numbers:
                continue
            if others.base != rows.base:
                train = None if kept_in is None else _array(kept_in())
                test = _array(_kept_by(loader.dataset))
                if train is None or test is None:
                    share = self._share_of_batches(loader, rows, others)
                else:
                    share = _share_between(train, test)
                if share >= SHARE_AT_LEAST:
                    yield self._finding(share)
                    return
                continue
            kept = self.windows.get(rows.base, {})
            reach = _reach(kept) or _reach({number: window.T for number, window in kept.items()})  # channels first
            if not reach:
                continue
            share = sum(
                any(number - by in others.numbers for by in range(1, reach + 1))
                and any(number + by in others.numbers for by in range(1, reach + 1))
                for number in rows.numbers
            ) / max(1, len(rows.numbers))
            if share >= SHARE_AT_LEAST:
                yield self._finding(share)
                return

    def _share_of_batches(self, loader: Any, rows: Rows, others: Rows) -> float:
        """By the rows that the batches of two data sets held; judged again where too few have been seen so far."""
        trained, windows = self.seen.get(others.base, Halves()), list(self.windows.get(rows.base, {}).values())
        enough = len(trained.whole) >= SEEN_AT_LEAST * len(others.numbers)
        if not enough or len(windows) < OVERLAPS_AT_LEAST:
            self.judged.discard(loader)
            return 0.0
        values = _array(torch.stack(windows)) if len({window.shape for window in windows}) == 1 else None
        return 0.0 if values is None else _share_between_halves(trained, values)

    def on_split(self, event: Split) -> Iterator[Finding]:
        train, test = _array(event.first), _array(event.second)
        share = 0.0 if train is None or test is None else _share_between(train, test)
        if share >= SHARE_AT_LEAST:
            yield self._finding(share)

    def _finding(self, share: float, place: Place | None = None) -> Finding:
        file, line = place or user_place()
        return self.finding(
            f"{share:.0%} of these rows are windows of a series between training windows that share half of their "
            "values with them, before and after",
            FIX,
            file=file,
            line=line,
        )


def _share_between(train: Tensor, test: Tensor) -> float:
    """The share of the rows of test (N, T, ...) that have windows of train before and after that overlap by half."""
    if train.shape[1:] != test.shape[1:] or len(test) < OVERLAPS_AT_LEAST:
        return 0.0
    halves = Halves()
    halves.add(train)
    return _share_between_halves(halves, test, of_trained=1.0)


def _share_between_halves(train: Halves, test: Tensor, of_trained: float = TRAINED_AT_MOST) -> float:
    """As above; 0 where more than a share of test's rows are training rows."""
    some = test[:: max(1, len(test) // ROWS_LOOKED_AT)]
    own = fingerprints(some)
    if sum(each in train.whole for each in own) > of_trained * len(own):
        return 0.0
    new = [row for row in range(len(some)) if own[row] not in train.whole]  # training rows may be evaluated too
    between = 0
    for windows in _steps_first(some):
        length = windows.shape[1]
        half = length // 2
        moved = [windows[:, at : at + half].contiguous() for at in range(length - half + 1)]
        parts = [
            [None if same else each for each, same in zip(fingerprints(part), blank(part).tolist(), strict=True)]
            for part in moved  # a half without change is equal by nature
        ]
        before = {row for row in new if any(part[row] in train.lasts for part in parts[:-1])}
        after = {row for row in new if any(part[row] in train.firsts for part in parts[1:])}
        both = before & after
        if min(len(before), len(after)) >= ON_EACH_SIDE * len(some):  # of short series many are a first or a last
            both = before | after
        between = max(between, len(both))
    return between / len(some) if between >= OVERLAPS_AT_LEAST else 0.0


def _steps_first(x: Tensor) -> list[Tensor]:
    """(N, T, F) of windows (N, F, T), which have more steps than channels; of spectra (N, 1, ...) in both ways."""
    if x.dim() == SPECTRUM:
        x = x.squeeze(1)
        return [x, x.transpose(1, 2)] if min(x.shape[1:]) >= 2 * STEPS_AT_LEAST else _steps_first(x)
    return [x.transpose(1, 2).contiguous() if x.dim() == 3 and x.shape[2] > x.shape[1] else x]


def _kept_by(data: Any) -> Tensor | None:
    """The inputs of a data set that keeps tensors; None of others, which are not read for this."""
    return data.tensors[0] if isinstance(data, TensorDataset) else None


def _are_windows(x: Tensor) -> bool:
    """Whether x may be windows (N, T) or (N, T, F) of a series of numbers, or (N, 1, T, F)."""
    is_spectrum = x.dim() == SPECTRUM and x.shape[1] == 1 and x.shape[2] != x.shape[3]  # a square one is an image
    if (
        not (x.dim() in (2, 3) or is_spectrum)
        or not x.is_floating_point()
        or max(x.shape[1:]) < STEPS_AT_LEAST
        or not len(x)
    ):
        return False
    return x[0].numel() * WINDOWS_KEPT < 100 * VALUES_AT_MOST


def _numbers_at_the_bottom(loader: Any, indices: Any) -> list[int] | None:
    """The numbers of a batch's rows in the data set that subsets are taken of."""
    numbers, data = list(indices), loader.dataset
    for _ in range(4):
        if not all(isinstance(number, int) for number in numbers):
            return None
        inner = getattr(data, "indices", None)
        if inner is None or not hasattr(data, "dataset"):
            return numbers
        numbers, data = [int(inner[number]) for number in numbers], data.dataset
    return None


def _reach(windows: dict[int, Tensor]) -> int:
    """How far apart the numbers of two windows may be that share half of their values; 0 where none do."""
    numbers = sorted(windows)
    if not numbers or len(windows[numbers[0]]) < STEPS_AT_LEAST:
        return 0
    found: list[int] = []
    for first, second in itertools.pairwise(numbers):
        steps, apart = len(windows[first]), second - first
        if by := _moved_by(windows[first], windows[second]):
            found.append(steps // 2 * apart // by)
        if len(found) >= OVERLAPS_AT_LEAST:
            return max(1, min(found))
    return 0


def _moved_by(first: Tensor, second: Tensor) -> int:
    """By how many steps a window is another one moved, up to half of them; 0 where it is none.

    But for a constant it has to be one number of steps alone: a line, moved, is the line and a constant, by any number.
    """
    steps = len(first)
    if first.shape != second.shape:
        return 0
    less: list[int] = []
    for by in range(1, steps // 2 + 1):
        one, other = first[by:], second[: steps - by]
        if torch.equal(one, other) and bool((one != one[0]).any()):
            return by
        apart = one - other
        if bool(((apart - apart[0]).abs() <= SAME * (one - one[0]).abs().amax(0)).all()) and _all_vary(one):
            less.append(by)
    return less[0] if len(less) == 1 and steps >= 2 * STEPS_AT_LEAST else 0


def _all_vary(window: Tensor) -> bool:
    return bool((window != window[0]).any(0).all())


def _array(value: Any) -> Tensor | None:
    """(N, T, ...) of an array of numbers, or (N, 1, T, F) of pictures of one channel; None of anything else."""
    if isinstance(value, Tensor):
        value = as_array(value) if value.is_floating_point() else None
    if not isinstance(value, np.ndarray) or value.ndim not in (2, 3, SPECTRUM) or value.dtype.kind != "f":
        return None
    if value.ndim == SPECTRUM and (value.shape[1] != 1 or value.shape[2] == value.shape[3]):
        return None
    x = torch.from_numpy(np.ascontiguousarray(value))
    if max(x.shape[1:]) < 2 * STEPS_AT_LEAST or x.numel() > 100 * VALUES_AT_MOST or bool((x == x.round()).all()):
        return None
    return x
