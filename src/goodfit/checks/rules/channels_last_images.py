"""channels-last-images: a convolution gets images (N, H, W, C), or they were reshaped instead of permuted.

What it checks
    A convolution gets images whose last dimension is its number of channels; or images (.., H, W, C) became (.., C, H,
    W) by view or reshape and reach a convolution; or, where that happened outside of torch, neighbouring values of the
    images are less alike than values three apart, as in images whose channels are the last dimension.

Why it hurts
    A reshape does not move values: what the net sees are stripes of mixed colours, from which it learns far less.

Example
    x = torch.tensor(images).reshape(-1, 3, 32, 32)         # they were (N, 32, 32, 3)

Instead
    x = torch.tensor(images).permute(0, 3, 1, 2)

When it is a false alarm
    Images with a pattern of three columns.

Cost
    Shapes, and differences within one batch of images.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import Call, Reshape
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

COLOUR_CHANNELS = (3, 4)
SIDE_AT_LEAST = 8  # pixels
# Times as different as values three apart: of scikit-learn's two sample photographs, cut into crops of 24 to 64 pixels,
# reshaped ones have 1.5 and 12 to 20 in the median, right ones at most 1.1 in 95 of 100.
STRIPE_RATIO = 1.5
STRIPED_SHARE_AT_LEAST = 0.3  # of the images: grey ones look the same either way
IMAGES_AT_LEAST = 8
INPUTS_EXAMINED = 3


class ChannelsLastImages(LiveRule):
    code, level = "GF103", Level.ERROR
    layers = (nn.Conv2d,)

    def start(self) -> None:
        self.reshaped: dict[tuple[int, ...], tuple[Place, tuple[int, ...]]] = {}
        self.inputs_examined = 0

    def on_reshape(self, event: Reshape) -> None:
        before, after = tuple(event.before.shape), tuple(event.after.shape)
        if len(before) < 3 or len(after) < 3 or before[-1] not in COLOUR_CHANNELS:
            return
        if before[-1] == after[-3] and before[-3:-1] == after[-2:] and min(after[-2:]) >= SIDE_AT_LEAST:
            self.reshaped[after[-3:]] = (user_place(), before)

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, nn.Conv2d) or not event.inputs:
            return
        x, channels = event.inputs[0], event.module.in_channels
        if x.dim() != 4:
            return
        shape = tuple(x.shape)
        if shape[3] == channels != shape[1]:
            yield self.finding(
                f"a convolution of {counted(channels, 'channel')} gets {shape}: the channels are last",
                "Make them the second dimension: x.permute(0, 3, 1, 2)",
            )
        elif shape[-3:] in self.reshaped and x.grad_fn is None and channels in COLOUR_CHANNELS:
            place, before = self.reshaped[shape[-3:]]
            yield self.finding(
                f"images {before} were reshaped to {shape[-3:]}, which mixes colours and positions: a reshape moves "
                f"no values",
                "Permute them: x.permute(0, 3, 1, 2), or np.transpose(x, (0, 3, 1, 2))",
                file=place.file,
                line=place.line,
            )
        elif (
            x.grad_fn is None
            and channels in COLOUR_CHANNELS
            and self.inputs_examined < INPUTS_EXAMINED
            and min(shape[2:]) >= SIDE_AT_LEAST
        ):
            self.inputs_examined += 1
            if _striped(x, channels):
                yield self.finding(
                    f"the images {shape} are striped: values {channels} apart are alike and neighbours are not, as "
                    f"in images whose channels were never moved from the last dimension",
                    "Permute the images where they are read instead of reshaping them",
                )


def _striped(x: Tensor, channels: int) -> bool:
    flat = x.detach().float().flatten(1)
    near = (flat[:, 1:] - flat[:, :-1]).abs().mean(1)
    apart = (flat[:, channels:] - flat[:, :-channels]).abs().mean(1)
    striped = (near > STRIPE_RATIO * apart).float().mean()
    return len(x) >= IMAGES_AT_LEAST and bool(
        (near.sum() > STRIPE_RATIO * apart.sum()) & (striped >= STRIPED_SHARE_AT_LEAST)
    )
