"""target-is-fresh-noise: the target of a regression is noise that was drawn after the net had given its prediction.

What it checks
    The target of mse_loss, l1_loss, smooth_l1_loss or huber_loss is what torch.randn or torch.randn_like has given
    since the last call of a layer with gradients ended, of a net or in one. In three steps.

Why it hurts
    Nothing that the net was given knows of this noise. The best prediction is 0, and the loss stays at the noise's
    variance.

Example
    prediction = net(noisy, t); loss = F.mse_loss(prediction, torch.randn_like(x))

Instead
    noise = torch.randn_like(x); prediction = net(mix(x, noise, t), t); loss = F.mse_loss(prediction, noise)

When it is a false alarm
    A net that is to be drawn towards 0 by noise.

Cost
    A note for each tensor of noise, in the first steps.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import Call, Loss, Noise
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
TIMES_AT_LEAST = 3
VALUES_AT_LEAST = 16
NOISE_KEPT = 16  # tensors since the last call


class TargetIsFreshNoise(LiveRule):
    code, level = "GF240", Level.WARNING

    def start(self) -> None:
        self.drawn: list[weakref.ref[Tensor]] | None = None  # since the last call; None before any
        self.times: Counter[Place] = Counter()

    def on_call(self, event: Call) -> None:
        self.drawn = [] if event.grad else self.drawn

    def on_noise(self, event: Noise) -> None:
        if self.drawn is not None:
            self.drawn = [*self.drawn, weakref.ref(event.tensor)][-NOISE_KEPT:]

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if not event.grad or event.name not in LOSSES or event.target.numel() < VALUES_AT_LEAST or not self.drawn:
            return
        if event.input.grad_fn is not None and any(ref() is event.target for ref in self.drawn):
            place = user_place()
            self.times[place] += 1
            if self.times[place] == TIMES_AT_LEAST:
                yield self.finding(
                    f"the target of {event.name} is noise that was drawn after the net had given its prediction: "
                    "nothing can be learnt of it",
                    "Predict the noise that was mixed into the input: keep it in a variable",
                )
