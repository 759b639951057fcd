"""Texts: a folder of text files in class folders, as images lie in theirs. Read as a table of one column of text."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from goodfit.data.images.class_in_name import hint_of_classes
from goodfit.data.images.formats import image_endings
from goodfit.data.images.layout import LAYOUT, Placed, arrange
from goodfit.data.images.tree import SYSTEM_FILES, scan
from goodfit.data.other_files import begins_as_text
from goodfit.data.source import Claim, Strength, Unreadable
from goodfit.data.sources.table import Table
from goodfit.data.tables.column_options import settings_of
from goodfit.data.tables.decoding import WEB_PAGE, kind_of, read_bytes, to_utf8
from goodfit.data.tables.reading import ENDINGS as ENDINGS_OF_TABLES
from goodfit.data.tables.reading import Dialect, TableParts, read_parts
from goodfit.data.tables.unusable import OF_NOTHING, note_on_empty_rows
from goodfit.data.tables.web_text import shown_text
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.table_options import ENCODING

if TYPE_CHECKING:  # imported where it is used: `goodfit fit --help` lists the options of every source
    import polars as pl

ENDINGS = (".txt", ".text", ".md")
FILES_LOOKED_AT, FOLDERS_LOOKED_AT = 20, 200  # of each folder, and in all, before it is taken for one of texts
LABEL_MARK = "__label__"  # of fastText
TEXT, CLASS = "text", "class"  # columns


class Texts(Table):
    """A source of texts; see `texts`."""

    kind = "texts"
    noun: ClassVar[str] = "text"
    options = (LAYOUT, ENCODING)

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """A folder whose files are texts, and none an image or another table; or a file of fastText."""
        if is_fasttext(path):
            return Claim(Strength.CONTENT, f"its lines begin with {LABEL_MARK}")
        if not path.is_dir():
            return None
        some = list(_some_files(path))
        endings = {file.suffix.lower() for file in some}
        if endings == {""} and all(begins_as_text(file) for file in some[:FILES_LOOKED_AT]):
            return Claim(Strength.CONTENT, "its files have no ending, and are texts")
        if not endings.intersection(ENDINGS) or endings & (image_endings() | (set(ENDINGS_OF_TABLES) - set(ENDINGS))):
            return None
        return Claim(Strength.CONTENT, "there are text files in it")

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        if schema is None:
            self.refuse_many_unreadable()
        super().prepare(schema, accelerator=accelerator, cache=cache, progress=progress)
        if schema is not None and self.unreadable:
            self._count_empty_texts()

    def table(self) -> pl.DataFrame:
        """The texts in a column text, and their classes, where these are known, in one called class."""
        return self._frame.sample()

    def _count_empty_texts(self) -> None:
        """Those that can be read: of others it is said why they cannot."""
        texts_of_all = self._frame.column(TEXT).fill_null("").str.strip_chars()
        broken = {item.row for item in self.unreadable}
        count = sum(not text and row not in broken for row, text in enumerate(texts_of_all.to_list()))
        self.notes = [note for note in self.notes if note[2] != OF_NOTHING]
        self.notes += [note_on_empty_rows(count)] if count else []

    def _refuse_absent(self, name: str, option: str) -> None:
        if name not in self._frame.columns:
            raise DataError(
                "the class of no text is known",
                where=self.name,
                fix=self.hint_of_labels() or "Put the texts of each class into a folder of its own",
            )

    def hint_of_labels(self) -> str | None:
        return hint_of_classes(self.keys)

    @classmethod
    def claims_object(cls, data: Any, given: Mapping[str, Any]) -> Claim | None:
        """None: a frame is a table."""
        return None

    @property
    def repeats(self) -> bool:
        """No text is equal to another by nature."""
        return False


def texts(
    data: Any, *, valid: Any = None, test: Any = None, layout: str | None = None, encoding: str | None = None
) -> Texts:
    """Texts of classes: a folder with a folder of text files for each class, or train/, valid/ and test/ of such.

    Args:
        data: the folder; of texts to predict also a folder without classes, one file, or a table or
            frame with a column text.
        valid, test: folders of the validation and test part, where they lie apart.
        layout: what the folders are, parts or classes, or files where their names begin with the classes; by their
            names and the tree when None.
        encoding: of the files, such as cp1251; detected when None.

    Raises:
        DataError: no text file there.
    """
    layout = LAYOUT.checked(layout)
    in_memory = not isinstance(data, (str, os.PathLike))
    fasttext = not in_memory and is_fasttext(Path(data))
    if in_memory or (Path(data).is_file() and Path(data).suffix.lower() not in ENDINGS and not fasttext):
        table = read_parts(data, valid=valid, test=test, dialect=Dialect(encoding=encoding))
        return Texts(table, settings_of(target=CLASS, text=[TEXT]), in_memory=in_memory)
    read = _Read(encoding)
    read.add(Path(data), None, layout)
    for part, place in (("valid", valid), ("test", test)):
        if place is not None:
            read.add(Path(place), part, layout)
    if valid is not None and test is not None:
        read.parts = [part or "train" for part in read.parts]
    source = Texts(read.as_table(Path(data)), settings_of(target=CLASS, text=[TEXT]), in_memory=False)
    source.keys = read.keys
    source.notes[:0] = read.notes
    if read.pages:
        source.notes.append(("web pages", counted(read.pages, "text"), "their tags are left out"))
    source.unreadable += read.unreadable
    return source


class _Read:
    """Files as they are read, one behind the other."""

    def __init__(self, encoding: str | None) -> None:
        self.encoding = encoding
        self.keys: list[str] = []
        self.texts: list[str] = []
        self.labels: list[list[str]] = []  # one a text, but of fastText's lines
        self.parts: list[str | None] = []
        self.notes: list[tuple[str, str, str]] = []
        self.unreadable: list[Unreadable] = []
        self.pages = 0

    def add(self, place: Path, part: str | None, layout: str | None) -> None:
        """All texts of a folder, or a single file."""
        if not place.is_dir():
            if is_fasttext(place):
                self._lines(place, part)
            else:
                self._file(place, None, part)
            return
        tree, left_out = scan(place, ENDINGS, "text")
        if not tree.total and set(left_out.endings) == {""}:  # as the newsgroups come, and mails
            tree, left_out = scan(place, ("",), "text")
        if not tree.total:
            raise DataError("no text files in it", where=place, fix=f"Give texts that end in {', '.join(ENDINGS)}")
        arranged = arrange(tree, layout, partners=False)
        if arranged.question is not None:
            raise arranged.question
        for folder in arranged.placed:
            self._folder(folder, part)
        described = left_out.described()
        self.notes += [*arranged.notes, *([("left out", described, "no texts that are read")] if described else [])]

    def as_table(self, place: Path) -> TableParts:
        """A table of what was read."""
        import polars as pl

        columns: dict[str, pl.Series] = {TEXT: pl.Series(TEXT, self.texts, dtype=pl.String)}
        if any(len(labels) > 1 for labels in self.labels):
            several = [labels or None for labels in self.labels]
            columns[CLASS] = pl.Series(CLASS, several, dtype=pl.List(pl.String))
        elif any(self.labels):
            classes = [labels[0] if labels else None for labels in self.labels]
            columns[CLASS] = pl.Series(CLASS, classes, dtype=pl.String)
        table = read_parts(pl.DataFrame(columns), valid=None, test=None)
        parts: Sequence[str | None] = self.parts if any(self.parts) else table.parts
        return TableParts(table.frame, parts, place.resolve().stem, None, table.notes)

    def _folder(self, placed: Placed, part: str | None) -> None:
        for path in placed.files():
            self._file(path, placed.label, part or placed.part)

    def _file(self, path: Path, label: str | None, part: str | None) -> None:
        try:
            data = read_bytes(path)
            text = to_utf8(data, path, self.encoding, web_pages=True)[0].decode()
            if kind_of(data) == WEB_PAGE:
                text = shown_text(text)
                self.pages += 1
        except DataError as error:
            self.unreadable.append(Unreadable(len(self.keys), str(path), error.what))
            text = ""
        self._keep(str(path), text, [] if label is None else [label], part)

    def _lines(self, path: Path, part: str | None) -> None:
        """Each line of a file of fastText: a label or several, and the text behind them."""
        lines = to_utf8(read_bytes(path), path, self.encoding)[0].decode().split("\n")
        for number, line in enumerate(lines, start=1):
            labels, text = labels_of_line(line)
            if line.strip():
                self._keep(f"{path}:{number}", text, labels, part)

    def _keep(self, key: str, text: str, labels: list[str], part: str | None) -> None:
        self.keys.append(key)
        self.texts.append(text)
        self.labels.append(labels)
        self.parts.append(part)


def is_fasttext(path: Path) -> bool:
    """Whether a file of text begins with a label of fastText."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(LABEL_MARK)) == LABEL_MARK.encode()


def labels_of_line(line: str) -> tuple[list[str], str]:
    """__label__pos a good day -> [pos], a good day."""
    words = line.split(" ")
    count = next((at for at, word in enumerate(words) if not word.startswith(LABEL_MARK)), len(words))
    return [word.removeprefix(LABEL_MARK) for word in words[:count]], " ".join(words[count:]).strip()


def _some_files(root: Path) -> Iterator[Path]:
    """Some files of each folder, hidden ones and those of file managers aside; links are followed."""
    for folder, folders, files in itertools.islice(os.walk(root, followlinks=True), FOLDERS_LOOKED_AT):
        folders[:] = sorted(filter(_is_of_data, folders))
        for name in itertools.islice(filter(_is_of_data, files), FILES_LOOKED_AT):
            yield Path(folder, name)


def _is_of_data(name: str) -> bool:
    return not name.startswith(".") and name.lower() not in SYSTEM_FILES
