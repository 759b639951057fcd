"""last-step-is-padding: what is used of a recurrent net is its state after it has run over padding.

What it checks
    Tokens end in padding, in batches of several widths, or with several lengths; or series of numbers do, as rows of
    zeros. A recurrent layer that runs forwards gets them, tokens embedded, not packed, and the loss uses its last step
    (out[:, -1]) or its last state (h_n); or a layer of a transformer gets them, with no mask for the padding, and the
    loss uses its last step. Or it gets packed sequences, and of a tenth of the rows what is read next is
    all zeros, as the steps beyond the end are.

Why it hurts
    For every row but the longest this is the state after many steps of padding: what the row said is forgotten, the
    more so the longer the others of its batch are.

Example
    out, _ = lstm(embed(x)); logits = head(out[:, -1])

Instead
    logits = head(out[torch.arange(len(x)), lengths - 1])          # or pack_padded_sequence, and h_n

When it is a false alarm
    None is known; texts padded at their start are not reported.

Cost
    Tokens are compared with the padding, and a walk of the graph, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Call
from goodfit.checks.engine.sequences import padding
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
SHARE_AT_LEAST = 0.1  # of the places, or of the rows of a batch
NODES_TO_TOKENS = 60  # between a recurrent layer and the layer that embeds its tokens
TURNS = ("TransposeBackward0", "PermuteBackward0")
READERS = (nn.Linear, nn.LayerNorm, nn.Dropout, nn.Sequential)  # what is given the last step


class LastStepIsPadding(LiveRule):
    code, level = "GF267", Level.WARNING
    layers = (nn.Embedding, nn.RNNBase, nn.TransformerEncoderLayer, *READERS)

    def start(self) -> None:
        # rows and steps of what ends in padding, and of other tokens, with the nodes that embedded these
        self.padded: list[tuple[tuple[int, int], Any]] = []
        self.others: list[tuple[tuple[int, int], Any]] = []
        # nodes of the steps and of the last state, of padded rows, and which dimension the steps are
        self.outputs: list[tuple[Any, Any, int]] = []
        self.passes = 0
        self.unpacked: weakref.ref[nn.Module] | None = None  # the net whose recurrent layer got packed sequences last
        self.empty = 0  # passes in which what was read of these holds rows of zeros

    def on_call(self, event: Call) -> Iterator[Finding]:
        layer = event.module
        if not event.grad or not event.inputs or self.passes >= PASSES_AT_LEAST:
            return
        x = event.inputs[0]
        if isinstance(layer, READERS):
            yield from self._read(event, x)
        elif isinstance(layer, nn.RNNBase) and isinstance(event.args[0], PackedSequence):
            self.unpacked = weakref.ref(event.root)
        elif isinstance(layer, nn.Embedding):
            for tokens in (x, x.mT) if x.dim() == 2 else ():
                if tokens is x or x.shape[0] != x.shape[1]:
                    self._note(tokens, padding(tokens, layer.padding_idx), event.outputs[0].grad_fn)
        elif isinstance(layer, nn.TransformerEncoderLayer) and x.dim() == 3 and event.outputs:
            steps = 1 if layer.self_attn.batch_first else 0
            is_masked = event.kwargs.get("src_key_padding_mask") is not None or len(event.args) > 2
            if not is_masked and self._is_padded(x, (x.shape[1 - steps], x.shape[steps])):
                self.outputs.append((event.outputs[0].grad_fn, None, steps))
        elif isinstance(layer, nn.RNNBase) and not layer.bidirectional and x.dim() == 3:
            if not event.args or not isinstance(event.args[0], Tensor):
                return
            steps = 1 if layer.batch_first else 0
            if x.grad_fn is None:  # numbers as they were measured
                is_there = (x != 0).any(2).long()
                is_there = is_there if steps else is_there.mT
                self._note(is_there, padding(is_there, None), None)
            if self._is_padded(x, (x.shape[1 - steps], x.shape[steps])) and len(event.outputs) > 1:
                self.outputs.append((event.outputs[0].grad_fn, event.outputs[1].grad_fn, steps))

    def _note(self, x: Tensor, pads: Tensor | None, node: Any) -> None:
        """Keep the rows and steps of what ends in padding, and of what does not."""
        is_padded = pads is not None and float(pads.float().mean()) >= SHARE_AT_LEAST
        (self.padded if is_padded else self.others).append(((x.shape[0], x.shape[1]), node))

    def _is_padded(self, x: Tensor, shape: tuple[int, int]) -> bool:
        """Whether a layer's input comes of what ends in padding: by its shape, or the graph where others have it."""
        padded = [node for of, node in self.padded if of == shape]
        if x.grad_fn is None or not any(of == shape for of, _ in self.others):
            return bool(padded)
        reached = {id(node) for node in graph.walk(x.grad_fn, limit=NODES_TO_TOKENS)}
        return any(id(node) in reached for node in padded)

    def _read(self, event: Call, x: Tensor) -> Iterator[Finding]:
        """Steps of a packed sequence that is unpacked again are zeros from its end on, and no others are."""
        if self.unpacked is None or self.unpacked() is not event.root or x.dim() != 2 or x.grad_fn is None:
            return
        self.unpacked = None
        share = float((x == 0).all(1).float().mean())
        self.empty += SHARE_AT_LEAST <= share < 1
        if self.empty == PASSES_AT_LEAST:
            self.passes = PASSES_AT_LEAST
            yield self.finding(
                f"of {share:.0%} of the rows, the step of a recurrent layer that is used is all zeros: it is beyond "
                "the end of their packed sequence",
                "Take each row's own last step, out[torch.arange(len(x)), lengths - 1], or the last state, h_n",
            )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        outputs, self.outputs, self.padded, self.others = self.outputs, [], [], []
        if not outputs:
            return
        for nodes in event.nodes:
            if any(_uses_last(nodes, *each) for each in outputs):
                self.passes += 1
                if self.passes == PASSES_AT_LEAST:
                    yield self.finding(
                        "of a recurrent layer or a transformer the last step of the batch is used: for all rows but "
                        "the longest that is the state after padding",
                        "Take each row's own last step, out[torch.arange(len(x)), lengths - 1], or pack the sequences",
                    )
                return


def _uses_last(nodes: list[Any], steps: Any, last: Any, dim: int) -> bool:
    """Whether the nodes of a loss reach the last step alone, or the last state.

    Args:
        steps: the node that gave all steps, along a dimension.
    """
    users = _users(nodes, steps)
    ends = (graph.shape_of(steps)[dim] - 1, -1, 2**64 - 1)
    for node in users:
        if node.name() == "SelectBackward0" and node._saved_dim == dim:
            return node._saved_index in ends
        if node.name() == "SliceBackward0":  # out[:, -1] as a slice of the rows first
            return any(
                each.name() == "SelectBackward0" and each._saved_dim == dim and each._saved_index in ends
                for each in _users(nodes, node)
            )
        if node.name() in TURNS and graph.shape_of(node)[:2] == graph.shape_of(steps)[:2][::-1]:
            return bool(_users(nodes, node)) and _uses_last(nodes, node, None, 1 - dim)
    return not users and last is not None and any(node is last for node in nodes)


def _users(nodes: list[Any], of: Any) -> list[Any]:
    return [node for node in nodes if any(parent is of for parent in graph.parents(node))]
