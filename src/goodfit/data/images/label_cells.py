"""The cells of a list of labels, whatever the dialect of the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from goodfit.data.images.formats import image_endings
from goodfit.data.tables.reading import _decoded, _separator
from goodfit.errors import DataError

LIST_ENDINGS = (".csv", ".tsv", ".txt", ".tab", ".lst")


@dataclass(frozen=True)
class Cells:
    """A file of records.

    Attributes:
        names: of the columns; None where the first line is a row.
        rows: the cells of each record as text, without the spaces around them; "" where a cell is empty.
        lines: the line of the file that each row begins in, counted from 1.
        notes: what was guessed.
    """

    names: tuple[str, ...] | None
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    notes: tuple[tuple[str, str, str], ...] = ()
    first_line: int = 1

    def column(self, at: int) -> list[str]:
        return [row[at] for row in self.rows]

    def without_header(self) -> Cells:
        """The same file with its first line read as a row."""
        if self.names is None:
            return self
        return replace(self, names=None, rows=[self.names, *self.rows], lines=[self.first_line, *self.lines])


def read_cells(path: Path) -> Cells:
    """The records of a list; the first line is a row where one of its cells is an image's name.

    Raises:
        DataError: no text, no rows, a line of another number of cells.
    """
    text = _decoded(path.read_bytes(), path)
    separator = _separator(text[: 1 << 16].splitlines(), path)
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    start = 1
    for cells in reader:
        if cells:
            rows.append([cell.strip() for cell in cells])
            lines.append(start)
            if len(cells) != len(rows[0]):
                raise DataError(
                    f"{len(cells)} cells where the first line has {len(rows[0])}",
                    where=f"{path}, line {start}",
                    fix="Fix this line",
                )
        start = reader.line_num + 1
    if not rows:
        raise DataError("the file is empty", where=path, fix="Give a CSV with columns path and label")
    rows = _split_at_spaces(rows)
    if any(names_image(cell) for cell in rows[0]):
        return Cells(None, rows, lines)
    return Cells(tuple(rows[0]), rows[1:], lines[1:], first_line=lines[0])


def _split_at_spaces(rows: list[list[str]]) -> list[list[str]]:
    """Lines such as `n01/7.JPEG 12`: a path and a label, where no other sign separates them."""
    if any(len(row) > 1 for row in rows):
        return rows
    pairs = [row[0].rsplit(None, 1) for row in rows]
    if all(len(pair) == 2 for pair in pairs) and all(names_image(pair[0]) for pair in pairs[1:]):
        return pairs
    return rows


def names_image(cell: str) -> bool:
    """Whether a cell ends as the name of an image file does; addresses of the web are none."""
    ending = cell[cell.rfind(".") :].lower() if "." in cell else ""
    return ending in image_endings() and "://" not in cell
