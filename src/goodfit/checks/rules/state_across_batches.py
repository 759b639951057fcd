"""state-across-batches: a recurrent net begins with the state that it ended the batch before with, of other rows.

What it checks
    An RNN, LSTM or GRU is called with a state that is, value for value, one that it returned in the batch before, and
    the loader in use draws its rows at random. In three batches. Without a loader: the same sequences, of eight steps
    and eight values or more, begin with the state left by others than at their last time, with a step of the optimiser
    between. Three times.

Why it hurts
    The state says what came before in another sequence. To this one it is noise, and it differs from the zeros that a
    prediction begins with.

Example
    hidden = tuple(h.detach() for h in hidden); out, hidden = lstm(x, hidden)            # shuffle=True

Instead
    out, _ = lstm(x)                                                     # zeros for each batch of new sequences

When it is a false alarm
    None is known: where batches are consecutive pieces of the same streams, as a carried state needs, none is shuffled,
    and what comes before a piece is the same in each epoch.

Cost
    A copy of the states of each layer, their comparison, and a number made of its input, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils.data import RandomSampler, SubsetRandomSampler

from goodfit.checks.engine.events import Batch, Call, Step
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3
STEPS_AT_LEAST = VALUES_AT_LEAST = 8  # of a sequence: shorter ones, and those of few values, are equal by chance


class Ended(NamedTuple):
    """How a layer's last call ended: in which batch, after how many steps of optimisers, of which input."""

    batch: int
    steps: int
    input: int | None
    state: Tensor


class StateAcrossBatches(LiveRule):
    code, level = "GF275", Level.WARNING
    layers = (nn.RNNBase,)

    def start(self) -> None:
        self.batch = 0  # of all loaders, counted
        self.steps = 0  # of all optimisers
        self.shuffles = False
        self.ended: weakref.WeakKeyDictionary[nn.Module, Ended] = weakref.WeakKeyDictionary()
        self.carried: set[int] = set()  # batches
        self.came_after: dict[int, int] = {}  # of an input, the one that left it its state
        self.after_others = 0

    def on_batch(self, event: Batch) -> None:
        self.batch += 1
        sampler = getattr(event.loader, "sampler", None)
        self.shuffles = isinstance(sampler, (RandomSampler, SubsetRandomSampler)) and len(sampler) > 1

    def on_step(self, event: Step) -> None:
        self.steps += 1

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, nn.RNNBase):
            return
        before = self.ended.pop(event.module, None)
        begins = _first(event.args[1] if len(event.args) > 1 else event.kwargs.get("hx"))
        given = _number_of(event.inputs[0]) if event.grad and not self.batch else None
        if before is not None and begins is not None and _goes_on(begins, before.state):
            if self.shuffles and before.batch == self.batch - 1:
                self.carried.add(self.batch)
                if len(self.carried) == BATCHES_AT_LEAST:
                    yield self._found(event.module, "though the loader shuffles: the state is that of other sequences")
            elif given is not None and before.input is not None and before.steps < self.steps:
                self.after_others += self.came_after.get(given, before.input) != before.input
                self.came_after[given] = before.input
                if self.after_others == BATCHES_AT_LEAST:
                    yield self._found(event.module, "though the same sequences come after different ones each time")
        ends = _first(event.output[1]) if isinstance(event.output, tuple) and len(event.output) > 1 else None
        if ends is not None:
            self.ended[event.module] = Ended(self.batch, self.steps, given, ends.detach().clone())

    def _found(self, layer: nn.Module, why: str) -> Finding:
        return self.finding(
            f"{type(layer).__name__} begins a batch with the state that it ended the one before with, {why}",
            "Begin each batch with zeros: call it without a state",
        )


def _goes_on(begins: Tensor, ended: Tensor) -> bool:
    return begins.shape == ended.shape and bool(ended.any()) and torch.equal(begins.to(ended), ended)


def _number_of(x: Tensor) -> int | None:
    """What stands for these sequences (..., D); None where they are short, or of few values, as texts and bits are."""
    if x.is_meta or not x.is_floating_point() or x.dim() < 2:
        return None
    if max(x.shape[:-1]) < STEPS_AT_LEAST or len(x.detach().unique()) < VALUES_AT_LEAST:
        return None
    return fingerprints(x.reshape(1, -1))[0]


def _first(state: Any) -> Tensor | None:
    """The hidden state, of an LSTM's two the first."""
    state = state[0] if isinstance(state, (tuple, list)) and state else state
    return state if isinstance(state, Tensor) and not state.is_meta else None
