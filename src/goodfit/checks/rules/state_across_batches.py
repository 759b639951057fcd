"""state-across-batches: a recurrent net begins with the state that it ended the batch before with, of other rows.

What it checks
    An RNN, LSTM or GRU is called with a state that is, value for value, one that it returned in the batch before, and
    the loader in use draws its rows at random. In three batches.

Why it hurts
    The state says what came before in another sequence. To this one it is noise, and it differs from the zeros that a
    prediction begins with.

Example
    hidden = tuple(h.detach() for h in hidden); out, hidden = lstm(x, hidden)            # shuffle=True

Instead
    out, _ = lstm(x)                                                     # zeros for each batch of new sequences

When it is a false alarm
    None is known: where batches are consecutive pieces of the same streams, as a carried state needs, none is shuffled.

Cost
    A copy of the states of each layer, and their comparison, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import RandomSampler, SubsetRandomSampler

from goodfit.checks.engine.events import Batch, Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3


class StateAcrossBatches(LiveRule):
    code, level = "GF275", Level.WARNING
    layers = (nn.RNNBase,)

    def start(self) -> None:
        self.batch = 0  # of all loaders, counted
        self.shuffles = False
        self.ended: weakref.WeakKeyDictionary[nn.Module, tuple[int, Tensor]] = weakref.WeakKeyDictionary()
        self.carried: set[int] = set()  # batches

    def on_batch(self, event: Batch) -> None:
        self.batch += 1
        sampler = getattr(event.loader, "sampler", None)
        self.shuffles = isinstance(sampler, (RandomSampler, SubsetRandomSampler)) and len(sampler) > 1

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, nn.RNNBase) or not self.batch:
            return
        before = self.ended.pop(event.module, None)
        begins = _first(event.args[1] if len(event.args) > 1 else event.kwargs.get("hx"))
        if self.shuffles and before is not None and before[0] == self.batch - 1 and begins is not None:
            state = before[1]
            if begins.shape == state.shape and bool(state.any()) and torch.equal(begins.to(state), state):
                self.carried.add(self.batch)
                if len(self.carried) == BATCHES_AT_LEAST:
                    yield self.finding(
                        f"{type(event.module).__name__} begins a batch with the state that it ended the one before "
                        "with, though the loader shuffles: the state is that of other sequences",
                        "Begin each batch with zeros: call it without a state",
                    )
        ends = _first(event.output[1]) if isinstance(event.output, tuple) and len(event.output) > 1 else None
        if ends is not None:
            self.ended[event.module] = self.batch, ends.detach().clone()


def _first(state: Any) -> Tensor | None:
    """The hidden state, of an LSTM's two the first."""
    state = state[0] if isinstance(state, (tuple, list)) and state else state
    return state if isinstance(state, Tensor) and not state.is_meta else None
