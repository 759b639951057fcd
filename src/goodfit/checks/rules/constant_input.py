"""constant-input: all rows that a net is given are the same, or one of their columns is.

What it checks
    In several batches of training every row equals the first; or, of at least 500 rows with at most 64 columns, a
    column has one value throughout, other than 1 (or 0, among columns that are mostly 0).

Why it hurts
    Nothing can be learnt from what never differs: mostly an index that does not move, or a column that was overwritten.

Example
    x = torch.stack([data[0] for i in indices])

Instead
    x = torch.stack([data[i] for i in indices])

When it is a false alarm
    A net that is meant to give the same output always, from one constant input.

Cost
    A comparison with the first row in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES = 3
ROWS = 500
COLUMNS = 64
FEW = 16  # columns, of which one of zeros is nothing usual
SELDOM = 0.9  # of a batch is one value
RARE = 0.6  # of the values are 0: indicators


class ConstantInput(LiveRule):
    code, level = "GF107", Level.WARNING

    def start(self) -> None:
        self.same: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.columns: weakref.WeakKeyDictionary[nn.Module, tuple[Tensor, Tensor, int]] = weakref.WeakKeyDictionary()
        self.told: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not (event.outermost and event.grad and event.training and event.inputs) or event.module in self.told:
            return
        x = event.inputs[0].detach()
        if x.dim() < 2 or len(x) < 4 or not x.is_floating_point() or event.inputs[0].requires_grad:
            return
        net = type(event.module).__name__
        if bool((x == x[:1]).all()):
            self.same[event.module] = self.same.get(event.module, 0) + 1
            if self.same[event.module] == BATCHES:
                self.told.add(event.module)
                yield self.finding(
                    f"all {len(x)} rows that {net} is given are the same, in {BATCHES} batches",
                    "Look at how a batch is put together: does the index move?",
                )
            return
        self.same[event.module] = -(10**6)  # rows differ: that is settled
        if x.dim() == 2 and x.shape[1] <= COLUMNS:
            yield from self._columns(event.module, net, x)

    def _columns(self, module: nn.Module, net: str, x: Tensor) -> Iterator[Finding]:
        low, high, rows = self.columns.get(module, (x[0], x[0], 0))
        if low.shape != x[0].shape:
            return
        low, high, rows = torch.minimum(low, x.amin(0)), torch.maximum(high, x.amax(0)), rows + len(x)
        self.columns[module] = (low, high, rows)
        if rows < ROWS:
            return
        self.told.add(module)
        same = low == high
        varying = x[:, ~same]
        if varying.numel() and bool(((varying == varying.median(0).values).float().mean(0) > SELDOM).any()):
            return  # there are columns that hardly ever vary, so that one may not have varied yet
        rare = float((varying == 0).float().mean()) > RARE if not bool(same.all()) else True
        telling = (low != 0) | (not rare and len(low) <= FEW)  # a rare indicator may not have come yet
        constant = (same & telling & (low != 1)).nonzero().flatten().tolist()
        if constant:
            yield self.finding(
                f"column {constant[0]} of what {net} is given is {float(low[constant[0]]):.4g} in all of {rows} rows",
                "Leave it out, or look at where it lost its values",
            )
