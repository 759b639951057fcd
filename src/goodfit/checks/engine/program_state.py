"""What the watcher knows of a program so far; kept in every step, also while the rules sleep, so it is little."""

from __future__ import annotations

import itertools
import math
import weakref
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from torch import nn
from torch.optim import Optimizer

from goodfit.checks.engine.evaluations import Evaluations
from goodfit.checks.engine.events import Call, params_of
from goodfit.checks.engine.own_source import OwnSource
from goodfit.checks.engine.user_frame import Place, user_place

LAST_LOSSES = 50  # that the end of a run is judged by
JUMP_FACTOR = 10.0  # times the largest of the losses before
LOSSES_BEFORE = 8  # several: a critic's and an actor's come in turns


@dataclass
class OptimiserState:
    """How often an optimiser stepped."""

    steps: int = 0
    backwards: int = 0  # that reached one of its parameters
    created_at: Place = field(default_factory=user_place)


@dataclass(frozen=True)
class LastCall:
    """The last call of a net, without what would keep its graph alive."""

    module: weakref.ref[nn.Module]
    rows: int | None  # first dimension of its first input
    shape: tuple[int, ...]
    training: bool
    grad: bool
    output_shapes: tuple[tuple[int, ...], ...]
    place: Place


@dataclass
class Losses:
    """Values of the losses that backward was called on.

    Attributes:
        count_at_step: how many there were at the last step.
        first, lowest, highest: the first value, the smallest and the largest finite one.
        last: the last ones.
        total: the sum of all.
        negative: whether one was below 0.
    """

    count: int = 0
    count_at_step: int = 0
    first: float = math.nan
    lowest: float = math.inf
    highest: float = -math.inf
    negative: bool = False
    total: float = 0.0
    last: deque[float] = field(default_factory=lambda: deque(maxlen=LAST_LOSSES))

    def add(self, value: float) -> str:
        """Keep the value; why it is worth a closer look: "nonfinite", "jump" (far above those before), or ""."""
        last = self.last
        if self.count == 0:
            self.first = value
        is_jump = bool(last) and value > JUMP_FACTOR * last[-1]  # most are not, and that is quickly known
        is_jump = is_jump and value > JUMP_FACTOR * max(itertools.islice(reversed(last), LOSSES_BEFORE)) > 0
        self.count += 1
        self.total += value
        last.append(value)
        if not -math.inf < value < math.inf:
            self.lowest = min(self.lowest, value)
            return "nonfinite"
        if value < self.lowest:
            self.lowest = value
            self.negative = self.negative or value < 0
        if value > self.highest:
            self.highest = value
        return "jump" if is_jump else ""


@dataclass
class NotExamined:
    """What rules could not examine for one reason: ids of the nets or data sets, and names of the rules."""

    subjects: set[int] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Summary:
    """How much of a program was watched.

    Attributes:
        compiled: whether torch.compile was called.
        by_hand: whether the program makes its steps by itself.
        watched: whether there was anything to look at: a step, or gradients.
        not_checked: what could not be examined, such as "2 nets that could not be copied (samples-mix)".
    """

    steps: int
    optimisers: int
    compiled: bool
    not_checked: tuple[str, ...] = ()
    by_hand: bool = False
    watched: bool = True


@dataclass
class ProgramState:
    """See the module. A collection grows by a new one in its place: a rule of another thread may walk through it.

    Attributes:
        nets: modules with parameters that were called with gradients being recorded.
        compiled: whether torch.compile was called: modules inside of what it made are not seen.
        awake: whether every rule looks on.
        grad_calls: calls of torch.autograd.grad.
        steps_by_hand: of the steps, those that no optimiser made.
        optimisers_made: also those that are gone.
        loader: that gave the last batch.
        source: the program's own files.
        set_to_train: modules whose train() was called.
        not_examined: by noun and reason: ("net", "that could not be copied").
    """

    optimisers: weakref.WeakKeyDictionary[Optimizer, OptimiserState] = field(default_factory=weakref.WeakKeyDictionary)
    nets: weakref.WeakSet[nn.Module] = field(default_factory=weakref.WeakSet)
    backwards: int = 0
    steps: int = 0
    last_call: LastCall | None = None
    compiled: bool = False
    awake: bool = True
    grad_calls: int = 0
    steps_by_hand: int = 0
    optimisers_made: int = 0
    losses: Losses = field(default_factory=Losses)
    source: OwnSource = field(default_factory=OwnSource)
    evaluations: Evaluations = field(default_factory=Evaluations)
    loader: weakref.ref[Any] | None = None
    set_to_train: weakref.WeakSet[nn.Module] = field(default_factory=weakref.WeakSet)
    not_examined: dict[tuple[str, str], NotExamined] = field(default_factory=dict)

    def optimiser(self, optimiser: Optimizer) -> OptimiserState:
        """What is known of an optimiser, from now on if not before."""
        state = self.optimisers.get(optimiser)
        if state is None:
            state = OptimiserState()
            self.optimisers = weakref.WeakKeyDictionary({**self.optimisers, optimiser: state})
            self.optimisers_made += 1
        return state

    def steps_of(self, optimiser: Optimizer) -> int:
        """Steps of an optimiser, or of one around or within it, which has its groups (accelerate, SAM)."""
        groups = {id(group) for group in optimiser.param_groups}
        around = (
            state.steps
            for other, state in list(self.optimisers.items())
            if other is not optimiser and any(id(group) in groups for group in other.param_groups)
        )
        return max(self.optimiser(optimiser).steps, *around, 0)

    def note_call(self, call: Call) -> None:
        """An outermost call is over."""
        if call.grad and call.module not in self.nets:
            self.nets = weakref.WeakSet([*self.nets, call.module])
        shape = tuple(call.inputs[0].shape) if call.inputs else ()
        self.last_call = LastCall(
            module=weakref.ref(call.module),
            rows=shape[0] if shape else None,
            shape=shape,
            training=call.training,
            grad=call.grad,
            output_shapes=tuple(tuple(output.shape) for output in call.outputs),
            place=user_place(),
        )

    def optimised(self) -> set[int]:
        """Ids of all parameters that an optimiser holds."""
        return {id(param) for optimiser in self.optimisers for param in params_of(optimiser)}

    def made_at(self, optimiser: object) -> Place:
        """Where an optimiser was made; nowhere for steps that are written by hand."""
        return self.optimiser(optimiser).created_at if isinstance(optimiser, Optimizer) else Place(None, None)

    def summary(self) -> Summary:
        not_checked = []
        for (noun, reason), kept in self.not_examined.items():
            plural = "s" if len(kept.subjects) > 1 else ""
            not_checked.append(f"{len(kept.subjects)} {noun}{plural} {reason} ({', '.join(sorted(kept.rules))})")
        return Summary(
            self.steps,
            self.optimisers_made,
            self.compiled,
            tuple(not_checked),
            by_hand=self.steps_by_hand > 0 and self.steps_by_hand == self.steps,
            watched=self.steps + self.backwards + self.grad_calls > 0,
        )
