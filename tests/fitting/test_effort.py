"""What a fit can afford: epochs from the rows, the width from the machine's class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goodfit as gf
from goodfit.errors import UsageError
from goodfit.fitting.effort import SHARE_OF_EPOCHS, Machine, affordable, affords_folds
from goodfit.nets.describe import describe
from goodfit.train.precision import Precision
from goodfit.train.session import Epoch

FLOAT = Precision("float32", True, "")
SHAPE = (1, 28, 28)


def machine(gigaflops: int) -> Machine:
    return Machine(FLOAT, 2, gigaflops)


def seconds(width: int, rows: int, epochs: int, gigaflops: int) -> float:
    """Six operations for each multiply-add, at 0.55 of the speed that is planned with."""
    multiply_adds = describe("convnet", SHAPE, 10, 1, width=width)[-1].multiply_adds
    return 6 * multiply_adds * rows * epochs / (0.55e9 * gigaflops)


@pytest.mark.parametrize("gigaflops", [30, 60, 120, 240, 600, 2_000])
def test_the_widest_net_for_which_enough_epochs_fit_into_six_minutes(gigaflops: int) -> None:
    rows, epochs, time = 54_000, 8, 6 * 60 - 63.6  # 15 s, 10 s of the rival, and a second for 1,400 rows
    chosen = affordable(machine(gigaflops), "convnet", SHAPE, 10, rows, epochs)
    assert chosen.width is not None
    enough = [  # scores take 0.4 of an epoch
        width
        for width, share in SHARE_OF_EPOCHS.items()
        if share * seconds(width, rows, epochs, gigaflops) <= time - seconds(width, rows, 1, gigaflops) * 0.4
    ]
    time -= seconds(chosen.width, rows, 1, gigaflops) * 0.4
    assert chosen.width == enough[-1]
    if seconds(chosen.width, rows, 2, gigaflops) <= time:  # two epochs there are always
        assert seconds(chosen.width, rows, chosen.epochs, gigaflops) <= time
    half_as_many_again = epochs * 3 // 2
    assert chosen.epochs == half_as_many_again or seconds(chosen.width, rows, chosen.epochs + 1, gigaflops) > time


def test_a_faster_machine_never_takes_a_narrower_net() -> None:
    chosen = [affordable(machine(speed), "convnet", SHAPE, 10, 54_000, 8) for speed in (15, 30, 60, 120, 240, 480, 960)]
    widths = [each.width or 0 for each in chosen]
    assert widths == sorted(widths)
    assert len(set(widths)) >= 3


def test_few_rows_are_the_same_on_every_machine_and_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(precision: Precision) -> float:
        raise AssertionError("it was measured")

    monkeypatch.setattr("goodfit.train.speed.measured_speed", refuse)
    chosen = affordable(Machine(FLOAT, 2), "convnet", (1, 8, 8), 10, 1_000, 26)
    assert (chosen.width, chosen.epochs, chosen.speed, chosen.why) == (32, 26, None, "")


def test_the_line_says_images_a_second_and_minutes() -> None:
    chosen = affordable(machine(240), "convnet", SHAPE, 10, 54_000, 8, width=32)
    # 0.55 * 240e9 / (6 * 11,688,000) = 1,882 images a second; 54,000 * 9.4 / 1,882 + 63.6 s = 5.6 minutes; 10 are 6.03
    assert chosen.epochs == 9
    assert chosen.why == "about 1,900 images a second on this machine, 6 minutes in all; --minutes 20 for more"


def test_minutes_buy_width() -> None:
    widths = [
        affordable(machine(120), "convnet", SHAPE, 10, 54_000, 8, minutes=minutes).width or 0
        for minutes in (1, 3, 6, 20)
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_at_least_two_epochs_however_slow_and_the_line_says_how_it_ends_sooner() -> None:
    chosen = affordable(machine(1), "convnet", SHAPE, 10, 1_000_000, 8)
    assert chosen.epochs == 2
    assert chosen.why.endswith("minutes in all; --minutes 6 for less")


def stripes(rows: int = 60) -> dict[str, Any]:
    """Images of 8 px with stripes down or across, as arrays."""
    random = np.random.default_rng(0)
    x, y = random.normal(0, 30, (rows, 1, 8, 8)) + 120, np.arange(rows) % 2
    x[y == 0, :, ::2] += 60
    x[y == 1, :, :, ::2] += 60
    return {"data": gf.arrays(x.clip(0, 255).astype(np.uint8), y), "precision": "float32", "rivals": "none"}


@pytest.mark.slow
def test_a_resumed_run_keeps_the_class_it_was_started_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfit.fitting.effort.SLOWEST", 0)
    monkeypatch.setattr("goodfit.fitting.effort.SHARE_OF_SPEED", 1e-3)  # as if these few rows were many
    monkeypatch.setattr("goodfit.train.speed.measured_speed", lambda precision: 1e5)
    whole = gf.fit(**stripes(), out=tmp_path / "whole", epochs=3)

    def stop(epoch: Epoch) -> None:
        raise RuntimeError("stopped by the test")

    with pytest.raises(RuntimeError, match="stopped by the test"):
        gf.fit(**stripes(), out=tmp_path / "stopped", epochs=3, on_epoch=stop)
    monkeypatch.setattr("goodfit.train.speed.measured_speed", lambda precision: 1e-3)
    resumed = gf.fit(**stripes(), out=tmp_path / "stopped", epochs=3, resume=True)
    slow = gf.fit(**stripes(), out=tmp_path / "slow", epochs=3)
    assert whole.record.net.options["width"] == resumed.record.net.options["width"] == 32
    assert slow.record.net.options["width"] == 24
    machine = [each for each in resumed.record.choices if each.name == "machine"]
    assert machine == [each for each in whole.record.choices if each.name == "machine"]
    for name, tensor in whole.net.state_dict().items():
        assert resumed.net.state_dict()[name].equal(tensor), name
    again = gf.fit(
        **stripes(), out=tmp_path / "again", epochs=3, speed=int(machine[0].value.split()[1].replace(",", ""))
    )
    assert all(again.net.state_dict()[name].equal(tensor) for name, tensor in whole.net.state_dict().items())


def test_a_speed_is_refused_where_it_decides_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--speed is for images from scratch"):
        gf.fit(**stripes(), out=tmp_path / "run", arch="resnet10", speed=100)


def test_nets_in_folds_are_afforded_where_four_tenths_of_their_epochs_fit_into_three_minutes() -> None:
    """Each of 5 nets learns from four fifths: 4 passes an epoch; 15 s, 6 s for the rival and 1.25 s to read go,
    and 2 epochs for the scores.
    """
    rows, epochs, time = 1_000, 27, 3 * 60 - 15 - 6 - 1.25
    for gigaflops in (5, 10, 20, 40, 80, 160, 320):
        fits = any(
            max(share, 0.4) * seconds(width, 4 * rows, epochs, gigaflops)
            <= time - seconds(width, 4 * rows, 2, gigaflops)
            for width, share in SHARE_OF_EPOCHS.items()
        )
        given = affords_folds(machine(gigaflops), "convnet", SHAPE, 10, rows, epochs, minutes=None, folds=5)
        assert given == fits, gigaflops


def test_few_images_get_a_net_for_each_fold_where_the_machine_affords_it(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.integers(0, 256, (40, 1, 8, 8), dtype=np.uint8)
    x[:20, 0, :4] //= 4  # the upper half is dark
    y = np.array(["dark"] * 20 + ["light"] * 20)
    several = gf.fit((x, y), out=tmp_path / "several", speed=2_000, minutes=0.05, rivals="none")
    assert (several.record.net.folds, several.record.rows.folds) == (5, 5)
    assert several.record.rows.train == several.record.rows.valid
    one = gf.fit((x, y), out=tmp_path / "one", speed=2_000, epochs=2, rivals="none")  # asked of its training
    assert (one.record.net.folds, one.record.rows.folds) == (1, 1)
