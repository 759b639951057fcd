"""shown-tokens-in-loss: a masked language model is also trained to copy the tokens that it was shown.

What it checks
    A net reads numbers of tokens, and the targets of cross_entropy at these places are the same numbers, but for 5% to
    half of them, where nearly all inputs are one token that no target is: the mask. And no target is ignored. In three
    batches.

Why it hurts
    Most of the loss is of tokens that can be read off the input. It falls to nothing at once, and what is left for the
    hidden ones is a fraction of the gradient.

Example
    labels = ids.clone(); ids[hidden] = MASK; loss = F.cross_entropy(net(ids).transpose(1, 2), labels)

Instead
    labels[~hidden] = -100                            # which cross_entropy ignores

When it is a false alarm
    Texts that are to be given back whole, with what was blotted out filled in.

Cost
    Comparisons of the tokens of a batch, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Call, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3
LOOKS_IN_VAIN = 6
HIDDEN = (0.05, 0.5)  # of the places
ONE_TOKEN = 0.75  # of the hidden places: BERT leaves a tenth of them as they are, and draws other tokens at a tenth
TOKENS = (torch.int64, torch.int32)
PLACES_AT_LEAST = 64


class ShownTokensInLoss(LiveRule):
    code, level = "GF293", Level.WARNING

    layers = (nn.Embedding,)

    def start(self) -> None:
        self.inputs: list[Tensor] = []  # of the last call
        self.batches = self.without = 0

    def on_call(self, event: Call) -> None:
        """Of a net that hides tokens itself, what it embeds."""
        if event.grad and self.without < LOOKS_IN_VAIN and (event.outermost or isinstance(event.module, nn.Embedding)):
            inputs = [x for x in event.inputs if x.dtype in TOKENS and x.dim() == 2]
            self.inputs = inputs or self.inputs

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        inputs, self.inputs = self.inputs, []
        if not event.grad or event.name != "cross_entropy" or event.target.dtype not in TOKENS or not inputs:
            return
        target = event.target.detach().flatten()
        fitting = [x.detach().flatten() for x in inputs if x.numel() == len(target) and x.device == target.device]
        if not fitting or len(target) < PLACES_AT_LEAST:
            return
        shown = fitting[0]
        is_masked = _is_masked(shown, target, event.options.get("ignore_index", -100))
        self.batches = self.batches + 1 if is_masked else 0
        self.without += not is_masked
        if self.batches == BATCHES_AT_LEAST:
            share = float((shown == target).double().mean())
            yield self.finding(
                f"{share:.0%} of the targets are the tokens that the net is shown at the same places: most of what it "
                "is trained on can be copied",
                "Set the labels of places that are not hidden to -100, which cross_entropy ignores",
            )


def _is_masked(shown: Tensor, target: Tensor, ignored: int) -> bool:
    """Whether one token, which is no target, stands where both differ, and every place counts."""
    hidden = shown != target
    low, high = HIDDEN
    if bool((target == ignored).any()) or not low < float(hidden.double().mean()) < high:
        return False
    tokens, counts = torch.unique(shown[hidden], return_counts=True)
    mask = tokens[counts.argmax()]
    return int(counts.max()) >= ONE_TOKEN * int(hidden.sum()) and not bool((target == mask).any())
