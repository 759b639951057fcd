"""What a fit can afford: epochs from the rows, the width from the machine's class."""

from __future__ import annotations

import pytest

from goodfit.fitting.effort import SECONDS_BESIDE, SHARE_OF_EPOCHS, Machine, affordable
from goodfit.nets.describe import describe
from goodfit.train.precision import Precision

FLOAT = Precision("float32", True, "")
SHAPE = (1, 28, 28)


def machine(gigaflops: int) -> Machine:
    return Machine(FLOAT, 2, gigaflops)


def seconds(width: int, rows: int, epochs: int, gigaflops: int) -> float:
    """Six operations for each multiply-add, at 0.6 of the speed of one convolution."""
    multiply_adds = describe("convnet", SHAPE, 10, 1, width=width)[-1].multiply_adds
    return 6 * multiply_adds * rows * epochs / (0.6e9 * gigaflops)


@pytest.mark.parametrize("gigaflops", [30, 60, 120, 240, 600, 2_000])
def test_the_widest_net_for_which_enough_epochs_fit_into_six_minutes(gigaflops: int) -> None:
    rows, epochs, time = 54_000, 8, 6 * 60 - SECONDS_BESIDE
    chosen = affordable(machine(gigaflops), "convnet", SHAPE, 10, rows, epochs)
    enough = [
        width for width, share in SHARE_OF_EPOCHS.items() if share * seconds(width, rows, epochs, gigaflops) <= time
    ]
    assert chosen.width == enough[-1]
    if seconds(chosen.width, rows, 2, gigaflops) <= time:  # two epochs there are always
        assert seconds(chosen.width, rows, chosen.epochs, gigaflops) <= time
    assert chosen.epochs == epochs or seconds(chosen.width, rows, chosen.epochs + 1, gigaflops) > time


def test_a_faster_machine_never_takes_a_narrower_net() -> None:
    chosen = [affordable(machine(speed), "convnet", SHAPE, 10, 54_000, 8) for speed in (15, 30, 60, 120, 240, 480, 960)]
    widths = [each.width for each in chosen]
    assert widths == sorted(widths)
    assert len(set(widths)) >= 3


def test_few_rows_are_the_same_on_every_machine_and_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(precision: Precision) -> float:
        raise AssertionError("it was measured")

    monkeypatch.setattr("goodfit.train.speed.measured_speed", refuse)
    chosen = affordable(Machine(FLOAT, 2), "convnet", (1, 8, 8), 10, 1_000, 26)
    assert (chosen.width, chosen.epochs, chosen.speed, chosen.why) == (64, 26, None, "")


def test_the_line_says_images_a_second_and_minutes() -> None:
    chosen = affordable(machine(240), "convnet", SHAPE, 10, 54_000, 8, width=32)
    # 0.6 * 240e9 / (6 * 11,688,640) = 2,053 images a second; 54,000 * 8 / 2,053 + 50 s = 4.3 minutes
    assert chosen.why == "about 2,100 images a second on this machine, 4 minutes in all; --minutes 20 for more"


def test_minutes_buy_width() -> None:
    widths = [
        affordable(machine(120), "convnet", SHAPE, 10, 54_000, 8, minutes=minutes).width for minutes in (1, 3, 6, 20)
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


def test_at_least_two_epochs_however_slow() -> None:
    assert affordable(machine(1), "convnet", SHAPE, 10, 1_000_000, 8).epochs == 2
