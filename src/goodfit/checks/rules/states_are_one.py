"""states-are-one: weights of several clients or epochs were put into a list, and all of them are the net's of now.

What it checks
    When a state is loaded into a net: a list of the function that loads holds two state dicts or more (alone, or beside
    a number of rows) whose tensors lie in the memory of this net.

Why it hurts
    A state dict is no copy. Clients that train the net itself train one after the other, and their mean is the net as
    the last one left it; an average of epochs is the last epoch.

Example
    for client in clients: states.append(client.train(net).state_dict())

Instead
    for client in clients: states.append(client.train(copy.deepcopy(net)).state_dict())

When it is a false alarm
    None is known.

Cost
    A look at lists of the functions that run, when a state is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from goodfit.checks.engine.events import Weights
from goodfit.checks.engine.user_frame import users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LAZY = (UninitializedParameter, UninitializedBuffer)
FRAMES, ENTRIES = 2, 64  # of the functions that run the innermost; of a list


class StatesAreOne(LiveRule):
    code, level = "GF347", Level.ERROR
    sleepless = (Weights,)

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        if event.action != "load_state_dict" or not isinstance(event.module, nn.Module):
            return
        values = (*event.module.parameters(), *event.module.buffers())
        own = {value.data_ptr() for value in values if _has_values(value)}
        for _, frame in zip(range(FRAMES), users_frames(), strict=False):
            for name, value in list(frame.f_locals.items()):
                if type(value) is list and 2 <= len(value) <= ENTRIES:
                    states = [state for entry in value if (state := _state(entry)) is not None]
                    if len(states) >= 2 and all(_lies_in(state, own) for state in states):
                        yield self.finding(
                            f"the {len(states)} states in '{name}' are the same tensors, those of the net of now: "
                            "their mean is the last one",
                            "Train a copy each time (copy.deepcopy(net)), or keep clones of the tensors",
                        )
                        return


def _state(entry: Any) -> Mapping[str, Any] | None:
    """The state dict that an entry is, or holds beside numbers."""
    parts = entry if isinstance(entry, tuple | list) else (entry,)
    return next((part for part in parts[:4] if isinstance(part, Mapping)), None)


def _has_values(value: Any) -> bool:
    """Whether it is a tensor of several values; a parameter that waits for its first batch has none."""
    return isinstance(value, Tensor) and not isinstance(value, LAZY) and value.numel() > 1


def _lies_in(state: Mapping[str, Any], memory: set[int]) -> bool:
    tensors = [value for value in state.values() if _has_values(value)]
    return bool(tensors) and all(each.data_ptr() in memory for each in tensors)
