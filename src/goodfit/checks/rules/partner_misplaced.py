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
        self.apart = 0  # rows from a view to the positive, in the layout that the positives are right for
        self.rows = 0
        self.similarity: dict[int, Similarity] = {}  # by how many rows the two views of a sample lie apart
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
        apart = _apart(target)
        if not apart and columns == rows and _is_one_for_all(logits, target):
            self.first_for_all += 1
            if self.first_for_all == JUDGED_AT[0]:
                self.calls = JUDGED_AT[-1]
                yield self.finding(
                    f"the positive of each of {rows} rows is row {int(target[0])} of the others: all rows of a batch "
                    "are drawn towards that one",
                    "Let the positive of row i be row i: labels = torch.arange(len(logits)); zeros belong to logits "
                    "that have their own positive in the first column, torch.cat([positive, negatives], 1)",
                )
        if apart:
            yield from self._judge(apart, _whole(logits.detach()))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """Of a loss that is written out."""
        if self.calls >= JUDGED_AT[-1] or (self.passes >= JUDGED_AT[0] and not self.calls):
            return
        self.passes += 1
        for node in event.named(*CHOOSING, nearest=NEAREST):
            rows = _rows(node)
            apart = _apart(_partners(node, rows)) if _is_number_of_rows(rows) else 0
            similarities = _similarities(node, rows) if apart else None
            if similarities is not None:
                yield from self._judge(apart, similarities)
                return

    def _judge(self, apart: int, similarities: Tensor) -> Iterator[Finding]:
        rows = len(similarities)
        if (apart, rows) != (self.apart, self.rows):
            self.start()
            self.apart, self.rows = apart, rows
            # Side by side, one view is two rows from the next, and the other one is beside it.
            self.similarity = {each: Similarity(2 if each > 1 else 1) for each in _layouts(rows // 2)}
        for each, similarity in self.similarity.items():
            blocks = similarities.view(rows // (2 * each), 2, each, rows // (2 * each), 2, each)
            similarity.add(blocks[:, 0, :, :, 1].flatten(2).flatten(0, 1))
        self.calls += 1
        if self.calls not in JUDGED_AT or not self.similarity[apart].is_hidden:
            return
        for other, similarity in self.similarity.items():
            if other != apart and similarity.above_usual.count >= PAIRS_AT_LEAST and similarity.stands_out:
                self.calls = JUDGED_AT[-1]
                yield self.finding(
                    f"the positive of each of {rows} rows is {_in_words(apart, rows)}, but it is "
                    f"{_in_words(other, rows)} that is similar to it "
                    f"({similarity.above_usual.standard_errors:.0f} standard errors above others): the two views of a "
                    f"sample lie {_layout_in_words(other, rows)}",
                    "Let the target be the other view: torch.arange(2 * n).roll(n) after torch.cat([z1, z2]), and "
                    "torch.arange(2 * n) ^ 1 where the views of a sample follow each other; what comes from several "
                    "parts, gather all first views and then all second ones",
                )
                return


def _layouts(samples: int) -> list[int]:
    """How many rows the two views of a sample may lie apart: all of them, one, or those of each of several parts."""
    return [each for each in range(1, samples + 1) if samples % each == 0 and samples // each <= PARTS_AT_MOST] + (
        [1] if samples > PARTS_AT_MOST else []
    )


def _in_words(apart: int, rows: int) -> str:
    """Where a partner is."""
    if apart == 1:
        return "the row beside it"
    return (
        f"the row {apart} further on" if 2 * apart == rows else f"the row {apart} further on in its part of {2 * apart}"
    )


def _layout_in_words(apart: int, rows: int) -> str:
    if apart == 1:
        return "side by side"
    return "in two halves" if 2 * apart == rows else f"in two halves of each part of {2 * apart}"


def _is_one_for_all(logits: Tensor, target: Tensor) -> bool:
    """Whether the similarities of rows with rows (N, N) have one class for all, as they come from a product."""
    if logits.grad_fn is None or not bool((target == target[0]).all()):
        return False
    nearest = [node.name() for node in graph.walk(logits.grad_fn, limit=NODES_TO_PRODUCT)]
    return "CatBackward0" not in nearest and any(name in PRODUCTS for name in nearest)


def _is_number_of_rows(rows: int) -> bool:
    return rows % 2 == 0 and ROWS_AT_LEAST <= rows <= ROWS_AT_MOST


def _apart(partners: Tensor | None) -> int:
    """How many rows the two views lie apart that each row (2N,) has its partner in; 0 of other partners."""
    if partners is None:
        return 0
    rows = torch.arange(len(partners), device=partners.device)
    apart = int((partners[0] - rows[0]).abs())
    if apart not in _layouts(len(partners) // 2):
        return 0
    first = (rows // apart) % 2 == 0
    return apart if torch.equal(partners, torch.where(first, rows + apart, rows - apart)) else 0


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
