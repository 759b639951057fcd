"""What a command may write over: nothing but files that goodfit made, and never its own input.

How a file that goodfit made is known: by what goodfit writes into such files and nobody else does. A CSV by its first
line, a Parquet file by its columns, a PNG by its Software entry (an editor that saves it anew drops that), a page by
its generator, a report of `check` by its fields. A file that holds nothing may be written over as well.
"""

from __future__ import annotations

import csv
import json
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from goodfit.errors import UsageError
from goodfit.lazy_pattern import lazy_pattern
from goodfit.store.files import refuse_nul

MAKER = "goodfit"
PNG_MARK = b"tEXtSoftware\0goodfit"
PAGE_MARK = lazy_pattern(rb'<meta name="generator" content="goodfit">|<title>[^<]*: goodfit: ')
WRONG_LABELS = ("key", "label", "suggested", "p_label", "p_suggested")
DRAWING_MARK = b"<!-- goodfit -->"
BEGINNING = 65_536  # bytes of a file in which its mark stands
REPORT_BYTES_AT_MOST = 100_000_000  # of a report of check, which is read as a whole
GITHUB_LINE = lazy_pattern(r"::(error|warning|notice) .*title=[\w-]+ \(GF\d+\)::")
BASELINE_FIELDS = 3  # of each entry: rule, file, line of code
NAMES_TRIED = 10_000
OTHER_FORMATS = (  # programs go by these endings: under one of them they could not open a table of text
    ".parquet", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".tsv", ".feather", ".arrow", ".html", ".pdf",
    ".npz", ".npy", ".pkl", ".h5", ".gz", ".zip",
)  # fmt: skip

Made = Callable[[Path], bool]


def refuse_to_replace(path: Path, made: Made, inputs: Iterable[Path] = ()) -> None:
    """Raise where writing `path` would lose something of the user's.

    Args:
        made: whether the file there is one that this command wrote.
        inputs: files and folders that the command reads.

    Raises:
        UsageError: something else of that name is there, or it is an input; a free name is suggested. Or the name
            ends as files of a format do that is not written.
    """
    refuse_nul(path)
    _refuse_other_formats(path, made)
    fix = f"Choose another name, such as {free_name(path)}"
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise UsageError("this name cannot be written", where=path, fix="Choose another name") from error
    if stat.S_ISLNK(mode):
        if not path.exists():
            raise UsageError("this is a link that leads nowhere, and is not written over", where=path, fix=fix)
        mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise UsageError("this is a folder, and a file is to be written", where=path, fix=fix)
    if not stat.S_ISREG(mode):
        raise UsageError("this is a device, not a file", where=path, fix="Leave -o out to write to stdout")
    if any(each.exists() and path.samefile(each) for each in inputs):
        raise UsageError("this is an input of the same command, and is not written over", where=path, fix=fix)
    if not _is_blank(path) and not made(path):
        raise UsageError(
            "there is a file of this name that goodfit did not make; it is not written over", where=path, fix=fix
        )


def _refuse_other_formats(path: Path, made: Made) -> None:
    tables: dict[Made, tuple[str, ...]] = {
        is_predictions: (".csv", ".parquet"),
        is_recommendations: (".csv",),
        is_wrong_labels: (".csv",),
    }
    written = tables.get(made)
    if written is not None and path.suffix.lower() in {*OTHER_FORMATS} - {*written}:
        stem = path.name.split(".")[0] or "out"
        raise UsageError(f"this is written as {' or '.join(written)}", where=path, fix=f"Name it {stem}{written[0]}")


