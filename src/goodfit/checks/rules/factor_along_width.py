"""factor-along-width: a number for each row of a batch is multiplied along its columns.

What it checks
    A tensor (N,) is multiplied with one of (N, ..., N), which broadcasts it along the last dimension; and the next call
    of a net gets a time or level for each of its N rows that the factor follows: it rises or falls with it, row by row.
    In two steps.

Why it hurts
    Each image gets the noise levels of all others, a column each, and the net is given another one. That it runs at all
    is because the batch is as large as an image is wide: with another size torch refuses it.

Example
    noisy = alpha_bar[t].sqrt() * x + (1 - alpha_bar[t]).sqrt() * noise        # x is (32, 1, 32, 32), t is (32,)

Instead
    a = alpha_bar[t].view(-1, 1, 1, 1); noisy = a.sqrt() * x + (1 - a).sqrt() * noise

When it is a false alarm
    None is known.

Cost
    The shapes of what is multiplied, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import AlongWidth, NetCall, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2
ROWS_AT_LEAST = 6  # that are in one order by chance once in 360
FACTORS_KEPT = 8


class FactorAlongWidth(LiveRule):
    code, level = "GF117", Level.ERROR

    def start(self) -> None:
        self.factors: list[tuple[Tensor, tuple[int, ...], Place]] = []  # since the last step
        self.levels: list[Tensor] = []
        self.steps = 0

    def on_product(self, event: AlongWidth) -> None:
        if len(event.factor) >= ROWS_AT_LEAST and len(self.factors) < FACTORS_KEPT:
            self.factors.append((event.factor.detach(), tuple(event.other.shape), user_place()))

    def on_call(self, event: NetCall) -> None:
        if event.grad and self.factors:
            rows = len(self.factors[0][0])
            self.levels += [x for x in event.inputs if x.numel() == rows == len(x) and not x.is_complex()]

    def on_step(self, event: Step) -> Iterator[Finding]:
        factors, self.factors = self.factors, []
        levels, self.levels = self.levels, []
        for factor, shape, place in factors:
            if any(_follows(factor, level.detach().flatten()) for level in levels):
                self.steps += 1
                if self.steps == STEPS_AT_LEAST:
                    yield self.finding(
                        f"a number for each of {shape[0]} rows, {tuple(factor.shape)}, is multiplied with {shape}: it "
                        "is broadcast along the last dimension, not along the rows",
                        f"Give it the other dimensions: .view(-1{', 1' * (len(shape) - 1)})",
                        file=place.file,
                        line=place.line,
                    )
                return


def _follows(factor: Tensor, level: Tensor) -> bool:
    """Whether one rises or falls with the other, row by row, and both have several values."""
    if factor.shape != level.shape or factor.device != level.device:
        return False
    order = level.argsort()
    level, factor = level[order].double(), factor[order].double()
    rises, change = level.diff() > 0, factor.diff()
    if int(rises.sum()) < ROWS_AT_LEAST - 1 or bool((change[~rises] != 0).any()):
        return False
    return bool((change[rises] > 0).all()) or bool((change[rises] < 0).all())
