"""input-scale-differs: a net is evaluated on inputs of another scale than it is trained on.

What it checks
    Mean, spread and range of a net's inputs in training and in evaluation (without gradients, where outputs meet
    labels). The standard deviations differ by a factor of over 2.5 (for tables: in the median column); or, of images,
    every training batch has the same smallest and largest value, every evaluation batch too, and these differ.

Why it hurts
    The net sees numbers that it has never seen. Scores are far below what it can do, and the usual guess is
    overfitting.

Example
    train = (x_train - mean) / sd
    score(model, x_test)

Instead
    score(model, (x_test - mean) / sd)                  # the training rows' mean and sd, for all parts

When it is a false alarm
    Evaluation on other data on purpose, such as noise or another instrument.

Cost
    Sums of the inputs in the steps examined.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardEnded, Compare, Loss, NetCall, Residual, WatchEnds, memory_of
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

FACTOR_AT_LEAST = 2.5
ROWS_AT_LEAST = 32
BATCHES_AT_LEAST = 3  # whose range has to be the same, of images
BATCHES_KEPT = 8  # until labels come: the first, and the last one
COLUMNS_AT_MOST = 4096
RANGE_SHARE = 0.05  # of the range, by which one of its ends has to differ
ELEMENTS_AT_MOST = 2_000_000  # of an input that is looked at
ROWS_EXAMINED, ELEMENTS_EXAMINED = 64, 32_768  # about, of a large batch, whose sums are taken; its range is that of all

BATCHES_IN_FULL = 64  # after these one in four, at no even pace: a rollout is a batch at each of its steps
SHARE_AFTERWARDS, GOLDEN_RATIO = 0.25, 0.618034

SMOOTH_BELOW = 0.25  # of the variance: what a series moves by in a step, squared
MOVES_ALIKE = 1.5  # times


@dataclass
class Seen:
    """Sums of a net's inputs: (D,) for a table, (1,) for others."""

    rows: int = 0
    count: int = 0
    total: Tensor = field(default_factory=lambda: torch.zeros(1, dtype=torch.float64))
    squares: Tensor = field(default_factory=lambda: torch.zeros(1, dtype=torch.float64))
    ranges: set[tuple[float, float]] = field(default_factory=set)
    batches: int = 0
    offered: int = 0  # batches, also those that are passed over
    shape: tuple[int, ...] = ()
    moves: float = 0.0  # sum of squares of what a row moves by, from one step of dimension 1 to the next
    moves_count: int = 0

    def add(self, x: Tensor) -> None:
        """Another batch (N, ...)."""
        self.offered += 1
        if self.offered > BATCHES_IN_FULL and self.offered * GOLDEN_RATIO % 1 > SHARE_AFTERWARDS:
            return
        x = x.detach()
        some = x[:: -(-len(x) // max(ROWS_EXAMINED, ELEMENTS_EXAMINED * len(x) // x.numel()))].double()
        values = (some if x.dim() == 2 else some.reshape(-1, 1)).cpu()
        if self.batches and values.shape[1] != len(self.total):
            return
        if x.dim() in (2, 3) and x.shape[1] > 1:
            moves = some.diff(dim=1)
            self.moves, self.moves_count = self.moves + float(moves.square().sum()), self.moves_count + moves.numel()
        self.rows, self.count, self.shape = self.rows + len(x), self.count + len(values), tuple(x.shape[1:])
        self.total, self.squares = self.total + values.sum(0), self.squares + values.square().sum(0)
        self.ranges.add((float(x.min()), float(x.max())))
        self.batches += 1

    @property
    def deviation(self) -> Tensor:
        return (self.squares / self.count - (self.total / self.count).square()).clamp_min(0).sqrt()


@dataclass
class Inputs:
    """Of a net, in training and in evaluation."""

    name: str
    training: Seen = field(default_factory=Seen)
    evaluation: Seen = field(default_factory=Seen)
    place: Place = field(default_factory=lambda: Place(None, None))


class InputScaleDiffers(LiveRule):
    code, level = "GF418", Level.WARNING
    yields_to = ("image-scale",)

    def start(self) -> None:
        self.index: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.nets: list[Inputs] = []
        self.pending: list[tuple[int, Tensor]] = []  # in training, until backward
        # until outputs meet labels, those of one call or of several at one line: rows may be sorted by class
        self.evaluated: tuple[int, list[Tensor], Place] | None = None
        self.outputs: set[int] = set()  # where the outputs for the last of these lie

    def on_call(self, event: NetCall) -> None:
        x = event.inputs[0] if event.inputs else None
        if x is None or x.dim() < 2 or not x.is_floating_point() or x.grad_fn is not None:
            return
        if x.requires_grad or not 0 < x.numel() <= ELEMENTS_AT_MOST or (x.dim() == 2 and x.shape[1] > COLUMNS_AT_MOST):
            return
        if event.grad:
            if event.module not in self.index:
                self.index[event.module] = len(self.nets)
                self.nets.append(Inputs(type(event.module).__name__))
            self.pending.append((self.index[event.module], x))
        elif event.module in self.index:
            last = self.program.last_call
            at, place = self.index[event.module], last.place if last else Place(None, None)
            before = self.evaluated[1] if self.evaluated is not None and self.evaluated[::2] == (at, place) else []
            self.evaluated, self.outputs = (at, [*before[: BATCHES_KEPT - 1], x], place), memory_of(event.outputs)

    def after_backward(self, event: BackwardEnded) -> None:
        for net, x in self.pending:
            self.nets[net].training.add(x)
        self.pending = []

    def on_difference(self, event: Residual) -> None:
        """Errors that are written out: outputs minus targets, or the other way round."""
        if event.is_evaluation(self.outputs):
            self._evaluated()

    def on_labels(self, event: Loss | Compare) -> None:
        if not event.grad:
            self._evaluated()

    def _evaluated(self) -> None:
        if self.evaluated is None:
            return
        (net, batches, place), self.evaluated = self.evaluated, None
        for x in batches:
            self.nets[net].evaluation.add(x)
        self.nets[net].place = place

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for net in self.nets:
            train, evaluation = net.training, net.evaluation
            if min(train.rows, evaluation.rows) < ROWS_AT_LEAST or train.shape != evaluation.shape:
                continue
            ours, theirs = train.deviation, evaluation.deviation
            varied = (ours > 1e-6 * ours.max()) & (theirs > 0)
            if not bool(varied.any()):
                continue
            factor = float((theirs[varied] / ours[varied]).log().median().exp())
            if max(factor, 1 / factor) > FACTOR_AT_LEAST:
                if _is_series(train) and _moves_alike(train, evaluation):
                    continue
                what = f"vary {_times(factor)} those of its training"
            elif len(train.shape) == 3 and _ranges_differ(train, evaluation):
                (low, high), (other_low, other_high) = *train.ranges, *evaluation.ranges
                what = (
                    f"lie in {number(other_low, 3)}..{number(other_high, 3)}, and those of its training in "
                    f"{number(low, 3)}..{number(high, 3)}"
                )
            else:
                continue
            yield self.finding(
                f"the inputs that {net.name} is evaluated on {what}",
                "Scale the rows of all parts alike, with the numbers of the training rows",
                file=net.place.file,
                line=net.place.line,
            )


def _is_series(seen: Seen) -> bool:
    """Whether rows are windows of a series that moves little from one step to the next, as a random walk does."""
    if not seen.moves_count:
        return False
    return bool(seen.moves / seen.moves_count < SMOOTH_BELOW * float(seen.deviation.square().mean()))


def _moves_alike(train: Seen, evaluation: Seen) -> bool:
    """Whether both move as much in a step: then they are in one scale, and a later time keeps to another range."""
    if not evaluation.moves:
        return False
    factor = (train.moves / train.moves_count / (evaluation.moves / evaluation.moves_count)) ** 0.5
    return bool(max(factor, 1 / factor) <= MOVES_ALIKE)


def _times(factor: float) -> str:
    if factor > 1:
        return f"{factor:.2g} times as much as"
    return f"{1 / factor:.2g} times less than"


def _ranges_differ(train: Seen, evaluation: Seen) -> bool:
    """Whether each side has one range in all batches, which is another than that of the other side."""
    if (
        min(train.batches, evaluation.batches) < BATCHES_AT_LEAST
        or len(train.ranges) != 1
        or len(evaluation.ranges) != 1
    ):
        return False
    ((low, high),), ((other_low, other_high),) = train.ranges, evaluation.ranges
    size = max(high - low, other_high - other_low)
    return math.isfinite(size) and max(abs(low - other_low), abs(high - other_high)) > RANGE_SHARE * size
