"""Targets in, losses, metrics and predictions out; numbers from scikit-learn or written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn import metrics
from sklearn.preprocessing import MultiLabelBinarizer

from goodfit.data.columns import Labels
from goodfit.errors import DataError, GoodfitError, ModelError
from goodfit.tasks import from_json, task_for
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.regression import Regression

RANDOM = np.random.default_rng(0)


def rows(n: int) -> list[str]:
    return [f"row {at}" for at in range(n)]


@pytest.mark.parametrize(
    ("targets", "name"),
    [
        (["cat", "dog", "cat"], "classification"),
        ([3, 1, 2], "classification"),
        (np.array([0, 1, 1]), "classification"),
        ([True, False], "classification"),
        ([["a"], ["a", "b"]], "multilabel"),
        (np.array([0.5, 1.5]), "regression"),
        (np.array([[0.5, 1.0], [1.5, 2.0]]), "regression"),
    ],
)
def test_the_task_follows_from_the_targets(targets: object, name: str) -> None:
    assert task_for(targets).name == name  # type: ignore[arg-type]  # lists of several kinds


def test_classes_are_sorted_by_value_then_by_name() -> None:
    assert task_for(["10", "9", "b", "a"]).classes == ("9", "10", "a", "b")  # type: ignore[attr-defined]


def test_a_single_class_is_refused() -> None:
    with pytest.raises(DataError, match="only one class, 'cat'"):
        task_for(["cat", "cat"])


def test_a_label_that_training_never_saw_names_its_row() -> None:
    with pytest.raises(DataError, match=r"row 1: its label 'cow' is not among the training rows' classes \(cat, dog\)"):
        task_for(["cat", "dog"]).encode(["cat", "cow"], rows(2))


def test_of_several_unknown_labels_each_is_named_and_their_rows_counted() -> None:
    task = task_for(["cat", "dog"])
    with pytest.raises(DataError, match=r"row 1: its label 'cow' .*\(cat, dog\), nor are 'hen', 'Cat'; 4 rows in all"):
        task.encode(["cat", "cow", "hen", "Cat", "cow"], rows(5))


def test_labels_in_the_spelling_of_the_run_are_read_without_a_word() -> None:
    task = task_for([0, 1])
    assert task.known_labels(["0", "1"]) == ([0, 1], ())
    read, [(_, count, why)] = task.known_labels(["00", "1", "01"])
    assert (list(read), count) == ([0, 1, 1], "2 labels")
    assert why == "'00' is read as '0', which training had"


def test_a_task_comes_back_from_json() -> None:
    for targets in (["a", "b"], [["a"], ["b"]], np.array([1.0, 2.5]), [1, 2, 3]):
        task = task_for(targets)
        assert from_json({"name": task.name, **task.to_json()}) == task


def test_classification_metrics_are_scikit_learns() -> None:
    labels = RANDOM.integers(0, 4, 300)
    out = torch.from_numpy(RANDOM.normal(0, 1, (300, 4)) + 1.5 * np.eye(4)[labels]).float()
    task = task_for(labels)
    y = task.encode(labels, rows(300))
    found = task.metrics(out, y)
    shares = out.softmax(1).numpy().astype(np.float64)
    shares /= shares.sum(1, keepdims=True)
    assert found["accuracy"].value == pytest.approx(metrics.accuracy_score(labels, out.argmax(1)))
    assert found["log_loss"].value == pytest.approx(metrics.log_loss(labels, shares), rel=1e-5)
    assert found["auc"].value == pytest.approx(metrics.roc_auc_score(labels, shares, multi_class="ovr"))
    assert isinstance(task, Classification)
    details = task.details(out, y)
    np.testing.assert_array_equal(details["confusion"], metrics.confusion_matrix(labels, out.argmax(1)))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(labels, out.argmax(1))
    for at, line in enumerate(details["per_class"]):
        assert line["precision"] == pytest.approx(precision[at])
        assert line["recall"] == pytest.approx(recall[at])
        assert line["f1"] == pytest.approx(f1[at])
        assert line["support"] == support[at]


def test_the_baseline_of_classification_is_the_majority_class() -> None:
    task = task_for(["a", "a", "a", "b"])
    y_train, y = task.encode(["a", "a", "a", "b"], rows(4)), task.encode(["a", "b", "b", "b"], rows(4))
    found = task.baseline(y_train, y, y)
    assert found["accuracy"] == 0.25
    # shares with one row added to each class: 4/6 and 2/6
    assert found["log_loss"] == pytest.approx(-(math.log(4 / 6) + 3 * math.log(2 / 6)) / 4)


def test_cross_entropy_takes_mixed_targets_and_smoothing() -> None:
    task = task_for(["a", "b"])
    out = torch.tensor([[2.0, 0.0]])
    mixed = torch.tensor([[0.25, 0.75]])
    logs = torch.log_softmax(out, 1)[0]
    assert task.loss(out, mixed).item() == pytest.approx(-(0.25 * logs[0] + 0.75 * logs[1]).item())
    task = task.with_label_smoothing(0.2)  # (1 - 0.2) on the class and 0.1 on each of two
    assert task.loss(out, torch.tensor([0])).item() == pytest.approx(-(0.9 * logs[0] + 0.1 * logs[1]).item())


def test_multilabel_metrics_are_scikit_learns() -> None:
    y = torch.from_numpy((RANDOM.random((200, 3)) < 0.4).astype(np.float32))
    out = torch.from_numpy(RANDOM.normal(0, 1, (200, 3))).float() + 2 * y - 1
    task = task_for([["a"], ["b"], ["c"]])
    found = task.metrics(out, y)
    assert found["f1"].value == pytest.approx(metrics.f1_score(y, out > 0, average="micro"))
    assert found["accuracy"].value == pytest.approx(metrics.accuracy_score(y, out > 0))
    assert found["auc"].value == pytest.approx(metrics.roc_auc_score(y, out, average="macro"))
    assert found["f1"].low <= found["f1"].value <= found["f1"].high


def test_sets_of_labels_that_many_rows_share_are_encoded_as_scikit_learn_does() -> None:
    sets = [("wet",), (), ("hot", "wet"), ("windy",)]  # nobody has the last one, as where rows are taken
    packed = Labels(np.array([2, 0, 1, 0, 2]), sets)
    labels = ["hot", "wet", "snow"]  # all of them, in their order: snow is in no row
    task = MultiLabel.from_targets(packed, labels=labels)
    expected = MultiLabelBinarizer(classes=labels).fit_transform([sets[code] for code in packed.codes])
    assert task.encode(packed, rows(5)).tolist() == expected.tolist()


def test_regression_metrics_are_in_original_units() -> None:
    values = RANDOM.normal(50, 10, 200)
    task = task_for(values)
    y = task.encode(values, rows(200))
    out = torch.from_numpy((values + RANDOM.normal(0, 3, 200) - values.mean()) / values.std()).float().unsqueeze(1)
    guess = task.decode(out)["prediction"]
    found = task.metrics(out, y)
    assert found["rmse"].value == pytest.approx(metrics.root_mean_squared_error(values, guess), rel=1e-4)
    assert found["mae"].value == pytest.approx(metrics.mean_absolute_error(values, guess), rel=1e-4)
    assert found["r2"].value == pytest.approx(metrics.r2_score(values, guess), rel=1e-4)


def test_a_column_against_a_row_never_broadcasts() -> None:
    one = task_for(np.array([1.0, 2.0, 4.0]))
    y = one.encode(np.array([1.0, 2.0, 4.0]), rows(3))
    assert one.loss(torch.zeros(3, 1), y).dim() == 0
    squares = [((value - 7 / 3) / math.sqrt(14 / 9)) ** 2 for value in (1, 2, 4)]  # mean 7/3, variance 14/9
    assert one.loss(torch.zeros(3, 1), y).item() == pytest.approx(sum(squares) / 3, rel=1e-5)
    two = task_for(np.array([[1.0, 2.0], [3.0, 5.0]]))
    with pytest.raises(ModelError, match=r"\(2, 1\).*\(2, 2\)"):
        two.loss(torch.zeros(2, 1), two.encode(np.array([[1.0, 2.0], [3.0, 5.0]]), rows(2)))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_target_that_is_no_number_names_its_row(bad: float) -> None:
    with pytest.raises(DataError, match="row 1: its target is NaN or infinite"):
        task_for(np.array([0.5, 1.0])).encode(np.array([0.5, bad]), rows(2))


def test_an_unknown_task_lists_those_there_are() -> None:
    with pytest.raises(GoodfitError, match="classification, multilabel, ranking, rating, regression"):
        task_for([1, 2], "clustering")


def test_targets_that_differ_in_late_digits_are_learnt_as_they_are() -> None:
    """Seconds since 1970: float32 knows them to 128 s. Mean 1732621300, deviation 100 (of 200 seconds, half each)."""
    seconds = [1_732_621_200.0, 1_732_621_400.0] * 2
    task = Regression.from_targets(seconds)
    y = task.encode(seconds, list("abcd"))
    assert y.tolist() == seconds
    out = torch.tensor([[-1.0], [1.0], [0.0], [1.5]])
    assert float(task.loss(out[:, None], y)) == pytest.approx((0 + 0 + 1 + 0.25) / 4)
    assert list(task.decode(out)["prediction"]) == [
        1_732_621_200.0,
        1_732_621_400.0,
        1_732_621_300.0,
        1_732_621_450.0,
    ]
    assert task.encode([1.5, 2.5], ["a", "b"]).dtype == torch.float32
