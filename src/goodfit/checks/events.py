"""What the watcher tells the rules: one small record for each thing that a program does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from goodfit.checks import graph


def params_of(optimiser: Optimizer) -> list[Tensor]:
    """All parameters of an optimiser."""
    return [param for group in optimiser.param_groups for param in group["params"]]


@dataclass(frozen=True)
class Call:
    """A module was called.

    Attributes:
        root: the outermost module with parameters that is being called; the module itself when it is that one.
        inputs: positional and keyword arguments that are tensors, in their order.
        output: what it gave; None when it raised.
        parent: the module that called it, None for an outermost one.
        grad: whether gradients were being recorded.
    """

    module: nn.Module
    root: nn.Module
    inputs: Sequence[Tensor]
    output: Any
    parent: nn.Module | None
    training: bool
    grad: bool
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def outermost(self) -> bool:
        return self.module is self.root


@dataclass(frozen=True)
class Loss:
    """A loss function of torch is about to be called.

    Attributes:
        name: as in torch.nn.functional.
        input, target: the first two arguments.
        options: the others by name, with their defaults.
        grad: whether gradients are being recorded.
    """

    name: str
    input: Tensor
    target: Tensor
    options: Mapping[str, Any]
    grad: bool


@dataclass(frozen=True)
class Backward:
    """`backward` is about to run, or has run.

    Attributes:
        losses: the tensors that it starts from.
        given: whether gradients of these were given.
        into: whether `inputs=` names where gradients go.
    """

    losses: Sequence[Tensor]
    given: bool
    into: bool

    @cached_property
    def leaves(self) -> list[Tensor]:
        """Leaf tensors that gradients reach."""
        found: dict[int, Tensor] = {}
        for loss in self.losses:
            if loss.grad_fn is not None:
                found |= {id(leaf): leaf for leaf in graph.leaves(loss.grad_fn)}
            elif loss.requires_grad:
                found[id(loss)] = loss
        return list(found.values())


@dataclass(frozen=True)
class Step:
    """An optimiser has stepped."""

    optimiser: Optimizer

    @cached_property
    def params(self) -> list[Tensor]:
        """All that the optimiser holds."""
        return params_of(self.optimiser)


@dataclass(frozen=True)
class Zero:
    """Gradients are about to be zeroed, by an optimiser or a module."""

    owner: Optimizer | nn.Module

    @cached_property
    def params(self) -> list[Tensor]:
        """All whose gradients go."""
        return params_of(self.owner) if isinstance(self.owner, Optimizer) else list(self.owner.parameters())


@dataclass(frozen=True)
class Clip:
    """Gradients are about to be clipped."""

    params: Sequence[Tensor]
    limit: float


@dataclass(frozen=True)
class Schedule:
    """A scheduler of the learning rate is about to step."""

    scheduler: Any
    first: bool  # the step that its construction makes


@dataclass(frozen=True)
class Scaler:
    """A gradient scaler: "scale", "unscale_", "step" or "update" was called."""

    scaler: Any
    action: str


@dataclass(frozen=True)
class Epoch:
    """A data loader has been asked for its batches from the start."""

    loader: Any
    iterator: Any


@dataclass(frozen=True)
class Batch:
    """A data loader gave a batch; `indices` as its sampler said, None where there is none."""

    loader: Any
    number: int  # from 0 on in this epoch
    tensors: Sequence[Tensor]
    indices: Sequence[Any] | None


@dataclass(frozen=True)
class Compare:
    """Two tensors are compared by ==."""

    left: Tensor
    right: Tensor
    grad: bool


@dataclass(frozen=True)
class Read:
    """Classes or numbers are made of a tensor: argmax, max, tolist, numpy."""

    tensor: Tensor
    grad: bool


@dataclass(frozen=True)
class Reshape:
    """A tensor is viewed or reshaped to other sizes."""

    before: Tensor
    after: Tensor


@dataclass(frozen=True)
class Dropout:
    """A dropout function is called; `module` is the innermost module whose forward runs, None outside of any."""

    module: nn.Module | None
    root: nn.Module | None
    rate: float
    training: bool


@dataclass(frozen=True)
class Weights:
    """`action` is "state_dict" (taken from a module), "load_state_dict" or "save"."""

    action: str
    module: nn.Module | None
    state: Any


@dataclass(frozen=True)
class Autocast:
    """A lower precision was asked for; `works` says whether torch will use it here."""

    region: Any
    works: bool
