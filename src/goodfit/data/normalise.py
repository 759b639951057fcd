"""z-scores of the input: means and standard deviations of the training rows, applied on the device."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Normalise:
    """x -> (x - mean) / deviation, by the channel of images or the column of flat rows, to float32.

    Attributes:
        mean, deviation: tensors that broadcast against (N, C, ...); in the units that x is stored in (0..255).
    """

    mean: Tensor
    deviation: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """(N, C, ...) of any number type -> float32 of the same memory format."""
        if x.dtype != torch.float32:
            return x.to(torch.float32).sub_(self.mean).div_(self.deviation)  # a fresh copy: in place is safe
        return x.sub(self.mean).div_(self.deviation)

    @classmethod
    def measure(cls, x: Tensor) -> Normalise:
        """Of rows (N, C, ...): one mean and deviation a channel, over everything else; a constant one gets 1.

        Flat rows (N, D) have one a column.
        """
        over = [0, *range(2, x.dim())]
        values = x.to(torch.float64)
        shape = (x.shape[1], *[1] * (x.dim() - 2))
        deviation, mean = torch.std_mean(values, dim=over, correction=0)
        deviation[deviation == 0] = 1
        return cls(mean.float().reshape(shape), deviation.float().reshape(shape))

    @classmethod
    def of_bytes(cls, pieces: Iterable[Tensor]) -> Normalise:
        """As `measure`, of images (n, C, H, W) uint8 that come in pieces: exact, by how often each value occurs."""
        counts: dict[int, Tensor] = {}  # of each channel, (256,)
        for piece in pieces:
            for channel in range(piece.shape[1]):
                seen = torch.bincount(piece[:, channel].reshape(-1), minlength=256)
                counts[channel] = counts[channel] + seen if channel in counts else seen
        means, deviations = [], []
        for seen in counts.values():
            n, total, squares = (
                sum(count * value**power for value, count in enumerate(seen.tolist())) for power in range(3)
            )
            means.append(total / n)
            deviations.append(math.sqrt((n * squares - total**2) / n**2) or 1.0)
        return cls.of(means, deviations)

    @classmethod
    def of(cls, mean: Sequence[float], deviation: Sequence[float]) -> Normalise:
        """Of images, by one mean and deviation a channel, in 0..255."""
        return cls(*(torch.tensor(each, dtype=torch.float32).view(-1, 1, 1) for each in (mean, deviation)))

    @classmethod
    def shares(cls, channels: int) -> Normalise:
        """Bytes as shares of 255."""
        return cls(torch.zeros(channels, 1, 1), torch.full((channels, 1, 1), 255.0))

    def to(self, device: torch.device) -> Normalise:
        return Normalise(self.mean.to(device), self.deviation.to(device))

    def to_json(self) -> dict[str, Any]:
        shape = list(self.mean.shape)
        return {"mean": self.mean.flatten().tolist(), "deviation": self.deviation.flatten().tolist(), "shape": shape}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Normalise:
        return cls(*(torch.tensor(values[name]).reshape(values["shape"]) for name in ("mean", "deviation")))
