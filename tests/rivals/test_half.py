"""Whether more rows would help: data of which it is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from goodfit.rivals import trees
from goodfit.rivals.half import HalfTheRows, half_the_rows
from goodfit.rivals.linear import LinearRival
from goodfit.rivals.rival import Lesson
from goodfit.rivals.trees import RIVAL
from goodfit.stats.estimates import Estimate
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression

FOLDS = 5


def straight(rows: int, columns: int, noise: float) -> Lesson:
    """y follows `columns` numbers linearly, with noise of this deviation in that of the signal."""
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, columns))
    y = x @ random.normal(size=columns) / columns**0.5 + noise * random.normal(size=rows)
    of = np.arange(rows) % FOLDS
    parts = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(FOLDS)]
    targets = torch.from_numpy(y).float()
    task = Regression((float(y.mean()),), (float(y.std()),))
    return Lesson(task, torch.from_numpy(x).float(), targets, parts, (), seed=0)


def tried(lesson: Lesson) -> HalfTheRows | None:
    return half_the_rows(lesson, [LinearRival().fit(lesson)])


def test_five_columns_are_learnt_from_few_rows_and_more_hardly_help() -> None:
    """Least squares: the expected loss of n rows and d columns is s² (1 + d / (n - d - 1)): 0.2% more with half."""
    half = tried(straight(3000, 5, 1.0))
    assert half is not None
    assert half.rows == 2400
    assert half.excess.low < 0.002 < half.excess.high < 0.02
    assert half.sentence().endswith("more rows of this kind would hardly help.")


def test_sixty_columns_of_two_hundred_rows_want_more_rows() -> None:
    """By the same formula 160 rows lose 1.61 s², and 80 rows 4.16 s², less where the penalty holds: far above 10%."""
    half = tried(straight(200, 60, 0.5))
    assert half is not None
    assert half.excess.low > 0.1
    assert half.sentence().startswith("Trained on half of 160 rows, a linear model would have a loss ")
    assert half.sentence().endswith("more rows would help.")


def test_of_noise_and_of_many_rows_nothing_is_said() -> None:
    assert tried(straight(300, 5, 100.0)) is None
    lesson = straight(6001, 2, 1.0)
    assert half_the_rows(lesson, [LinearRival().fit(lesson)]) is None
    assert half_the_rows(lesson, []) is None


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.05, 0.2, "would help"), (-0.01, 0.01, "hardly help"), (0.0, 0.1, "cannot show whether")],
)
def test_the_interval_decides_what_is_said(low: float, high: float, words: str) -> None:
    assert words in HalfTheRows("a linear model", 100, Estimate((low + high) / 2, low, high)).sentence()


@pytest.mark.slow
def test_trees_are_grown_again_in_the_form_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A border that runs askew: trees over pairs are kept, and with half of the rows nothing else is tried."""
    lesson = slanted(400)
    fitted = RIVAL.fit(lesson)
    assert fitted.options["pairs"]
    grown: list[tuple[object, object]] = []

    def noted(lesson: Lesson, pairs: trees.Pairs, planes: trees.Pairs) -> trees.Forest:
        grown.append((list(pairs), list(planes)))
        return plain(lesson, pairs, planes)

    plain = trees._forest
    monkeypatch.setattr(trees, "_forest", noted)
    half = half_the_rows(lesson, [fitted])
    assert half is not None
    assert grown == [([tuple(pair) for pair in fitted.options["pairs"]], [])]
    assert half.rows == 320


def slanted(rows: int) -> Lesson:
    random = np.random.default_rng(5)
    x = random.normal(size=(rows, 2))
    y = (x[:, 0] + x[:, 1] > 0).astype(np.int64)
    of = np.arange(rows) % FOLDS
    parts = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(FOLDS)]
    return Lesson(Classification(("a", "b")), torch.from_numpy(x).float(), torch.from_numpy(y), parts, (), seed=0)


def test_a_loss_that_is_more_than_doubled_is_said_in_times() -> None:
    text = HalfTheRows("boosted trees", 136, Estimate(12.27, 3.88, 60.03)).sentence()
    assert "boosted trees would have 13 times the loss on rows held out (4.9 to 61 times)" in text
