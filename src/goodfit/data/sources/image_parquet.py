"""Images in Parquet files, as Hugging Face's datasets writes them: a column of {bytes, path} and one of labels."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from goodfit.data.columns import nothing
from goodfit.data.images.image_source import RESIZE, STREAM
from goodfit.data.images.labelled_source import SIZE, LabelledImages
from goodfit.data.images.listing import Listing
from goodfit.data.images.parquet_cells import ParquetColumn, ParquetImage, image_columns, schema_of, with_images
from goodfit.data.images.part_names import parts_of
from goodfit.data.images.stored import ImagePlace
from goodfit.data.packed import Chained, Made, alike
from goodfit.data.source import Claim, Strength
from goodfit.data.tables.frames import parquet_files
from goodfit.data.tables.words import texts
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted
from goodfit.store.absent import absent
from goodfit.table_options import DIALECT, TARGET

if TYPE_CHECKING:
    import polars as pl

NAMES_OF_LABELS = ("label", "labels", "class", "class_label", "target", "fine_label", "category", "tags")
FOR_TABLES = {"categorical", "numeric", "ignore", "group", "time", "user", "item", *(each.name for each in DIALECT)}
METADATA = "huggingface"  # key of the file's facts, under which the names of classes are


class Features(msgspec.Struct):
    """What Hugging Face writes of a column: the names of its classes, of a single label or of a list of them."""

    names: list[str] | None = None
    feature: Any = None


class ParquetImages(LabelledImages):
    """A source of images in Parquet files; see `image_parquet`."""

    kind = "image_parquet"
    options = (SIZE, RESIZE, STREAM, TARGET)

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Parquet with a column of encoded images, which no table reads: so it is stronger than the file's ending."""
        files = parquet_files(path)
        if not files or not files[0].is_file():
            return None
        try:
            schema = schema_of(files[0])
            columns = with_images(files[0], image_columns(schema), schema)
        except DataError:
            return None  # it is for the source of tables to say what is wrong
        why = f"the column '{columns[0]}' holds images" if columns else ""
        wanted = columns and not FOR_TABLES.intersection(given)
        return Claim(Strength.OPTION_AND_CONTENT, why) if wanted else None


def image_parquet(
    data: str | os.PathLike[str],
    *,
    valid: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    size: int | str | None = None,
    resize: str | None = None,
    stream: bool | None = None,
    target: str | None = None,
) -> ParquetImages:
    """Images in Parquet files: encoded bytes in a column, or in the field bytes of a column of structs.

    Args:
        data: a file, or a folder of them. Files that are called train, validation and test, such as
            train-00000-of-00002.parquet, are these parts.
        valid, test: further places of the same kind, whose images are the validation or test part.
        size, resize, stream: as of `goodfit.images`.
        target: the column of labels: names or numbers of classes, or lists of them; label and others of this kind when
            None. Names of classes in the file's facts are used.

    Raises:
        DataError: nothing to read there, a damaged file, several columns of images.
    """
    return ParquetImages.of_places(
        _listed, Path(data), valid, test, target, {"size": size, "resize": resize, "stream": stream}
    )


def _listed(root: Path, target: str | None) -> tuple[Listing, Sequence[ImagePlace]]:
    if not root.exists():
        raise absent(root)
    files = parquet_files(root)
    if not files:
        raise DataError("no Parquet files in it", where=root, fix="Give a .parquet file, or a folder of them")
    parts = parts_of([file.stem for file in files])
    several = len(set(parts.values())) > 1 and "train" in parts.values() and len(parts) == len(files)
    places, labels, parts_of_files = list[Sequence[ImagePlace]](), list[Sequence[Any]](), list[str | None]()
    for file in files:
        schema = schema_of(file)
        column = _column_of_images(schema, file)
        labels.append(alike(_labels(file, schema, column, target)))
        cells = ParquetColumn(file, column, struct=schema[column].is_nested())
        places.append(Made(len(labels[-1]), partial(ParquetImage, cells)))
        parts_of_files.append(parts[file.stem] if several else None)
    images = Chained(places)
    listing = Listing(
        keys=Made(len(images), lambda row: str(images[row])),
        labels=alike(chain.from_iterable(labels)),
        parts=alike(part for part, of_file in zip(parts_of_files, labels, strict=True) for _ in of_file),
        groups=nothing(len(images)),
        label_column=_column_of_labels(schema, column, target),
    )
    if not images:
        raise DataError("there are no rows in it", where=root, fix="Give at least one image")
    listing.note_classes(counted(len(files), "Parquet file"))
    if several:
        kinds = Counter(parts.values())
        listing.notes.append(("files", ", ".join(f"{part} ({kinds[part]})" for part in kinds), "parts, by their names"))
    return listing, images


def _column_of_images(schema: pl.Schema, file: Path) -> str:
    columns = image_columns(schema)
    if len(columns) != 1:
        what = (
            f"{len(columns)} columns of it hold images ({', '.join(columns)})" if columns else "no column holds images"
        )
        raise DataError(what, where=file, fix="Give files with one column of encoded images")
    return columns[0]


def _column_of_labels(schema: pl.Schema, images: str, target: str | None) -> str | None:
    """As named, or called like one, or the only other; None: there is none."""
    others = [name for name in schema.names() if name != images]
    if target is not None and target not in others:
        raise UsageError(f"--target {target}: there is no such column", fix=f"The columns are {', '.join(others)}")
    named = next((name for name in NAMES_OF_LABELS if name in others), None)
    plain = [name for name in others if not schema[name].is_nested()]
    return target or named or (plain[0] if len(plain) == 1 else None)


def _labels(file: Path, schema: pl.Schema, images: str, target: str | None) -> list[Any]:
    """A text, a list of texts or None of each row."""
    import polars as pl

    column = _column_of_labels(schema, images, target)
    try:
        if column is None:
            rows = int(pl.scan_parquet(file).select(pl.len()).collect().item())
            return [None] * rows
        values = pl.scan_parquet(file).select(pl.col(column)).collect()[column]
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError("its labels cannot be read: the file is damaged", where=file, fix="Copy it again") from error
    names = _class_names(file, column)
    if isinstance(values.dtype, (pl.List, pl.Array)):
        lists = values.to_list()
        return [
            None if cells is None else [_named(cell, names) for cell in cells if cell is not None] for cells in lists
        ]
    if values.dtype.is_nested():
        raise DataError(
            f"the column '{column}' holds {values.dtype}, neither names nor numbers",
            where=file,
            fix="Name the column of labels with --target",
        )
    return [None if cell is None else _named(cell, names) for cell in texts(values, verbatim=True).to_list()]


def _named(cell: Any, names: Sequence[str]) -> str:
    """The name of a class that is written by its number, where names are known."""
    text = str(cell)
    return names[int(text)] if text.isdigit() and int(text) < len(names) else text


def _class_names(file: Path, column: str) -> list[str]:
    """Names of classes in the order of their numbers, from the facts that Hugging Face keeps in a file; else none."""
    import polars as pl

    try:
        facts = pl.read_parquet_metadata(file).get(METADATA)
        known = msgspec.json.decode(facts or "{}", type=dict[str, Any])
        features = msgspec.convert(known.get("info", {}).get("features", {}).get(column, {}), Features)
        inner = msgspec.convert(features.feature or {}, Features)
    except (pl.exceptions.PolarsError, OSError, msgspec.MsgspecError, AttributeError, RecursionError):
        return []  # other facts under this name: numbers stay numbers
    return features.names or inner.names or []
