"""best-weights-by-reference: the kept weights change with the net.

What it checks
    A state_dict that was taken some steps ago is loaded back, or saved, and its tensors are still those of the live
    net, which have changed since.

Why it hurts
    state_dict() gives references. The "best" weights are those of the last step, and loading them changes nothing.

Example
    best = net.state_dict(); ...train on...; net.load_state_dict(best)

Instead
    best = copy.deepcopy(net.state_dict())

When it is a false alarm
    A state_dict saved at once is not reported.

Cost
    A note for each state_dict.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import NamedTuple

from torch import Tensor

from goodfit.checks.engine.events import Weights
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class Taken(NamedTuple):
    """A tensor of a state_dict, as it was when it was taken."""

    tensor: weakref.ref[Tensor]
    version: int
    step: int
    place: Place


class BestWeightsByReference(LiveRule):
    code, level = "GF408", Level.ERROR
    sleepless = (Weights,)

    def start(self) -> None:
        self.taken: dict[int, Taken] = {}  # by the tensor's id
        self.taken_at: dict[int, tuple[int, int, Place]] = {}  # by where its memory lies: version, step, line
        self.kept_from: set[Place] = set()  # lines whose state_dict was kept while the net changed

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        if event.action == "state_dict":
            self._take(event)
            return
        live = (
            None if event.module is None else {t.data_ptr() for t in tensors(event.module.state_dict(keep_vars=True))}
        )
        for tensor in tensors(event.state):
            taken = self.taken.get(id(tensor))
            alias = self.taken_at.get(tensor.data_ptr())
            if taken is None and alias is not None and event.action == "load_state_dict" and live is not None:
                taken = Taken(weakref.ref(tensor), *alias)  # such as v.detach(): another tensor, the same memory
            if taken is None or taken.tensor() is not tensor or taken.step == 0:
                continue
            kept = event.action == "load_state_dict" and taken.place in self.kept_from
            if taken.version == tensor._version and not kept:
                continue
            if live is not None and tensor.data_ptr() not in live:
                continue
            use = "loaded back" if event.action == "load_state_dict" else "saved"
            yield self.finding(
                f"the weights taken in step {taken.step} are {use} in step {self.program.steps}, and they are "
                f"references: they have changed with the net, and are its present weights",
                "Copy them when you take them: copy.deepcopy(net.state_dict()), or save them to a file at once",
                file=taken.place.file,
                line=taken.place.line,
            )
            return

    def _take(self, event: Weights) -> None:
        place, step = user_place(), self.program.steps
        if any(
            before.place == place and before.step < step and before.tensor() is not None
            for before in self.taken.values()
        ):
            self.kept_from.add(place)
        for tensor in tensors(event.state):
            if tensor.is_floating_point():
                self.taken[id(tensor)] = Taken(weakref.ref(tensor), tensor._version, step, place)
                self.taken_at[tensor.data_ptr()] = (tensor._version, step, place)
        self.taken = {key: taken for key, taken in self.taken.items() if taken.tensor() is not None}
