"""Events of what nets compute: calls, losses, distributions, what is read, written and reshaped, and weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from goodfit.checks.engine.event import Event, event
from goodfit.checks.engine.nested import tensors


@event
class Call(Event):
    """A module was called.

    Attributes:
        root: the outermost module with parameters that is being called; the module itself when it is that one.
        inputs: positional and keyword arguments that are tensors, in their order.
        output: what it returned; None when it raised.
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

    @cached_property
    def outputs(self) -> list[Tensor]:
        """Tensors of the output, also where that is a tuple, dict, dataclass, distribution ..., in their order."""
        return list(tensors(self.output))


class NetCall(Call, Event):
    """A net was called: an outermost module with parameters. Those who listen to calls hear of it too."""


@event
class Loss(Event):
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


@event
class OtherLoss(Event):
    """A loss of torch that takes more than an input and its target is about to be called.

    Attributes:
        name: as in torch.nn.functional: ctc_loss, triplet_margin_loss ...
        arguments: by name, with their defaults.
    """

    name: str
    arguments: Mapping[str, Any]
    grad: bool


@event
class NewDistribution(Event):
    """A distribution of torch.distributions has been made.

    Attributes:
        params: its arguments that are tensors, as they were given, by name: `logits`, `probs`, `loc`, ...
    """

    distribution: Distribution
    params: Mapping[str, Tensor]
    grad: bool

    @property
    def kind(self) -> str:
        """The name of its class, such as Categorical."""
        return type(self.distribution).__name__


@event
class LogProb(Event):
    """A distribution is asked for the logarithm of the probability (density) of values: a loss by another name."""

    distribution: Distribution
    value: Tensor
    grad: bool


@event
class Sample(Event):
    """sample() of a distribution gave a value, with no gradient; `root` is the outermost module whose forward runs."""

    distribution: Distribution
    value: Tensor
    grad: bool
    root: nn.Module | None


@event
class Write(Event):
    """A tensor is about to be written to in place, without gradients being recorded.

    It needs no gradient itself, or it is also what is written.

    Attributes:
        action: the method: mul_, add_, sub_, lerp_.
        source: its first argument that is a tensor.
    """

    tensor: Tensor
    action: str
    source: Tensor | None


@event
class Compare(Event):
    """Two tensors are compared by ==."""

    left: Tensor
    right: Tensor
    grad: bool


@event
class EqualTo(Event):
    """The values of a tensor are compared with a whole number by ==, such as a class."""

    tensor: Tensor
    number: int
    grad: bool


@event
class Cut(Event):
    """The values of a tensor are compared with a number by <, <=, > or >=."""

    tensor: Tensor
    number: float


@event
class Noise(Event):
    """torch.randn or torch.randn_like has given a tensor."""

    tensor: Tensor


@event
class Drawn(Event):
    """torch.randint has given whole numbers."""

    tensor: Tensor


@event
class Pairwise(Event):
    """Without gradients being recorded, (N, 1) minus (N,), in this order or the other, has given (N, N)."""

    left: Tensor
    right: Tensor


@event
class Residual(Event):
    """A tensor with a graph minus one of its shape without, in this order or the other: a loss may be written out.

    Or, without gradients being recorded, a tensor minus another of its shape: so may an evaluation.

    Attributes:
        target: the one without a graph; the second one, where no gradients are recorded.
        grad: whether gradients are being recorded.
    """

    output: Tensor
    target: Tensor
    grad: bool

    def is_evaluation(self, memory: set[int]) -> bool:
        """Whether it is of outputs that lie there, without gradients being recorded: see `memory_of`."""
        return not self.grad and bool(memory & memory_of((self.output, self.target)))


def memory_of(given: Iterable[Tensor]) -> set[int]:
    """Where these tensors lie, so that their views are known again."""
    return {tensor.untyped_storage().data_ptr() for tensor in given}


def residual(given: Sequence[Any], result: Any) -> Residual | None:
    """What a difference of two tensors may be; None where it is neither."""
    if not isinstance(result, Tensor) or not result.dim():
        return None
    sides = [each for each in given[:2] if isinstance(each, Tensor) and each.shape == result.shape]
    if len(sides) == 2 and not torch.is_grad_enabled():
        return Residual(sides[0], sides[1], grad=False)
    targets = [each for each in sides if not each.requires_grad]
    if len(sides) == 2 and not targets and sides[0].is_leaf and sides[0].data_ptr() == sides[1].data_ptr():
        targets = sides[1:]  # weights minus themselves
    if result.grad_fn is None or result.dim() < 2 or len(sides) != 2 or len(targets) != 1:
        return None
    return Residual(sides[sides[0] is targets[0]], targets[0], grad=True)


@event
class TopK(Event):
    """topk of scores (N, M) without a graph, along their last dimension, has given `places` (N, k)."""

    scores: Tensor
    places: Tensor


@event
class AlongWidth(Event):
    """A tensor (N,) without a graph is multiplied with one of (N, ..., N): it is broadcast along the last dimension."""

    factor: Tensor
    other: Tensor


@event
class Read(Event):
    """Classes or numbers are made of a tensor: argmax, max, tolist, numpy.

    Attributes:
        dim: the dimension that the greatest is looked for in; None for the whole tensor, and for tolist and numpy.
        at: where the greatest are; None for tolist and numpy.
    """

    tensor: Tensor
    grad: bool
    dim: int | None = None
    at: Tensor | None = None


@event
class Reshape(Event):
    """A tensor has been viewed or reshaped to other sizes."""

    before: Tensor
    after: Tensor


@event
class Dropout(Event):
    """A dropout function is called; `module` is the innermost module whose forward runs, None outside of any."""

    module: nn.Module | None
    root: nn.Module | None
    rate: float
    training: bool


@event
class Attention(Event):
    """scaled_dot_product_attention is called with a mask.

    Attributes:
        mask: True, or 0 where it is a number, for what a query may look at; broadcast to (..., queries, keys).
    """

    mask: Tensor
    grad: bool


@event
class Weights(Event):
    """`action` is "state_dict" (taken from a module), "load_state_dict" or "save".

    Attributes:
        strict: of "load_state_dict": whether entries that do not match are refused.
    """

    action: str
    module: nn.Module | None
    state: Any
    strict: bool = True


@event
class Averaged(Event):
    """An AveragedModel has taken weights into its average."""

    module: Any


@event
class Loaded(Event):
    """torch.load has given a value."""

    value: Any
