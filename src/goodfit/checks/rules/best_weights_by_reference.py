"""best-weights-by-reference: the kept weights moved on with the net.

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

from torch import Tensor

from goodfit.checks.engine.events import Weights
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class BestWeightsByReference(LiveRule):
    code, level = "GF408", Level.ERROR
    sleepless = (Weights,)

    def start(self) -> None:
        self.survived: set[Place] = set()
        self.places: dict[int, tuple[int, int, Place]] = {}  # by where the memory lies: version, step, line
        self.taken: dict[int, tuple[weakref.ref[Tensor], int, int, Place]] = {}  # tensor, its version, step, line

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        if event.action == "state_dict":
            place, step = user_place(), self.program.steps
            for before in self.taken.values():
                if before[3] == place and before[0]() is not None and before[2] < step:
                    self.survived.add(place)  # what was taken here before was kept while the net moved on
            for tensor in tensors(event.state):
                if tensor.is_floating_point():
                    self.taken[id(tensor)] = (weakref.ref(tensor), tensor._version, step, place)
                    self.places[tensor.data_ptr()] = (tensor._version, step, place)
            self.taken = {key: kept for key, kept in self.taken.items() if kept[0]() is not None}
            return
        live = (
            None if event.module is None else {t.data_ptr() for t in event.module.state_dict(keep_vars=True).values()}
        )
        for tensor in tensors(event.state):
            kept = self.taken.get(id(tensor))
            alias = self.places.get(tensor.data_ptr())
            if kept is None and alias is not None and event.action == "load_state_dict" and live is not None:
                kept = (weakref.ref(tensor), *alias)  # such as v.detach(): another tensor, the same memory
            if kept is None or kept[0]() is not tensor or kept[2] == 0:
                continue
            survived = event.action == "load_state_dict" and kept[3] in self.survived
            if kept[1] == tensor._version and not survived:
                continue
            if live is not None and tensor.data_ptr() not in live:
                continue
            done = "loaded back" if event.action == "load_state_dict" else "saved"
            yield self.finding(
                f"the weights taken in step {kept[2]} are {done} in step {self.program.steps}, and they are "
                f"references: they have changed with the net, and are its present weights",
                "Copy them when you take them: copy.deepcopy(net.state_dict()), or save them to a file at once",
                file=kept[3].file,
                line=kept[3].line,
            )
            return
