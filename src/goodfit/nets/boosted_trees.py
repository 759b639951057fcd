"""Decision trees as tensors: the sum of the leaves that a row falls into.

The trees are grown elsewhere (`goodfit.rivals.trees`); here they are numbers in a file, as weights are. All trees take
a row at once, node by node, or several nodes at once where rows are few: where a row goes to the right, the leaves on
the left are struck out, and the leftmost leaf that is left over is the one it falls into (Lucchese et al. 2015,
"QuickScorer", section 3). No step depends on where the row came from, so that these are a few products over whole
tensors.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from goodfit.nets.architecture import Architecture
from goodfit.nets.maps import heights_at

CELLS_AT_ONCE = 500_000  # rows times trees (times nodes) taken together: two megabytes, which a core's cache holds
LEAVES_AT_MOST = 31  # of a tree: a bit each of an int32, without its sign
ALL_LEAVES = -1  # every bit


class BoostedTrees(nn.Module):
    """x: (N, D) -> (N, outputs).

    A node sends a row to the right where x[feature] > threshold, or, of a category, where the code is not among those
    that go to the left. Behind the D features of a row stand the differences and then the sums of pairs of them, and
    behind these the heights of maps (`goodfit.nets.maps`).

    Args:
        outputs: width.
        pairs: of features.
        trees, nodes, leaves: how many trees, and nodes and leaves of the largest one.
        category_splits, codes: nodes that ask for a category, and codes of the largest category.
        planes: the two features of each map; map_lines and map_kinds: lines across a feature, and heights at a place.
    """

    feature: Tensor
    threshold: Tensor
    kept: Tensor
    category: Tensor
    goes_left: Tensor
    value: Tensor
    output: Tensor
    start: Tensor
    lines: Tensor
    heights: Tensor

    def __init__(
        self,
        outputs: int,
        *,
        trees: int,
        nodes: int,
        leaves: int,
        category_splits: int,
        codes: int,
        pairs: Sequence[Sequence[int]],
        planes: Sequence[Sequence[int]],
        map_lines: int,
        map_kinds: int,
    ) -> None:
        super().__init__()
        if leaves > LEAVES_AT_MOST:
            raise ValueError(f"{leaves} leaves a tree; {LEAVES_AT_MOST} at most")
        self.outputs = outputs
        self.pairs = [(one, other) for one, other in pairs]
        self.planes = [(one, other) for one, other in planes]
        self.register_buffer("feature", torch.zeros(nodes, trees, dtype=torch.int64))
        self.register_buffer("threshold", torch.full((nodes, trees), torch.finfo(torch.float32).max))
        # the leaves that are left where a row goes to the right, as bits
        self.register_buffer("kept", torch.full((nodes, trees), ALL_LEAVES, dtype=torch.int32))
        self.register_buffer("category", torch.full((nodes, trees), -1, dtype=torch.int64))  # its row of goes_left
        self.register_buffer("goes_left", torch.zeros(category_splits, codes, dtype=torch.bool))
        self.register_buffer("value", torch.zeros(trees, leaves, dtype=torch.float64))
        self.register_buffer("output", torch.zeros(trees, dtype=torch.int64))  # that a tree adds to
        self.register_buffer("start", torch.zeros(outputs, dtype=torch.float64))
        if self.planes:
            self.register_buffer("lines", torch.zeros(len(planes), 2, map_lines))
            self.register_buffer("heights", torch.zeros(len(planes), map_kinds, map_lines, map_lines))

    def forward(self, x: Tensor) -> Tensor:
        rows = max(1, CELLS_AT_ONCE // max(1, len(self.output)))
        pieces = [self._sums(self._features(piece).t().contiguous()) for piece in x.split(rows)]
        return torch.cat(pieces).float() if pieces else x.new_zeros(0, self.outputs)

    def asking_for(self, columns: Sequence[int], width: int) -> BoostedTrees:
        """Those trees that ask for one of these features, alone, in a pair or on a map.

        Args:
            columns: of a row, which has `width` features; terms of texts behind them are not asked for.
        """
        changed = torch.zeros(width, dtype=torch.bool, device=self.feature.device)
        changed[[at for at in columns if at < width]] = True
        of_pairs = [changed[one] | changed[other] for one, other in self.pairs]
        kinds = self.heights.shape[1] if self.planes else 0
        of_planes = [changed[one] | changed[other] for one, other in self.planes for _ in range(kinds)]
        if derived := [*of_pairs, *of_pairs, *of_planes]:
            changed = torch.cat([changed, torch.stack(derived)])
        asks = (changed[self.feature] & (self.kept != ALL_LEAVES)).any(dim=0)
        return self._only(torch.nonzero(asks).squeeze(1))

    def _only(self, trees: Tensor) -> BoostedTrees:
        """The same of some trees."""
        nodes, leaves = len(self.feature), self.value.shape[1]
        splits, codes = self.goes_left.shape
        chosen = BoostedTrees(
            self.outputs, trees=len(trees), nodes=nodes, leaves=leaves, category_splits=splits, codes=codes,
            pairs=self.pairs, planes=self.planes,
            map_lines=self.lines.shape[2] if self.planes else 0, map_kinds=self.heights.shape[1] if self.planes else 0,
        )  # fmt: skip
        for name, value in self.named_buffers():
            by_tree = {"feature": 1, "threshold": 1, "kept": 1, "category": 1, "value": 0, "output": 0}
            setattr(chosen, name, value.index_select(by_tree[name], trees) if name in by_tree else value)
        return chosen.eval()

    def _features(self, x: Tensor) -> Tensor:
        """(N, D and more) all that trees may ask for."""
        paired = with_pairs(x, self.pairs)
        if not self.planes:
            return paired
        return torch.cat([paired, heights_at(x, self.planes, self.lines, self.heights)], dim=1)

    def _sums(self, columns: Tensor) -> Tensor:
        """(n, outputs) float64 of columns (D, n)."""
        trees, rows = len(self.output), columns.shape[1]
        if not trees:
            return self.start.expand(rows, -1)
        left_over = torch.full((trees, rows), ALL_LEAVES, dtype=torch.int32, device=columns.device)
        codes = columns.long().clamp(0, self.goes_left.shape[1] - 1) if len(self.goes_left) else None
        together = max(1, CELLS_AT_ONCE // max(1, left_over.numel()))
        for first in range(0, len(self.feature), together):
            feature, threshold, kept, category = (
                of_nodes[first : first + together].flatten()
                for of_nodes in (self.feature, self.threshold, self.kept, self.category)
            )
            to_the_right = columns.index_select(0, feature) > threshold[:, None]
            if codes is not None:
                asks = torch.nonzero(category >= 0).squeeze(1)
                to_the_left = self.goes_left.index_select(0, category[asks])
                to_the_right.index_copy_(0, asks, ~to_the_left.gather(1, codes.index_select(0, feature[asks])))
            # to the right 1 - 1 = 0, no bit, beside those that are kept; to the left 0 - 1 = -1, all bits
            left = to_the_right.to(torch.int32).sub_(1).bitwise_or_(kept[:, None]).view(-1, trees, rows)
            while len(left) > 1:
                half = (len(left) + 1) // 2
                left[: len(left) - half] &= left[half:]
                left = left[:half]
            left_over &= left[0]
        leftmost = (left_over & -left_over).float().log2().long()  # a power of 2: exact
        out = self.start[:, None].expand(-1, rows).clone()
        return out.index_add_(0, self.output, self.value.gather(1, leftmost)).t()


def with_pairs(x: Tensor, pairs: Sequence[tuple[int, int]]) -> Tensor:
    """x: (N, D) float32 -> (N, D + 2 * pairs): behind x the differences, then the sums of these features."""
    if not pairs:
        return x
    one, other = x[:, [pair[0] for pair in pairs]], x[:, [pair[1] for pair in pairs]]
    return torch.cat([x, one - other, one + other], dim=1)


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    trees: int = 0,
    nodes: int = 1,
    leaves: int = 1,
    category_splits: int = 0,
    codes: int = 0,
    pairs: Sequence[Sequence[int]] = (),
    planes: Sequence[Sequence[int]] = (),
    map_lines: int = 0,
    map_kinds: int = 0,
) -> nn.Module:
    return BoostedTrees(
        outputs,
        trees=trees,
        nodes=nodes,
        leaves=leaves,
        category_splits=category_splits,
        codes=codes,
        pairs=pairs,
        planes=planes,
        map_lines=map_lines,
        map_kinds=map_kinds,
    )


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    return [[net]]


ARCHITECTURES = (Architecture("boosted-trees", _build, input_dims=1, stages=_stages, head="", by_gradient=False),)
