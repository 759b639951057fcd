"""Shapes of a net's output: exactly what the task wants, so that no loss broadcasts; or one such output a member."""

from __future__ import annotations

import torch
from torch import Tensor

from goodfit.errors import ModelError


def refuse_shape(out: Tensor, wanted: tuple[int, ...], what: str) -> None:
    """Raise ModelError with both shapes."""
    raise ModelError(
        f"the net's output has shape {tuple(out.shape)}; this task has {what} and needs {wanted}",
        fix="Change the net's last layer",
    )


def each_member(out: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """(N, M, C) of a net of M members -> (N * M, C), with each row's target M times; all else as it is."""
    if out.dim() != 3:
        return out, y
    return out.flatten(0, 1), torch.repeat_interleave(y, out.shape[1], dim=0)
