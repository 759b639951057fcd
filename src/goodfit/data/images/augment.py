"""Augmentation of a whole batch on its device: parameters drawn for every row, then applied to all rows at once.

Flips, padded crops and cutout move bytes and work on uint8; rotation, zoom, shear and colour work on float32. All
randomness comes from one generator, whose state is in the checkpoint. Nothing waits for the device.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from goodfit.data.images.draws import Draws, uniform_rows
from goodfit.errors import UsageError


@dataclass(frozen=True)
class AugmentSettings:
    """How strongly; zero and False switch a part off.

    Attributes:
        flip: mirror half of the rows left to right.
        shift: by up to this share of the side, over edges that are filled by reflection.
        rotate: by up to so many degrees. zoom: by a factor up to 1 + zoom, in or out. shear: up to this slope.
        brightness, contrast, saturation: by up to this share.
        cutout: a square of this share of the side becomes the row's mean (DeVries and Taylor 2017).
        mixup: alpha of the Beta law for mixing two rows (Zhang et al. 2018).
        cutmix: alpha of the Beta law for pasting a box of another row (Yun et al. 2019).
        gamma: the exponent of the brightness, up to e to this power or its inverse. tint: each channel by this share.
        piece: a square piece of so many pixels, anywhere in the image. turn: half of the pieces upside down, half
            with rows for columns.
    """

    flip: bool = False
    shift: float = 0.0
    rotate: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    cutout: float = 0.0
    mixup: float = 0.0
    cutmix: float = 0.0
    gamma: float = 0.0
    tint: float = 0.0
    piece: int = 0
    turn: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> AugmentSettings:
        return cls(**values)

    @classmethod
    def none(cls) -> AugmentSettings:
        return cls()

    @classmethod
    def preset(cls, name: str) -> AugmentSettings:
        """none, light, mirror, standard or strong; scenes and pieces, for images with masks and for restoration.

        Raises:
            UsageError: another name.
        """
        if name not in PRESETS:
            raise UsageError(f"--augment {name} is not known", fix=f"Choose one of {', '.join(PRESETS)}")
        return PRESETS[name]


PRESETS = {
    "none": AugmentSettings(),
    "light": AugmentSettings(shift=0.08),
    "mirror": AugmentSettings(flip=True, shift=0.08),
    "standard": AugmentSettings(
        flip=True, shift=0.08, rotate=8, zoom=0.1, shear=0.05, brightness=0.15, contrast=0.15, saturation=0.15,
        cutout=0.25,
    ),
    "strong": AugmentSettings(
        flip=True, shift=0.12, rotate=15, zoom=0.2, shear=0.1, brightness=0.3, contrast=0.3, saturation=0.3, cutout=0.4,
        mixup=0.2, cutmix=0.5,
    ),
    "scenes": AugmentSettings(
        flip=True, shift=0.05, rotate=2, zoom=0.1, brightness=0.2, contrast=0.2, saturation=0.2,
    ),
    "pieces": AugmentSettings(flip=True, piece=96, turn=True),
}  # fmt: skip


class Augmenter:
    """(x, y, generator) -> (x, y): x (N, C, H, W) uint8 in, uint8 or float32 in 0..255 out; rows keep their labels.

    A y that is an image moves as x does. Masks take the nearest pixel, so that a class stays a class, and where y is a
    image as well, colours stay as they are. Neither is mixed with another row.

    Args:
        settings: how strongly.
        outputs: number of classes; mixing turns y (N,) into probabilities (N, outputs).
        beside: what y is, where it is an image: "mask" (N, H, W) or "image" (N, C, H, W).
    """

    def __init__(self, settings: AugmentSettings, outputs: int, beside: str | None = None) -> None:
        self.settings = settings
        self.outputs = outputs
        self.beside = beside

    @property
    def mixes_rows(self) -> bool:
        """Whether what a row becomes depends on the other rows of the batch."""
        return bool(self.settings.cutout or self.settings.mixup or self.settings.cutmix)

    def __call__(self, x: Tensor, y: Tensor, generator: Draws) -> tuple[Tensor, Tensor]:
        set_to = self.settings
        if self.beside is None:
            x, _ = self._move(x, None, generator)
        elif self.beside == "mask":
            x, moved = self._move(x, y.unsqueeze(1), generator)
            y = y if moved is None else moved.squeeze(1)
        else:
            x, moved = self._move(x, y, generator)
            return x, y if moved is None else moved
        if set_to.brightness or set_to.contrast or set_to.saturation or set_to.gamma or set_to.tint:
            x = colour(x.float(), set_to, generator)
        if not self.mixes_rows:
            return x, y
        if not isinstance(generator, torch.Generator):
            raise TypeError("a row becomes what the whole batch makes of it: give all of its rows")
        if set_to.cutout:
            x = cutout(x, set_to.cutout, generator)
        if (set_to.mixup or set_to.cutmix) and self.beside is None:
            x, y = mix(x, y, set_to, self.outputs, generator)
        return x, y

    def _move(self, x: Tensor, y: Tensor | None, generator: Draws) -> tuple[Tensor, Tensor | None]:
        """What moves pixels, with the same draws for both."""
        set_to, n = self.settings, len(x)
        if set_to.piece:
            height, width = (min(set_to.piece, side) for side in x.shape[2:])
            top, left = (
                (uniform(n, generator, 0, 1) * (side - part + 1)).long()
                for side, part in zip(x.shape[2:], (height, width), strict=True)
            )
            x = window(x, top, left, height, width)
            y = None if y is None else window(y, top, left, height, width)
        if set_to.turn:
            upside, turned = uniform(n, generator, 0, 1) < 0.5, uniform(n, generator, 0, 1) < 0.5
            x = turn(x, upside, turned)
            y = None if y is None else turn(y, upside, turned)
        mirrored = uniform(n, generator, 0, 1) < 0.5 if set_to.flip else None
        if set_to.rotate or set_to.zoom or set_to.shear:
            maps = affine_maps(n, set_to, mirrored, generator)
            x = affine(x.float(), maps)
            if y is not None:
                y = affine(y.float(), maps, "nearest" if self.beside == "mask" else "bilinear").to(y.dtype)
        elif set_to.shift or mirrored is not None:
            down, right = (
                (uniform(n, generator, -1, 1) * set_to.shift * side).round().long() for side in (x.shape[2], x.shape[3])
            )
            x = shift_and_flip(x, down, right, mirrored)
            y = None if y is None else shift_and_flip(y, down, right, mirrored)
        return x, y


def uniform(n: int, generator: Draws, low: float, high: float) -> Tensor:
    """(n,) float32 on the generator's device."""
    return uniform_rows(n, draws=generator) * (high - low) + low


