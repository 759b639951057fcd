"""clipped-to-nothing: gradients are clipped to less than a thousandth of what they are.

What it checks
    In ten calls, clip_grad_norm_ is asked for a norm below a thousandth of the gradients' norm each time; or
    clip_grad_value_ for a value below a thousandth of their largest. And the optimiser is none that divides by the
    gradients' own size, as Adam does.

Why it hurts
    Clipping is there for the rare step that is too large. Here it divides every step by a thousand or more: the
    learning rate is no longer what it says.

Example
    clip_grad_norm_(net.parameters(), 1e-5)

Instead
    clip_grad_norm_(net.parameters(), 1.0)

When it is a false alarm
    Normalised gradients that are meant, with a rate to match.

Cost
    The norm of the gradients in the first steps that clip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Clip
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

CALLS_AT_LEAST = 10
SHARE_AT_MOST = 1e-3
PLAIN = (torch.optim.SGD, torch.optim.ASGD)


class ClippedToNothing(LiveRule):
    code, level = "GF336", Level.WARNING
    yields_to = ("clip-before-unscale", "clip-out-of-order")

    def start(self) -> None:
        self.calls: Counter[Place] = Counter()
        self.others: set[Place] = set()  # that have left a gradient as large as it may be

    def on_clip(self, event: Clip) -> Iterator[Finding]:
        place = user_place()
        gradients = [param.grad for param in event.params if param.grad is not None]
        if place in self.others or not gradients or event.limit <= 0 or not self._is_plain(event):
            return
        norm = float(torch.linalg.vector_norm(torch.stack([_norm(gradient) for gradient in gradients])))
        if not event.limit < SHARE_AT_MOST * norm < float("inf"):
            self.others.add(place)
            return
        self.calls[place] += 1
        if self.calls[place] == CALLS_AT_LEAST:
            yield self.finding(
                f"gradients of the norm {number(norm, 3)} are clipped to {event.limit:g}, in each of {CALLS_AT_LEAST} "
                "steps: every step is divided by a thousand or more",
                "Clip at a norm that few steps reach, such as 1.0",
            )

    def _is_plain(self, event: Clip) -> bool:
        """Whether an optimiser that holds these takes gradients as they are."""
        clipped = {id(param) for param in event.params}
        holders = [each for each in self.program.optimisers if any(id(p) in clipped for p in _first_params(each))]
        return bool(holders) and all(isinstance(each, PLAIN) for each in holders)


def _norm(gradient: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(gradient.detach().float())
    return norm


def _first_params(optimiser: torch.optim.Optimizer) -> list[Tensor]:
    return [group["params"][0] for group in optimiser.param_groups if group["params"]]
