"""What somebody types in the first hour, and what they read then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from typed_command import said

import goodfit as gf
from goodfit.errors import DataError, ModelError, UsageError


def people(rows: int = 60) -> pl.DataFrame:
    """A table with a name a row, a class of ticket, an age and whether somebody paid."""
    random = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "name": [f"passenger number {row}" for row in range(rows)],
            "ticket": random.integers(1, 4, rows),
            "age": random.normal(40, 9, rows).round(1),
            "paid": np.where(random.random(rows) < 0.5, "yes", "no"),
        }
    )


def test_the_command_alone_welcomes_and_names_five_things(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch)
    assert status == 0
    for command in ("demo", "fit", "predict", "check", "explain"):
        assert f"  goodfit {command} " in text


@pytest.mark.parametrize(
    ("name", "first"),
    [("overfit", "GF410 overfitting"), ("GF410", "GF410 overfitting"), ("good fit", "good fit: no rule"),
     ("--lr", "--lr: an option of goodfit fit"), ("label_smoothing", "--label-smoothing: an option"),
     ("log_loss", "log loss: a metric; lower is better"), ("R²", "R²: a metric"),
     ("--more", "--more: an option of goodfit fit."), ("resume", "--resume: an option of goodfit fit."),
     ("compare", "goodfit compare: "), ("IoU", "IoU: a metric"),
     ("ECE", "expected calibration error: "), ("95% interval", "95% interval: "), ("baseline", "baseline: ")],
)  # fmt: skip
def test_a_rule_a_verdict_a_metric_and_an_option_are_explained_by_any_of_their_names(
    name: str, first: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "explain", name)
    assert (status, text[: len(first)]) == (0, first)


def test_a_name_of_several_words_needs_no_quotes_and_long_lines_are_wrapped(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "explain", "log", "loss")
    assert (status, text[:8]) == (0, "log loss")
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("words", "meant"),
    [(("fit", "peple.csv", "--target", "paid"), "people.csv"), (("labels", "runs/onne"), "runs/one"),
     (("predict", "runs/on", "new"), "runs/one"), (("report", "runs/oen"), "runs/one")],
)  # fmt: skip
def test_a_misspelt_path_is_answered_with_what_is_there(
    words: tuple[str, ...],
    meant: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    people().write_csv("people.csv")
    for folder in ("runs/one", "new"):
        Path(folder).mkdir(parents=True)
    status, text = said(capsys, monkeypatch, *words)
    assert status == 2
    assert f"Did you mean {meant}?" in text


def test_a_name_that_is_misspelt_is_answered_with_those_nearest_to_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, text = said(capsys, monkeypatch, "explain", "overfiting")
    assert status == 2
    assert "Did you mean overfitting" in text


def test_a_target_that_names_the_rows_is_asked_about() -> None:
    with pytest.raises(DataError, match=r"60 different values in 60 rows.*Is it the right column"):
        gf.fit(people(), target="name", epochs=1)


def test_numbers_that_are_hardly_times_are_doubted(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"3 different times in 60 rows.*Is --time the right column\?"):
        gf.fit(people(), target="paid", time="ticket", epochs=1)
    dozens = people().with_columns((pl.int_range(pl.len()) // 10).alias("week"))
    run = gf.fit(dozens, target="paid", time="week", epochs=1, rivals="none", out=tmp_path / "run")
    doubts = [finding.message for finding in run.findings if finding.code == "GF003"]
    assert any("the times in 'week' are 6 different numbers" in doubt for doubt in doubts)


def test_a_net_of_the_wrong_width_is_told_which_came_and_which_it_takes(tmp_path: Path) -> None:
    x = np.zeros((40, 8), dtype=np.float32)
    with pytest.raises(ModelError, match=r"takes width 5 and was given 8; the mini-batches are \(N, 8\)"):
        gf.fit(gf.arrays(x, np.arange(40) % 2), model=torch.nn.Linear(5, 2), epochs=1, out=tmp_path / "run")


def test_a_finished_run_that_is_to_be_resumed_for_longer_says_why_not(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    data = gf.arrays(x, (x[:, 0] > 0).astype(int))
    gf.fit(data, epochs=1, out=tmp_path / "run")
    with pytest.raises(UsageError, match=r"this run is finished, .*--more 11, or fit anew with --epochs 12"):
        gf.fit(data, epochs=12, out=tmp_path / "run", resume=True)
    assert gf.fit(data, epochs=1, out=tmp_path / "run", resume=True).record.options["epochs"] == 1
