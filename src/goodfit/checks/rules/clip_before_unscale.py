"""clip-before-unscale: gradients are clipped while they are still multiplied by a gradient scaler.

What it checks
    clip_grad_norm_ or clip_grad_value_ after the backward of a scaled loss and before scaler.unscale_.

Why it hurts
    The scale is 65,536 at the start: every norm is far above the limit, so that after unscaling the gradients are
    clipped to nearly nothing.

Example
    scaler.scale(loss).backward(); clip_grad_norm_(net.parameters(), 1.0); scaler.step(optimizer)

Instead
    scaler.scale(loss).backward(); scaler.unscale_(optimizer); clip_grad_norm_(net.parameters(), 1.0); ...

When it is a false alarm
    A limit that is multiplied by the scale by hand.

Cost
    None: two flags.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import Clip, Scaler
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class ClipBeforeUnscale(LiveRule):
    code, level = "GF306", Level.ERROR

    def start(self) -> None:
        self.scale = 1.0  # of the gradients as they are now

    def on_scaler(self, event: Scaler) -> None:
        if event.action == "scale" and event.scaler.is_enabled():
            self.scale = float(event.scaler.get_scale())
        elif event.action in ("unscale_", "step", "update"):
            self.scale = 1.0

    def on_clip(self, event: Clip) -> Iterator[Finding]:
        if self.scale != 1.0 and event.limit < self.scale:
            yield self.finding(
                f"gradients are clipped to {event.limit:g} while the scaler has multiplied them by {self.scale:,.0f}",
                "Call scaler.unscale_(optimizer) before clipping",
            )
