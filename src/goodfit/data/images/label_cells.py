"""The cells of a list of labels, by the one reader of delimited files; the first line may be a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from goodfit.data.images.formats import image_endings
from goodfit.data.tables.decoding import unpacked_name
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.reading import Dialect

LIST_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".lst")


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
    return unpacked_name(path).suffix.lower() in LIST_ENDINGS


def read_cells(path: Path, dialect: Dialect) -> Cells:
    """The records of a list, all of them rows as yet.

    Raises:
        DataError: no text, no rows, a line of another number of cells.
    """
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
    """Whether a cell ends as the name of an image file does; addresses of the web are none."""
    ending = cell[cell.rfind(".") :].lower() if "." in cell else ""
    return ending in image_endings() and "://" not in cell
