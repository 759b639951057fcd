"""Lines of a table that are no rows: titles and comments above, units below the names, repeated names, notes below.

Only what cannot be a row is left out, and said: lines above that have fewer cells than all lines below them, lines that
begin with # and have another number of cells, lines that repeat the names of all columns, a first line of units above
numbers alone, and last lines with a single cell that begins as notes do (Source: WHO), or is words below numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.decoding import excerpt
from goodfit.data.tables.header import DATE, NOT_A_WORD, NUMBER, SHARE_OF_A_KIND, share_of
from goodfit.data.tables.missing_words import MISSING
from goodfit.data.tables.second_names import WITHOUT_NAME, has_names_again
from goodfit.data.tables.totals import CALLED_TOTALS
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

ABOVE_AT_MOST = 20  # lines
CELLS_AT_LEAST = 3  # in most lines: of two, one too few may be a lost one
BELOW_AT_LEAST = 3  # lines of the usual number of cells, so that it is known
RULE = lazy_pattern(r":?-{2,}:?")  # below the names, in Markdown
ROWS_BELOW_UNITS = 5  # at least, so that it is known what the columns hold
NOTES_AT_MOST = 20  # lines
WORD = r"[^\W\d_]"  # a letter
UNIT = rf"(?:{WORD}|[°‰\"'])(?:{WORD}|[°²³^\"'23]){{0,11}}\.?(?:[/ ·](?:{WORD}|[²³^23]){{1,12}})?"  # cm, m², km/h, °C
UNIT_OF_COLUMN = lazy_pattern(rf"[\[(]?(?:{UNIT}|%|[$€£¥]|[-–/])[\])]?")
UNITS_OF_WORDS = ("text", "string", "name", "unit", "units", "einheit", "[-]", "(-)", "–")  # of columns without numbers
BEGINS_A_NOTE = (
    "source", "sources", "quelle", "quellen", "fuente", "fuentes", "fonte", "fontes", "bron", "källa", "kilde",
    "źródło", "источник", "note", "notes", "nota", "notas", "anmerkung", "anmerkungen", "hinweis", "hinweise", "remark",
    "remarks", "legend", "legende", "footnote", "footnotes", "copyright", "last update", "last updated", "updated",
    "stand", "exported", "generated", "downloaded", "retrieved", "来源", "数据来源", "注", "出典", "資料",
)  # fmt: skip
NOTE = lazy_pattern(
    rf"(?i)[_=*–—-]{{3,}}$|(?:{'|'.join(BEGINS_A_NOTE)})(?: {WORD}+){{0,2}} ?[:：]|[©*†‡§]+ ?\w|\(c\) "
    rf"|\(?\d{{1,2}}\) {WORD}"
    r"|\(?\d[\d,.]* (?:rows?|records?|entries|results|Zeilen?|Datensätze|lignes?|filas?|registros)(?: "
    r"(?:affected|selected|in set|in total|total|exported|returned|retrieved|fetched|found|exportiert))?\.?\)?"
    r"(?: \(\d[\d.,]* \w+\))?$"
)
# of instruments, among rows of many
NOTE_OF_ONE_CELL = lazy_pattern(rf"(?i)~ ?end\b|{WORD}+(?: {WORD}+){{0,3}} ?: ?\S")
LINES_OF_QUALTRICS, IMPORT_ID = 2, '{"ImportId":'  # the question of each column, and where it came from
COMMENTS = ("#", "%", "//")
SIGNS_BETWEEN_NAMES = ",;\t|"
NAMES_AGAIN = "a second line of names"

Record = tuple[int, list[str]]  # the line that it begins in, and its cells
Note = tuple[str, str, str]


def without_lines_beside(
    read: Sequence[Record], header: bool | None, separator: str
) -> tuple[list[Record], list[Note]]:
    """The records of a table whose lines differ in their numbers of cells, without those that are no rows.

    Args:
        header: what the user says of the first line; False: nothing above is left out.
        separator: of the cells; behind a comma a cell may be the decimals of the one before it.
    """
    usual = Counter(len(cells) for _, cells in read).most_common(1)[0][0]
    kept, notes = list(read), []
    below = _below(kept, usual)
    if below:
        line, cells = kept[-below]
        notes.append(
            ("left out", counted(below, "line"), f"below the table, such as line {line}: {cells[0].strip()[:40]}")
        )
        kept = kept[:-below]
    if usual >= CELLS_AT_LEAST:
        comments = [line for line, cells in kept if len(cells) != usual and _is_comment(cells)]
        if comments and not any(_is_comment(cells) for _, cells in kept[1:] if len(cells) == usual):
            kept = [record for record in kept if record[0] not in set(comments)]
            notes.append(("left out", counted(len(comments), "line"), f"comments, such as line {comments[0]}"))
        above = 0 if header is False else _above(kept, usual)
        if above:
            line, cells = kept[above - 1]
            names, sign = _cut_otherwise(cells, usual)
            if titles := above - bool(names):
                notes.append(("left out", f"{counted(titles, 'line')} at the top", "fewer cells than all lines below"))
            if names:
                notes.append(("first line", f"names with '{sign}' between them", "the lines below have another sign"))
            kept = [*([(line, names)] if names else []), *kept[above:]]
        completed = _first_line_completed(kept, usual, separator)
        if completed is not None:
            kept = completed
            why = "the first line has a name less than the others have cells, as R writes tables"
            notes.append(("first column", "names of rows", why))
        kept = _cut(kept)
    return kept, notes


def _below(read: Sequence[Record], usual: int) -> int:
    """How many last lines are notes, of another number of cells than the rows."""
    other = next((at for at, (_, cells) in enumerate(reversed(read)) if len(cells) == usual), len(read))
    last = read[len(read) - other :]
    texts = [cells[0].strip() for _, cells in last]
    count = other if _stands_apart(read, other, usual) else _from_first_note(texts)
    if usual >= CELLS_AT_LEAST and other and all(len(cells) == 1 for _, cells in last):
        count = other if all(NOTE_OF_ONE_CELL.match(text) or NOTE.match(text) for text in texts) else count
    rows = read[: len(read) - count]
    return count if count <= NOTES_AT_MOST and sum(len(cells) == usual for _, cells in rows) >= BELOW_AT_LEAST else 0


def _stands_apart(read: Sequence[Record], count: int, usual: int) -> bool:
    """Whether the last lines are sentences of a report below an empty line: one cell each, and words in the first."""
    last = read[len(read) - count :]
    if usual < CELLS_AT_LEAST or not 1 < count < len(read) or any(len(cells) > 1 for _, cells in last):
        return False
    return last[0][0] > read[len(read) - count - 1][0] + 1 and _is_words(last[0][1][0])


def note_on_notes(count: int, line: int, cells: Sequence[str | None]) -> Note:
    """The line that is printed of lines below the table, of which one has these cells."""
    first = next((cell for cell in cells if cell), "")
    return "left out", counted(count, "line"), f"below the table, such as line {line}: {excerpt(first)}"


def notes_last(frame: pl.DataFrame) -> int:
    """How many of the last rows are notes: the first cell alone, which begins as they do, or is words below numbers.

    Args:
        frame: cells as text; there may be names of columns in the first row, and empty columns beside the table.
    """
    frame = frame.select(column for column in frame.iter_columns() if column.null_count() < len(column))
    if frame.width < 2 or frame.height <= BELOW_AT_LEAST:
        return 0
    last = frame.tail(NOTES_AT_MOST + 1)
    alone = [row[0] is not None and all(cell is None for cell in row[1:]) for row in last.iter_rows()]
    count = next((at for at, one in enumerate(reversed(alone)) if not one), len(alone))
    if not 0 < count <= NOTES_AT_MOST or frame.height - count < BELOW_AT_LEAST:
        return 0
    texts = [str(cell).strip() for cell in last.to_series(0).to_list()[-count:]]
    above = frame.to_series(0)[1:-count].drop_nulls()
    above = above.filter(~above.is_in(MISSING))
    measured = len(above) >= BELOW_AT_LEAST and share_of(above, f"{NUMBER}|{DATE}") >= SHARE_OF_A_KIND
    noted = _from_first_note(texts)
    total = str(frame.to_series(0)[-count - 1] or "")
    if len(texts) > 1 and noted and re.search(CALLED_TOTALS, total):
        return count  # below the line of totals nothing is a row
    return count if all(measured and _is_words(text) for text in texts[: count - noted]) else 0


def _from_first_note(texts: Sequence[str]) -> int:
    """How many of the last texts are notes: the first that begins as they do, and what stands below it."""
    first = next((at for at, text in enumerate(texts) if NOTE.match(text)), len(texts))
    return len(texts) - first


def below_names(frame: pl.DataFrame) -> tuple[int, str] | None:
    """How many lines below the names of the columns are no rows, and what they are; None: there are none.

    Args:
        frame: cells as text, below the names of the columns.
    """
    for at in range(min(frame.height, LINES_OF_QUALTRICS)):
        cells = [cell for cell in frame.row(at) if cell]
        if cells and all(str(cell).startswith(IMPORT_ID) for cell in cells):
            return at + 1, "questions of Qualtrics below the names of the columns"
    first = frame.row(0) if frame.height else ()
    nameless = any(name.startswith(WITHOUT_NAME) and cell for name, cell in zip(frame.columns, first, strict=False))
    if has_units_first(frame) and not (nameless and has_names_again(frame)):
        return 1, f"units below the names of the columns, such as '{units_of_row(frame)}'"
    if has_names_again(frame):
        shown = next(cell for cell in frame.row(0) if cell)
        return 1, f"{NAMES_AGAIN}, such as '{excerpt(shown)}': its words are in no other line"
    return None


def has_units_first(frame: pl.DataFrame) -> bool:
    """Whether the first row has the units of the columns: where all others have numbers, and nothing that is a value.

    Args:
        frame: cells as text, below the names of the columns.
    """
    if frame.height <= ROWS_BELOW_UNITS or not any(frame.row(0)):
        return False
    measured = 0
    for cell, column in zip(frame.row(0), frame.iter_columns(), strict=True):
        below = column[1:].drop_nulls()
        if cell is None or not len(below) or cell.lower() in (*NOT_A_WORD, *UNITS_OF_WORDS):
            continue
        of_numbers = share_of(below, NUMBER) >= SHARE_OF_A_KIND
        if not of_numbers or cell in MISSING or not UNIT_OF_COLUMN.fullmatch(cell):
            return False
        measured += 1
    return measured > 0


def units_of_row(frame: pl.DataFrame) -> str:
    """The first unit of the first row."""
    return next(str(cell) for cell in frame.row(0) if cell is not None and cell.lower() not in NOT_A_WORD)


def _is_words(text: str) -> bool:
    """Several words, of letters."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= 2


