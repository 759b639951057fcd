"""What the watcher tells the rules: one small record for each thing that a program does.

A rule listens to an event by naming its class in the annotation of a method (engine/dispatch.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from torch import Tensor, nn
from torch.distributions import Distribution
from torch.optim import Optimizer

from goodfit.checks.engine import graph
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.engine.nested import tensors


def params_of(optimiser: Optimizer | HandWritten) -> list[Tensor]:
    """All parameters of an optimiser."""
    return [param for group in optimiser.param_groups for param in group["params"]]


class Event:
    """Something that the watched program has done, or is about to do."""


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Backward:
    """What the two events of a backward pass have in common; no event by itself.

    Attributes:
        losses: the tensors that it starts from.
        gradients_given: whether the gradients of these were given.
        inputs_given: whether `inputs=` names where gradients go.
    """

    losses: Sequence[Tensor]
    gradients_given: bool
    inputs_given: bool

    @cached_property
    def nodes(self) -> list[list[Any]]:
        """For each loss the nodes of its graph, nearest first (graph.NODES_AT_MOST): walked once for all rules."""
        return [list(graph.walk(loss.grad_fn)) if loss.grad_fn is not None else [] for loss in self.losses]

    @cached_property
    def leaves(self) -> list[Tensor]:
        """Leaf tensors that gradients reach."""
        leaves: dict[int, Tensor] = {}
        for loss, nodes in zip(self.losses, self.nodes, strict=True):
            if loss.grad_fn is not None:
                is_whole = len(nodes) < graph.NODES_AT_MOST
                reached = graph.leaves_among(nodes) if is_whole else graph.leaves(loss.grad_fn)
                leaves |= {id(leaf): leaf for leaf in reached}
            elif loss.requires_grad:
                leaves[id(loss)] = loss
        return list(leaves.values())


@dataclass(frozen=True)
class OtherLoss(Event):
    """A loss of torch that takes more than an input and its target is about to be called.

    Attributes:
        name: ctc_loss, cosine_embedding_loss or margin_ranking_loss, as in torch.nn.functional.
        arguments: by name, with their defaults.
    """

    name: str
    arguments: Mapping[str, Any]
    grad: bool


class BackwardBegins(Backward, Event):
    """Gradients are about to be computed."""


class BackwardEnded(Backward, Event):
    """Gradients have been computed."""

    def walked_by(self, before: BackwardBegins) -> None:  # the graph is the same: walk it once
        vars(self).update({name: value for name, value in vars(before).items() if name in ("nodes", "leaves")})


@dataclass(frozen=True)
class Step(Event):
    """An optimiser has stepped, or the program has moved its weights by itself.

    Attributes:
        wraps: whether another optimiser has stepped within it, as that of SAM does: the step is that one's.
    """

    optimiser: Optimizer | HandWritten
    wraps: bool = False

    @property
    def by_hand(self) -> bool:
        """Seen after the fact, when the next pass begins: gradients may be zeroed by then."""
        return isinstance(self.optimiser, HandWritten)

    @cached_property
    def params(self) -> list[Tensor]:
        """All parameters of the optimiser."""
        return params_of(self.optimiser)


@dataclass(frozen=True)
class NewOptimiser(Event):
    """An optimiser has been made."""

    optimiser: Optimizer


@dataclass(frozen=True)
class Seeded(Event):
    """torch.manual_seed has been called."""

    seed: int
    grad: bool


@dataclass(frozen=True)
class Zero(Event):
    """Gradients are about to be zeroed, by an optimiser or a module."""

    owner: Optimizer | nn.Module

    @cached_property
    def params(self) -> list[Tensor]:
        """All parameters whose gradients are zeroed."""
        return params_of(self.owner) if isinstance(self.owner, Optimizer) else list(self.owner.parameters())


@dataclass(frozen=True)
class Clip(Event):
    """Gradients are about to be clipped."""

    params: Sequence[Tensor]
    limit: float


@dataclass(frozen=True)
class Schedule(Event):
    """A scheduler of the learning rate is about to step.

    Attributes:
        first: whether this is the step that its construction makes.
        value: what ReduceLROnPlateau is given to judge by; None for others.
    """

    scheduler: Any
    first: bool
    value: float | None = None


@dataclass(frozen=True)
class Scaler(Event):
    """A gradient scaler is about to be used: "scale", "unscale_", "step" or "update" was called."""

    scaler: Any
    action: str


@dataclass(frozen=True)
class Epoch(Event):
    """A data loader has been asked for its batches from the start."""

    loader: Any
    iterator: Any


@dataclass(frozen=True)
class Batch(Event):
    """A data loader gave a batch; `indices` are those of its sampler, None where there is none."""

    loader: Any
    number: int  # from 0 on in this epoch
    tensors: Sequence[Tensor]
    indices: Sequence[Any] | None


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class LogProb(Event):
    """A distribution is asked for the logarithm of the probability (density) of values: a loss by another name."""

    distribution: Distribution
    value: Tensor
    grad: bool


@dataclass(frozen=True)
class Sample(Event):
    """sample() of a distribution gave a value, with no gradient; `root` is the outermost module whose forward runs."""

    distribution: Distribution
    value: Tensor
    grad: bool
    root: nn.Module | None


@dataclass(frozen=True)
class Loaded(Event):
    """torch.load has given a value."""

    value: Any


@dataclass(frozen=True)
class OptimiserLoaded(Event):
    """An optimiser is about to take over a state."""

    optimiser: Optimizer


@dataclass(frozen=True)
class Write(Event):
    """A tensor that needs no gradient is about to be written to in place, without gradients being recorded.

    Attributes:
        action: the method: mul_, add_, sub_, lerp_.
        source: its first argument that is a tensor.
    """

    tensor: Tensor
    action: str
    source: Tensor | None


@dataclass(frozen=True)
class Compare(Event):
    """Two tensors are compared by ==."""

    left: Tensor
    right: Tensor
    grad: bool


@dataclass(frozen=True)
class Read(Event):
    """Classes or numbers are made of a tensor: argmax, max, tolist, numpy."""

    tensor: Tensor
    grad: bool


@dataclass(frozen=True)
class Reshape(Event):
    """A tensor has been viewed or reshaped to other sizes."""

    before: Tensor
    after: Tensor


@dataclass(frozen=True)
class Dropout(Event):
    """A dropout function is called; `module` is the innermost module whose forward runs, None outside of any."""

    module: nn.Module | None
    root: nn.Module | None
    rate: float
    training: bool


@dataclass(frozen=True)
class Attention(Event):
    """scaled_dot_product_attention is called with a mask.

    Attributes:
        mask: True, or 0 where it is a number, for what a query may look at; broadcast to (..., queries, keys).
    """

    mask: Tensor
    grad: bool


@dataclass(frozen=True)
class Weights(Event):
    """`action` is "state_dict" (taken from a module), "load_state_dict" or "save".

    Attributes:
        strict: of "load_state_dict": whether entries that do not match are refused.
    """

    action: str
    module: nn.Module | None
    state: Any
    strict: bool = True


@dataclass(frozen=True)
class Autocast(Event):
    """A lower precision was asked for; `works` says whether torch will use it here."""

    region: Any
    works: bool


@dataclass(frozen=True)
class Fit(Event):
    """A transformer of scikit-learn, such as StandardScaler, has been fitted to rows x (N, ...)."""

    transformer: Any
    x: Any


@dataclass(frozen=True)
class Transform(Event):
    """A transformer of scikit-learn has made `result` (N, ...) of rows x (N, ...)."""

    transformer: Any
    x: Any
    result: Any


@dataclass(frozen=True)
class Split(Event):
    """scikit-learn's train_test_split has parted an array or frame in two; `stratify` as it was given."""

    first: Any
    second: Any
    stratify: Any


class WatchEnds(Event):
    """The watch is over: the last chance to speak."""


EVENTS: tuple[type[Event], ...] = tuple(Event.__subclasses__())
