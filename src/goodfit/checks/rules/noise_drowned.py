"""noise-drowned: a net is to find the noise in rows that are so large that there is hardly any in them.

What it checks
    The target of mse_loss, l1_loss, smooth_l1_loss or huber_loss is noise of torch.randn or torch.randn_like, and a
    layer was given rows of its size since it was drawn: each row deviates at least three times as much as the noise,
    and of what a row deviates by, the noise explains less than a tenth on average. In three steps.

Why it hurts
    A diffusion mixes data of a deviation of about 1 with noise of 1. Images from 0 to 255 drown the noise at every
    step, so that the net learns to find noise in what is clean already; samples begin as noise, which it has not seen.

Example
    images = batch.float()  # 0 to 255
    noise = torch.randn_like(images); F.mse_loss(net(mix(images, noise, t), t), noise)

Instead
    images = batch.float() / 127.5 - 1

When it is a false alarm
    A net that is to find noise of a hundredth in data.

Cost
    A note for each tensor of noise, and a few sums of the rows, in the first steps.
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
ROWS_AT_LEAST, VALUES_AT_LEAST = 4, 16  # of a batch; of a row
TIMES_AS_LARGE = 3.0
SHARE_AT_MOST = 0.1  # of the variance of a row, on average
NOISE_KEPT = 4  # tensors


class NoiseDrowned(LiveRule):
    code, level = "GF550", Level.WARNING

    def start(self) -> None:
        self.drawn: list[weakref.ref[Tensor]] = []
        self.given: weakref.ref[Tensor] | None = None  # rows of the size of the noise that was drawn last
        self.times: Counter[Place] = Counter()

    def on_noise(self, event: Noise) -> None:
        if event.tensor.dim() > 1:
            self.drawn = [*self.drawn, weakref.ref(event.tensor)][-NOISE_KEPT:]
            self.given = None

    def on_call(self, event: Call) -> None:
        if not self.drawn or self.given is not None or not event.grad:
            return
        sizes = {noise.shape for ref in self.drawn if (noise := ref()) is not None}
        rows = next((each for each in event.inputs if each.shape in sizes and each.is_floating_point()), None)
        self.given = None if rows is None else weakref.ref(rows)

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        noise, rows = event.target, None if self.given is None else self.given()
        if not event.grad or event.name not in LOSSES or rows is None or rows.shape != noise.shape:
            return
        if not any(ref() is noise for ref in self.drawn) or len(noise) < ROWS_AT_LEAST:
            return
        if noise[0].numel() < VALUES_AT_LEAST or not _is_drowned(rows.detach(), noise):
            return
        place = user_place()
        self.times[place] += 1
        if self.times[place] == TIMES_AT_LEAST:
            yield self.finding(
                f"the net is to find noise with a deviation of {float(noise.std()):.2g} in rows whose deviation is "
                f"{float(rows.detach().float().std()):.3g}: there is hardly any in them",
                "Scale the data before noise is mixed in: images from 0 to 255 as images / 127.5 - 1",
            )


def _is_drowned(rows: Tensor, noise: Tensor) -> bool:
    rows, noise = rows.flatten(1).double(), noise.flatten(1).double()
    rows, noise = rows - rows.mean(1, keepdim=True), noise - noise.mean(1, keepdim=True)
    of_rows, of_noise = rows.square().sum(1), noise.square().sum(1)
    if not bool((of_rows > TIMES_AS_LARGE**2 * of_noise).all()):
        return False
    explained = (rows * noise).sum(1).square() / (of_rows * of_noise)
    return float(explained.mean()) < SHARE_AT_MOST
