"""How much worse a model is on rows that it has not learnt from: said with an interval, in the metric and the loss."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf
from goodfit.analysis.verdict import sentences
from goodfit.stats.estimates import Estimate
from goodfit.tasks.classification import Classification
from goodfit.tasks.metric import ACCURACY, LOG_LOSS, RMSE, Metric


def said(
    metric: Metric,
    train: Estimate,
    valid: Estimate,
    losses: dict[str, Estimate],
    folds: int = 1,
    test: tuple[int, Estimate] | None = None,
) -> list[str]:
    return sentences(
        [],
        "plain",
        metric,
        metric=metric,
        scores={"train": train, "valid": valid} | ({} if test is None else {"test": test[1]}),
        losses=losses,
        baseline={"train": 0.5, "valid": 0.5, "test": 0.5},
        rival="a rival",
        best_epoch=1,
        epochs=1,
        rows={"train": 100, "valid": 100, "test": 0 if test is None else test[0]},
        folds=folds,
    )[1:]


def test_points_of_accuracy_and_the_loss() -> None:
    # by hand: 0.2 - hypot(0.05, 0.10) = 0.0882 and 0.2 + hypot(0.03, 0.10) = 0.3044;
    # of the loss 0.3 - hypot(0.1, 0.04) = 0.1923 and 0.3 + hypot(0.2, 0.03) = 0.5022
    accuracy, loss = said(
        ACCURACY,
        Estimate(0.9, 0.85, 0.93),
        Estimate(0.7, 0.6, 0.8),
        {"train": Estimate(0.2, 0.17, 0.24), "valid": Estimate(0.5, 0.4, 0.7)},
    )
    assert accuracy.endswith("is 90.0%, on validation rows 70.0%: a gap of 20.0 points (95% interval 8.8 to 30.4).")
    assert loss == "The loss is 0.200 and 0.500: a gap of 0.300 (95% interval 0.192 to 0.502)."


def test_a_metric_of_which_less_is_better_and_no_row_left_out_twice() -> None:
    # 3 - hypot(1, 1) = 1.586 and 3 + hypot(2, 1) = 5.236
    (line,) = said(RMSE, Estimate(2, 1, 3), Estimate(5, 4, 7), {}, folds=5)
    assert line == (
        "On training rows the RMSE is 2.00, on each row by a model that did not see it 5.00: a gap of 3.00 "
        "(95% interval 1.59 to 5.24)."
    )


def test_a_log_loss_is_said_once_and_a_gap_may_be_below_zero() -> None:
    same = Estimate(0.5, 0.4, 0.6)
    (line,) = said(LOG_LOSS, same, Estimate(0.4, 0.3, 0.5), {"train": same, "valid": same})
    assert line.endswith("a gap of -0.100 (95% interval -0.241 to 0.041).")


def test_it_is_said_what_a_few_test_rows_cannot_tell() -> None:
    """Of 24 rows half of them right, Wilson's interval is 31.4% to 68.6% (hand calculation): 18.6 points each way."""
    losses: dict[str, Estimate] = {}
    score = Estimate(0.5, 0.314, 0.686)
    line, _ = said(ACCURACY, score, score, losses, folds=5, test=(24, score))
    assert line == (
        "With 24 test rows nothing smaller than 18.6 points can be told; the verdict rests on the 100 training rows "
        "too, each by a model that did not see it."
    )
    line, _ = said(ACCURACY, score, score, losses, test=(1, score))
    assert line == "With 1 test row nothing smaller than 18.6 points can be told."
    (_,) = said(ACCURACY, score, score, losses, test=(30, score))


def test_a_run_says_the_gap_of_its_own_scores(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 3))
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": x[:, 0] + random.normal(size=300)})
    run = gf.fit(gf.table(frame, "y"), out=tmp_path / "run", epochs=3, quiet=True)
    train, valid = run.record.training_metrics["rmse"], run.record.metrics["valid"]["rmse"]
    (line,) = (line for line in run.record.sentences if "a gap of" in line and "RMSE" in line)
    said = float(line.split("a gap of ")[1].split(" (")[0])
    assert said == pytest.approx(valid.value - train.value, abs=1e-3)
    assert any(line.startswith("The loss is ") for line in run.record.sentences)


def test_what_the_kept_epoch_is_the_best_by_where_the_table_of_epochs_does_not_show_it() -> None:
    def kept(criterion: str) -> str:
        score = Estimate(0.9, 0.85, 0.93)
        (line,) = [
            line
            for line in sentences(
                [],
                "plain",
                ACCURACY,
                metric=ACCURACY,
                scores={"valid": score},
                losses={},
                baseline={"valid": 0.5},
                rival="a rival",
                best_epoch=3,
                epochs=5,
                rows={"train": 100, "valid": 100},
                criterion=criterion,
            )
            if "are kept" in line
        ]
        return line

    assert kept("") == "The weights of epoch 3 of 5 are kept: the best on the validation rows."
    words = Classification(("a", "b")).criterion_words
    assert kept(words).endswith("the best on the validation rows, by the loss at its best temperature.")
