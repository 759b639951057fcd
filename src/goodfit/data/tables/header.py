"""Whether the first line of a delimited file names its columns, decided from all of its lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import count, pairwise
from typing import TYPE_CHECKING

from goodfit.data.tables.visible import INVISIBLE

if TYPE_CHECKING:
    import polars as pl

ROWS_BELOW_NAMES, SHARE_REPEATED = 5, 0.5  # different cells of a column of groups, of its rows
NAMES_KEPT = 4_096
TABLES_KEPT = 16
NAMELESS = "column_"  # and a number, in files without names
UNNAMED = "Unnamed: "  # and the place from 0, as pandas calls a column whose name is empty
ROWS_COMPARED = 10_000  # with the first line
SHARE_OF_A_KIND = 0.95  # of the cells of a column, to say what the column holds
TITLE_LINES_AT_MOST = 20  # above the names of columns
YEARS = range(1500, 2200)  # whole numbers that may name columns, one after the other
DATES_THAT_NAME = 2  # different ones, above numbers: columns of days or months
NOT_A_WORD = ("", "?", "na", "n/a", "nan", "null", "none", "-", ".")  # lower case: no sign of a name
NUMBER = r"^[+-]?[\p{Sc}]?[\d.,'’\s]*\d[\d.,]*([eE][+-]?\d+)?\s?[%\p{Sc}]?$"
DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(:\d{2})?$"
ENDING = r"\.[A-Za-z][A-Za-z0-9]{1,4}$"  # of a file's name


def is_header(first: Sequence[str], rest: pl.DataFrame) -> tuple[bool, str]:
    """Whether these cells name the columns of the lines that follow, and why, in a few words.

    Args:
        first: the cells of the first line.
        rest: all other lines, as text.
    """
    cells = [cell.strip() for cell in first]
    numeric = _matching(cells, NUMBER)
    if rest.height == 0:
        return not any(numeric), "it is the only line"
    rest = rest.head(ROWS_COMPARED)
    dated = _matching(cells, DATE)
    others = _without_repeats(cells, rest)
    for cell, below, number, date in zip(cells, others.iter_columns(), numeric, dated, strict=True):
        if number or date or cell.lower() in NOT_A_WORD:
            continue
        column = _filled(below)  # one by one: of thousands the first mostly says it
        if len(column) and max(share_of(column, NUMBER), share_of(column, DATE)) >= SHARE_OF_A_KIND:
            return True, f"'{cell}' stands above numbers or dates"
    columns = [_filled(column) for column in rest.iter_columns()]
    dates = [(cell, column) for cell, column, date in zip(cells, columns, dated, strict=True) if date and len(column)]
    if (
        len(dates) >= DATES_THAT_NAME
        and len(dict(dates)) == len(dates)
        and all(_above_numbers(below) for _, below in dates)
    ):
        return True, "its dates stand above numbers"
    if any(dated):
        return False, "a cell of the first line is a date"
    if any(numeric):
        return _names_are_numbers(cells, numeric)
    for cell, column, ending in zip(cells, columns, _matching(cells, ENDING), strict=True):
        if cell.lower() in NOT_A_WORD or not len(column):
            continue
        if (column == cell).any():
            return False, f"'{cell}', of the first line, is also in other lines of its column"
        if ending and share_of(column, ENDING) >= SHARE_OF_A_KIND:
            return False, f"'{cell}' is the name of a file, as are the cells below it"
        if any(sign in cell and column.str.contains(sign, literal=True).mean() == 1 for sign in ("/", "\\", "@")):
            return False, f"'{cell}' is of the same form as the cells below it"
    return True, "no cell of the first line is a number"


def _filled(column: pl.Series) -> pl.Series:
    """The cells that are not empty."""
    return column.filter(column.str.strip_chars() != "")


def _without_repeats(first: Sequence[str], rest: pl.DataFrame) -> pl.DataFrame:
    """The lines that differ from the first: where it names the columns, it may stand on each page again."""
    import polars as pl

    same = [pl.nth(at).fill_null("") == cell for at, cell in enumerate(first)]
    others = rest.filter(~pl.all_horizontal(same))
    return others if others.height else rest


def _above_numbers(column: pl.Series) -> bool:
    """Whether a date stands above numbers that are none."""
    return bool(share_of(column, DATE) == 0 and share_of(column, NUMBER) >= SHARE_OF_A_KIND)


def _names_are_numbers(cells: Sequence[str], numeric: Sequence[bool]) -> tuple[bool, str]:
    """0, 1, 2, ... as pandas numbers columns, or years one after the other; all else is a row of numbers."""
    numbers = [cell for cell, number in zip(cells, numeric, strict=True) if number]
    others = [cell for cell, number in zip(cells, numeric, strict=True) if not number]
    if all(re.fullmatch(r"0|[1-9]\d*", cell) for cell in numbers):
        values = [int(cell) for cell in numbers]
        steps = {after - before for before, after in pairwise(values)}
        if values[0] == 0 and steps <= {1} and len(cells) >= 3 and len(set(others)) == len(others):
            return True, "0, 1, 2, ... are numbers of columns"
        if len(values) >= 2 and len(steps) == 1 and all(value in YEARS for value in values) and min(steps) > 0:
            return True, "its numbers are years, one after the other"
    return False, f"'{numbers[0]}' in the first line is a number"


def lines_above(rows: pl.DataFrame) -> int:
    """How many of the first lines are a title and not part of the table: one cell each, where the table has many.

    Spreadsheets fill such lines with separators. The line below has to fill at least three cells, and half of all.
    """
    first = rows.head(TITLE_LINES_AT_MOST + 1)
    filled = [sum(cell is not None for cell in row) for row in first.iter_rows()]
    if blank := next((at for at, count in enumerate(filled) if count), 0):
        return blank + lines_above(rows[blank:])
    titles = next((at for at, count in enumerate(filled) if count > 1), 0)
    if titles == 1 and first.row(0)[0] is None and any(_matching([str(cell) for cell in first.row(1)], NUMBER)):
        return 0  # a name alone above a row, behind columns without names
    enough = titles and filled[titles] >= max(3, rows.width / 2) and any(filled[:titles])
    return titles if enough or (titles and _names_two_columns(rows[titles:])) else 0


def _names_two_columns(rows: pl.DataFrame) -> bool:
    """Whether the first of these rows, below lines of one cell, names two columns: words that are in none of the rows
    below, above numbers or words that repeat.
    """
    names, below = rows.row(0), rows[1:].drop_nulls()
    if rows.width != 2 or None in names or below.height < ROWS_BELOW_NAMES or any(_matching(names, NUMBER)):
        return False
    columns = [below.to_series(at) for at in range(2)]
    if any(column.is_in([name]).any() for name, column in zip(names, columns, strict=True)):
        return False
    return any(
        column.n_unique() <= SHARE_REPEATED * below.height or all(_matching(column.to_list(), NUMBER))
        for column in columns
    )


@lru_cache(maxsize=NAMES_KEPT)
def column_name(cell: str) -> str:
    """The name in one line, without what is not seen: as a file has it, and as a user gives it."""
    return re.sub(INVISIBLE, "", " ".join(cell.split("\n"))).strip()


def column_names(cells: Sequence[str]) -> list[str]:
    """Names in one line each; a column without a name is called as pandas calls it, unless another is called so."""
    return list(_column_names(tuple(cells)))


@lru_cache(maxsize=TABLES_KEPT)  # rows that come one by one have the same columns
def _column_names(cells: tuple[str, ...]) -> list[str]:
    names = [column_name(cell) for cell in cells]
    taken = set(names)
    return [name or _free_name(f"{UNNAMED}{at}", taken) for at, name in enumerate(names)]


def _free_name(name: str, taken: Collection[str]) -> str:
    """As pandas frees a name: Unnamed: 0, Unnamed: 0.1, Unnamed: 0.2."""
    free = (f"{name}.{number}" for number in count(1))
    return name if name not in taken else next(other for other in free if other not in taken)


def _matching(cells: Sequence[str], pattern: str) -> list[bool]:
    """Whether each matches; all at once, since a column of polars for each cell takes 10 s of 9,000."""
    import polars as pl

    return pl.Series(cells, dtype=pl.String).str.contains(pattern).to_list()


def share_of(column: pl.Series, pattern: str) -> float:
    """Of the cells of a column of text, those that match."""
    return float(column.str.strip_chars().str.contains(pattern).mean() or 0)  # type: ignore[arg-type]  # of booleans
