"""A task whose net gives logits: outside of training they are divided by a temperature, and kept by what that gives."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.tasks.row_task import RowTask
from goodfit.tasks.temperature import fitted_temperature


@dataclass(frozen=True)
class CalibratedTask(RowTask):
    """Classes or labels of a row.

    Attributes:
        temperature: learnt from rows that the net was not trained on; 1 while it trains.
        mirrored: images were mirrored left to right in training; they are looked at both ways to predict.
        shifted: images were moved in training; they are looked at as they are, and moved by a pixel.
    """

    temperature: float = field(default=1.0, kw_only=True)
    mirrored: bool = field(default=False, kw_only=True)
    shifted: bool = field(default=False, kw_only=True)

    def with_augmentation(self, *, mirrored: bool = False, turned: bool = False, shifted: bool = False) -> Self:
        return replace(self, mirrored=mirrored, shifted=shifted)

    @property
    def looks(self) -> int:
        return (2 if self.mirrored else 1) * (3 if self.shifted else 1)

    def predict(self, net: nn.Module, x: Tensor) -> Tensor:
        """The mean of the logits over the ways of looking: as it is counts half, moved up and left, or down and right,
        a quarter each (Jordan 2024, section 3.5); mirrored images as much as they are.
        """
        out = _mirrored_too(net, x, self.mirrored)
        if not self.shifted or min(x.shape[2:]) < 2:
            return out
        padded = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        moved = _mirrored_too(net, padded[:, :, 2:, 2:], self.mirrored)
        moved = moved + _mirrored_too(net, padded[:, :, :-2, :-2], self.mirrored)
        return out / 2 + moved / 4

    def logits(self, out: Tensor) -> Tensor:
        """The net's outputs at the temperature, in float32 or float64."""
        return (out if out.dtype == torch.float64 else out.float()) / self.temperature

    @property
    def criterion_words(self) -> str:
        return "the loss at its best temperature"

    def criterion(self, out: Tensor, y: Tensor) -> float:
        """The loss at its best temperature: the kept weights will be used with one.

        With label smoothing it is the smoothed loss: a net that has learnt the smoothed classes well is less sure than
        they are, and by the plain loss an early epoch that is too sure would seem better.
        """
        if not self.smoothed:
            return super().criterion(out / self._best_temperature(out, y), y)
        temperature = fitted_temperature(out, lambda logits: self.trained_losses(logits, y), rows_of_doubt=0)
        return super().criterion(out / temperature, y)

    @property
    def smoothed(self) -> bool:
        """Whether it is trained on smoothed classes."""
        return False

    def calibrated(self, out: Tensor, y: Tensor) -> Self:
        """See `fitted_temperature`."""
        return replace(self, temperature=self._best_temperature(out, y))

    def _best_temperature(self, out: Tensor, y: Tensor) -> float:
        plain = replace(self, temperature=1.0)
        return fitted_temperature(out, lambda logits: plain.row_losses(logits, y))

    def net_units(self, y: Tensor) -> Tensor:
        return y


def _mirrored_too(net: nn.Module, x: Tensor, mirrored: bool) -> Tensor:
    return (_logits(net, x) + _logits(net, x.flip(3))) / 2 if mirrored else _logits(net, x)


def _logits(net: nn.Module, x: Tensor) -> Tensor:
    """In float32 at least: a mean of bfloat16 would be rounded to three digits again."""
    out: Tensor = net(x)
    return out if out.dtype == torch.float64 else out.float()
