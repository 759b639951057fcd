"""nonfinite-input: a batch holds NaN or infinity.

What it checks
    Floating-point inputs of nets, and targets of loss functions.

Why it hurts
    One NaN in one row makes the loss NaN, then every weight, and training cannot recover.

Example
    x = torch.tensor(frame.values)                     # a frame with gaps

Instead
    Fill the gaps, with a flag beside them, before the values become a tensor.

When it is a false alarm
    Minus infinity in a second input, such as a mask, is not reported, nor are gaps that the net itself fills in.

Cost
    One look at the inputs in the first steps, and whenever the loss is not finite.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Call, Loss, NetCall
from goodfit.checks.engine.fingerprints import all_finite
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NUMBERS_SHOWN = 5


class NonfiniteInput(LiveRule):
    code, level = "GF106", Level.ERROR

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        for at, x in enumerate(event.inputs):
            if x.grad_fn is None and (where := _where(x, mask=at > 0)) and not _fills_gaps(event):
                yield self._finding("the input of a net", x, where)

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.options.get("reduction") == "none":  # a mask may follow: the loss itself is looked at later
            return
        if where := _where(event.target, mask=False):
            yield self._finding("the target of a loss", event.target, where)

    def _finding(self, what: str, x: Tensor, where: str) -> Finding:
        return self.finding(
            f"{what}, of shape {tuple(x.shape)}, holds NaN or infinity in {where}",
            "Fill in or leave out missing values before they become a tensor",
        )


def _fills_gaps(call: Call) -> bool:
    """Whether the net itself deals with missing values: none comes out of it."""
    numbers = [out for out in call.outputs if out.is_floating_point() and out.numel()]
    return bool(numbers) and all(all_finite(out.detach()) for out in numbers)


def _where(x: Tensor, *, mask: bool) -> str:
    """Rows and columns that hold NaN or infinity; empty when there are none. Minus infinity may be part of a mask."""
    if not x.is_floating_point() or not x.numel() or all_finite(x.detach()):
        return ""
    bad = ~torch.isfinite(x.detach()) & ((x.detach() != -torch.inf) if mask else True)
    if not bool(bad.any()):
        return ""
    if x.dim() == 0:
        return "its one value"
    flat = bad.reshape(len(x), -1)
    rows = flat.any(1).nonzero().flatten().tolist()
    where = f"row{'s' if len(rows) > 1 else ''} {_listed(rows)} of the batch"
    if x.dim() == 2:
        columns = flat.any(0).nonzero().flatten().tolist()
        where += f", column{'s' if len(columns) > 1 else ''} {_listed(columns)}"
    return where


def _listed(numbers: list[int]) -> str:
    more = f" and {len(numbers) - NUMBERS_SHOWN} more" if len(numbers) > NUMBERS_SHOWN else ""
    return ", ".join(str(number) for number in numbers[:NUMBERS_SHOWN]) + more
