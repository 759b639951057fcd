"""Figures, differences and intervals of a comparison as people read them, by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import goodfit
from goodfit.analysis.compare_words import distance, figure, figures
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import ACCURACY, AUC, RMSE, Metric


@pytest.mark.parametrize(
    ("metric", "difference", "texts"),
    [
        (ACCURACY, Estimate(0.0465, 0.002, 0.114), "96.5% +4.7 +0.2 +11.4"),
        (ACCURACY, Estimate(0.05, -0.0001, 0.1), "96.51% +5.00 -0.01 +10.00"),  # an end that one decimal would hide
        (ACCURACY, Estimate(0.0, -0.03, 0.03), "96.5% 0.0 -3.0 +3.0"),
        (AUC, Estimate(0.0035, -0.0148, 0.0217), "0.9651 +0.0035 -0.0148 +0.0217"),
        (RMSE, Estimate(-0.031, -0.1286, 0.0666), "0.965 -0.031 -0.129 +0.067"),
    ],
)
def test_a_figure_a_difference_and_its_interval_have_equally_many_decimals(
    metric: Metric, difference: Estimate, texts: str
) -> None:
    ends = (difference.value, difference.low, difference.high)
    value = figure(metric, 0.96512, difference)
    assert " ".join([value, *(distance(metric, each, difference) for each in ends)]) == texts


def test_the_figures_of_several_models_have_equally_many_decimals() -> None:
    assert figures(RMSE, [9.8, 10.25]) == ["9.80", "10.25"]
    assert figures(RMSE, [0.21, 0.2367]) == ["0.2100", "0.2367"]
    assert figures(ACCURACY, [1.0, 0.965]) == ["100.0%", "96.5%"]


@pytest.mark.parametrize(
    ("right", "answer"),
    [
        ([90, 90, 50], "a and b are equal, and better than every other by more than chance explains"),
        ([90, 90, 89], "a and b share the best value; c cannot be told from them"),
        ([90, 90, 90], "a, b and c share the best value"),
        ([89, 90, 50], "b has the best value; a cannot be told from it"),
        ([90, 50, 50], "a is better than every other by more than chance explains"),
    ],
)
def test_models_of_one_value_share_it(tmp_path: Path, right: list[int], answer: str) -> None:
    truth = [at % 2 for at in range(100)]
    paths = [tmp_path / f"{name}.csv" for name in "abc"]
    for path, count in zip(paths, right, strict=True):
        predicted = [y if at < count else 1 - y for at, y in enumerate(truth)]
        pl.DataFrame({"id": range(100), "truth": truth, "prediction": predicted}).write_csv(path)
    assert goodfit.compare(*paths).answer.endswith(f". {answer} (Holm, 3 pairs).")
