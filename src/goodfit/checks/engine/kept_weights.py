"""Weights that the user's code keeps beside those of a net: in variables, and in attributes of its objects."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from goodfit.checks.engine.user_frame import is_users, users_frames
from goodfit.checks.engine.variables import attributes_of

OWNERS_AT_MOST = 200  # objects whose attributes are looked at
PLAIN = (str, bytes, int, float, bool, complex, type(None), type, Tensor, Optimizer)
VALUES = 16


@dataclass(frozen=True)
class Kept:
    """A net, or a dict or list of tensors, that is found again where it was: averages are often made anew.

    Attributes:
        owner: the object whose attribute it is; None for the value of a variable.
        name: of the attribute or variable.
        value: it, as it was first seen.
    """

    owner: Any
    name: str
    value: Any

    def now(self) -> Any:
        """What is there now."""
        return self.value if self.owner is None else vars(self.owner).get(self.name)


def kept_weights() -> Iterator[Kept]:
    """Nets, dicts and lists of tensors in the functions that are being executed in this thread, and beside them."""
    seen: set[int] = set()
    for frame in users_frames():
        for variables in (frame.f_locals, frame.f_globals):
            for name, value in list(variables.items()):
                if not issubclass(type(value), PLAIN) and id(value) not in seen and len(seen) < OWNERS_AT_MOST:
                    seen.add(id(value))
                    yield from _of(name, value)


def _of(name: str, value: Any) -> Iterator[Kept]:
    """A variable's value, or what its attributes hold; of a net its parts."""
    if _is_kept(value):
        yield Kept(None, name, value)
    if issubclass(type(value), nn.Module):
        yield from (Kept(None, part, child) for part, child in value.named_children())
    elif _is_of_users_class(value):
        yield from (Kept(value, at, each) for at, each in attributes_of(value).items() if _is_kept(each))


def _is_of_users_class(value: Any) -> bool:
    name = type(value).__module__
    return name == "__main__" or is_users(getattr(sys.modules.get(name), "__file__", None) or "<frozen>")


def _is_kept(value: Any) -> bool:
    if issubclass(type(value), nn.Module):
        return True
    parts = list(value.values()) if type(value) is dict else value if type(value) in (list, tuple) else ()
    return bool(parts) and all(isinstance(part, Tensor) for part in parts)


def weights_in(kept: Any) -> list[Tensor]:
    """The parameters of a net, or the tensors of a dict or list; none where some have no values yet."""
    if isinstance(kept, nn.Module):
        weights: list[Tensor] = list(kept.parameters())
    else:
        weights = (
            list(kept.values()) if isinstance(kept, dict) else list(kept) if isinstance(kept, list | tuple) else []
        )
    return [] if any(not isinstance(each, Tensor) or is_lazy(each) for each in weights) else weights


def first_of_shape(weights: list[Tensor], shape: torch.Size) -> Tensor | None:
    """The first one of a shape."""
    return next((each for each in weights if each.shape == shape and _is_plain(each)), None)


def holds(weights: list[Tensor], others: list[Tensor]) -> bool:
    """Whether among some weights there are tensors of the shapes of all others."""
    return not Counter(each.shape for each in others) - Counter(each.shape for each in weights)


def first_large(weights: list[Tensor]) -> Tensor | None:
    """The first one whose values are worth following."""
    return next((each for each in weights if each.numel() >= VALUES and _is_plain(each)), None)


def _is_plain(weight: Tensor) -> bool:
    """Whether its values can be read."""
    return weight.is_floating_point() and weight.layout is torch.strided and not weight.is_meta


def some_values(weight: Tensor) -> Tensor:
    """The first values of a weight, in double precision."""
    return weight.detach().flatten()[:VALUES].double().cpu().clone()
