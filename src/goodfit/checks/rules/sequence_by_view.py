"""sequence-by-view: time and features of a sequence were swapped by view or reshape, which scrambles values.

What it checks
    A tensor (B, T, F) became (B, F, T) by view or reshape, and goes into a one-dimensional convolution, a recurrent
    layer or an attention.

Why it hurts
    view and reshape keep the order of values in memory: a "channel" is then a stretch of time with all its features one
    after the other. The net learns something from that too, and far less than it could.

Example
    x = x.view(x.size(0), x.size(2), x.size(1))        # (B, T, F) for nn.Conv1d

Instead
    x = x.transpose(1, 2)

When it is a false alarm
    None is known: outputs of one flat layer, whose order is the net's own, are left out.

Cost
    Shapes, and a weak reference for each such view, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Call, Reshape
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

READERS = (nn.Conv1d, nn.RNNBase, nn.MultiheadAttention, nn.TransformerEncoderLayer)
VIEWS_KEPT = 16


class SequenceByView(LiveRule):
    code, level = "GF112", Level.ERROR
    layers = READERS

    def start(self) -> None:
        self.swapped: dict[int, tuple[weakref.ref[Tensor], tuple[int, ...], Place]] = {}

    def on_reshape(self, event: Reshape) -> None:
        before, after = tuple(event.before.shape), tuple(event.after.shape)
        if len(before) != 3 or len(after) != 3 or before[0] != after[0]:
            return
        if before[1:] != after[:0:-1] or before[1] == before[2] or 1 in before[1:]:
            return
        node = event.before.grad_fn
        if node is not None and len(graph.shape_of(graph.behind(node))) < 3:
            return  # numbers of one flat layer
        if len(self.swapped) >= VIEWS_KEPT:
            self.swapped.clear()
        self.swapped[id(event.after)] = (weakref.ref(event.after), before, user_place())

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not self.swapped or not isinstance(event.module, READERS) or not event.inputs:
            return
        tensor, before, place = self.swapped.pop(id(event.inputs[0]), (None, (), Place(None, None)))
        if tensor is not None and tensor() is event.inputs[0]:
            yield self.finding(
                f"a view turned {before} into {tuple(event.inputs[0].shape)} for {type(event.module).__name__}: values "
                "stay where they are, so that time and features are mixed",
                "Swap the dimensions with transpose(1, 2) in place of view or reshape",
                file=place.file,
                line=place.line,
            )
