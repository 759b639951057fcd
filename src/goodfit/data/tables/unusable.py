"""What of new rows a run could not use: cells of another form, and levels that training did not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.encoder import Encoded, Encoder
from goodfit.data.tables.encoder_columns import FIRST, GAP, UNKNOWN
from goodfit.data.tables.known_forms import in_known_form
from goodfit.data.tables.known_levels import known_words
from goodfit.data.tables.moments import moments, serial_days, shown_form, swapped
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.other_ways import columns_with_other_mark
from goodfit.data.tables.present_cells import without_missing
from goodfit.data.tables.unlike_training import UnlikeTraining
from goodfit.data.tables.visible import visible
from goodfit.data.tables.words import texts
from goodfit.errors import DataError
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

CELLS_THAT_PROVE = 2  # numbers or dates of a column that all have another form: not one row that is odd
LEVELS_THAT_PROVE = 20  # cells of a column, of which not one is a level that is known, or has a word that is
KNOWN_WORDS = "a text with words that training had"
LONGEST_CELL = 40  # characters in a message
OF_NOTHING = "no column of them has a value that can be used: their predictions are those of nothing"
WORDS_KEPT = 10_000  # of a column, that training did not have


@dataclass
class Unusable:
    """Cells of one column.

    Attributes:
        cells: how many have a value that could not be used.
        present: how many have a value.
        example: the first of them.
        wanted: what the run reads there, such as "a number"; None: a level that training had.
    """

    column: str
    cells: int
    present: int
    example: str
    wanted: str | None

    @property
    def note(self) -> tuple[str, str, str]:
        """The line that is printed."""
        why = "was not in training, or in one row: it is read as an unknown value"
        if self.wanted is not None:
            why = f"is not {self.wanted}: it counts as missing"
        return "not used", f"{self.column}: {self.cells:,} of {self.present:,}", f"'{self.example}' {why}"


class Unused:
    """Counts over the pieces of a table.

    Args:
        pieces: whether there are several: then also which columns have cells with the other decimal mark.
    """

    def __init__(self, encoder: Encoder, *, pieces: bool = False) -> None:
        self._encoder = encoder
        self.pieces = pieces
        self.with_other_mark: set[str] = set()
        self._counts: dict[str, Unusable] = {}
        self._present: dict[str, int] = {}
        self._without_gap = np.zeros(len(encoder.numbers), dtype=np.int64)  # rows of pieces where each number has none
        self._unlike = UnlikeTraining(encoder)
        self._rows = 0
        self._with_value: set[str] = set()
        self._forms = {number.source: number.format for number in encoder.numbers if number.part is not None}
        self._are_numbers_and_levels = not (encoder.texts or self._forms or pieces)
        self._unknown: dict[str, dict[str, int]] = {}  # column -> word that is not known -> cells
        self._serial: dict[str, tuple[int, str]] = {}  # cells of a column of dates, and the first of them
        self._empty_rows = 0

    def add(self, piece: pl.DataFrame, encoded: Encoded) -> None:
        """Count in these rows."""
        encoder = self._encoder
        if self.pieces:
            self.with_other_mark |= {way.column for way in columns_with_other_mark(piece, encoder.ways)}
        self._unlike.add(piece, encoded)
        self._rows += piece.height
        in_order = self._are_numbers_and_levels and not encoded.gone.any()
        if in_order and (encoded.rows[:, encoder.first_code :] >= FIRST).all():  # most rows that come one by one
            self._with_value.update(encoder.sources)
            self._without_gap += piece.height
        else:
            self._add_cells(piece, encoded)

    def _add_cells(self, piece: pl.DataFrame, encoded: Encoded) -> None:
        import polars as pl

        encoder = self._encoder
        values = [~encoded.gone, encoded.rows[:, encoder.first_code :] != GAP]
        filled = np.concatenate([each.any(axis=0) for each in values])
        self._with_value.update(encoder.source_of_each[filled])
        empty = ~(values[0].any(axis=1) | values[1].any(axis=1) | encoder.knows_nothing)
        for text in encoder.texts if empty.any() else ():
            empty &= (
                (piece.get_column(text.source).cast(pl.String, strict=False).str.strip_chars() == "")
                .fill_null(value=True)
                .to_numpy()
            )
        self._empty_rows += int(empty.sum())
        has_gaps = np.any(encoded.gone, axis=0)
        self._without_gap[~has_gaps] += piece.height
        for at in np.flatnonzero(has_gaps).tolist():
            number = encoder.numbers[at]
            if encoder.first_numbers[number.source] != at:
                continue
            column = piece.get_column(number.source)
            if number.words:
                column = without_words_for_missing(column, number.words)
            form = f" of the form {number.format}" if number.format else ""
            if number.part is None and column.dtype == pl.String:
                self._count_words(number.source, column.filter(pl.Series(encoded.gone[:, at])))
            self._add(column, encoded.gone[:, at], "a number" if number.part is None else f"a date{form}")
        for name, dates in self._forms.items():
            if len(days := serial_days(piece.get_column(name), dates)):
                count, first = self._serial.get(name, (0, f"{days[0]}"))
                self._serial[name] = count + len(days), first
        unknown = encoded.rows[:, encoder.first_code :] == UNKNOWN
        has_unknown = np.any(unknown, axis=0)
        for at in range(len(has_unknown)) if self.pieces else np.flatnonzero(has_unknown).tolist():
            category = encoder.categories[at]
            if category.part is None:  # cells without a value do not count
                column = piece.get_column(category.source)
                self._add(column, unknown[:, at], None)
                if has_unknown[at]:
                    words = texts(column.filter(pl.Series(unknown[:, at])), verbatim=category.verbatim)
                    self._count_words(category.source, words)
        for (text, places), (_, lanes) in zip(encoder.places_of_texts, encoder.lanes_of_texts, strict=True):
            odd = text.says_nothing(encoded.rows[:, places], encoded.terms[:, lanes])
            column = piece.get_column(text.source)
            self._add(column, odd, KNOWN_WORDS)
            if (column.cast(pl.String, strict=False).str.strip_chars() != "").any():
                self._with_value.add(text.source)

    def _count_words(self, column: str, words: pl.Series) -> None:
        known = self._unknown.setdefault(column, {})
        for word, count in words.drop_nulls().alias("word").value_counts().iter_rows():
            if word in known or len(known) < WORDS_KEPT:
                known[word] = known.get(word, 0) + count

    def _add(self, column: pl.Series, odd: np.ndarray, wanted: str | None) -> None:
        import polars as pl

        if is_nested(column.dtype):
            cells, present, example = int(column.is_not_null().sum()), len(column.drop_nulls()), "a list or bytes"
        else:
            bad = column.filter(pl.Series(odd)).drop_nulls()
            bad = bad if wanted is None else without_missing(bad)
            cells, present = len(bad), len(without_missing(column))
            example = str(bad[0]) if cells else ""
        self._present[column.name] = self._present.get(column.name, 0) + present
        if cells:
            short = example if len(example) <= LONGEST_CELL else f"{example[:LONGEST_CELL]}..."
            known = self._counts.setdefault(column.name, Unusable(column.name, 0, 0, short, wanted))
            known.cells += cells

    def serial_days(self) -> list[tuple[str, str, str]]:
        """A line for each column of dates in which serial days of Excel stand."""
        import polars as pl

        notes = []
        for name, (count, first) in self._serial.items():
            day = moments(pl.Series([float(first)]), None)[0]
            why = f"{first} is read as {day:%Y-%m-%d}: {counted(count, 'serial day')} of Excel"
            notes.append(("dates", name, why))
        return notes

    def known_words(self) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, str]]]:
        """Column -> word -> the known one that it is in another spelling; and a line for each such column."""
        found, notes = self._known_numbers()
        for category in self._encoder.categories if self._unknown else ():
            unknown = self._unknown.get(category.source, {}) if category.part is None else {}
            words = known_words(unknown, category.levels)
            if words:
                found[category.source] = words
                cells = sum(unknown[word] for word in words)
                word = max(sorted(words), key=unknown.__getitem__)
                why = f"'{word}' is read as '{words[word]}', which training had"
                notes.append(("read as", f"{category.source}: {counted(cells, 'cell')}", why))
        return found, notes

    def _known_numbers(self) -> tuple[dict[str, dict[str, str]], list[tuple[str, str, str]]]:
        """The same of cells of numbers in another form, each as the run writes its numbers."""
        found, notes = {}, []
        for number in self._encoder.numbers if self._unknown else ():
            cells = self._unknown.get(number.source, {}) if number.part is None else {}
            plain = in_known_form(list(cells), number.decimal, number.format)
            if plain and number.source not in found:
                found[number.source] = plain
                count, (cell, value) = sum(cells[each] for each in plain), next(iter(plain.items()))
                notes.append(("read as", f"{number.source}: {counted(count, 'cell')}", f"'{cell}' is read as {value}"))
        return found, notes

    def empty(self) -> list[tuple[str, str, str]]:
        """A line for each column that is empty in all of many rows, or of a few where training had no empty cell."""
        names = [*self._encoder.source_of_each.tolist(), *(text.source for text in self._encoder.texts)]
        known = self._with_value | self._counts.keys()
        if self._rows < CELLS_THAT_PROVE:
            return []  # of a single row, it is known that a value is not
        usual: set[str] = set()  # where empty cells are nothing new
        if self._rows < LEVELS_THAT_PROVE:
            usual = {number.source for number in self._encoder.numbers if number.gaps}
            usual |= {category.source for category in self._encoder.categories if category.gaps}
        gone = [name for name in dict.fromkeys(names) if name not in known and name not in usual]
        why = "the run was fitted on its values"
        notes = [("empty", f"{name}: all {self._rows:,} rows", why) for name in gone]
        return [*notes, *([note_on_empty_rows(self._empty_rows)] if self._empty_rows else [])]

    def without_a_date(self) -> list[str]:
        """Columns of dates of which not one cell with a value is a date."""
        return [
            name
            for name, each in self._counts.items()
            if name in self._forms and each.cells == self._present[name] and not self._dated(name)
        ]

    def _dated(self, name: str) -> bool:
        """Whether some piece had a date in every row, which is not counted among those present."""
        return bool(self._without_gap[self._encoder.first_numbers[name]])

    def unlike(self) -> list[tuple[str, str, str]]:
        """A line for each column whose numbers are unlike those of training, or are missing where those were not."""
        return self._unlike.notes({name: each.cells for name, each in self._counts.items()})

    def counted(self) -> list[Unusable]:
        """A line a column.

        Raises:
            DataError: not one of the cells of a column could be used.
        """
        for name, each in self._counts.items():
            first = self._encoder.first_numbers.get(name)
            without_gap = 0 if first is None else self._without_gap[first]
            each.present = max(self._present[name] + int(without_gap), each.cells)
            enough = LEVELS_THAT_PROVE if each.wanted in (None, KNOWN_WORDS) else CELLS_THAT_PROVE
            if each.cells == each.present >= enough:
                what = "was in training" if each.wanted is None else f"is {each.wanted}"
                dated = each.wanted is not None and each.wanted.startswith("a date")
                other_way = "say with --date-order what they begin with, " if dated else ""
                raise DataError(
                    f"not one of the {counted(each.present, 'value')} of the column '{name}' {what}, such as "
                    f"'{each.example}'",
                    fix=f"Write them as in the data that the run was fitted on, {other_way}or leave the cells empty",
                )
        return list(self._counts.values())


def note_on_empty_rows(count: int) -> tuple[str, str, str]:
    """The line that is printed of rows without any value."""
    return "empty", counted(count, "row"), OF_NOTHING


def without_words_for_missing(column: pl.Series, words: Sequence[str]) -> pl.Series:
    """Null in place of these words."""
    import polars as pl

    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return column
    text = visible(column)
    return pl.select(pl.when(~text.is_in(list(words))).then(text)).to_series().rename(column.name)


def refuse_other_order(frame: pl.DataFrame, encoder: Encoder) -> None:
    """Dates that begin with the month, where the run's begin with the day, would be read as others wherever they can.

    Raises:
        DataError: cells of a column are dates in the other order alone.
    """
    import polars as pl

    for number in encoder.numbers:
        other = None if number.format is None or number.part is None else swapped(number.format)
        if other is None or number.source not in frame.columns:
            continue
        column = frame.get_column(number.source)
        if column.dtype != pl.String:
            continue
        gone = column.filter(moments(column, number.format).is_null() & column.is_not_null())
        odd = gone.filter(moments(gone, other).is_not_null()) if len(gone) else gone
        if len(odd) >= CELLS_THAT_PROVE:
            begin = "day" if other.startswith("%d") else "month"
            raise DataError(
                f"the dates of the column '{number.source}' are {shown_form(other)} ({odd[0]}); the run was fitted on "
                f"{shown_form(str(number.format))}",
                fix=f"Say so with --date-order {begin}, or write them as 2024-05-31",
            )
