"""Several numbers in a cell are numbers to learn from, each by itself."""

from __future__ import annotations

import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.analysis.profile import profile
from goodfit.data.tables.column_types import infer_type

ROWS = 60
FIRST = [100 + 7 * at % 83 for at in range(ROWS)]
SECOND = [60 + 11 * at % 47 for at in range(ROWS)]
THIRD = [5 + 3 * at % 31 for at in range(ROWS)]


def cells(pattern: str) -> list[str]:
    return [pattern.format(*each) for each in zip(FIRST, SECOND, THIRD, strict=True)]


def read(column: list[str | None]) -> gf.Table:
    source = gf.table(pl.DataFrame({"p": column, "y": [at * 1.5 for at in range(len(column))]}), target="y")
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


@pytest.mark.parametrize(
    "pattern",
    ["{}/{}", "{} / {} mmHg", "{}/{} mm Hg", "{}x{}", "{} × {} cm", "{} ± {}", "{} +/- {}", "{}, {}", "({}, {})",
     "POINT ({} {})", "{}:{}", "[{}, {}]"],
)  # fmt: skip
def test_both_numbers_of_a_pair_are_learnt(pattern: str) -> None:
    source = read(list(cells(pattern)))
    assert [column.name for column in source.encoder.numbers] == ["p 1", "p 2"]
    frame = pl.DataFrame({"p": cells(pattern)})
    assert source.encoder.number_values(frame).T.tolist() == [FIRST, SECOND]
    [note] = [why for name, _, why in source.notes if name == "numbers"]
    assert f"2 numbers in a cell, such as '{frame['p'][0]}': each is read, as 'p 1' and 'p 2'" in note


def test_three_numbers_are_learnt() -> None:
    source = read(list(cells("{} x {} x {} cm")))
    values = source.encoder.number_values(pl.DataFrame({"p": cells("{} x {} x {} cm")}))
    assert values.T.tolist() == [FIRST, SECOND, THIRD]


def test_decimal_commas_of_both_numbers() -> None:
    column = pl.Series("p", [f"{at * 7 % 59},5 ± 0,{at % 7 + 1}" for at in range(ROWS)])
    for decimal in (",", "."):  # no other column may show it
        kind = infer_type(column, categorical=(), numeric=(), ignore=(), decimal=decimal)
        assert (kind.name, kind.format, kind.decimal) == ("number", "number 1 of 2 in a cell", ",")


def test_gaps_and_words_for_missing_are_gaps_of_both() -> None:
    column: list[str | None] = [*cells("{}/{}")[:-2], "n/a", None]
    source = read(column)
    assert all(number.gaps for number in source.encoder.numbers)


@pytest.mark.parametrize(
    "column",
    [
        [f"030/{1234567 + 13 * at % 900}" for at in range(ROWS)],  # telephones
        [f"2023/{at + 1}" for at in range(ROWS)],  # invoices
        [f"{at:04}/{at * 37 % 91}" for at in range(ROWS)],
    ],
)
def test_cells_that_name_something_are_no_numbers(column: list[str]) -> None:
    kind = infer_type(pl.Series("p", column), categorical=(), numeric=(), ignore=())
    assert kind.name == "left out"


def test_few_different_pairs_are_a_category() -> None:
    screens = pl.Series("p", [("1920x1080", "1366x768", "2560x1440")[at % 3] for at in range(ROWS)])
    assert infer_type(screens, categorical=(), numeric=(), ignore=()).name == "category"


def test_new_rows_in_another_unit_are_said_of_the_number_that_is() -> None:
    source = read(list(cells("{}/{}")))
    new = gf.table(pl.DataFrame({"p": [f"{a}/{b / 10:.1f}" for a, b in zip(FIRST, SECOND, strict=True)]}))
    new.prepare(source.schema())
    assert [what for name, what, _ in new.notes if name == "doubtful"] == [f"p 2: {ROWS} of {ROWS}"]


def test_a_profile_has_a_line_for_each_number() -> None:
    both = profile(pl.DataFrame({"p": cells("{}/{}")}))
    assert [each.name for each in both] == ["p 1", "p 2"]
    means = [each.numbers.mean for each in both if each.numbers is not None]
    assert means == pytest.approx([sum(FIRST) / ROWS, sum(SECOND) / ROWS])


def test_the_times_of_races_are_durations() -> None:
    column = pl.Series("t", [f"{at % 3}:{10 + at % 50}.{at % 90 + 10}" for at in range(ROWS)])
    frame = pl.DataFrame({"t": column, "y": [float(at * 3 % 17) for at in range(ROWS)]})
    source = gf.table(frame, target="y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    wanted = [(at % 3) / 60 + (10 + at % 50 + (at % 90 + 10) / 100) / 3600 for at in range(ROWS)]
    assert source.encoder.number_values(frame)[:, 0].tolist() == pytest.approx(wanted)


def test_thousands_between_underscores() -> None:
    column = pl.Series("n", [f"{1_000_003 * (at + 1) % 7_777_777 + 1000:_}" for at in range(ROWS)])
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "number"
    frame = pl.DataFrame({"n": column, "y": [float(at * 3 % 17) for at in range(ROWS)]})
    source = gf.table(frame, target="y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    assert source.encoder.number_values(frame)[:, 0].tolist() == [float(int(cell)) for cell in column]
    names = pl.Series("n", [f"{at * 7919 % 900 + 10}_{at * 104729 % 900 + 100}" for at in range(ROWS)])
    assert infer_type(names, categorical=(), numeric=(), ignore=()).name == "left out"


def test_missing_values_of_stata() -> None:
    column = pl.Series("n", [".a" if at % 5 == 0 else ".z" if at % 7 == 0 else str(at * 1.5) for at in range(ROWS)])
    assert infer_type(column, categorical=(), numeric=(), ignore=()).name == "number"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Köln", "Koeln", "Bonn"), "'Köln' and 'Koeln'"),
        (("Łódź", "Lodz", "Gdynia"), "'Łódź' and 'Lodz'"),
        (("São Paulo", "Sao Paulo", "Rio"), "'São Paulo' and 'Sao Paulo'"),
        (("Straße", "Strasse", "Weg"), "'Straße' and 'Strasse'"),
    ],
)
def test_words_with_and_without_the_marks_of_letters_are_said(words: tuple[str, ...], said: str) -> None:
    column = [words[at % len(words)] for at in range(ROWS)]
    source = gf.table(pl.DataFrame({"c": column, "y": [at * 7 % 13 + 0.5 for at in range(ROWS)]}), target="y")
    source.prepare()
    assert [what for what, _ in source.doubts] == [f"the column 'c' has {said}: each is a category of its own"]
