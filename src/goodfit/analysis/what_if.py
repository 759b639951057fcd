"""What a model would say of rows if some of their columns were other ones.

Of hundreds of boosted trees few ask for a certain column. All others say of a row that is changed there what they said
of it before, and are not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from torch import Tensor

from goodfit.nets.blend import Blend
from goodfit.nets.boosted_trees import BoostedTrees

WORTH_LEAVING_OUT = 0.5  # share of the trees: those that are left are asked for the unchanged rows as well

Outputs = Callable[[Any, Tensor], Tensor]


class WhatIf:
    """Outputs of a model for rows, and for copies of them in which columns are changed.

    Args:
        model: of rows x (N, D), or (N, D + lanes) where it reads terms of texts.
        outputs: (model, x) -> (N, ...), in eval mode.
        x: the rows.
    """

    def __init__(self, model: Any, outputs: Outputs, x: Tensor) -> None:
        self._model, self._outputs, self._x = model, outputs, x
        self._known: dict[tuple[int, ...], tuple[Any, Tensor | None]] = {}
        self._trees = _Trees.of(model, outputs, x)
        self.out = outputs(model, x)

    def changed(self, x: Tensor, columns: Sequence[int]) -> Tensor:
        """(n, ...) of x, the first n rows but for these columns."""
        at = tuple(columns)
        if at not in self._known:
            asked = None if self._trees is None else self._trees.asked_for(at)
            self._known[at] = (self._model, None) if asked is None else asked
        model, said_by_others = self._known[at]
        out = self._outputs(model, x)
        return out if said_by_others is None else out + said_by_others[: len(x)]


class _Trees:
    """Boosted trees of a blend, and what they say of the rows."""

    def __init__(self, blend: Blend, at: int, outputs: Outputs, x: Tensor) -> None:
        self._blend, self._at, self._outputs = blend, at, outputs
        self._trees = cast(BoostedTrees, blend.parts[at])
        self._rows = blend.narrow(x)
        self._said = outputs(self._trees, self._rows)

    @classmethod
    def of(cls, model: Any, outputs: Outputs, x: Tensor) -> _Trees | None:
        """None where a model has none."""
        parts = list(model.parts) if isinstance(model, Blend) else []
        at = next((at for at, part in enumerate(parts) if isinstance(part, BoostedTrees)), None)
        return None if at is None else cls(model, at, outputs, x)

    def asked_for(self, columns: tuple[int, ...]) -> tuple[Blend, Tensor] | None:
        """The blend with those trees alone that ask for these columns, and what the others say; None: most ask."""
        asking = self._trees.asking_for(columns, self._rows.shape[1])
        if len(asking.output) > WORTH_LEAVING_OUT * len(self._trees.output):
            return None
        parts = list(self._blend.parts)
        parts[self._at] = asking
        blend = Blend(parts).eval()
        blend.weights.copy_(self._blend.weights)
        others = self._said - self._outputs(asking, self._rows)
        return blend, self._blend.weights[self._at].cpu() * others
