"""The rise after the lowest epoch: no false alarms where nothing rises, however many epochs there are."""

from __future__ import annotations

import numpy as np
import pytest

from goodfit.stats.estimates import paired_z
from goodfit.stats.rise import rise_after_lowest

Z_ONE_PERCENT = 2.326


def flat(seed: int, epochs: int = 60, rows: int = 200) -> np.ndarray:
    """Losses whose expectation is the same in all epochs; a row is much like itself."""
    random = np.random.default_rng(seed)
    return random.exponential(1.0, rows) + random.normal(0, 0.3, (epochs, rows))


def test_a_flat_curve_is_called_a_rise_in_one_percent_of_cases_and_by_the_same_rows_in_many() -> None:
    ours = [rise_after_lowest(flat(seed)) for seed in range(400)]
    called = np.mean([rise is not None and rise.test.z > Z_ONE_PERCENT for rise in ours])
    same_rows = []
    for seed in range(400):
        losses = flat(seed)
        same_rows.append(paired_z(losses[-1], losses[losses.mean(axis=1).argmin()]).z > Z_ONE_PERCENT)
    assert called <= 0.025, "of 400 at 1%, more than 10 would come once in ten thousand"
    assert np.mean(same_rows) > 0.1


@pytest.mark.parametrize("rise", [0.2, 0.5])
def test_a_rise_is_seen(rise: float) -> None:
    losses = flat(1)
    losses[20:] += np.linspace(0, rise, 40)[:, None]
    found = rise_after_lowest(losses)
    assert found is not None
    assert found.epoch <= 35
    assert found.test.z > 4
    assert found.test.difference.value == pytest.approx(rise, abs=0.12)


def test_by_hand() -> None:
    # means of three epochs: even rows 3, 7/3, 1, 7/3, 11/3, 17/3, 19/3, 7 are lowest at epoch 3; odd rows 5, 5, 4, 3,
    # 2, 4, 6, 8 at epoch 5: each is judged from the other's, up to the mean of the last two epochs
    even, odd = [5.0, 1.0, 1.0, 1.0, 5.0, 5.0, 7.0, 7.0], [5.0, 5.0, 5.0, 2.0, 2.0, 2.0, 8.0, 8.0]
    found = rise_after_lowest(np.array([even, odd, even, odd]).T)
    assert found is not None
    assert (found.epoch, found.lowest, found.last) == (4, 1.5, 7.5)
    assert found.test.difference.value == pytest.approx(((7 - 11 / 3) + (8 - 4)) / 2)


def test_too_little_says_nothing() -> None:
    assert rise_after_lowest(np.ones((1, 50))) is None
    assert rise_after_lowest(np.ones((9, 3))) is None
