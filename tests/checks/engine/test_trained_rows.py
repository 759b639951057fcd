"""What a net was trained on, where the rules have seen a part of the training rows alone."""

from __future__ import annotations

import random

from torch import nn

from goodfit.checks.engine.trained_rows import TrainedOn


def half_seen() -> TrainedOn:
    """600 of 1,000 training rows have been seen; the last four batches say so."""
    known = TrainedOn(nn.Linear(2, 2))
    known.content = set(range(600))
    draw = random.Random(0)
    for _ in range(4):
        known.note_batch(draw.sample(range(1000), 200))
    return known


def test_all_training_rows_at_once_are_no_part_of_them() -> None:
    known = half_seen()
    assert known.are_all_training_rows(1000, 600)


def test_other_rows_beside_all_training_rows_are_seen() -> None:
    known = half_seen()
    assert not known.are_all_training_rows(1300, 600)


def test_some_training_rows_are_not_all_of_them() -> None:
    known = half_seen()
    assert not known.are_all_training_rows(300, 300)


def test_nothing_is_known_before_rows_come_again() -> None:
    known = TrainedOn(nn.Linear(2, 2))
    known.note_batch(list(range(600)))
    known.content = set(range(600))
    assert not known.are_all_training_rows(1000, 600)
