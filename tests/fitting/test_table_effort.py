"""How many epochs of a table fit into a minute, by a count of operations on paper."""

from __future__ import annotations

import pytest
from torch import nn

from goodfit.fitting.effort import Effort
from goodfit.fitting.table_effort import affordable_epochs
from goodfit.train.precision import Precision

COLUMNS, WIDTH, MOST, PATIENCE = 100, 800, 150, 12


def epochs(rows: int, given: int | None = None) -> Effort | None:
    return affordable_epochs(
        lambda: nn.Linear(COLUMNS, WIDTH), (COLUMNS,), rows, folds=5, most=MOST, patience=PATIENCE, given=given
    )


def test_the_epochs_that_half_a_minute_holds() -> None:
    """80,000 multiply-adds of the net and 90,000 beside, 6 operations each: 1.02e6 a row. 40 Gflop/s, of which 0.45 are
    reached, are 17,647 rows a second; 30 s are 529,412 rows; an epoch of 4,000 rows shows 4 of 5 nets each: 16,000.
    """
    chosen = epochs(4_000, given=40)
    assert chosen is not None
    assert chosen.epochs == 529_412 // 16_000 == 33
    assert "12 without a better one" in chosen.why


def test_more_rows_than_5000_take_as_much_longer_and_have_as_many_epochs() -> None:
    five, ten = epochs(5_000, given=40), epochs(10_000, given=40)
    assert five is not None
    assert ten is not None
    assert five.epochs == ten.epochs == 26  # 529,412 / 20,000
    assert five.why.startswith("at most, in about 1 minute; ")  # 30 s beside, and 26 * 20,000 / 17,647 = 29.5 s
    assert ten.why.startswith("at most, in about 1 minute; ")  # 30 s and 58.9 s are 1.48 minutes
    slow = epochs(10_000, given=10)
    assert slow is not None
    assert slow.why.startswith("at most, in about 2 minutes; ")  # 10 epochs of 40,000 rows at 4,412 a second: 91 s


def test_a_fast_machine_has_the_usual_bound_and_a_slow_one_ten_epochs() -> None:
    fast, slow = epochs(4_000, given=1_000), epochs(4_000, given=1)
    assert fast is not None
    assert slow is not None
    assert (fast.epochs, fast.why, slow.epochs) == (MOST, "", 10)


def test_few_rows_are_the_same_everywhere_and_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(precision: Precision) -> float:
        raise AssertionError("it was measured")

    monkeypatch.setattr("goodfit.train.speed.measured_speed", refuse)
    assert epochs(1_000) is None
    with pytest.raises(AssertionError, match="measured"):
        epochs(8_000)
