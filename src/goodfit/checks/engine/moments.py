"""Sums over the values of tensors that come one after the other: mean, spread, correlation, and the normal shape."""

from __future__ import annotations

import math

from torch import Tensor

VALUES_AT_LEAST = 100
STANDARD = 0.15  # how far from 0 a mean, and from 1 a deviation may be
CHANCE = 4.0  # standard errors of a correlation
SHAPE_VALUES_AT_LEAST = 500
KURTOSIS_AT_MOST = 0.5  # how far from that of a normal distribution, 3
SKEW_AT_MOST = 0.3


class Moments:
    """Of pairs of values x and y."""

    def __init__(self) -> None:
        self.count = 0
        self.x = [0.0] * 5  # sums of powers of x
        self.y = self.yy = self.xy = 0.0

    def add(self, x: Tensor, y: Tensor) -> None:
        """The values of two tensors of one shape."""
        one, other = x.detach().flatten().double(), y.detach().flatten().double()
        self.count += one.numel()
        for power in range(1, 5):
            self.x[power] += float(one.pow(power).sum())
        self.y += float(other.sum())
        self.yy += float(other.square().sum())
        self.xy += float((one * other).sum())

    def x_is_standard(self) -> bool:
        """Whether x has about mean 0 and deviation 1."""
        return self.count >= VALUES_AT_LEAST and _is_standard(self.x[1] / self.count, self.x[2] / self.count)

    def y_is_standard(self) -> bool:
        """The same of y."""
        return self.count >= VALUES_AT_LEAST and _is_standard(self.y / self.count, self.yy / self.count)

    def are_independent(self) -> bool:
        """Whether the correlation of x and y is one by chance."""
        if self.count < VALUES_AT_LEAST:
            return False
        mean_x, mean_y = self.x[1] / self.count, self.y / self.count
        spread = (self.x[2] / self.count - mean_x**2) * (self.yy / self.count - mean_y**2)
        covariance = self.xy / self.count - mean_x * mean_y
        return spread > 0 and abs(covariance) < CHANCE * math.sqrt(spread / self.count)

    def is_normal(self) -> bool:
        """Whether x has the mean, deviation, skew and kurtosis of a standard normal distribution."""
        if self.count < SHAPE_VALUES_AT_LEAST or not self.x_is_standard():
            return False
        mean, square, cube, fourth = (total / self.count for total in self.x[1:])
        variance = square - mean**2
        skew = (cube - 3 * mean * square + 2 * mean**3) / variance**1.5
        kurtosis = (fourth - 4 * mean * cube + 6 * mean**2 * square - 3 * mean**4) / variance**2
        return abs(skew) < SKEW_AT_MOST and abs(kurtosis - 3) < KURTOSIS_AT_MOST


def _is_standard(mean: float, square: float) -> bool:
    return abs(mean) < STANDARD and abs(math.sqrt(max(0.0, square - mean**2)) - 1) < STANDARD
