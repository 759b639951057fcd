"""partner-misplaced: in a contrastive loss the positive of a view is another sample, as the views lie otherwise.

What it checks
    The similarities (2N, 2N) of two views of N samples are a loss's, by cross_entropy, by an index, or by a mask with
    one positive in each row. The positive of row i is the row beside it, as where the two views of a sample follow each
    other. That is no more similar to it than others are, and row i + N is, by 6 standard errors and more than the rows
    beside that one. Or the other way round. In three calls. Or similarities (N, N) of rows with rows have the same
    class in all rows, such as 0.

Why it hurts
    The loss draws pairs of different samples together that are drawn anew for each batch, and pushes apart the two
    views of one sample. It falls a little all the same.

Example
    z = torch.cat([z1, z2]); target = torch.arange(2 * n) ^ 1          # right for z1[0], z2[0], z1[1], z2[1], ...

Instead
    z = torch.cat([z1, z2]); target = torch.arange(2 * n).roll(n)

When it is a false alarm
    Two views that have nothing in common at first, of batches whose neighbours are alike and meant to be pushed apart.

Cost
    Half of the similarities are averaged, in the first calls of such a loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.engine.pairs import chosen_pairs
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST, ROWS_AT_MOST = 16, 8_192
JUDGED_AT = (3, 6, 12, 24)  # calls
PAIRS_AT_LEAST = 48
STANDS_OUT, HIDDEN = 6.0, 3.0  # standard errors
BESIDE_AT_LEAST = 0.5  # of what partners are above the usual
NEAREST = 40  # nodes of a loss, among which positives are looked for
BELOW_AT_MOST = 40  # nodes from the positives to the product of the rows
CHOOSING = ("IndexBackward0", "GatherBackward0", "MulBackward0")
NODES_TO_PRODUCT = 4  # divided by a temperature, or multiplied with a scale
PRODUCTS = ("MmBackward0", "AddmmBackward0")
SIDE_BY_SIDE, HALVES = "side by side", "in two halves"


@dataclass
class Mean:
    """Of numbers that come a few at a time."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, values: Tensor) -> None:
        """(n,) more of them."""
        self.count += len(values)
        self.total += float(values.sum())
        self.squares += float(values.square().sum())

    @property
    def value(self) -> float:
        """The mean itself."""
        return self.total / self.count

    @property
    def standard_errors(self) -> float:
        """The mean, in its standard errors."""
        variance = max(self.squares / self.count - self.value**2, 1e-18)
        return float(self.value / (variance / self.count) ** 0.5)


class Similarity:
    """How similar rows are to their partners in a layout.

    Attributes:
        above_usual: above what is usual for both rows.
        above_beside: above those that lie beside the partners.
    """

    def __init__(self, beside: int) -> None:
        self.above_usual, self.above_beside = Mean(), Mean()
        self._beside = beside

    def add(self, block: Tensor) -> None:
        """(n, n) of first views and second ones, where each row's partner is on the diagonal."""
        block = block.double()
        above = block - block.mean(0) - block.mean(1, keepdim=True) + block.mean()
        self.above_usual.add(above.diagonal())
        self.above_beside.add(above.diagonal()[self._beside :] - above.diagonal(-self._beside))

    @property
    def stands_out(self) -> bool:
        """Whether it is far beyond chance, and not so beside the partners, as where rows are in an order."""
        usual, beside = self.above_usual, self.above_beside
        return usual.standard_errors >= STANDS_OUT and beside.value >= BESIDE_AT_LEAST * usual.value

    @property
    def is_hidden(self) -> bool:
        """Whether those beside the partners are as similar as they are."""
        return self.above_beside.standard_errors < HIDDEN


