"""The calls of nets and the losses between two backwards, so that a rule can ask how targets follow from inputs."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from goodfit.checks.engine.events import Loss, NetCall
from goodfit.checks.engine.sequences import Shift, known_places, shift
from goodfit.checks.engine.time_probe import Reach, reach, reads_own
from goodfit.checks.engine.user_frame import Place, user_place

CALLS_KEPT, LOSSES_KEPT = 4, 4
NETS_EXAMINED = 4


@dataclass(frozen=True)
class KeptCall:
    """What is needed to call a net again."""

    net: weakref.ref[nn.Module]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    inputs: Sequence[Tensor]


@dataclass(frozen=True)
class KeptLoss:
    """The targets of a loss, and the user's line."""

    name: str
    target: Tensor
    ignore_index: int | None
    place: Place


@dataclass(frozen=True)
class Match:
    """Targets that are an input of a net moved in time."""

    call: KeptCall
    loss: KeptLoss
    x: Tensor
    shift: Shift

    def reach(self, net: nn.Module) -> Reach | None:
        """See `time_probe.reach`."""
        return reach(net, self.call.args, self.call.kwargs, self.x, self.shift.dim)


@dataclass(frozen=True)
class Filled:
    """Targets of some places, which are the tokens that a net is given there.

    Attributes:
        x: the input (N, T).
        places: (N, T) booleans.
    """

    call: KeptCall
    loss: KeptLoss
    x: Tensor
    places: Tensor

    def reads_own(self, net: nn.Module) -> bool | None:
        """See `time_probe.reads_own`."""
        return reads_own(net, self.call.args, self.call.kwargs, self.x, self.places)


class SequenceCalls:
    """Kept from one backward to the next, for nets that were not examined yet."""

    def __init__(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self._calls: list[KeptCall] = []
        self._losses: list[KeptLoss] = []

    def add_call(self, event: NetCall) -> None:
        """A call of a net whose input may be a sequence."""
        wanted = event.grad and event.training and event.module not in self.examined
        if wanted and len(self.examined) < NETS_EXAMINED and any(x.dim() in (2, 3) for x in event.inputs):
            kept = KeptCall(weakref.ref(event.module), event.args, event.kwargs, event.inputs)
            self._calls = [*self._calls[1 - CALLS_KEPT :], kept]

    def add_loss(self, event: Loss) -> None:
        """A loss, also one that is computed inside of the net."""
        if event.grad and len(self.examined) < NETS_EXAMINED:
            ignored = event.options.get("ignore_index")
            kept = KeptLoss(event.name, event.target.detach(), ignored, user_place())
            self._losses = [*self._losses[1 - LOSSES_KEPT :], kept]

    def filled(self) -> Iterator[tuple[nn.Module, Filled]]:
        """Nets whose targets count at some places alone, and are there what the net is given."""
        for call in self._calls:
            net = call.net()
            for loss in self._losses if net is not None and net not in self.examined else ():
                for x in call.inputs:
                    places = known_places(x, loss.target, loss.ignore_index)
                    if places is not None and net is not None:
                        yield net, Filled(call, loss, x, places)

    def matches(self) -> Iterator[tuple[nn.Module, Match]]:
        """Nets, with how the targets of a loss follow from an input of theirs. Nothing is kept afterwards."""
        calls, losses, self._calls, self._losses = self._calls, self._losses, [], []
        for call in calls:
            net = call.net()
            if net is None or net in self.examined:
                continue
            for loss in losses:
                for x in call.inputs:
                    moved = shift(x, loss.target, loss.ignore_index)
                    if moved is not None:
                        yield net, Match(call, loss, x, moved)
