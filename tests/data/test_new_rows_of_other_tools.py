"""New rows that came through other tools than those of training: read as the same values, printed, or an error."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.data.tables.known_levels import known_words

ROWS = 60
DAYS = [dt.date(2023, 1, 14) + dt.timedelta(days=at) for at in range(ROWS)]
COLUMNS: dict[str, list[Any]] = {
    "day": [f"{day:%Y-%m-%d}" for day in DAYS],
    "time": [f"{at // 30 + 1}:{at * 7 % 60:02d}:{at * 11 % 60:02d}" for at in range(ROWS)],
    "share": [f"{at + 0.5}%" for at in range(ROWS)],
    "member": [["yes", "no"][at % 2] for at in range(ROWS)],
    "city": [["Köln", "Łódź", "Bonn"][at % 3] for at in range(ROWS)],
}


@pytest.fixture(scope="module")
def run() -> Table:
    source = table(pl.DataFrame({**COLUMNS, "y": ["a", "b"] * (ROWS // 2)}), "y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    return source


def opened(run: Table, data: Any) -> Table:
    source = table(data)
    source.prepare(run.schema())
    return source


def read(run: Table, **changed: list[Any]) -> tuple[torch.Tensor, list[tuple[str, str, str]]]:
    source = opened(run, pl.DataFrame({**COLUMNS, **changed}))
    return source.whole(), source.notes


SECONDS = [int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()) for day in DAYS]


@pytest.mark.parametrize(
    ("column", "cells", "said"),
    [
        (
            "day",
            [f"{day:%d.%m.%y}" for day in DAYS],
            "14.01.23 is read as 2023-01-14: the run's dates have another form",
        ),
        (
            "day",
            [f"{day:%m/%d/%Y}" for day in DAYS],  # 01/14/2023: the second number is no month
            "01/14/2023 is read as 2023-01-14: the run's dates have another form",
        ),
        ("day", [str(each) for each in SECONDS], "1673654400 is read as 2023-01-14: since 1970"),
        ("day", [each * 1000 for each in SECONDS], "1673654400000 is read as 2023-01-14: since 1970"),
        ("share", [f"{at + 0.5} percent" for at in range(ROWS)], "'0.5 percent' is read as 0.5%"),
        ("share", [f"{at + 0.5} pct." for at in range(ROWS)], "'0.5 pct.' is read as 0.5%"),
        (
            "time",
            [f"{(at // 30 + 1) * 60 + at * 7 % 60 + (at * 11 % 60) / 60:.6f} min" for at in range(ROWS)],
            "'60.000000 min' is read as PT3600.000000S",
        ),
        ("city", [["KÃ¶ln", "Å\x81Ã³dÅº", "Bonn"][at % 3] for at in range(ROWS)], "'KÃ¶ln' is read as 'Köln'"),
    ],
)
def test_the_same_values_in_another_form_are_read_and_said(
    run: Table, column: str, cells: list[Any], said: str
) -> None:
    values, notes = read(run, **{column: cells})
    torch.testing.assert_close(values, run.whole(), atol=1e-4, rtol=0)
    [why] = [why for name, _, why in notes if name in ("read as", "dates")]
    assert re.sub(r"\d+", "0", why).startswith(re.sub(r"\d+", "0", said))  # which cell is shown is left open


def test_days_that_can_be_read_in_two_ways_are_not_guessed(run: Table) -> None:
    """03/04/2023 is in March or in April: the run's 2023-01-14 says nothing of it."""
    with pytest.raises(Exception, match="not one of the 60 values of the column 'day' is a date"):
        read(run, day=[f"{at % 12 + 1:02d}/{at * 5 % 12 + 1:02d}/2023" for at in range(ROWS)])


def test_utf_8_that_was_read_in_another_encoding_is_known_again() -> None:
    assert known_words(["MÃ¼nster", "Sao Paulo", "Bern"], ["Münster", "São Paulo"]) == {
        "MÃ¼nster": "Münster",
        "Sao Paulo": "São Paulo",
    }


