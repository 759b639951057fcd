"""The check that keeps a loss from broadcasting: the net's output has exactly the shape that the task wants."""

from __future__ import annotations

from torch import Tensor

from goodfit.errors import ModelError


def refuse_shape(out: Tensor, wanted: tuple[int, ...], what: str) -> None:
    """Raise ModelError with both shapes."""
    raise ModelError(
        f"the net gave {tuple(out.shape)}; this task has {what} and wants {wanted}", mend="Change the net's last layer"
    )
