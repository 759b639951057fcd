"""clips-nothing: gradients are clipped for parameters that have none.

What it checks
    clip_grad_norm_ or clip_grad_value_ of a line is given an empty list in every call, but perhaps the first, or a
    generator that was read to its end before, or parameters none of which ever has a gradient, while an optimiser steps
    on others that do.

Why it hurts
    Nothing is clipped, and the norm that is returned is 0. The run goes on as if there were no clipping: the spikes
    that it was to catch reach the weights.

Example
    params = model.parameters()
    optimizer = torch.optim.Adam(params)                # reads the generator to its end
    ...
    clip_grad_norm_(params, 1.0)                        # nothing is left in it

Instead
    params = list(model.parameters())

When it is a false alarm
    None is known: a line that sometimes clips something is left out.

Cost
    A look at the gradients' presence in the steps examined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from goodfit.checks.engine.events import Clip, Step, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3


@dataclass
class Calls:
    """Of a line: calls, those with no parameter at all, those of them with the iterator of the call before, and the
    ids of the parameters.
    """

    calls: int = 0
    empty: int = 0
    exhausted: int = 0
    iterator: object = None
    params: set[int] = field(default_factory=set)


class ClipsNothing(LiveRule):
    code, level = "GF314", Level.ERROR
    yields_to = ("loss-detached", "optimizer-never-steps")

    def start(self) -> None:
        self.lines: dict[Place, Calls] = {}
        self.with_gradients: set[int] = set()  # ids of parameters that had one when they were clipped or stepped
        self.steps_with_gradients = 0

    def on_clip(self, event: Clip) -> None:
        calls = self.lines.setdefault(user_place(), Calls())
        calls.calls += 1
        calls.empty += not event.params
        calls.exhausted += event.iterator is not None and event.iterator is calls.iterator and not event.params
        calls.iterator = None if event.params else event.iterator
        calls.params |= {id(param) for param in event.params}
        self.with_gradients |= {id(param) for param in event.params if param.grad is not None}

    def on_step(self, event: Step) -> None:
        present = {id(param) for param in event.params if param.grad is not None}
        self.with_gradients |= present
        self.steps_with_gradients += bool(present)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for place, calls in self.lines.items():
            if min(calls.calls, self.steps_with_gradients) < CALLS_AT_LEAST:
                continue
            always = calls.empty >= max(CALLS_AT_LEAST, calls.calls - 1)  # a generator is there for one call, at best
            if always or calls.exhausted >= CALLS_AT_LEAST:
                what = f"gradients are clipped for an empty list of parameters, in {calls.empty} of {calls.calls} calls"
                fix = "Keep the parameters in a list: list(model.parameters()); a generator can be read only once"
            elif calls.params & self.with_gradients:
                continue
            else:
                what = "gradients are clipped for parameters that never have one"
                fix = "Clip those of the net that is trained: clip_grad_norm_(model.parameters(), ...)"
            yield self.finding(f"{what}: nothing is clipped", fix, file=place.file, line=place.line, count=calls.calls)
