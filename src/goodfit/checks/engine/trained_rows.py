"""What nets have been trained on, row by row, and evaluations that are compared with it."""

from __future__ import annotations

import math
import weakref
from collections import deque
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.equal_by_nature import is_by_chance, pair_probability, pair_probability_at_most
from goodfit.checks.engine.fingerprints import stamp, tail
from goodfit.checks.engine.loader_overlap import Rows, may_repeat
from goodfit.checks.engine.nested import tensors

SHARE_AT_LEAST = 0.01  # of the rows: a smaller one cannot move a figure by more than itself
ROWS_SHARED_AT_LEAST = 3
SHARE_OF_TRAINING_DATA = 0.95  # from here on it is the training data itself, which may be evaluated too
SHARE_SEEN_BEFORE = 0.5  # of the last batches: before, too few of the training rows have been seen
BATCHES_POOLED = 4  # for that share
MARGIN = 0.05  # below that share, of the rows evaluated: a larger one may be that of the training data itself
SHARE_TRAINED_LATER = 0.05  # of the rows evaluated that were not trained on: then they are training data too
EARLIEST_KEPT = 5_000
MOSTLY, HARDLY = 0.75, 0.1  # of a batch's rows: of training data, and of other data
BATCHES_OF_EACH = 2


class TrainedOn:
    """What one net has been trained on since its weights were new.

    Attributes:
        content: fingerprints of rows.
        known_share: of the last training rows, how many had been seen before.
        loaders: those that its batches came from; of them `rows`, each set once, the present one last.
        unknown: whether one of them has rows without numbers.
        first: the sum of its first weight, when it was first trained.
        overwritten: how weights were loaded since the last step: "new", "kept", or not at all.
        each_once: fingerprints of rows that came while no row had come twice: equal ones are equal by themselves.
    """

    def __init__(self, net: nn.Module) -> None:
        self.content: set[int] = set()
        self.known_share = 0.0
        self.unknown = False
        self.loaders: weakref.WeakSet[Any] = weakref.WeakSet()
        self.rows: list[Rows] = []
        self.first = sum_of(dict(net.named_parameters()))
        self.overwritten = ""
        self.each_once: list[int] = []
        self._is_first_epoch = True
        weight = next((param for param in net.parameters() if not is_lazy(param)), None)
        self._weight = None if weight is None else weakref.ref(weight)
        self._batches: deque[tuple[int, int]] = deque(maxlen=BATCHES_POOLED)  # rows seen before, rows
        self._stamp: object = None  # of that weight, after the last step
        self._tail: tuple[int, Tensor] | None = None  # where the weight lies, and its last values

    def note_batch(self, rows: list[int]) -> None:
        """A batch of training rows: the share that was seen before, over several, is that of all training rows."""
        if self._is_first_epoch and len(self.each_once) < EARLIEST_KEPT:
            self.each_once += rows
        if rows:
            self._batches.append((sum(map(self.content.__contains__, rows)), len(rows)))
            seen, total = (sum(numbers) for numbers in zip(*self._batches, strict=True))
            self.known_share = seen / total

    def least_share_of_training_data(self) -> float:
        """How many of the training rows are among those seen: three standard errors below what the last batches say."""
        rows, share = sum(rows for _, rows in self._batches) or 1, self.known_share
        return min(SHARE_OF_TRAINING_DATA, share - max(MARGIN, 3 * math.sqrt(share * (1 - share) / rows)))

    def are_all_training_rows(self, rows: int, seen: int) -> bool:
        """Whether rows that are evaluated at once hold all that were seen, and no others as far as these tell."""
        is_known = self.known_share >= SHARE_SEEN_BEFORE and seen >= SHARE_OF_TRAINING_DATA * len(self.content)
        return is_known and seen >= self.least_share_of_training_data() * rows

    def begin_loader(self, loader: Any) -> None:
        """Rows come from it from now on."""
        self.loaders.add(loader)
        if may_repeat(loader):
            self.each_once, self._is_first_epoch = [], False

    def end_first_epoch(self) -> None:
        """Rows may come once more from now on, or have been passed over meanwhile."""
        self._is_first_epoch = False

    def note_step(self) -> None:
        weight = self._weight() if self._weight is not None else None
        self.overwritten = ""
        if weight is not None:
            address = weight.data_ptr()
            if self._tail is None or address != self._tail[0]:
                self._tail = address, tail(weight)  # a view: to make one costs more than to read it
            self._stamp = address, weight._version, self._tail[1].tolist()

    def started_anew(self, net: nn.Module) -> bool:
        """Whether the weights are new ones: loaded from the start, or drawn again in place."""
        if self.overwritten:
            return self.overwritten == "new"
        weight = self._weight() if self._weight is not None else None
        if weight is None or self._stamp is None:
            return weight is None
        return self._stamp != stamp(weight)


class Pass:
    """One evaluation of a net, in batches with no step between them, on rows that come from no loader.

    Attributes:
        rows, seen, common: how many; of them, training rows; of those, such as were not evaluated before that.
        unseen: rows that are no training rows so far.
        fingerprints: of all rows.
        few_values: of how many values a row is, where they are such as are equal by chance.
        mostly, hardly, batches: how many batches are mostly training rows, hardly any, and all.
    """

    def __init__(self, step: int, known: TrainedOn) -> None:
        self.step, self.known = step, known
        self.known_share, self.least_share = known.known_share, known.least_share_of_training_data()
        self.rows = self.seen = self.common = 0
        self.mostly = self.hardly = self.batches = 0
        self.unseen: set[int] = set()
        self.fingerprints: list[int] = []
        self.few_values: int | None = 0

    def note_batch(self, rows: int, seen: int) -> None:
        """So many rows, of which some are training rows."""
        self.rows, self.seen, self.batches = self.rows + rows, self.seen + seen, self.batches + 1
        self.mostly += seen >= MOSTLY * rows
        self.hardly += seen <= HARDLY * rows

    def is_of_two_parts(self) -> bool:
        """Whether batches are of training rows, or of others: one line for the scores of both."""
        apart = self.mostly + self.hardly >= (1 - HARDLY) * self.batches
        return apart and min(self.mostly, self.hardly) >= BATCHES_OF_EACH

    def holds_training_data(self) -> bool:
        """Whether all training rows are among those evaluated, beside others."""
        return self.seen >= SHARE_OF_TRAINING_DATA * len(self.known.content)

    def shares_rows(self) -> bool:
        """Whether a part of the rows is training data, and it is not training data as a whole, seen in part."""
        if self.known_share < SHARE_SEEN_BEFORE or self.common < ROWS_SHARED_AT_LEAST or self.is_of_two_parts():
            return False
        if self.few_values is not None:
            own = pair_probability(self.fingerprints, self.few_values)
            pairs = max(own, pair_probability_at_most([self.fingerprints, self.known.each_once]))
            if is_by_chance(self.common / self.rows, pairs, len(self.known.content)):
                return False
        trained_later = len(self.unseen & self.known.content)
        return (
            SHARE_AT_LEAST * self.rows < self.common
            and self.seen < self.least_share * self.rows
            and trained_later < SHARE_TRAINED_LATER * len(self.unseen)
        )


def sum_of(state: Any) -> float:
    """A number that two states of a net have in common only where their first weight is the same."""
    weight = next(tensors(dict(state) if isinstance(state, Mapping) else state), None)
    if weight is None or not weight.is_floating_point():
        return 0.0
    values = weight.detach().double().flatten()
    return float((values * torch.arange(1, len(values) + 1, dtype=torch.float64, device=values.device)).sum())
