"""Lists of labels: a CSV, or a relative of it, with the path of an image and its label in each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goodfit.data.images.label_cells import (
    Cells,
    first_cells,
    is_label_list,
    is_table_list,
    names_image,
    read_cells,
)
from goodfit.data.images.label_files import ImageFinder, without_a_line
from goodfit.data.images.label_tags import from_columns, is_one_hot, separator_of, split_cell
from goodfit.data.images.listing import Listing, labelled_twice
from goodfit.data.images.part_names import part_of
from goodfit.data.tables.decoding import read_bytes, unpacked_name
from goodfit.data.tables.header import UNNAMED
from goodfit.data.tables.reading import Dialect
from goodfit.errors import DataError
from goodfit.formatting import counted, some_of

PATH_COLUMNS = (
    "path", "file", "filename", "image", "picture", "filepath", "imagepath", "imagename", "imagefile", "img", "photo",
    "imgpath", "imgname", "imageid", "idcode", "fname", "name", "id",
    "datei", "dateiname", "bild", "bilddatei", "bildname", "pfad", "fichier", "nomfichier", "chemin", "archivo",
    "imagen", "ruta", "immagine", "arquivo", "imagem", "bestand", "plik", "файл", "изображение", "文件名", "图片",
    "画像",
)  # fmt: skip
LABEL_COLUMNS = (
    "label", "labels", "class", "target", "tags", "category", "classname", "y",
    "klasse", "kategorie", "classe", "catégorie", "étiquette", "clase", "categoría", "etiqueta", "categoria", "klasa",
    "класс", "метка", "标签", "类别", "ラベル", "クラス",
)  # fmt: skip
BOXES = ({"xmin", "ymin", "xmax", "ymax"}, {"x1", "y1", "x2", "y2"}, {"left", "top", "right", "bottom"})  # of columns
COLUMNS_WITH_PARTS = 3  # of paths, labels and parts
PART_COLUMNS = ("part", "split", "set", "subset", "partition")
BYTES_SAMPLED = 64 * 1024
LINES_SAMPLED = 20
NAMES_LOOKED_UP = 5  # where none of them is there as it is written
LONGEST_CHARACTER = 4  # bytes
ROWS_SAMPLED = 100
COLUMNS_NAMED, FOLDERS_NAMED = 8, 5  # in a message


@dataclass(frozen=True)
class ListOptions:
    """Which columns of a list are meant, how labels are separated, and how it is written; None: by the list."""

    path: str | None = None
    target: str | None = None
    tags: str | None = None
    dialect: Dialect = field(default_factory=Dialect)


def lists_images(path: Path, separator: str = ",", encoding: str | None = None, sheet: str | None = None) -> str | None:
    """Why a file looks like a list of images: "names", or "files" where they are there as well; None: it does not.

    Args:
        separator: of cells, besides the usual ones.
        encoding, sheet: as the user says.
    """
    if not is_label_list(path) or not path.is_file():
        return None
    if is_table_list(path):
        names = [name for name in first_cells(path, sheet) if names_image(name)]
        there = any((path.parent / name.replace("\\", "/")).is_file() for name in names)
        return "files" if there else "names" if names else None
    if unpacked_name(path) != path:
        data = read_bytes(path)[:BYTES_SAMPLED]
    else:
        with path.open("rb") as file:
            data = file.read(BYTES_SAMPLED)
    lines = [line for line in _decoded(data, encoding).splitlines() if line.strip()][:LINES_SAMPLED]
    found: list[str] = []
    for line in lines:
        for mark in dict.fromkeys((*",;\t| ", separator)):
            for cell in line.split(mark):
                name = cell.strip().strip('"').replace("\\", "/")
                if names_image(name):
                    if (path.parent / name).is_file():
                        return "files"
                    found.append(name)
    if not found:
        return _names_without_ending(path, lines)
    finder = ImageFinder(path.parent)  # of names in other letters, with other endings, from another machine
    return "files" if any(finder.exists(name) for name in found[:NAMES_LOOKED_UP]) else "names"


def _decoded(data: bytes, encoding: str | None) -> str:
    """Text to look at: what cannot be decoded is said when the list is read."""
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding or marked)
    except LookupError:
        return data.decode(marked, errors="replace")
    except UnicodeDecodeError as error:  # within the last character, the beginning of a file may be cut
        cut = encoding is None and error.start < len(data) - LONGEST_CHARACTER
        return data.decode("cp1252" if cut and marked != "utf-16" else encoding or marked, errors="replace")


def _names_without_ending(path: Path, lines: Sequence[str]) -> str | None:
    """Whether the column that is called like one of paths names files beside the list that lack their ending."""
    if len(lines) < 2:
        return None
    separator = max(",;\t|", key=lines[0].count)
    names = [_plain(cell.strip().strip('"')) for cell in lines[0].split(separator)]
    at = next((names.index(name) for name in PATH_COLUMNS if name in names), None)
    cells = lines[1].split(separator)
    if at is None or at >= len(cells):
        return None
    return "files" if ImageFinder(path.parent).exists(cells[at].strip().strip('"')) else None


def _plain(name: str) -> str:
    """A column's name in small letters and digits alone: Image_Path -> imagepath."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def read_label_list(path: Path, group: str | None, options: ListOptions) -> Listing:
    """The images of a list, with labels, parts and groups where it has them.

    Raises:
        DataError: a column that is asked for is not there, no column of paths, several that may be the label, a row
            without a label, a part that is not known.
    """
    cells = read_cells(path, options.dialect)
    finder = ImageFinder(path.parent)
    listing = Listing(notes=list(cells.notes))
    given = options.dialect.header
    if cells.names is not None:
        pass  # a table names its columns
    elif _is_header(cells.rows[0], finder) if given is None else given:
        cells = cells.with_header()
    elif given is None:
        listing.notes.append(("first line", "a row", "it names an image, and no columns; --header reads it as names"))
    _refuse_boxes(path, cells)
    if not cells.rows:
        raise DataError("there are no rows under the names", where=path, fix="Give a line for each image")
    width = len(cells.rows[0])
    names = list(cells.names) if cells.names is not None else [f"column_{at}" for at in range(1, width + 1)]
    columns = _Columns(path, cells, names)
    path_at = columns.path(options.path, finder)
    part_at = columns.parts(options.target, path_at, listing)
    group_at = columns.given(group, "group") if group is not None else None
    taken = {at for at in (path_at, part_at, group_at) if at is not None}
    label_ats = columns.labels(options.target, taken, listing)
    labels = _labels(columns, label_ats, options, taken, listing)
    finder.forget()
    for row, line in enumerate(cells.lines):
        where = f"{path}, line {line}"
        name = cells.rows[row][path_at]
        if not name:
            raise DataError("no path of an image", where=where, fix="Give it one, or remove the line")
        part = _part(cells.rows[row][part_at], where) if part_at is not None else None
        group_name = cells.rows[row][group_at] if group_at is not None else None
        listing.add(finder.find(name, where), name, labels[row], part, group_name)
    listing.doubts += labelled_twice(listing.paths, listing.labels, path)
    how = "; ".join(f"{count:,} {way}" for way, count in finder.ways.most_common(3))
    why = f"{columns.path_reason}; {how}" if how else columns.path_reason
    listing.notes.append(("images", f"column '{names[path_at]}'", why))
    if label_ats and (further := without_a_line(listing.paths)):
        places = some_of(list(further), FOLDERS_NAMED)
        listing.notes.append(
            ("left out", counted(further.total(), "image"), f"without a line in {path.name}, beside others in {places}")
        )
    return listing