def refuse_foreign_folder(folder: Path, made: Made, chosen: Path) -> None:
    """Raise where a folder that a command writes into holds anything that it did not make.

    Args:
        folder: derived from the name that the user chose.
        chosen: that name.

    Raises:
        UsageError: the first file that is something else is named, and a free name suggested.
    """
    free = next(name for name in _names(chosen) if not (name.exists() or (folder.parent / name.stem).exists()))
    fix = f"Choose another name, such as {free}"
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError("the predicted images would go into a folder of this name", where=folder, fix=fix)
    for path in _files(folder):
        if path.is_symlink() or not made(path):
            raise UsageError(
                f"the predicted images would go into the folder {folder.name}/, which holds files that goodfit did not "
                "make",
                where=path,
                fix=fix,
            )


def free_name(path: Path) -> Path:
    """`path` with the first number at its end that is free: masks-2.csv."""
    return next(name for name in _names(path) if not name.exists())


def _names(path: Path) -> Iterator[Path]:
    return (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, NAMES_TRIED))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())


def is_predictions(path: Path) -> bool:
    """A table of predictions: its columns begin with key and end with error."""
    columns = _columns(path)
    return len(columns) > 1 and (columns[0], columns[-1]) == ("key", "error")


def is_embeddings(path: Path) -> bool:
    """A table of embeddings."""
    return list(_columns(path)) == ["key", "vector", "error"]


def is_recommendations(path: Path) -> bool:
    """A table of recommendations, or of recommendations with a column after them."""
    return list(_columns(path)[:4]) == ["user", "place", "item", "prediction"]


def is_png(path: Path) -> bool:
    """A mask or restored image that goodfit wrote."""
    return PNG_MARK in _beginning(path)


def is_page(path: Path) -> bool:
    """A report of a run."""
    return PAGE_MARK.search(_beginning(path)) is not None


def is_wrong_labels(path: Path) -> bool:
    """A table of rows whose labels are probably wrong."""
    return tuple(_columns(path)) == WRONG_LABELS


def is_card(path: Path) -> bool:
    """The model card of a run."""
    return _beginning(path).startswith(b"# Model card: ")


def is_drawing(path: Path) -> bool:
    """An SVG that goodfit wrote."""
    return _beginning(path).startswith(DRAWING_MARK)


def is_baseline(path: Path) -> bool:
    """Findings that `check --write-baseline` accepted."""
    values = _json(path)
    if not isinstance(values, dict) or list(values) != ["accepted"] or not isinstance(values["accepted"], list):
        return False
    return all(isinstance(entry, list) and len(entry) == BASELINE_FIELDS for entry in values["accepted"])


def is_findings(path: Path) -> bool:
    """A report of `check`, in any of its formats."""
    values = _json(path)
    if isinstance(values, dict):
        if [name for name in values if name != "watched"] == ["program", "steps", "findings"]:
            return True
        try:
            return bool(values["runs"][0]["tool"]["driver"]["name"] == MAKER)
        except (LookupError, TypeError):
            return False
    lines = _text(path).splitlines()
    if lines and all(GITHUB_LINE.match(line) for line in lines):
        return True
    return any(re.match(r"goodfit: (no findings|\d+ (error|warning|notice))", line) for line in lines)


def _is_blank(path: Path) -> bool:
    """Whether nothing stands in it, as in a file that was made by touch or mktemp."""
    return path.stat().st_size < BEGINNING and not _beginning(path).strip()


def _columns(path: Path) -> Sequence[str]:
    beginning = _beginning(path)
    if beginning.startswith(b"PAR1"):
        import polars

        try:
            return list(polars.read_parquet_schema(path))
        except (polars.exceptions.PolarsError, OSError):
            return ()
    try:
        return next(csv.reader(beginning.decode("utf-8", errors="replace").splitlines(keepends=True)), ())
    except csv.Error:
        return ()


def _json(path: Path) -> object:
    try:
        values: object = json.loads(_text(path))
    except (ValueError, RecursionError):
        return None
    return values


def _text(path: Path) -> str:
    try:
        small = path.stat().st_size <= REPORT_BYTES_AT_MOST
        return path.read_text(encoding="utf-8", errors="replace") if small else ""
    except OSError:
        return ""


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BEGINNING)
    except OSError:
        return b""