def shift_and_flip(x: Tensor, down: Tensor, right: Tensor, mirrored: Tensor | None) -> Tensor:
    """Move every row by its whole pixels and mirror some, in one gather; what moves in is the reflection at the edge.

    Args:
        x: (N, C, H, W) of any type.
        down, right: (N,) int64.
        mirrored: (N,) bool, or None.
    """
    n, _, height, width = x.shape
    rows = reflect(torch.arange(height, device=x.device) - down[:, None], height)  # (N, H)
    columns = torch.arange(width, device=x.device).expand(n, width)
    if mirrored is not None:
        columns = torch.where(mirrored[:, None], width - 1 - columns, columns)
    columns = reflect(columns - right[:, None], width)  # (N, W)
    return _gathered(x, (rows * width)[:, :, None] + columns[:, None, :], height * width)


def reflect(at: Tensor, size: int) -> Tensor:
    """Positions outside 0..size-1 folded back at the edges: -1 -> 1, size -> size - 2."""
    at = at.abs()
    return torch.where(at >= size, 2 * (size - 1) - at, at).clamp_(0, size - 1)


def affine_maps(n: int, set_to: AugmentSettings, mirrored: Tensor | None, generator: Draws) -> Tensor:
    """(n, 2, 3) maps from output to input positions in -1..1: rotation, zoom, shear, mirror and shift in one."""
    angle = uniform(n, generator, -1, 1) * math.radians(set_to.rotate)
    zoom = (1 + set_to.zoom) ** uniform(n, generator, -1, 1)
    shear = uniform(n, generator, -1, 1) * set_to.shear
    down, right = uniform(n, generator, -2, 2) * set_to.shift, uniform(n, generator, -2, 2) * set_to.shift
    side = torch.where(mirrored, -1.0, 1.0) if mirrored is not None else torch.ones_like(angle)
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    first = torch.stack([cos * side, shear * cos - sin, right], dim=1)
    second = torch.stack([sin * side, shear * sin + cos, down], dim=1)
    return torch.stack([first, second], dim=1)


def affine(x: Tensor, maps: Tensor, mode: str = "bilinear") -> Tensor:
    """Resample (N, C, H, W) float32 by a map a row, reflecting at the edges."""
    grid = functional.affine_grid(maps, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, mode=mode, padding_mode="reflection", align_corners=False)


def window(x: Tensor, top: Tensor, left: Tensor, height: int, width: int) -> Tensor:
    """(N, C, height, width) of (N, C, H, W): the window of each row from its `top` and `left` on, (N,) int64."""
    tall, broad = x.shape[2:]
    rows = top[:, None] + torch.arange(height, device=x.device)
    columns = left[:, None] + torch.arange(width, device=x.device)
    return _gathered(x, (rows * broad)[:, :, None] + columns[:, None, :], tall * broad)


def turn(x: Tensor, upside: Tensor, turned: Tensor) -> Tensor:
    """Some rows upside down, some with rows for columns (where images are square); (N,) bool each."""
    x = torch.where(upside.view(-1, 1, 1, 1), x.flip(2), x)
    return torch.where(turned.view(-1, 1, 1, 1), x.transpose(2, 3), x) if x.shape[2] == x.shape[3] else x