def test_empty_categories_where_training_had_none_are_said(run: Table) -> None:
    _, notes = read(run, member=["x" if at % 2 == 0 else "" for at in range(ROWS)])
    why = "the run was fitted on rows that all had a value, and has learnt nothing of an empty cell"
    assert ("empty", "member: 30 of 60 rows", why) in notes
    _, notes = read(run, member=["yes"] * 55 + [""] * 5)  # 8%
    assert not [note for note in notes if note[0] == "empty"]


def test_a_category_with_gaps_in_training_may_have_them() -> None:
    frame = pl.DataFrame({"k": ["u", "v", ""] * 20, "x": [at / 7 for at in range(60)], "y": ["a", "b"] * 30})
    source = table(frame, "y")
    source.prepare()
    source.learn(torch.arange(60))
    new = opened(source, pl.DataFrame({"k": ["u", ""] * 30, "x": [at / 7 for at in range(60)]}))
    assert not [note for note in new.notes if note[0] == "empty"]


def test_rows_without_any_value_are_counted(run: Table) -> None:
    changed = {name: [*cells[:58], None, None] for name, cells in COLUMNS.items()}
    _, notes = read(run, **changed)
    why = "no column of them has a value that can be used: their predictions are those of nothing"
    assert ("empty", "2 rows", why) in notes


def test_percentages_of_a_workbook_are_those_of_a_text(run: Table, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(list(COLUMNS))
    for at in range(ROWS):
        book.active.append([COLUMNS[name][at] if name != "share" else (at + 0.5) / 100 for name in COLUMNS])
        book.active.cell(at + 2, 3).number_format = "0.0%"
    book.save(tmp_path / "new.xlsx")
    new = opened(run, tmp_path / "new.xlsx")
    torch.testing.assert_close(new.whole(), run.whole(), atol=1e-4, rtol=0)
    assert ("percentages", "1 column: share", "their cells show 45% for 0.45") in new.notes


def test_units_that_only_the_format_of_cells_shows_are_doubted(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["cost", "rate", "part", "y"])
    for at in range(40):
        book.active.append([100 + at, 0.01 * at if at % 4 else at, 0.5 if at % 2 else 1, "ab"[at % 2]])
        line = at + 2
        book.active.cell(line, 1).number_format = "[$€-407] #,##0" if at % 2 else '"$"#,##0'
        book.active.cell(line, 2).number_format = "0%" if at % 4 else "General"
        book.active.cell(line, 3).number_format = "0%" if at % 2 else "General"  # 1 beside 50% may be 100%
    book.save(tmp_path / "b.xlsx")
    notes = [note[1:] for note in table(tmp_path / "b.xlsx", "y").notes if note[0] == "doubtful"]
    assert notes == [
        ("cost: $ and €", "its cells are shown in several currencies; nothing is converted"),
        (
            "rate: 30 of 40",
            "shown as percentages and read as shares, such as 0.01; others are plain, such as 0: are they in one unit?",
        ),
    ]


def test_a_note_below_the_table_of_a_workbook_is_no_row_wherever_the_table_stands(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active["B2"] = "Report"
    for at, name in enumerate("uvy"):
        book.active.cell(5, 3 + at, name)
    for at in range(30):
        for place, value in enumerate((at / 7, at, "ab"[at % 2])):
            book.active.cell(6 + at, 3 + place, value)
    book.active.cell(38, 3, "Source: statistical office")
    book.save(tmp_path / "b.xlsx")
    source = table(tmp_path / "b.xlsx", "y")
    assert len(source) == 30
    assert ("left out", "1 line", "below the table, such as line 38: Source: statistical office") in source.notes


@pytest.mark.parametrize("last", ["30 rows exported", "30 records found.", "(30 rows)", "30 Datensätze"])
def test_the_count_of_rows_below_a_table_is_no_row(tmp_path: Path, last: str) -> None:
    lines = ["u,v,y", *(f"{at},{at / 7:.3f},{'ab'[at % 2]}" for at in range(30)), "", last]
    (tmp_path / "b.csv").write_text("\n".join(lines) + "\n")
    assert len(table(tmp_path / "b.csv", "y")) == 30
