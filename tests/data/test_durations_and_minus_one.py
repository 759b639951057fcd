"""Durations as people say them, and -1 that stands for a missing value."""

from __future__ import annotations

import polars as pl
import pytest

from goodfit.data.tables.clocks import HOURS
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.far_values import far_value
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.targets import read_targets, target_form

ROWS = 60


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("1h 20m", 4 / 3),
        ("1h20m", 4 / 3),
        ("2 hours and 6 minutes", 2.1),
        ("1 hr 3 mins", 1.05),
        ("12 min 36 s", 0.21),
        ("2 days, 3 hours", 51.0),
        ("45m", 0.75),
        ("90 sec", 0.025),
        ("-1h 30m", None),  # said of no duration
        ("20m 1h", None),
        ("5 kg", None),
        ("", None),
    ],
)
def test_a_duration_in_words_is_hours(cell: str, hours: float | None) -> None:
    assert numbers(pl.Series([cell]), ".", HOURS)[0] == (None if hours is None else pytest.approx(hours))


def test_a_column_shows_by_two_units_in_a_cell_that_it_holds_durations() -> None:
    cells = [f"{at % 5}h {at}m" if at % 3 else f"{at + 1}m" for at in range(ROWS)]
    kind = infer_type(pl.Series("runtime", cells), categorical=(), numeric=(), ignore=())
    assert (kind.name, kind.format) == ("number", HOURS)
    assert "in hours" in kind.why


def test_metres_alone_are_no_minutes() -> None:
    kind = infer_type(pl.Series("height", [f"{at + 3} m" for at in range(ROWS)]), categorical=(), numeric=(), ignore=())
    assert kind.format == "unit m"


def test_minus_one_among_whole_numbers_is_asked_about() -> None:
    months = pl.Series("months_since", [-1 if at % 4 == 0 else at for at in range(ROWS)])
    doubt = far_value(months, ".", None)
    assert doubt is not None
    what, fix = doubt
    assert "the value -1 of 'months_since', in 15 rows" in what
    assert "--missing -1" in fix


@pytest.mark.parametrize(
    "cells",
    [
        [at % 12 - 1 for at in range(ROWS)],  # as frequent as 0 and 1
        [-1 if at % 4 == 0 else at + 0.5 for at in range(ROWS)],  # measured
        [-1 if at % 4 == 0 else at - 9 for at in range(ROWS)],  # others are below 0
        [-1 if at % 2 else at % 3 for at in range(ROWS)],  # steps down and up
    ],
)
def test_minus_one_that_is_a_value_is_not(cells: list[float]) -> None:
    assert far_value(pl.Series("x", [float(cell) for cell in cells]), ".", None) is None


def test_a_target_of_durations_is_read_alike_alone() -> None:
    cells = pl.Series("runtime", [f"{at % 5 + 1}h {at}m" for at in range(ROWS)])
    form = target_form([cells], {"runtime": "."})
    targets = read_targets([cells], form)
    assert targets is not None
    assert float(targets[7]) == pytest.approx(3 + 7 / 60)
    alone = read_targets([pl.Series("runtime", ["45m"])], form)
    assert alone is not None
    assert float(alone[0]) == pytest.approx(0.75)
