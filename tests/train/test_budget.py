"""Time budgets: how many epochs fit, and that there is always at least one step."""

from __future__ import annotations

import time

import pytest
from test_loop import net, training

from goodfit.fitting.training import CLOSING_SECONDS, SHARE_OF_RIVALS, Budget
from goodfit.train.budget import fit_to_budget


@pytest.mark.parametrize(
    ("seconds_left", "epochs", "max_steps"),
    [
        (100.0, 9, None),  # 0.97 * 100 s at 10 s an epoch
        (5.0, 1, 1),  # 0.97 * 0.5 epochs of 3 batches: one of them
        (7.0, 1, 2),
        (16.0, 2, 4),  # 1.55 epochs: one and a third
        (12.0, 1, None),  # 1.16: the part is too small
        (48.0, 5, 13),  # 4.66: the fifth is a third of one
        (58.0, 5, None),  # 5.6: parts are for fewer
        (0.0, 1, 1),
        (-50.0, 1, 1),  # reading took longer than the whole budget
    ],
)
def test_a_budget_before_the_first_epoch(seconds_left: float, epochs: int, max_steps: int | None) -> None:
    run = training(net(), rows=50, batch_size=20)  # 3 batches an epoch
    fit_to_budget(run, seconds_left, 10.0)
    assert (run.hyper.epochs, run.hyper.max_steps) == (epochs, max_steps)
    steps = max_steps if max_steps is not None else epochs * 3
    assert run.position.pace == pytest.approx(1 / steps)


@pytest.mark.parametrize(
    ("seconds_left", "more", "max_steps"), [(35.0, 3, None), (2.0, 0, None), (5.0, 1, 7), (-20.0, 0, None)]
)
def test_a_budget_after_an_epoch_never_goes_back(seconds_left: float, more: int, max_steps: int | None) -> None:
    run = training(net(), rows=50, batch_size=20)
    run.position.epoch, run.position.step, run.position.done = 2, 6, 0.5
    fit_to_budget(run, seconds_left, 10.0)
    assert run.hyper.epochs == 2 + more
    assert run.hyper.max_steps == max_steps


def test_rivals_get_what_they_are_thought_to_take_and_no_more_than_their_share() -> None:
    run = training(net(), rows=50, batch_size=20)
    now = time.monotonic()
    plain = Budget(2.0, now, 0).seconds_left(run, 0.0)
    assert plain == pytest.approx(120 - CLOSING_SECONDS, abs=1)
    assert Budget(2.0, now, 0, 10.0).seconds_left(run, 0.0) == pytest.approx(plain - 10, abs=1)
    assert Budget(2.0, now, 0, 1e6).seconds_left(run, 0.0) == pytest.approx((1 - SHARE_OF_RIVALS) * plain, abs=1)
    ends = Budget(2.0, now, 0, 1e6).for_rivals(run).ends
    assert ends == pytest.approx(now + 120 - CLOSING_SECONDS, abs=1)


def test_the_net_has_its_share_of_a_short_budget_too() -> None:
    """Of 12 s two are over: a quarter of 12 is for the end, and the net has 60% of the other seven seconds."""
    run = training(net(), rows=50, batch_size=20)
    left = Budget(0.2, time.monotonic() - 2, 0, 1e6).seconds_left(run, 0.0)
    assert left == pytest.approx(0.6 * 7, abs=0.5)


def test_what_the_net_has_had_counts_when_the_rivals_share_is_reckoned_again() -> None:
    """Of 120 s 6 are for the end; the net has had 50 of the others, and what is left of its 60% of 114 is 18.4 s."""
    run = training(net(), rows=50, batch_size=20)
    run.position.seconds = 50.0
    left = Budget(2.0, time.monotonic() - 50, 0, 1e6).seconds_left(run, 0.0)
    assert left == pytest.approx(0.6 * 114 - 50, abs=1)
