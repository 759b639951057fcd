"""reverse-edges-across-parts: of links that are stored in both directions, one is trained on and the other is scored.

What it checks
    When backward is called: two tensors of whole numbers (2, E) or (E, 2) among the program's variables, the values of
    its dictionaries and the attributes of its objects, one called training edges and one called test or validation
    edges. Nearly every pair of both has its reverse in one of them, so the graph has no direction; few pairs are in
    both parts as they are, and of a fifth of the held-out ones or more the reverse is in the training part.

Why it hurts
    (u, v) and (v, u) are one link. The net passes messages along it and is trained to give it a high score, and is then
    asked whether there is one: the AUC is that of links it knows.

Example
    perm = torch.randperm(edges.shape[1]); train, test = edges[:, perm[k:]], edges[:, perm[:k]]

Instead
    Split the pairs with u < v, and add the reverse of each to its own part; RandomLinkSplit(is_undirected=True)

When it is a false alarm
    Links with a direction of which each has its reverse.

Cost
    The variables are looked at in the first two passes; the pairs of two such tensors are sorted once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import user_place, users_frames
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

PASSES = 2
EDGES_AT_LEAST, EDGES_AT_MOST = 20, 2_000_000
NODES_AT_MOST = 2**31
SYMMETRIC_AT_LEAST = 0.98  # of the pairs of both parts
SHARED_AT_MOST, REVERSED_AT_LEAST = 0.02, 0.2  # of the held-out pairs
TRAIN = lazy_pattern(r"(^|[_.])(train|training|tr)(_|\.|$)", re.IGNORECASE)
HELD_OUT = lazy_pattern(r"(^|[_.])(test|valid|validation|val|eval|heldout|held_out|te)(_|\.|$)", re.IGNORECASE)
NEGATIVE = lazy_pattern(r"neg", re.IGNORECASE)
VARIABLES_AT_MOST = 400
PLAIN = (str, int, float, type, type(None), FunctionType, ModuleType, list, tuple)


class ReverseEdgesAcrossParts(LiveRule):
    code, level = "GF543", Level.WARNING

    def start(self) -> None:
        self.passes = 0
        self.compared: set[tuple[int, int]] = set()  # addresses

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES:
            return
        self.passes += 1
        edges = dict(_edges())
        trained = {name: each for name, each in edges.items() if TRAIN.search(name)}
        for name, held_out in edges.items():
            for other, train in trained.items() if HELD_OUT.search(name) and not TRAIN.search(name) else ():
                key = (train.data_ptr(), held_out.data_ptr())
                if key in self.compared:
                    continue
                self.compared.add(key)
                share = _reversed(train, held_out)
                if share is not None:
                    self.passes = PASSES
                    place = user_place()
                    yield self.finding(
                        f"{share:.0%} of the links of {name} are in {other} with their ends exchanged: the graph has "
                        "no direction, and they are links that were trained on",
                        "Split the pairs with u < v, then add the reverse of each to its own part",
                        file=place.file,
                        line=place.line,
                    )
                    return


def _edges() -> Iterator[tuple[str, Tensor]]:
    """Tensors (2, E) or (E, 2) of whole numbers among the user's variables, by name."""
    left = VARIABLES_AT_MOST
    for frame in users_frames():
        for name, value in list(frame.f_locals.items()):
            left -= 1
            if left < 0:
                return
            if isinstance(value, PLAIN):  # most are: what follows asks more than their type
                continue
            inner = {} if isinstance(value, Tensor) else _inside(name, value)
            found = {name: value} | {f"{name}.{key}": each for key, each in inner.items() if isinstance(key, str)}
            for full, each in found.items():
                if isinstance(each, Tensor) and _are_edges(each) and not NEGATIVE.search(full):
                    yield full, each if each.shape[0] == 2 else each.t()


def _inside(name: str, value: Any) -> Mapping[Any, Any]:
    """What a dictionary holds, or the attributes of what is named as a part."""
    if isinstance(value, dict):
        return value
    if not _is_part(name):
        return {}
    return value if isinstance(value, Mapping) else attributes_of(value)


def _is_part(name: str) -> bool:
    return name == "self" or TRAIN.search(name) is not None or HELD_OUT.search(name) is not None


def _are_edges(value: Tensor) -> bool:
    if value.dtype != torch.int64 or value.dim() != 2 or 2 not in value.shape or value.is_meta:
        return False
    return EDGES_AT_LEAST <= value.numel() // 2 <= EDGES_AT_MOST


def _reversed(train: Tensor, held_out: Tensor) -> float | None:
    """The share of the held-out pairs whose reverse is trained on; None where that is no mistake."""
    both = torch.cat([train.detach().cpu(), held_out.detach().cpu()], 1)
    if int(both.min()) < 0 or int(both.max()) >= NODES_AT_MOST:
        return None
    base = int(both.max()) + 1
    own, turned = both[0] * base + both[1], both[1] * base + both[0]
    count = train.shape[1]
    loops = both[0] == both[1]
    if float(torch.isin(turned, own).float().mean()) < SYMMETRIC_AT_LEAST or bool(loops[count:].any()):
        return None
    as_they_are = float(torch.isin(own[count:], own[:count]).float().mean())
    share = float(torch.isin(turned[count:], own[:count]).float().mean())
    return share if as_they_are <= SHARED_AT_MOST and share >= REVERSED_AT_LEAST else None
