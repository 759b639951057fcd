"""New data for a fitted model: opened as the run's own was, and refused in one line where it is of another kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

from goodfit.data import local_option, open_as
from goodfit.data.images.paired_source import PairedSource
from goodfit.data.other_files import begins_as_text
from goodfit.data.remote import local_copy
from goodfit.data.source import Claim, DenseSource, Source, Strength
from goodfit.data.sources import all_sources, source_names, source_of
from goodfit.data.tables.excel import has_sheet, sheet_with
from goodfit.data.tables.known_encoders import encoder_of
from goodfit.data.tables.reading import EXCEL_ENDINGS, TEXT_ENDINGS
from goodfit.data.tables.table_source import TableSource
from goodfit.errors import DataError
from goodfit.formatting import counted, type_named
from goodfit.store.absent import absent
from goodfit.store.run_folder import CHECKPOINT, RECORD, SAVED

NO_CLAIM = 0
LETTERS_OF_A_LINE = 10_000  # the first, where it may name columns
RUNS_AT_HAND = 16
KINDS_IN_WORDS = {"images": "images", "table": "a table", "texts": "texts"}  # of others the name of the kind


def open_new(schema: Mapping[str, Any], data: Any, *, cache: Path | None = None, **options: Any) -> Source:
    """Open new data of the kind that a run was fitted on; it is not prepared yet.

    Raises:
        DataError: nothing there, a run folder, or data of another kind.
    """
    kind = schema["kind"]
    data = local_copy(data, cache)
    if (texts := _files_of_text(schema, data)) is not None:
        return texts
    options = {name: local_option(value, cache) for name, value in options.items()}
    sheet = None
    if isinstance(data, (str, PathLike)):
        if options.get("sheet") is None and (sheet := _known_sheet(schema, Path(data))) is not None:
            options["sheet"] = sheet
        columns = encoder_of(schema["encoder"]).sources if "encoder" in schema else ()
        refuse_other_kind(kind, Path(data), options, columns)
    elif not isinstance(data, Source):
        _refuse_other_object(kind, data)
    source = data if isinstance(data, Source) else open_as(_reader(kind, data, options), data, **options)
    if sheet is not None:
        source.notes.append(("sheet", f"'{sheet}'", "the run's, or the only one that has its columns"))
    if source.kind != kind and not _read_for_each_other(type(source), source_of(kind)):
        raise DataError(f"this is {source.kind}; the run was fitted on {kind}", fix="Give data of that kind")
    return source


def _files_of_text(schema: Mapping[str, Any], data: Any) -> Source | None:
    """A folder of texts, or one, as rows of a run that was fitted on a column of text alone; None of all else."""
    if schema["kind"] != "table" or not isinstance(data, (str, PathLike)):
        return None
    from goodfit.data.sources.texts import Texts  # late: sources are loaded where they are used

    column, kind = encoder_of(schema["encoder"]).only_text, source_of("texts")
    one = column is not None and _is_one_text(Path(data), column)
    if column is None or not (one or (Path(data).is_dir() and kind.claims(Path(data), {}) is not None)):
        return None
    texts = open_as("texts", data)
    assert isinstance(texts, Texts)
    target = (schema.get("settings") or {}).get("target") or [""]
    names = {"text": column, "class": target[0]}
    frame = texts.table()
    source = open_as("table", frame.rename({name: names[name] for name in frame.columns if names[name]}))
    source.keys, source.unreadable = texts.keys, texts.unreadable
    how = f"the file is one text; a file with '{column}' in its first line has a text in each line below"
    why = how if one else "each file of the folder is a row of the run's column"
    source.notes += [*texts.notes, ("texts", f"as '{column}'", why)]
    return source


def _is_one_text(path: Path, column: str) -> bool:
    """Whether this is a file of text in a single line, which does not name this column; of no ending of tables, any.

    Raises:
        DataError: several lines, each of which may be a text.
    """
    from goodfit.data.sources.texts import ENDINGS

    if path.suffix.lower() not in ENDINGS or not begins_as_text(path):
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline(LETTERS_OF_A_LINE)
        more = sum(bool(line.strip()) for line in file)
    if path.suffix.lower() not in TEXT_ENDINGS:
        return True
    names = re.split(r"[,;|\t]", first)
    if column.casefold() in [name.strip(' "\n').casefold() for name in names] or re.search(r"[;|\t]", first):
        return False
    if more:
        raise DataError(
            f"the column '{column}' is missing, and whether each of {more + 1:,} lines is a text or all are one is not "
            "known",
            where=path,
            fix=f"Write {column} into a line above them, or put the file into a folder, where each file is a text",
        )
    return True


def _known_sheet(schema: Mapping[str, Any], path: Path) -> str | None:
    """Of a workbook the sheet that the run was fitted on, or the only one that has the run's columns; else None."""
    if path.suffix.lower() not in EXCEL_ENDINGS or not path.is_file():
        return None
    settings = schema.get("settings") or {}
    sheet = settings.get("sheet")
    if sheet is not None and has_sheet(path, sheet):
        return str(sheet)
    if "encoder" in schema:
        columns = encoder_of(schema["encoder"]).sources
    else:
        columns = [settings[name] for name in ("user", "item") if settings.get(name) is not None]
    return sheet_with(path, columns) if columns else None


def _reader(kind: str, data: Any, options: Mapping[str, Any]) -> str:
    """The kind to open new data as: of those that read for runs of this one, the one that the data are."""
    if kind not in source_names() or not isinstance(data, (str, PathLike)):
        return kind
    given = {name: value for name, value in options.items() if value is not None}
    claims = {
        other.kind: claim.strength
        for other in all_sources()
        if (other.kind == kind or _read_for_each_other(other, source_of(kind)))
        and (claim := other.claims(Path(data), given)) is not None
    }
    return max(claims, key=lambda other: (claims[other], other == kind), default=kind)