def _refuse_boxes(path: Path, cells: Cells) -> None:
    """Boxes of objects, one a line, of which an image may have several: their class is not that of the image."""
    plain = {_plain(name) for name in cells.names or ()}
    if any(corners <= plain for corners in BOXES):
        fix = "Cut the boxes out as images of their own, with a folder for each class, or give a CSV of path,label"
        raise DataError("boxes of objects in images are not learnt from", where=path, fix=fix)


def _is_header(first: Sequence[str], finder: ImageFinder) -> bool:
    """Whether the first line names columns: it does unless one of its cells names an image."""
    if any(_plain(name) in PATH_COLUMNS for name in first):
        return True
    return not any(names_image(cell) or finder.exists(cell) for cell in first)


def _part(cell: str, where: str) -> str | None:
    if not cell:
        return None
    part = part_of(cell)
    if part is None:
        raise DataError(f"part '{cell}' is not known", where=where, fix="Use train, valid or test")
    return part


class _Columns:
    """Which column is which."""

    def __init__(self, path: Path, cells: Cells, names: Sequence[str]) -> None:
        self.file, self.cells, self.names = path, cells, names
        self.plain = [_plain(name) for name in names]
        self.path_reason = ""

    def given(self, name: str, option: str) -> int:
        """The column that an option names."""
        if name in self.names:
            return self.names.index(name)
        matches = [at for at, other in enumerate(self.names) if other.casefold() == name.casefold()]
        if len(matches) == 1:
            return matches[0]
        raise DataError(
            f"there is no column '{name}' (--{option})",
            where=self.file,
            fix=f"Columns: {some_of(self.names, COLUMNS_NAMED)}",
        )

    def named_like(self, wanted: Sequence[str]) -> int | None:
        return next((self.plain.index(name) for name in wanted if name in self.plain), None)

    def path(self, option: str | None, finder: ImageFinder) -> int:
        """The column of paths: as named, or the one whose cells are names of images, or that is called like one."""
        if option is not None:
            self.path_reason = "given"
            return self.given(option, "path")
        sample = self.cells.rows[:ROWS_SAMPLED]
        counts = [sum(names_image(row[at]) for row in sample) for at in range(len(self.names))]
        best = [at for at, count in enumerate(counts) if count and count >= 0.5 * len(sample)]
        called = self.named_like(PATH_COLUMNS) if self.cells.names is not None else None
        if called in best or (called is not None and not best):
            self.path_reason = "by its name"
            return called if called is not None else best[0]
        if len(best) == 1:
            self.path_reason = "its cells are names of images"
            return best[0]
        if best:
            named = some_of([self.names[at] for at in best], COLUMNS_NAMED)
            raise DataError(f"several columns name images: {named}", where=self.file, fix="Choose one by --path COLUMN")
        if any(counts):
            self.path_reason = "some of its cells are names of images"
            return counts.index(max(counts))
        there = [at for at in range(len(self.names)) if finder.exists(sample[0][at])]
        if len(there) == 1:
            self.path_reason = "its cells are names of files beside the list"
            return there[0]
        raise DataError(
            f"no column names images: {some_of(self.names, COLUMNS_NAMED)}",
            where=self.file,
            fix="Name it by --path COLUMN",
        )

    def parts(self, target: str | None, path_at: int, listing: Listing) -> int | None:
        """The column of parts: as it is called, or the only one that holds nothing but names of parts."""
        named = self.named_like(PART_COLUMNS) if self.cells.names is not None else None
        if named is not None:
            return named
        target = target or ""
        found = [at for at in range(len(self.names)) if at != path_at and self._holds_parts(at)]
        if (
            len(found) != 1
            or self.names[found[0]] in (target, *target.split(","))
            or len(self.names) < COLUMNS_WITH_PARTS
        ):
            return None
        listing.notes.append(("parts", f"column '{self.names[found[0]]}'", "its cells are names of parts"))
        return found[0]

    def _holds_parts(self, at: int) -> bool:
        parts = {part_of(cell) for cell in self.cells.column(at)}
        return None not in parts and "train" in parts and len(parts) > 1

    def labels(self, option: str | None, taken: set[int], listing: Listing) -> list[int]:
        """The columns of labels: none, one, or several of yes and no; which one is asked where labels are needed."""
        if option is not None:
            given = [option] if option in self.names else [name.strip() for name in option.split(",") if name.strip()]
            return [self.given(name, "target") for name in given]
        rest = [at for at in range(len(self.names)) if at not in taken and not self._counts_rows(at)]
        named = [at for at in rest if self.plain[at] in LABEL_COLUMNS] if self.cells.names is not None else []
        if len(named) > 1 and not self._same_classes(named):
            listing.question = self._question(named)
            return []
        if named:
            return named[:1]
        if len(rest) < 2:
            return rest
        if all(is_one_hot(self.cells.column(at)) for at in rest):
            return rest
        listing.question = self._question(rest)
        return []

    def _counts_rows(self, at: int) -> bool:
        """Whether a column without a name numbers the rows, as pandas writes its index."""
        if self.cells.names is not None and self.names[at] and not self.names[at].startswith(UNNAMED):
            return False
        cells = self.cells.column(at)
        return any(cells == [str(row) for row in range(first, first + len(cells))] for first in (0, 1))

    def _same_classes(self, columns: Sequence[int]) -> bool:
        """Whether these columns say the same in other words: a number and a name of each class."""
        pairs = set(zip(*(self.cells.column(at) for at in columns), strict=True))
        return all(len({pair[at] for pair in pairs}) == len(pairs) for at in range(len(columns)))

    def _question(self, columns: Sequence[int]) -> DataError:
        named = some_of([self.names[at] for at in columns], COLUMNS_NAMED)
        return DataError(
            f"several columns may be the label: {named}",
            where=self.file,
            fix="Choose by --target COLUMN; several of 0 and 1, one for each class, separated by commas",
        )


