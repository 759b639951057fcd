"""mask-as-index: rows are chosen by a mask of whole numbers, which reads the first two rows again and again.

What it checks
    In three backward passes: a tensor with one value or row for each of N rows is indexed by N whole numbers, and these
    are 0 and 1 alone.

Why it hurts
    Only a mask of the type bool chooses rows. Whole numbers are row numbers: values[mask] gives row 0 wherever the mask
    is 0, and row 1 wherever it is 1. Shapes fit, the loss has a value, and two rows of each batch are trained on.

Example
    loss = -log_likelihood[event].mean()                 # event: 0 and 1, as int64

Instead
    loss = -log_likelihood[event.bool()].mean()

When it is a false alarm
    A table that happens to have as many rows as the batch, of which the first two are looked up.

Cost
    A look at the indices in the graph in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST = 8
PASSES_AT_LEAST = 3
NODES_AT_MOST = 20  # of a pass


class MaskAsIndex(LiveRule):
    code, level = "GF681", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST:
            return
        rows = max((_rows_chosen(node) for node in event.named("IndexBackward0")[:NODES_AT_MOST]), default=0)
        self.passes += rows > 0
        if rows and self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"{rows:,} rows are indexed by {rows:,} whole numbers that are 0 and 1 alone: rows 0 and 1 are read "
                "again and again, and no rows are chosen",
                "Choose by a mask of truth values: values[mask.bool()]",
            )


def _rows_chosen(node: Any) -> int:
    """How many rows a mask of whole numbers was to choose from; 0 where the index is none."""
    indices = [each for each in node._saved_indices if isinstance(each, Tensor)]
    sizes = node._saved_self_sym_sizes
    if len(indices) != 1 or indices[0].dim() != 1 or indices[0].is_floating_point() or indices[0].element_size() == 1:
        return 0
    index, dim = indices[0], next(at for at, each in enumerate(node._saved_indices) if isinstance(each, Tensor))
    if len(index) < ROWS_AT_LEAST or dim >= len(sizes) or int(sizes[dim]) != len(index):
        return 0
    ones = index == 1
    is_mask = bool((ones | (index == 0)).all()) and bool(ones.any()) and not bool(ones.all())
    return len(index) if is_mask else 0
