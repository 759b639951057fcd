"""`goodfit explain` of words as people type them: abbreviations, other spellings, things with two meanings."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from goodfit.cli.app import app
from goodfit.cli.explain import _key
from goodfit.cli.explain_methods import METHODS
from goodfit.cli.explain_terms import TERMS


def explained(*words: str) -> str:
    result = CliRunner().invoke(app, ["explain", *words], prog_name="goodfit", standalone_mode=False)
    assert result.exception is None, result.exception
    return result.output


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("mse", "RMSE: a metric"), ("roc auc", "AUC: a metric"), ("f1-score", "F1: a metric"),
        ("acc", "accuracy: a metric"), ("logloss", "log loss: a metric"), ("cross entropy", "log loss: a metric"),
        ("mean absolute error", "MAE: a metric"), ("ndcg@10", "NDCG at 10: a metric"), ("jaccard", "IoU: a metric"),
        ("mean image IoU", "mean image IoU: a metric"),
        ("wd", "--weight-decay: an option"), ("bs", "--batch-size: an option"), ("optimizer", "optimiser: it takes"),
        ("adam", "optimiser: it takes the steps"), ("grad-clip", "--clip: an option"), ("gpu", "--device: an option"),
        ("amp", "--precision: an option"), ("-v", "--verbose: an option"),
        ("over-fitting", "GF410 overfitting"), ("leakage", "GF4"), ("batchnorm", "GF"), ("nan", "GF"),
        ("validation", "validation: rows that steer"), ("early stopping", "early stopping: "),
        ("cv", "cross-validation: "),
        ("dropout", "dropout: "), ("confusion matrix", "confusion matrix: "), ("p value", "p-value: "),
        ("mcnemar", "McNemar: "), ("wilson", "Wilson: "), ("conformal", "prediction interval: "),
        ("variance", "variance: the average squared distance from the mean"), ("sd", "standard deviation: "),
        ("z-score", "z-score: "), ("outlier", "outliers: "), ("importance", "importance: "), ("verdict", "verdict: "),
        ("weights", "weights: the numbers of a net"), ("workers", "workers: "), ("num_workers", "workers: "),
        ("pinball", "pinball: "), ("class weights", "class weights: "), ("logits", "logits: "), ("huber", "MSE loss: "),
        ("transfer learning", "fine-tuning: "), ("fp", "true positive: "), ("one hot", "one-hot: "), ("OOM", "out of"),
        ("missing values", "missing values: "), ("hyperparameters", "hyperparameter: "), ("time-series", "time series"),
        ("resnet", "resnet: an architecture. Residual nets"), ("resnet18", "resnet18: an architecture."),
        ("u-net", "unet: an architecture. U-Nets"), ("tabm", "tabm: an architecture."), ("xgb", "XGBoost: trees"),
        ("xgboost", "XGBoost: trees"), ("shap", "SHAP: which parts"), ("lstm", "LSTM: nets that read a sequence"),
        ("transformer", "transformer: a net whose layers"), ("pca", "PCA: fewer numbers"), ("k-means", "k-means: "),
        ("random forests", "random forest: "), ("relu", "activation: "), ("softmax", "softmax: it makes prob"),
        ("kNN", "kNN: "), ("tensorflow", "PyTorch: another library"), ("inference", "goodfit predict: "),
        ("unbalanced", "GF507"), ("boosted trees", "blend: "), ("temperature scaling", "expected calibration error: "),
    ],
)  # fmt: skip
def test_a_word_that_people_type_is_explained(asked: str, first: str) -> None:
    assert explained(*asked.split()).startswith(first)


def test_a_word_of_two_meanings_is_explained_in_both_and_with_hyphens_as_the_option() -> None:
    page = explained("precision")
    assert page.startswith("precision: of the rows that were called a class, the share that are.")
    assert "--precision: an option of goodfit fit" in page
    assert "--precision: an option of goodfit threshold." in page
    assert explained("--precision").startswith("--precision: an option of goodfit fit")
    assert "share that are" not in explained("--precision")
    assert explained("loss").startswith("loss: one number")
    assert "--loss: an option of goodfit fit" in explained("loss")


def test_a_good_fit_does_not_claim_what_no_rule_checks() -> None:
    """A report may say under it that boosted trees are as good as far as these rows can tell."""
    assert "no simple model" not in explained("good fit")


def test_no_word_is_explained_twice_and_every_page_names_what_goodfit_has_of_it() -> None:
    names = [_key(name) for table in (TERMS, METHODS) for names in table for name in names]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []
    for names_of_a_method, text in METHODS.items():
        assert any(word in text for word in ("goodfit", "docs/", "see ", "The report")), names_of_a_method


def test_an_architecture_says_how_it_is_chosen_and_a_family_what_it_has() -> None:
    assert "resnet18, resnet34 and resnet50" in explained("resnet")
    page = explained("resnet18")
    assert "goodfit fit DATA --arch resnet18 chooses it" in page
