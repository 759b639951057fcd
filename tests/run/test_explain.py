"""What a model goes by, on tables whose truth is known."""

from __future__ import annotations

import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.analysis.importance import explain, positions
from goodfit.analysis.what_if import WhatIf
from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.encoder import Encoder
from goodfit.report.importance_plots import dependence_curve, importance_bars
from goodfit.tasks.regression import Regression
from goodfit.train.device import cpu_threads

ROWS = 800


def frame() -> pl.DataFrame:
    """y = 3 a + 2 (town is Bern) + noise of 0.1; b says nothing."""
    random = np.random.default_rng(0)
    a, b = random.normal(5, 2, ROWS), random.normal(size=ROWS)
    town = random.choice(["Bern", "Ulm", "Graz"], ROWS)
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(days=int(day)) for day in random.integers(0, 700, ROWS)]
    y = 3 * a + 2 * (town == "Bern") + random.normal(0, 0.1, ROWS)
    return pl.DataFrame({"a": a, "b": b, "town": town, "when": days, "y": y})


def encoded() -> tuple[Encoder, torch.Tensor]:
    kinds = {
        "a": ColumnType("number", ""),
        "b": ColumnType("number", ""),
        "town": ColumnType("category", ""),
        "when": ColumnType("date", ""),
    }
    encoder = Encoder.learn(frame(), kinds, np.arange(ROWS))
    return encoder, torch.from_numpy(encoder.encode(frame()))


def test_a_column_has_all_its_places() -> None:
    encoder, _ = encoded()
    assert encoder.names == ["a", "b", "when days", "when day", "town", "when month", "when weekday"]
    assert positions(encoder, len(encoder.names)) == {"a": [0], "b": [1], "when": [2, 3, 5, 6], "town": [4]}


def test_importance_and_dependence_of_a_known_formula_are_those_worked_out_by_hand() -> None:
    encoder, x = encoded()
    y = torch.tensor(frame()["y"].to_list())
    task = Regression((0.0,), (1.0,))
    bern = encoder.categories[0].levels.index("Bern") + 2

    def formula(_: None, rows: torch.Tensor) -> torch.Tensor:
        a = rows[:, 0] * encoder.numbers[0].deviation + encoder.numbers[0].mean
        return (3 * a + 2 * (rows[:, 4] == bern)).unsqueeze(1)

    found = explain(encoder, task, partial(WhatIf, None, formula), x, y, seed=0)
    rise = {column["column"]: column for column in found["importance"]}
    assert [column["column"] for column in found["importance"]][:2] == ["a", "town"]
    # Shuffling adds twice the variance of the term: E (t - t')^2 = 2 var t.
    a, town = frame()["a"].to_numpy(), (frame()["town"] == "Bern").to_numpy()
    assert rise["a"]["value"] == pytest.approx(2 * 9 * a.var(), rel=0.15)
    assert rise["town"]["value"] == pytest.approx(2 * 4 * town.var(), rel=0.15)
    assert rise["a"]["low"] < 2 * 9 * a.var() < rise["a"]["high"]
    assert rise["b"]["value"] == rise["when"]["value"] == 0
    line = next(each for each in found["dependence"] if each["column"] == "a")
    slope = np.polyfit(line["at"], line["prediction"], 1)[0]
    assert slope == pytest.approx(3, rel=1e-3)
    levels = next(each for each in found["dependence"] if each["column"] == "town")
    by_town = dict(zip(levels["at"], levels["prediction"], strict=True))
    assert by_town["Bern"] - by_town["Ulm"] == pytest.approx(2, abs=1e-3)


@pytest.mark.slow
def test_a_table_of_more_classes_than_columns_of_probabilities_is_fitted_compared_and_searched(tmp_path: Path) -> None:
    """130 classes: predictions.csv has no p_LABEL then, and everything else works on them all the same."""
    random = np.random.default_rng(0)
    number = np.tile(np.arange(130), 5)
    place = random.normal(size=(130, 3))[number] + 0.1 * random.normal(size=(650, 3))
    frame = pl.DataFrame({"x": place[:, 0], "y": place[:, 1], "z": place[:, 2], "what": [f"kind {n}" for n in number]})
    options: dict[str, Any] = {"epochs": 2, "quiet": True, "rivals": "none", "folds": 1}
    runs = [gf.fit(gf.table(frame, "what"), out=tmp_path / name, seed=3, **options) for name in "ab"]
    explanation = runs[0].record.explanation
    assert explanation is not None
    assert explanation["dependence"][0]["what"].startswith("probability of kind ")
    assert {pair.metric.name for pair in gf.compare(*runs).pairs} >= {"accuracy", "log_loss"}
    assert gf.find_wrong_labels(runs[0]).rows == runs[0].record.rows.valid + runs[0].record.rows.test


def test_a_fitted_table_has_it_on_its_page_and_images_do_not(tmp_path: Path) -> None:
    run = gf.fit(gf.table(frame(), "y"), out=tmp_path / "run", epochs=15, folds=2, rivals="none", quiet=True)
    explanation = run.record.explanation
    assert explanation is not None
    assert explanation["importance"][0]["column"] == "a"
    noise = next(column for column in explanation["importance"] if column["column"] == "b")
    assert noise["low"] < 0.05
    assert "Feature importance" in (run.folder / "report.html").read_text()
    x = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    other = gf.fit(gf.arrays(x, (x[:, 0] > 0).astype(int)), out=tmp_path / "other", epochs=1, rivals="none", quiet=True)
    assert "Feature importance" not in (other.folder / "report.html").read_text()


def test_the_figures_show_every_column_once() -> None:
    values = [1 / (at + 1) for at in range(20)]
    importance = [{"column": f"column {at}", "value": v, "low": 0.0, "high": 2 * v} for at, v in enumerate(values)]
    bars = importance_bars(importance).axes[0]
    assert [label.get_text() for label in bars.get_yticklabels()] == [f"column {at}" for at in range(15)]
    assert "15 of 20" in bars.figure.get_suptitle()
    columns: list[dict[str, Any]] = [
        {"column": "age", "number": True, "at": [1.0, 2.0], "prediction": [0.1, 0.4], "what": "prediction"},
        {"column": "town", "number": False, "at": ["Ulm"], "prediction": [0.3], "what": "prediction"},
    ]
    panels = [dependence_curve(column).axes[0] for column in columns]
    assert [axes.get_xlabel() for axes in panels] == ["age", "town"]
    assert np.asarray(panels[0].lines[0].get_ydata()).tolist() == [0.1, 0.4]


def test_two_threads_explain_to_the_bits_of_one(tmp_path: Path) -> None:
    runs = []
    for threads in (1, 2):
        with cpu_threads(threads):
            runs.append(gf.fit(frame()[:300], target="y", epochs=1, folds=1, out=tmp_path / str(threads)))
    one, two = (run.record.explanation for run in runs)
    assert one is not None
    assert one == two
