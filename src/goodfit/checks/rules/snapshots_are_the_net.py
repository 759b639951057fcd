"""snapshots-are-the-net: snapshots of a net are kept in a list, and all of them are the net itself.

What it checks
    A list, tuple, deque or dictionary among the program's variables holds one module two times or more, and nothing
    else, when a net is evaluated or trained; it has grown since the optimiser stepped for the first time, so that nets
    of different moments were meant.

Why it hurts
    A list keeps references. The ensemble has one member, counted several times: its mean is the last net, and its
    spread is 0.

Example
    if epoch >= 4: snapshots.append(net)

Instead
    if epoch >= 4: snapshots.append(copy.deepcopy(net).eval())

When it is a false alarm
    Agents that share one net, whose list is made anew as training goes on.

Cost
    The program's variables are looked at when a net is evaluated, in the steps examined.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from torch import nn

from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.user_frame import user_place, users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOOKS_AT_MOST = 400
TIMES_AT_LEAST = 2
PLAIN = (list, tuple, deque, dict)


class SnapshotsAreTheNet(LiveRule):
    code, level = "GF604", Level.WARNING

    def start(self) -> None:
        self.lengths: dict[str, tuple[int, int]] = {}  # of a variable: how many nets it held, and after how many steps
        self.looked_at = -1  # steps at the last look
        self.looks = 0
        self.said = False

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        if not event.grad:
            yield from self._look()

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        yield from self._look()

    def _look(self) -> Iterator[Finding]:
        if self.said or self.looked_at == self.program.steps or self.looks >= LOOKS_AT_MOST:
            return
        self.looked_at, self.looks = self.program.steps, self.looks + 1
        for frame in users_frames():
            for name, value in list(frame.f_locals.items()):
                nets = _nets(value)
                if not nets:
                    continue
                before, steps = self.lengths.get(name, (0, 0))
                if len(nets) != before:
                    self.lengths[name] = len(nets), self.program.steps
                has_grown = 0 < before < len(nets) and self.program.steps > steps
                if has_grown and len(nets) >= TIMES_AT_LEAST and all(each is nets[0] for each in nets):
                    self.said = True
                    place = user_place()
                    yield self.finding(
                        f"{name} holds one {type(nets[0]).__name__} {len(nets)} times: what is kept is the net itself, "
                        "and not as it was",
                        "Keep copies: copy.deepcopy(net)",
                        file=place.file,
                        line=place.line,
                    )
                    return


def _nets(value: Any) -> list[nn.Module]:
    """What a list or the like holds, where that is modules alone."""
    if type(value) not in PLAIN or not value:
        return []
    held = list(value.values()) if type(value) is dict else list(value)
    return held if all(isinstance(each, nn.Module) for each in held) else []
