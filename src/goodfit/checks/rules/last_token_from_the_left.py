"""last-token-from-the-left: rows are padded on the left, and their last token is looked for as if they were not.

What it checks
    In three steps: tokens begin with padding, after which rows of several lengths follow; and what is read of each row
    is the place number (count of its tokens - 1), which is that of the last one in rows that are padded on the right.

Why it hurts
    The last token of a row that is padded on the left stands in the last place. What is read is a place in the middle
    of the text, or in its padding: a score of a text that was not read to its end.

Example
    end = (ids != PAD).sum(1) - 1; score = values[torch.arange(len(ids)), end]         # padding_side="left"

Instead
    score = values[:, -1]

When it is a false alarm
    None is known.

Cost
    Tokens are compared with the padding, and a look at the graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, Call
from goodfit.checks.engine.sequences import padding
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
TOKENS_KEPT = 4
NODES_AT_MOST = 20


class LastTokenFromTheLeft(LiveRule):
    code, level = "GF697", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.padded: list[Tensor] = []  # (N, T) where tokens are padding, of rows that begin with it
        self.passes = 0

    def on_call(self, event: Call) -> None:
        x = event.inputs[0] if isinstance(event.module, nn.Embedding) and event.grad and event.inputs else None
        if x is None or x.dim() != 2 or self.passes >= PASSES_AT_LEAST:
            return
        pads = padding(x.flip(1), event.module.padding_idx if isinstance(event.module, nn.Embedding) else None)
        if pads is not None:
            self.padded = [*self.padded[1 - TOKENS_KEPT :], pads.flip(1)]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        padded, self.padded = self.padded, []
        if not padded or self.passes >= PASSES_AT_LEAST:
            return
        nodes = event.named("IndexBackward0", "GatherBackward0")[:NODES_AT_MOST]
        shares = [float(pads.any(1).float().mean()) for node in nodes for pads in padded if _reads_count(node, pads)]
        self.passes += bool(shares)
        if shares and self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"{max(shares):.0%} of the rows are padded on the left, and each is read at the place (count of its "
                "tokens - 1): that is not its last token",
                "Read the last place of each row, values[:, -1], or pad on the right",
            )


def _reads_count(node: Any, pads: Tensor) -> bool:
    """Whether each row is read at the number of its tokens, less one."""
    if node.name() == "GatherBackward0":
        index = node._saved_index
        places = index.reshape(len(index), -1)[:, 0] if index.dim() > 1 and index.shape[1] == 1 else None
    else:
        indices = [each for each in node._saved_indices if isinstance(each, Tensor)]
        places = indices[1] if len(indices) == 2 and indices[1].dim() == 1 else None
    if places is None or len(places) != len(pads) or places.is_floating_point() or places.device != pads.device:
        return False
    rows = pads.any(1)
    return bool(rows.any()) and torch.equal(places[rows], (~pads).sum(1)[rows] - 1)
