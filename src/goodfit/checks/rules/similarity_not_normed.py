"""similarity-not-normed: a contrastive loss divides products of vectors by a small temperature; no vector has length 1.

What it checks
    cross_entropy picks for each row its own partner among those of the batch, from products of two matrices that are
    divided by a temperature below 0.5 (or multiplied by its reciprocal); the products lie far beyond -1 and 1, or both
    matrices are what a layer gave.

Why it hurts
    A temperature of 0.1 is made for cosines: the logits lie between -10 and 10. Of vectors of any length they are
    hundreds: the loss is decided by length, gradients are those of the hardest pair alone, and what is compared later
    by cosines was never trained to be.

Example
    logits = z1 @ z2.T / 0.1

Instead
    logits = F.normalize(z1, dim=1) @ F.normalize(z2, dim=1).T / 0.1

When it is a false alarm
    A scale that was chosen for the products themselves.

Cost
    A look at the graph and the logits of the first losses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

LOSSES_AT_LEAST = 3
LOSSES_EXAMINED = 12
ROWS_AT_LEAST = 8
TEMPERATURE_AT_MOST = 0.5
PRODUCT_AT_LEAST = 1.5  # of cosines none is above 1
FILLED = -1e3  # below it are places that a mask has filled
STEPS_BACK = 4
LAYERS = ("AddmmBackward0", "MmBackward0", "ReluBackward0", "GeluBackward0", "NativeBatchNormBackward0")
PRODUCTS = ("MmBackward0", "BmmBackward0", "AddmmBackward0")


class SimilarityNotNormed(LiveRule):
    code, level = "GF656", Level.WARNING

    def start(self) -> None:
        self.examined = self.found = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if self.examined >= LOSSES_EXAMINED or event.name != "cross_entropy" or not event.grad:
            return
        if event.input.dim() != 2 or not _are_partners(event.target, len(event.input)):
            return
        self.examined += 1
        factor, product = _product(event.input.grad_fn)
        if product is None or factor < 1 / TEMPERATURE_AT_MOST:
            return
        logits = event.input.detach()
        size = float(logits.abs().masked_fill(logits < FILLED, 0).amax()) / factor
        sides = [graph.behind(side) for side in graph.parents(product)]
        self.found += size > PRODUCT_AT_LEAST or (len(sides) == 2 and all(side.name() in LAYERS for side in sides))
        if self.found == LOSSES_AT_LEAST:
            self.found += 1
            yield self.finding(
                f"products of vectors, up to {number(size, 3)} here, are divided by a temperature of "
                f"{number(1 / factor, 3)}: no vector was brought to length 1",
                "Norm both sides before the product: F.normalize(z, dim=1)",
            )


def _are_partners(target: Tensor, rows: int) -> bool:
    """Whether each row is to find another one: 0, 1, 2 ..., or the two halves of the batch exchanged."""
    if target.dim() != 1 or target.is_floating_point() or not len(target) == rows >= ROWS_AT_LEAST:
        return False
    own = torch.arange(rows, device=target.device)
    return any(bool((target == way).all()) for way in (own, own.roll(rows // 2)))


def _product(node: Any) -> tuple[float, Any]:
    """By what products of two matrices are multiplied before they are logits, and their node or None."""
    factor = 1.0
    for _ in range(STEPS_BACK):
        node = graph.behind(node) if node is not None else None
        if node is None or node.name() in PRODUCTS:
            break
        is_scaled = node.name() in ("DivBackward0", "MulBackward0")
        sides = [node._saved_other, node._saved_self] if is_scaled else []
        scale = next((float(side.detach()) for side in sides if isinstance(side, Tensor) and side.numel() == 1), 0.0)
        if scale <= 0:
            return factor, None
        factor *= 1 / scale if node.name() == "DivBackward0" else scale
        wide = [each for each in graph.parents(node) if len(graph.shape_of(each)) >= 2]
        node = wide[0] if len(wide) == 1 else None
    return factor, node if node is not None and node.name() in PRODUCTS else None
