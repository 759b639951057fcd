"""adapter-added-twice: an adapter was merged into the weights that it adapts, and is still added to their output.

What it checks
    Of modules with two factors of low rank, B (m, r) and A (r, n), beside a weight (m, n) of theirs or a child's: since
    training began, the weight has changed by a multiple of B A; and in a call without gradients the output is that of
    the weight as it is now, and a multiple of B A x besides.

Why it hurts
    The net computes with twice the change that was trained. What is scored, saved or served is not the net that was
    validated.

Example
    self.weight.data += self.scale * self.B @ self.A; forward: F.linear(x, self.weight) + self.scale * x @ A.T @ B.T

Instead
    self.merged = True after merging, which forward asks for; or B set to zero.

When it is a false alarm
    None is known: both are computed.

Cost
    A product of the weight and a vector in each call without gradients of a module with such factors.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CLOSE = 1e-3  # of what is compared
CHANGED = 1e-5  # of the weight times a vector: less is rounding
PARAMETERS_AT_MOST = 8  # of a module that adapts one weight


class Adapted(NamedTuple):
    """A weight (m, n) with its bias, and the factors of low rank (r, n) and (m, r) beside it."""

    weight: Tensor
    bias: Tensor | None
    down: Tensor
    up: Tensor

    def times(self, x: Tensor) -> Tensor:
        """What the factors add, but for a scale, to the output for x (..., n)."""
        return functional.linear(functional.linear(x, self.down), self.up)


class AdapterAddedTwice(LiveRule):
    code, level = "GF479", Level.WARNING

    def start(self) -> None:
        self.adapted: weakref.WeakKeyDictionary[nn.Module, Adapted | None] = weakref.WeakKeyDictionary()
        self.before: weakref.WeakKeyDictionary[nn.Module, Tensor] = weakref.WeakKeyDictionary()  # weight, vector
        self.reported = False

    def on_call(self, event: Call) -> Iterator[Finding]:
        module, x = event.module, event.inputs[0] if len(event.inputs) == 1 else None
        if self.reported or x is None or not isinstance(event.output, Tensor):
            return
        if module not in self.adapted:
            self.adapted[module] = _adapted(module) if event.grad else None
        parts = self.adapted[module]
        if parts is None or not x.is_floating_point() or x.shape[-1:] != parts.weight.shape[1:]:
            return
        with torch.no_grad():
            if event.grad:
                if module not in self.before:
                    self.before[module] = _seen(parts.weight)
            elif module in self.before and self._is_merged(module, parts) and _is_added(parts, x, event.output):
                self.reported = True
                yield self.finding(
                    f"the factors of {type(module).__name__} are merged into the weight, which has changed by their "
                    "product, and are still added to its output: twice what was trained",
                    "Leave them out of forward once they are merged (self.merged = True), or set one factor to zero",
                )

    def _is_merged(self, module: nn.Module, parts: Adapted) -> bool:
        now = _seen(parts.weight)
        change = now - self.before[module].to(now)
        if float(change.norm()) <= CHANGED * float(now.norm()):
            return False
        return _is_multiple(change, parts.times(_vector(parts.weight)))


def _adapted(module: nn.Module) -> Adapted | None:
    """The weight that a module adapts; None where there is none, or more than one."""
    named = [(name, param) for name, param in module.named_parameters() if name.count(".") <= 1]
    if len(named) > PARAMETERS_AT_MOST or any(param.is_meta for _, param in named):
        return None
    matrices = [(name, param) for name, param in named if param.dim() == 2 and param.is_floating_point()]
    found = [
        Adapted(weight, dict(named).get(name.removesuffix("weight") + "bias"), down, up)
        for name, weight in matrices
        for _, down in matrices
        for _, up in matrices
        if down.shape[1] == weight.shape[1] and up.shape[0] == weight.shape[0] and down.shape[0] == up.shape[1]
        if down.shape[0] < min(weight.shape) and weight is not down and weight is not up
    ]
    return found[0] if len(found) == 1 else None


def _vector(weight: Tensor) -> Tensor:
    """The same for each weight of a width, such that no matrix of low rank makes it zero by chance."""
    generator = torch.Generator().manual_seed(1)
    return torch.randn(weight.shape[1], generator=generator).to(weight)


def _seen(weight: Tensor) -> Tensor:
    return weight.detach() @ _vector(weight)


def _is_added(parts: Adapted, x: Tensor, output: Tensor) -> bool:
    """Whether an output is that of the weight, and of the factors besides."""
    if output.shape != (*x.shape[:-1], len(parts.weight)) or (x.dtype, x.device) != (
        parts.weight.dtype,
        parts.weight.device,
    ):
        return False
    alone = functional.linear(x, parts.weight, parts.bias)
    more = output - alone
    return float(more.norm()) > CLOSE * float(alone.norm()) and _is_multiple(more, parts.times(x))


def _is_multiple(values: Tensor, of: Tensor) -> bool:
    """Whether values are a positive multiple of others of their shape, but for rounding."""
    length = float((of * of).sum())
    scale = float((values * of).sum()) / length if length else 0.0
    return scale > 0 and float((values - scale * of).norm()) <= CLOSE * float(values.norm())
