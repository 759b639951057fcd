"""Values that are read as they stand and may mean something else: each is said, with what settles it."""

from __future__ import annotations

import polars as pl
import pytest

from goodfit.data.tables.doubtful_numbers import number_doubt, place_doubt
from goodfit.data.tables.doubtful_words import errors_doubt, several_values_doubt, written_objects_doubt
from goodfit.data.tables.far_values import far_date, far_value
from goodfit.data.tables.spelt_alike import spelt_alike

ROWS = 60


def test_codes_that_a_spreadsheet_wrote_as_powers() -> None:
    cells = [f"4.00{100 + at}E+12" for at in range(ROWS)]
    assert "last digits are lost" in str(number_doubt(pl.Series("ean", cells), ".", None))
    assert "last digits are lost" in str(number_doubt(pl.Series("isbn13 code", cells), ".", None))
    assert number_doubt(pl.Series("flux", cells), ".", None) is None


def test_codes_with_a_point() -> None:
    cells = ["250.0", "250.00", "401.9", "428.0", "427.31"] * 12
    assert "--categorical 'icd9'" in str(number_doubt(pl.Series("icd9", cells), ".", None))
    assert number_doubt(pl.Series("weight", cells), ".", None) is None


@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [("lat", "52.520.008", True), ("lat", "52.520008", False), ("lon", "181.5", True), ("lon", "-120.5", False),
     ("sales", "52.520.008", False)],
)  # fmt: skip
def test_degrees_that_no_place_has(name: str, cell: str, said: bool) -> None:
    mark = "," if cell.count(".") > 1 else "."
    assert (place_doubt(pl.Series(name, [cell] * ROWS), mark, None) is not None) == said


def test_the_only_value_below_nought_and_a_nought_far_below_all() -> None:
    counts = [str(at % 40) for at in range(ROWS)]
    assert "pass --missing -9" in str(far_value(pl.Series("v", [*counts, *["-9"] * 12]), ".", None))
    heights = [str(150 + at % 40) for at in range(ROWS)]
    assert "pass --missing 0" in str(far_value(pl.Series("v", [*heights, "0", "0"]), ".", None))
    assert far_value(pl.Series("v", [*counts, "0", "0"]), ".", None) is None
    assert far_value(pl.Series("v", [*heights, *["0"] * ROWS]), ".", None) is None  # half of all: two kinds of rows


def test_a_date_that_is_a_slip_of_the_pen() -> None:
    days = [f"2023-{1 + at % 12:02d}-{1 + at % 28:02d}" for at in range(ROWS)]
    assert "2203-05-01" in str(far_date(pl.Series("d", [*days, "2203-05-01"]), "%Y-%m-%d"))
    assert "2985-05-01" in str(far_date(pl.Series("d", [*days, "2985-05-01"]), "%Y-%m-%d"))
    assert far_date(pl.Series("d", [*days, "2019-05-01"]), "%Y-%m-%d") is None


def test_lists_objects_and_bytes_written_as_words() -> None:
    for cells in (["['a', 'b']", "['c']"], ['{"a": 1}', '{"a": 2}'], ["b'red'", "b'blue'"]):
        assert written_objects_doubt(pl.Series("v", cells * 20)) is not None
    assert written_objects_doubt(pl.Series("v", ["[a]", "b"] * 20)) is None


def test_errors_of_a_spreadsheet_among_words() -> None:
    what, fix = errors_doubt(pl.Series("v", ["red", "blue", "#REF!"] * 20)) or ("", "")
    assert "20 cells" in what
    assert fix.startswith("--missing '#REF!'")
    assert errors_doubt(pl.Series("v", ["red", "#1"] * 20)) is None


def test_two_classes_in_one_cell_of_three_different_ones() -> None:
    assert several_values_doubt(pl.Series("v", ["good", "bad", "bad;good"] * 20)) is not None
    assert several_values_doubt(pl.Series("v", ["Lee; Ann", "Ray; Bob", "Fox; Cid"] * 20)) is None


def test_numbers_that_a_minus_tells_apart_are_not_alike() -> None:
    assert spelt_alike(["11", "-11", "10^2", "10^-2"]) == []
    assert spelt_alike(["New York", "new-york"]) == [["New York", "new-york"]]
