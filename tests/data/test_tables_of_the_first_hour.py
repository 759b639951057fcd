"""What people bring in the first hour, which was read as something else: titles above two columns, blank rows of
workbooks, classes by number, ratios, logs, frames as they are printed. Expected values are worked out by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from image_files import many, put

import goodfit as gf
from goodfit.analysis.profile import ColumnProfile, described
from goodfit.data.sources.images import images
from goodfit.data.sources.table import Table, table
from goodfit.fitting.net import usual_architecture

ROWS = [(at % 9 + 0.5, "ab"[at % 2]) for at in range(60)]


def workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    book = pytest.importorskip("openpyxl").Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def columns(data: Any) -> dict[str, ColumnProfile]:
    return {column.name: column for column in gf.profile(data)}


def opened(frame: pl.DataFrame | Path, target: str, task: str | None = None) -> Table:
    source = table(frame, target)
    source.expect_task(task)
    source.prepare()
    return source


@pytest.mark.parametrize("above", [[["Report 2024"]], [["Report 2024"], []], [["Report", None], ["2024", None]]])
def test_lines_above_two_columns_of_a_workbook_are_a_title(tmp_path: Path, above: list[list[Any]]) -> None:
    found = columns(workbook(tmp_path / "t.xlsx", [*above, ["x", "y"], *ROWS]))
    assert list(found) == ["x", "y"]
    assert (found["x"].kind, found["x"].rows, found["x"].missing) == ("number", 60, 0)
    assert found["y"].levels == (("a", 30), ("b", 30))


def test_a_title_of_commas_above_two_columns_is_one_in_text_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Report 2024,\n,\nx,y\n" + "".join(f"{x},{y}\n" for x, y in ROWS))
    assert {name: column.rows for name, column in columns(path).items()} == {"x": 60, "y": 60}


def test_a_name_above_two_columns_of_rows_stays_a_name(tmp_path: Path) -> None:
    rows = [("Ulm", "red"), *((["Ulm", "Bonn", "Kiel"][at % 3], ["red", "blue"][at % 2]) for at in range(40))]
    found = columns(workbook(tmp_path / "t.xlsx", [["city", None], *rows]))
    assert [column.rows for column in found.values()] == [41, 41]
    assert "city" in found


def test_blank_rows_between_the_rows_of_a_workbook_are_said(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["x", "z"], [5, "a"], [None, None], [95, "b"], [None, None], [6, "a"], [None, None]]
    notes = described(workbook(tmp_path / "t.xlsx", rows)).notes
    assert [(name, value) for name, value, why in notes if "blank" in value] == [("left out", "2 blank rows")]
    assert any("line 3 of the sheet" in why for _, value, why in notes if "blank" in value)


def test_a_workbook_without_blank_rows_between_others_has_no_such_note(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Title"],
        [],
        ["x", "z"],
        *([at, "ab"[at % 2]] for at in range(9)),
        [None, None],
        [None, None],
    ]
    assert not [value for _, value, _ in described(workbook(tmp_path / "t.xlsx", rows)).notes if "blank" in value]


def test_classes_by_number_that_the_user_asks_for_are_as_they_are_written() -> None:
    shops = [at % 30 + 1 for at in range(240)]
    for values in (shops, [float(shop) for shop in shops], [str(shop) for shop in shops]):
        source = opened(pl.DataFrame({"x": [0.5, 1.0] * 120, "y": values}), "y", "classification")
        assert list(source.targets or [])[:3] == [1, 2, 3]
        assert not any("as numbers" in value for _, value, _ in source.notes)
        assert list(opened(pl.DataFrame({"x": [0.5, 1.0] * 120, "y": values}), "y").targets or [])[:2] == [1.0, 2.0]


def test_halves_that_are_classes_are_as_they_are_written() -> None:
    halves = [f"{at % 30 / 2:g}" for at in range(240)]
    source = opened(pl.DataFrame({"x": [0.5, 1.0] * 120, "y": halves}), "y", "classification")
    assert list(source.targets or [])[:4] == ["0", "0.5", "1", "1.5"]


def test_ratios_that_may_be_times_are_a_doubt() -> None:
    ratios = described(pl.DataFrame({"mix": ["1:10", "1:20", "1:50", "1:25"] * 30, "k": [1, 2, 3] * 40}))
    times = described(pl.DataFrame({"run": ["1:12", "1:23", "1:51", "1:25"] * 30, "k": [1, 2, 3] * 40}))
    assert [what for what, _ in ratios.doubts if "as ratios do" in what]
    assert not [what for what, _ in times.doubts if "as ratios do" in what]


def test_milliseconds_behind_a_comma_are_those_of_a_log(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("asctime;k\n" + "".join(f"2024-03-01 10:00:{at:02d},250;{at % 4}\n" for at in range(60)))
    when = columns(path)["asctime"]
    assert (when.kind, when.missing) == ("date", 0)
    assert str(when.first).startswith("2024-03-01 10:00:00.25")


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        (("R$ 350 mil", "R$ 1,5 mi"), 350e3, 1.5e6), (("1,2 млн руб.", "350 тыс. руб."), 350e3, 1.2e6),
        (("12 tys. zł", "3,5 mln zł"), 12e3, 3.5e6), (("Rp 1,5 juta", "Rp 750 ribu"), 750e3, 1.5e6),
        (("1,2 Mio. Euro", "2,5 Mrd. Euro"), 1.2e6, 2.5e9), (("2 bilhões", "3,5 milhões"), 3.5e6, 2e9),
    ],
)  # fmt: skip
def test_magnitudes_with_the_money_behind_them(cells: tuple[str, str], low: float, high: float) -> None:
    found = columns(
        pl.DataFrame({"amount": [*cells, cells[0].replace("1", "9").replace("2", "9").replace("3", "9")] * 20})
    )["amount"]
    assert found.numbers is not None
    assert found.missing == 0
    assert {low, high} <= {found.numbers.quartiles[at] for at in (0, 2, 4)}


def test_miles_are_no_millions() -> None:
    found = columns(pl.DataFrame({"way": [f"{at % 50} mi" for at in range(100)]}))["way"]
    assert found.numbers is not None
    assert found.numbers.quartiles[4] == 49


def test_a_frame_as_pandas_prints_it_keeps_words_of_one_cell_together(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": np.arange(40) / 4, "city": ["Ulm", "Bad Tölz"] * 20, "n": range(100, 140)})
    (tmp_path / "t.txt").write_text(frame.to_string())
    found = columns(tmp_path / "t.txt")
    assert dict(found["city"].levels) == {"Bad Tölz": 20, "Ulm": 20}
    assert [found[name].kind for name in ("x", "n")] == ["number", "left out"]


def test_a_tab_behind_aligned_numbers_is_a_space(tmp_path: Path) -> None:
    line = '{:.1f}   {}   {}.0      {:<11}{}.      11.5   70  1\t"ford {}"\n'
    lines = [
        line.format(18 + at % 9, (4, 8)[at % 2], 300 + at, "?" if at == 7 else f"{90 + at}.0", 3500 + at, "abc"[at % 3])
        for at in range(60)
    ]
    (tmp_path / "auto.data").write_text("".join(lines))
    found = list(columns(tmp_path / "auto.data").values())
    assert len(found) == 9
    assert [column.rows for column in found] == [60] * 9
    assert found[3].missing == 1
    assert found[8].levels == (("ford a", 20), ("ford b", 20), ("ford c", 20))


def test_rows_of_one_patient_with_one_target_are_a_doubt() -> None:
    long = pl.DataFrame(
        {
            "patient": [f"p{at // 4}" for at in range(240)],
            "value": [at * 7 % 31 / 3 for at in range(240)],
            "status": ["ill" if at // 4 * 5 % 7 < 3 else "well" for at in range(240)],
        }
    )
    assert any("--group patient" in fix for _, fix in opened(long, "status").doubts)
    other = long.with_columns(status=pl.Series(["ill", "well", "well"] * 80))
    assert not any("--group patient" in fix for _, fix in opened(other, "status").doubts)


def test_a_word_among_few_numbers_is_said() -> None:
    frame = pl.DataFrame({"hum": [*(str(40 + at % 9) for at in range(97)), "ERR", "ERR", "ERR"], "y": ["a", "b"] * 50})
    source = opened(frame, "y")
    assert any("3 values such as 'ERR' that are not; --numeric hum" in value for _, _, value in source.notes)


def test_a_folder_of_classes_beside_one_without_labels(tmp_path: Path) -> None:
    put(tmp_path, *many("labeled/cat", "labeled/dog"), *many("unlabeled"))
    source = images(tmp_path)
    assert set(source.targets or []) - {None} == {"cat", "dog"}
    assert any("unlabeled" in value for name, value, _ in source.notes if name == "no label")


def test_windows_of_a_sensor_are_no_images() -> None:
    assert usual_architecture((50, 6), "row", accelerator=False)[0] == "mlp"


def test_a_structured_array_may_have_rows_of_numbers_in_a_field() -> None:
    rows = np.zeros(30, dtype=[("x", "f4"), ("v", "f4", (2,)), ("t", "U3")])
    rows["x"], rows["t"] = np.arange(30) / 4, ["no", "yes"] * 15
    assert {column.name: column.kind for column in gf.profile(rows)} == {
        "x": "number", "v": "left out", "t": "category",
    }  # fmt: skip


def test_cells_with_a_unit_below_the_only_name_are_one_column(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("temp\n" + "".join(f"{at % 30} °C\n" for at in range(60)))
    found = columns(tmp_path / "t.csv")["temp"]
    assert (found.kind, found.rows, found.missing) == ("number", 60, 0)
