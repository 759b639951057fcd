"""Delimited text that is read block by block has the rows, names and choices of the reader of whole files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from goodfit.data.tables import text_on_disk
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.text_on_disk import open_text
from goodfit.errors import DataError

ROWS = 400


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few lines, so that each file has many."""
    monkeypatch.setattr(text_on_disk, "BLOCK_BYTES", 1_500)
    monkeypatch.setattr(text_on_disk, "BYTES_SAMPLED", 200)


def lines(*, separator: str = ",", header: bool = True, quotes: bool = False) -> list[str]:
    rows = [separator.join(("name", "size", "note"))] if header else []
    for row in range(ROWS):
        note = f'"a ""word"" {separator} and\nline {row}"' if quotes and row % 3 == 0 else f" note {row} "
        rows.append(separator.join((f"n{row}", f"{row / 8}", note if row % 7 else "")))
    return rows


FILES = {
    "plain": "\n".join(lines()).encode(),
    "line end at the end": ("\n".join(lines()) + "\n").encode(),
    "windows": ("\r\n".join(lines()) + "\r\n").encode(),
    "mark": b"\xef\xbb\xbf" + "\n".join(lines()).encode(),
    "semicolons": "\n".join(lines(separator=";")).encode(),
    "sep=": b"sep=|\n" + "\n".join(lines(separator="|")).encode(),
    "no names": "\n".join(lines(header=False)).encode(),
    "quotes": "\n".join(lines(quotes=True)).encode(),
    "umlauts": "\n".join(lines()).replace("note", "Größe").encode(),
    "empty lines": "\n\n".join(lines()).encode(),
    "end of DOS": ("\n".join(lines()) + "\n\x1a").encode(),
    "one column": ("word\n" + "\n".join(f"w{row}" if row % 5 else "" for row in range(ROWS))).encode(),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_what_the_reader_of_whole_files_reads(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(FILES[name])
    whole, blocks = read_delimited(path), open_text(path)
    assert blocks is not None
    assert len(blocks.frame.blocks) > 1
    assert blocks.frame.columns == whole.frame.columns
    assert blocks.frame.height == whole.frame.height
    assert blocks.frame.header == whole.header
    assert blocks.separator == whole.separator
    assert blocks.first == whole.first
    assert blocks.notes == whole.notes
    assert pl.concat(blocks.frame.pieces()).equals(whole.frame)
    last = whole.frame.columns[-1]
    assert blocks.frame.column(last).equals(whole.frame[last])
    rows = np.array([0, 3, 3, 77, ROWS - 1])
    assert blocks.frame.sample(rows).equals(whole.frame[rows])


@pytest.mark.parametrize("name", ["plain", "no names"])
def test_the_first_line_can_be_read_the_other_way(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(FILES[name])
    whole, blocks = read_delimited(path), open_text(path)
    assert blocks is not None
    wanted = ["column_1", "column_2"] if whole.header else list(whole.first)
    assert pl.concat(blocks.read_for(wanted).frame.pieces()).equals(whole.read_for(wanted).frame)
    assert blocks.read_for(whole.frame.columns) is blocks


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("another encoding", "\n".join(lines()).replace("note", "Größe").encode("cp1252")),
        ("UTF-16", "\n".join(lines()).encode("utf-16")),
        ("old Macs", "\r".join(lines()).encode()),
        ("a line with a cell more", ("\n".join(lines()) + "\na,b,c,d").encode()),
        ("an odd quote", "\n".join([*lines(), '19" rack,1,"x', "a,b,c"]).encode()),
        ("a zero byte", ("\n".join(lines()) + "\na,b,\0").encode()),
        ("a short file", b"a,b\n1,2\n3,4\n"),
        ("an empty file", b""),
    ],
)
def test_what_needs_the_whole_file_is_left_to_its_reader(what: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    assert open_text(path) is None


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(FILES["plain"])
    blocks = open_text(path)
    assert blocks is not None
    path.write_bytes(FILES["plain"].replace(b"note 3", b"note 4") + b"\nx,1,y")
    with pytest.raises(DataError, match="has changed while it was read"):
        list(blocks.frame.pieces())
