"""Rivals as modules: equal to what scikit-learn predicts, each row by the fold that did not learn from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from goodfit.nets import build
from goodfit.rivals.grown import Grown, tensors_of
from goodfit.rivals.linear import LinearRival
from goodfit.rivals.rival import Lesson, rivals
from goodfit.rivals.trees import DEPTH, RATE, SLOW_PACE, SMALL, TreesRival
from goodfit.rivals.words import WordsRival
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Task

CARDINALITIES = (5, 9)


def rows(count: int, seed: int = 0) -> np.ndarray:
    """(count, 5): three numbers, one of them coarse, and two categories."""
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(count, 3))
    numbers[:, 2] = np.round(numbers[:, 2])
    codes = np.stack([random.integers(0, size, count) for size in CARDINALITIES], axis=1)
    return np.concatenate([numbers, codes], axis=1).astype(np.float32)


def lesson(task: Task, y: Tensor, x: np.ndarray, folds: int = 3) -> Lesson:
    of = np.arange(len(x)) % folds
    parts = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(folds)]
    return Lesson(task, torch.from_numpy(x), y, parts, CARDINALITIES, seed=0)


def classes(x: np.ndarray, count: int) -> Tensor:
    random = np.random.default_rng(1)
    score = x[:, 0] + (x[:, 3] == 2) * 2 + random.normal(size=len(x))
    return torch.from_numpy(np.digitize(score, np.quantile(score, np.arange(1, count) / count)).astype(np.int64))


def module_of(grown: list[Grown], rounds: int, order: np.ndarray, outputs: int) -> torch.nn.Module:
    options, state = tensors_of(grown, rounds, order)
    module = build("boosted-trees", (5,), outputs, **options)
    module.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    return module.eval()


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("rounds", [1, 30])
def test_trees_of_classes_are_equal_to_scikit_learns(count: int, rounds: int) -> None:
    x = rows(400)
    order = np.array([3, 4, 0, 1, 2])
    model = HistGradientBoostingClassifier(categorical_features=[0, 1], max_iter=rounds, early_stopping=False)
    model.fit(x[:300][:, order].astype(np.float64), classes(x[:300], count).numpy())
    module = module_of([Grown([(model, range(count))], count)], rounds, order, count)
    new = np.concatenate([x, rows(50, seed=3) * np.array([9, 9, 9, 1, 1], dtype=np.float32)])
    wanted = model.predict_proba(new[:, order].astype(np.float64))
    together = module(torch.from_numpy(new))
    assert softmax(together.numpy(), axis=1) == pytest.approx(wanted, abs=1e-6)
    assert torch.cat([module(row) for row in torch.from_numpy(new).split(1)]).equal(together)
    many = torch.from_numpy(np.tile(new, (100, 1)))  # node by node
    assert module(many).equal(together.repeat(100, 1))


def test_trees_of_numbers_are_equal_to_scikit_learns_also_for_codes_that_training_did_not_have() -> None:
    x = rows(300)
    x[x[:, 4] == 7, 4] = 8  # 7 comes in new rows alone
    order = np.array([3, 4, 0, 1, 2])
    model = HistGradientBoostingRegressor(categorical_features=[0, 1], max_iter=25, early_stopping=False)
    model.fit(x[:, order].astype(np.float64), x[:, 0] * 2 + x[:, 4])
    module = module_of([Grown([(model, [0])], 1)], 25, order, 1)
    new = rows(200, seed=5)
    assert (new[:, 4] == 7).any()
    wanted = model.predict(new[:, order].astype(np.float64))
    assert module(torch.from_numpy(new))[:, 0].numpy() == pytest.approx(wanted, abs=1e-5)


def test_stages_are_scikit_learns_own() -> None:
    x, new = rows(300)[:, [3, 4, 0, 1, 2]].astype(np.float64), rows(50, seed=5)[:, [3, 4, 0, 1, 2]].astype(np.float64)
    model = HistGradientBoostingRegressor(categorical_features=[0, 1], max_iter=12, early_stopping=False)
    model.fit(x, x[:, 2] * 2 + x[:, 1])
    stages = Grown([(model, [0])], 1).stages(new, 5)
    wanted = list(model.staged_predict(new))
    assert len(stages) == 2  # of 5 and of 10 rounds
    for stage, each in zip(stages, [wanted[4], wanted[9]], strict=True):
        np.testing.assert_array_equal(stage[:, 0], each)


def cases() -> list[tuple[str, Task, Tensor, np.ndarray]]:
    x = rows(240)
    numbers = torch.from_numpy(x[:, 0] * 3 + x[:, 3] + 10)
    labels = torch.stack([torch.from_numpy((x[:, at] > 0).astype(np.float32)) for at in (0, 1)], dim=1)
    several = torch.stack([numbers, numbers * -2], dim=1)
    return [
        ("two classes", Classification(("a", "b")), classes(x, 2), x),
        ("five classes", Classification(tuple("abcde")), classes(x, 5), x),
        ("numbers", Regression.from_targets(numbers.numpy()), numbers, x),
        ("two numbers", Regression.from_targets(several.numpy()), several, x),
        ("labels", MultiLabel(("p", "q")), labels, x),
    ]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case[0])
@pytest.mark.parametrize(
    "rival", [each for each in rivals() if each.name != WordsRival.name], ids=lambda rival: rival.name
)
def test_a_rival_learns_and_predicts_as_it_did_on_rows_held_out(rival: Any, case: Any) -> None:
    name, task, y, x = case
    taught = lesson(task, y, x)
    fitted = rival.fit(taught)
    assert fitted.out.shape == (len(x), task.outputs)
    held_out = float(task.row_losses(fitted.out, y).mean())
    trivial = task.baseline(y, y, fitted.out)
    floor = trivial.get("log_loss", 1.0)  # of z-scores
    assert held_out < 0.9 * floor, f"{name}: it learns from others what it predicts for a row"
    with torch.inference_mode():
        whole = float(task.row_losses(fitted.module(torch.from_numpy(x)), y).mean())
    assert whole < held_out * 1.1, "the module has seen these rows in all folds but one"
    again = build(fitted.arch, (x.shape[1],), task.outputs, **fitted.options)
    again.load_state_dict(fitted.module.state_dict())
    assert torch.equal(again.eval()(torch.from_numpy(x)), fitted.module(torch.from_numpy(x)))


def test_the_linear_rival_of_one_fold_is_scikit_learns_logistic_regression() -> None:
    x, task = rows(300), Classification(("a", "b", "c"))
    y = classes(x, 3)
    parts = [(np.arange(200), np.arange(200, 300))]
    fitted = LinearRival().fit(Lesson(task, torch.from_numpy(x), y, parts, CARDINALITIES, seed=0))
    columns = [x[:, :3]] + [np.eye(size)[x[:, 3 + at].astype(int)] for at, size in enumerate(CARDINALITIES)]
    dense = np.concatenate(columns, axis=1)
    outs = [
        LogisticRegression(C=strength, max_iter=300).fit(dense[:200], y[:200]).predict_log_proba(dense[200:])
        for strength in (1e-3, 1e-2, 1e-1, 1.0, 10.0)
    ]
    best = min(outs, key=lambda out: -out[np.arange(100), y[200:]].mean())
    assert fitted.out.softmax(1).numpy() == pytest.approx(np.exp(best), abs=1e-3)
    assert fitted.module(torch.from_numpy(x[200:])).softmax(1).detach().numpy() == pytest.approx(np.exp(best), abs=1e-3)


@settings(max_examples=4, deadline=None)
@given(rare=st.integers(1, 3), seed=st.integers(0, 5))
def test_a_class_that_a_fold_does_not_have_is_unlikely_and_not_impossible(rare: int, seed: int) -> None:
    x, task = rows(90, seed), Classification(("a", "b", "c"))
    y = classes(x, 2)
    y[:rare] = 2
    for rival in (LinearRival(), TreesRival()):
        fitted = rival.fit(lesson(task, y, x))
        shares = fitted.out.softmax(1)
        assert torch.isfinite(fitted.out).all()
        assert (shares[:, 2] > 0).all()
        assert float(shares[rare:, 2].mean()) < 0.3


def test_rivals_leave_out_what_would_take_long() -> None:
    x = rows(300)
    y = torch.arange(300) % 100
    taught = lesson(Classification(tuple(range(100))), y, x)
    assert LinearRival().suits(taught)
    assert not TreesRival().suits(taught)


@pytest.mark.slow
def test_trees_over_pairs_are_kept_for_a_slanted_border_and_are_equal_to_what_was_judged() -> None:
    x = rows(480, seed=3)
    y = torch.from_numpy(np.abs(x[:, 0] - x[:, 1]) * 4 + (x[:, 3] == 2))
    # Folds that learn from the same rows: their models are equal, and so is the module.
    parts = [(np.arange(360), np.arange(360, 420)), (np.arange(360), np.arange(420, 480))]
    slanted = Lesson(Regression.from_targets(y.numpy()), torch.from_numpy(x), y, parts, CARDINALITIES, seed=0)
    fitted = TreesRival().fit(slanted)
    assert [0, 1] in fitted.options["pairs"]
    assert fitted.module(torch.from_numpy(x[360:])).numpy() == pytest.approx(fitted.out.numpy(), abs=1e-5)
    straight = torch.from_numpy((x[:, 0] > 0) * 3.0 + (x[:, 3] == 2))
    plain = Lesson(Regression.from_targets(straight.numpy()), torch.from_numpy(x), straight, parts, CARDINALITIES, 0)
    assert "pairs" not in TreesRival().fit(plain).options


@pytest.mark.slow
def test_where_one_part_is_held_out_the_trees_that_are_kept_have_learnt_from_it_too() -> None:
    class Plain(TreesRival):
        plain = True

    x = rows(500, seed=6)[:, :3]
    y = classes(rows(500, seed=6), 2)
    parts = [(np.arange(400), np.arange(400, 500))]
    taught = Lesson(Classification(("no", "yes")), torch.from_numpy(x), y, parts, (), seed=0)
    fitted = Plain().fit(taught)

    def alone(rate: float, rows: slice) -> np.ndarray:
        settings = {"max_iter": fitted.options["trees"], "max_depth": DEPTH, "learning_rate": rate, **SMALL}
        model = HistGradientBoostingClassifier(**settings, early_stopping=False, random_state=0)
        return np.asarray(model.fit(x[rows].astype(np.float64), y[rows].numpy()).predict_proba(x[400:]))

    judged = softmax(fitted.out.numpy(), axis=1)
    (rate,) = (each for each in (RATE, SLOW_PACE * RATE) if np.allclose(alone(each, slice(400)), judged, atol=1e-6))
    kept = fitted.module(torch.from_numpy(x[400:])).numpy()
    assert softmax(kept, axis=1) == pytest.approx(alone(rate, slice(500)), abs=1e-6)
    apart = Plain().fit(replace(taught, kept_apart=True)).module(torch.from_numpy(x[400:])).numpy()
    assert softmax(apart, axis=1) == pytest.approx(judged, abs=1e-6), "a validation part of the user's own"


@pytest.mark.slow
def test_trees_are_grown_as_long_as_the_rows_held_out_gain() -> None:
    x = rows(300, seed=4)
    parts = [(np.arange(200), np.arange(200, 300))]
    chance = torch.from_numpy(np.random.default_rng(7).normal(size=300))
    task = Regression.from_targets(chance.numpy())
    few = TreesRival().fit(Lesson(task, torch.from_numpy(x), chance, parts, CARDINALITIES, 0)).options["trees"]
    wave = torch.from_numpy(np.sin(3 * x[:, 0]) * np.sin(3 * x[:, 1]))
    many = TreesRival().fit(Lesson(task, torch.from_numpy(x), wave, parts, CARDINALITIES, 0)).options["trees"]
    assert few <= 50 < 200 < many
