"""What of new rows cannot be used is told by column; where nothing of a column can be, it is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.data.tables.unusable import Unused
from goodfit.errors import DataError


@pytest.fixture(scope="module")
def run() -> Table:
    rows = range(60)
    frame = pl.DataFrame(
        {
            "size": [row * 1.25 for row in rows],
            "day": [f"2024-{1 + row % 12:02d}-{1 + row % 28:02d}" for row in rows],
            "town": ["Bern", "Ulm", "Graz"] * 20,
            "y": ["a", "b"] * 30,
        }
    )
    source = table(frame, "y")
    source.prepare()
    source.learn(torch.arange(60))
    return source


def notes(run: Table, **columns: list[Any]) -> list[tuple[str, str, str]]:
    height = len(next(iter(columns.values())))
    usual = {"size": [1.5] * height, "day": ["2024-03-01"] * height, "town": ["Ulm"] * height}
    source = table(pl.DataFrame({**usual, **columns}))
    source.prepare(run.schema())
    assert len(source) == height
    return source.notes


def test_cells_that_cannot_be_used_are_counted_by_column(run: Table) -> None:
    assert notes(run, size=["1.5", "60 kg", "", "NA", "70 kg"]) == [
        ("not used", "size: 2 of 3", "'60 kg' is not a number: it counts as missing")
    ]
    assert notes(run, day=["2024-03-01", "1/3/2024"]) == [
        ("not used", "day: 1 of 2", "'1/3/2024' is not a date of the form %Y-%m-%d: it counts as missing")
    ]
    assert notes(run, town=["Ulm", "Rom", None]) == [
        ("not used", "town: 1 of 2", "'Rom' was not in training, or in one row: it is read as an unknown value")
    ]
    assert notes(run, size=[1.5, None]) == []


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"size": ["60 kg", "70 kg"]}, "not one of the 2 values of the column 'size' is a number, such as '60 kg'"),
        ({"day": ["1/3/2024", "", "2/3/2024"]}, "not one of the 2 values of the column 'day' is a date of the form"),
        ({"town": ["Rom"] * 30}, "not one of the 30 values of the column 'town' was in training"),
        ({"size": [[1], [2]]}, "not one of the 2 values of the column 'size' is a number"),
    ],
)
def test_where_nothing_of_a_column_can_be_used_it_is_an_error(
    run: Table, columns: dict[str, list[Any]], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        notes(run, **columns)


def test_the_decimal_mark_of_new_data_can_be_given(run: Table, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("size;day;town\n1,25;2024-03-01;Ulm\n2,50;2024-03-01;Ulm\n")
    new = table(tmp_path / "new.csv", decimal=",")
    new.prepare(run.schema())
    same = table(pl.DataFrame({"size": [1.25, 2.5], "day": ["2024-03-01"] * 2, "town": ["Ulm"] * 2}))
    same.prepare(run.schema())
    assert torch.equal(new.whole(), same.whole())


def test_a_single_odd_row_gets_an_answer(run: Table) -> None:
    assert len(notes(run, size=["60 kg"])) == 1
    assert len(notes(run, town=["Rom"])) == 1


def test_the_missing_cells_of_a_fit_are_counted_by_column() -> None:
    frame = pl.DataFrame(
        {
            "n": ["1.5", "NA", "", "2.5", "3.5"] * 8,
            "t": ["NA", "x", "", "y", "z"] * 8,
            "f": [1.5, None, 2.5, 0.5, 7.5] * 8,
            "y": ["a", "b"] * 20,
        }
    )
    source = table(frame, "y")
    source.prepare()
    assert ("missing", "32 cells", "n: 8 empty, 8 'NA'; t: 8 empty; f: 8 empty") in source.notes


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "rownames", "id", "ID"])
def test_the_running_number_of_a_frame_is_left_out(tmp_path: Path, name: str) -> None:
    lines = [f"{row * 7 % 41},{row % 5 / 2},{'ab'[row % 2]}" for row in range(40)]
    (tmp_path / "t.csv").write_text(f"{name},x,y\n" + "\n".join(lines))
    source = table(tmp_path / "t.csv", "y")
    source.prepare()
    left_out = [value for title, value, _ in source.notes if title == "left out"]
    assert left_out == [name or "Unnamed: 0"]
    source = table(tmp_path / "t.csv", "y", numeric=left_out)
    source.prepare()
    assert not [value for title, value, _ in source.notes if title == "left out"]


def test_the_first_line_of_a_further_part_is_read_as_that_of_the_first(tmp_path: Path) -> None:
    lines = "".join(f"{row % 7}.5,{'ab'[row % 2]}\n" for row in range(40))
    (tmp_path / "train.csv").write_text(lines)
    (tmp_path / "valid.csv").write_text("NA,b\n2.5,a\n")
    source = table(tmp_path / "train.csv", "column_2", valid=tmp_path / "valid.csv")
    source.prepare()
    assert len(source) == 42
    assert list(source.targets or [])[40:] == ["b", "a"]


def test_the_first_line_of_new_data_is_read_as_the_run_needs_it(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("".join(f"{row % 7}.5,{'ab'[row % 2]},{'pq'[row % 2]}\n" for row in range(40)))
    source = table(tmp_path / "train.csv", "column_3")
    source.prepare()
    source.learn(torch.arange(40))
    (tmp_path / "new.csv").write_text("NA,a,p\n2.5,b,q\n")
    new = table(tmp_path / "new.csv")
    new.prepare(source.schema())
    assert len(new) == len(new.keys) == 2


def test_a_column_that_is_empty_in_many_rows_is_said(run: Table) -> None:
    why = "the run was fitted on its values"
    assert notes(run, town=[None] * 20) == [("empty", "town: all 20 rows", why)]
    assert notes(run, size=["NA", ""] * 15, day=[""] * 30) == [
        ("empty", "size: all 30 rows", why),
        ("empty", "day: all 30 rows", why),
    ]
    assert notes(run, town=[None] * 2) == [("empty", "town: all 2 rows", why)]  # training had no empty cell
    assert notes(run, town=[None]) == []
    unlearnt = "the run was fitted on rows that all had a value, and has learnt nothing of an empty cell"
    assert notes(run, town=[None] * 19 + ["Ulm"]) == [("empty", "town: 19 of 20 rows", unlearnt)]


def test_rows_without_a_gap_are_counted_as_cell_by_cell() -> None:
    """What is passed over where each cell is a number or a known level, and rows before and after with gaps."""
    frame = pl.DataFrame({"size": [row * 1.25 for row in range(60)], "town": ["Bern", "Ulm", "Graz"] * 20})
    source = table(frame.with_columns(y=pl.Series(["a", "b"] * 30)), "y")
    source.prepare()
    source.learn(torch.arange(60))
    pieces = [
        pl.DataFrame({"size": size, "town": town}, schema={"size": pl.Float64, "town": pl.String})
        for size, town in (([1.0, 2.0], ["Ulm", "Bern"]), ([None, 2.0], ["Ulm", "Rom"]), ([90.0], ["Graz"]))
    ]
    quick, whole = Unused(source.encoder), Unused(source.encoder)
    for piece in pieces:
        encoded = source.encoder.read(piece)
        quick.add(piece, encoded)
        whole._unlike.add(piece, encoded)
        whole._rows += piece.height
        whole._add_cells(piece, encoded)
    for each in (quick, whole):
        each.counted()
    state = {name: value for name, value in vars(quick).items() if name not in ("_encoder", "_unlike", "_without_gap")}
    assert state == {name: vars(whole)[name] for name in state}
    assert quick._without_gap.tolist() == whole._without_gap.tolist() == [3]
    assert quick.unlike() == whole.unlike()
