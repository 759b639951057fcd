"""Restoration: image in, image out; the difference to the clean image, in shares of 255."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self, cast

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted
from goodfit.stats.estimates import Estimate, mean
from goodfit.tasks.dense_task import DenseTask, in_pieces
from goodfit.tasks.metric import PSNR, PSNR_GAIN, SSIM, Metric
from goodfit.tasks.panels import restored_panels
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.shapes import refuse_shape
from goodfit.tasks.task import Targets

HIGHEST_PSNR = 100.0  # dB: of two images that are equal
WINDOW_SIDE, WINDOW_DEVIATION = 11, 1.5  # px: the Gaussian window of the SSIM
FEATURE_SHARE = 0.1  # share of the feature loss beside l1


@dataclass(frozen=True)
class Restoration(DenseTask):
    """The channels of the images, and the loss.

    Scores are kept as five numbers an image: its loss, PSNR and SSIM of the output, PSNR and SSIM of the input.

    Attributes:
        feature_net: for the feature loss: a fitted backbone with `features`, frozen; it takes x as `shares` are.
    """

    channels: int
    loss_name: str = "mse"
    feature_net: nn.Module | None = field(default=None, repr=False, compare=False)
    name: ClassVar[str] = "restoration"
    family: ClassVar[str] = "restoration"
    metric_list: ClassVar[tuple[Metric, ...]] = (PSNR, SSIM, PSNR_GAIN)
    losses: ClassVar[tuple[str, ...]] = ("mse", "l1", "feature")  # mse is what the PSNR is of
    data_words: ClassVar[str] = "restoration"
    example_words: ClassVar[str] = (
        "Scored images: the worst, some of the middle and the best by their loss. "
        "Drag the lower right corner of a first image to draw the degraded one over the restored one."
    )
    slider: ClassVar[tuple[str, str] | None] = ("degraded", "restored")
    beside: ClassVar[Literal["mask", "image"] | None] = "image"
    input_in_shares: ClassVar[bool] = True
    input_at_own_size: ClassVar[bool] = True
    accepts_feature_net: ClassVar[bool] = True
    rival: ClassVar[str] = "the degraded image itself"
    plain_score: ClassVar[PlainScore | None] = PlainScore(
        PSNR, "{rows} are restored to a PSNR of {score}, where more is nearer to the clean image", "has"
    )

    @property
    def outputs(self) -> int:
        return self.channels

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        assert isinstance(targets, Tensor)
        if len(targets) < 2:
            raise DataError("only one pair of images; training needs more", fix="Add pairs")
        return cls(targets.shape[1])

    def fitted_to(self, y_train: Tensor, loss: str | None) -> Self:
        """With the loss: mse (usual), l1, or feature, which is l1 and the maps of a net."""
        return replace(self, loss_name=self.checked_loss(loss))

    def with_feature_net(self, net: nn.Module) -> Self:
        return replace(self, feature_net=net)

    def usual_augmentation(self) -> tuple[str, str]:
        return "pieces", "pieces of the images, mirrored and turned"

    def net_options(self, options: Mapping[str, Any], *, pretrained: bool) -> dict[str, Any]:
        """A U-Net learns the difference to its input; with published weights it has the stem that they are of."""
        changed = {"residual": True, **({"stem": "photo"} if pretrained else {})} if "residual" in options else {}
        return {**options, **changed}

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """(N, C, H, W) uint8, as they are."""
        assert isinstance(targets, Tensor)
        return targets

    def _checked(self, out: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        if out.shape != y.shape:
            refuse_shape(out, tuple(y.shape), f"{counted(self.channels, 'channel')} for every pixel")
        return out.float(), y.float() / 255

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """Mean over all values; feature adds the distance of a backbone's maps (Johnson et al. 2016, section 3.2)."""
        if self.loss_name == "feature" and self.feature_net is None:
            raise UsageError("the feature loss needs a fitted net", fix="Give --feature-net runs/NAME")
        return self._losses(*self._checked(out, y)).mean()

    def _losses(self, out: Tensor, target: Tensor) -> Tensor:
        """(N,) of each image, which all have the same size: their mean is that of the batch.

        A model that was loaded has no feature net, and its images are told apart by l1 alone.
        """
        of_image = (1, 2, 3)
        if self.loss_name == "mse":
            return (out - target).square().mean(of_image)
        losses = (out - target).abs().mean(of_image)
        if self.loss_name == "feature" and self.feature_net is not None:
            net = cast(Any, self.feature_net)
            with torch.no_grad():
                targets = net.features(target)
            maps = [
                (ours - theirs).abs().mean(of_image) for ours, theirs in zip(net.features(out), targets, strict=True)
            ]
            losses = losses + FEATURE_SHARE * torch.stack(maps).mean(0)
        return losses

    def keep(self, x: Tensor, out: Tensor, y: Tensor, *, whole: bool = True) -> tuple[Tensor, Tensor]:
        out, target = self._checked(out, y)
        losses = self._losses(out, target)
        clean = y.float()
        restored, given = ((images.float() * 255).round().clamp(0, 255) for images in (out, x))
        if not whole:
            return torch.stack([losses, psnr(restored, clean)], dim=1), self.keep_targets(y)
        columns = [losses, psnr(restored, clean), ssim(restored, clean), psnr(given, clean), ssim(given, clean)]
        return torch.stack(columns, dim=1), self.keep_targets(y)

    def keep_targets(self, y: Tensor) -> Tensor:
        """(N, 1) mean brightness, as a share."""
        return in_pieces(lambda images: images.float().mean((1, 2, 3))[:, None] / 255, y)

    def score(self, out: Tensor, y: Tensor) -> float:
        return float(out[:, 1].double().mean())

    def row_figures(self, out: Tensor, y: Tensor) -> Mapping[Metric, Tensor]:
        """PSNR and SSIM of each image."""
        return {PSNR: out[:, 1], SSIM: out[:, 2]}

    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """psnr (dB) and ssim of the 8-bit output, means over images; psnr_gain over the input, image by image."""
        columns = out.double().numpy()
        return {
            "psnr": mean(columns[:, 1], groups),
            "ssim": mean(columns[:, 2], groups, least=-1, most=1),
            "psnr_gain": mean(columns[:, 1] - columns[:, 3], groups),
        }

    def truth(self, target: Tensor) -> Any:
        return float(target)

    def panels(
        self, given: np.ndarray, truth: np.ndarray, drawn: np.ndarray, schema: Mapping[str, Any]
    ) -> Mapping[str, np.ndarray]:
        return restored_panels(given, truth.transpose(1, 2, 0), drawn)

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """The degraded input as it is."""
        return {"psnr": float(out[:, 3].double().mean()), "ssim": float(out[:, 4].double().mean()), "psnr_gain": 0.0}

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """psnr, ssim of each scored image, and those of its input."""
        names = ("psnr", "ssim", "input_psnr", "input_ssim")
        return {name: out[:, at + 1].numpy() for at, name in enumerate(names)}

    def image(self, out: Tensor) -> tuple[np.ndarray, dict[str, Any]]:
        """(H, W, C) uint8 of an output (C, H, W) in shares."""
        return (out.float() * 255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy(), {}

    def to_json(self) -> dict[str, Any]:
        return {
            "channels": self.channels,
            "loss_name": self.loss_name,
            "mirrored": self.mirrored,
            "turned": self.turned,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(values["channels"], values["loss_name"], mirrored=values["mirrored"], turned=values["turned"])


def psnr(restored: Tensor, truth: Tensor) -> Tensor:
    """(N,) peak signal-to-noise ratio in dB, 10 log10(255^2 / mean squared error), of (N, C, H, W) in 0..255."""
    error = (restored - truth).square().mean((1, 2, 3))
    return (10 * torch.log10(255.0**2 / error.clamp_min(1e-12))).clamp(max=HIGHEST_PSNR)


def ssim(restored: Tensor, truth: Tensor) -> Tensor:
    """(N,) structural similarity of (N, C, H, W) in 0..255, the mean over positions and channels.

    Wang et al. 2004, "Image quality assessment", section III.B: an 11x11 Gaussian window with sd 1.5 inside of the
    image, K1 = 0.01 and K2 = 0.03; smaller windows for images of fewer than 11 pixels.
    """
    ours, clean = restored.double(), truth.double()  # differences of large squares
    maps = torch.stack([ours, clean, ours * ours, clean * clean, ours * clean])
    mean_ours, mean_clean, square_ours, square_clean, product = _smooth(_smooth(maps, 3), 4).unbind()
    var_ours, var_clean = square_ours - mean_ours**2, square_clean - mean_clean**2
    covariance = product - mean_ours * mean_clean
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    above = (2 * mean_ours * mean_clean + c1) * (2 * covariance + c2)
    below = (mean_ours**2 + mean_clean**2 + c1) * (var_ours + var_clean + c2)
    return (above / below).mean((1, 2, 3)).float()


def _smooth(x: Tensor, dim: int) -> Tensor:
    """The Gaussian mean along one dimension, where the window lies inside; sums of slices are faster than conv2d."""
    size = min(WINDOW_SIDE, x.shape[dim])
    at = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    weights = torch.exp(-(at**2) / (2 * WINDOW_DEVIATION**2))
    left = x.shape[dim] - size + 1
    total = torch.zeros_like(x.narrow(dim, 0, left))
    for start, weight in enumerate((weights / weights.sum()).tolist()):
        total.add_(x.narrow(dim, start, left), alpha=weight)
    return total


TASK = Restoration
