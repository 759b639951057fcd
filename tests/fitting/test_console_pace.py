"""The pace of training and the time left are said early, once, and only where there is something to wait for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

import goodfit as gf
from goodfit.fitting.console import Console
from goodfit.train.loop import Position, Training


@dataclass
class Named:
    noun: str = "image"


@dataclass
class Feed:
    source: Named = field(default_factory=Named)


@dataclass
class Hyper:
    epochs: int = 4
    patience: int | None = None


@dataclass
class Stopped:
    """A training at a position, as the console reads it."""

    position: Position
    train_rows: torch.Tensor = field(default_factory=lambda: torch.arange(5_000))
    feed: Feed = field(default_factory=Feed)
    hyper: Hyper = field(default_factory=Hyper)
    batches_an_epoch: int = 79
    loss_sum: torch.Tensor = field(default_factory=lambda: torch.tensor(10.0))


def pace(capsys: pytest.CaptureFixture[str], *positions: Position, **options: Any) -> list[str]:
    console = Console(**options)
    for position in positions:
        console.batch(cast(Training, Stopped(position)))
    return [line.strip() for line in capsys.readouterr().err.splitlines() if "a second" in line]


def test_after_three_seconds_of_training_once(capsys: pytest.CaptureFixture[str]) -> None:
    early = Position(rows=1_000, seconds=2.0, done=0.05)
    settled = Position(rows=2_000, seconds=4.0, done=0.1)  # 500 a second; 4 s are a tenth: 36 s are left
    later = Position(epoch=1, rows=0, seconds=10.0, done=0.25)
    assert pace(capsys, early, settled, later) == ["pace            500 images a second; about 0:36 min left"]


def test_rows_of_earlier_epochs_count(capsys: pytest.CaptureFixture[str]) -> None:
    resumed = Position(epoch=2, rows=1_000, seconds=22.0, done=0.5)  # 11,000 rows
    assert pace(capsys, resumed) == ["pace            500 images a second; about 0:22 min left"]


def test_not_where_it_is_soon_over_or_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    position = Position(rows=4_000, seconds=4.0, done=0.4)
    assert pace(capsys, position) == []
    assert pace(capsys, Position(rows=2_000, seconds=4.0, done=0.1), quiet=True) == []


def test_verbose_shows_the_machine_what_each_part_took_and_how_each_epoch_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    x, y = random.normal(size=(200, 3)).astype(np.float32), random.normal(size=200).astype(np.float32)
    plain: Any = {"epochs": 2, "arch": "mlp"}
    gf.fit(gf.arrays(x, y), out=tmp_path / "quiet", quiet=False, **plain)
    usual = capsys.readouterr().err
    gf.fit(gf.arrays(x, y), out=tmp_path / "run", verbose=True, **plain)
    shown = capsys.readouterr().err
    assert re.search(r"^  torch +\d", shown, re.MULTILINE)
    assert re.search(r"^  seconds +\d+\.\d for scores and explanations", shown, re.MULTILINE)
    assert re.search(r"epoch .* time +rate +rows/s +memory", shown)
    epochs = re.findall(r"^ +[12] .* (\S+) +([\d,]+) +([\d,]+) MiB", shown, re.MULTILINE)
    assert len(epochs) == 2
    assert all(float(rate) > 0 and int(pace.replace(",", "")) > 0 for rate, pace, _ in epochs)
    assert all(100 < int(memory.replace(",", "")) < 100_000 for *_, memory in epochs)
    assert "rows/s" not in usual
    with pytest.raises(gf.GoodfitError, match="were both given"):
        gf.fit(gf.arrays(x, y), out=tmp_path / "both", quiet=True, verbose=True, **plain)


def test_a_training_that_may_end_early_has_a_bound_and_no_forecast(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    patient = Stopped(Position(rows=2_000, seconds=4.0, done=0.1), hyper=Hyper(patience=12))
    console.batch(cast(Training, patient))
    assert "500 images a second; at most 0:36 min left" in capsys.readouterr().err


def test_a_narrow_terminal_shows_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("COLUMNS", "40"), ("TTY_COMPATIBLE", "1"), ("FORCE_COLOR", "1"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)
    console = Console()
    monkeypatch.setattr(console, "_drawn", float("-inf"))
    console.batch(cast(Training, Stopped(Position(rows=2_000, seconds=4.0, done=0.1), hyper=Hyper(patience=12))))
    console.stop()
    assert "epoch 1 of 4, at most 0:36 left" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
