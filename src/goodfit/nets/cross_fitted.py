"""Several nets of one architecture, each trained without its own fold of the rows: together they are one model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


class CrossFitted(nn.Module):
    """x -> (N, members, outputs) in training, (N, outputs) the mean of the members in eval mode.

    The member of a fold is trained on all rows but those of the fold, so that its outputs on these are honest: see
    `goodfit.train.cross_fitting`. New rows get the mean of all members.

    Args:
        members: nets with the same outputs, in the order of the folds.
    """

    def __init__(self, members: Iterable[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def measure(self, x: Tensor, **fixed: Any) -> None:
        """Let each member set its fixed numbers from training rows."""
        for member in self.members:
            method = getattr(member, "measure", None)
            if method is not None:
                method(x, **fixed)

    def forward(self, x: Tensor) -> Tensor:
        outs = [member(x) for member in self.members]
        if self.training:
            return torch.cat([out if out.dim() == 3 else out.unsqueeze(1) for out in outs], dim=1)
        return torch.stack(outs).mean(0)
