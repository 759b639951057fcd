"""Decision trees as tensors: the sum of the leaves that a row falls into.

The trees are grown elsewhere (`goodfit.rivals.trees`); here they are numbers in a file, as weights are, and predict
together: a row goes down all trees at once, a level a step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from goodfit.nets.architecture import Architecture

CELLS_AT_ONCE = 4_000_000  # rows times trees that go down together


class BoostedTrees(nn.Module):
    """x: (N, D) -> (N, outputs).

    A node sends a row to the left where x[feature] <= threshold, or, of a category, where the code's bit is set. A leaf
    leads to itself.

    Args:
        outputs: width.
        trees, nodes: how many, and nodes of the largest one.
        depth: of the deepest leaf.
        category_splits, codes: splits by a category, and codes of the largest category.
    """

    feature: Tensor
    threshold: Tensor
    branches: Tensor
    value: Tensor
    category: Tensor
    goes_left: Tensor
    output: Tensor
    start: Tensor

    def __init__(self, outputs: int, *, trees: int, nodes: int, depth: int, category_splits: int, codes: int) -> None:
        super().__init__()
        self.outputs, self.depth = outputs, depth
        self.register_buffer("feature", torch.zeros(trees, nodes, dtype=torch.int64))
        self.register_buffer("threshold", torch.zeros(trees, nodes, dtype=torch.float64))
        self.register_buffer("branches", torch.zeros(2, trees, nodes, dtype=torch.int64))  # left and right
        self.register_buffer("value", torch.zeros(trees, nodes, dtype=torch.float64))
        self.register_buffer("category", torch.full((trees, nodes), -1, dtype=torch.int64))  # its row of goes_left
        self.register_buffer("goes_left", torch.zeros(category_splits, codes, dtype=torch.bool))
        self.register_buffer("output", torch.zeros(trees, dtype=torch.int64))  # that a tree adds to
        self.register_buffer("start", torch.zeros(outputs, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        trees = max(1, len(self.output))
        pieces = [self._sums(piece) for piece in x.double().split(max(1, CELLS_AT_ONCE // trees))]
        return torch.cat(pieces).float() if pieces else x.new_zeros(0, self.outputs)

    def _sums(self, x: Tensor) -> Tensor:
        trees, nodes = self.feature.shape
        first = torch.arange(trees, device=x.device) * nodes
        feature, threshold, category = self.feature.view(-1), self.threshold.view(-1), self.category.view(-1)
        left, right = self.branches[0].view(-1), self.branches[1].view(-1)
        at = first.expand(len(x), -1)
        for _ in range(self.depth):
            value = x.gather(1, feature[at])
            goes_left = value <= threshold[at]
            if len(self.goes_left):
                split = category[at]
                code = value.long().clamp(0, self.goes_left.shape[1] - 1)
                goes_left = torch.where(split >= 0, self.goes_left[split.clamp_min(0), code], goes_left)
            at = first + torch.where(goes_left, left[at], right[at])
        leaves = self.value.view(-1)[at]
        return self.start + x.new_zeros(len(x), self.outputs).index_add_(1, self.output, leaves)


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    trees: int = 0,
    nodes: int = 1,
    depth: int = 0,
    category_splits: int = 0,
    codes: int = 0,
) -> nn.Module:
    return BoostedTrees(outputs, trees=trees, nodes=nodes, depth=depth, category_splits=category_splits, codes=codes)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    return [[net]]


ARCHITECTURES = (Architecture("boosted-trees", _build, input_dims=1, stages=_stages, head="", by_gradient=False),)
