"""best-weights-by-reference: the kept weights change with the net.

What it checks
    A state_dict that was taken some steps ago is loaded back, into another net, or saved, and its tensors are still
    those of the live net, which have changed since (on a CPU, .cpu() is no copy). Or the tensors of a state_dict, or
    others kept from step to step, are averaged in place, and they are the weights themselves.

Why it hurts
    state_dict() gives references. The "best" weights are those of the last step, and loading them changes nothing.

Example
    best = net.state_dict(); ...train on...; net.load_state_dict(best)

Instead
    best = copy.deepcopy(net.state_dict())

When it is a false alarm
    A state_dict saved at once is not reported.

Cost
    A note for each state_dict, and for what is written in place in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import Weights, Write, params_of
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_WRITTEN_AT_LEAST = 2


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
        # By where its memory lies: that memory, which may be given to another tensor later, and version, step, line.
        self.taken_at: dict[int, tuple[StorageWeakRef, tuple[int, int, Place]]] = {}
        self.kept_from: set[Place] = set()  # lines whose state_dict was kept while the net changed
        self.kept: dict[int, tuple[weakref.ref[Tensor], int]] = {}  # written from their own memory: id -> in which step
        self.written: dict[Place, set[int]] = {}  # steps in which weights were written to through a state_dict

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        if event.action == "state_dict":
            self._take(event)
            return
        own = set() if event.module is None else _memory(event.module.state_dict(keep_vars=True))
        trained = {param.data_ptr() for net in self.program.nets for param in net.parameters() if not is_lazy(param)}
        for tensor in tensors(event.state):
            if not tensor.numel():
                continue  # all tensors without elements lie at address 0
            taken = self.taken.get(id(tensor))
            memory, alias = self.taken_at.get(tensor.data_ptr(), (None, None))
            if memory is not None and memory.expired():
                alias = None
            if taken is not None and taken.tensor() is not tensor:
                taken = None  # one that is gone had this id
            if taken is None and alias is not None and event.action == "load_state_dict":
                taken = Taken(weakref.ref(tensor), *alias)  # such as v.detach(): another tensor, the same memory
            if taken is None:
                continue
            kept = event.action == "load_state_dict" and taken.place in self.kept_from
            if (taken.version == tensor._version or taken.step == self.program.steps) and not kept:
                continue  # as it was, or written to by the program itself, with no step in between
            back = event.action == "load_state_dict" and tensor.data_ptr() in own
            if not back and (taken.step == 0 or tensor.data_ptr() not in trained):
                continue  # taken once to hand on the present weights, again and again
            use = "loaded back" if back else "loaded" if event.action == "load_state_dict" else "saved"
            yield self.finding(
                f"the weights taken in step {taken.step} are {use} in step {self.program.steps}, and they are "
                f"references: they have changed with the net, and are its present weights",
                "Copy them when you take them: copy.deepcopy(net.state_dict()), or save them to a file at once",
                file=taken.place.file,
                line=taken.place.line,
            )
            return

    def on_write(self, event: Write) -> Iterator[Finding]:
        """An average of the weights, or the like, is kept in tensors that are the weights themselves."""
        taken = self.taken.get(id(event.tensor))
        if taken is None or taken.tensor() is not event.tensor:
            yield from self._averaged_with_itself(event)
            return
        if taken.step == self.program.steps:
            return
        if event.tensor.data_ptr() not in self._optimised():
            return
        steps = self.written.setdefault(taken.place, set())
        steps.add(self.program.steps)
        if len(steps) == STEPS_WRITTEN_AT_LEAST:
            yield self.finding(
                f"the tensors of the state_dict taken in step {taken.step} are written to in place ({event.action}) "
                "after later steps, and they are references: the net's own weights are overwritten each time",
                "Copy them when you take them: {name: value.clone() for name, value in net.state_dict().items()}",
                file=taken.place.file,
                line=taken.place.line,
            )

    def _averaged_with_itself(self, event: Write) -> Iterator[Finding]:
        """A tensor kept since an earlier step is averaged with a weight, and both are one memory: it is no copy."""
        tensor, source = event.tensor, event.source
        if source is None or not tensor.numel() or not tensor.layout is source.layout is torch.strided:
            return
        if source.data_ptr() != tensor.data_ptr():
            return
        before = self.kept.get(id(event.tensor))
        if before is None or before[0]() is not event.tensor:
            self.kept[id(event.tensor)] = (weakref.ref(event.tensor), self.program.steps)
            return
        if before[1] == self.program.steps or not before[1] or event.tensor.data_ptr() not in self._optimised():
            return
        if isinstance(tensor, torch.nn.Parameter):
            yield self.finding(
                "a weight is averaged with itself in step after step: the net that follows and the one that is "
                "followed are the same object",
                "Make the second net with copy.deepcopy(net), and not by teacher = net",
            )
            return
        yield self.finding(
            "an average of the weights is kept in tensors that are the weights themselves (detach() is no copy): each "
            "weight is averaged with itself and written back into the net",
            "Copy them when the average begins: value.detach().clone()",
        )

    def _optimised(self) -> set[int]:
        """Where the memory of the parameters that an optimiser holds lies."""
        params = (param for optimiser in self.program.optimisers for param in params_of(optimiser))
        return {param.data_ptr() for param in params if not is_lazy(param)}

    def _take(self, event: Weights) -> None:
        place, step = user_place(), self.program.steps
        if any(
            before.place == place and before.step < step and before.tensor() is not None
            for before in self.taken.values()
        ):
            self.kept_from.add(place)
        for tensor in tensors(event.state):
            if tensor.is_floating_point() and tensor.numel():
                self.taken[id(tensor)] = Taken(weakref.ref(tensor), tensor._version, step, place)
                memory = StorageWeakRef(tensor.untyped_storage())
                self.taken_at[tensor.data_ptr()] = memory, (tensor._version, step, place)
        self.taken = {key: taken for key, taken in self.taken.items() if taken.tensor() is not None}


def _memory(state: Any) -> set[int]:
    return {tensor.data_ptr() for tensor in tensors(state)}
