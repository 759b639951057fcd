"""Linear heads: the optimum that scikit-learn finds, a penalty chosen on rows left out, every task's own loss."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import cross_val_predict
from torch import Tensor

from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.regression import Regression
from goodfit.train.linear_head import PENALTIES, fit_linear_head


def rows(n: int, d: int, classes: int = 3, noise: float = 2.0) -> tuple[Tensor, Tensor]:
    """Features around a mean of their class, of unequal scales and far from zero."""
    generator = torch.Generator().manual_seed(n + d)
    y = torch.arange(n) % classes
    means = torch.randn(classes, d, generator=generator)
    x = means[y] + noise * torch.randn(n, d, generator=generator)
    return x * torch.linspace(0.5, 2.0, d) + 5.0, y


def folds(n: int) -> Tensor:
    return torch.arange(n) // 3 % 5


@pytest.mark.parametrize(("n", "d"), [(300, 20), (60, 200)])  # more rows than features, and fewer
def test_the_head_is_the_optimum_that_scikit_learn_finds(n: int, d: int) -> None:
    x, y = rows(n, d)
    head = fit_linear_head(x, y, folds(n), Classification(("a", "b", "c")))
    scale = float((x - x.mean(0)).square().mean().sqrt())
    scaled = ((x - x.mean(0)) / scale).double().numpy()
    reference = LogisticRegression(C=1 / head.penalty, tol=1e-9, max_iter=10_000).fit(scaled, y.numpy())
    np.testing.assert_allclose(head(x).softmax(1).numpy(), reference.predict_proba(scaled), atol=2e-3)


def test_the_penalty_is_the_one_with_the_least_loss_on_rows_left_out() -> None:
    x, y = rows(240, 30, noise=3.0)
    fold_of = folds(240)
    head = fit_linear_head(x, y, fold_of, Classification(("a", "b", "c")))
    losses = {}
    mean, scale = x.mean(0), float((x - x.mean(0)).square().mean().sqrt())
    scaled = ((x - mean) / scale).double().numpy()
    for penalty, _ in head.curve:
        left_out = np.zeros(240)
        for fold in range(5):
            kept, out = (fold_of != fold).numpy(), (fold_of == fold).numpy()
            fitted = LogisticRegression(C=1 / penalty, tol=1e-8, max_iter=10_000).fit(scaled[kept], y.numpy()[kept])
            shares = fitted.predict_proba(scaled[out])
            left_out[out] = -np.log(shares[np.arange(out.sum()), y.numpy()[out]])
        losses[penalty] = left_out.mean()
    assert head.penalty == min(losses, key=lambda each: losses[each])
    assert head.left_out_loss == pytest.approx(losses[head.penalty], abs=1e-3)
    assert head.curve[0][0] == PENALTIES[0]


def test_each_row_is_held_out_from_the_head_that_judges_it_as_scikit_learn_does() -> None:
    x, y = rows(150, 10, noise=3.0)
    fold_of = folds(150)
    head = fit_linear_head(x, y, fold_of, Classification(("a", "b", "c")))
    scale = float((x - x.mean(0)).square().mean().sqrt())
    scaled = ((x - x.mean(0)) / scale).double().numpy()
    model = LogisticRegression(C=1 / head.penalty, tol=1e-9, max_iter=10_000)
    parts = [(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)) for fold in range(5)]
    reference = cross_val_predict(model, scaled, y.numpy(), cv=parts, method="predict_proba")
    np.testing.assert_allclose(head.held_out(x, fold_of).softmax(1).numpy(), reference, atol=2e-3)


def test_numbers_get_a_ridge() -> None:
    x, _ = rows(120, 15)
    generator = torch.Generator().manual_seed(1)
    y = x @ torch.randn(15, generator=generator) + 3 * torch.randn(120, generator=generator)
    task = Regression.from_targets(y.double().tolist())
    head = fit_linear_head(x, y, folds(120), task)
    scale = float((x - x.mean(0)).square().mean().sqrt())
    scaled = ((x - x.mean(0)) / scale).double().numpy()
    targets = ((y - task.means[0]) / task.deviations[0]).double().numpy()
    # ours: mean of squares + P / (2 N) |w|^2; scikit-learn's: sum of squares + alpha |w|^2
    reference = Ridge(alpha=head.penalty / 2).fit(scaled, targets)
    np.testing.assert_allclose(head(x)[:, 0].numpy(), reference.predict(scaled), atol=2e-3)


def test_several_labels_a_row_are_several_logistic_regressions() -> None:
    x, y = rows(150, 10)
    labels = torch.stack([y == 0, (y == 1) | (x[:, 0] > 5)], dim=1).float()
    task = MultiLabel(("first", "second"))
    head = fit_linear_head(x, labels, folds(150), task)
    assert head.weight.shape == (2, 10)
    assert task.score(head(x), labels) > 0.8


def test_a_class_that_a_fold_lacks_leaves_the_head_finite() -> None:
    x, y = rows(62, 8)
    y[60:] = 3  # two rows of a class of their own, both in fold 0
    fold_of = folds(62)
    fold_of[60:] = 0
    head = fit_linear_head(x, y, fold_of, Classification(("a", "b", "c", "rare")))
    assert bool(head.weight.isfinite().all())
    assert bool(head.bias.isfinite().all())


def test_features_that_do_not_vary_give_the_shares_of_the_classes() -> None:
    y = torch.tensor([0] * 30 + [1] * 10)
    head = fit_linear_head(torch.ones(40, 3), y, torch.arange(40) % 5, Classification(("a", "b")))
    assert head(torch.ones(1, 3)).softmax(1)[0, 1] == pytest.approx(0.25, abs=0.01)


def test_a_row_in_no_fold_is_fitted_and_never_left_out() -> None:
    x, y = rows(100, 5)
    some = torch.where(torch.arange(100) % 4 == 0, 0, -1)
    head = fit_linear_head(x, y, some, Classification(("a", "b", "c")))
    kept, out = some == -1, some == 0
    scale = float((x - x.mean(0)).square().mean().sqrt())
    scaled = ((x - x.mean(0)) / scale).double().numpy()
    fitted = LogisticRegression(C=1 / head.penalty, tol=1e-8, max_iter=10_000).fit(scaled[kept], y.numpy()[kept])
    left_out = fitted.predict_proba(scaled[out])[np.arange(int(out.sum())), y.numpy()[out]]
    assert head.left_out_loss == pytest.approx(float(-np.log(left_out).mean()), abs=1e-3)


def test_a_head_may_leave_further_features_alone() -> None:
    x, y = rows(60, 8)
    more = torch.cat([x, torch.randn(60, 5, generator=torch.Generator().manual_seed(0))], dim=1)
    head = fit_linear_head(x, y, folds(60), Classification(("a", "b", "c")))
    wide = head.widened(13)
    torch.testing.assert_close(wide(more), head(x))
    torch.testing.assert_close(wide.held_out(more, folds(60)), head.held_out(x, folds(60)))
