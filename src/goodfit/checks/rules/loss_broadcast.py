"""loss-broadcast: predictions and targets of different shapes are broadcast.

What it checks
    A loss function gets (N, 1) and (N,), or any pair of shapes that broadcasts to more elements than either has. In a
    loss written by hand, the graph from the loss to the output of the net is asked for the same.

Why it hurts
    Every prediction is compared with every target, N * N pairs. The net learns the mean of all targets, and the loss
    falls a little all the same.

Example
    loss = F.mse_loss(net(x), y)               # net(x) is (64, 1), y is (64,)

Instead
    loss = F.mse_loss(net(x).squeeze(1), y)    # or y.unsqueeze(1)

When it is a false alarm
    When all pairs are intended, as in quantile losses of distributional agents: those have three dimensions.

Cost
    Shapes, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

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
        if result.numel() > max(event.input.numel(), event.target.numel()):
            self.reported = True
            yield self.finding(
                f"{event.name} gets {input_shape} and {target_shape}, which are broadcast to {tuple(result)}: every "
                f"prediction is compared with every target",
                FIX,
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


def _is_joined(node: object, rows: int) -> bool:
    """Of what several calls gave, as in a rollout: torch.cat of their rows."""
    behind = graph.parents(node)[0]
    return behind.name() == "CatBackward0" and graph.shape_of(node)[0] % rows == 0


def _pairs_are_intended(node: object) -> bool:
    """A view that adds a dimension for the purpose: z.unsqueeze(1) - w, z[:, None] - w."""
    behind = graph.parents(node)[0]
    return behind.name() in ("UnsqueezeBackward0", "ExpandBackward0")
