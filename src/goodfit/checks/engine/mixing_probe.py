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

from goodfit.checks.rule import NotChecked

SCREENING_ROWS = 8  # of a batch, that may rule mixing out
SMALLEST_CHANGE = 1e-5  # of the size of the outputs: rounding is a hundredth of it
NOISE_FACTOR = 10.0  # how far a change has to stand out of what two equal passes differ by


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Every generator goes on afterwards as if nothing had been drawn."""
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002  # the one that programs share
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    with torch.random.fork_rng(devices=devices):
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)  # noqa: NPY002


def copied(net: nn.Module) -> nn.Module:
    """A copy in eval mode.

    Raises:
        NotChecked: a net that cannot be copied, such as one that keeps tensors with a graph.
    """
    try:
        with torch.no_grad():
            return copy.deepcopy(net).eval()
    except Exception as error:  # its own __deepcopy__ or __reduce__ may raise anything
        raise NotChecked(net, "net", "that could not be copied") from error


class RunFailed(Exception):
    """The copy of a net raised an exception."""


@dataclass(frozen=True)
class Mixing:
    """Row `changed` of the input was changed, and row `moved` of the output moved by `size`."""

    changed: int
    moved: int
    size: float


def mixing(net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Mixing | None:
    """Whether rows of the output depend on other rows of the input.

    The first, a middle and the last row are changed, one at a time, in a copy of the net in eval mode; two equal passes
    say how much noise there is. All of that only where a few rows do not rule it out. None also where the question has
    no answer: other inputs, or outputs, than one row a sample.

    Raises:
        NotChecked: a net that cannot be copied, or its copy cannot be run.
    """
    x = args[0] if args and isinstance(args[0], Tensor) else None
    if x is None or x.layout is not torch.strided or x.dim() < 2 or len(x) < 3:
        return None
    rows = len(x)
    chosen = sorted({0, rows // 2, rows - 1})
    model = copied(net)
    with random_state_kept(), torch.no_grad():
        if _ruled_out(model, x, args, kwargs):
            return None
        base = [_cut(value) for value in args]
        named = {name: _cut(value) for name, value in kwargs.items()}
        try:
            return _moved_row(model, base, named, chosen)
        except RunFailed as error:
            raise NotChecked(net, "net", "that could not be run again") from error


def _moved_row(net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], chosen: Sequence[int]) -> Mixing | None:
    """Change each chosen row of the first input: whether another row of the output moves."""
    x: Tensor = args[0]
    first, second = _run(net, args, kwargs), _run(net, args, kwargs)
    if first is None or second is None or first.dim() == 0 or len(first) != len(x) or second.shape != first.shape:
        return None
    noise = float((first - second).abs().max())
    for row in chosen:
        changed = x.clone()
        changed[row] = _other(changed, row)
        if bool((changed[row] == x[row]).all()):
            continue
        output = _run(net, [changed, *args[1:]], kwargs)
        if output is None or output.shape != first.shape:
            return None
        distances = (output - first).abs().reshape(len(x), -1).amax(1)
        own = float(distances[row])
        distances[row] = 0
        size, moved = float(distances.max()), int(distances.argmax())
        scale = max(own, float(first.abs().max()))
        if size > NOISE_FACTOR * noise + SMALLEST_CHANGE * scale:
            return Mixing(row, moved, size)
    return None


def _ruled_out(model: nn.Module, x: Tensor, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether the first rows alone go through the net, and those that stay as they are move not at all when three of
    them change: two cheap passes. On a CPU alone, where an index beyond these rows is an error like another.
    """
    if x.device.type != "cpu" or len(x) < 2 * SCREENING_ROWS:
        return False

    def first_rows(value: Any) -> Any:
        is_batch = isinstance(value, Tensor) and value.dim() and len(value) == len(x)
        return _cut(value[:SCREENING_ROWS] if is_batch else value)

    base, named = [first_rows(value) for value in args], {name: first_rows(value) for name, value in kwargs.items()}
    rows = [0, SCREENING_ROWS // 3, SCREENING_ROWS - 1]  # no mirror image of each other
    changed = base[0].clone()
    for row in rows:
        changed[row] = _other(base[0], row)
    if any(bool((changed[row] == base[0][row]).all()) for row in rows):
        return False
    try:
        first, second = _run(model, base, named), _run(model, [changed, *base[1:]], named)
    except RunFailed:  # such as a net of a fixed batch size: the whole batch decides
        return False
    if first is None or second is None or first.dim() == 0 or len(first) != SCREENING_ROWS:
        return False
    if second.shape != first.shape:
        return False
    distances = (second - first).abs().reshape(SCREENING_ROWS, -1).amax(1)
    size = float(distances.max())
    distances[rows] = 0
    return float(distances.max()) <= SMALLEST_CHANGE * max(size, float(first.abs().max()))


def _cut(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else value


def _other(x: Tensor, row: int) -> Tensor:
    """Another row's values, in another order where they are numbers, so that the change is large."""
    other = x[(row + 1) % len(x)]
    if x.is_floating_point():
        spread = x.float().std().clamp_min(1e-3).to(x.dtype)
        return other + 3 * spread
    return other


def _run(net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor | None:
    """The output in float; None where it is no tensor."""
    try:
        output = net(*args, **kwargs)
    except Exception as error:  # the user's code: a net that runs in training alone, or keeps count of its calls
        raise RunFailed from error
    if not isinstance(output, Tensor):
        return None
    output = output.detach()
    return (torch.view_as_real(output.resolve_conj()) if output.is_complex() else output).float()
