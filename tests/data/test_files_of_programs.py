"""Tables as programs export them, which no separator cuts; and files that are not read, with what to do."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import goodfit as gf
from goodfit.data import open_path
from goodfit.data.sources.table import table
from goodfit.data.tables.delimited import read_delimited
from goodfit.errors import DataError, UsageError

FIXED = """id    city             x  t
0     New York        17  low
1     Rome                high
22    Bonn             9  low
333   San Jose      1234  high
"""


def test_columns_of_a_fixed_width(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(FIXED)
    read = read_delimited(path)
    assert read.frame.columns == ["id", "city", "x", "t"]
    assert read.frame.rows() == [
        ("0", "New York", "17", "low"),
        ("1", "Rome", None, "high"),
        ("22", "Bonn", "9", "low"),
        ("333", "San Jose", "1234", "high"),
    ]
    assert ("separator", "fixed width", "between the columns all lines are blank") in read.notes


@pytest.mark.parametrize(
    "text",
    [
        "first name   x\nAnn Lee      1\nBob          2\nCy           3\n",  # one name of two words, or two columns
        "a  note\nof  many words\nwith  no\nnumbers  in\n",
        "x   \n1   \n2   \n3   \n",
    ],
)
def test_what_may_be_cut_in_several_ways_is_one_column(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.txt").write_text(text)
    assert read_delimited(tmp_path / "t.txt").frame.width == 1


def test_quotes_around_each_line_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('"x,note,t"\n"1,""a, b"",low"\n\n"2,c,high"\n"3,d,low"\n')
    assert read_delimited(path).frame["note"].to_list() == ["a, b", "c", "d"]  # cells are counted, not commas
    path.write_text('"x,note,t"\n"1,""a"" b,low"\n\n"2,c,high"\n"3,d,low"\n')
    read = read_delimited(path)
    assert read.frame.columns == ["x", "note", "t"]
    assert read.frame["t"].to_list() == ["low", "high", "low"]
    assert read.lines.tolist() == [2, 4, 5]
    path.write_text('"text"\n"Hello, world"\n"Bye, all"\n')
    assert read_delimited(path).frame.columns == ["text"]


def test_a_quote_that_is_not_closed_is_a_character_where_all_lines_are_cut_alike(tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    path.write_text('ham\t"Hello" he said\nspam\t"free entry, win\nham\tnot "now"\nspam\t"all of it"\n')
    read = read_delimited(path)
    assert [row[1] for row in read.frame.iter_rows()] == [
        '"Hello" he said',
        '"free entry, win',
        'not "now"',
        "all of it",
    ]
    assert ("quotes", "read as characters", "one in line 2 is not closed; so all lines are cut alike") in read.notes
    path.write_text('a\tb\n1\t"free\n2\tx\ty\n')
    with pytest.raises(DataError, match=r"line 2: the quote that opens the cell .* is not closed"):
        read_delimited(path)


def test_text_that_is_kept_from_a_spreadsheet(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('code,x\n"=""007""",="1.5"\n"=""010""",="2"\n')
    assert read_delimited(tmp_path / "t.csv").frame.rows() == [("007", "1.5"), ("010", "2")]


def test_a_matrix_of_ratings_is_named(tmp_path: Path) -> None:
    films = [f"f{at}" for at in range(9)]
    (tmp_path / "t.csv").write_text(",".join(["user", *films]) + "\n" + "u1,1,2,3,4,5,1,2,3,4\nu2,1,2,3,4,5,1,2,3,4\n")
    with pytest.raises(UsageError, match=r"10 others \(user, f0, .*a row for each rating"):
        open_path(tmp_path / "t.csv", user="user", item="film", target="stars").prepare()


def test_names_that_come_again_in_other_letters_are_no_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,t\n1,a\n2,b\n\nX,T\n3,a\n4,b\n")
    assert read_delimited(tmp_path / "t.csv").frame.rows() == [("1", "a"), ("2", "b"), ("3", "a"), ("4", "b")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t.sav", r"this is an SPSS file, which is not read.*CSV or Parquet.*pandas\.read_spss"),
        ("t.RData", r"this is a file of R.*write\.csv"),
        ("t.ods", r"OpenDocument.*as \.xlsx or CSV"),
        ("t.pkl", r"a pickle \(reading one can run anything\), which is not read"),
    ],
)
def test_files_of_other_programs_are_named_with_what_to_do(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01")
    with pytest.raises(DataError, match=message):
        open_path(tmp_path / name, target="t")


def test_json_and_folders_of_tables_are_named(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for name in ("1.csv", "2.csv"):
        (tmp_path / "d" / name).write_text("x,t\n1,a\n")
    with pytest.raises(UsageError, match=r"a folder with 2 tables, such as 1\.csv"):
        open_path(tmp_path / "d", target="t")
    (tmp_path / "t.csv").write_text('[{"x": 1, "t": "a"}]')
    with pytest.raises(DataError, match="this is JSON, not text with cells"):
        read_delimited(tmp_path / "t.csv")


def test_a_name_that_is_not_there_is_looked_for_below_and_in_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("person,,test\nage,city,score\n" + "".join(f"{at},Ulm,{at}.5\n" for at in range(9)))
    with pytest.raises(UsageError, match="It stands in the first row: remove the line above it"):
        table(path, "score").prepare()
    path.write_bytes(("возраст,класс\n" + "".join(f"{at},да\n" for at in range(9))).encode("cp1251"))
    with pytest.raises(UsageError, match="name its --encoding, such as cp1251"):
        table(path, "класс").prepare()


def test_whole_numbers_that_float64_cannot_tell_apart_are_names() -> None:
    frame = pl.DataFrame({"id": pl.Series([2**63 + at % 3 for at in range(60)], dtype=pl.UInt64), "y": ["a", "b"] * 30})
    source = table(frame, "y")
    source.prepare()
    assert [name for name, kind in source._types.items() if kind.name == "category"] == ["id"]


def test_numbers_next_to_each_other_have_a_profile() -> None:
    for values in ([1e18, 1e18 + 128] * 30, [1.0, 1.0 + 2e-16] * 30, [5.0, 6.0] * 30):
        found = gf.profile(pl.DataFrame({"x": values, "z": list(range(60))}))
        assert sum(found[0].numbers.counts if found[0].numbers else [60]) == 60


def test_names_of_several_levels_are_refused_with_the_fix() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({("a", "x"): [1, 2], ("a", "t"): ["u", "v"]})
    with pytest.raises(DataError, match="names of its columns have several levels"):
        table(frame, "t")
    frame.columns = ["_".join(map(str, names)) for names in frame.columns]
    assert table(frame, "a_t").column_names == ["a_x", "a_t"]


def test_codes_that_look_like_powers_of_ten_are_words() -> None:
    for codes, kind in (
        (["12E4", "1E10", "55E1", "4040"], "category"),
        (["1e5", "2e5", "5e7", "40"], "number"),
        (["1.2E4", "55E1", "3"], "number"),
        (["12E+4", "55E+1", "3"], "number"),
    ):
        frame = pl.DataFrame({"code": codes * 15, "y": (["a", "b"] * 30)[: len(codes) * 15]})
        source = table(frame, "y")
        source.prepare()
        assert source._types["code"].name == kind, codes
