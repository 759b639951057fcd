"""Dates as people of many lands write them, in one column in several ways, as weeks, quarters and months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.date_words import plain_date
from goodfit.data.tables.far_values import other_calendar
from goodfit.data.tables.moments import date_form, exchanged, moments
from goodfit.data.tables.times import read_times
from goodfit.errors import DataError

ROWS = 40
NOON = datetime(2024, 5, 3, 14, 5, tzinfo=UTC)
GERMAN = [
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
    "Oktober", "November", "Dezember",
]  # fmt: skip
DAYS = [datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=47 * at) for at in range(ROWS)]


def read(cells: list[str]) -> list[datetime]:
    """The instants that a column of these cells is read as."""
    form = date_form(pl.Series(cells))
    assert form is not None, cells[0]
    return [each.replace(tzinfo=UTC) for each in moments(pl.Series(cells), form).to_list()]


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("Friday, 3rd May 2024 14:05", 0),
        ("2024/05/03 2:05:00 PM GMT+1", 1),
        ("2024/05/03 2:05:00 PM GMT+5:30", 5.5),
        ("2024-05-03 14:05:00 UTC-5", -5),
        ("3. Mai 2024, 14:05 Uhr", 0),
        ("3 de mayo de 2024 14h05", 0),
        ("vendredi 3 mai 2024 à 14:05", 0),
        ("May 3, 2024 at 2:05 p.m.", 0),
        ("14:05 03 May 2024", 0),
        ("2024年5月3日 14:05", 0),
        ("03/May/2024:14:05:00 +0200", 2),
        ("Fri May 03 14:05:00 2024 -0500", -5),
        ("Fri May 3 14:05:00 UTC 2024", 0),
        ("Fri May 03 2024 14:05:00 GMT+0200 (Central European Summer Time)", 2),
        ("2024-05-03T14:05:00 EST", -5),
        ("2024-05-03T14:05:00+02:00[Europe/Berlin]", 2),
        ("20240503T140500Z", 0),
        ("20240503_140500", 0),
        ("2024-05-03 14.05.00", 0),
    ],
)
def test_an_instant_in_many_spellings(cell: str, hours: float) -> None:
    """Hours are those by which its zone is east of Greenwich."""
    assert read([cell] * 5) == [NOON - timedelta(hours=hours)] * 5


@pytest.mark.parametrize(
    "cell", ["Room 5 May", "1.2.3", "hello 5", "5h30", "12:30", "A-5", "1 days 02:03:04", "x" * 90]
)
def test_what_is_no_date_stays_as_it_is(cell: str) -> None:
    assert plain_date(cell) == cell


def test_a_name_of_a_zone_alone_is_not_passed_over() -> None:
    assert date_form(pl.Series(["2024-05-03T14:05:00[Europe/Berlin]"] * 5)) is None


@pytest.mark.parametrize(
    ("form", "first_of"),
    [
        (lambda day: f"{day.day}. {GERMAN[day.month - 1]} {day.year}", "day"),
        (lambda day: f"{day.day:02}-{GERMAN[day.month - 1][:3]}-{day.year}", "day"),
        (lambda day: f"{day.year}. {day.month}. {day.day}.", "day"),
        (lambda day: f"{day.day}. {day.month}. {day.year}", "day"),
        (lambda day: day.strftime("%A, %B %d, %Y"), "day"),
        (lambda day: day.strftime("%d-%b-%y").upper(), "day"),
        (lambda day: day.strftime("%Y-%b-%d"), "day"),
        (lambda day: day.strftime("%b-%y"), "month"),
        (lambda day: day.strftime("%b '%y"), "month"),
        (lambda day: day.strftime("%YM%m"), "month"),
        (lambda day: f"Q{(day.month + 2) // 3} {day.year}", "quarter"),
        (lambda day: f"{(day.month + 2) // 3}Q{day.year % 100}", "quarter"),
        (lambda day: "{}-W{:02}".format(*day.isocalendar()), "week"),
        (lambda day: "KW {1:02}/{0}".format(*day.isocalendar()), "week"),
    ],
)
def test_days_weeks_months_and_quarters(form: Callable[[datetime], str], first_of: str) -> None:
    expected: Callable[[datetime], datetime] = {
        "day": lambda day: day,
        "month": lambda day: day.replace(day=1),
        "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "week": lambda day: day - timedelta(days=day.weekday()),
    }[first_of]
    assert read([form(day) for day in DAYS]) == [expected(day) for day in DAYS]


def test_a_column_in_several_forms_is_read_cell_by_cell() -> None:
    forms = ("%Y-%m-%d", "%d.%m.%Y %H:%M", "%B %d, %Y")
    assert read([day.strftime(forms[at % 3]) for at, day in enumerate(DAYS)]) == DAYS
    serial = [str((day - datetime(1899, 12, 30, tzinfo=UTC)).days) for day in DAYS]  # as Excel counts
    assert read([serial[at] if at % 4 == 1 else day.strftime("%d/%m/%Y") for at, day in enumerate(DAYS)]) == DAYS
    years = [day.strftime("%Y") if at % 4 == 1 else day.strftime("%Y-%m-%d") for at, day in enumerate(DAYS)]
    assert read(years) == [day.replace(month=1, day=1) if at % 4 == 1 else day for at, day in enumerate(DAYS)]


def test_day_first_and_month_first_in_one_column_are_not_guessed() -> None:
    both = [day.strftime("%d/%m/%Y" if at % 2 else "%m/%d/%Y") for at, day in enumerate(DAYS)]
    assert date_form(pl.Series(both)) is None


def test_order_that_nothing_shows_is_said_of_several_forms_too() -> None:
    days = [f"{at % 12 + 1:02}/{at % 9 + 1:02}/2024" if at % 2 else f"2024-0{at % 9 + 1}-11" for at in range(ROWS)]
    form = date_form(pl.Series(days))
    assert form == "%Y-%m-%d | %d/%m/%Y"
    assert exchanged(pl.Series(days), form) == "%Y-%m-%d | %m/%d/%Y"
    kind = infer_type(pl.Series("day", days), categorical=(), numeric=(), ignore=())
    assert kind.doubt is not None
    assert "are read as year-month-day or day/month/year" in kind.doubt[0]
    said = infer_type(pl.Series("day", days), categorical=(), numeric=(), ignore=(), date_order="month")
    assert (said.format, said.doubt) == ("%Y-%m-%d | %m/%d/%Y", None)


def test_months_that_are_numbers_as_well() -> None:
    for form in ("%m.%Y", "%Y%m"):
        kind = infer_type(pl.Series("m", [day.strftime(form) for day in DAYS]), categorical=(), numeric=(), ignore=())
        assert (kind.name, kind.format) == ("date", form)
    other = infer_type(pl.Series("m", [f"20{at:02}13" for at in range(ROWS)]), categorical=(), numeric=(), ignore=())
    assert other.name == "number"


def test_forms_of_runs_of_before_are_read() -> None:
    cells, instant = ["Fri, 03 May 2024", "Fri, 03 May 2024"], datetime(2024, 5, 3)  # as polars gives it
    assert moments(pl.Series(cells), "%a, %d %b %Y").to_list() == [instant] * 2
    assert moments(pl.Series(["03. May 2024"]), "%d. %B %Y").to_list() == [instant]
    assert moments(pl.Series(["03-May-24"]), "%d-%b-%y").to_list() == [instant]
    assert moments(pl.Series(["May-2024"]), "%b-%Y").to_list() == [instant.replace(day=1)]


def test_dates_of_digits_with_the_year_last_are_no_times() -> None:
    with pytest.raises(DataError, match="with its year last and no signs between"):
        read_times(pl.Series("when", [day.strftime("%d%m%Y") for day in DAYS]))
    assert (np.diff(read_times(pl.Series("when", [day.strftime("%Y%m%d") for day in DAYS]))) > 0).all()


def test_years_of_two_digits_are_those_of_strptime() -> None:
    cells = [f"03.05.{year:02d}" for year in (67, 68, 69, 70, 99, 1)]
    assert [each.year for each in read(cells)] == [datetime.strptime(cell, "%d.%m.%y").year for cell in cells]


@pytest.mark.parametrize(("ahead", "calendar"), [(543, "Buddhist"), (-621, "Persian or Islamic"), (0, None)])
def test_years_of_another_calendar_are_doubted(ahead: int, calendar: str | None) -> None:
    cells = pl.Series("day", [f"{day.day:02d}/{day.month:02d}/{day.year + ahead}" for day in DAYS])
    doubt = other_calendar(cells, date_form(cells))
    assert (doubt is None) == (calendar is None)
    if doubt is not None:
        assert f"they may be of the {calendar} calendar, and are read as Gregorian ones" in doubt[0]
        assert f"the years {2019 + ahead} to {2024 + ahead}" in doubt[0]
