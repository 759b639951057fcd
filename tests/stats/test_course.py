"""How many epochs a course of losses suggests: curves whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from goodfit.stats.course import epochs_wanted


def losses(epochs: int, floor: float, scale: float, power: float) -> np.ndarray:
    return np.asarray(floor + scale * np.arange(1, epochs + 1) ** -power)


def enough(floor: float, scale: float, power: float) -> float:
    """Where the loss falls by 1% from e to 1.5 e: the root of an equation that the code does not solve."""

    def gain(epochs: float) -> float:
        here, later = (floor + scale * each**-power for each in (epochs, 1.5 * epochs))
        return float(here - later - 0.01 * here)

    return float(brentq(gain, 1, 1e6))


@pytest.mark.parametrize(("floor", "scale", "power"), [(0.2, 1.0, 0.8), (0.4, 1.0, 0.7), (0.1, 1.4, 1.3)])
def test_a_curve_without_noise_is_continued(floor: float, scale: float, power: float) -> None:
    wanted = epochs_wanted(losses(10, floor, scale, power))
    assert wanted is not None
    assert wanted.value == pytest.approx(enough(floor, scale, power), rel=0.03)
    assert wanted.low <= wanted.value
    assert wanted.high is not None
    assert wanted.high >= wanted.value


def test_the_interval_holds_the_truth_in_nineteen_of_twenty_noisy_courses() -> None:
    random = np.random.default_rng(1)
    held = []
    for _ in range(40):
        law = (random.uniform(0.1, 0.5), random.uniform(0.5, 1.5), random.uniform(0.4, 1.5))
        if not 12 < (truth := enough(*law)) < 480:
            continue
        wanted = epochs_wanted(losses(12, *law) * (1 + 0.01 * random.normal(size=12)))
        if wanted is not None:
            held.append(wanted.low <= truth <= (wanted.high or np.inf))
    assert len(held) >= 25
    assert np.mean(held) >= 0.85  # 95% less three standard errors of so many


@pytest.mark.parametrize(
    "course",
    [losses(5, 0.2, 1, 0.8), np.linspace(0.5, 0.6, 10), np.full(8, np.nan), np.linspace(1, -1, 10), np.full(8, 0.7)],
    ids=["too short", "rising", "not finite", "below 0", "flat"],
)
def test_what_tells_nothing_says_nothing(course: np.ndarray) -> None:
    assert epochs_wanted(course) is None


def test_without_an_end_in_sight_no_number_is_made_up() -> None:
    """It falls as 1 / e^0.3 to 0: half as many again always lowers it by 11%."""
    assert epochs_wanted(losses(20, 0.0, 1.0, 0.3)) is None
