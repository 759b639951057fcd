"""loss-broadcast: predictions and targets of different shapes are broadcast.

What it checks
    A loss function gets (N, 1) and (N,), or any pair of shapes that broadcasts to more elements than either has. In a
    loss written by hand, the graph from the loss to the output of the net is asked for the same. Also (N, N) and (N,),
    where the square is outputs[:, actions], for each row the columns of all rows' actions; or where it is a sum or a
    product of N values and a column of N.

Why it hurts
    Every prediction is compared with every target, N * N pairs. The net learns the mean of all targets, and the loss
    falls a little all the same.

Example
    loss = F.mse_loss(net(x), y)               # net(x) is (64, 1), y is (64,)
    q = net(states)[:, actions]                # (64, 64)

Instead
    loss = F.mse_loss(net(x).squeeze(1), y)    # or y.unsqueeze(1)
    q = net(states)[torch.arange(64), actions]

When it is a false alarm
    When all pairs are intended, as in quantile losses of distributional agents: those have three dimensions.

Cost
    Shapes, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ELEMENTWISE = (
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "poisson_nll_loss", "soft_margin_loss",
    "binary_cross_entropy_with_logits", "binary_cross_entropy", "hinge_embedding_loss", "gaussian_nll_loss",
)  # fmt: skip
PAIRWISE = ("SubBackward0", "MulBackward0", "AddBackward0", "DivBackward0", "RsubBackward1")
NODES_AT_MOST = 40
NODES_IN_A_ROW = 6
FIX = "Give both the same shape: net(x).squeeze(1), or y.unsqueeze(1)"


class LossBroadcast(LiveRule):
    code, level = "GF205", Level.ERROR

    def start(self) -> None:
        self.reported = False

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        input_shape, target_shape = tuple(event.input.shape), tuple(event.target.shape)
        if event.name not in ELEMENTWISE or input_shape == target_shape:
            return
        try:
            result = torch.broadcast_shapes(input_shape, target_shape)
        except RuntimeError:  # torch has refused them, and says so
            return
        if len(target_shape) == 1 and _is_of_pairs(event.input, len(event.target)):
            self.reported = True
            yield self.finding(
                f"{event.name} gets {input_shape} and {target_shape}: a sum of {target_shape} and {(*target_shape, 1)} "
                "was broadcast to all pairs of rows, and each of them is compared with a target",
                FIX,
            )
        elif len(target_shape) == 1 and _is_all_by_all(event.input.grad_fn, len(event.target)):
            self.reported = True
            yield self._of_columns(len(event.target), event.name)
        elif result.numel() > max(event.input.numel(), event.target.numel()):
            self.reported = True
            yield self.finding(
                f"{event.name} gets {input_shape} and {target_shape}, which are broadcast to {tuple(result)}: every "
                f"prediction is compared with every target",
                FIX,
            )

    def _of_columns(self, rows: int, where: str) -> Finding:
        return self.finding(
            f"{where} gets {(rows, rows)} and {(rows,)}: outputs[:, columns] takes for each row the columns of all "
            "rows, and each of them is compared with every target",
            "Take one column for each row: outputs[torch.arange(len(outputs)), columns], or gather",
        )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        last = self.program.last_call
        if self.reported or last is None or last.rows is None or last.rows < 2:
            return
        if not event.named(*PAIRWISE, nearest=NODES_AT_MOST):
            return
        for loss, nodes in zip(event.losses, event.nodes, strict=True):
            if loss.dim():
                continue
            for node in nodes[:NODES_AT_MOST]:
                shape = tuple(graph.shape_of(node))
                squares = graph.parents(node) if node.name() in PAIRWISE else []
                if len(squares) == 1 and shape == (last.rows,) * 2 and _is_all_by_all(squares[0], last.rows):
                    self.reported = True
                    yield self._of_columns(last.rows, "a difference")
                    return
                if node.name() not in PAIRWISE or len(shape) < 2 or shape[0] != shape[1]:
                    continue
                if shape[0] != last.rows and not _is_joined(node, last.rows):
                    continue
                rows = shape[0]
                rest = shape[2:]  # (N, 1, T) of a convolution of one channel meets (N, T)
                shapes = [tuple(graph.shape_of(parent)) for parent in graph.parents(node)]
                wrong = [[(rows, 1, *rest)]] if rest else [[(rows, 1)], [(rows,)]]
                if shapes in wrong and not _pairs_are_intended(node):
                    other = (rows, *rest) if shapes == [(rows, 1, *rest)] else (rows, 1)
                    self.reported = True
                    yield self.finding(
                        f"in the loss, predictions of shape {shapes[0]} meet values of shape {other} and are broadcast "
                        f"to {shape}: every prediction is compared with every target",
                        FIX,
                    )
                    return


def _is_of_pairs(outputs: Tensor, rows: int) -> bool:
    """Whether outputs (N, N) are made of N values and a column of N, by a sum, a difference or a product."""
    node: Any = outputs.grad_fn
    if outputs.shape != (rows, rows) or rows < 2:
        return False
    for _ in range(NODES_IN_A_ROW):
        if node is None or node.name() not in (*PAIRWISE, "SigmoidBackward0", *graph.MOVES):
            return False
        parents = graph.parents(node)
        shapes = sorted(tuple(graph.shape_of(parent)) for parent in parents)
        if shapes == [(rows,), (rows, 1)]:
            return not any(parent.name() in ("UnsqueezeBackward0", "ExpandBackward0") for parent in parents)
        squares = [parent for parent in parents if tuple(graph.shape_of(parent)) == (rows, rows)]
        node = squares[0] if len(squares) == 1 else None
    return False


def _is_all_by_all(node: Any, rows: int) -> bool:
    """Whether x[:, columns] was taken of (N, C) with a column for each row: every row has the columns of all."""
    if node is None or node.name() != "IndexBackward0":
        return False
    indices, sizes = node._saved_indices, tuple(node._saved_self_sym_sizes)
    is_of_columns = len(indices) == 2 and indices[0] is None and indices[1] is not None and len(sizes) == 2
    return is_of_columns and indices[1].shape == (rows,) and sizes[0] == rows > sizes[1]


def _is_joined(node: object, rows: int) -> bool:
    """Of what several calls gave, as in a rollout: torch.cat of their rows."""
    behind = graph.parents(node)[0]
    return behind.name() == "CatBackward0" and graph.shape_of(node)[0] % rows == 0


def _pairs_are_intended(node: object) -> bool:
    """A view that adds a dimension for the purpose: z.unsqueeze(1) - w, z[:, None] - w."""
    behind = graph.parents(node)[0]
    return behind.name() in ("UnsqueezeBackward0", "ExpandBackward0")