def _read_for_each_other(one: type[Source], other: type[Source]) -> bool:
    return bool(one.reads_for) and one.reads_for == other.reads_for


def prepare_new(
    source: Source,
    schema: Mapping[str, Any],
    *,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Read new data as a run's schema says.

    Raises:
        DataError: not one row of it can be read.
    """
    source.prepare(schema, cache=cache, progress=progress)
    if len(source.unreadable) == len(source) and source.unreadable:
        first = source.unreadable[0]
        raise not_one_readable(source.kind, len(source), first.key, first.reason)


def refuse_without_targets(source: Source, schema: Mapping[str, Any]) -> None:
    """Raise where new data has nothing to score predictions against.

    Args:
        schema: of the run.
    """
    if source.targets_refused is not None:
        raise source.targets_refused
    if source.targets is not None:
        return
    settings = schema.get("settings") or {}
    target = settings.get("target") or ()
    columns = [target] if isinstance(target, str) else target
    option = source.option if isinstance(source, PairedSource) else None
    fix = f"Give them by --{option}, or use goodfit predict" if option else "Use goodfit predict for them"
    fix = source.hint_of_labels() or fix
    absent = f": there is no column {' or '.join(repr(name) for name in columns)}" if columns else ""
    raise DataError(f"these rows have no labels to score against{absent}", fix=fix)


def refuse_absent_images(source: DenseSource) -> None:
    """Raise where not one file of the images that are named is there."""
    paths = source.paths()
    if not any(path.exists() for path in paths):
        raise not_one_readable(source.kind, len(paths), source.keys[0], "no such file or folder")


def not_one_readable(kind: str, rows: int, key: str, reason: str) -> DataError:
    """What is said where every row fails."""
    words = family_in_words(kind)
    return DataError(
        (
            f"the one row cannot be read, '{key[:80]}': {reason}"
            if rows == 1
            else f"none of the {counted(rows, 'row')} can be read; the first, '{key[:80]}': {reason}"
        ),
        fix=f"Give {words}: the run was fitted on {words}",
    )


def refuse_other_kind(kind: str, path: Path, options: Mapping[str, Any], columns: Sequence[str] = ()) -> None:
    """Raise where a path is a run folder, or by its ending or content of another kind than the run's data.

    Args:
        options: how the path is to be opened.
        columns: of a run of a table; a file whose first line names all of them is one, whatever else it may be.

    Raises:
        DataError: what is there, and what is needed.
    """
    if not path.exists():
        raise absent(path)
    if path.is_dir() and any((path / name).is_file() for name in (RECORD, CHECKPOINT)):
        raise DataError(
            "this is a run folder, and data is needed", where=path, fix="Give the run first and the data after it"
        )
    family = _family(source_of(kind))
    given = {name: value for name, value in options.items() if value is not None}
    own, other, reader, why = NO_CLAIM, NO_CLAIM, "", ""
    for source in all_sources():
        claim: Claim | None = source.claims(path, given)
        if claim is None:
            continue
        if _family(source) == family:
            own = max(own, claim.strength)
        elif claim.strength > other:
            other, reader, why = claim.strength, _in_words(source), claim.why
    of_another_kind = other > max(own, Strength.GENERIC) or (own == NO_CLAIM and other == Strength.GENERIC)
    if of_another_kind and not (own != NO_CLAIM and columns and _names_all(path, columns)):
        what = "a folder" if path.is_dir() and other == Strength.GENERIC else reader
        reason = f" ({why})" if other > Strength.GENERIC else ""
        needed = family_in_words(kind)
        raise DataError(f"this is {what}{reason}; the run was fitted on {needed}", where=path, fix=f"Give {needed}")


def _names_all(path: Path, columns: Sequence[str]) -> bool:
    """Whether the first line of a file of text has the names of all these columns."""
    if path.suffix.lower() not in TEXT_ENDINGS or not path.is_file():
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline(LETTERS_OF_A_LINE)
    cells = {cell.strip(' "\r\n') for cell in re.split(r"[,;|\t]", first)}
    return cells.issuperset(columns)


def _refuse_other_object(kind: str, data: Any) -> None:
    """The same of what is no path: a frame or arrays."""
    own = source_of(kind)
    if own.claims_object(data, {}):
        return
    family, claimed = _family(own), [_family(each) for each in all_sources() if each.claims_object(data, {})]
    if family not in claimed and (claimed or family == "images"):
        needed = family_in_words(kind)
        named = ", whose columns have names: pandas.DataFrame(x, columns=[...])" if needed == "a table" else ""
        raise DataError(f"this is {type_named(data)}; the run was fitted on {needed}", fix=f"Give {needed}{named}")


def family_in_words(kind: str) -> str:
    """What a run of this kind reads: images, a table, texts, arrays."""
    return _in_words(source_of(kind))


def inputs_of(run: Path, data: Any = None) -> list[Path]:
    """The files that predicting reads: those of the run, and the data, where it is a path."""
    given = [Path(data)] if isinstance(data, (str, PathLike)) else []
    return [*given, *_files_of(run)]


@lru_cache(maxsize=RUNS_AT_HAND)
def _files_of(run: Path) -> list[Path]:
    return [run / name for name in SAVED]


def _in_words(source: type[Source]) -> str:
    return KINDS_IN_WORDS.get(source.kind) or KINDS_IN_WORDS.get(_family(source), source.kind)


def _family(source: type[Source]) -> str:
    """Sources of one family read the same files: images, tables, or what the source alone reads."""
    if source.images:
        return "images"
    return "table" if issubclass(source, TableSource) else source.kind
