"""Outputs of a net on given rows, in their order."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from goodfit.data.epochs import Feed
from goodfit.errors import ModelError
from goodfit.train.memory import shrinking
from goodfit.train.precision import Precision


def outputs(net: nn.Module, feed: Feed, rows: Tensor, precision: Precision, batch_size: int | None = None) -> Tensor:
    """(len(rows), ...) float32 on the CPU: the net in eval mode on rows that are not augmented.

    The net's mode is put back afterwards. Out of memory halves the batch and tries again.
    """
    modes = [(module, module.training) for module in net.modules()]
    net.eval()

    def forward(size: int) -> Tensor:
        with torch.inference_mode(), precision.autocast(feed.device):
            pieces = [_checked(net(batch.x), batch.x) for batch in feed.in_order(rows, size)]
            return torch.cat(pieces).float().cpu() if pieces else torch.zeros(0)

    try:
        return shrinking(forward, batch_size or 2 * feed.batch_size)[0]
    finally:
        for module, training in modes:
            module.training = training


def _checked(out: Tensor, x: Tensor) -> Tensor:
    if not isinstance(out, Tensor) or out.dim() == 0 or len(out) != len(x):
        shape = tuple(out.shape) if isinstance(out, Tensor) else type(out).__name__
        raise ModelError(
            f"the net gave {shape} for a mini-batch of {len(x)} rows",
            mend="Keep the batch dimension first: (N, ...) in, (N, ...) out",
        )
    return out