def repeats_names(frame: pl.DataFrame) -> np.ndarray | None:
    """(N,) whether each row repeats the names of all columns (two or more), in any letters; None: none does."""
    import polars as pl

    names = frame.columns
    plain = [name.lower() for name in names]
    if len(names) < 2 or not (frame.to_series(0).str.to_lowercase() == plain[0]).any():
        return None
    same = pl.all_horizontal([pl.nth(at).str.to_lowercase().eq_missing(pl.lit(name)) for at, name in enumerate(plain)])
    rows = frame.select(same.alias("same")).get_column("same").to_numpy()
    return rows if rows.any() else None


def is_rule(cells: Sequence[str | None]) -> bool:
    """Whether these cells only draw a line, as below the names of columns in Markdown."""
    return len(cells) > 1 and all(cell is None or RULE.fullmatch(cell) for cell in cells) and any(cells)


def _is_comment(cells: Sequence[str]) -> bool:
    return cells[0].lstrip().startswith(COMMENTS)


def _above(read: Sequence[Record], usual: int) -> int:
    """How many lines at the top have fewer cells than all others; 0 where they may be more than titles."""
    first = next((at for at, (_, cells) in enumerate(read) if len(cells) == usual), 0)
    below = read[first:]
    if not 0 < first <= ABOVE_AT_MOST or len(below) < BELOW_AT_LEAST:
        return 0
    fewer = all(2 * len(cells) <= usual for _, cells in read[:first])
    return first if fewer and all(len(cells) == usual for _, cells in below) else 0


