"""Steps that a program makes by itself: `w -= lr * w.grad`, `p.data.add_(...)`, new weights in place of the old.

No optimiser tells of them. They are seen by the values of a few weights: after gradients were computed they are others.
"""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine import graph

WEIGHTS_EXAMINED = 4
ELEMENTS_EXAMINED = 64  # of each


@dataclass
class _Weight:
    tensor: weakref.ref[Tensor]
    shape: torch.Size
    values: Tensor  # the first ones, when its gradient came


class HandWritten(threading.local):
    """The program's own way to step, in the place of an optimiser; until an optimiser steps. Each thread has one.

    Attributes:
        params: the weights that the last gradients were for.
    """

    def __init__(self) -> None:
        self._weights: list[_Weight] = []
        self._params: list[weakref.ref[Tensor]] = []
        self._stopped = False

    @property
    def params(self) -> list[Tensor]:
        return [param for ref in self._params if (param := ref()) is not None]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """As an optimiser has them; the rate is unknown."""
        return [{"params": self.params, "lr": math.nan}]

    def stop(self) -> None:
        """An optimiser steps: it tells of its steps itself."""
        self._stopped = True
        self._weights = []

    def note(self, losses: Sequence[Tensor]) -> None:
        """A backward pass of these losses has computed gradients."""
        if self._stopped:
            return
        known = self.params
        if known and len(known) == len(self._params) and all(param.grad is not None for param in known[:8]):
            self.note_leaves(known)
        else:
            self.note_leaves(_leaves(losses))

    def note_leaves(self, leaves: Iterable[Tensor]) -> None:
        """Gradients of these have been computed."""
        if self._stopped:
            return
        params = [leaf for leaf in leaves if leaf.requires_grad and leaf.numel()]
        of_nets: list[Tensor] = [param for param in params if isinstance(param, nn.Parameter)]
        params = of_nets or params  # gradients of inputs, as in an attack, come with those of the weights
        self._params = [weakref.ref(param) for param in params]
        chosen = params[:: max(1, len(params) // WEIGHTS_EXAMINED)][:WEIGHTS_EXAMINED]
        self._weights = [_Weight(weakref.ref(param), param.shape, _sample(param)) for param in chosen]

    def has_moved(self, losses: Sequence[Tensor] = ()) -> bool:
        """Whether weights are others than when their gradients came; forgets these.

        Args:
            losses: those that are next: where the old weights are gone, new ones of the same shapes are in their place.
        """
        if self._stopped or not self._weights:
            return False
        alive = [(kept, weight) for kept in self._weights if (weight := kept.tensor()) is not None]
        moved = any(not torch.equal(_sample(weight), kept.values) for kept, weight in alive)
        if not moved and not alive and losses:
            shapes = {leaf.shape for leaf in _leaves(losses)}
            moved = all(kept.shape in shapes for kept in self._weights)
        if moved:
            self._weights = []
        return moved


def _sample(param: Tensor) -> Tensor:
    return param.detach().flatten()[:ELEMENTS_EXAMINED].clone()


def _leaves(losses: Sequence[Tensor]) -> list[Tensor]:
    return [leaf for loss in losses if loss.grad_fn is not None for leaf in graph.leaves(loss.grad_fn)]
