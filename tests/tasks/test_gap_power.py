"""Calibration by a temperature and a power of the distances between logits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from goodfit.stats.calibration import reliability
from goodfit.tasks.classification import Classification
from goodfit.tasks.gap_power import fitted_temperature_and_power, powered

CLASSES = ("a", "b", "c", "d")


def drawn(rows: int, temperature: float, power: float, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits, and classes drawn from what they say once calibrated by these two numbers."""
    random = torch.Generator().manual_seed(seed)
    out = 3 * torch.randn(rows, len(CLASSES), generator=random)
    shares = powered(out, temperature, power).softmax(1)
    return out, torch.multinomial(shares, 1, generator=random)[:, 0]


def test_by_hand() -> None:
    """Logits 3, 1, 2.5 at temperature 2 and power 2: distances 0, 1, 0.25, of which the squares are subtracted."""
    logits = powered(torch.tensor([[3.0, 1.0, 2.5]]), 2.0, 2.0)
    assert logits.tolist() == [[pytest.approx(0, abs=1e-9), pytest.approx(-1), pytest.approx(-0.0625)]]


@pytest.mark.parametrize(("temperature", "power"), [(1.0, 1.0), (2.0, 1.4), (0.7, 0.8)])
def test_the_two_numbers_by_which_classes_were_drawn_are_learnt(temperature: float, power: float) -> None:
    out, y = drawn(20_000, temperature, power)
    assert list(fitted_temperature_and_power(out, y)) == pytest.approx([temperature, power], rel=0.06)


def test_few_rows_hardly_move_it() -> None:
    """All 25 rows are right: the loss alone would make them as sure as can be."""
    out = torch.eye(4)[torch.arange(25) % 4] * 2
    temperature, power = fitted_temperature_and_power(out, torch.arange(25) % 4)
    assert temperature > 0.2
    assert 0.9 < power < 1.1


def test_probabilities_mean_what_they_say_where_no_temperature_could_make_them() -> None:
    """As nets of smoothed labels are: less sure of easy rows, and surer of hard ones, than is right."""
    out, y = drawn(20_000, 2.0, 1.5)
    others, truth = drawn(20_000, 2.0, 1.5, seed=1)
    task = Classification(CLASSES)
    calibrated = task.calibrated(out, y)
    sharpness = np.linspace(0.1, 2, 200)
    by_temperature = min(float(functional.cross_entropy(others * each, truth)) for each in sharpness)  # the very best
    assert float(calibrated.row_losses(others, truth).mean()) < by_temperature - 0.004
    said, true = (logits.softmax(1).double().numpy() for logits in (calibrated.logits(others), powered(others, 2, 1.5)))
    right = said.argmax(1) == truth.numpy()
    assert (
        reliability(said.max(1), right).error < reliability(true.max(1), right).error + 0.003
    )  # of a few thousand rows
    assert torch.equal(calibrated.logits(others).argsort(1), others.argsort(1))  # no order is changed


def test_it_is_kept_and_an_older_record_has_none() -> None:
    calibrated = Classification(CLASSES).calibrated(*drawn(2_000, 2.0, 1.5))
    assert calibrated.power > 1.1
    again = Classification.from_json(calibrated.to_json())
    assert again == calibrated
    older = {name: value for name, value in calibrated.to_json().items() if name != "power"}
    assert Classification.from_json(older).power == 1
