"""From the bytes of a text file to UTF-8: what is packed is unpacked, the encoding and the line ends are recognised."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn

from goodfit.data.other_files import of_another_program
from goodfit.data.tables.encodings import RUN, candidates, is_latin
from goodfit.data.tables.latin_encodings import SHOWN as SHOWN_OF_LATIN
from goodfit.data.tables.latin_encodings import other_latin
from goodfit.data.tables.not_cells import of_no_cells
from goodfit.errors import DataError, UsageError
from goodfit.store.special_files import special_kind

PACKED_ENDINGS = (".gz", ".zip")
ENDINGS_IN_ARCHIVES = (
    ".csv", ".tsv", ".txt", ".tab", ".data", ".dat", ".jsonl", ".ndjson", ".json", ".parquet", ".feather", ".arrow",
)  # fmt: skip
BYTES_EXAMINED = 64 * 1024  # for zero bytes, by which UTF-16 without a mark is recognised
ZERO_SHARE_OF_UTF16 = 0.3  # of the bytes at odd (or even) places: Latin letters have a zero byte beside each
TAR_MARK_AT = 257  # bytes into an archive
LINE_BYTES_AT_MOST = 8_000_000  # from twice that on, no line is missed
UNPACKED_BYTES_ALWAYS, UNPACKED_TIMES_AT_MOST = 256_000_000, 100
BOTH_ENCODINGS, LINES_OF_UTF8 = "UTF-8 and Windows-1252", 2  # of a file put together of two
BYTES_OF_MARKS = 512  # that say what a file is
LONGEST_EXCERPT = 40  # characters of a file's content in a message
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WEB_PAGE, LFS_POINTER = "a web page", "a pointer of Git LFS (`git lfs pull` fetches the file itself)"
OTHER_KINDS = (  # first bytes, in lower case
    (b"pk\x03\x04", "an Excel file or another zip archive"), (b"\xd0\xcf\x11\xe0", "an old Excel file"),
    (b"par1", "a Parquet file"), (b"\x1f\x8b", "a gzip file"), (b"arrow1", "an Arrow file"), (b"%pdf", "a PDF"),
    (b"\x89png", "an image"), (b"\xff\xd8\xff", "an image"), (b"sqlite format 3", "a database"),
    (b"\x89hdf", "an HDF5 file"), (b"<!doctype html", WEB_PAGE), (b"<html", WEB_PAGE),
    (b"<table", WEB_PAGE), (b"<?xml", "XML"), (b"@relation", "a Weka file"),
    (b"\x93numpy", "a file of NumPy"), (b"\xff\xff\xff\xff", "a stream of Arrow"),
    (b"bplist", "a property list of a Mac, or what iCloud keeps of a file that is not on this machine"),
    (b"{\\rtf", "a document of a word processor (RTF)"),
    (b"version https://git-lfs", LFS_POINTER),
)  # fmt: skip
SHOWN = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"} | SHOWN_OF_LATIN


def unpacked_name(path: Path) -> Path:
    """The name without what only says how it is packed: people.csv.gz -> people.csv; archive.zip: the table in it."""
    inner = path.with_suffix("") if path.suffix.lower() in PACKED_ENDINGS else path
    if path.suffix.lower() == ".zip" and inner.suffix.lower() not in ENDINGS_IN_ARCHIVES:
        with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
            names = [Path(info.filename).name for info in _files_in(archive)]
            tables = [name for name in names if Path(name).suffix.lower() in ENDINGS_IN_ARCHIVES]
            return path.with_name(tables[0]) if tables else inner
    return inner


def read_bytes(path: Path) -> bytes:
    """The content of a file; of .gz, and of .zip with one file in it, what is packed in it.

    Raises:
        DataError: it cannot be read or unpacked, or a .zip holds several files.
    """
    try:
        facts = path.stat()
        kind = special_kind(facts.st_mode)
        if kind is not None:
            raise DataError(f"this is {kind}, not a file", where=path, fix="Write its content to a file, and give that")
        if path.suffix.lower() == ".gz":
            _refuse_unpacked(path)
            with gzip.open(path) as file:
                return _unpacked(file, facts.st_size, path)
        if path.suffix.lower() == ".zip":
            return _only_file(path)
        return path.read_bytes()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, PermissionError):
            raise DataError("no permission to read it", where=path, fix="Change its permissions") from error
        if isinstance(error, IsADirectoryError):
            raise DataError("this is a folder, not a file", where=path, fix="Give one of the files in it") from error
        raise DataError(
            "it cannot be unpacked: the file is damaged, encrypted or incomplete"
            if path.suffix.lower() in PACKED_ENDINGS
            else "it cannot be read",
            where=path,
            fix="Copy it again, or unpack it yourself",
        ) from error


def _refuse_unpacked(path: Path) -> None:
    with path.open("rb") as file:
        beginning = file.read(2)
    if beginning and beginning != b"\x1f\x8b":
        raise DataError(
            "its name says that it is packed, and its content is not",
            where=path,
            fix="Give it the name of what is in it, without .gz",
        )


def _only_file(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        files = _files_in(archive)
        if len(files) != 1:
            names = ", ".join(excerpt(info.filename) for info in files[:3]) + (", ..." if len(files) > 3 else "")
            raise DataError(
                f"{len(files)} files are in it{f' ({names})' if files else ''}; a table is one file",
                where=path,
                fix="Unpack it and give one of the files",
            )
        with archive.open(files[0]) as file:
            return _unpacked(file, files[0].compress_size, path)


def _files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Without what a Mac or a file manager adds: __MACOSX/._people.csv, .DS_Store."""
    return [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and not Path(info.filename).name.startswith(".")
        and Path(info.filename).name.lower() not in ("thumbs.db", "desktop.ini")
    ]


