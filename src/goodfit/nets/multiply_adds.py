"""Multiply-adds of a net of convolutions and linear layers, counted in a pass of real numbers.

torch's own counter, which `goodfit describe` uses, knows every operation; its first use takes a second, of what is
imported then. Where a fit waits for one number of a small net, this is it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

PRODUCTS = (torch.conv2d, functional.conv2d, functional.linear)


class _Counter(TorchFunctionMode):
    """Each number of an output is a sum over all inputs of a weight's row."""

    def __init__(self) -> None:
        super().__init__()
        self.count: int = 0

    def __torch_function__(
        self, func: Callable[..., Any], types: object, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if func in PRODUCTS:
            self.count += int(result.numel() * args[1][0].numel())
        return result


def multiply_adds(make: Callable[[], nn.Module], in_shape: tuple[int, ...]) -> float:
    """Of one image (C, H, W), of two that batch norm needs; torch's random streams stay where they were."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        net = make().train()
        with _Counter() as counter:
            net(torch.zeros(2, *in_shape))
    count: float = counter.count / 2
    return count