def _labels(
    columns: _Columns, label_ats: Sequence[int], options: ListOptions, taken: set[int], listing: Listing
) -> list[Any]:
    """The label, or the labels, of each row; how they were read is noted."""
    cells = columns.cells
    if not label_ats:
        return [None] * len(cells.rows)
    names = [columns.names[at] for at in label_ats]
    unused = [name for at, name in enumerate(columns.names) if at not in taken and at not in label_ats]
    reason = "given" if options.target else "the only other column" if not unused else "by its name"
    if unused:
        reason += f"; not used: {some_of(unused, COLUMNS_NAMED)}; --target names another"
    values = [cells.column(at) for at in label_ats]
    if len(values) > 1:
        wrong = next((name for name, column in zip(names, values, strict=True) if not is_one_hot(column)), None)
        if wrong is not None:
            raise DataError(
                f"column '{wrong}' holds more than 0 and 1", where=columns.file, fix="Give one column of labels"
            )
        labels, how = from_columns(values, names)
        listing.notes.append(("labels", f"{counted(len(names), 'column')}: {some_of(names, COLUMNS_NAMED)}", how))
        return list(labels)
    column = values[0]
    separator, why = (options.tags, "given") if options.tags else separator_of(column, names[0])
    if separator != "none":
        listing.notes.append(
            (
                "labels",
                f"column '{names[0]}', " + ("lists" if separator == "list" else f"separated by {separator}"),
                f"{reason}; {why}; --tags none: one label each",
            )
        )
        if separator in ("comma", "space") and options.tags is None:
            what = f"the cells of '{names[0]}' are read as several labels each, separated by {separator} ({why})"
            fix = f"Give --tags {separator} if that is right, or --tags none if each cell is one label"
            listing.doubts.append((what, fix))
        return [split_cell(cell, separator) for cell in column]
    empty = next((row for row, cell in enumerate(column) if not cell), None)
    if empty is not None:
        raise DataError(
            "no label", where=f"{columns.file}, line {cells.lines[empty]}", fix="Give it one, or remove the line"
        )
    listing.label_column = names[0]
    counts = Counter(column)
    shown = ", ".join(f"{label} {count:,}" for label, count in counts.most_common(8))
    more = f" and {len(counts) - 8:,} more" if len(counts) > 8 else ""
    listing.notes.append(("labels", f"column '{names[0]}': {shown}{more}", reason))
    return list(column)