def _unpacked(file: IO[bytes] | gzip.GzipFile, packed: int, path: Path) -> bytes:
    """All of it, where it is a table: a few megabytes that unpack to gigabytes are none."""
    limit = max(UNPACKED_BYTES_ALWAYS, UNPACKED_TIMES_AT_MOST * packed)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise DataError(
            f"it unpacks to more than {UNPACKED_TIMES_AT_MOST} times its size ({limit / 1e6:,.0f} MB)",
            where=path,
            fix="Unpack it yourself, where it is meant to",
        )
    return data


def kind_of(data: bytes) -> str | None:
    """What a file is by its first bytes, where they say it."""
    head = data[:BYTES_OF_MARKS].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return next((kind for mark, kind in OTHER_KINDS if head.startswith(mark)), None)


def kind_of_file(path: Path) -> str | None:
    """The same of a file; None where there is none that can be read."""
    try:
        with path.open("rb") as file:
            return kind_of(file.read(BYTES_OF_MARKS))
    except OSError:
        return None


def _refuse_other_kinds(data: bytes, path: Path, *, web_pages: bool) -> None:
    """What a file is that its name calls text, where its first bytes say so."""
    if data[TAR_MARK_AT : TAR_MARK_AT + 5] == b"ustar":
        raise DataError("this is a tar archive, not text with cells", where=path, fix="Unpack it: tar xf")
    if not web_pages and (other := of_no_cells(data)) is not None:
        raise DataError(other[0], where=path, fix=other[1])
    kind = kind_of(data)
    if kind is not None and not (web_pages and kind == WEB_PAGE):
        raise of_another_program(path) or DataError(
            f"this is {kind}, not text with cells",
            where=path,
            fix="Give the file the ending of its kind, or save it as CSV",
        )


def _refuse_long_lines(data: bytes, path: Path) -> None:
    """No table or list has such lines, and memory for many times their size would be needed to read them."""
    for start in range(0, len(data) - LINE_BYTES_AT_MOST, LINE_BYTES_AT_MOST):
        end = start + LINE_BYTES_AT_MOST
        if data.find(b"\n", start, end) < 0 and data.find(b"\r", start, end) < 0:
            line = data.count(b"\n", 0, start) + 1
            beginning = data[start : start + 200].decode(errors="replace")
            raise DataError(
                f"line {line} is longer than {LINE_BYTES_AT_MOST // 10**6} MB: {excerpt(beginning)}",
                where=path,
                fix="Check that this is a table with one row a line",
            )


def to_utf8(
    data: bytes, path: Path, encoding: str | None = None, *, web_pages: bool = False
) -> tuple[bytes, str, bool]:
    r"""The text as UTF-8 without a mark, with \n at the end of each line.

    Args:
        encoding: as the user says; recognised when None: by a mark, else UTF-8, else by its letters.
        web_pages: whether a web page is text as well.

    Returns:
        The bytes, the encoding in the words that people use, and whether that is a guess.

    Raises:
        DataError: not text of this encoding, or no text at all.
        UsageError: an encoding that does not exist.
    """
    _refuse_other_kinds(data, path, web_pages=web_pages)
    _refuse_long_lines(data, path)
    utf8, name, guess = decoded(data, path, encoding)
    if b"\r" in utf8:  # of Windows, or of old Macs, which ended their lines with \r alone
        utf8 = utf8.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    while utf8.startswith(codecs.BOM_UTF8):  # twice: a file with a mark that was read as one without, and written
        utf8 = utf8.removeprefix(codecs.BOM_UTF8)
    utf8 = utf8.removeprefix("ï»¿".encode())  # the same mark, read as Windows-1252 and saved again
    if b"\n\xef\xbb\xbf" in utf8:  # files with a mark, one behind the other
        utf8 = utf8.replace(b"\n\xef\xbb\xbf", b"\n")
    utf8 = utf8.removesuffix(b"\x1a")  # by which DOS ended its files
    zero = utf8.find(b"\0")
    if zero >= 0:
        line = utf8.count(b"\n", 0, zero) + 1
        raise DataError(
            f"not a text file: there is a zero byte in line {line}",
            where=path,
            fix="Give CSV, TSV, Parquet or another kind of table, or name its --encoding",
        )
    return utf8, name, guess


