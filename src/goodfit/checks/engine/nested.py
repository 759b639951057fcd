"""The tensors of what a program hands over: a batch, a call's arguments, an output."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from torch.distributions import Distribution
from torch.nn.parameter import is_lazy


def tensors(data: Any, depth: int = 4) -> Iterator[Tensor]:
    """Tensors of nested lists, tuples and dicts, in their order: those whose values can be read as numbers."""
    if isinstance(data, Tensor):
        if is_lazy(data):  # of a lazy layer that was not called yet
            return
        if data.layout is torch.strided and not (data.is_nested or data.is_quantized or data.is_meta):
            yield data
    elif depth and isinstance(data, dict):
        for value in data.values():
            yield from tensors(value, depth - 1)
    elif depth and isinstance(data, (list, tuple)):
        for value in data:
            yield from tensors(value, depth - 1)
    elif depth and hasattr(data, "data") and hasattr(data, "keys"):  # BatchEncoding and the like
        yield from tensors(dict(data), depth - 1)
    elif depth and is_dataclass(data) and not isinstance(data, type):
        yield from tensors([getattr(data, field.name, None) for field in fields(data)], depth - 1)
    elif depth and isinstance(data, (SimpleNamespace, Distribution)):
        yield from tensors(list(vars(data).values()), depth - 1)


def mapped(data: Any, change: Callable[[Tensor], Tensor]) -> Any:
    """The same lists, tuples, dicts and dataclasses with other tensors in them; what else they hold is shared."""
    if isinstance(data, Tensor):
        return change(data)
    if isinstance(data, dict):
        return _like(data, {key: mapped(value, change) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(mapped(value, change) for value in data))
    if isinstance(data, (list, tuple)):
        return _like(data, [mapped(value, change) for value in data])
    if isinstance(data, SimpleNamespace) or (is_dataclass(data) and not isinstance(data, type)):
        other = copy.copy(data)
        for name, value in vars(data).items():
            object.__setattr__(other, name, mapped(value, change))  # a frozen one too: it is a copy
        return other
    return data


def _like(data: Any, values: Any) -> Any:
    """Values in a container of the same class, where that is made of them; plain otherwise."""
    kind = type(data)
    return kind(values) if kind in (list, tuple, dict) else values
