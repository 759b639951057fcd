"""levels-shifted: cumulative targets of ordered classes begin one level too low, and two classes become one.

What it checks
    Binary cross-entropy, torch's or written out, gets targets (N, K-1) of K ordered classes: ones up to a level, zeros
    behind it. The first target is 1 in all rows, and the two highest classes have the same targets; or the last one is
    0 in all rows, and the two lowest classes have the same. The classes are those of the batch, or of labels among the
    program's variables that have K values, as often as the targets say.

Why it hurts
    One output learns a constant, and nothing tells the two classes apart: the net can never name one of them, and ranks
    that are read from the outputs are one too high.

Example
    levels = (y[:, None] >= torch.arange(K - 1)).float()     # y in 0..K-1

Instead
    levels = (y[:, None] > torch.arange(K - 1)).float()

When it is a false alarm
    None is known. K targets of K classes, of which the first is always 1, are another coding, and are left alone.

Cost
    A comparison of neighbouring columns of such targets, and a count of labels, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Batch
from goodfit.checks.engine.user_frame import users_frames
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("BinaryCrossEntropyWithLogitsBackward0", "BinaryCrossEntropyBackward0")
NEAREST = 30  # nodes of a loss, among which targets are looked for
LEVELS_AT_LEAST, LEVELS_AT_MOST = 2, 64
LEVELS_BY_SHARES = 3  # fewer shares may be those of other labels by chance
ROWS_AT_LEAST = 8
CALLS_AT_LEAST = 2
ROWS_BY_SHARES = 100
CALLS_BY_SHARES = (4, 8, 16, 32)  # when labels are counted
BEYOND_DOUBT = 12.0  # logarithm of how much likelier the shares are so than without the lowest class
SPREADS_AT_MOST = 4.0  # of chi-squared above its mean
LABELS_AT_MOST = 1_000_000
MISSES_AT_MOST = 3  # of other targets; then nothing is looked at any more


class LevelsShifted(LiveRule):
    code, level = "GF529", Level.WARNING

    def start(self) -> None:
        self.misses = 0
        self.calls = 0
        self.calls_by_rows = 0
        self.counts: np.ndarray | None = None  # (levels + 1,) rows by how many of their targets are 1
        self.classes: set[int] = set()
        self.batch: list[Tensor] = []
        self.dataset: Any = None

    def on_batch(self, event: Batch) -> None:
        if self.misses < MISSES_AT_MOST:
            self.batch = [each for each in event.tensors if each.dim() == 1]
            self.dataset = getattr(event.loader, "dataset", None)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.misses >= MISSES_AT_MOST:
            return
        target = _targets(event)
        if target is None:
            return
        levels = _levels(target)
        if levels is None or (self.counts is not None and len(self.counts) != target.shape[1] + 1):
            self.misses += 1
            return
        self.calls += 1
        count = np.bincount(levels, minlength=target.shape[1] + 1)
        self.counts = count if self.counts is None else self.counts + count
        if (self.counts[0] and self.counts[-1]) or self.calls > CALLS_BY_SHARES[-1]:
            self.misses = MISSES_AT_MOST  # the first and the last one differ between rows, as they should
            return
        merged = self._by_rows(levels) or self._by_shares()
        if merged:
            self.misses = MISSES_AT_MOST
            always = "the first of them is 1" if self.counts[0] == 0 else "the last of them is 0"
            yield self.finding(
                f"the {target.shape[1]} cumulative targets of {target.shape[1] + 1} ordered classes are shifted by "
                f"one level: {always} in all rows, and classes {merged[0]} and {merged[1]} have the same targets",
                "Let a class have as many ones as there are classes below it: y > k for k = 0 .. K-2, y counted from 0",
            )

    def _by_rows(self, levels: np.ndarray) -> tuple[int, int] | None:
        """The two classes that are one, by the class of each row of the batches."""
        assert self.counts is not None
        count = len(self.counts) - 1  # one less than classes, where it is the mistake
        from_below = self.counts[0] == 0
        named = [value for value in _variables() if len(value) == len(levels)]
        for values in (*self.batch, *named):
            labels = _whole_numbers(values)
            if labels is None or len(labels) != len(levels):
                continue
            seen = self.classes | set(labels.tolist())
            lowest = min(seen)
            wanted = labels - lowest + 1 if from_below else labels - lowest - 1
            if max(seen) - lowest > count or not np.array_equal(np.clip(wanted, 0, count), levels):
                continue
            self.classes = seen
            self.calls_by_rows += 1
            if self.calls_by_rows >= CALLS_AT_LEAST and len(seen) == count + 1:
                return (max(seen) - 1, max(seen)) if from_below else (lowest, lowest + 1)
            return None
        return None

    def _by_shares(self) -> tuple[int, int] | None:
        """The same by how often labels have each class, and targets each level."""
        assert self.counts is not None
        counts = self.counts
        is_time = self.calls in CALLS_BY_SHARES and counts.sum() >= ROWS_BY_SHARES
        if not is_time or len(counts) <= LEVELS_BY_SHARES:
            return None
        for values in (*_variables(), *attributes_of(self.dataset).values()):
            labels = _whole_numbers(values)
            if labels is None:
                continue
            classes, times = np.unique(labels, return_counts=True)
            if len(classes) != len(counts) or classes[-1] - classes[0] != len(classes) - 1:
                continue
            if counts[0] == 0 and _are_shifted(counts, times):
                return int(classes[-2]), int(classes[-1])
            if counts[0] > 0 and _are_shifted(counts[::-1], times[::-1]):
                return int(classes[0]), int(classes[1])
        return None


def _targets(event: BackwardBegins) -> Tensor | None:
    """(N, levels) zeros and ones that a loss compares with, where they may be levels."""
    for node in event.named(*LOSSES, nearest=NEAREST):
        if _has_shape(node._saved_target):
            target: Tensor = node._saved_target.detach()
            return target
    factors: list[Tensor] = [
        saved.detach()
        for node in event.named("MulBackward0", nearest=NEAREST)
        for saved in (node._saved_self, node._saved_other)
        if _has_shape(saved) and not saved.requires_grad
    ]
    for one in factors:  # t * log p + (1 - t) * log(1 - p)
        if any(other.shape == one.shape and bool((one + other == 1).all()) for other in factors if other is not one):
            return one
    return None


def _has_shape(values: object) -> bool:
    return (
        isinstance(values, Tensor)
        and values.dim() == 2
        and len(values) >= ROWS_AT_LEAST
        and LEVELS_AT_LEAST <= values.shape[1] <= LEVELS_AT_MOST
    )


def _levels(target: Tensor) -> np.ndarray | None:
    """(N,) how many of each row's targets are 1, where all rows are ones up to a level and zeros behind it.

    Rows of zeros up to a level are turned: each target is the other one's complement.
    """
    known = target.cpu()
    if not bool(((known == 0) | (known == 1)).all()):
        return None
    steps = known.diff(dim=1)
    if bool((steps < 0).any()) and bool((steps > 0).any()):
        return None
    if bool((steps > 0).any()):
        known = 1 - known
    return np.asarray(known.sum(1).long().numpy())


def _variables() -> Iterator[Tensor | np.ndarray]:
    """Tensors and arrays of one dimension among the user's variables."""
    for frame in users_frames():
        for value in list(frame.f_locals.values()):
            if isinstance(value, Tensor | np.ndarray) and value.ndim == 1:
                yield value


