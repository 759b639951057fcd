"""Images in the cells of Parquet files: which column holds them, and each as a piece of the file."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from goodfit.data.images.formats import image_signature
from goodfit.data.images.opening import MAX_BYTES, UnreadableImage
from goodfit.data.images.stored import StoredImage
from goodfit.data.tables.by_polars import unreadable

if TYPE_CHECKING:
    import polars as pl

ROWS_READ_TOGETHER = 64  # of images: they are decoded in their order
SIGNATURE_BYTES = 64  # of a cell: formats begin with less
PIECES_KEPT = 8  # in memory, of all files


def image_columns(schema: pl.Schema) -> list[str]:
    """Columns that hold encoded images: bytes, or structs {bytes, path}, as Hugging Face's datasets writes them."""
    import polars as pl

    names = []
    for name, dtype in schema.items():
        fields = {field.name: field.dtype for field in dtype.fields} if isinstance(dtype, pl.Struct) else {}
        if dtype == pl.Binary or (fields.get("bytes") == pl.Binary and fields.keys() <= {"bytes", "path"}):
            names.append(name)
    return names


def with_images(file: Path, names: list[str], schema: pl.Schema) -> list[str]:
    """Of these columns the structs, and those of bytes of which one of the first begins as images do."""
    import polars as pl

    kept = []
    for name in names:
        if schema[name] != pl.Binary:
            kept.append(name)
            continue
        try:
            first = pl.scan_parquet(file).select(pl.col(name)).head(ROWS_READ_TOGETHER).collect().to_series()
        except (pl.exceptions.PolarsError, OSError):
            return names  # the reader says where it is damaged
        cells = first.drop_nulls().to_list()
        if not cells or any(image_signature(cell[:SIGNATURE_BYTES]) is not None for cell in cells):
            kept.append(name)
    return kept


class ParquetColumn:
    """A column of images in a file, read a few rows at a time; threads share what was read last.

    Args:
        struct: whether its cells are structs with a field bytes.
    """

    def __init__(self, file: Path, name: str, *, struct: bool) -> None:
        facts = file.stat()
        self.file, self.name, self._struct = file, name, struct
        self.stamp = (facts.st_size, facts.st_mtime_ns)
        self._pieces: OrderedDict[int, list[bytes | None]] = OrderedDict()
        self._lock = threading.Lock()

    def cell(self, row: int) -> bytes | None:
        """The bytes of a row, None where there are none.

        Raises:
            UnreadableImage: the file is damaged there, or has changed.
        """
        at = row // ROWS_READ_TOGETHER
        with self._lock:
            piece = self._pieces.get(at)
            if piece is None:
                piece = self._pieces[at] = self._read(at * ROWS_READ_TOGETHER)
                while len(self._pieces) > PIECES_KEPT:
                    self._pieces.popitem(last=False)
        place = row - at * ROWS_READ_TOGETHER
        if place >= len(piece):
            raise UnreadableImage("the file has changed: it has fewer rows")
        return piece[place]

    def _read(self, start: int) -> list[bytes | None]:
        import polars as pl

        column = pl.col(self.name)
        wanted = (column.struct.field("bytes") if self._struct else column).alias("bytes")
        try:
            cells = pl.scan_parquet(self.file).select(wanted).slice(start, ROWS_READ_TOGETHER).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise UnreadableImage("the Parquet file is damaged here") from error
        return cells["bytes"].to_list()


class ParquetImage(StoredImage):
    """The image in a row of a file."""

    __slots__ = ("_column", "row")

    def __init__(self, column: ParquetColumn, row: int) -> None:
        super().__init__(column.file, f"{row}", [*column.stamp, row])
        self._column, self.row = column, row

    def read(self) -> bytes:
        data = self._column.cell(self.row)
        if data is None:
            raise UnreadableImage("no bytes in its cell")
        if len(data) > MAX_BYTES:
            raise UnreadableImage(f"{len(data) / 1e9:.1f} GB, over the limit of {MAX_BYTES // 10**9} GB")
        return data


def schema_of(file: Path) -> pl.Schema:
    """Names and types of the columns of a Parquet file.

    Raises:
        DataError: it is none.
    """
    import polars as pl

    try:
        return pl.scan_parquet(os.fspath(file)).collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file, "a Parquet file") from error
