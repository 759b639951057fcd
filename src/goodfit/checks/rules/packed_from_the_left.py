"""packed-from-the-left: sequences with their padding in front are packed, which keeps the padding and cuts their ends.

What it checks
    A recurrent layer is given packed sequences of several lengths. Each begins with one and the same vector, repeated
    as often as the sequence is shorter than one width that is the same for all of them.

Why it hurts
    pack_padded_sequence keeps the first steps of a row, as many as its length says. Of a row that is padded in front
    these are the padding and the beginning: the end of every sequence but the longest is never read.

Example
    ids = [PAD] * (width - len(tokens)) + tokens            # and then pack_padded_sequence(embed(ids), lengths)

Instead
    ids = tokens + [PAD] * (width - len(tokens))

When it is a false alarm
    None is known; sequences that begin with the same token are not reported, for it is not repeated in that way.

Cost
    One pass over the packed steps of a layer, in up to three calls of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LENGTHS_AT_LEAST = 3  # that differ, of rows which end in other steps than padding
CALLS_LOOKED_AT = 3
VALUES_AT_MOST = 20_000_000


class PackedFromTheLeft(LiveRule):
    code, level = "GF534", Level.WARNING
    layers = (nn.RNNBase,)

    def start(self) -> None:
        self.calls = 0

    def on_call(self, event: Call) -> Iterator[Finding]:
        packed = event.args[0] if event.args else event.kwargs.get("input")
        if self.calls == CALLS_LOOKED_AT or not isinstance(event.module, nn.RNNBase):
            return
        if not isinstance(packed, PackedSequence) or packed.data.numel() > VALUES_AT_MOST:
            return
        self.calls += 1
        lengths, padding = _lengths_and_padding(packed)
        if width := _width(lengths, padding):
            self.calls = CALLS_LOOKED_AT
            rows = int((padding > 0).sum())
            yield self.finding(
                f"{rows} of {len(lengths)} packed sequences begin with padding, each with as many steps of it as it is "
                f"shorter than {width}: packing keeps the first steps, and their ends are cut off",
                "Pad sequences at their end (padding_side='right', pad_sequence), then pack them",
            )


def _lengths_and_padding(packed: PackedSequence) -> tuple[Tensor, Tensor]:
    """(N,) of each row its steps, and how many of the first ones are what the shortest row begins with."""
    sizes, data = packed.batch_sizes, packed.data.detach()
    rows = int(sizes[0])
    is_padding = (data == data[rows - 1]).reshape(len(data), -1).all(1).cpu()
    lengths = (sizes[None] > torch.arange(rows)[:, None]).sum(1)
    padding, begins = torch.zeros(rows, dtype=torch.long), torch.ones(rows, dtype=torch.bool)
    for step in is_padding.split(sizes.tolist()):
        begins = begins[: len(step)] & step
        if not bool(begins.any()):
            break
        padding[: len(step)] += begins
    return lengths, padding


def _width(lengths: Tensor, padding: Tensor) -> int:
    """That all rows were padded to in front; 0 where they were not."""
    cut = (padding > 0) & (padding < lengths)
    widths, several = torch.unique((lengths + padding)[cut]), torch.unique(lengths[cut])
    if len(widths) != 1 or len(several) < LENGTHS_AT_LEAST:
        return 0
    width = int(widths[0])
    in_front = torch.minimum(lengths, width - lengths)  # a row of less than half the width is nothing else
    return width if bool((padding == in_front).all()) else 0
