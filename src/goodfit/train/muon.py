"""Muon: AdamW, but a step of a convolution's weights moves all directions alike.

Of a gradient as a matrix (outputs, inputs of one place) a few singular values are large and decide the step; what is
rare in the data lies in the small ones and is learnt late. Muon steps by the matrix of the same singular vectors
whose singular values are all near 1 (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, overload

import torch
from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer
from torch.optim.adamw import adamw

ITERATIONS = 5
A, B, C = 3.4445, -4.7750, 2.0315  # Jordan et al. 2024: steep at 0, so that small singular values rise fast
NOTHING = 1e-15  # of the norm: smaller ones are 0, for products of numbers near 1e-38 take a hundred times as long
RMS_OF_ADAMW = 0.2  # of its steps, so that one rate serves both (Liu et al. 2025, "Muon is scalable", section 2.2)


def orthogonal(matrix: Tensor) -> Tensor:
    """(M, N) -> (M, N) with the same singular vectors and singular values of 0.7 to 1.2; tiny ones stay smaller.

    Newton-Schulz iterations X <- (A + B XX' + C (XX')^2) X. Each multiplies by a polynomial of XX', and such matrices
    commute: they are all multiplied first, on the smaller side, and X is touched twice. That takes 0.4 of the
    operations for a 3x3 convolution.
    """
    if matrix.shape[0] > matrix.shape[1]:
        return orthogonal(matrix.T).T
    matrix = functional.hardshrink(matrix / (matrix.norm() + 1e-7), NOTHING)
    square = matrix @ matrix.T
    product = factor = _factor(square)
    for _ in range(ITERATIONS - 1):
        square = factor @ square @ factor
        factor = _factor(square)
        product = factor @ product
    return product @ matrix


def _factor(square: Tensor) -> Tensor:
    factor = torch.addmm(square, square, square, beta=B, alpha=C)
    factor.diagonal().add_(A)
    return factor


class Muon(Optimizer):
    """Muon with Nesterov momentum for convolution weights (outputs, inputs, high, wide); AdamW for all others."""

    def __init__(
        self,
        params: Iterable[Any],
        *,
        lr: float,
        momentum: float = 0.95,
        betas: tuple[float, float] = (0.9, 0.99),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        defaults = {"lr": lr, "momentum": momentum, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**defaults, "fused": True})  # said so that a loaded state lies where fused needs it

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step from the gradients; a closure makes them and gives the loss, as in torch."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            graded = [parameter for parameter in group["params"] if parameter.grad is not None]
            for parameter in graded:
                if parameter.dim() == 4:
                    self._turn(parameter, group)
            self._adamw([parameter for parameter in graded if parameter.dim() != 4], group)
        return loss

    def _turn(self, weight: Tensor, group: dict[str, Any]) -> None:
        assert weight.grad is not None
        state = self.state[weight]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(weight)
        state["momentum_buffer"].lerp_(weight.grad, 1 - group["momentum"])
        ahead = weight.grad.lerp(state["momentum_buffer"], group["momentum"])
        change = orthogonal(ahead.flatten(1)).reshape(weight.shape)
        weight.mul_(1 - group["lr"] * group["weight_decay"])
        weight.sub_(change, alpha=group["lr"] * RMS_OF_ADAMW * max(len(weight), weight[0].numel()) ** 0.5)

    def _adamw(self, held: list[Tensor], group: dict[str, Any]) -> None:
        for parameter in held:
            if not self.state[parameter]:
                self.state[parameter] = {
                    "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
                    "exp_avg": torch.zeros_like(parameter),
                    "exp_avg_sq": torch.zeros_like(parameter),
                }
        kept = [self.state[parameter] for parameter in held]
        beta1, beta2 = group["betas"]
        adamw(
            held,
            [parameter.grad for parameter in held if parameter.grad is not None],
            [state["exp_avg"] for state in kept],
            [state["exp_avg_sq"] for state in kept],
            [],
            [state["step"] for state in kept],
            fused=True,
            amsgrad=False,
            maximize=False,
            beta1=beta1,
            beta2=beta2,
            lr=group["lr"],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
        )