def decoded(data: bytes, path: Path, encoding: str | None) -> tuple[bytes, str, bool]:
    """The text as UTF-8, its line ends as they are; see `to_utf8`."""
    if encoding is not None:
        try:
            known = codecs.lookup(encoding).name
            text = data.decode(encoding)
        except (LookupError, ValueError) as error:
            if isinstance(error, UnicodeDecodeError):
                line = data.count(b"\n", 0, error.start) + 1
                raise DataError(
                    f"line {line} is not {encoding}", where=path, fix="Leave --encoding out, or name another one"
                ) from error
            raise UsageError(
                f"--encoding {excerpt(encoding)} is not known", fix="Such as utf-8, cp1252, utf-16 or shift_jis"
            ) from error
        return text.removeprefix("\ufeff").encode(), SHOWN.get(known, encoding), False
    for mark, name in MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :], name, path), SHOWN.get(name, name), False
    first = data[:BYTES_EXAMINED]
    for name, high, low in (("utf-16-le", first[1::2], first[::2]), ("utf-16-be", first[::2], first[1::2])):
        wide = high.count(0) > ZERO_SHARE_OF_UTF16 * len(high) and low.count(0) == 0
        if wide and len(data) % 2 == 0:
            return _text(data, name, path), "UTF-16", True
    try:
        data.decode("utf-8")
        return data, "UTF-8", False
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not data[: error.start].isascii():
            raise DataError(
                "the file ends in the middle of a character: it is cut off", where=path, fix="Copy it again, as a whole"
            ) from error
    if (mixed := _by_line(data)) is not None:
        return mixed, BOTH_ENCODINGS, True
    others = other_latin(data)
    if not is_latin(data) and len(others) != 1:
        _refuse_encoding(data, path, next(RUN.finditer(data)).start(), candidates(data))
    if len(others) > 1:
        _refuse_encoding(data, path, next(RUN.finditer(data)).start(), others)
    name = others[0][0] if others else "cp1252"
    try:
        return data.decode(name).encode(), SHOWN[name], True
    except UnicodeDecodeError as error:
        _refuse_encoding(data, path, error.start, candidates(data))


def _by_line(data: bytes) -> bytes | None:
    """Each line in its own encoding, where some are UTF-8 and all others Windows-1252: files put together.

    None where fewer lines than two are UTF-8 beyond ASCII, or the others are not clearly of Latin letters.
    """
    utf8, others = 0, []
    lines = data.split(b"\n")
    for at, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8 += 1
        except UnicodeDecodeError:
            others.append(at)
    rest = b"\n".join(lines[at] for at in others)
    if utf8 < LINES_OF_UTF8 or not is_latin(rest) or other_latin(rest):
        return None
    try:
        for at in others:
            lines[at] = lines[at].decode("cp1252").encode()
    except UnicodeDecodeError:
        return None
    return b"\n".join(lines)


def _refuse_encoding(data: bytes, path: Path, at: int, known: list[tuple[str, str]]) -> NoReturn:
    """Raise with the encodings that it may be in, and how it reads in each."""
    shown = " or ".join(f"{encoding} ({excerpt(text)})" for encoding, text in known)
    line = data.count(b"\n", 0, at) + 1
    raise DataError(
        f"line {line} is neither UTF-8 nor Windows-1252" + (f"; it may be {shown}" if known else ""),
        where=path,
        fix="Name its --encoding, or save the file as UTF-8",
    )


def _text(data: bytes, encoding: str, path: Path) -> bytes:
    try:
        return data.decode(encoding).encode()
    except UnicodeError as error:
        raise DataError(
            f"it begins with the mark of {SHOWN.get(encoding, encoding)}, and what follows is something else",
            where=path,
            fix="Copy it again, or name its --encoding",
        ) from error


def excerpt(text: str) -> str:
    """The beginning of some content, for a message of one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else f"{line[:LONGEST_EXCERPT]}..."
