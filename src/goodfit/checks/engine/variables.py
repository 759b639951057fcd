"""The user's own variables that are tensors, in the functions that are being executed in this thread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine.user_frame import users_frames


def tensors_by_name() -> Iterator[tuple[str, Tensor]]:
    """Their names and values, those of the innermost function first."""
    for frame in users_frames():
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, Tensor):
                yield name, value


def names_of_values(node: object) -> set[str]:
    """Variables whose values a node of the graph gave."""
    return {name for name, tensor in tensors_by_name() if tensor.grad_fn is node}


def attributes_of(value: object) -> dict[str, Any]:
    """Attributes of an object; none of a class, nor of a proxy that stands for nothing now."""
    if issubclass(type(value), type):
        return {}
    try:
        attributes = getattr(value, "__dict__", None)
    except Exception:  # the user's code: a proxy may raise anything
        return {}
    return dict(attributes) if type(attributes) is dict else {}
