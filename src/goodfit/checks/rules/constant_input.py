"""constant-input: all rows that a net is given are the same, or one of their columns is.

What it checks
    In several batches of training every row equals the first; or, of at least 500 rows with at most 64 columns, a
    column has one value throughout, other than 1 (or 0, among columns that are mostly 0). Rows that come later, as
    those of another task, are looked at too while rules are awake.

Why it hurts
    Nothing can be learnt from what never differs: usually an index does not change, or a column was overwritten.

Example
    x = torch.stack([data[0] for i in indices])

Instead
    x = torch.stack([data[i] for i in indices])

When it is a false alarm
    A net that is meant to give the same output always, from one constant input. Columns that a module masks before it
    calls a net of its own are not looked at.

Cost
    A comparison with the first row in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import NetCall, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_frame, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted, number

BATCHES_AT_LEAST = 3
ROWS_AT_LEAST = 500
COLUMNS_AT_MOST = 64
COLUMNS_WITHOUT_INDICATORS = 16  # at most: among more, a column of zeros is nothing unusual
SHARE_OF_ONE_VALUE = 0.9  # of a batch: the column hardly ever varies
SHARE_OF_ZEROS = 0.6  # of the values: the columns are indicators
SHARE_OF_RECTIFIED = 0.05  # of the values, none of which is below 0


@dataclass
class Columns:
    """Columns of what a net is given.

    Attributes:
        low, high: (D,) their smallest and largest values so far.
        last: (N, D) the batch with which there were rows enough, and the line of its call.
        masked: (D,) bool the columns that a module which holds the net sets to 0 itself, as those of a flow do.
    """

    net: str
    low: Tensor
    high: Tensor
    rows: int = 0
    last: Tensor | None = None
    place: Place | None = None
    masked: Tensor | None = None


class ConstantInput(LiveRule):
    code, level = "GF107", Level.WARNING

    def start(self) -> None:
        self.equal_batches: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.varied: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # whose rows have differed
        self.columns: list[Columns] = []  # of each net
        self.index: weakref.WeakKeyDictionary[nn.Module, Columns] = weakref.WeakKeyDictionary()

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        if not (event.grad and event.training and event.inputs):
            return
        x = event.inputs[0].detach()
        if x.dim() < 2 or len(x) < 4 or not x.is_floating_point():
            return
        net = type(event.module).__name__
        is_asked_for_slopes = event.inputs[0].requires_grad  # at points of an equation, beside those of its start
        if not is_asked_for_slopes and event.module not in self.varied and bool((x == x[:1]).all()):
            batches = self.equal_batches[event.module] = self.equal_batches.get(event.module, 0) + 1
            if batches == BATCHES_AT_LEAST:
                yield self.finding(
                    f"all {counted(len(x), 'row')} that {net} is given are the same, in {BATCHES_AT_LEAST} batches",
                    "Check how a batch is put together: does the index change?",
                )
            return
        if not is_asked_for_slopes:
            self.varied.add(event.module)
        if x.dim() == 2 and x.shape[1] <= COLUMNS_AT_MOST:
            self._note(event.module, net, x)

    def _note(self, module: nn.Module, net: str, x: Tensor) -> None:
        known = self.index.get(module)
        if known is None:
            known = self.index[module] = Columns(net, x[0], x[0])
            self.columns.append(known)
        if known.low.shape != x[0].shape:
            return
        known.low, known.high = torch.minimum(known.low, x.amin(0)), torch.maximum(known.high, x.amax(0))
        known.rows += len(x)
        if known.place is None and known.rows >= ROWS_AT_LEAST:
            known.place, known.last, known.masked = user_place(), x, _masked(module, x)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for columns in self.columns:
            if columns.place is not None and columns.last is not None:
                yield from self._judge(columns, columns.last, columns.place)

    def _judge(self, columns: Columns, x: Tensor, place: Place) -> Iterator[Finding]:
        low = columns.low
        same = low == columns.high
        varying = x[:, ~same]
        if varying.numel() and bool(((varying == varying.median(0).values).float().mean(0) > SHARE_OF_ONE_VALUE).any()):
            return  # there are columns that hardly ever vary, so that one may not have varied yet
        zeros = float((varying == 0).float().mean()) if varying.numel() else 1.0
        rectified = bool((varying >= 0).all()) and zeros > SHARE_OF_RECTIFIED  # features of a net, one of them dead
        # a rare indicator may not have been 1 yet
        may_be_zero = zeros > SHARE_OF_ZEROS or rectified or len(low) > COLUMNS_WITHOUT_INDICATORS
        suspicious = (low != 0) | (not may_be_zero)
        if columns.masked is not None:
            suspicious &= ~columns.masked
        constant = (same & suspicious & (low != 1)).nonzero().flatten().tolist()
        if constant:
            yield self.finding(
                f"column {constant[0]} of what {columns.net} is given is {number(float(low[constant[0]]))} in all "
                f"of {counted(columns.rows, 'row')}",
                "Remove the column, or check where its values are lost",
                file=place.file,
                line=place.line,
            )


def _masked(net: nn.Module, x: Tensor) -> Tensor | None:
    """(D,) bool: columns that are 0 in x, and vary in the values that a module which holds the net has made x of."""
    frame = user_frame()
    holder = None if frame is None else frame.f_locals.get("self")
    if frame is None or not isinstance(holder, nn.Module) or not any(part is net for part in holder.modules()):
        return None
    whole = [each for each in frame.f_locals.values() if isinstance(each, Tensor) and each.shape == x.shape]
    varies = [(each.detach() != each.detach()[:1]).any(0) for each in whole]
    return torch.stack(varies).any(0) & (x == 0).all(0) if varies else None
