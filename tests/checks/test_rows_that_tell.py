"""Validation rows chose the epoch; judged under the epoch that the other half of them chose, they can tell as well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from goodfit.checks.rule import EndFacts
from goodfit.checks.rules.too_few_rows import TooFewRows
from goodfit.stats.estimates import Estimate
from goodfit.stats.rise import kept_by_the_other_half
from goodfit.tasks.metric import RMSE


def facts(curve: np.ndarray, trivial: np.ndarray, test_gains: np.ndarray, **changes: Any) -> EndFacts:
    best = int(curve.mean(axis=1).argmin())
    score = {part: Estimate(1.0, 0.9, 1.1) for part in ("train", "valid", "test")}
    given: dict[str, Any] = {
        "history": [{"epoch": at + 1, "train_loss": 1.0, "valid_loss": each} for at, each in enumerate(curve.mean(1))],
        "best_epoch": best + 1,
        "kept_train_losses": curve[best],
        "kept_valid_losses": curve[best],
        "main_metric": RMSE,
        "scores": score,
        "baseline": dict.fromkeys(score, 1.0),
        "rival": "predicting the mean",
        "looks_at_test": 1,
        "gains": {"valid": trivial - curve[best], "test": test_gains},
        "trivial_loss": float(trivial.mean()),
        "curve": curve,
    }
    return EndFacts(**{**given, **changes})


def test_each_half_is_judged_by_the_choice_of_the_other() -> None:
    """Rows 0 and 2 would keep epoch 2 (mean 1 for 2 and 3), rows 1 and 3 epoch 3 (mean 1 for 5 and 3)."""
    curve = np.array([[2.0, 5.0, 2.0, 5.0], [1.0, 3.0, 1.0, 3.0], [4.0, 1.0, 2.0, 1.0]])
    assert kept_by_the_other_half(curve).tolist() == [4.0, 3.0, 2.0, 3.0]
    end = facts(curve, np.full(4, 5.0), np.array([1.0, 2.0]))
    assert end.rows_that_tell == 6
    assert end.held_out_gain is not None
    assert end.held_out_gain.value == pytest.approx((1 + 2 + 3 + 2 + 1 + 2) / 6)


@pytest.mark.filterwarnings("error")  # numpy's, of the mean of no rows
def test_a_single_row_has_no_other_half_that_could_choose_its_epoch() -> None:
    end = facts(np.array([[2.0], [1.0]]), np.full(1, 5.0), np.array([1.0, 2.0]))
    assert end.rows_that_tell == 2
    assert end.held_out_gain is not None
    assert end.held_out_gain.value == pytest.approx(1.5)


def test_losses_of_another_kind_do_not_count() -> None:
    curve = np.array([[2.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
    blended = facts(curve, np.full(4, 5.0), np.ones(3), kept_valid_losses=np.full(4, 0.7))
    assert blended.rows_that_tell == 3
    nothing = np.zeros((0, 0))
    assert replace(blended, curve=nothing).rows_that_tell == 3
    assert facts(curve, np.full(4, 5.0), np.ones(3), cross_fitted=True).rows_that_tell == 7


def test_choosing_the_best_of_many_epochs_of_noise_is_no_gain() -> None:
    """Sixty epochs that are all as good as the trivial predictor: it is called better in about 0.5% of cases."""
    random = np.random.default_rng(0)
    better = 0
    for _ in range(1000):
        trivial = random.exponential(size=100)
        curve = trivial + 0.3 * random.normal(size=(60, 100))
        better += facts(curve, trivial, 0.3 * random.normal(size=100)).beats_trivial
    assert better <= 13  # 0.5% of 1,000, and three and a half standard errors


@pytest.mark.parametrize(
    ("rows", "score", "speaks"),
    [
        (12, Estimate(0.1, 0.08, 0.12), False),  # the interval 0.04 wide, 0.9 from the trivial predictor's 1.0
        (12, Estimate(0.5, 0.46, 0.52), True),  # 0.06 wide, 0.5 away: more than a tenth of it
        (9, Estimate(0.1, 0.08, 0.12), True),
        (30, Estimate(0.5, 0.3, 0.7), False),
    ],
)
def test_a_dozen_rows_tell_where_they_leave_little_open(rows: int, score: Estimate, speaks: bool) -> None:
    gains = 1.0 + 0.1 * np.arange(rows)
    end = replace(facts(np.zeros((1, 4)), np.ones(4), gains, scores={"test": score}), curve=None)
    assert bool(list(TooFewRows().at_end(end))) is speaks


def test_a_dozen_rows_that_may_have_gained_by_chance_do_not_tell() -> None:
    gains = np.array([3.0, -2.0] * 6)  # a mean of 0.5 with a standard error of 0.75
    end = facts(np.zeros((1, 4)), np.ones(4), gains, scores={"test": Estimate(0.1, 0.08, 0.12)})
    end = replace(end, curve=None)
    assert [finding.rule for finding in TooFewRows().at_end(end)] == ["too-few-rows"]
