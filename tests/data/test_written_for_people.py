"""Numbers as people write them for people: short, decorated, in other scripts, with words among them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data import open_data
from goodfit.data.tables.clocks import HOURS
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.magnitudes import MAGNITUDES, has_magnitudes
from goodfit.data.tables.mixed_signs import minus_behind
from goodfit.data.tables.numbers import numbers, unified

ROWS = 40


def opened(path: Path, text: str, **options: Any) -> Any:
    path.write_text(text)
    source = open_data(path, kind="table", **options)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def column_of(source: Any, name: str) -> np.ndarray:
    """The values of a column of numbers, in its own units, NaN where there is none."""
    at = next(at for at, column in enumerate(source.encoder.numbers) if column.source == name)
    return np.asarray(source.encoder.number_values(source._frame.sample())[:, at])


def table_of(cells: list[str], name: str = "c") -> str:
    """The cells beside a target of two classes, separated by tabs."""
    return f"{name}\ty\n" + "".join(f"{cell}\t{'ab'[at % 2]}\n" for at, cell in enumerate(cells))


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("5.3*", ".", 5.3),
        ("5.3[1]", ".", 5.3),
        ("1 234,5†", ",", 1234.5),
        ("249,-", ",", 249),
        ("249.--", ".", 249),
        ("249,– kr", ",", 249),
        ("'12.50", ".", 12.5),
        ("3.2 x 10^4", ".", 32_000),
        ("3.2×10⁻³", ".", 0.0032),
        ("6·10^5", ".", 600_000),
        ("3.25D+02", ".", 325),
        ("１２．５", ".", 12.5),
        ("٣٫٥", ".", 3.5),
        ("१२.५", ".", 12.5),
        ("$ (1,234.50)", ".", -1234.5),
        ("($1,234.50)", ".", -1234.5),
        ("$ -", ".", 0),
        ("Rp 15.000", ",", 15_000),
        ("1,500 KES", ".", 1500),
        ("99,50 lei", ",", 99.5),
        ("120 руб.", ",", 120),
        ("Rs. 5,00,000/-", ".", 500_000),
        ("500/- INR", ".", 500),
    ],
)
def test_what_stands_at_a_number_without_being_part_of_it(cell: str, decimal: str, value: float) -> None:
    assert numbers(pl.Series([cell]), decimal)[0] == pytest.approx(value)


@pytest.mark.parametrize("cell", ["5.3 (0.2)", "3 x 10", "10-20", "12-", "5*3", "A*", "(5", "5)", "$ (5", "7[red]s"])
def test_what_only_looks_so_is_another_number_or_none(cell: str) -> None:
    assert numbers(pl.Series([cell]))[0] == (-12 if cell == "12-" else None)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["92.7k", "500", "1.2k"], [92_700, 500, 1_200]),
        (["1.5M", "320K", "2B"], [1.5e6, 3.2e5, 2e9]),
        (["$1.5 million", "$3 billion", "$250,000"], [1.5e6, 3e9, 2.5e5]),
        (["3 Mio. €", "2 Mrd. €", "500 €"], [3e6, 2e9, 500]),
        (["₹1.2 Cr", "₹60 L", "₹5,00,000"], [1.2e7, 6e6, 5e5]),
        (["5 lakh", "2 crore"], [5e5, 2e7]),
        (["3万", "1.2億"], [3e4, 1.2e8]),
        (["19M", "8.5M"], [1.9e7, 8.5e6]),
    ],
)
def test_numbers_written_short_are_the_whole_number(cells: list[str], values: list[float]) -> None:
    assert has_magnitudes(unified(pl.Series(cells)))
    assert numbers(pl.Series(cells), ".", MAGNITUDES).to_list() == pytest.approx(values)


@pytest.mark.parametrize("cells", [["300 K", "295 K"], ["5 m", "12 mm"], ["18m", "3m"], ["5 t", "7 t"], ["45 km", "3"]])
def test_units_are_not_taken_for_magnitudes(cells: list[str]) -> None:
    assert not has_magnitudes(unified(pl.Series(cells)))


def test_a_row_alone_is_read_like_the_column_of_magnitudes(tmp_path: Path) -> None:
    cells = [f"{at},5K" if at % 3 else f"{at * 10}" for at in range(1, ROWS + 1)]
    values = [(at + 0.5) * 1000 if at % 3 else at * 10 for at in range(1, ROWS + 1)]
    source = opened(tmp_path / "short.csv", table_of(cells), target="y")
    assert column_of(source, "c").tolist() == values
    assert any("'1,5K' is read as 1,500" in why for _, _, why in source.notes)
    row = open_data(pl.DataFrame({"c": ["30"], "y": ["a"]}), kind="table", target="y")
    row.prepare(source.schema())
    assert torch.equal(row.read(torch.arange(1)), source.read(torch.tensor([2])))  # 30 is the third row's 30
    target = opened(tmp_path / "target.csv", table_of(cells), target="c", categorical=["y"])
    assert list(target.targets) == values


@pytest.mark.parametrize("word", ["n.d.", "#VALUE!", "Keine Angabe", "Varies with device", "ez", "未測定", "x", "—"])
@pytest.mark.parametrize("share", [2, 9])
def test_a_word_among_numbers_means_that_there_is_none(tmp_path: Path, word: str, share: int) -> None:
    cells = [word if at % share == 1 else f"{at + 0.25}" for at in range(2 * ROWS)]
    source = opened(tmp_path / "words.csv", table_of(cells), target="y")
    gone = np.isnan(column_of(source, "c"))
    assert gone.tolist() == [at % share == 1 for at in range(2 * ROWS)]
    assert any(name == "missing" and f"'{word}'" in why for name, _, why in source.notes)
    new = open_data(pl.DataFrame({"c": [word, word], "y": ["a", "b"]}), kind="table", target="y")
    new.prepare(source.schema())  # nothing to refuse: the run knows that word
    assert [name for name, *_ in new.notes] == []
    target = opened(tmp_path / "target.csv", table_of(cells), target="c", categorical=["y"])
    assert np.isnan(np.array(list(target.targets), dtype=float)).tolist() == gone.tolist()


def test_words_among_dates_units_and_other_forms(tmp_path: Path) -> None:
    for name, cell in (("date", "{:02d}.05.2024"), ("unit", "{},5 cm"), ("short", "{},5k"), ("clock", "07:{:02d}")):
        cells = ["nicht da" if at % 4 == 1 else cell.format(at % 31 + 1) for at in range(2 * ROWS)]
        kind = infer_type(pl.Series("c", cells), categorical=(), numeric=(), ignore=(), decimal=",")
        assert kind.name == ("date" if name == "date" else "number"), name
        assert kind.words == ("nicht da",)


def test_names_of_groups_stay_names() -> None:
    def kind(cells: list[str]) -> str:
        column = pl.Series("c", cells * (80 // len(cells) + 1))
        return infer_type(column, categorical=(), numeric=(), ignore=()).name

    assert kind(["1", "2", "3", "ground floor"]) == "category"
    assert kind([*(f"{size}" for size in range(36, 46)), "S", "M", "L"]) == "category"
    assert kind(["unknown", "known", "doubtful"]) == "category"


def test_numbers_with_many_other_values_among_them_are_said() -> None:
    mixed = pl.Series("c", [f"{at % 60}" if at % 4 else f"lot {'abc'[at % 3]}" for at in range(400)])
    kind = infer_type(mixed, categorical=(), numeric=(), ignore=())
    many = pl.Series("c", [f"{at % 60}" if at % 4 else f"{at % 7} or so, {at % 5}" for at in range(400)])
    several = infer_type(many, categorical=(), numeric=(), ignore=())
    assert kind.words  # three words at most
    assert several.name == "category"
    assert several.doubt is not None
    assert several.doubt[0] == (
        "the column 'c' is read as a category: 300 numbers, and 100 values such as '0 or so, 0' that are not"
    )
    different = pl.Series("c", [f"{at}" if at % 4 else f"roughly {at}" for at in range(400)])
    why = infer_type(different, categorical=(), numeric=(), ignore=()).why
    assert why == "300 numbers, and 100 values such as 'roughly 0' that are not; --numeric c reads those as missing"


def test_targets_of_clock_times_are_hours_and_versions_are_doubted(tmp_path: Path) -> None:
    clocks = opened(tmp_path / "clock.csv", table_of([f"{at % 24:02}:30" for at in range(60)]), target="c")
    assert list(clocks.targets)[:3] == [0.5, 1.5, 2.5]
    versions = opened(tmp_path / "v.csv", table_of(["1.10", "1.1", "1.2"] * 20), target="c")
    assert [what for what, _ in versions.doubts] == ["the target 'c' has 1.1 and 1.10, which are read as one number"]
    plain = opened(tmp_path / "p.csv", table_of(["1.15", "1.1", "1.2"] * 20), target="c")
    assert plain.doubts == []


@pytest.mark.parametrize("word", ["unknown", "missing", "refused", "n.d."])
def test_a_word_beside_few_classes_of_numbers_is_a_class(tmp_path: Path, word: str) -> None:
    source = opened(tmp_path / "t.csv", table_of(["1", word, "2", "1"] * 15), target="c")
    assert list(source.targets)[:4] == ["1", word, "2", "1"]


@pytest.mark.parametrize(
    "grades", [["1+", "1", "1-", "2+", "2", "2-", "3+", "3", "3-"], ["1", "2-", "2", "3+", *["4"] * 90]]
)
def test_grades_of_schools_are_words_and_not_numbers_below_0(grades: list[str]) -> None:
    column = pl.Series("grade", grades * 10)
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "category"
    assert infer_type(column, categorical=(), numeric=("grade",), ignore=()).name == "number"


def test_small_numbers_with_a_minus_behind_are_doubted_and_amounts_are_not() -> None:
    found = minus_behind(pl.Series("grade", ["1", "2-", "2", "3-"] * 10))
    assert found is not None
    assert found[0] == "the column 'grade' has '2-', which is read as -2"
    for cells in (["1", "-2", "2-"], ["1.5", "2-", "3"], ["100", "20-", "3-"], ["1", "2", "3"]):
        assert minus_behind(pl.Series("stock", cells * 10)) is None


@pytest.mark.parametrize("cells", [["x", "", "", "x"] * 20, ["1", ""] * 20, [1.0, None] * 20])
def test_a_box_that_is_ticked_or_empty_is_a_category(cells: list[Any]) -> None:
    kind = infer_type(pl.Series("box", cells), categorical=(), numeric=(), ignore=())
    assert (kind.name, kind.why) == ("category", "one value, or empty: a mark")
    few = infer_type(pl.Series("box", [*cells[:1] * 80, *cells[1:2]]), categorical=(), numeric=(), ignore=())
    assert (few.name, few.why) == ("left out", "one value, or missing")


@pytest.mark.parametrize(
    ("cell", "hour"), [("8h30", 8.5), ("14.30 Uhr", 14.5), ("8 Uhr 15", 8.25), ("12 Uhr", 12), ("1 h 45 min", 1.75)]
)
def test_clock_times_in_words(cell: str, hour: float) -> None:
    assert numbers(pl.Series([cell]), ".", HOURS)[0] == pytest.approx(hour)
    cells = pl.Series("at", [cell, "7h05", "23h59"] * 9)
    assert infer_type(cells, categorical=(), numeric=(), ignore=()).format == HOURS
