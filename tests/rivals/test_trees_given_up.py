"""Trees over pairs and maps that are behind plain ones are given up, and nothing but time changes by it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from goodfit.rivals import trees
from goodfit.rivals.rival import FittedRival, Lesson
from goodfit.rivals.trees import Forest, TreesRival
from goodfit.tasks.regression import Regression


def fitted(monkeypatch: pytest.MonkeyPatch, behind: float) -> tuple[FittedRival, list[Forest]]:
    """Of steps along three of four numbers, which no pair of them tells better; and all forests that were grown."""
    random = np.random.default_rng(0)
    x = random.uniform(size=(320, 4)).astype(np.float32)
    y = np.floor(4 * x[:, 0]) + np.floor(3 * x[:, 1]) + (x[:, 2] > 0.5) + random.normal(0, 0.2, len(x))
    of = np.arange(len(x)) % 2
    folds = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(2)]
    task = Regression((float(y.mean()),), (float(y.std()),))
    lesson = Lesson(task, torch.from_numpy(x), torch.from_numpy(y.astype(np.float32)), folds, (), seed=0)
    grown: list[Forest] = []

    def noted(*given: Any, **named: Any) -> Forest:
        grown.append(original(*given, **named))
        return grown[-1]

    original = trees._forest
    with monkeypatch.context() as patched:
        patched.setattr(trees, "_forest", noted)
        patched.setattr(trees, "BEHIND", behind)
        patched.setitem(trees.ROUNDS, "numbers", 200)
        return TreesRival().fit(lesson), grown


def test_trees_over_pairs_that_are_behind_end_early_and_the_rival_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rival, (plain, pairs) = fitted(monkeypatch, trees.BEHIND)
    patient, (_, all_pairs) = fitted(monkeypatch, float("inf"))
    assert pairs.pairs
    assert pairs.losses.min() > 1.01 * plain.losses[: len(pairs.losses)].min()
    assert len(pairs.losses) < len(all_pairs.losses)
    np.testing.assert_array_equal(pairs.losses, all_pairs.losses[: len(pairs.losses)])
    assert rival.options == patient.options
    assert torch.equal(rival.out, patient.out)
