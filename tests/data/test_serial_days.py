"""Serial days of Excel in new data, where the run was fitted on dates that are written out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table

ROWS = 60
FIRST = date(2021, 12, 1)  # 44531, as Excel counts
DAYS = [FIRST + timedelta(days=11 * row) for row in range(ROWS)]
SERIAL = [44531 + 11 * row for row in range(ROWS)]


def fitted(days: list[Any]) -> Table:
    source = table(pl.DataFrame({"when": days, "y": ["a", "b"] * (ROWS // 2)}), "y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    return source


def read(run: Table, days: list[Any]) -> Table:
    new = table(pl.DataFrame({"when": days}))
    new.prepare(run.schema())
    return new


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", None])
@pytest.mark.parametrize("kind", [str, int, float])
def test_they_are_the_dates_that_the_spreadsheet_showed(form: str | None, kind: type) -> None:
    run = fitted(DAYS if form is None else [f"{day:{form}}" for day in DAYS])
    new = read(run, [kind(serial) for serial in SERIAL])
    np.testing.assert_array_equal(new.whole(), run.whole())
    first = {"float": "44531.0"}.get(kind.__name__, "44531")
    assert new.notes == [("dates", "when", f"{first} is read as 2021-12-01: 60 serial days of Excel")]


def test_a_fraction_is_the_time_of_day_and_a_row_alone_is_read_alike() -> None:
    at_six = [datetime(day.year, day.month, day.day, 6) for day in DAYS]
    run = fitted([f"{when:%Y-%m-%d %H:%M}" for when in at_six])
    for days in ([serial + 0.25 for serial in SERIAL], [f"{serial}.25" for serial in SERIAL]):
        np.testing.assert_array_equal(read(run, days).whole(), run.whole())
    np.testing.assert_array_equal(read(run, ["44531.25"]).whole(), run.whole()[:1])


def test_other_numbers_are_no_days() -> None:
    run = fitted([f"{day:%Y-%m-%d}" for day in DAYS])
    new = read(run, ["44531", "12", "2024-01-01"])
    assert ("not used", "when: 1 of 3", "'12' is not a date of the form %Y-%m-%d: it counts as missing") in new.notes
    assert ("dates", "when", "44531 is read as 2021-12-01: 1 serial day of Excel") in new.notes
