"""mean-over-padding: the mean over the steps of a sequence counts its padding.

What it checks
    Tokens end in padding. The output of a layer (N, T, D), which nothing masks, is averaged over its T steps on the
    way to the loss. In three passes, with a tenth of the places padding, and batches of several widths. Whatever their
    widths, where the net itself leaves these steps out before: by a mask that the nearest attention has (of
    nn.MultiheadAttention, nn.TransformerEncoder, scaled_dot_product_attention, or of scores before a softmax), or by
    pack_padded_sequence. Or losses of the steps are set to 0 where there is padding, by a mask or by ignore_index with
    reduction="none", and the mean is taken over all of them, with nothing that undoes it after.

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
    Sequences that are padded to one fixed length in training and in use, where padding is taken for a word; those that
    attention leaves out are reported all the same. Losses that
    are divided by one length on purpose, whatever the batch has, and are not compared with those of other lengths.

Cost
    Tokens are compared with the padding, and a walk of the graph, in the first steps; of three passes, a comparison of
    the weights of attention with 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Call, WatchEnds
from goodfit.checks.engine.left_out import left_out
from goodfit.checks.engine.masked_mean import mean_of_masked
from goodfit.checks.engine.sequences import padding
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
SHARE_AT_LEAST = 0.1  # of the places
NODES_AT_MOST = 400
PACKED_KEPT = 8  # of one pass
WIDTHS_AT_LEAST = 2  # different ones of batches, of training or evaluation: padded to the longest of each


class MeanOverPadding(LiveRule):
    code, level = "GF257", Level.WARNING
    layers = (nn.Embedding, nn.RNNBase)

    def start(self) -> None:
        self.padded: list[tuple[int, int]] = []  # rows and steps of tokens that end in padding
        self.packed: list[Tensor] = []  # how many rows have a first step, a second ..., of packed sequences
        self.widths: set[int] = set()
        self.evaluated: set[int] = set()  # widths, too
        self.place = Place(None, None)
        self.passes = 0
        self.passes_of_losses = 0
        self.passes_left_out = 0

    def on_call(self, event: Call) -> None:
        layer = event.module
        if isinstance(layer, nn.RNNBase) and event.grad and event.args and isinstance(event.args[0], PackedSequence):
            self.packed = [*self.packed, event.args[0].batch_sizes][-PACKED_KEPT:]
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
        yield from self._left_out(event)
        padded, self.padded = self.padded, []
        if not padded:
            return
        for mean in _means(event):
            if mean.is_mean and mean.dim == 1 and mean.shape[:2] in padded and not _is_masked(mean):
                self.passes += 1
                self.widths.add(mean.shape[1])
                self.place = user_place()
                return

    def _left_out(self, event: BackwardBegins) -> Iterator[Finding]:
        """Means over steps that the net has left out by itself."""
        packed, self.packed = self.packed, []
        for mean in _means(event) if self.passes_left_out < PASSES_AT_LEAST else ():
            rows, steps = mean.shape[:2] if mean.dim == 1 else mean.shape[1::-1]
            missing = left_out(mean.source, rows, steps, packed)
            share = 0.0 if missing is None else float(missing.float().mean())
            if share < SHARE_AT_LEAST or _is_masked(mean) or _weighed_after(event, mean):
                continue
            self.passes_left_out += 1
            if self.passes_left_out == PASSES_AT_LEAST:
                yield self.finding(
                    "the mean over the steps of sequences counts those that the net leaves out before, by a mask of "
                    f"its attention or a packed sequence: {share:.0%} of the places are padding",
                    "Sum the steps that are no padding, and divide by how many there are",
                )
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
        if (
            self.passes_left_out < PASSES_AT_LEAST <= self.passes
            and len(self.widths | self.evaluated) >= WIDTHS_AT_LEAST
        ):
            yield self.finding(
                "the mean over the steps of sequences counts their padding, whose share changes with the longest one "
                "in a batch",
                "Sum the steps that are no padding, and divide by how many there are",
                file=self.place.file,
                line=self.place.line,
            )


class _Mean(NamedTuple):
    """A mean over one of the first two dimensions of what a node gave, (N, T, D) or (T, N, D).

    Attributes:
        node: that gave the mean.
        source: the node that is averaged.
        is_mean: whether mean() made it, and not a sum that is divided by the number of steps.
    """

    node: Any
    source: Any
    shape: tuple[int, ...]
    dim: int
    is_mean: bool


def _means(event: BackwardBegins) -> Iterator[_Mean]:
    for node in event.named("MeanBackward1", "DivBackward0", nearest=NODES_AT_MOST):
        summed = node if node.name() == "MeanBackward1" else graph.parents(node)[0]
        if summed is not node and summed.name() != "SumBackward1":
            continue
        source = graph.parents(summed)[0]
        shape = tuple(graph.shape_of(source))
        dims = [dim if dim < 2**63 else dim - 2**64 for dim in summed._saved_dim]
        if len(shape) != 3 or len(dims) != 1 or dims[0] % 3 == 2:
            continue
        dim = dims[0] % 3
        if summed is node or _is_number(node._saved_other, shape[dim]):
            yield _Mean(node, source, shape, dim, summed is node)


def _is_number(divisor: object, number: int) -> bool:
    return isinstance(divisor, Tensor) and divisor.numel() == 1 and divisor.item() == number


def _is_masked(mean: _Mean) -> bool:
    """Whether what is averaged was multiplied or filled by places (N, T, 1), and so may leave padding out."""
    names = ("MulBackward0", "MaskedFillBackward0", "WhereBackward0")
    return any(
        each.name() in names and _is_mask_of(each, mean.shape) for each in graph.walk(mean.source, limit=NODES_AT_MOST)
    )


def _weighed_after(event: BackwardBegins, mean: _Mean) -> bool:
    """Whether a mean is multiplied or divided by a number for each of its rows, such as T over its length."""
    for node in event.named("MulBackward0", "DivBackward0", nearest=NODES_AT_MOST):
        if any(graph.behind(parent) is mean.node for parent in graph.parents(node)):
            sides = (getattr(node, f"_saved_{side}", None) for side in ("other", "self"))
            if any(isinstance(each, Tensor) and each.numel() > 1 and not each.requires_grad for each in sides):
                return True
    return False


def _is_mask_of(node: object, shape: tuple[int, ...]) -> bool:
    """Whether a node multiplies or fills by places (N, T, 1), and so may leave padding out."""
    for name in ("_saved_other", "_saved_self", "_saved_mask", "_saved_condition"):
        mask = getattr(node, name, None)
        if isinstance(mask, Tensor) and mask.shape[:2] == shape[:2] and mask[0, 0].numel() == 1:
            return True
    return False
