"""blank-among-targets: a target of ctc_loss is the blank.

What it checks
    Within the lengths of the targets that ctc_loss gets, one is equal to `blank` (0 unless it is given).

Why it hurts
    The blank is what the net says between two labels. A letter with its number can never be read out, and the loss asks
    for an alignment that no output has.

Example
    index = {letter: number for number, letter in enumerate(alphabet)}      # "a" is 0, and so is the blank

Instead
    index = {letter: number + 1 for number, letter in enumerate(alphabet)}

When it is a false alarm
    None is known: torch asks that no target is the blank. Padding beyond the lengths of the targets may be anything.

Cost
    A comparison of the targets in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import OtherLoss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing, counted


class BlankAmongTargets(LiveRule):
    code, level = "GF232", Level.ERROR

    def on_loss(self, event: OtherLoss) -> Iterator[Finding]:
        if event.name != "ctc_loss" or not event.grad:
            return
        targets, lengths = event.arguments["targets"], event.arguments["target_lengths"]
        blank = int(event.arguments["blank"])
        if not isinstance(targets, Tensor) or not targets.numel():
            return
        used = _within(targets.detach(), torch.as_tensor(lengths, device=targets.device).reshape(-1))
        blanks = int((used == blank).sum())
        if blanks:
            yield self.finding(
                f"of {counted(used.numel(), 'target')} of ctc_loss within their lengths "
                f"{blanks:,} {agreeing(blanks, 'is', 'are')} {blank}, the number of the blank",
                "Number the labels from 1 on, give another number as blank=, or leave padding out of target_lengths",
            )


def _within(targets: Tensor, lengths: Tensor) -> Tensor:
    """The targets without padding: of (N, S) the first ones of each row; (sum of lengths,) as they are."""
    if targets.dim() != 2:
        return targets.reshape(-1)
    return targets[torch.arange(targets.shape[1], device=targets.device) < lengths[:, None]]