class PartnerMisplaced(LiveRule):
    code, level = "GF531", Level.WARNING

    def start(self) -> None:
        self.calls = 0
        self.first_for_all = 0  # calls in which all rows have one positive
        self.layout = ""  # that the positives are right for
        self.similarity = {SIDE_BY_SIDE: Similarity(1), HALVES: Similarity(2)}  # there, one view is beside the other
        self.passes = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if self.calls >= JUDGED_AT[-1] or event.name != "cross_entropy" or not event.grad:
            return
        target, logits = event.target, event.input
        if target.dim() != 1 or target.is_floating_point() or logits.dim() != 2 or len(target) != len(logits):
            return
        rows, columns = logits.shape
        if not _is_number_of_rows(rows) or columns not in (rows, rows - 1):
            return
        if columns == rows - 1:  # the diagonal was left out
            target = target + (target >= torch.arange(rows, device=target.device)).long()
        layout = _layout(target)
        if not layout and columns == rows and _is_one_for_all(logits, target):
            self.first_for_all += 1
            if self.first_for_all == JUDGED_AT[0]:
                self.calls = JUDGED_AT[-1]
                yield self.finding(
                    f"the positive of each of {rows} rows is row {int(target[0])} of the others: all rows of a batch "
                    "are drawn towards that one",
                    "Let the positive of row i be row i: labels = torch.arange(len(logits)); zeros belong to logits "
                    "that have their own positive in the first column, torch.cat([positive, negatives], 1)",
                )
        if layout:
            yield from self._judge(layout, _whole(logits.detach()))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """Of a loss that is written out."""
        if self.calls >= JUDGED_AT[-1] or (self.passes >= JUDGED_AT[0] and not self.calls):
            return
        self.passes += 1
        for node in event.named(*CHOOSING, nearest=NEAREST):
            rows = _rows(node)
            layout = _layout(_partners(node, rows)) if _is_number_of_rows(rows) else ""
            similarities = _similarities(node, rows) if layout else None
            if similarities is not None:
                yield from self._judge(layout, similarities)
                return

    def _judge(self, layout: str, similarities: Tensor) -> Iterator[Finding]:
        if layout != self.layout:
            self.start()
            self.layout = layout
        rows = len(similarities)
        n = rows // 2
        self.similarity[HALVES].add(similarities[:n, n:])
        self.similarity[SIDE_BY_SIDE].add(similarities[::2, 1::2])
        self.calls += 1
        other = self.similarity[HALVES if layout == SIDE_BY_SIDE else SIDE_BY_SIDE]
        if self.calls not in JUDGED_AT or other.above_usual.count < PAIRS_AT_LEAST:
            return
        if other.stands_out and self.similarity[layout].is_hidden:
            self.calls = JUDGED_AT[-1]
            is_neighbour = layout == SIDE_BY_SIDE
            neighbour, far = "the row beside it", f"the row {n} further on"
            positive, partner = (neighbour, far) if is_neighbour else (far, neighbour)
            yield self.finding(
                f"the positive of each of {rows} rows is {positive}, but it is {partner} that is similar to it "
                f"({other.above_usual.standard_errors:.0f} standard errors above others): the two views of a sample "
                f"lie {HALVES if is_neighbour else SIDE_BY_SIDE}",
                "Let the target be the other view: torch.arange(2 * n).roll(n) after torch.cat([z1, z2]), and "
                "torch.arange(2 * n) ^ 1 where the views of a sample follow each other",
            )


def _is_one_for_all(logits: Tensor, target: Tensor) -> bool:
    """Whether the similarities of rows with rows (N, N) have one class for all, as they come from a product."""
    if logits.grad_fn is None or not bool((target == target[0]).all()):
        return False
    nearest = [node.name() for node in graph.walk(logits.grad_fn, limit=NODES_TO_PRODUCT)]
    return "CatBackward0" not in nearest and any(name in PRODUCTS for name in nearest)


def _is_number_of_rows(rows: int) -> bool:
    return rows % 2 == 0 and ROWS_AT_LEAST <= rows <= ROWS_AT_MOST


def _layout(partners: Tensor | None) -> str:
    """How the two views lie that each row (2N,) has its partner in; "" of other partners."""
    if partners is None:
        return ""
    rows = torch.arange(len(partners), device=partners.device)
    if torch.equal(partners, rows ^ 1):
        return SIDE_BY_SIDE
    return HALVES if torch.equal(partners, rows.roll(len(rows) // 2)) else ""


def _whole(logits: Tensor) -> Tensor:
    """(N, N), also of (N, N - 1) whose diagonal was left out."""
    rows, columns = logits.shape
    if columns == rows:
        return logits
    whole = logits.new_zeros(rows, rows)
    whole[~torch.eye(rows, dtype=torch.bool, device=logits.device)] = logits.flatten()
    return whole


def _rows(node: Any) -> int:
    """Of the square matrix that a node chooses from; 0 of any other."""
    inputs = graph.parents(node)
    shape = graph.shape_of(inputs[0]) if inputs else ()
    return shape[0] if len(shape) == 2 and shape[0] == shape[1] else 0


def _partners(node: Any, rows: int) -> Tensor | None:
    """(rows,) the one positive of each row that an index or a mask chooses."""
    if node.name() == "MulBackward0":
        saved = [node._saved_self, node._saved_other]
        masks = [each for each in saved if isinstance(each, Tensor) and tuple(each.shape) == (rows, rows)]
        masks = [each for each in masks if not each.requires_grad and int((each != 0).sum()) == rows]
        pairs = masks[0].nonzero() if masks else None
    else:
        pairs = chosen_pairs(node, rows)
    if pairs is None or len(pairs) != rows:
        return None
    pairs = pairs.cpu()
    return pairs[:, 1] if torch.equal(pairs[:, 0], torch.arange(rows)) else None


def _similarities(node: Any, rows: int) -> Tensor | None:
    """(rows, rows) products of the rows with each other, that a node's values were made of."""
    for below in graph.walk(node, limit=BELOW_AT_MOST):
        if below.name() == "MmBackward0" and tuple(graph.shape_of(below)) == (rows, rows):
            one, other = below._saved_self, below._saved_mat2
            return None if one is None or other is None else one.detach() @ other.detach()
    return None
