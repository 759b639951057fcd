"""pad-is-an-item: the index that stands for padding is also one of the items that sequences are made of.

What it checks
    The padding_idx of an embedding stands between other items within rows, not at their ends alone, and it is also the
    target of some rows in a loss over as many classes as the embedding has rows. In three calls.

Why it hurts
    The vector of padding stays 0 and never learns, and masks leave it out: one real item, mostly the first of all, is
    not seen by the net, and is asked for all the same.

Example
    items = [0, 1, 2, ...]; nn.Embedding(n_items, 64, padding_idx=0)

Instead
    items = [1, 2, 3, ...]; nn.Embedding(n_items + 1, 64, padding_idx=0)

When it is a false alarm
    Items that are replaced by padding on purpose, where padding is also a target.

Cost
    A look at tokens in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardEnded, Call, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
ROWS_AT_LEAST = 2  # of a batch, with padding between items


class PadIsAnItem(LiveRule):
    code, level = "GF518", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.inside: dict[int, int] = {}  # rows of an embedding, to its padding_idx, where that stood within rows
        self.calls = 0

    def on_call(self, event: Call) -> None:
        layer = event.module
        if not isinstance(layer, nn.Embedding) or layer.padding_idx is None or not event.grad or not event.inputs:
            return
        tokens = event.inputs[0]
        if tokens.dim() == 2 and _rows_with_pads_inside(tokens, layer.padding_idx) >= ROWS_AT_LEAST:
            self.inside[layer.num_embeddings] = layer.padding_idx

    def after_backward(self, event: BackwardEnded) -> None:
        self.inside = {}

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "cross_entropy" or not event.grad or event.target.dim() != 1 or event.input.dim() != 2:
            return
        index = self.inside.get(event.input.shape[1])
        if index is None or event.target.is_floating_point() or event.options.get("ignore_index") == index:
            return
        if not bool((event.target == index).any()):
            return
        self.calls += 1
        if self.calls == CALLS_AT_LEAST:
            yield self.finding(
                f"the embedding's padding_idx {index} stands between the items of rows, and is the target of some: one "
                "of the items is taken for padding",
                f"Number the items from {index + 1} on, and make the embedding and the output one larger",
            )


def _rows_with_pads_inside(tokens: Tensor, index: int) -> int:
    """Rows in which padding stands between other items; 0 where no row ends or begins with a run of padding."""
    pads = tokens.detach() == index
    items = (~pads).int()
    after, before = items.flip(1).cumsum(1).flip(1) > 0, items.cumsum(1) > 0
    inside = (pads & after & before).any(1)
    has_runs = bool((pads[:, :2].all(1) | pads[:, -2:].all(1)).any())
    return int(inside.sum()) if has_runs else 0
