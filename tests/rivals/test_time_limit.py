"""Rivals under a time budget: what there is no time for is left out, and said."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.fitting import training as training_module
from goodfit.fitting.beside import Beside
from goodfit.rivals.learning import learn_all
from goodfit.rivals.rival import Lesson
from goodfit.rivals.time_limit import TimeLimit
from goodfit.rivals.trees import GROWN_AGAIN, TreesRival
from goodfit.tasks.classification import Classification

ROWS = 600


def lesson(limit: TimeLimit, folds: int = 2) -> Lesson:
    """Three numbers of which two say the class together; a validation part, or folds."""
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 3)).astype(np.float32)
    y = torch.from_numpy(x[:, 0] * x[:, 1] + 0.3 * random.normal(size=ROWS) > 0).long()
    of = np.arange(ROWS) % max(2, folds)
    parts = [(np.flatnonzero(of != fold), np.flatnonzero(of == fold)) for fold in range(folds)]
    return Lesson(Classification(("a", "b")), torch.from_numpy(x), y, parts, (), seed=0, limit=limit)


def test_what_takes_longer_than_there_is_time_is_left_out_and_kept() -> None:
    limit = TimeLimit(time.monotonic() + 60)
    assert limit.allows(30, "one thing")
    assert not limit.allows(90, "another")
    assert not limit.allows(90, "another")
    assert limit.left_out == ["another"]  # said once
    assert TimeLimit().allows(1e9, "anything")


def test_rivals_without_any_time_are_left_out() -> None:
    learnt = learn_all(lesson(TimeLimit(time.monotonic())))
    assert not learnt.fitted
    assert list(learnt.left_out) == ["a linear model", "boosted trees"]


@pytest.mark.parametrize("folds", [1, 2])
def test_trees_that_run_out_of_time_are_those_that_were_grown(folds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the limit stands beyond its end as soon as the first rounds are grown."""
    limit = TimeLimit(time.monotonic() + 1e-3)
    fitted = TreesRival().fit(lesson(limit, folds))
    assert limit.left_out[0] == "more than 10 rounds of boosted trees"
    assert "trees over pairs of columns" in limit.left_out
    assert (GROWN_AGAIN in limit.left_out) == (folds == 1)
    assert fitted.options["trees"] <= 10 * folds
    assert torch.isfinite(fitted.out).all()


def test_with_time_enough_nothing_is_left_out() -> None:
    limited = learn_all(lesson(TimeLimit(time.monotonic() + 600)))
    assert [each.name for each in limited.fitted] == ["a linear model", "boosted trees"]
    assert list(limited.left_out) == []


def test_a_process_beside_the_net_knows_the_limit_too() -> None:
    with Beside() as beside:
        beside.teach(lesson(TimeLimit(time.monotonic())))
        answer = beside.answer()
    assert answer is not None
    assert list(answer.left_out) == ["a linear model", "boosted trees"]


def test_a_fit_says_what_it_had_no_time_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing takes twice what there is, so that on any machine nothing is left for rivals and spread."""
    monkeypatch.setattr(training_module, "CLOSING_SECONDS", 60.0)
    monkeypatch.setattr(training_module, "SHARE_OF_CLOSING", 2.0)
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"a": random.normal(size=400), "b": random.normal(size=400)})
    frame = frame.with_columns((pl.col("a") * pl.col("b")).alias("y"))
    run = gf.fit(frame, target="y", minutes=0.05, interval=True, out=tmp_path / "run")
    said = [choice for choice in run.record.choices if choice.name == "no time for"]
    assert [choice.value for choice in said] == [
        "a linear model and boosted trees",
        "widths of intervals that follow x",
    ]
    assert {choice.why for choice in said} == {"the 0.05 minutes that were asked for end before"}
    assert run.predict(frame).frame()["low"].is_not_null().all()
