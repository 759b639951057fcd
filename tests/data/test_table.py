"""Tables: dialects, kinds of columns, and what happens to everything odd when new rows are read."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.sources.table import table
from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.encoder_columns import FIRST, GAP, UNKNOWN
from goodfit.data.tables.reading import read_table
from goodfit.errors import DataError, UsageError

PEOPLE = [
    {"age": str(20 + row % 40), "town": ["Bern", "Ulm", "Graz"][row % 3], "pay": f"{1000 + 37 * row:,}"}
    for row in range(60)
]


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def kind_of(values: list[Any], name: str = "x", **said: Any) -> ColumnType:
    options = {"categorical": (), "numeric": (), "ignore": (), **said}
    return infer_type(pl.Series(name, values), **options)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_every_dialect_and_encoding_gives_the_same_table(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [["name", "größe"], ["Zoë", "1.5"], ["a, b; c", " 2 "], ["", ""]]
    text = "\r\n".join(separator.join(f'"{cell}"' if cell in ("a, b; c",) else cell for cell in row) for row in lines)
    frame = read_table(write(tmp_path / "t.csv", text + "\r\n", encoding))
    assert frame.columns == ["name", "größe"]
    assert frame.rows() == [("Zoë", "1.5"), ("a, b; c", "2"), (None, None)]


def test_a_file_without_names_gets_numbered_columns(tmp_path: Path) -> None:
    frame = read_table(write(tmp_path / "u.base", "1\t2\t5\n1\t3\t4\n"))
    assert frame.columns == ["column_1", "column_2", "column_3"]
    assert frame.height == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "the file is empty"),
        ("a,b\n", "no rows"),
        ("a,b,a\n1,2,3\n", "two columns are called 'a'"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 cells where the first has 2"),
        ("a\0b", "not a text file: there is a zero byte in line 1"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(DataError, match=line):
        read_table(write(tmp_path / "t.csv", text))


def test_parquet_files_of_a_folder_and_frames_of_pandas_are_the_same_table(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pl.DataFrame({"n": [1.5, None, 3.0, 4.0], "c": ["x", None, "y", "x"]})
    frame[:2].write_parquet(tmp_path / "1.parquet")
    frame[2:].write_parquet(tmp_path / "2.parquet")
    assert read_table(tmp_path).equals(frame)
    other = read_table(pandas.DataFrame({"n": [1.5, None, 3.0, 4.0], "c": ["x", None, "y", "x"]}))
    assert other["c"].to_list() == ["x", None, "y", "x"]
    assert other["n"].fill_nan(None).to_list() == [1.5, None, 3.0, 4.0]


def test_columns_of_pandas_keep_their_types() -> None:
    pandas = pytest.importorskip("pandas")
    frame = read_table(
        pandas.DataFrame(
            {
                "whole": pandas.array([1, None, 3], dtype="Int64"),
                "flag": pandas.array([True, None, False], dtype="boolean"),
                "number": [0.5, None, 2.0],
                "day": pandas.to_datetime(["2021-03-01", None, "2021-03-02"]),
                "town": pandas.Categorical(["Bern", None, "Ulm"]),
                "mixed": [1, "x", None],
                7: [1, 2, 3],
            }
        )
    )
    assert frame["whole"].to_list() == [1, None, 3]
    assert frame["flag"].to_list() == [True, None, False]
    assert frame["number"].fill_nan(None).to_list() == [0.5, None, 2.0]
    assert frame["day"].to_list() == [datetime.datetime(2021, 3, 1), None, datetime.datetime(2021, 3, 2)]
    assert frame["town"].to_list() == ["Bern", None, "Ulm"]
    assert frame["mixed"].to_list() == ["1", "x", None]
    assert frame["7"].to_list() == [1, 2, 3]


@pytest.mark.parametrize("names", [["a", "a"], ["1", 1]])
def test_two_columns_of_a_frame_with_one_name_are_refused(names: list[Any]) -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(DataError, match=f"the frame: two columns are called '{names[0]}'"):
        table(pandas.DataFrame([[1, 2]], columns=names), target="a")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5", "?", "-3e2"] * 10, "number"),
        (["1,200", "3", "4,000,000.5"] * 10, "number"),
        ([1, 5, 9] * 10, "number"),
        (["yes", "no"] * 10, "category"),
        ([True, False] * 10, "category"),
        (["Bern", "Ulm", "Graz"] * 10, "category"),
        ([f"{day:02d}.03.2021" for day in range(1, 29)], "date"),
        ([f"2021-03-{day:02d} 10:00:00" for day in range(1, 29)], "date"),
        ([datetime.date(2021, 3, day) for day in range(1, 29)], "date"),
        (["", "NA", "?"], "left out"),
        (["same"] * 30, "left out"),
        (list(range(100)), "left out"),
        ([f"customer-{row}" for row in range(100)], "left out"),
    ],
)
def test_kinds_are_told_from_the_values(values: list[Any], kind: str) -> None:
    assert kind_of(values).name == kind


def test_kinds_can_be_said() -> None:
    assert kind_of([1, 5, 9] * 10, categorical=("x",)).name == "category"
    assert kind_of(["1", "low"] * 10, numeric=("x",)).name == "number"
    assert kind_of([1, 5, 9] * 10, ignore=("x",)).name == "left out"
    with pytest.raises(UsageError, match="no number in this column"):
        kind_of(["low", "high"] * 10, numeric=("x",))


def test_columns_of_many_different_words_are_free_text_or_names() -> None:
    notes = [f"the customer called again about order {row} and was not amused" for row in range(60)]
    assert kind_of(notes, name="notes") == ColumnType("text", "free text, 11 words a row")
    names = kind_of([f"Ann Lee {row}" for row in range(60)], name="who")
    assert names.name == "left out"
    assert names.why.endswith("an identifier; --text who reads its words")
    assert kind_of([f"Ann Lee {row}" for row in range(60)], name="who", text=("who",)).name == "text"


def test_a_few_slips_in_a_column_of_numbers_are_told_and_count_as_missing() -> None:
    found = kind_of([str(row) for row in range(0, 400, 2)] + ["seven"])
    assert found.name == "number"
    assert "'seven'" in found.why


def learnt(rows: int = 60, **changed: list[Any]) -> tuple[Encoder, pl.DataFrame]:
    columns: dict[str, list[Any]] = {name: [person[name] for person in PEOPLE[:rows]] for name in PEOPLE[0]}
    frame = pl.DataFrame({**columns, **changed})
    kinds = {"age": ColumnType("number", ""), "town": ColumnType("category", ""), "pay": ColumnType("number", "")}
    return Encoder.learn(frame, kinds, np.arange(frame.height)), frame


def test_numbers_become_z_scores_of_the_training_rows() -> None:
    encoder, frame = learnt()
    found = encoder.encode(frame)
    age = np.array([20 + row % 40 for row in range(60)])
    pay = np.array([1000 + 37 * row for row in range(60)])
    np.testing.assert_allclose(found[:, 0], (age - age.mean()) / age.std(), rtol=1e-5)
    np.testing.assert_allclose(found[:, 1], (pay - pay.mean()) / pay.std(), rtol=1e-5, atol=1e-6)
    assert found[:3, 2].tolist() == [FIRST, FIRST + 2, FIRST + 1]  # Bern, Ulm, Graz: equal counts, by the alphabet
    assert encoder.cardinalities == [3 + FIRST]


def test_only_training_rows_teach() -> None:
    _, frame = learnt()
    kinds = {"age": ColumnType("number", ""), "town": ColumnType("category", "")}
    one = Encoder.learn(frame, kinds, np.arange(30))
    odd = frame.with_columns(
        pl.Series("age", frame["age"].to_list()[:30] + ["9999"] * 30),
        pl.Series("town", frame["town"].to_list()[:30] + ["Wien"] * 30),
    )
    assert Encoder.learn(odd, kinds, np.arange(30)) == one


def test_odd_cells_have_defined_values() -> None:
    encoder, _ = learnt(
        town=["Bern", "Ulm", None] * 20, age=[str(20 + row % 40) if row % 7 else "" for row in range(60)]
    )
    new = pl.DataFrame(
        {
            "extra": ["1", "2", "3", "4", "5"],
            "town": ["Wien", None, "?", " Bern ", "Ulm"],
            "pay": ["inf", "2,000", "many", "", "1500.0"],
            "age": ["30", "NaN", None, "-inf", "x"],
        }
    )
    found = encoder.encode(new)
    assert encoder.names == ["age", "pay", "age missing", "town"]
    assert found[:, 3].tolist() == [UNKNOWN, GAP, UNKNOWN, FIRST, FIRST + 1]
    assert found[:, 2].tolist() == [0, 1, 1, 1, 1]
    assert (found[1:, 0] == 0).all()
    assert found[[0, 2, 3], 1].tolist() == [0, 0, 0]
    assert np.isfinite(found).all()
    assert encoder.unseen(found) == {"town": 2}


def test_a_level_seen_once_in_training_shares_the_unknown_code() -> None:
    encoder, frame = learnt(town=["Bern", "Ulm"] * 29 + ["Rom", "Bern"])
    assert encoder.encode(frame)[58, 2] == UNKNOWN


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(["age", "town", "pay", "new"]))
def test_the_order_of_columns_and_further_ones_do_not_matter(order: list[str]) -> None:
    encoder, frame = learnt()
    more = frame.with_columns(pl.lit("z").alias("new")).select(order)
    np.testing.assert_array_equal(encoder.encode(more), encoder.encode(frame))


def test_a_missing_column_is_refused_by_its_name() -> None:
    encoder, frame = learnt()
    with pytest.raises(DataError, match=r"the column 'town' is missing; the run was fitted on it"):
        encoder.encode(frame.drop("town"))


def test_numbers_as_text_and_as_numbers_are_the_same_level() -> None:
    frame = pl.DataFrame({"zone": ["1", "2", "3"] * 10})
    encoder = Encoder.learn(frame, {"zone": ColumnType("category", "")}, np.arange(30))
    for same in ([1, 2, 3], [1.0, 2.0, 3.0], ["1.0", " 2", "3"]):
        assert encoder.encode(pl.DataFrame({"zone": same})).ravel().tolist() == [FIRST, FIRST + 1, FIRST + 2]


def test_dates_become_days_and_parts() -> None:
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=7 * row) for row in range(40)]
    for column, form in ((pl.Series("when", days), None), (pl.Series("when", [str(day) for day in days]), "%Y-%m-%d")):
        frame = pl.DataFrame([column])
        encoder = Encoder.learn(frame, {"when": ColumnType("date", "", form)}, np.arange(40))
        found = encoder.encode(frame)
        assert encoder.names == ["when days", "when day", "when month", "when weekday"]
        ages = np.arange(40) * 7.0
        np.testing.assert_allclose(found[:, 0], (ages - ages.mean()) / ages.std(), atol=1e-4)
        assert found[:, 2].tolist() == [FIRST + day.month - 1 for day in days]
        assert set(found[:, 3]) == {FIRST}  # 1 January 2024 was a Monday


CELLS = st.one_of(
    st.none(),
    st.sampled_from(
        ["Bern", " Ulm ", "1,234", "12,34", "-5", "1e3", "inf", "NaN", "?", "", "1.0", "1_000", "+7", ".5", "5."]
    ),
    st.text(alphabet="0123456789.,-+eE nNaA", max_size=6),
    st.floats().map(str),
)


@settings(max_examples=200, deadline=None)
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_a_few_rows_are_read_as_many_are(cells: list[tuple[str | None, str | None]]) -> None:
    encoder, _ = learnt(
        town=["Bern", "Ulm", "1"] * 20, age=[str(20 + row % 40) if row % 7 else "" for row in range(60)]
    )
    few = pl.DataFrame(
        {"age": [cell for cell, _ in cells], "pay": [cell for cell, _ in cells], "town": [cell for _, cell in cells]},
        schema={"age": pl.String, "pay": pl.String, "town": pl.String},
    )
    many = pl.concat([few] * 40)
    np.testing.assert_allclose(encoder.encode(few), encoder.encode(many)[: len(few)], rtol=1e-6)


@pytest.mark.parametrize("values", [[1, 2, None], [1.0, 2.5, float("nan")], [True, False, None]])
def test_a_few_rows_of_numbers_are_read_as_many_are(values: list[Any]) -> None:
    encoder, _ = learnt(town=["1", "2", "true"] * 20)
    few = pl.DataFrame({"age": values, "pay": values, "town": values})
    np.testing.assert_allclose(encoder.encode(few), encoder.encode(pl.concat([few] * 40))[:3], rtol=1e-6)


def test_an_encoder_comes_back_from_json() -> None:
    encoder, frame = learnt()
    again = Encoder.from_json(encoder.to_json())
    np.testing.assert_array_equal(again.encode(frame), encoder.encode(frame))


def test_one_target_is_a_series_and_several_are_a_frame() -> None:
    frame = pl.DataFrame({"x": [0.5, 1.5, 2.5] * 20, "a": [1.5, 2.5, 4.0] * 20, "b": [3.5, 1.0, 2.0] * 20})
    one, two = table(frame, "a"), table(frame, ["a", "b"])
    one.prepare()
    two.prepare()
    assert np.asarray(one.targets).shape == (60,)
    assert np.asarray(two.targets).shape == (60, 2)


def test_targets_follow_their_values() -> None:
    def targets(values: list[Any]) -> list[Any]:
        source = table(pl.DataFrame({"x": [row % 7 / 2 for row in range(len(values))], "y": values}), "y")
        source.prepare()
        return list(source.targets or [])

    assert targets(["1", "0", "1", ""] * 10)[:4] == [1, 0, 1, None]
    assert targets(["yes", "no", "?", ""] * 10)[:4] == ["yes", "no", "?", None]
    assert targets([1.0, 2.0] * 20)[:2] == [1, 2]
    assert targets([row * 3 for row in range(60)])[:2] == [0.0, 3.0]
    assert all(isinstance(value, float) for value in targets([row * 3 for row in range(60)]))


def test_what_is_asked_for_has_to_be_there() -> None:
    frame = pl.DataFrame({"x": [1.5, 2.5] * 10, "y": ["a", "b"] * 10})
    with pytest.raises(UsageError, match=r"no target is given for this frame. .*goodfit\.table\(frame, target="):
        table(frame).prepare()
    for option, value in (("target", "z"), ("ignore", "z"), ("group", "z"), ("time", "z")):
        options: dict[str, Any] = {"target": "y", option: value}
        with pytest.raises(UsageError, match=f"--{option} z: there is no such column"):
            table(frame, **options).prepare()


def test_a_split_by_time_puts_later_rows_into_later_parts() -> None:
    from goodfit.data.split import make_split

    random = np.random.default_rng(0)
    times = random.integers(0, 50, 200).astype(float)
    made = make_split(
        readable=np.ones(200, dtype=bool), labels=None, groups=None, times=times, given=None, keys=[""] * 200, seed=0
    )
    latest = {part: times[made.parts == part].max() for part in ("train", "valid")}
    first = {part: times[made.parts == part].min() for part in ("valid", "test")}
    assert latest["train"] < first["valid"]
    assert latest["valid"] < first["test"]
    assert made.how == "valid and test by time"


def test_keys_are_row_numbers() -> None:
    source = table(pl.DataFrame({"x": [1.5, 2.5, 3.5]}))
    assert list(itertools.islice(source.keys, 2)) == ["0", "1"]
    assert source.keys[1:] == ["1", "2"]


def test_a_column_of_no_times_is_asked_about_as_a_whole() -> None:
    frame = pl.DataFrame({"class": ["3rd", "1st", "2nd"] * 10, "x": range(30), "y": [0.5, 1.5, 2.5] * 10})
    with pytest.raises(DataError, match="30 cells of 30 are not times, such as '3rd'"):
        table(frame, "y", time="class").prepare()