def _cut_otherwise(cells: Sequence[str], usual: int) -> tuple[list[str], str]:
    """Names of all columns in a single cell, with another sign between them than between the cells of the lines below,
    and that sign; none where the cell is no such line.
    """
    for sign in SIGNS_BETWEEN_NAMES if len(cells) == 1 else "":
        names = [name.strip().strip('"') for name in cells[0].split(sign)]
        if len(names) == usual == len(set(names)) and all(re.search(WORD, name) for name in names):
            return names, sign
    return [], ""


def _first_line_completed(read: list[Record], usual: int, separator: str) -> list[Record] | None:
    """R names all columns but the first, in which it writes the names of rows: whole numbers or words, all different.

    None of other tables.
    """
    (line, names), below = read[0], read[1:]
    if len(names) != usual - 1 or len(below) < BELOW_AT_LEAST or any(len(cells) != usual for _, cells in below):
        return None
    first = [cells[0].strip() for _, cells in below]
    running = first == [str(at) for at in range(1, len(first) + 1)]
    whole = running or (separator != "," and all(cell.isdecimal() for cell in first))
    words = all(any(sign.isalpha() for sign in cell) for cell in first)
    last = any(cells[-1].strip() for _, cells in below)
    if not last or len(set(first)) < len(first) or not (whole or words):
        return None
    if separator == "," and _are_cents([cells[-2:] for _, cells in below]):
        return None  # 1,12,50 of two columns
    return [(line, ["", *names]), *below]


def _are_cents(ends: Sequence[Sequence[str]]) -> bool:
    """Whether the last two cells of each line are an amount with a decimal comma: two digits, as 05, or always 00."""
    before, last = ([cells[at].strip() for cells in ends] for at in (0, 1))
    digits = all(re.fullmatch(r"\d\d", cell) for cell in last) and all(re.search(r"\d$", cell) for cell in before)
    return digits and (any(cell[0] == "0" for cell in last) or len(set(last)) == 1)


def _cut(read: list[Record]) -> list[Record]:
    """Without the empty cells that separators at the ends of lines make, where the first line has none."""
    width = len(read[0][1])
    if any(len(cells) < width or any(cell.strip() for cell in cells[width:]) for _, cells in read):
        return read
    return [(line, cells[:width]) for line, cells in read]
