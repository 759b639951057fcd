"""scaler-never-steps: the gradient scaler skips every step.

What it checks
    Its scale has fallen in six updates in a row, to under 1, and no optimiser has stepped since the first of them; or
    that is where the program ends.

Why it hurts
    The scaler skips a step when a gradient is infinite or NaN. When all are, nothing is learnt, and no error is raised.

Example
    with torch.autocast("cuda", torch.float16): loss = 1e6 * criterion(net(x), y)

Instead
    Check what overflows in float16, or use bfloat16, which needs no scaler.

When it is a false alarm
    The first steps, in which a scale that began too high comes down, are not reported.

Cost
    One number with each update.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import Scaler, WatchEnds
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted, number

UPDATES_AT_LEAST = 6
SCALE_AT_LEAST = 1.0  # under it the scaler makes gradients smaller: they do not overflow because of it


class ScalerNeverSteps(LiveRule):
    code, level = "GF310", Level.ERROR
    sleepless = (Scaler,)

    def start(self) -> None:
        self.scale = 0.0
        self.falls = 0
        self.steps = 0
        self.first = 0.0
        self.waiting: Finding | None = None  # until the end, or until a step was made after all

    def on_scaler(self, event: Scaler) -> Iterator[Finding]:
        if event.action != "update" or not event.scaler.is_enabled():
            return
        scale = float(event.scaler.get_scale())
        if self.scale and scale < self.scale and self.program.steps == self.steps:
            self.falls += 1
        else:
            self.falls, self.first, self.waiting = 0, scale, None
        self.scale, self.steps = scale, self.program.steps
        if self.falls >= UPDATES_AT_LEAST - 1:
            place = user_place()
            self.waiting = self.finding(
                f"the gradient scaler has skipped {counted(self.falls + 1, 'step')} in a row, and its scale fell from "
                f"{self.first:,.0f} to {number(scale)}: every gradient holds infinity or NaN",
                "Check what overflows (large losses, a division by 0), or use bfloat16 without a scaler",
                file=place.file,
                line=place.line,
            )
            if scale < SCALE_AT_LEAST:
                yield self.waiting
                self.waiting = None

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """A scale that began too high may still have been on its way down."""
        if self.waiting is not None and self.program.steps == self.steps:
            yield self.waiting
