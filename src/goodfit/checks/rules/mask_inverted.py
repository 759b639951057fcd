"""mask-inverted: the padding mask hides the words and shows the padding.

What it checks
    Attention's key_padding_mask (True: leave out) leaves out tokens of several kinds, and what it keeps is one single
    token that is never left out: the padding. For inputs that are no tokens: it keeps exactly the rows that are all
    zero. The attn_mask of scaled_dot_product_attention and the attention_mask of Hugging Face's models, which mean
    the opposite (True or 1: keep), in the same way.

Why it hurts
    The layer attends to padding alone. It learns a little from positions and lengths, and nothing from the words.

Example
    mask = tokens != PAD
    h = self.encoder(self.embed(tokens), src_key_padding_mask=mask)
    scores = scores.masked_fill(mask[:, None, None, :], -1e9)

Instead
    mask = tokens == PAD

When it is a false alarm
    None is known.

Cost
    A comparison of the mask, or of the weights, with the tokens, in the steps examined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Attention, BackwardBegins, Call, NetCall
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.engine.written_attention import attention_weights, ends_rows, hidden_keys, looked_up
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

EMBEDDINGS_KEPT = 4
PASSES_AT_LEAST = 2


class MaskInverted(LiveRule):
    code, level = "GF108", Level.ERROR
    layers = (nn.Embedding, nn.MultiheadAttention)

    def start(self) -> None:
        self.tokens: list[Tensor] = []  # given to the last embeddings
        self.frames: list[Tensor] = []  # given to the last net, with a row of numbers for each step
        self.passes: Counter[Place] = Counter()  # in which written-out attention looks at padding alone

    def on_call(self, event: Call) -> Iterator[Finding]:
        module = event.module
        if isinstance(module, nn.Embedding):
            if event.inputs and event.inputs[0].dim() == 2:
                self.tokens = [*self.tokens[1 - EMBEDDINGS_KEPT :], event.inputs[0]]
        elif isinstance(module, nn.MultiheadAttention):
            mask = event.kwargs.get("key_padding_mask", event.args[3] if len(event.args) > 3 else None)
            if isinstance(mask, Tensor) and mask.dim() == 2:
                left_out = mask if mask.dtype == torch.bool else mask == -torch.inf
                sequences = [*self.tokens, *(x for x in event.inputs[:1] if x.grad_fn is None)]
                yield from self._judge(left_out, sequences, "key_padding_mask", "True leaves a position out")

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        if event.grad:
            self.frames = [x for x in event.inputs if x.dim() == 3 and x.is_floating_point() and x.grad_fn is None]
        if type(event.module).__module__.startswith("transformers."):
            mask, tokens = event.kwargs.get("attention_mask"), event.kwargs.get("input_ids")
            if isinstance(mask, Tensor) and isinstance(tokens, Tensor) and mask.dim() == 2:
                yield from self._judge(mask == 0, [tokens], "attention_mask", "1 keeps a position")

    def on_attention(self, event: Attention) -> Iterator[Finding]:
        """A mask over keys alone: (B, 1, 1, T), or (B, T, T) whose rows are equal. Here True keeps a position."""
        mask = event.mask
        if mask.dim() < 3:
            return
        rows = mask.reshape(len(mask), -1, mask.shape[-1])
        if bool((rows == rows[:, :1]).all()):
            kept = rows[:, 0] if mask.dtype == torch.bool else rows[:, 0] == 0
            yield from self._judge(~kept, self.tokens, "attn_mask", "True keeps a position")

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        sequences = [*self.tokens, *self.frames, *looked_up(event)]
        for softmax, weights in attention_weights(event) if sequences else ():
            verdicts = {_of_weights(weights, each) for each in sequences if each.device == weights.device}
            if True not in verdicts or False in verdicts:
                continue
            place = graph.place_of(softmax)
            self.passes[place] += 1
            if self.passes[place] == PASSES_AT_LEAST:
                yield self.finding(
                    "the weights of this attention are 0 at all that is no padding, and the padding has the whole "
                    "weight: the mask is the wrong way round",
                    "Hide the padding: scores.masked_fill(tokens == PAD, -torch.inf)",
                    file=place.file,
                    line=place.line,
                )

    def _judge(self, left_out: Tensor, sequences: list[Tensor], name: str, meaning: str) -> Iterator[Finding]:
        if not bool(left_out.any()) or bool(left_out.all()):
            return
        verdicts = {_inverted(left_out, x) for x in sequences if x.device == left_out.device}
        if True in verdicts and False not in verdicts:
            yield self.finding(
                f"{name} leaves out the tokens and keeps the padding: {meaning}",
                "Invert it: mask = ~mask",
            )


def _inverted(left_out: Tensor, x: Tensor) -> bool | None:
    """Whether a mask (B, T) keeps the padding of x alone; None where x is another sequence, or nothing can be said."""
    if x.is_floating_point():
        if x.dim() != 3:
            return None
        empty = (x == 0).all(-1)
        empty = empty if empty.shape == left_out.shape else empty.T
        if empty.shape != left_out.shape or not bool(empty.any()):
            return None
        return True if bool((empty == ~left_out).all()) else False if bool((empty == left_out).all()) else None
    left_out = _of_tokens(left_out, x)
    tokens = x if x.shape == left_out.shape else x.T
    if tokens.shape != left_out.shape:
        return None
    kept, out = torch.unique(tokens[~left_out]), torch.unique(tokens[left_out])
    if len(out) == 1:
        return False
    return True if len(kept) == 1 and not bool((out == kept).any()) else None


def _of_weights(weights: Tensor, x: Tensor) -> bool | None:
    """Whether weights (N, ..., K) hide all but the padding at an end of sequences x, tokens or rows of numbers.

    None where x is another sequence, or nothing can be said.
    """
    steps = weights.shape[-1]
    if x.shape[1] != steps or len(weights) % max(len(x), 1):
        if x.shape[0] != steps or len(weights) % max(x.shape[1], 1):
            return None
        x = x.transpose(0, 1)
    hidden = hidden_keys(weights, len(x))
    if hidden is None or not bool(hidden[1].any()) or not ends_rows(~hidden[1]):
        return None
    return _inverted(hidden[1], x[hidden[0]])


def _of_tokens(left_out: Tensor, x: Tensor) -> Tensor:
    """Without a first or last column that is kept in all rows, as of a token that is learnt and not in x.

    A first one that is left out in all rows is such a token, too, of a mask that is inverted as a whole.
    """
    if x.dim() == 2 and left_out.shape == (len(x), x.shape[1] + 1):
        first, last = left_out[:, 0], left_out[:, -1].any()
        return (
            left_out[:, 1:]
            if not bool(first.any()) or bool(first.all())
            else left_out
            if bool(last)
            else left_out[:, :-1]
        )
    return left_out
