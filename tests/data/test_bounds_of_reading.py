"""What is read has bounds: long lines, many columns, quotes that nothing closes, files that unpack to gigabytes."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from goodfit.data import open_data
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.records import records, scan
from goodfit.errors import DataError

LONGEST_MESSAGE = 500


def refusal(path: Path) -> str:
    """The one line by which a table is refused."""
    with pytest.raises(DataError) as error:
        read_delimited(path)
    text = str(error.value)
    assert "\n" not in text
    assert len(text) < LONGEST_MESSAGE + len(str(path))
    return text


def test_a_line_of_many_megabytes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n1,2\n3," + b"x" * 20_000_000 + b"\n")
    assert "line 3 is longer than 8 MB" in refusal(path)
    path.write_bytes(b"x" * 20_000_000)
    assert "line 1 is longer than 8 MB" in refusal(path)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_many_short_lines_of_any_end_are_read(end: bytes, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_bytes(b"a,b" + end + (b"1,2" + end) * 2_500_000)  # more than a line may have
    assert read_delimited(path).frame.height == 2_500_000


def test_a_header_of_9000_columns_is_read_to_its_end(tmp_path: Path) -> None:
    names = [f"a_rather_long_name_{at}" for at in range(9_000)]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([",".join(names), *(",".join(map(str, range(row, 9_000 + row))) for row in range(3))]))
    read = read_delimited(path)
    assert read.frame.columns == names
    assert read.frame.row(2)[:2] == ("2", "3")
    assert read.frame.row(2)[-1] == "9001"


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wider.csv"
    path.write_text("1," * 1_000_000 + "1\n" + "1," * 1_000_000 + "1\n")
    assert "line 1 has 1,000,001 cells; a table may have 100,000 columns" in refusal(path)


def test_a_quote_that_nothing_closes_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    lines = [f"{row},text {row}" for row in range(1_000_000)]
    lines[700] = '700,"open'
    path.write_text("a,b\n" + "\n".join(lines))
    began = time.process_time()
    text = refusal(path)
    assert 'line 702: the quote that opens the cell "open is not closed' in text
    assert time.process_time() - began < 20  # it was 100 s and more: each line counted all quotes again


def test_the_fast_count_agrees_with_the_records_where_a_quote_spans_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfit.data.tables.records.BYTES_AT_ONCE", 16)
    text = "a,b\n" + "".join(f'{row},"x\ny\n{row}"\n{row},z\n' for row in range(200))
    layout = scan(text.encode(), ",")
    assert layout is not None
    expected = list(records(text, ","))
    assert layout.lines.tolist() == [line for line, _ in expected]
    assert layout.cells.tolist() == [len(cells) for _, cells in expected]


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zip"])
def test_what_unpacks_to_gigabytes_is_refused_before_it_does(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"bomb{ending}"
    table = b"a,b\n" + b"0,0\n" * 80_000_000
    if ending == ".csv.gz":
        path.write_bytes(gzip.compress(table, 1))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("bomb.csv", table)
    assert "unpacks to more than 100 times its size (256 MB)" in refusal(path)


def test_a_well_packed_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "zeros.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"0,0\n" * 1_000_000, 9))
    assert read_delimited(path).frame.height == 1_000_000


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
@pytest.mark.parametrize("place", ["pipe", "/dev/zero", "/dev/null"])
def test_pipes_and_devices_are_never_read(place: str, tmp_path: Path) -> None:
    path = tmp_path / place  # an absolute place stays as it is
    if place == "pipe":
        os.mkfifo(path)
    for kind in ("table", None):
        with pytest.raises(DataError, match=r"this is a (named pipe|device), not a file"):
            open_data(path, target="x", kind=kind)
    assert "not a file" in refusal(path)
    table = tmp_path / "labels.csv"
    table.write_text("a,x\n1,2\n")
    with pytest.raises(DataError, match="not a file"):
        open_data(table, target="x", test=path)


def test_a_folder_where_a_table_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    assert "this is a folder, not a file" in refusal(tmp_path / "table.csv")


def test_arrays_that_unpack_to_more_than_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "x.npz", x=np.zeros((1_000, 1_000), np.float32), y=np.zeros(1_000))
    monkeypatch.setattr("goodfit.data.array_files.free_memory", lambda: 2_000_000)
    with pytest.raises(DataError, match=r"its arrays have 0\.0 GB, and 0\.0 GB of memory are free"):
        open_data(tmp_path / "x.npz")


def test_an_array_that_claims_more_than_there_is_is_one_line(tmp_path: Path) -> None:
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 100), }".ljust(117) + "\n"
    (tmp_path / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"12")
    with pytest.raises(DataError, match="not a NumPy file that can be read safely"):
        open_data(tmp_path / "x.npy")


MEMORY = """
import re, sys
from pathlib import Path
from goodfit.data.tables.delimited import read_delimited
from goodfit.errors import DataError
try:
    read_delimited(Path(sys.argv[1]))
except DataError as error:
    print(len(str(error)))
print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])  # getrusage counts the parent's too
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in other units")
@pytest.mark.parametrize("beginning", [b"a,b\n1,", b'a,b\n1,"', b"", b'"'])
def test_200_megabytes_in_one_line_take_less_than_a_gigabyte(beginning: bytes, tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_bytes(beginning + b"x" * 200_000_000 + b"\n2,3\n")
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path / "long.csv")], capture_output=True, text=True, check=True
    )
    letters, kilobytes = map(int, done.stdout.split())
    assert letters < LONGEST_MESSAGE
    assert kilobytes < 1_000_000


@pytest.mark.parametrize("limit", ["RLIMIT_DATA", "RLIMIT_AS"])
def test_free_memory_knows_the_limits_of_the_process(limit: str) -> None:
    pytest.importorskip("resource")
    program = (
        "import resource\nfrom goodfit.data.tables.frames import free_memory\n"
        f"at_most = 3 * 2**30\nresource.setrlimit(resource.{limit}, (at_most, at_most))\nprint(free_memory(), at_most)"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    free, at_most = map(float, printed.split())
    assert 0 < free < at_most  # something is used already
