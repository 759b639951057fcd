"""updates-lost-to-rounding: weights in a short format do not move, for each step is smaller than their last digit.

What it checks
    Parameters in bfloat16 or float16 are compared before and after a step with a rate above 0: in most of the steps
    looked at, eight or more, at least half of the weights that have a gradient stay exactly as they are.

Why it hurts
    A bfloat16 number has eight bits: 1 + 0.003 is 1. Steps below that are lost, one by one, however many there are. The
    loss falls at first, while steps are large, and then stands still.

Example
    net = net.to(torch.bfloat16)
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)

Instead
    with torch.autocast("cuda", dtype=torch.bfloat16): loss = ...    # and the weights stay in float32

When it is a false alarm
    An optimiser that adds up what was lost by itself, or a rate that is still warming up.

Cost
    A few hundred numbers of such weights in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Step, WatchEnds
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SHORT = (torch.bfloat16, torch.float16)
STEPS_AT_LEAST = 8
LOST_SHARE = 0.5
WEIGHTS_EXAMINED, ELEMENTS_EXAMINED = 4, 256


class UpdatesLostToRounding(LiveRule):
    code, level = "GF327", Level.WARNING

    def start(self) -> None:
        self.before: list[tuple[Tensor, Tensor]] = []  # parameters, and their values before a step
        self.place = Place(None, None)
        self.dtype = ""
        self.stayed: list[float] = []  # of each step, the share of weights that stayed

    def after_backward(self, event: BackwardEnded) -> None:
        short = [leaf for leaf in event.leaves if leaf.dtype in SHORT and leaf.numel() > 1]
        chosen = short[:: max(1, len(short) // WEIGHTS_EXAMINED)][:WEIGHTS_EXAMINED]
        self.before = [(param, _sample(param).clone()) for param in chosen]

    def on_step(self, event: Step) -> None:
        before, self.before = self.before, []
        if event.by_hand or not before or not all(group.get("lr", 0) > 0 for group in event.optimiser.param_groups):
            return
        held = {id(param) for param in event.params}
        stayed = count = 0
        for param, values in before:
            if id(param) in held and param.grad is not None and param.grad.layout is torch.strided:
                has_gradient = _sample(param.grad) != 0
                stayed += int((has_gradient & (_sample(param) == values)).sum())
                count += int(has_gradient.sum())
                self.dtype = str(param.dtype).removeprefix("torch.")
        if count:
            self.stayed.append(stayed / count)
            self.place = self.program.made_at(event.optimiser)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        self.before = []
        if len(self.stayed) >= STEPS_AT_LEAST and (share := float(np.median(self.stayed))) >= LOST_SHARE:
            yield self.finding(
                f"in the middle one of {len(self.stayed)} steps looked at, {share:.0%} of the weights in {self.dtype} "
                "stay exactly as they are: their steps are smaller than the last digit",
                "Keep the weights in float32 and compute under torch.autocast",
                file=self.place.file,
                line=self.place.line,
            )


def _sample(tensor: Tensor) -> Tensor:
    return tensor.detach().flatten()[:ELEMENTS_EXAMINED]
