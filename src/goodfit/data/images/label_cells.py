"""The cells of a list of labels, by the one reader of tables; the first line of text may be a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goodfit.data.images.formats import image_endings
from goodfit.data.tables.decoding import unpacked_name
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.reading import ARROW_ENDINGS, EXCEL_ENDINGS, JSON_ENDINGS, Dialect, read_table
from goodfit.data.tables.words import texts
from goodfit.errors import DataError
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

LIST_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".lst")  # of delimited text
TABLE_ENDINGS = (*EXCEL_ENDINGS, *JSON_ENDINGS, *ARROW_ENDINGS, ".parquet")  # of tables that name their columns
ROWS_SAMPLED = 20
OTHER_FILES = (  # endings of files that hold no image, and whose names may stand in a table
    ".txt", ".text", ".md", ".html", ".htm", ".eml", ".pdf", ".docx", ".rtf", ".xml", ".json",
    ".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac", ".mp4", ".avi", ".mov", ".mkv", ".webm", ".npy", ".npz", ".mat",
)  # fmt: skip
ADDRESS = lazy_pattern(r"(?i)https?://")
FIRST_ROW = 2  # its line in a sheet, below the names


@dataclass(frozen=True)
class Cells:
    """A file of records.

    Attributes:
        names: of the columns; None where the first line is a row.
        rows: the cells of each record as text, without the spaces around them; "" where a cell is empty.
        lines: the line of the file that each row begins in, counted from 1.
        notes: what was guessed: name, value, why.
    """

    names: tuple[str, ...] | None
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    notes: tuple[tuple[str, str, str], ...] = ()

    def column(self, at: int) -> list[str]:
        return [row[at] for row in self.rows]

    def with_header(self) -> Cells:
        """The same file with its first row read as the names of the columns."""
        return replace(self, names=tuple(self.rows[0]), rows=self.rows[1:], lines=self.lines[1:])


def is_label_list(path: Path) -> bool:
    """Whether a file's ending is one of a list."""
    return unpacked_name(path).suffix.lower() in (*LIST_ENDINGS, *TABLE_ENDINGS)


def is_table_list(path: Path) -> bool:
    """Whether a list has the ending of a table that is no delimited text."""
    return unpacked_name(path).suffix.lower() in TABLE_ENDINGS


def images_named(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[str, str] | None:
    """What is to be said of a table with a column that names image files: a table does not look into them."""
    for name in columns:
        cells = frame.get_column(name).head(ROWS_SAMPLED)
        paths = [] if cells.dtype.is_nested() else [str(cell) for cell in cells if names_image(str(cell))]
        if len(paths) > len(cells) / 2 and Path(paths[0]).is_file():
            what = f"the column '{name}' names images ({paths[0]}), and a table does not look into them"
            return what, "To learn from the images, write the table to a CSV or Parquet file, and give that"
    return None


def other_files_named(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[str, str] | None:
    """The first column whose cells are names of files of text, sound, video and so on, and one; None: there is none."""
    import polars as pl

    for name in columns:
        column = frame.get_column(name)
        cells = column.head(ROWS_SAMPLED).drop_nulls() if column.dtype == pl.String else column[:0]
        found = [cell for cell in cells.to_list() if names_other_file(cell)]
        if found and 2 * len(found) > len(cells):
            return name, str(found[0])
    return None


def names_other_file(cell: str) -> bool:
    """Whether a cell ends as the name of a file that holds no image."""
    return "://" not in cell and Path(cell.replace("\\", "/")).suffix.lower() in OTHER_FILES


def image_addresses(frame: pl.DataFrame, columns: Iterable[str]) -> tuple[str, str] | None:
    """The first column whose cells are addresses of images, and one of them; None: there is none."""
    import polars as pl

    for name in columns:
        column = frame.get_column(name)
        cells = column.head(ROWS_SAMPLED).drop_nulls() if column.dtype == pl.String else column[:0]
        found = [cell for cell in cells.to_list() if ADDRESS.match(cell) and _ends_as_an_image(cell)]
        if found and 2 * len(found) > len(cells):
            return name, str(found[0])
    return None


def _ends_as_an_image(address: str) -> bool:
    return Path(address.partition("?")[0]).suffix.lower() in image_endings()


def first_cells(path: Path, sheet: str | None = None) -> list[str]:
    """Some cells of the first rows of such a table; none of what cannot be read, which the reader of tables says."""
    import polars as pl

    try:
        if path.suffix.lower() == ".parquet":
            frame = pl.scan_parquet(path).select(pl.col(pl.String)).head(ROWS_SAMPLED).collect()
        else:
            frame = read_table(path, Dialect(sheet=sheet)).head(ROWS_SAMPLED).select(pl.col(pl.String))
    except (DataError, pl.exceptions.PolarsError, OSError):
        return []
    return [cell for row in frame.iter_rows() for cell in row if cell is not None]


def read_cells(path: Path, dialect: Dialect) -> Cells:
    """The records of a list, all of them rows as yet.

    Raises:
        DataError: no text, no rows, a line of another number of cells.
    """
    if is_table_list(path):
        frame = read_table(path, Dialect(sheet=dialect.sheet))
        columns = [texts(column, verbatim=True).fill_null("").to_list() for column in frame.iter_columns()]
        lines = range(FIRST_ROW, FIRST_ROW + frame.height)
        return Cells(tuple(frame.columns), list(zip(*columns, strict=True)), lines)
    table = read_delimited(
        path,
        header=False,
        separator=dialect.separator,
        encoding=dialect.encoding,
        fill_gaps=dialect.fill_gaps,
    )
    rows: list[Sequence[str]] = list(table.frame.fill_null("").iter_rows())
    return Cells(None, _split_at_spaces(rows), table.lines.tolist(), table.notes)


def _split_at_spaces(rows: list[Sequence[str]]) -> list[Sequence[str]]:
    """Lines such as `n01/7.JPEG 12`: a path and a label, where no other sign separates them."""
    if len(rows[0]) > 1:
        return rows
    pairs = [row[0].rsplit(None, 1) for row in rows]
    if all(len(pair) == 2 for pair in pairs) and all(names_image(pair[0]) for pair in pairs[1:]):
        return list(pairs)
    return rows


def names_image(cell: str) -> bool:
    """Whether a cell ends as the name of an image file does; addresses of the web are none, those of files are."""
    ending = cell[cell.rfind(".") :].lower() if "." in cell else ""
    return ending in image_endings() and ("://" not in cell or cell.startswith("file://"))
