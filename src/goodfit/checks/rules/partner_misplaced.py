"""partner-misplaced: in a contrastive loss the positive of a view is another sample, as the views lie otherwise.

What it checks
    The similarities (2N, 2N) of two views of N samples are a loss's, by cross_entropy, by an index, or by a mask with
    one positive in each row. The positive of row i is the row beside it, as where the two views of a sample follow each
    other. That is no more similar to it than others are, and row i + N is, by 6 standard errors and more than the rows
    beside that one. Or the other way round, or in blocks, as where the views of each device follow each other. In three
    calls. Or similarities (N, N) of rows with rows have the same class in all rows, such as 0.

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
PARTS_AT_MOST = 16  # of which the rows of a batch are gathered
SIDE_BY_SIDE = 0  # in place of a number of parts
STANDS_OUT, HIDDEN = 6.0, 3.0  # standard errors
BESIDE_AT_LEAST = 0.5  # of what partners are above the usual
NEAREST = 40  # nodes of a loss, among which positives are looked for
BELOW_AT_MOST = 40  # nodes from the positives to the product of the rows
CHOOSING = ("IndexBackward0", "GatherBackward0", "MulBackward0")
NODES_TO_PRODUCT = 4  # divided by a temperature, or multiplied with a scale
PRODUCTS = ("MmBackward0", "AddmmBackward0")


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
        self.layout = SIDE_BY_SIDE  # that the positives are right for, see `_parts`
        # By layout. Side by side, one view is two rows from the next, and the other one is beside it.
        self.similarity = {parts: Similarity(1 if parts == SIDE_BY_SIDE else 2) for parts in range(PARTS_AT_MOST + 1)}
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
        parts = _parts(target)
        if parts is None and columns == rows and _is_one_for_all(logits, target):
            self.first_for_all += 1
            if self.first_for_all == JUDGED_AT[0]:
                self.calls = JUDGED_AT[-1]
                yield self.finding(
                    f"the positive of each of {rows} rows is row {int(target[0])} of the others: all rows of a batch "
                    "are drawn towards that one",
                    "Let the positive of row i be row i: labels = torch.arange(len(logits)); zeros belong to logits "
                    "that have their own positive in the first column, torch.cat([positive, negatives], 1)",
                )
        if parts is not None:
            yield from self._judge(parts, _whole(logits.detach()))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """Of a loss that is written out."""
        if self.calls >= JUDGED_AT[-1] or (self.passes >= JUDGED_AT[0] and not self.calls):
            return
        self.passes += 1
        for node in event.named(*CHOOSING, nearest=NEAREST):
            rows = _rows(node)
            parts = _parts(_partners(node, rows)) if _is_number_of_rows(rows) else None
            similarities = None if parts is None else _similarities(node, rows)
            if parts is not None and similarities is not None:
                yield from self._judge(parts, similarities)
                return

    def _judge(self, layout: int, similarities: Tensor) -> Iterator[Finding]:
        if layout != self.layout:
            self.start()
            self.layout = layout
        rows = len(similarities)
        here = {parts: apart for parts in self.similarity if (apart := _apart(parts, rows // 2))}
        for parts, apart in here.items():
            blocks = similarities.reshape(rows // (2 * apart), 2, apart, rows // (2 * apart), 2, apart)
            self.similarity[parts].add(blocks[:, 0, :, :, 1].flatten(2).flatten(0, 1))
        self.calls += 1
        if self.calls not in JUDGED_AT or not self.similarity[layout].is_hidden:
            return
        for parts in here:
            other = self.similarity[parts]
            if parts != layout and other.above_usual.count >= PAIRS_AT_LEAST and other.stands_out:
                self.calls = JUDGED_AT[-1]
                yield self.finding(
                    f"the positive of each of {rows} rows is {_partner_in_words(layout, rows)}, but it is "
                    f"{_partner_in_words(parts, rows)} that is similar to it "
                    f"({other.above_usual.standard_errors:.0f} standard errors above others): the two views of a "
                    f"sample lie {_layout_in_words(parts, rows)}",
                    "Let the target be the other view: torch.arange(2 * n).roll(n) after torch.cat([z1, z2]), and "
                    "torch.arange(2 * n) ^ 1 where the views of a sample follow each other; of views that are gathered "
                    "from several parts, put all first ones before all second ones",
                )
                return


def _apart(parts: int, samples: int) -> int:
    """How many rows the two views of a sample lie apart in a layout; 0 where so many samples have no such layout."""
    if parts == SIDE_BY_SIDE:
        return 1
    return samples // parts if samples % parts == 0 and samples > parts else 0


def _partner_in_words(parts: int, rows: int) -> str:
    if parts == SIDE_BY_SIDE:
        return "the row beside it"
    apart = _apart(parts, rows // 2)
    return f"the row {apart} further on" + ("" if parts == 1 else f" in its part of {2 * apart}")


def _layout_in_words(parts: int, rows: int) -> str:
    if parts == SIDE_BY_SIDE:
        return "side by side"
    return "in two halves" + ("" if parts == 1 else f" of each part of {rows // parts}")


def _is_one_for_all(logits: Tensor, target: Tensor) -> bool:
    """Whether the similarities of rows with rows (N, N) have one class for all, as they come from a product."""
    if logits.grad_fn is None or not bool((target == target[0]).all()):
        return False
    nearest = [node.name() for node in graph.walk(logits.grad_fn, limit=NODES_TO_PRODUCT)]
    return "CatBackward0" not in nearest and any(name in PRODUCTS for name in nearest)


def _is_number_of_rows(rows: int) -> bool:
    return rows % 2 == 0 and ROWS_AT_LEAST <= rows <= ROWS_AT_MOST


def _parts(partners: Tensor | None) -> int | None:
    """The layout that each row (2N,) has its partner in: of how many parts, each with two halves of views."""
    if partners is None:
        return None
    rows = torch.arange(len(partners), device=partners.device)
    for parts in range(PARTS_AT_MOST + 1):
        apart = _apart(parts, len(partners) // 2)
        if apart and torch.equal(partners, torch.where((rows // apart) % 2 == 0, rows + apart, rows - apart)):
            return parts
    return None


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
