"""Dropout that is quick on a processor.

torch draws a number for each value there, 12 ns of one core: a sixth of the step of a small net for tables. Sixteen
bits of a number of 64 decide as well, in a quarter of the time. The method: Srivastava et al. 2014, "Dropout: a simple
way to prevent neural networks from overfitting".
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import handle_torch_function, has_torch_function_unary

VALUES = 1 << 16  # of the bits that decide
NUMBERS_A_DRAW = 4  # values that one number of 64 bits decides on
LEAST = -(1 << 63)


class QuickDropout(nn.Dropout):
    """x of any shape -> the same: in training a value is 0 with probability p, and 1 / (1 - p) times as large else."""

    def forward(self, input: Tensor) -> Tensor:
        return quick_dropout(input, self.p, self.training, self.inplace)


def quick_dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """As `torch.nn.functional.dropout`, which does it where `input` is not on a processor.

    The share p is rounded to 1/65,536. The bits come from torch's own generator: `torch.manual_seed` repeats them.
    """
    if has_torch_function_unary(input):
        result: Tensor = handle_torch_function(quick_dropout, (input,), input, p=p, training=training, inplace=inplace)
        return result
    dropped = round(p * VALUES)
    if not training or dropped == 0:
        return input
    if input.device.type != "cpu" or dropped == VALUES:
        return functional.dropout(input, p, training, inplace)
    count = input.numel()
    bits = torch.empty(-(-count // NUMBERS_A_DRAW), dtype=torch.int64).random_(LEAST, None)
    kept = bits.view(torch.int16)[:count].ge(dropped - VALUES // 2).view(input.shape)
    mask = kept.to(input.dtype).mul_(VALUES / (VALUES - dropped))
    return input.mul_(mask) if inplace else input * mask
