"""Dropout that is quick on a processor.

torch draws a number for each value there, 12 ns of one core: a sixth of the step of a small net for tables. Sixteen
bits of a number of 64 decide as well, in a quarter of the time. The method: Srivastava et al. 2014, "Dropout: a simple
way to prevent neural networks from overfitting".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    mask = _kept(input, dropped).to(input.dtype).mul_(_scale(dropped))
    return input.mul_(mask) if inplace else input * mask


class ReluDropout(QuickDropout):
    """ReLU and then dropout, x of any shape -> the same.

    What is 0 behind both is what lets no gradient through: the output alone is kept for it, where each of the two keeps
    something of its own. In float32 values and gradients are those of the two, bit for bit.
    """

    def forward(self, input: Tensor) -> Tensor:
        dropped = round(self.p * VALUES)
        alone = not self.training or dropped in (0, VALUES) or input.device.type != "cpu"
        if alone or has_torch_function_unary(input):
            return quick_dropout(functional.relu(input), self.p, self.training)
        apply: Callable[[Tensor, int], Tensor] = _ReluDropout.apply
        return apply(input, dropped)


class _ReluDropout(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: Tensor, dropped: int) -> Tensor:
        ctx.scale = _scale(dropped)
        out = functional.relu(input).mul_(_kept(input, dropped)).mul_(ctx.scale)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        (out,) = ctx.saved_tensors
        return torch.ops.aten.threshold_backward(grads[0], out, 0) * ctx.scale, None


def _kept(input: Tensor, dropped: int) -> Tensor:
    """1 where a value of the input stays and 0 where it is dropped: float32, since it compares faster than integers."""
    count = input.numel()
    bits = torch.empty(-(-count // NUMBERS_A_DRAW), dtype=torch.int64).random_(LEAST, None)
    return bits.view(torch.int16)[:count].float().ge_(dropped - VALUES // 2).view(input.shape)


def _scale(dropped: int) -> float:
    return VALUES / (VALUES - dropped)
