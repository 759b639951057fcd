"""The pace of training and the time left are said early, once, and only where there is something to wait for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import torch

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
