"""What sequences hold: whether targets are the input moved in time, and which positions are padding."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

STEPS_AT_LEAST = 4  # of a sequence
KNOWN_SHARE = 0.5  # of the targets that are not ignored
SHIFTS = (0, 1, 2)
PLACES_AT_LEAST, TOKENS_AT_LEAST = 8, 4  # of targets that count at some places alone
PLACES_BEYOND_DOUBT, TOKENS_BEYOND_DOUBT = 32, 6  # that follow the input, where most targets are ignored
LENGTHS_AT_LEAST = 3  # different ones, where padding is recognised by its place alone


class Shift(NamedTuple):
    """`dim` of the input is time, and the target of a position is the input `steps` later; -1: the one before."""

    dim: int
    steps: int


def shift(x: Tensor, target: Tensor, ignore_index: int | None = None) -> Shift | None:
    """How targets follow from the input by a move in time; None where they do not, or where several moves would do.

    Args:
        x: (B, T) or (T, B) tokens; (B, T, F), (T, B, F) or (B, F, T) numbers.
        target: of the same shape, without the last steps or flattened as well.
        ignore_index: value of targets that do not count.
    """
    if x.dim() not in (2, 3) or x.is_floating_point() != target.is_floating_point() or target.numel() == 0:
        return None
    if x.device != target.device or target.numel() > x.numel():
        return None
    for dim in range(x.dim())[::-1] if x.dim() == 2 else (1, 0, 2):
        if x.shape[dim] < STEPS_AT_LEAST:
            continue
        fitting = [steps for steps in SHIFTS if _follows(x, target, dim, steps, ignore_index)]
        if not fitting and _follows(x, target, dim, -1, ignore_index):
            fitting = [-1]
        if len(fitting) == 1:
            return Shift(dim, fitting[0])
    return None


def _follows(x: Tensor, target: Tensor, dim: int, steps: int, ignore_index: int | None) -> bool:
    length = x.shape[dim]
    targets, rest = divmod(target.numel() * length, x.numel())  # steps of the target
    if rest or not length - SHIFTS[-1] <= targets <= length:
        return False
    later, before = max(steps, 0), max(-steps, 0)
    common = min(targets - before, length - later)
    values = target.reshape([*x.shape[:dim], targets, *x.shape[dim + 1 :]]).narrow(dim, before, common)
    expected = x.narrow(dim, later, common)
    if ignore_index is None and values.dtype == expected.dtype:
        return torch.equal(values, expected)  # which ends at the first value that differs
    known = torch.ones_like(values, dtype=torch.bool) if ignore_index is None else values != ignore_index
    if bool(((values != expected) & known).any()):
        return False
    if float(known.float().mean()) >= KNOWN_SHARE:
        return True
    return int(known.sum()) >= PLACES_BEYOND_DOUBT and len(torch.unique(values[known])) >= TOKENS_BEYOND_DOUBT


def known_places(x: Tensor, target: Tensor, ignore_index: int | None) -> Tensor | None:
    """(N, T) where targets count and are the tokens x (N, T) themselves, as they are wherever they count.

    None where they count at half of the places or more, or nearly nowhere, or leave out one token alone, such as
    padding.
    """
    if x.dim() != 2 or x.is_floating_point() or x.dtype == torch.bool or target.numel() != x.numel():
        return None
    if ignore_index is None or target.device != x.device or target.is_floating_point() or not x.numel():
        return None
    values = target.reshape(x.shape)
    places = values != ignore_index
    count = int(places.sum())
    if not PLACES_AT_LEAST <= count < KNOWN_SHARE * x.numel() or bool((values != x)[places].any()):
        return None
    filled, others = torch.unique(x[places]), torch.unique(x[~places])
    both = torch.isin(filled, others).sum()
    return places if len(filled) >= TOKENS_AT_LEAST and int(both) >= TOKENS_AT_LEAST else None


def padding(tokens: Tensor, padding_index: int | None) -> Tensor | None:
    """(B, T) where tokens (B, T) are padding; None where there is none, or it is not sure that there is.

    Without an index: the value that most rows end with, where it stands at the ends of rows alone, at most rows, and
    after several lengths.
    """
    if (
        tokens.dim() != 2
        or tokens.is_floating_point()
        or tokens.dtype == torch.bool
        or tokens.shape[1] < STEPS_AT_LEAST
    ):
        return None
    value = padding_index
    if value is None:
        value = int(torch.mode(tokens[:, -1]).values)
    pads = tokens == value
    lengths = tokens.shape[1] - pads.flip(1).long().cumprod(1).sum(1)  # up to the run that ends the row
    tail = torch.arange(tokens.shape[1], device=tokens.device) >= lengths[:, None]
    if not bool(pads.any()) or bool((pads != tail).any()):
        return None
    if padding_index is None and (
        len(torch.unique(lengths)) < LENGTHS_AT_LEAST or float((lengths < tokens.shape[1]).float().mean()) < KNOWN_SHARE
    ):
        return None
    return tail
