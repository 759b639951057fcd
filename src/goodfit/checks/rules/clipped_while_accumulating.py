"""clipped-while-accumulating: gradients are clipped after each of the passes that a step adds up.

What it checks
    Between two steps of an optimiser the gradients of the same parameters are clipped at one line, added to by another
    backward pass, and clipped there again; in two such windows. A limit of infinity, which only measures, is not meant.

Why it hurts
    The sum of the passes before is cut each time, so that the last mini-batch counts more than the others, and the
    step is not that of the whole batch.

Example
    for i, batch in enumerate(loader):
        loss(batch).backward(); clip_grad_norm_(net.parameters(), 1.0)
        if (i + 1) % 4 == 0: optimizer.step(); optimizer.zero_grad()

Instead
        if (i + 1) % 4 == 0: clip_grad_norm_(net.parameters(), 1.0); optimizer.step(); optimizer.zero_grad()

When it is a false alarm
    Clipping each pass on purpose, without zeroing in between. Programs that use Accelerate are not looked at.

Cost
    A counter at each call that clips, in the first steps.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from types import ModuleType

from goodfit.checks.engine.events import BackwardEnded, Clip, Step, Zero
from goodfit.checks.engine.user_frame import Place, user_place, users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

WINDOWS_AT_LEAST = 2

Key = tuple[Place, int]


class ClippedWhileAccumulating(LiveRule):
    code, level = "GF340", Level.WARNING
    yields_to = ("gradients-not-zeroed", "clip-out-of-order")

    def start(self) -> None:
        self.clipped: dict[Key, bool] = {}  # since the last step or zeroing: whether a pass has followed
        self.again: set[Key] = set()  # lines that clipped twice in this window
        self.windows: dict[Key, int] = {}

    def on_clip(self, event: Clip) -> None:
        if math.isinf(event.limit) or not event.params or _uses_accelerate():
            return  # Accelerate's programs clip and step in each pass, and leave it to Accelerate when that counts
        key = user_place(), id(event.params[0])
        if self.clipped.get(key):
            self.again.add(key)
        self.clipped[key] = False

    def after_backward(self, event: BackwardEnded) -> None:
        for key in self.clipped:
            self.clipped[key] = True

    def on_zero(self, event: Zero) -> None:
        self.clipped.clear()

    def on_step(self, event: Step) -> Iterator[Finding]:
        held = {id(param) for param in event.params} if self.again else set()
        for key in list(self.again):
            if key[1] not in held:
                continue
            self.windows[key] = self.windows.get(key, 0) + 1
            if self.windows[key] == WINDOWS_AT_LEAST:
                yield self.finding(
                    "gradients are clipped after each of the backward passes that one step adds up",
                    "Clip once, right before the step",
                    file=key[0].file,
                    line=key[0].line,
                )
        self.again.clear()
        self.clipped.clear()


def _uses_accelerate() -> bool:
    """Whether the code that runs has something of Accelerate's, in its file or as a variable."""
    for frame in users_frames() if "accelerate" in sys.modules else ():
        if any(map(_is_accelerates, [*frame.f_globals.values(), *frame.f_locals.values()])):
            return True
    return False


def _is_accelerates(value: object) -> bool:
    """Whether it is the package, a class of it, or an object of such a class."""
    kind = value if isinstance(value, type) else type(value)
    owner = value.__name__ if isinstance(value, ModuleType) else kind.__module__
    return str(owner).partition(".")[0] == "accelerate"
