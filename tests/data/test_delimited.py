"""Delimited text: every record of a file is a row, in order, and what cannot be read is refused by its line."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from goodfit.data.tables.delimited import Delimited, read_delimited
from goodfit.data.tables.records import BYTES_AT_ONCE, scan
from goodfit.errors import DataError, UsageError


def read(folder: Path, content: str | bytes, name: str = "t.csv", **options: bool | str | None) -> Delimited:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_delimited(path, **options)  # type: ignore[arg-type]


def test_a_name_that_begins_as_packed_files_do_is_a_name(tmp_path: Path) -> None:
    file = read(tmp_path, "x^2,y\n1,2\n3,4\n")
    assert file.frame.columns == ["x^2", "y"]
    assert file.frame.rows() == [("1", "2"), ("3", "4")]


def test_a_line_of_blank_cells_is_a_row_and_an_empty_line_is_none(tmp_path: Path) -> None:
    file = read(tmp_path, "x,y\n5,\n,\n\n95,a\n,\n6,\n")
    assert file.frame.rows() == [("5", None), (None, None), ("95", "a"), (None, None), ("6", None)]
    assert file.lines.tolist() == [2, 3, 5, 6, 7]


def test_in_a_table_of_one_column_an_empty_line_is_a_row(tmp_path: Path) -> None:
    assert read(tmp_path, "x\n1\n\n3\n").frame["x"].to_list() == ["1", None, "3"]
    assert read(tmp_path, 'x\n1\n""\n3\n').frame["x"].to_list() == ["1", None, "3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n3\n4,5\n", "line 3 has 1 cell where the first has 2: 3. "),
        ("a,b\n1,2\n\n3,4,5\n", "line 4 has 3 cells where the first has 2: 3,4,5. "),
        ('a,b\n"x\ny",2\n3\n', "line 4 has 1 cell where the first has 2"),
        ("Sales 2024\na,b\n1,2\n3,4\n", "the first line has 1 cell, and most others have 2"),
        ('a,b\n1,"x\n2,y\n3,z\n', 'line 2: the quote that opens the cell "x is not closed'),
        ('a,b\n1,"' + "x" * 5_000 + "\n2,y\n", "xxx... is not closed"),
        ("a,b\n1,2\n3,\0\n", "not a text file: there is a zero byte in line 3"),
        ("a,b,a\n1,2,3\n", "two columns are called 'a'"),
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as refused:
        read(tmp_path, text)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_an_option_reads_short_lines_as_rows_with_gaps_and_loses_no_cell(tmp_path: Path) -> None:
    file = read(tmp_path, "a,b,c\n1\n2,3\n4,5,6,\n", fill_gaps=True)
    assert file.frame.rows() == [("1", None, None), ("2", "3", None), ("4", "5", "6")]
    with pytest.raises(DataError, match="line 3 has 4 cells"):
        read(tmp_path, "a,b,c\n1\n4,5,6,7\n", fill_gaps=True)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('name,n\n19" rack,1\n"a ""b"" c",2\n', [('19" rack', "1"), ('a "b" c', "2")]),
        ('name,n\n"19" rack",1\n"Big" Mike,2\n', [('19" rack', "1"), ('"Big" Mike', "2")]),
        ('name,n\n"a,\nb",1\n"c;\td",2\n', [("a,\nb", "1"), ("c;\td", "2")]),
        ('name, n\n"a, b", 1\nc, "2"\n', [("a, b", "1"), ("c", "2")]),
    ],
)
def test_quotes_hold_separators_and_lines_and_may_stand_inside_of_cells(
    tmp_path: Path, text: str, rows: list[tuple[str, str]]
) -> None:
    assert read(tmp_path, text).frame.rows() == rows


def test_a_line_end_in_the_quotes_of_a_name_is_a_space(tmp_path: Path) -> None:
    assert read(tmp_path, '"body\nmass",n\n1,2\n').frame.columns == ["body mass", "n"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("größe;preis\n1,5;2 €\n".encode(), "UTF-8"),
        ("größe;preis\n1,5;2 €\n".encode("utf-8-sig"), "UTF-8"),
        ("größe;preis\n1,5;2 €\n".encode("utf-16"), "UTF-16"),
        ("größe;preis\n1,5;2 €\n".encode("utf-16-le"), "UTF-16"),
        ("größe;preis\n1,5;2 €\n".encode("utf-16-be"), "UTF-16"),
        ("größe;preis\r\n1,5;2 €\r\n".encode("cp1252"), "Windows-1252"),
        ("größe;preis\r1,5;2 €\r".encode(), "UTF-8"),
        ("\n \nsep=;\ngröße;preis\n1,5;2 €\n".encode(), "UTF-8"),
        ("größe;preis\n1,5;2 €\n\x1a".encode(), "UTF-8"),
    ],
)
def test_every_encoding_and_line_end_is_one_table(tmp_path: Path, content: bytes, encoding: str) -> None:
    file = read(tmp_path, content)
    assert file.frame.columns == ["größe", "preis"]
    assert file.frame.rows() == [("1,5", "2 €")]
    assert (file.encoding, file.separator) == (encoding, ";")


def test_an_encoding_that_is_a_guess_is_noted_and_can_be_given(tmp_path: Path) -> None:
    file = read(tmp_path, "name,n\nЖук,1\n".encode("cp1251"))
    assert file.notes[0][:2] == ("encoding", "Windows-1252")
    assert read(tmp_path, "name,n\nЖук,1\n".encode("cp1251"), encoding="cp1251").frame["name"].to_list() == ["Жук"]
    with pytest.raises(UsageError, match=r"--encoding klingon is not known"):
        read(tmp_path, "a\n1\n", encoding="klingon")
    with pytest.raises(DataError, match="line 2 is not ascii"):
        read(tmp_path, "name,n\nŽ,1\n", encoding="ascii")


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("1,5;2,5;3\n2,5;3,5;4\n", ";"),
        ("a;b\nx, y and z;1\nu;2\n", ";"),
        ("a,b\nx; y,1\nu; v,2\n", ","),
        ("a|b\n1|2\n", "|"),
        ("a\tb c\n1,5\t2\n", "\t"),
    ],
)
def test_the_separator_is_the_one_that_cuts_all_lines_alike(tmp_path: Path, text: str, separator: str) -> None:
    file = read(tmp_path, text)
    assert file.separator == separator
    assert len({len(row) for row in file.frame.rows()}) == 1


def test_a_separator_can_be_given_by_its_name(tmp_path: Path) -> None:
    assert read(tmp_path, "a:b\n1:2\n", separator=":").frame.columns == ["a", "b"]
    assert read(tmp_path, "a b\n1 2\n", separator="space").frame.columns == ["a", "b"]
    assert read(tmp_path, "a::b\n1::2\n", separator="::").frame.columns == ["a", "b"]
    with pytest.raises(UsageError, match="'--' is not one character"):
        read(tmp_path, "a--b\n", separator="--")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (",0,1,target\n0,.1,.5,0\n1,.3,.7,1\n", ["Unnamed: 0", "0", "1", "target"]),
        ("0,1,2\n.1,.5,.6\n.3,.7,.2\n", ["0", "1", "2"]),
        ("land,2019,2020\nPeru,1.5,2\nChad,3.5,4\n", ["land", "2019", "2020"]),
        ("a,b\nx,y\n", ["a", "b"]),
        ("when,1\n2024-01-01,5\n2024-01-02,6\n", ["when", "1"]),
        ("400.5,600.5,kind\n.3,.4,oil\n.1,.2,fat\n", None),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", None),
        ("1\t2\t5\n1\t3\t4\n", None),
        ("img/1.png,cat\nimg/2.png,dog\nimg/3.png,cat\n", None),
        ("cat_1,cat\ndog_1,dog\ncat_2,cat\n", None),
        ("2024-01-01,yes\n2024-01-02,no\n", None),
    ],
)
def test_the_header_is_decided_from_all_lines(tmp_path: Path, text: str, names: list[str] | None) -> None:
    file = read(tmp_path, text)
    wanted = names or [f"column_{at}" for at in range(1, len(file.first) + 1)]
    assert file.frame.columns == wanted
    assert file.frame.height == text.count("\n") - (names is not None)


def test_the_header_can_be_settled_and_changed(tmp_path: Path) -> None:
    text = "0,1,2\n5,7,9\n"
    assert read(tmp_path, text, header=False).frame.rows() == [("0", "1", "2"), ("5", "7", "9")]
    file = read(tmp_path, text, header=True)
    without = file.with_header(False)
    assert without.frame.rows() == [("0", "1", "2"), ("5", "7", "9")]
    assert without.lines.tolist() == [1, 2]
    assert without.with_header(True).frame.equals(file.frame)


def test_the_first_line_is_read_as_the_columns_need_it(tmp_path: Path) -> None:
    words = read(tmp_path, "a,b\nx,y\n")
    assert words.read_for(["column_2"]).frame.rows() == [("a", "b"), ("x", "y")]
    assert words.read_for(["b"]) is words
    assert words.read_for(["c"]) is words
    numbers = read(tmp_path, "5,5\n6,7\n")
    assert not numbers.header
    assert numbers.read_for(["7"]) is numbers  # and no word of two columns called 5
    assert read(tmp_path, "5,7\n6,7\n").read_for(["7", "5"]).frame.rows() == [("6", "7")]
    assert read(tmp_path, "5,7\n").read_for(["7", "5"]).frame.height == 1


def test_packed_files_are_read(tmp_path: Path) -> None:
    text = b"a,b\n1,2\n"
    assert read(tmp_path, gzip.compress(text), "t.csv.gz").frame.rows() == [("1", "2")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deep/t.csv", text)
        archive.writestr("__MACOSX/t.csv", b"\0")
    assert read(tmp_path, packed.getvalue(), "t.zip").frame.rows() == [("1", "2")]
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("other.csv", text)
    with pytest.raises(DataError, match=r"2 files are in it \(deep/t.csv, other.csv\)"):
        read(tmp_path, packed.getvalue(), "t.zip")
    for name, message in (("t.csv.gz", "says that it is packed"), ("t.zip", "cannot be unpacked")):
        with pytest.raises(DataError, match=message):
            read(tmp_path, b"nothing of the kind", name)


def test_long_lines_and_names_are_read(tmp_path: Path) -> None:
    names = [f"a name of a column, number {at}" for at in range(20_000)]  # over 500 kB
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [names, ["1"] * len(names), ["x" * 300_000, *["2"] * (len(names) - 1)]]
    )
    file = read(tmp_path, out.getvalue())
    assert file.frame.columns == names
    assert file.frame.height == 2
    assert len(file.frame[0, 0]) == 1
    assert len(file.frame[1, 0]) == 300_000


def test_a_file_of_several_pieces_is_counted_as_a_whole(tmp_path: Path) -> None:
    line = b'%d,"some ""words"",\nand more"\n'
    rows = 2 * BYTES_AT_ONCE // len(line % 1_000_000)
    data = b"n,text\n" + b"".join(line % row for row in range(1_000_000, 1_000_000 + rows))
    assert len(data) > BYTES_AT_ONCE
    file = read(tmp_path, data)
    assert file.frame.height == rows
    assert file.frame["n"].cast(int).to_list() == list(range(1_000_000, 1_000_000 + rows))
    assert file.lines.tolist() == list(range(2, 2 + 2 * rows, 2))


def test_the_count_of_records_is_exact() -> None:
    layout = scan(b'a,b\n"1,\n2",3\n\n4,5', ",")
    assert layout is not None
    assert layout.lines.tolist() == [1, 2, 4, 5]
    assert layout.cells.tolist() == [2, 2, 0, 2]
    assert scan(b'a,b\n1,19" rack\n', ",") is None


CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff"
)  # but for the mark that begins a file: behind a line end it is that of a file that was joined
CELL = st.text(CHARACTERS, max_size=6) | st.text('",;\n \t|ab0.', max_size=5)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1)),
    separator=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@example([["", ""]], ",", "\n", csv.QUOTE_MINIMAL)
@example([['"', "\n"]], ",", "\r\n", csv.QUOTE_MINIMAL)
@example([*[[""] * 2] * 7, ["0", ""], ["", "\n"], [";", ""]], ",", "\n", csv.QUOTE_MINIMAL)
def test_what_python_writes_is_read_back_cell_by_cell(
    tmp_path: Path, rows: list[list[str]], separator: str, line_end: str, quoting: int
) -> None:
    names = [f"n{at}" for at in range(len(rows[0]))]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([names, *rows])
    file = read(tmp_path, out.getvalue(), header=True, separator=separator)
    stripped = [tuple(cell.strip() or None for cell in row) for row in rows]
    assert file.frame.columns == names
    assert file.frame.rows() == stripped


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60) | st.text('a1,;"\n\r .', max_size=40)
)
def test_any_text_is_read_or_refused_in_one_line(tmp_path: Path, text: str) -> None:
    try:
        file = read(tmp_path, text)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017  # either is right
    else:
        assert file.frame.width == len(file.first)
        assert len(file.lines) == file.frame.height
