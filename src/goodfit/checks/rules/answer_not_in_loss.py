"""answer-not-in-loss: a language model is trained on the beginning of each text, and what follows is left out.

What it checks
    Targets of cross_entropy are the tokens of a net's input, or the next ones. Of each row the loss counts the
    beginning and ignores all from some place on, and what stands there is text: several different tokens in each row,
    no padding. In three steps.

Why it hurts
    The mask that was to leave out the prompt leaves out the answer. The net learns to write prompts, its loss falls,
    and what it answers is what it answered before.

Example
    labels[:, len(prompt):] = -100

Instead
    labels[:, :len(prompt)] = -100

When it is a false alarm
    Texts whose ends are not to be learnt, on purpose.

Cost
    Tokens of a batch are compared with its targets, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Call, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
ROWS_AT_LEAST = 0.9  # share of the rows whose end is ignored
TOKENS_AT_LEAST = 2  # different ones among what is ignored of a row
IN_ALL_AT_LEAST = 6  # different ones among what is ignored of all rows
INPUTS_KEPT = 4


class AnswerNotInLoss(LiveRule):
    code, level = "GF576", Level.WARNING
    layers = (torch.nn.Embedding,)

    def start(self) -> None:
        self.tokens: list[Tensor] = []  # (B, T) that were embedded last
        self.steps: set[int] = set()

    def on_call(self, event: Call) -> None:
        x = event.inputs[0] if event.inputs and isinstance(event.module, torch.nn.Embedding) else None
        if x is not None and event.grad and x.dim() == 2 and len(self.steps) < STEPS_AT_LEAST:
            self.tokens = [*self.tokens[1 - INPUTS_KEPT :], x.detach()]

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        ignored = event.options.get("ignore_index")
        if event.name != "cross_entropy" or not event.grad or not self.tokens or not isinstance(ignored, int):
            return
        if event.target.is_floating_point() or len(self.steps) >= STEPS_AT_LEAST:
            return
        tokens, self.tokens = self.tokens, []
        if any(_leaves_out_the_end(x, event.target.detach(), ignored) for x in tokens):
            self.steps = {*self.steps, self.program.steps}
            if len(self.steps) == STEPS_AT_LEAST:
                yield self.finding(
                    "the loss counts the tokens that each row begins with, and ignores all that follows, which is text "
                    "and no padding: prompts are learnt, and answers are not",
                    "Ignore the prompt in its place: labels[:, :prompt_length] = -100",
                )


def _leaves_out_the_end(x: Tensor, target: Tensor, ignored: int) -> bool:
    """Whether targets are the tokens (B, T) or the next ones, up to a place from which on text is ignored."""
    rows, steps = x.shape
    length, rest = divmod(target.numel(), rows)
    if rest or length not in (steps, steps - 1) or x.device != target.device or length < 2:
        return False
    labels = target.reshape(rows, length)
    is_known = labels != ignored
    # counted up to some place, nothing after it
    ends = is_known.long().sum(1)
    places = torch.arange(length, device=x.device)
    if not bool((is_known == (places < ends[:, None])).all()) or not bool((ends > 0).all()):
        return False
    if float((ends < length).float().mean()) < ROWS_AT_LEAST:
        return False
    moves = [x[:, steps - length :]] if length < steps else [x, torch.cat([x[:, 1:], x[:, -1:]], 1)]
    for tokens in moves:
        if bool(((labels == tokens) | ~is_known).all()):
            left_out = [row[int(end) :].unique() for row, end in zip(tokens, ends, strict=True) if end < length]
            several = sum(len(each) >= TOKENS_AT_LEAST for each in left_out)
            return several >= ROWS_AT_LEAST * len(left_out) and len(torch.cat(left_out).unique()) >= IN_ALL_AT_LEAST
    return False
