"""An experiment on a copy of a net: which outputs does the last (or the first) step of a sequence move?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from goodfit.checks.engine.mixing_probe import copied
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.rule import NotChecked

NOISE_FACTOR = 10.0  # how far a change has to stand out of what two equal passes differ by
SMALLEST_CHANGE = 1e-5  # of the size of the outputs


class Reach(NamedTuple):
    """What moves: outputs before the last step, and that of it, when the last one changes; later ones when the first
    one changes."""

    past: bool  # a later input moves an earlier output
    future: bool  # an earlier input moves a later output
    own: bool  # the last input moves the last output
    size: float  # of the largest move of the past


def reach(net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], x: Tensor, dim: int) -> Reach | None:
    """Change the last, then the first step of the input x; None where the output has no such dimension.

    Args:
        args, kwargs: of a call of the net, which hold x.
        dim: of x that is time.

    Raises:
        NotChecked: the net cannot be copied, or its copy cannot be run.
    """
    model = copied(net)
    with random_state_kept() as again, torch.no_grad():
        steps = x.shape[dim]
        first = _run(model, net, args, kwargs, x, x, dim)
        second = _run(model, net, args, kwargs, x, x, dim)
        again()
        last_changed = _run(model, net, args, kwargs, x, _changed(x, dim, steps - 1), dim)
        again()
        first_changed = _run(model, net, args, kwargs, x, _changed(x, dim, 0), dim)
    if first is None or second is None or last_changed is None or first_changed is None:
        return None
    if not first.shape == second.shape == last_changed.shape == first_changed.shape:
        return None
    limit = NOISE_FACTOR * float((first - second).abs().max()) + SMALLEST_CHANGE * float(first.abs().max())
    earlier = float((last_changed - first)[:-1].abs().max())
    later = float((first_changed - first)[1:].abs().max())
    own = float((last_changed - first)[-1].abs().max())
    return Reach(earlier > limit, later > limit, own > limit, earlier)


def reads_own(net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], x: Tensor, places: Tensor) -> bool | None:
    """Whether outputs at places of tokens x (N, T) move with the token there; None where the net gives no such output.

    Args:
        places: (N, T) booleans: of each row the first such place is changed.
    """
    model = copied(net)
    rows, at = torch.arange(len(x), device=x.device)[places.any(1)], places.long().argmax(1)[places.any(1)]
    other, known = x.clone(), torch.unique(x)
    other[rows, at] = known[(torch.searchsorted(known, x[rows, at].contiguous()) + 1) % len(known)]
    with random_state_kept() as again, torch.no_grad():
        first, second = (_run(model, net, args, kwargs, x, x, 1) for _ in range(2))
        again()
        moved = _run(model, net, args, kwargs, x, other, 1)
    if first is None or second is None or moved is None or first.dim() != 3 or first.shape != moved.shape:
        return None
    limit = NOISE_FACTOR * float((first - second).abs().max()) + SMALLEST_CHANGE * float(first.abs().max())
    change = (moved - first).transpose(0, 1) if first.shape[1] == len(x) else moved - first
    return float(change[rows, at].abs().max()) > limit


def _changed(x: Tensor, dim: int, step: int) -> Tensor:
    """x with other values in one step of every row: tokens that occur in x, or numbers far off."""
    changed = x.clone()
    values = changed.select(dim, step)
    if x.is_floating_point():
        values.add_(3 * x.float().std().clamp_min(1e-3).to(x.dtype))
    else:
        known = torch.unique(x)
        values.copy_(known[(torch.searchsorted(known, values.contiguous()) + 1) % len(known)])
    return changed


def _run(
    model: nn.Module, net: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], x: Tensor, other: Tensor, dim: int
) -> Tensor | None:
    """The output with its time first, in float; None where there is none of so many steps."""
    try:
        output = model(*_with(list(args), x, other), **_with(dict(kwargs), x, other))
    except Exception as error:  # the user's code: a net that runs in training alone, or keeps count of its calls
        raise NotChecked(net, "net", "that could not be run again") from error
    batch = x.shape[1 - dim] if dim < 2 else x.shape[0]
    for out in tensors(output):
        if out.dim() < 2 or not out.is_floating_point():
            continue
        for at in [dim, *range(1, out.dim())] if dim < 2 else range(out.dim() - 1, 0, -1):
            rows_at = 1 - at if at < 2 else 0
            if at < out.dim() and out.shape[at] == x.shape[dim] and out.shape[rows_at] == batch:
                return out.detach().float().movedim(at, 0)
    return None


def _with(value: Any, x: Tensor, other: Tensor) -> Any:
    """The same with `other` in the place of x."""
    if value is x:
        return other
    if isinstance(value, Tensor):
        return value.detach()
    if isinstance(value, dict):
        return {key: _with(each, x, other) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_with(each, x, other) for each in value)
    return value
