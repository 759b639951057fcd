"""What a model says of changed rows is what it says when all of it is asked."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from goodfit.analysis import what_if
from goodfit.analysis.what_if import WhatIf
from goodfit.nets.blend import Blend
from goodfit.nets.boosted_trees import BoostedTrees
from goodfit.rivals.rival import Lesson
from goodfit.rivals.trees import ROUNDS, TreesRival
from goodfit.tasks.regression import Regression

ROWS, NUMBERS = 600, 12


def rows() -> tuple[Tensor, Tensor]:
    """y is a wave over two numbers, the sign of a difference of two others, and a code."""
    random = np.random.default_rng(0)
    x = np.concatenate([random.normal(size=(ROWS, NUMBERS)), random.integers(0, 5, (ROWS, 1))], axis=1)
    y = 2 * np.sin(3 * x[:, 0]) * np.sin(3 * x[:, 1]) + np.sign(x[:, 2] - x[:, 3]) + (x[:, NUMBERS] == 2)
    return torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y.astype(np.float32))


def blend(x: Tensor, y: Tensor) -> Blend:
    of = np.arange(ROWS) % 2
    folds = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(2)]
    trees = TreesRival().fit(Lesson(Regression((0.0,), (1.0,)), x, y, folds, (5,), seed=0))
    assert trees.options["pairs"]
    assert trees.options["planes"]
    torch.manual_seed(0)
    both = Blend([nn.Linear(NUMBERS + 1, 1), trees.module]).eval()
    both.weights.copy_(torch.tensor([0.3, 0.6]))
    return both


@torch.no_grad()
def test_all_of_a_model_and_the_trees_that_ask_for_a_column_say_the_same_of_changed_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(what_if, "WORTH_LEAVING_OUT", 1.0)  # of pairs and planes, that most trees ask for, as well
    monkeypatch.setitem(ROUNDS, "numbers", 100)  # enough to gain by pairs and planes
    x, y = rows()
    model = blend(x, y)
    trees = model.parts[1]
    assert isinstance(trees, BoostedTrees)
    asked: list[int] = []

    def outputs(module: nn.Module, rows: Tensor) -> Tensor:
        asked.extend(len(part.output) for part in module.modules() if isinstance(part, BoostedTrees))
        out: Tensor = module(rows)
        return out

    answers = WhatIf(model, outputs, x)
    assert torch.equal(answers.out, model(x))
    for column in range(x.shape[1]):
        changed = x[:100].clone()
        changed[:, column] = x[200:300, column]
        torch.testing.assert_close(answers.changed(changed, [column]), model(changed), rtol=0, atol=1e-5)
    asked.clear()
    answers.changed(x, [NUMBERS])
    # The fewest ask for what no pair has: the category, and the two numbers that trees gain least by.
    assert max(asked) < len(trees.output) / 2


def test_trees_that_ask_for_nothing_say_their_start() -> None:
    trees = BoostedTrees(
        2, trees=3, nodes=1, leaves=2, category_splits=0, codes=0, pairs=(), planes=(), map_lines=0, map_kinds=0
    )
    trees.start.copy_(torch.tensor([1.0, -2.0]))
    assert trees.asking_for([1], 4)(torch.zeros(3, 4)).tolist() == [[1.0, -2.0]] * 3


def test_a_model_without_trees_is_asked_each_time() -> None:
    x = torch.arange(6.0).reshape(3, 2)
    answers = WhatIf(None, lambda _, rows: rows.sum(1), x)
    assert answers.out.tolist() == [1.0, 5.0, 9.0]
    assert answers.changed(x[:2] * torch.tensor([2.0, 1.0]), [0]).tolist() == [1.0, 7.0]
