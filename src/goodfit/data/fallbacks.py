"""What a prediction of a rating rests on, where its user or its item was not in training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from goodfit.data.columns import Column

if TYPE_CHECKING:
    from torch import Tensor


class Fallbacks(Column):
    """What is said of each row.

    Args:
        codes: (N, 2) float32 of users and items.
        trained: how many of each are in training rows: those with the first codes from 1 on.
    """

    def __init__(self, codes: Tensor, trained: Mapping[str, int]) -> None:
        self._codes, self._trained = codes, trained

    def __len__(self) -> int:
        return len(self._codes)

    def _values(self, at: Any) -> list[Any]:
        return [self._of(int(user), int(item)) for user, item in self._codes[at].tolist()]

    def _of(self, user: int, item: int) -> str | None:
        codes = {"user": user, "item": item}
        new = [name for name, code in codes.items() if not 0 < code <= self._trained[name]]
        if not new:
            return None
        described = [name for name in new if codes[name] > 0]
        if described:
            return "; ".join(f"{name} not seen" + (": by its features" if name in described else "") for name in new)
        if len(new) == 2:
            return "neither seen: the overall mean"
        return "user not seen: the item's mean" if new == ["user"] else "item not seen: the user's mean"
