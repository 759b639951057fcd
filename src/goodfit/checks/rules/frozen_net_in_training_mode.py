"""frozen-net-in-training-mode: a net that is not trained, such as a teacher, runs in training mode.

What it checks
    A net with dropout or batch norm runs in training mode, without gradients being recorded or with none of its
    parameters needing any, in eight steps of another net's training; no optimiser holds its parameters, and they are
    the same at the end as at the first of these steps. Or, before any training, a net with batch norm whose parameters
    are all frozen is called in training mode without gradients, at least twice, and never after that: it makes features
    of data.

Why it hurts
    Dropout makes its outputs noisy, and batch norm makes those of a row depend on the other rows, and goes on moving
    its running averages. The student learns from a worse teacher than the one that was measured.

Example
    for param in teacher.parameters(): param.requires_grad = False

Instead
    teacher.eval()
    for param in teacher.parameters(): param.requires_grad = False

When it is a false alarm
    Noise in the teacher on purpose. One that follows the student as an average is not reported.

Cost
    A number for each parameter of such a net, twice.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import NetCall, Step, WatchEnds
from goodfit.checks.engine.fingerprints import stamp
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 8
CALLS_AT_LEAST = 2  # that make features before training


@dataclass
class Fixed:
    """A net that may be one.

    Attributes:
        kind: its class.
        state: where each parameter lies, how often it was written to, and a few of its values.
        steps: in which it ran.
        trained: whether it was written to, or an optimiser has what may be learnt of it.
    """

    kind: str
    state: list[tuple[int, int, list[float]]]
    place: Place
    steps: int = 0
    trained: bool = False


class FrozenNetInTrainingMode(LiveRule):
    code, level = "GF425", Level.WARNING

    def start(self) -> None:
        self.nets: weakref.WeakKeyDictionary[nn.Module, Fixed] = weakref.WeakKeyDictionary()
        self.noted: list[Fixed] = []  # of all of them: a function's nets are gone when the program ends
        self.early: weakref.WeakKeyDictionary[nn.Module, Fixed] = weakref.WeakKeyDictionary()
        self.noted_early: list[tuple[Fixed, set[int]]] = []
        self.running: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: NetCall) -> None:
        net = event.module
        if net in self.early and (self.program.steps or not event.training):
            self.early[net].trained = True  # its averages were measured on purpose, or it goes along with training
        params = list(net.parameters()) if event.training else []
        if not event.training or not self.program.steps:
            if event.training and not event.grad:
                self._note_early(net, params)
            return
        if event.grad and any(param.requires_grad for param in params):
            return
        if net not in self.nets:
            if any(is_lazy(param) for param in params) or not any(_noisy(part) for part in net.modules()):
                return
            last = self.program.last_call
            fixed = Fixed(type(net).__name__, _state(net), last.place if last else Place(None, None))
            self.nets[net] = fixed
            self.noted.append(fixed)
        self.running.add(net)

    def _note_early(self, net: nn.Module, params: list[nn.Parameter]) -> None:
        """A call before the first step of the program."""
        if net in self.early:
            self.early[net].steps += 1
            return
        is_frozen = bool(params) and not any(is_lazy(param) or param.requires_grad for param in params)
        if is_frozen and any(part.training and isinstance(part, _BatchNorm) for part in net.modules()):
            last = self.program.last_call
            fixed = Fixed(type(net).__name__, [], last.place if last else Place(None, None), 1)
            self.early[net] = fixed
            self.noted_early.append((fixed, {id(param) for param in params}))

    def on_step(self, event: Step) -> None:
        optimised = self.program.optimised() if self.running else set()
        for net in list(self.running):
            fixed = self.nets[net]
            fixed.steps += 1
            fixed.trained = fixed.trained or _state(net) != fixed.state
            fixed.trained = fixed.trained or any(
                param.requires_grad and id(param) in optimised for param in net.parameters()
            )
        self.running.clear()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        optimised = self.program.optimised()
        for fixed, params in self.noted_early:
            if fixed.trained or fixed.steps < CALLS_AT_LEAST or params & optimised or not self.program.steps:
                continue
            yield self.finding(
                f"{fixed.kind} is frozen and makes features in training mode: its batch norms take the mean of each "
                f"batch, in {fixed.steps} calls, so that a row's features depend on the rows beside it",
                "Call eval() on it before features are made",
                file=fixed.place.file,
                line=fixed.place.line,
            )
        for fixed in self.noted:
            if fixed.steps < STEPS_AT_LEAST or fixed.trained:
                continue
            yield self.finding(
                f"{fixed.kind} is not trained, and runs in training mode: its dropout and batch norms are at "
                f"work in {fixed.steps} steps of another net's training",
                "Call eval() on it before training",
                file=fixed.place.file,
                line=fixed.place.line,
            )


def _state(net: nn.Module) -> list[tuple[int, int, list[float]]]:
    return [stamp(param) for param in net.parameters()]


def _noisy(part: nn.Module) -> bool:
    return part.training and (isinstance(part, _BatchNorm) or (isinstance(part, _DropoutNd) and part.p > 0))
