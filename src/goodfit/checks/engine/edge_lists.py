"""Links of graphs among the user's variables: tensors, arrays and lists of pairs, or the two ends by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.user_frame import users_frames
from goodfit.checks.engine.variables import attributes_of
from goodfit.lazy_pattern import lazy_pattern

EDGES_AT_LEAST, EDGES_AT_MOST = 20, 2_000_000
VARIABLES_AT_MOST = 400
TRAIN = lazy_pattern(r"(^|[_.])(train|training|tr)(_|\.|$)", re.IGNORECASE)
HELD_OUT = lazy_pattern(r"(^|[_.])(test|valid|validation|val|eval|heldout|held_out|te)(_|\.|$)", re.IGNORECASE)
PLAIN = (str, int, float, type, type(None), FunctionType, ModuleType)
ENDS = {
    "u": "v", "us": "vs", "src": "dst", "srcs": "dsts", "row": "col", "rows": "cols", "head": "tail", "heads": "tails",
    "source": "target", "sources": "targets", "i": "j", "from": "to",
}  # fmt: skip  # what the two ends of links are called: train_u and train_v
WORDS = lazy_pattern(r"([_.])")


def edge_lists() -> Iterator[tuple[str, Tensor]]:
    """Links (2, E) of a part, training or held out, by the name of the variable."""
    left = VARIABLES_AT_MOST
    for frame in users_frames():
        known: dict[str, Any] = {}
        for name, value in list(frame.f_locals.items()):
            left -= 1
            if left < 0:
                return
            if isinstance(value, PLAIN):  # most are: what follows asks more than their type
                continue
            known[name] = value
            inner = {} if isinstance(value, Tensor | np.ndarray | list | tuple) else _inside(name, value)
            known |= {f"{name}.{key}": each for key, each in inner.items() if isinstance(key, str)}
        for name, value in known.items():
            if is_part(name):
                edges = _edges(value) if _other_end(name) is None else _joined(name, value, known)
                if edges is not None:
                    yield name, edges


def is_part(name: str) -> bool:
    """Whether a name says that this is training data, or that it is held out."""
    return TRAIN.search(name) is not None or HELD_OUT.search(name) is not None


def _inside(name: str, value: Any) -> Mapping[Any, Any]:
    """What a dictionary holds, or the attributes of what is named as a part."""
    if isinstance(value, dict):
        return value
    if name != "self" and not is_part(name):
        return {}
    return value if isinstance(value, Mapping) else attributes_of(value)


def _other_end(name: str) -> str | None:
    """train_v of train_u; None of what is called as no first end is."""
    words = WORDS.split(name)
    for at in range(len(words))[::-1]:
        if words[at].lower() in ENDS:
            other = ENDS[words[at].lower()]
            return "".join([*words[:at], other.upper() if words[at].isupper() else other, *words[at + 1 :]])
    return None


def _joined(name: str, value: Any, known: Mapping[str, Any]) -> Tensor | None:
    """Links of their two ends, which are variables by themselves, or of a matrix that is called as an end is."""
    ends = [_whole_numbers(each) for each in (value, known.get(_other_end(name) or ""))]
    first, second = ends
    if first is None or second is None or first.dim() != 1 or first.shape != second.shape:
        return _edges(value)
    return torch.stack([first, second]) if EDGES_AT_LEAST <= len(first) <= EDGES_AT_MOST else None


def _edges(value: Any) -> Tensor | None:
    """(2, E) of a matrix (2, E) or (E, 2), a list of pairs, or two vectors."""
    if isinstance(value, list | tuple):
        value = _of_sequence(value)
    matrix = _whole_numbers(value)
    if matrix is None or matrix.dim() != 2 or 2 not in matrix.shape:
        return None
    if not EDGES_AT_LEAST <= matrix.numel() // 2 <= EDGES_AT_MOST:
        return None
    return matrix if matrix.shape[0] == 2 else matrix.t()


def _of_sequence(pairs: Any) -> Any:
    """(2, E) of a list of pairs (or of triples, whose third is what a link is said to have), or of two vectors."""
    if len(pairs) == 2:
        ends = [_whole_numbers(each) for each in pairs]
        is_two = all(each is not None and each.dim() == 1 for each in ends) and len(pairs[0]) == len(pairs[1])
        return torch.stack([each for each in ends if each is not None]) if is_two else None
    if not EDGES_AT_LEAST <= len(pairs) <= EDGES_AT_MOST or not all(map(_is_pair, pairs[:EDGES_AT_LEAST])):
        return None
    if not all(map(_is_pair, pairs)):
        return None
    return torch.tensor([[int(each[0]) for each in pairs], [int(each[1]) for each in pairs]])


def _is_pair(value: Any) -> bool:
    """Two whole numbers, perhaps with a dictionary or a number after them."""
    if not isinstance(value, list | tuple) or len(value) not in (2, 3):
        return False
    third_is_value = len(value) == 2 or isinstance(value[2], dict | float)
    return third_is_value and all(isinstance(end, int | np.integer) and type(end) is not bool for end in value[:2])


def _whole_numbers(value: Any) -> Tensor | None:
    """A tensor or array of whole numbers, as one that nothing else writes to."""
    if isinstance(value, np.ndarray):
        return (
            torch.from_numpy(value.astype(np.int64)) if value.dtype.kind in "iu" and value.dtype.itemsize > 1 else None
        )
    if not isinstance(value, Tensor) or value.dtype not in (torch.int64, torch.int32) or value.is_meta:
        return None
    return value.detach().cpu().long() if value.layout is torch.strided and not value.is_nested else None
