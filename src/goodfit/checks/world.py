"""What the watcher knows of a program so far; kept in every step, also while the rules sleep, so it is little."""

from __future__ import annotations

import math
import weakref
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from goodfit.checks.events import Call, params_of
from goodfit.checks.places import Place, user_place


@dataclass
class Seen:
    """An optimiser, and how often it stepped."""

    steps: int = 0
    backwards: int = 0  # that reached one of its parameters
    made: Place = field(default_factory=user_place)


@dataclass(frozen=True)
class LastCall:
    """The last call of a net, without what would keep its graph alive."""

    module: weakref.ref[nn.Module]
    rows: int | None  # first dimension of its first input
    shape: tuple[int, ...]
    training: bool
    grad: bool
    output_shape: tuple[int, ...] | None
    place: Place


TAIL = 50  # losses that the end of a run is judged by
JUMP = 10.0  # times the mean of the last ones


@dataclass
class Losses:
    """Values of the losses that backward was called on.

    Attributes:
        first, least, most: the first value, the smallest and the largest finite one.
        last: the last ones.
        negative: whether one was below 0.
    """

    count: int = 0
    used: int = 0  # of them up to the last step
    first: float = math.nan
    least: float = math.inf
    most: float = -math.inf
    negative: bool = False
    last: deque[float] = field(default_factory=lambda: deque(maxlen=TAIL))

    def add(self, value: float) -> bool:
        """Keep it; whether it is no number, or far above the last ones."""
        last = self.last
        usual = last[-1] if last else value
        if self.count == 0:
            self.first = value
        self.count += 1
        last.append(value)
        if not -math.inf < value < math.inf:
            self.least = min(self.least, value)
            return True
        if value < self.least:
            self.least = value
            self.negative = self.negative or value < 0
        if value > self.most:
            self.most = value
        return value > JUMP * usual > 0


@dataclass
class World:
    """See the module.

    Attributes:
        nets: modules with parameters that were called with gradients being recorded.
        compiled: whether torch.compile was called: modules inside of what it made are not seen.
    """

    optimisers: weakref.WeakKeyDictionary[Optimizer, Seen] = field(default_factory=weakref.WeakKeyDictionary)
    nets: weakref.WeakSet[nn.Module] = field(default_factory=weakref.WeakSet)
    backwards: int = 0
    steps: int = 0
    last: LastCall | None = None
    last_input: weakref.ref[Tensor] | None = None
    last_batch: Any = None  # of a loader: weak references to its tensors
    compiled: bool = False
    awake: bool = True  # whether every rule looks on
    grad_calls: int = 0  # of torch.autograd.grad
    losses: Losses = field(default_factory=lambda: Losses())

    def note_loss(self, value: float) -> bool:
        """Of a backward; whether it is worth a closer look: no number, or far above the last ones."""
        return self.losses.add(value)

    def optimiser(self, optimiser: Optimizer) -> Seen:
        """What is known of it, from now on if not before."""
        seen = self.optimisers.get(optimiser)
        if seen is None:
            seen = self.optimisers[optimiser] = Seen()
        return seen

    def note_call(self, call: Call) -> None:
        """An outermost call is over."""
        if call.grad:
            self.nets.add(call.module)
        first = call.inputs[0] if call.inputs else None
        shape = tuple(first.shape) if first is not None else ()
        output = call.output if isinstance(call.output, Tensor) else None
        self.last_input = weakref.ref(first) if first is not None else None
        self.last = LastCall(
            module=weakref.ref(call.module),
            rows=shape[0] if shape else None,
            shape=shape,
            training=call.training,
            grad=call.grad,
            output_shape=tuple(output.shape) if output is not None else None,
            place=user_place(),
        )

    def optimised(self) -> set[int]:
        """Ids of all parameters that an optimiser holds."""
        return {id(param) for optimiser in self.optimisers for param in params_of(optimiser)}
