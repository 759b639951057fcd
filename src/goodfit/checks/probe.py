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

ROWS = 6  # of a batch that are enough for some to be changed at once and others to be looked at
SMALL = 1e-5  # of the size of the outputs: rounding is a hundredth of it
NOISE = 10.0  # how far a change has to stand out of what two equal passes differ by


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Every generator goes on afterwards as if nothing had been drawn."""
    python, ours = random.getstate(), np.random.get_state()  # noqa: NPY002  # the one that programs share
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]  # torch leaves it untyped
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

    The first, a middle and the last row are changed in a copy of the net in eval mode: all at once, and where other
    rows move, one at a time; two equal passes say how much noise there is. None also where the question has no answer:
    other inputs, or outputs, than one row a sample; a net that cannot be copied or run again.
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
        base = [_cut(value) for value in args]
        named = {name: _cut(value) for name, value in kwargs.items()}
        first = _run(model, base, named)
        if first is None or first.dim() == 0 or len(first) != rows:
            return None

        def moved(some: list[int], noise: float) -> Mixing | None:
            changed = base[0].clone()
            for row in some:
                changed[row] = _other(base[0], row)
            out = _run(model, [changed, *base[1:]], named)
            if out is None or bool((changed[some] == base[0][some]).all()):
                return None
            away = (out - first).abs().reshape(rows, -1).amax(1)
            own = float(away[some].max())
            away[some] = 0
            size, seen = float(away.max()), int(away.argmax())
            scale = max(own, float(first.abs().max()))
            return Mixing(some[0], seen, size) if size > NOISE * noise + SMALL * scale else None

        if rows >= ROWS and moved(chosen, 0.0) is None:
            return None
        second = _run(model, base, named)
        if second is None:
            return None
        noise = float((first - second).abs().max())
        return next((found for row in chosen if (found := moved([row], noise)) is not None), None)


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