def _gathered(x: Tensor, at: Tensor, pixels: int) -> Tensor:
    """(N, C, h, w): pixels by their place in each row's image, at (N, h, w) int64."""
    n, channels, _, _ = x.shape
    at = at + torch.arange(n, device=x.device)[:, None, None] * pixels
    gathered = x.permute(0, 2, 3, 1).reshape(n * pixels, channels).index_select(0, at.flatten())
    return gathered.view(*at.shape, channels).permute(0, 3, 1, 2)


def colour(x: Tensor, set_to: AugmentSettings, generator: Draws) -> Tensor:
    """Brightness, contrast about the row's mean, saturation about its grey, gamma, tint; x float32 in 0..255."""
    n = len(x)

    def factor(strength: float) -> Tensor:
        return (1 + uniform(n, generator, -strength, strength)).view(n, 1, 1, 1)

    if set_to.brightness:
        x = x * factor(set_to.brightness)
    if set_to.contrast:
        middle = x.mean((1, 2, 3), keepdim=True)
        x = (x - middle) * factor(set_to.contrast) + middle
    if set_to.saturation and x.shape[1] == 3:
        grey = x.mean(1, keepdim=True)
        x = (x - grey) * factor(set_to.saturation) + grey
    if set_to.gamma:
        power = uniform(n, generator, -set_to.gamma, set_to.gamma).exp().view(n, 1, 1, 1)
        x = 255 * (x / 255).clamp(1e-4, 1) ** power
    if set_to.tint:
        x = x * (1 + set_to.tint * (2 * uniform_rows(n, x.shape[1], 1, 1, draws=generator) - 1))
    return x.clamp(0, 255)


def inside(starts: Tensor, length: Tensor | int, size: int) -> Tensor:
    """(N, size) bool: positions from `starts` on for `length`."""
    at = torch.arange(size, device=starts.device)
    ends = starts + length
    return (at >= starts[:, None]) & (at < ends[:, None])


def cutout(x: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """A square with sides of `share` of the image's, anywhere, becomes the batch's mean of each channel."""
    n, _, height, width = x.shape
    tall, broad = max(1, round(share * height)), max(1, round(share * width))
    top = (uniform(n, generator, 0, 1) * (height - tall + 1)).long()
    left = (uniform(n, generator, 0, 1) * (width - broad + 1)).long()
    hole = inside(top, tall, height)[:, None, :, None] & inside(left, broad, width)[:, None, None, :]
    mean = x.float().mean((0, 2, 3)).to(x.dtype).view(1, -1, 1, 1)
    return torch.where(hole, mean, x)


def mix(
    x: Tensor, y: Tensor, set_to: AugmentSettings, outputs: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """mixup or cutmix with a partner each; where both are on, a fair coin for every row chooses one.

    Returns:
        x float32 and y as probabilities (N, outputs), or mixed floats where y is float already.
    """
    n, _, height, width = x.shape
    partner = torch.randperm(n, generator=generator, device=x.device)
    whole = functional.one_hot(y, outputs).float() if not y.is_floating_point() else y
    pasted = uniform(n, generator, 0, 1) < 0.5 if set_to.mixup and set_to.cutmix else None
    keep = torch.ones(n, device=x.device)
    if set_to.mixup:
        drawn = _beta(set_to.mixup, n, generator)
        keep = torch.where(pasted, keep, drawn) if pasted is not None else drawn
    share = keep.view(n, 1, 1, 1)
    mixed = x.float() * share + x[partner].float() * (1 - share)
    if set_to.cutmix:
        side = (1 - _beta(set_to.cutmix, n, generator)).sqrt()
        if pasted is not None:
            side = side * pasted
        tall, broad = (side * height).round().long(), (side * width).round().long()
        top = (uniform(n, generator, 0, 1) * (height - tall + 1)).long()
        left = (uniform(n, generator, 0, 1) * (width - broad + 1)).long()
        box = inside(top, tall, height)[:, None, :, None] & inside(left, broad, width)[:, None, None, :]
        mixed = torch.where(box, x[partner].float(), mixed)
        keep = keep - (tall * broad).float() / (height * width)
    weight = keep.view(n, *[1] * (whole.dim() - 1))
    return mixed, whole * weight + whole[partner] * (1 - weight)


def _beta(alpha: float, n: int, generator: torch.Generator) -> Tensor:
    """(n,) draws of Beta(alpha, alpha), by Johnk's method with a fixed number of tries, on the device.

    For alpha up to 1: u^(1/a) / (u^(1/a) + v^(1/a)) given that the sum is at most 1; of eight tries the first that is
    accepted counts, and the last one otherwise (Johnk 1964).
    """
    u = torch.rand((2, 8, n), generator=generator, device=generator.device).clamp_min(1e-12) ** (1 / alpha)
    fits = u.sum(0) <= 1
    fits[-1] = True
    first = fits.to(torch.int8).argmax(0)
    chosen = u.gather(1, first.expand(2, 1, n)).squeeze(1)
    return (chosen[0] / chosen.sum(0).clamp_min(1e-12)).clamp(0, 1)
