"""Events of training: backward passes, steps, zeroed and clipped gradients, schedules, scalers, precision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from goodfit.checks.engine import graph
from goodfit.checks.engine.event import Event, event
from goodfit.checks.engine.hand_written import HandWritten


def params_of(optimiser: Optimizer | HandWritten) -> list[Tensor]:
    """All parameters of an optimiser."""
    return [param for group in optimiser.param_groups for param in group["params"]]


WALKED = ("nodes", "leaves", "_by_name")  # what the two events of a pass have in common


@event
class Backward:
    """What the two events of a backward pass have in common; no event by itself.

    Attributes:
        losses: the tensors that it starts from.
        gradients_given: whether the gradients of these were given.
        inputs_given: whether `inputs=` names where gradients go.
        turned: whether the gradients that were given are negative, so that the step raises the losses.
    """

    losses: Sequence[Tensor]
    gradients_given: bool
    inputs_given: bool
    turned: bool = False

    @cached_property
    def nodes(self) -> list[list[Any]]:
        """For each loss the nodes of its graph, nearest first (graph.NODES_AT_MOST): walked once for all rules."""
        return [list(graph.walk(loss.grad_fn)) if loss.grad_fn is not None else [] for loss in self.losses]

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[int, int, Any]]]:
        """Of each name the nodes that have it, with the number of the loss and their place in its walk."""
        found: dict[str, list[tuple[int, int, Any]]] = {}
        for of_loss, nodes in enumerate(self.nodes):
            for at, node in enumerate(nodes):
                found.setdefault(node.name(), []).append((of_loss, at, node))
        return found

    def named(self, *names: str, nearest: int = graph.NODES_AT_MOST) -> list[Any]:
        """Nodes with one of these names, of one loss after the other, nearest first.

        Args:
            nearest: of each loss, among how many nodes they are looked for.
        """
        found = [each for name in names for each in self._by_name.get(name, ())]
        if len(names) > 1:
            found.sort(key=lambda each: each[:2])
        return [node for _, at, node in found if at < nearest]

    @cached_property
    def of_own_functions(self) -> list[Any]:
        """For each name of a subclass of torch.autograd.Function the node that is nearest to the loss."""
        firsts = [nodes[0][2] for nodes in self._by_name.values()]
        return [node for node in firsts if hasattr(node, "_forward_cls")]

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


class BackwardBegins(Backward, Event):
    """Gradients are about to be computed."""


class BackwardEnded(Backward, Event):
    """Gradients have been computed."""

    def walked_by(self, before: BackwardBegins) -> None:  # the graph is the same: walk it once
        vars(self).update({name: value for name, value in vars(before).items() if name in WALKED})


@event
class InputGradients(Event):
    """torch.autograd.grad has given gradients of tensors, none of which is an optimiser's parameter.

    Attributes:
        grad: whether gradients were being recorded around the call.
        outputs, inputs: of what the gradients are, and with respect to what.
        weights: of the first output, where they were given.
    """

    create_graph: bool
    grad: bool
    outputs: Sequence[Tensor] = ()
    inputs: Sequence[Tensor] = ()
    weights: Tensor | None = None


@event
class StepBegins(Event):
    """An optimiser is about to step, or one that is written around it."""

    optimiser: Optimizer


@event
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


@event
class NewOptimiser(Event):
    """An optimiser has been made."""

    optimiser: Optimizer


@event
class Zero(Event):
    """Gradients are about to be zeroed, by an optimiser or a module."""

    owner: Optimizer | nn.Module

    @cached_property
    def params(self) -> list[Tensor]:
        """All parameters whose gradients are zeroed."""
        return params_of(self.owner) if isinstance(self.owner, Optimizer) else list(self.owner.parameters())


@event
class Clip(Event):
    """Gradients are about to be clipped.

    Attributes:
        norm_type: of the norm that is limited; None where each value is.
        iterator: what the parameters were read from, where it can be read only once.
    """

    params: Sequence[Tensor]
    limit: float
    norm_type: float | None = 2.0
    iterator: Iterator[Tensor] | None = None


@event
class Schedule(Event):
    """A scheduler of the learning rate is about to step.

    Attributes:
        first: whether this is the step that its construction makes.
        value: what ReduceLROnPlateau is given to judge by; None for others.
        epoch: the number of the epoch that others give it; None where it goes on by one.
    """

    scheduler: Any
    first: bool
    value: float | None = None
    epoch: int | None = None


@event
class Scaler(Event):
    """A gradient scaler is about to be used: "scale", "unscale_", "step" or "update" was called."""

    scaler: Any
    action: str


@event
class OptimiserLoaded(Event):
    """An optimiser is about to take over a state."""

    optimiser: Optimizer


@event
class Autocast(Event):
    """A lower precision was asked for; `works` says whether torch will use it here."""

    region: Any
    works: bool


@event
class Seeded(Event):
    """torch.manual_seed has been called."""

    seed: int
    grad: bool
