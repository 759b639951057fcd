"""The overfit statistic of a curve, and the noise that it is measured against."""

from __future__ import annotations

import math

import numpy as np
import pytest

from goodfit.checks.curves.curves import Curves, Series
from goodfit.checks.curves.statistic import noise, overfit, smooth


def test_noise_of_white_noise_is_its_standard_deviation_and_a_line_has_none() -> None:
    rng = np.random.default_rng(0)
    slope = np.linspace(5, 1, 4000)
    assert noise(slope) == pytest.approx(0, abs=1e-12)
    assert noise(slope + rng.normal(0, 0.3, 4000)) == pytest.approx(0.3, rel=0.04)
    assert noise(np.array([0.0, 1.0, 0.0])) == pytest.approx(2 / math.sqrt(6))  # one second difference of -2


def test_smooth_is_the_mean_of_neighbours() -> None:
    assert smooth(np.array([1.0, 2.0, 6.0, 4.0])).tolist() == [1.5, 3.0, 4.0, 5.0]


def test_a_clear_rise_is_found_at_its_lowest_point_and_noise_is_not() -> None:
    epochs = np.arange(40)
    train = np.exp(-epochs / 10)
    rise = overfit(train, 1 + (epochs - 15) ** 2 / 400)
    assert rise is not None
    assert rise.at == 15
    # The last third of the 24 points after it: (17..24)^2 / 400 on average, by hand.
    assert rise.last == pytest.approx(1 + sum(at**2 for at in range(17, 25)) / 8 / 400)
    alarms = 0
    for seed in range(300):
        flat = 1 + 0.3 * np.exp(-epochs / 5) + np.random.default_rng(seed).normal(0, 0.05, 40)
        alarms += overfit(train, flat) is not None
    assert alarms <= 3, "1% of curves that only scatter"


def test_there_is_no_overfitting_while_the_training_loss_rises_too() -> None:
    epochs = np.arange(20.0)
    rising = 1 + (epochs - 8) ** 2 / 100
    assert overfit(rising, rising) is None
    assert overfit(-epochs, rising) is not None


def test_training_losses_between_two_validations_are_averaged() -> None:
    train = Series("train", np.array([1.0, 2.0, 3.0, 4.0]), np.array([4.0, 2.0, 1.0, 0.0]))
    valid = Series("valid", np.array([0.0, 2.0, 4.0, 4.5]), np.array([9.0, 5.0, 6.0, 7.0]))
    aligned = Curves(train, valid).aligned()
    assert aligned is not None
    steps, means, losses = aligned
    assert (steps.tolist(), means.tolist(), losses.tolist()) == ([2.0, 4.0], [3.0, 0.5], [5.0, 6.0])