def _whole_numbers(values: object) -> np.ndarray | None:
    """(n,) labels; None of what can be none."""
    if isinstance(values, Tensor):
        if values.requires_grad or values.is_meta or values.is_sparse:
            return None
        is_plain = values.dim() == 1 and ROWS_AT_LEAST <= values.numel() <= LABELS_AT_MOST
        values = values.detach().cpu().float().numpy() if is_plain else None
    if isinstance(values, list) and 0 < len(values) <= LABELS_AT_MOST and type(values[0]) is int:
        values = np.array([each for each in values if type(each) is int])
    if not isinstance(values, np.ndarray) or values.ndim != 1 or values.dtype.kind not in "iuf":
        return None
    if not ROWS_AT_LEAST <= len(values) <= LABELS_AT_MOST or not bool((values == np.round(values)).all()):
        return None
    return values.astype(np.int64)


def _are_shifted(counts: np.ndarray, times: np.ndarray) -> bool:
    """Whether levels 1 .. C occur as often as classes 0 .. C would with the last two as one, and not as 1 .. C do."""
    levels = counts[1:]
    if not levels.all():
        return False
    shares = times / times.sum()
    shifted = np.append(shares[:-2], shares[-2] + shares[-1])
    without_lowest = shares[1:] / shares[1:].sum()
    expected = levels.sum() * shifted
    distance = float(((levels - expected) ** 2 / expected).sum())
    free = len(levels) - 1
    is_fit = distance <= free + SPREADS_AT_MOST * np.sqrt(2 * free)
    return is_fit and float((levels * np.log(shifted / without_lowest)).sum()) >= BEYOND_DOUBT
