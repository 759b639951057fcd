"""Files whose form shows in their content alone: other separators, JSON in pieces, cut off, of other programs."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from goodfit.data.tables.moments import date_form, moments
from goodfit.data.tables.reading import read_table
from goodfit.errors import DataError

ROWS = [{"u": at % 7 + 1, "v": at / 10, "y": "ab"[at % 2]} for at in range(40)]


def lines(sign: str, head: str = "u{0}v{0}y") -> str:
    return "\n".join([head.format(sign), *(sign.join(map(str, row.values())) for row in ROWS)]) + "\n"


@pytest.mark.parametrize("sign", ["^", "~", "\x01"])
def test_rare_separators_that_cut_all_lines_alike(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(lines(sign))
    assert read_table(path).shape == (40, 3)


def test_tabs_that_fill_cells_of_commas_separate_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(lines("\t,"))
    assert read_table(path).columns == ["u", "v", "y"]


def test_names_behind_a_number_sign_above_spaces(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(lines(" ", "# u{0}v{0}y"))
    assert read_table(path).columns == ["u", "v", "y"]


def test_dates_above_numbers_are_names(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("2024-01-01,2024-02-01,y\n" + "".join(f"{at},{at + 1},{'ab'[at % 2]}\n" for at in range(30)))
    assert read_table(path).columns == ["2024-01-01", "2024-02-01", "y"]
    path.write_text("".join(f"2024-01-{at + 1:02d},{at}\n" for at in range(28)))
    assert read_table(path).height == 28  # dates above dates are a row


@pytest.mark.parametrize("indent", [None, 2])
def test_objects_one_after_the_other(tmp_path: Path, indent: int | None) -> None:
    path = tmp_path / "t.json"
    path.write_text(("" if indent is None else "\n").join(json.dumps(row, indent=indent) for row in ROWS))
    assert read_table(path).rows() == [tuple(row.values()) for row in ROWS]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.json", b'[{"u": 1, "u": 2}]', "'u' twice"),
        ("t.jsonl", b'{"u": 1, "u": 2}\n{"u": 1, "u": 2}\n', "'u' twice"),
        ("t.json", b'[["u", "v"], ["1", "2"]]', "arrays, not objects"),
        ("t.txt", b"+1 1:0.5 3:2\n-1 2:0.25\n+1 1:1 2:0 3:4\n", "LIBSVM"),
        ("t.csv", "u,y\n1,é\n2,é".encode()[:-1], "cut off"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "password"),
    ],
)
def test_what_is_something_else_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_table(tmp_path / name)


def test_a_packed_tar_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("u\n1\n")
    with tarfile.open(tmp_path / "t.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "t.csv", "t.csv")
    with pytest.raises(DataError, match="tar archive"):
        read_table(tmp_path / "t.tar.gz")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("/Date(1710392767000)/", "2024-03-14 05:06:07"),
        ("2024-03-14 24:00", "2024-03-15 00:00:00"),
        ("14.03.2024 24:00", "2024-03-15 00:00:00"),
        ("14/3-2024", "2024-03-14 00:00:00"),
        ("14 III 2024", "2024-03-14 00:00:00"),
        ("14/03/2024 5:06 p. m.", "2024-03-14 17:06:00"),
    ],
)
def test_dates_of_programs_and_lands(cell: str, shown: str) -> None:
    import polars as pl

    column = pl.Series([cell] * 30)
    form = date_form(column)
    assert form is not None
    assert str(moments(column, form)[0])[:19] == shown
