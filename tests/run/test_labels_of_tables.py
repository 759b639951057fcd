"""Tables with several labels a row through the doors of the command and of Python."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command import goodfit
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score

import goodfit as gf
from goodfit.analysis.threshold import choose_threshold
from goodfit.errors import UsageError
from goodfit.run import Run

LABELS = ("wet", "hot", "windy")  # not in the order of letters


def frame(count: int, seed: int = 0) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 3)).round(3)
    y = (x + 0.5 * random.normal(size=(count, 3)) > (0.0, 0.5, 1.0)).astype(int)
    columns = {f"x{at}": x[:, at] for at in range(3)}
    return pl.DataFrame(columns | {label: y[:, at] for at, label in enumerate(LABELS)})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return gf.fit(gf.table(frame(300), target=list(LABELS)), epochs=3, out=tmp_path_factory.mktemp("run") / "weather")


def test_a_fit_gives_a_probability_for_each_label(run: Run) -> None:
    assert run.record.task["name"] == "multilabel"
    assert run.record.task["labels"] == list(LABELS)
    (task,) = (choice for choice in run.record.choices if choice.name == "task")
    assert task.why.startswith("3 columns of yes and no")
    with (run.folder / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    shares = np.array([[float(row[f"p_{label}"]) for label in LABELS] for row in rows])
    whole = frame(300)
    truth = np.array([[whole[label][int(row["key"])] for label in LABELS] for row in rows])
    for row, labels, yes in zip(rows, truth, shares > 0.5, strict=True):
        assert row["truth"] == "|".join(name for name, has in zip(LABELS, labels, strict=True) if has)
        assert row["prediction"] == "|".join(name for name, has in zip(LABELS, yes, strict=True) if has)
    found = run.metrics["test"]
    by_label = [log_loss(truth[:, at], shares[:, at], labels=[0, 1]) for at in range(3)]
    assert found["log_loss"].value == pytest.approx(np.mean(by_label), rel=1e-4)
    assert found["f1"].value == pytest.approx(f1_score(truth, shares > 0.5, average="micro"))
    assert found["f1"].value > 0.7  # the labels follow from the columns


def test_new_rows_are_predicted_and_scored(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = frame(80, seed=1)
    words = new.with_columns(pl.col(label).replace_strict({0: "No", 1: "yes"}) for label in LABELS)
    words.write_parquet(tmp_path / "new.parquet")
    predictions = run.predict(tmp_path / "new.parquet")
    shares = np.stack([predictions[f"p_{label}"] for label in LABELS], axis=1)
    assert goodfit("evaluate", run.folder, tmp_path / "new.parquet", "--json") == 0
    truth = new.select(LABELS).to_numpy()
    expected = np.mean([log_loss(truth[:, at], shares[:, at], labels=[0, 1]) for at in range(3)])
    assert json.loads(capsys.readouterr().out)["metrics"]["test"]["log_loss"]["value"] == pytest.approx(
        expected, rel=1e-4
    )


def test_the_report_and_the_card_speak_of_labels(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    page = (run.folder / "report.html").read_text()
    assert "Every label" in page
    assert "have every label right" in page
    assert goodfit("card", run.folder) == 0
    assert "predicting wet, hot, windy" in capsys.readouterr().out


def test_the_run_and_its_file_are_the_same_model(run: Run) -> None:
    result = gf.compare(run.folder, run.folder / "predictions.csv")
    (pair,) = result.compared.pairs
    assert pair.values[1] == pytest.approx(pair.values[0], rel=1e-4)
    assert pair.values[0] == pytest.approx(run.metrics["test"]["log_loss"].value)
    assert pair.equal > 0.999


def test_a_threshold_is_that_of_one_label(run: Run) -> None:
    with pytest.raises(UsageError, match=r"--positive is not given.*Choose one of wet, hot, windy"):
        choose_threshold(run, cost_fp=1, cost_fn=3)
    with pytest.raises(UsageError, match="--positive cold is not one of the run's labels"):
        choose_threshold(run, cost_fp=1, cost_fn=3, positive="cold")
    chosen = choose_threshold(run, cost_fp=1, cost_fn=3, positive="windy")
    assert chosen.value == 0.25  # Elkan 2001
    with (run.folder / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    truth = np.array(["windy" in row["truth"].split("|") for row in rows])
    called = np.array([float(row["p_windy"]) >= 0.25 for row in rows])
    of_test = chosen.cuts[-1]
    assert of_test.count == len(rows)
    assert of_test.recall.value == pytest.approx(recall_score(truth, called))
    assert of_test.precision.value == pytest.approx(precision_score(truth, called))


def test_cells_of_several_labels_are_learnt_and_trained_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = frame(200)
    sets = [
        " | ".join(name for name, has in zip(LABELS, row, strict=True) if has) for row in whole.select(LABELS).rows()
    ]
    data = tmp_path / "tags.csv"
    whole.drop(LABELS).with_columns(tags=pl.Series(sets)).write_csv(data)
    place = str(tmp_path / "run")
    fit = ("fit", str(data), "--target", "tags", "--out", place, "--rivals", "none")
    assert goodfit(*fit, "--task", "multilabel", "--epochs", "1") == 0
    assert "separated by bar" in "".join(capsys.readouterr())
    assert goodfit(*fit, "--more", "1") == 0
    assert gf.load(place).record.task["labels"] == sorted(LABELS)
    capsys.readouterr()
    goodfit("check", data, "--target", "tags")
    assert "--task multilabel" in "".join(capsys.readouterr())


@pytest.mark.slow
def test_wrong_labels_are_looked_for_label_by_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of 8 turned ones among 300 rows whose labels follow from the columns, most are found, and little else."""
    random = np.random.default_rng(3)
    x = random.normal(size=(300, 2))
    y = (x > 0.2).astype(int)
    far = np.flatnonzero(np.abs(x[:, 1] - 0.2) > 0.8)
    turned = random.choice(far, 8, replace=False)
    y[turned, 1] = 1 - y[turned, 1]
    data = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "hot": y[:, 0], "wet": y[:, 1]})
    run = gf.fit(gf.table(data, target=["hot", "wet"]), epochs=8, out=tmp_path / "run")
    found = gf.find_wrong_labels(run)
    assert found.labels == 2
    wrong = {(int(each.key), each.label, each.suggested) for each in found.wrong}
    expected = {(row, *(("wet", "not wet") if y[row, 1] else ("not wet", "wet"))) for row in turned.tolist()}
    assert len(wrong & expected) >= 6
    assert len(wrong - expected) <= 8
    assert [each.probability for each in found.wrong] == sorted(each.probability for each in found.wrong)
    assert goodfit("labels", run.folder, "-o", tmp_path / "wrong.csv") == 0
    assert f"of {2 * found.rows:,} labels" in capsys.readouterr().out
    with (tmp_path / "wrong.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(found.wrong)
