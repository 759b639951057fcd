"""penalty-of-each-pixel: a gradient penalty asks for a slope at each place of an image, or of a whole batch.

What it checks
    torch.autograd.grad gives the gradient (N, C, H, W) of one value for each image, weighted by ones; its norm is taken
    over the channels alone, so that a norm is left for each place; and the square of that norm less a number is part
    of a loss. Or the gradient is that of one value for each row, and one norm is taken of all rows. In two passes.

Why it hurts
    The slope of a critic is the norm over all values of an image. Where each pixel alone is asked to have the slope 1,
    that of an image of 8 x 8 pixels is 8, and the critic is no distance. Where a batch of 64 rows is asked to have the
    slope 1 as a whole, that of a row is an eighth.

Example
    penalty = ((gradients.norm(2, dim=1) - 1) ** 2).mean()

Instead
    penalty = ((gradients.flatten(1).norm(2, dim=1) - 1) ** 2).mean()

When it is a false alarm
    None is known: of a field that has a value at each place the rule does not speak.

Cost
    A walk over the nodes next to the loss, in programs that ask for such gradients alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, InputGradients
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 2
NODES_AT_MOST = 200
CHANNELS = 1  # the dimension of an image batch
OF_ONE_NUMBER = ("SubBackward0", "AddBackward0", "RsubBackward1")


class PenaltyOfEachPixel(LiveRule):
    code, level = "GF276", Level.WARNING

    def start(self) -> None:
        # Ids of what gradients are marked with, since the last pass: rows, and those of them that are images.
        self.batches: set[int] = set()
        self.images: set[int] = set()
        self.passes = 0

    def on_gradients(self, event: InputGradients) -> None:
        if len(event.outputs) != 1 or len(event.inputs) != 1 or not event.create_graph:
            return
        output, images = event.outputs[0], event.inputs[0]
        if images.dim() > 1 and _rows(output) == len(images) > 1:
            self.batches.add(id(images))
            if images.dim() == 4 and images[0, 0].numel() > 1:
                self.images.add(id(images))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if not self.batches:
            return
        for loss in event.losses:
            shape = self._penalised(loss.grad_fn) if loss.grad_fn is not None else None
            if shape is not None:
                self.passes += 1
                if self.passes == PASSES_AT_LEAST and not shape:
                    yield self.finding(
                        "one norm is taken of the gradients of all rows: the penalty is on the slope of the whole "
                        "batch, not on that of each row",
                        "Take it for each row: gradients.flatten(1).norm(2, dim=1)",
                    )
                elif self.passes == PASSES_AT_LEAST:
                    yield self.finding(
                        f"the norm of the gradient is taken over the channels alone, which leaves {tuple(shape)}: the "
                        "penalty is on the slope at each place, not on that of each image",
                        "Take it over all values of an image: gradients.flatten(1).norm(2, dim=1)",
                    )
                break
        self.images.clear()
        self.batches.clear()

    def _penalised(self, loss: Any) -> Any:
        """The shape of norms whose squared distance from a number is in a loss; None where there are none."""
        for node in graph.walk(loss, limit=NODES_AT_MOST):
            if node.name() != "PowBackward0" or getattr(node, "_saved_exponent", None) != 2:
                continue
            less = graph.parents(node)
            if len(less) != 1 or less[0].name() not in OF_ONE_NUMBER or len(graph.parents(less[0])) != 1:
                continue
            norm = graph.parents(less[0])[0]
            of = _is_norm_over_channels(norm)
            if of is not None and of.metadata.get(graph.GRADIENT) in self.images:
                return graph.shape_of(norm)
            of = _is_norm_of_all(norm)
            if of is not None and of.metadata.get(graph.GRADIENT) in self.batches:
                return graph.shape_of(norm)
        return None


def _rows(output: Tensor) -> int:
    """How many values gradients are of: of a sum, those that are summed up."""
    node: Any = output.grad_fn
    if not output.dim() and node is not None and node.name() == "SumBackward0":
        return graph.shape_of(graph.parents(node)[0]).numel()
    return output.numel()


def _is_norm_of_all(node: Any) -> Any:
    """The node whose norm over all its values this one is; None of others."""
    if graph.shape_of(node):
        return None
    if node.name() == "SqrtBackward0":
        summed = graph.parents(node)[0]
        squares = graph.parents(summed)[0] if summed.name() == "SumBackward0" and graph.parents(summed) else None
        of = squares if squares is not None and squares.name() in ("PowBackward0", "MulBackward0") else None
    else:
        of = node if "Norm" in node.name() else None
    return graph.parents(of)[0] if of is not None and graph.parents(of) else None


def _is_norm_over_channels(node: Any) -> Any:
    """The node whose norm over the channels this one is: by a norm of torch, or by squares, a sum and a root."""
    if node.name() == "SqrtBackward0":
        inner = graph.behind(graph.parents(node)[0])
        squares = graph.parents(inner)[0] if inner.name() == "SumBackward1" and graph.parents(inner) else None
        is_square = squares is not None and squares.name() in ("PowBackward0", "MulBackward0")
        over, of = inner, squares if is_square else None
    else:
        over, of = node, node if "Norm" in node.name() else None
    dims = getattr(over, "_saved_dim", None)
    dims = list(dims) if isinstance(dims, (tuple, list)) else [dims]
    return graph.parents(of)[0] if of is not None and dims == [CHANNELS] and graph.parents(of) else None
