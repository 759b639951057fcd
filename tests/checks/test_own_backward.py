"""backward-ignores-gradient: gradients are those of the chain rule only if a backward uses the one that it is given."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

import goodfit


class Passed(torch.autograd.Function):
    """The derivative alone; the right one multiplies it by the gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        x: Tensor = ctx.saved_tensors[0]
        return (x > 0).to(grad.dtype) * torch.ones_like(grad)


class Right(Passed):
    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, grads[0], 0.0)


class Once(Passed):
    """The same mistake behind a decorator of torch."""

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        x: Tensor = ctx.saved_tensors[0]
        return (x > 0).float()


class Stopped(Passed):
    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad.new_zeros(grad.shape)


class Again(Passed):
    """A graph of its own inside, as reversible and checkpointed blocks have it."""

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        x: Tensor = ctx.saved_tensors[0].detach().requires_grad_()
        with torch.enable_grad():
            torch.autograd.backward(x.clamp(min=0), grad)
        assert x.grad is not None
        return x.grad


def kernel(grad: Tensor, x: Tensor, out: Tensor) -> None:
    out.copy_(torch.where(x > 0, grad, 0.0))


class Kernel(Passed):
    """What is returned is written by a function that is given it."""

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        out = torch.empty_like(x)
        kernel(grad, x, out)
        return out


def losses(function: Any, factor: float) -> list[str]:
    torch.manual_seed(0)
    layer = torch.nn.Linear(4, 3)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.01)
    with goodfit.watch(quiet=True) as seen:
        for _ in range(4):
            loss = factor * function.apply(layer(torch.randn(8, 4))).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return [finding.rule for finding in seen.findings]


@pytest.mark.parametrize("function", [Passed, Once])
def test_a_backward_that_gives_the_derivative_alone(function: Any) -> None:
    assert losses(function, 0.5).count("backward-ignores-gradient") == 1


@pytest.mark.parametrize(
    ("function", "factor"), [(Right, 0.5), (Stopped, 0.5), (Again, 0.5), (Kernel, 0.5), (Passed, 1.0)]
)
def test_one_that_multiplies_stops_or_is_given_one(function: Any, factor: float) -> None:
    """Of a loss that is the plain sum the gradient is 1: the derivative alone is right."""
    assert "backward-ignores-gradient" not in losses(function, factor)
