"""mask-of-ones: a mask that is to leave padding out is 1 everywhere.

What it checks
    A net is trained on ids (N, T), whole numbers that end in runs of one id of several lengths, which stands nowhere
    else: padding. Beside them it is given a tensor of that size that is 1 everywhere, in three batches, and none that
    says where the padding is.

Why it hurts
    The net attends to padding, or takes means over it: what it says of a short text depends on how long the longest one
    of its batch is.

Example
    mask = torch.ones(len(texts), length, dtype=torch.long)
    for row, text in enumerate(texts): mask[row, : len(text)] = 1

Instead
    mask = torch.zeros(len(texts), length, dtype=torch.long)          # or mask = (ids != PAD).long()

When it is a false alarm
    Ids whose last value is a sign like any other, and stands at the end alone.

Cost
    Comparisons of the ids of a few batches.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import NetCall
from goodfit.checks.engine.nested import tensors
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST, STEPS_AT_LEAST = 4, 4
PADDED_AT_LEAST = 0.2  # of the rows
LENGTHS_AT_LEAST = 3
BATCHES_AT_LEAST, CALLS_AT_MOST = 3, 12


class MaskOfOnes(LiveRule):
    code, level = "GF693", Level.WARNING

    def start(self) -> None:
        self.calls = self.times = 0

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        if not event.grad or not event.training or self.calls >= CALLS_AT_MOST:
            return
        given = [each for each in tensors([list(event.args), dict(event.kwargs)]) if each.dim() == 2]
        ids = next((each for each in given if _are_padded(each)), None)
        if ids is None:
            return
        self.calls += 1
        beside = [each for each in given if each is not ids and each.shape == ids.shape]
        others = [each for each in given if each.shape != ids.shape and each.shape[0] == ids.shape[0]]
        has_ones = any(bool((each == 1).all()) for each in beside)
        if not has_ones or others or not all(map(_is_constant, beside)):
            self.calls = CALLS_AT_MOST  # something else may say where the padding is
            return
        self.times += 1
        if self.times == BATCHES_AT_LEAST:
            self.calls = CALLS_AT_MOST
            share = float((ids == _padding(ids)).float().mean())
            yield self.finding(
                f"the mask {tuple(ids.shape)} that is given with the ids is 1 everywhere, and {share:.0%} of these are "
                "padding: the net reads it as text",
                "Begin with zeros, or take mask = (ids != PAD)",
            )


def _is_constant(x: Tensor) -> bool:
    return bool((x == x[0, 0]).all())


def _padding(ids: Tensor) -> int:
    """The commonest last id."""
    return int(ids[:, -1].mode().values)


def _are_padded(ids: Tensor) -> bool:
    """Whether rows of ids end in runs of one id that stands nowhere else."""
    if ids.dtype not in (torch.int64, torch.int32) or len(ids) < ROWS_AT_LEAST or ids.shape[1] < STEPS_AT_LEAST:
        return False
    is_pad = ids == _padding(ids)
    if not bool(is_pad.any()) or bool((is_pad.int().diff(dim=1) < 0).any()):  # it stands before another one
        return False
    lengths = is_pad.sum(1)
    varied = bool(((ids != ids[:, :1]) & ~is_pad).any())
    return (
        varied and float((lengths > 0).float().mean()) >= PADDED_AT_LEAST and len(lengths.unique()) >= LENGTHS_AT_LEAST
    )
