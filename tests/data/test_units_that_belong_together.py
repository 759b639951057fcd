"""Numbers in two units, durations of two and three parts, times in several units, years of two digits."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.data import open_data
from goodfit.data.tables.clocks import HOURS, SHORT_HOURS, hours_form
from goodfit.data.tables.compound import compound_form
from goodfit.data.tables.moments import moments, unix_units
from goodfit.data.tables.numbers import numbers, unified
from goodfit.data.tables.times import read_times

ROWS = 40


def opened(path: Path, cells: list[str]) -> Any:
    path.write_text("c\ty\n" + "".join(f"{cells[at % len(cells)]}\t{at % 7}.5\n" for at in range(ROWS)))
    source = open_data(path, kind="table", target="y")
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


@pytest.mark.parametrize(
    ("cell", "decimal", "form", "value"),
    [
        ("5'11\"", ".", "feet and inches", 71.0),  # 5 * 12 + 11
        ("6′ 0.5″", ".", "feet and inches", 72.5),
        ("5 ft 11 in", ".", "feet and inches", 71.0),
        ("6 ft", ".", "feet and inches", 72.0),
        ("8 lb 4 oz", ".", "pounds and ounces", 8.25),
        ("11 st 4 lb", ".", "stones and pounds", 158.0),  # 11 * 14 + 4
        ("48°51'36\"N", ".", "degrees", 48.86),  # 51/60 + 36/3600
        ("33°30'S", ".", "degrees", -33.5),
        ("W 2.35°", ".", "degrees", -2.35),
        ("48,86° N", ",", "degrees", 48.86),
        ("3 years 6 months", ".", "years and months", 3.5),
        ("8 months", ".", "years and months", 2 / 3),
        ("2 Jahre und 3 Monate", ",", "years and months", 2.25),
        ("1 an et 3 mois", ",", "years and months", 1.25),
        ("3y 9mo", ".", "years and months", 3.75),
        ("18 m", ".", "years and months", 1.5),
        ("2.5 years", ".", "years and months", 2.5),
        ("2,5 Jahre", ",", "years and months", 2.5),
        ("1 year, 6 months and 73.05 days", ".", "years and months", 1.7),  # 73.05 / 365.25 is a fifth
        ("2 años y 6 meses", ",", "years and months", 2.5),
        ("2 months 10 years", ".", "years and months", None),
        ("38w+3.5d", ".", "weeks and days", 38.5),
        ("2 weeks 7 days", ".", "weeks and days", 3.0),
        ("3 Wochen und 3,5 Tage", ",", "weeks and days", 3.5),
        ("and", ".", "years and months", None),
        ("3", ".", "years and months", None),
        ("5'12\"", ".", "feet and inches", None),  # a foot has twelve
    ],
)
def test_one_number_of_units_that_belong_together(cell: str, decimal: str, form: str, value: float | None) -> None:
    assert numbers(pl.Series([cell]), decimal, form)[0] == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("cells", "form"),
    [
        (["5'11\"", "6'2\"", "5'9"], "feet and inches"),
        (["48°51'24\"N", "33°05'10\"S"], "degrees"),
        (["N 45.12", "S 3.50"], "degrees"),
        (["12.25° E", "3.5° W"], "degrees"),
        (["3 years 6 months", "2 yrs, 1 mo", "4 years"], "years and months"),
        (["3 weeks 1 day", "38w+4d", "5 weeks"], "weeks and days"),
        (["3 years 6 months 2 days", "4 y, 1 m", "2.5 years"], "years and months"),
        (["3 years", "6 months"], None),  # one unit in each
        (["3 days 6 months", "2 days 1 month"], None),
        (["N 12", "N 95"], None),  # codes
        (["12 N", "30 N"], None),  # newtons
        (["12 m", "30 ft"], None),
        (["1'234", "12'345"], None),  # thousands of Switzerland
    ],
)
def test_columns_show_by_most_cells_which_units_they_have(cells: list[str], form: str | None) -> None:
    assert compound_form(unified(pl.Series(cells))) == form


def test_a_column_of_heights_is_numbers_and_says_how(tmp_path: Path) -> None:
    source = opened(tmp_path / "d.tsv", ["5'11\"", "6'2\"", "5'9\""])
    assert source.encoder.number_values(source._frame.sample())[:3, 0].tolist() == [71, 74, 69]
    assert "'5'11\"' is read as 71 inches" in source.notes[-1][2]


def test_minutes_beside_hours_are_minutes() -> None:
    laps = pl.Series(["49:30", "58:06", "1:02:03", "1:15:00"])
    assert hours_form(laps) == SHORT_HOURS
    assert numbers(laps, ".", SHORT_HOURS).to_list() == pytest.approx([0.825, 58.1 / 60, 1 + 123 / 3600, 1.25])
    assert hours_form(pl.Series(["8:30", "08:31:15", "17:05"])) == HOURS  # of a day
    assert hours_form(pl.Series(["162:30", "12:00:00"])) == HOURS  # more than an hour has minutes


def test_durations_that_may_be_minutes_are_doubted(tmp_path: Path) -> None:
    source = opened(tmp_path / "d.tsv", ["49:30", "58:06", "41:15"])
    assert any("may be minutes and seconds" in what for what, _ in source.doubts)
    assert opened(tmp_path / "e.tsv", ["9:30", "18:06", "21:15"]).doubts == []


def test_unix_times_in_several_units_are_read_by_their_size(tmp_path: Path) -> None:
    cells = pl.Series("ts", [1_700_000_000, 1_600_000_000_000, 1_650_000_000_000_000])
    when = [datetime(2023, 11, 14, 22, 13, 20), datetime(2020, 9, 13, 12, 26, 40), datetime(2022, 4, 15, 5, 20)]
    assert unix_units(cells) is not None
    assert moments(cells, unix_units(cells)).to_list() == when
    assert np.argsort(read_times(cells)).tolist() == [1, 2, 0]
    assert np.argsort(read_times(cells.cast(pl.String))).tolist() == [1, 2, 0]
    assert read_times(pl.Series([3, 1, 2])).tolist() == [3, 1, 2]  # steps


def test_births_in_the_future_are_doubted(tmp_path: Path) -> None:
    births = opened(tmp_path / "d.tsv", [f"{day:02d}/05/{year}" for day, year in ((13, 45), (14, 88), (15, 61))])
    assert any("below 69 are read as 20xx, such as 15/05/61 as 2061-05-15" in what for what, _ in births.doubts)
    visits = opened(tmp_path / "e.tsv", ["13/05/21", "14/06/22", "15/07/20"])
    assert visits.doubts == []


def test_parquet_and_a_row_alone_are_read_like_the_frame(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"height": [f"{4 + at % 3}'{at % 12}\"" for at in range(40)], "y": [at % 7 + 0.5 for at in range(40)]}
    )
    frame.write_parquet(tmp_path / "d.parquet")
    run = gf.fit(frame, target="y", epochs=1, rivals="none", out=tmp_path / "run")
    predicted = run.predict(frame)["prediction"]
    assert run.predict(tmp_path / "d.parquet")["prediction"] == predicted
    assert run.predict([{"height": "5'1\""}])["prediction"] == pytest.approx(predicted[1:2], rel=1e-5)
    with pytest.raises(gf.GoodfitError, match="is a number"):
        run.predict(pl.DataFrame({"height": ["180 cm", "170 cm"]}))
