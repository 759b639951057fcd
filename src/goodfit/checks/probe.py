"""Experiments on a copy of a net: does changing one row of the input change another row of the output?"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

FEW = 8  # rows of a batch that may rule mixing out
SMALL = 1e-5  # of the size of the outputs: rounding is a hundredth of it
NOISE = 10.0  # how far a change has to stand out of what two equal passes differ by


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Every generator goes on afterwards as if nothing had been drawn."""
    python, ours = random.getstate(), np.random.get_state()  # noqa: NPY002  # the one that programs share
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices=devices):
        try:
            yield
        finally:
            random.setstate(python)
            np.random.set_state(ours)  # noqa: NPY002


def copied(net: nn.Module) -> nn.Module | None:
    """A copy in eval mode; None of a net that cannot be copied (it keeps tensors with a graph)."""
    try:
        with torch.no_grad():
            return copy.deepcopy(net).eval()
    except (RuntimeError, TypeError, ValueError, NotImplementedError):
        return None


@dataclass(frozen=True)
class Mixing:
    """Row `changed` of the input was changed, and row `seen` of the output moved by `size`."""

    changed: int
    seen: int
    size: float


def mixing(net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Mixing | None:
    """Whether rows of the output depend on other rows of the input.

    The first, a middle and the last row are changed, one at a time, in a copy of the net in eval mode; two equal passes
    say how much noise there is. All of that only where a few rows do not rule it out. None also where the question has
    no answer: other inputs, or outputs, than one row a sample; a net that cannot be copied or run again.
    """
    x = args[0] if args and isinstance(args[0], Tensor) else None
    if x is None or x.dim() < 2 or len(x) < 3:
        return None
    rows = len(x)
    chosen = sorted({0, rows // 2, rows - 1})
    model = copied(net)
    if model is None:
        return None
    with random_state_kept(), torch.no_grad():
        if _ruled_out(model, x, args, kwargs):
            return None
        base = [_cut(value) for value in args]
        named = {name: _cut(value) for name, value in kwargs.items()}
        first = _run(model, base, named)
        second = _run(model, base, named)
        if first is None or second is None or first.dim() == 0 or len(first) != rows:
            return None
        noise = float((first - second).abs().max())
        for row in chosen:
            changed = base[0].clone()
            changed[row] = _other(changed, row)
            if bool((changed[row] == base[0][row]).all()):
                continue
            moved = _run(model, [changed, *base[1:]], named)
            if moved is None:
                return None
            away = (moved - first).abs().reshape(rows, -1).amax(1)
            own = float(away[row])
            away[row] = 0
            size, seen = float(away.max()), int(away.argmax())
            scale = max(own, float(first.abs().max()))
            if size > NOISE * noise + SMALL * scale:
                return Mixing(row, seen, size)
    return None


def _ruled_out(model: nn.Module, x: Tensor, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether the first rows alone go through the net, and those that stay as they are move not at all when three of
    them change: two cheap passes. On a CPU alone, where an index beyond these rows is an error like another.
    """
    if x.device.type != "cpu" or len(x) < 2 * FEW:
        return False

    def few(value: Any) -> Any:
        return _cut(value[:FEW] if isinstance(value, Tensor) and value.dim() and len(value) == len(x) else value)

    base, named = [few(value) for value in args], {name: few(value) for name, value in kwargs.items()}
    rows = [0, FEW // 3, FEW - 1]  # no mirror image of each other
    changed = base[0].clone()
    for row in rows:
        changed[row] = _other(base[0], row)
    if any(bool((changed[row] == base[0][row]).all()) for row in rows):
        return False
    first, second = _run(model, base, named), _run(model, [changed, *base[1:]], named)
    if first is None or second is None or first.dim() == 0 or len(first) != FEW or second.shape != first.shape:
        return False
    away = (second - first).abs().reshape(FEW, -1).amax(1)
    size = float(away.max())
    away[rows] = 0
    return float(away.max()) <= SMALL * max(size, float(first.abs().max()))


def _cut(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else value


def _other(x: Tensor, row: int) -> Tensor:
    """Another row's values, in another order where they are numbers, so that the change is large."""
    other = x[(row + 1) % len(x)]
    if x.is_floating_point():
        spread = x.float().std().clamp_min(1e-3).to(x.dtype)
        return other + 3 * spread
    return other


def _run(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor | None:
    try:
        out = model(*args, **kwargs)
    except Exception:  # a net that runs in training alone, or keeps count of its calls: nothing can be said
        return None
    return out.detach().float() if isinstance(out, Tensor) else None
