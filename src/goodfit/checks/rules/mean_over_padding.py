"""mean-over-padding: the mean over the steps of a sequence counts its padding.

What it checks
    Tokens end in padding. The output of a layer (N, T, D), which nothing masks, is averaged over its T steps on the
    way to the loss. In three passes, with a tenth of the places padding. Or losses of the steps are set to 0 where
    there is padding, by a mask or by ignore_index with reduction="none", and the mean is taken over all of them, with
    nothing that undoes it after.

Why it hurts
    What a text is worth depends on the longest one in its batch: the same row gets another answer in other company, and
    in use another one than in training. Short texts drown in padding.

Example
    pooled = hidden.mean(dim=1)
    loss = (F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none") * mask).mean()

Instead
    mask = (tokens != PAD).unsqueeze(-1); pooled = (hidden * mask).sum(1) / mask.sum(1)
    loss = (F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none") * mask).sum() / mask.sum()

When it is a false alarm
    Sequences that are padded to one fixed length in training and in use, where padding is taken for a word. Losses that
    are divided by one length on purpose, whatever the batch has, and are not compared with those of other lengths.

Cost
    Tokens are compared with the padding, and a walk of the graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Call, WatchEnds
from goodfit.checks.engine.masked_mean import mean_of_masked
from goodfit.checks.engine.sequences import padding
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
SHARE_AT_LEAST = 0.1  # of the places
NODES_AT_MOST = 400
WIDTHS_AT_LEAST = 2  # different ones of batches, of training or evaluation: padded to the longest of each


class MeanOverPadding(LiveRule):
    code, level = "GF257", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.padded: list[tuple[int, int]] = []  # rows and steps of tokens that end in padding
        self.widths: set[int] = set()
        self.evaluated: set[int] = set()  # widths, too
        self.place = Place(None, None)
        self.passes = 0
        self.passes_of_losses = 0

    def on_call(self, event: Call) -> None:
        layer = event.module
        if not isinstance(layer, nn.Embedding) or not event.inputs or event.inputs[0].dim() != 2:
            return
        if not event.grad:
            self.evaluated.add(event.inputs[0].shape[1])
            return
        pads: Tensor | None = padding(event.inputs[0], layer.padding_idx)
        if pads is not None and float(pads.float().mean()) >= SHARE_AT_LEAST:
            self.padded.append((pads.shape[0], pads.shape[1]))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        yield from self._losses(event)
        padded, self.padded = self.padded, []
        if not padded:
            return
        for node in event.named("MeanBackward1", nearest=NODES_AT_MOST):
            source = graph.parents(node)[0]
            shape = tuple(graph.shape_of(source))
            if len(shape) != 3 or shape[:2] not in padded or tuple(node._saved_dim) not in ((1,), (2**64 - 2,)):
                continue
            if any(each.name() in ("MulBackward0", "MaskedFillBackward0", "WhereBackward0")
                   and _is_mask_of(each, shape) for each in graph.walk(source, limit=NODES_AT_MOST)):  # fmt: skip
                continue
            self.passes += 1
            self.widths.add(shape[1])
            self.place = user_place()
            return

    def _losses(self, event: BackwardBegins) -> Iterator[Finding]:
        share = mean_of_masked(event) if self.passes_of_losses < PASSES_AT_LEAST else 0.0
        self.passes_of_losses += share > 0
        if share and self.passes_of_losses == PASSES_AT_LEAST:
            yield self.finding(
                f"losses of padding are set to 0 and averaged with the others: {share:.0%} of the places are padding, "
                "and the loss is smaller by as much",
                "Divide the sum by the number of places that are none: (loss * mask).sum() / mask.sum()",
            )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST and len(self.widths | self.evaluated) >= WIDTHS_AT_LEAST:
            yield self.finding(
                "the mean over the steps of sequences counts their padding, whose share changes with the longest one "
                "in a batch",
                "Sum the steps that are no padding, and divide by how many there are",
                file=self.place.file,
                line=self.place.line,
            )


def _is_mask_of(node: object, shape: tuple[int, ...]) -> bool:
    """Whether a node multiplies or fills by places (N, T, 1), and so may leave padding out."""
    for name in ("_saved_other", "_saved_self", "_saved_mask", "_saved_condition"):
        mask = getattr(node, name, None)
        if isinstance(mask, Tensor) and mask.shape[:2] == shape[:2] and mask[0, 0].numel() == 1:
            return True
    return False
