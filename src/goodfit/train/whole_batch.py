"""What looks across the rows of a batch, computed as in one process: batch norm and dropout, of any net.

Layers of a net are left as they are. While this mode is on, the functions under them are answered here: batch norm
takes mean and variance over the rows of all processes (Zhang et al. 2018, "Context encoding for semantic
segmentation", section 3.3; torch has it for GPUs alone), and dropout drops in each row what one process would drop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.module import register_module_forward_pre_hook
from torch.overrides import TorchFunctionMode

from goodfit.errors import ModelError
from goodfit.nets.dropout import quick_dropout
from goodfit.train.processes import Processes

LIKES = (torch.rand_like, torch.randn_like)
FILLS = (Tensor.bernoulli_, Tensor.uniform_, Tensor.normal_)  # stochastic depth draws by them
# by name, since the watcher answers for these functions while it looks
DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
ONE_BY_ONE = ("dropout", quick_dropout.__name__)


class WholeBatch(TorchFunctionMode):
    """While it is on, a forward pass of some rows is that of their whole batch, as far as rows matter to each other.

    Args:
        sync_norm: whether batch norm takes the rows of all processes; else each process normalises its own.
    """

    def __init__(self, processes: Processes, *, sync_norm: bool) -> None:
        super().__init__()
        self._processes, self._sync_norm = processes, sync_norm
        self._rows, self._before, self._whole = 0, 0, 0
        self._shared = False

    @contextmanager
    def rows(self, rows: int, before: int, whole: int, *, shared: bool) -> Iterator[None]:
        """A forward pass of `rows` rows, which come after `before` others in a batch of `whole`.

        Args:
            shared: whether the other processes have the others; else they have the same rows as this one.
        """
        self._rows, self._before, self._whole, self._shared = rows, before, whole, shared
        with self:
            yield

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of a loss.

        Raises:
            ModelError: a layer is computed again on the way (activation checkpointing): no mode of functions is on
                there, so that it would be another layer than in the forward pass.
        """
        hook = register_module_forward_pre_hook(_refuse_again)
        try:
            loss.backward()
        finally:
            hook.remove()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if self._shared and func is functional.batch_norm and self._sync_norm:
            return self._batch_norm(*args, **kwargs)
        if self._shared and func in (*LIKES, *FILLS) and args and self._is_of_batch(args[0]):
            return self._drawn(func, *args, **kwargs)
        name = getattr(func, "__name__", "")
        if self._shared and (func is quick_dropout or (name in DROPOUTS and func is getattr(functional, name))):
            return self._dropout(func, *args, **kwargs)
        return func(*args, **kwargs)

    def _batch_norm(
        self,
        input: Tensor,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Tensor:
        if not training:
            return functional.batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
        mean, variance, count = _moments(input, self._processes)
        if running_mean is not None and running_var is not None:
            with torch.no_grad():
                running_mean.lerp_(mean.to(running_mean.dtype), momentum)
                unbiased = variance * (count / (count - 1).clamp_min(1))
                running_var.lerp_(unbiased.to(running_var.dtype), momentum)
        apply: Callable[..., Tensor] = _BatchNorm.apply
        return apply(input, weight, bias, mean, variance, count, eps, self._processes)

    def _is_of_batch(self, x: Tensor) -> bool:
        return x.dim() > 0 and len(x) == self._rows

    def _drawn(self, func: Callable[..., Tensor], x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Random numbers in the shape of x: those that the whole batch draws for these rows."""
        own = slice(self._before, self._before + self._rows)
        whole = func(x.detach().new_empty((self._whole, *x.shape[1:])), *args, **kwargs)[own]
        return whole if func in LIKES else x.copy_(whole)

    def _dropout(
        self, func: Callable[..., Tensor], input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False
    ) -> Tensor:
        """What dropout makes of ones says what it does to each value: it is linear but for alpha dropout."""
        if not training or not self._is_of_batch(input):
            return func(input, p, training, inplace)
        own = slice(self._before, self._before + self._rows)
        if "alpha" in func.__name__:
            whole = input.new_zeros((self._whole, *input.shape[1:]))
            whole[own] = input
            return func(whole, p, True)[own]
        channels = func.__name__ not in ONE_BY_ONE  # whole maps are dropped: one number says it for all pixels
        shape = (self._whole, input.shape[1], *[1] * (input.dim() - 2)) if channels else (self._whole, *input.shape[1:])
        return input * func(input.detach().new_ones(shape), p, True)[own]


def _refuse_again(module: nn.Module, inputs: Any) -> None:
    raise ModelError(
        f"{type(module).__name__} is computed again in the backward pass, which is for one process",
        fix="Leave checkpointing of activations out, and give a smaller --batch-size with --accumulate",
    )


def _over(x: Tensor) -> list[int]:
    """The dimensions that batch norm takes the mean over: all but the channels."""
    return [dimension for dimension in range(x.dim()) if dimension != 1]


def _moments(x: Tensor, processes: Processes) -> tuple[Tensor, Tensor, Tensor]:
    """Mean and variance (C,) of the rows of all processes, and their count: parts are joined as by Chan et al. 1979."""
    values, channels = _exact(x.detach()), x.shape[1]
    count = x.numel() // channels
    held = values.new_zeros(processes.count, 1 + 2 * channels)
    if count:
        variance, mean = torch.var_mean(values, _over(x), correction=0)
        held[processes.rank] = torch.cat([mean.new_tensor([float(count)]), mean, variance * count])
    processes.sum(held)  # each process adds to its own line alone
    counts, means, squares = held.double().split([1, channels, channels], dim=1)
    total = counts.sum()
    mean = (counts * means).sum(0) / total
    variance = (squares.sum(0) + (counts * (means - mean).square()).sum(0)) / total
    return mean.to(values.dtype), variance.to(values.dtype), total


def _exact(x: Tensor) -> Tensor:
    """In float32 at least."""
    return x if x.dtype == torch.float64 else x.float()


class _BatchNorm(torch.autograd.Function):
    """Batch norm by given moments, whose gradient knows that they come from all rows of all processes."""

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor | None,
        bias: Tensor | None,
        mean: Tensor,
        variance: Tensor,
        count: Tensor,
        eps: float,
        processes: Processes,
    ) -> Tensor:
        ctx.save_for_backward(x, weight, mean, variance, count)
        ctx.eps, ctx.processes, ctx.has_bias = eps, processes, bias is not None
        return functional.batch_norm(x, mean, variance, weight, bias, False, 0.0, eps)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        x, weight, mean, variance, count = ctx.saved_tensors
        (grad,) = grads
        shape = [1, -1, *[1] * (x.dim() - 2)]
        scale = (variance + ctx.eps).rsqrt()
        normal = (_exact(x) - mean.view(shape)) * scale.view(shape)
        slope = _exact(grad)
        sums = torch.cat([slope.sum(_over(x)), (slope * normal).sum(_over(x))])
        of_bias, of_weight = sums.clone().chunk(2)
        ctx.processes.sum(sums)
        first, second = (part.view(shape) for part in (sums / count).to(sums.dtype).chunk(2))
        factor = scale if weight is None else scale * _exact(weight)
        of_x = (slope - first - normal * second) * factor.view(shape)
        return (
            of_x.to(x.dtype),
            None if weight is None else of_weight.to(weight.dtype),
            of_bias if ctx.has_bias else None,
            *[None] * 5,
        )
