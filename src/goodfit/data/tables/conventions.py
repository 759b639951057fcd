"""How a file writes numbers: decimal point or comma, decided once from all of its columns.

Evidence for a decimal comma: a comma that is not before exactly three digits (1,5), one behind a leading zero (0,125)
or behind four digits, a point before a comma (1.234,5), several points (1.234.567). For a point, the same with the
marks exchanged. 1,234 alone says nothing: then the other columns decide, and without them it is an assumption, and a
warning says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goodfit.data.tables.bounds import one_end
from goodfit.data.tables.magnitudes import has_magnitudes, without_magnitudes
from goodfit.data.tables.missing_words import DIGIT, MISSING, are_words, words_among_numbers
from goodfit.data.tables.numbers import framed, unified
from goodfit.data.tables.units import unit_of, without_unit
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

MARKS = {".": "point", ",": "comma"}
OTHER = {".": ",", ",": "."}
ROWS_SAMPLED = 5_000  # of a column, spread evenly, to see whether it holds numbers
SHARE_OF_NUMBERS = 0.9  # of the sampled cells, of any convention
SLIPS_AT_MOST = 0.02  # of the evidence of a column: the other mark in so few cells is a slip
ANY_NUMBER = framed(r"[\d.,' ]*\d[\d.,' ]*(?:[eE][+-]?\d+)?")
WHOLE = "^[0-9]+$"
SEVERAL_MARKS = r"\..*\.|,.*,"
IN_GROUPS = "|".join(  # 1.234.567,8 and 12,34,567.8, but neither 10.2.13.4 nor 24.12.2025 nor 044.123.456
    rf"^[1-9]\d{{0,2}}(?:{group}\d{{2,3}})*{group}\d{{3}}(?:{point}\d*)?(?:[eE].*)?$"
    for point, group in ((r"\.", ","), (",", r"\."))
)
IN_THREES = r"^\d{3}(?:[.,]\d{3}){2,}$"


@dataclass(frozen=True)
class Evidence:
    """How many cells of a column speak for each decimal mark, and how many could be either, with one of them.

    Attributes:
        in_threes: whether all of it is written like 601.234.567, as telephones and tax numbers are: it has no say about
            other columns.
    """

    cells: Mapping[str, int]
    examples: Mapping[str, str]
    unclear: str  # "" of none
    unclear_cells: int
    in_threes: bool

    @property
    def mark(self) -> str | None:
        """The decimal mark that the column itself shows; None where it shows none, or both."""
        total = sum(self.cells.values())
        return next((mark for mark in MARKS if total and self.cells[OTHER[mark]] <= SLIPS_AT_MOST * total), None)


NO_MARK_SHOWN = Evidence(dict.fromkeys(MARKS, 0), dict.fromkeys(MARKS, ""), "", 0, True)


@dataclass(frozen=True)
class Convention:
    """The decimal mark of the file, and of each column where they differ; what was assumed.

    Attributes:
        marks: column -> mark, of the columns of text that hold numbers.
        note: what was seen, for the line that is printed; None where there is nothing to tell.
        doubts: what was assumed without evidence, and how to settle it.
    """

    mark: str
    marks: Mapping[str, str]
    note: tuple[str, str, str] | None
    doubts: tuple[tuple[str, str], ...]

    def of(self, name: str) -> str:
        """The mark of a column."""
        return self.marks.get(name, self.mark)


def evidence(column: pl.Series) -> Evidence | None:
    """What the cells of a column of text show; None where it does not hold numbers."""
    import polars as pl

    present = column.cast(pl.String).drop_nulls()
    if are_words(present):
        return None
    if present.str.contains(WHOLE).all():
        return NO_MARK_SHOWN
    sample = present.gather_every(max(1, len(present) // ROWS_SAMPLED))
    sample = unified(sample.filter(~sample.is_in(MISSING)))
    if words_among_numbers(sample):
        sample = sample.filter(sample.str.contains(DIGIT))
    sample = one_end(sample)
    if _share_of_numbers(sample) < SHARE_OF_NUMBERS:
        if has_magnitudes(sample) and _share_of_numbers(without_magnitudes(sample)) >= SHARE_OF_NUMBERS:
            return _weighed(without_magnitudes(unified(present)))
        unit = unit_of(sample)
        sample = sample if unit is None else without_unit(sample, unit)
        if unit is None or _share_of_numbers(sample) < SHARE_OF_NUMBERS:
            return None
        present = without_unit(unified(present), unit)
    commas = present.str.contains(",", literal=True)
    if not commas.any() and (seen := _weighed(sample)).cells["."]:
        return seen  # no comma in the whole column: the sample has shown enough
    return _weighed(one_end(unified(present)))


def _share_of_numbers(text: pl.Series) -> float:
    """Of the cells, those that are numbers by one mark or the other: an address of a network is by neither."""
    import polars as pl

    digits = pl.lit(text).str.extract(ANY_NUMBER, 1).str.strip_chars()
    numbers = ~digits.str.contains(SEVERAL_MARKS) | digits.str.contains(IN_GROUPS)
    return float(pl.select(numbers.fill_null(value=False).mean()).item() or 0)


def _weighed(text: pl.Series) -> Evidence:
    import polars as pl

    digits = pl.select(pl.lit(text).str.extract(ANY_NUMBER, 1).str.strip_chars().drop_nulls()).to_series()
    digits = digits.filter(digits.str.contains(r"[.,]"))
    if not len(digits):
        return NO_MARK_SHOWN
    cells, examples = {}, {}
    for mark in MARKS:
        showing = digits.filter(digits.str.contains(_showing(mark)))
        cells[mark], examples[mark] = len(showing), showing[0] if len(showing) else ""
    unclear = digits.filter(digits.str.contains(r"^[1-9]\d{0,2}[.,]\d{3}$"))
    in_threes = bool(digits.str.contains(IN_THREES).all())
    return Evidence(cells, examples, unclear[0] if len(unclear) else "", len(unclear), in_threes)


def _showing(mark: str) -> str:
    """Digits that are a number only where this is the decimal mark."""
    point, group = re.escape(mark), re.escape(OTHER[mark])
    return "|".join(
        (
            rf"^\d*{point}(?:\d{{1,2}}|\d{{4,}})?(?:[eE].*)?$",  # not before exactly three digits
            rf"^\d*{point}\d+[eE].*$",
            rf"^0*{point}\d+$",  # a leading zero
            rf"^\d{{4,}}{point}\d+$",
            rf"^\d{{1,3}}(?:[' ]\d{{3}})+{point}\d+$",  # other thousands
            rf"^\d{{1,3}}(?:{group}\d{{2,3}})+{point}\d*$",  # the other mark before it
            rf"^\d{{1,3}}(?:{group}\d{{3}}){{2,}}$",  # the other mark several times
            rf"^\d{{1,2}}(?:{group}\d{{2}})+{group}\d{{3}}$",  # as in India
        )
    )


def convention(frame: pl.DataFrame, *, separator: str | None, decimal: str | None) -> Convention:
    """The convention of a file or frame.

    Args:
        separator: of the file; None of a frame. A file of semicolons has decimal commas more often than not.
        decimal: the mark, as the user says.

    Raises:
        DataError: a column has decimal points and decimal commas.
    """
    import polars as pl

    if decimal is not None:
        return Convention(decimal, {}, ("decimals", MARKS[decimal], "as you said"), ())
    shown = {column.name: evidence(column) for column in frame.iter_columns() if column.dtype == pl.String}
    seen = {name: each for name, each in shown.items() if each is not None}
    for name, each in seen.items():
        if each.mark is None and any(each.cells.values()):
            raise DataError(
                f"the column '{name}' has decimal points ({each.examples['.']}) and decimal commas "
                f"({each.examples[',']})",
                fix=f"Say which are meant with --decimal, or read it as words with --categorical {name}",
            )
    votes = {mark: [name for name, each in seen.items() if each.mark == mark] for mark in MARKS}
    has_say = {mark: [name for name in votes[mark] if not seen[name].in_threes] for mark in MARKS}
    unclear = {name: each.unclear for name, each in seen.items() if each.mark is None and each.unclear}
    doubts: list[tuple[str, str]] = []
    if any(has_say.values()) or not unclear:
        file_mark = max(MARKS, key=lambda mark: (len(has_say[mark]), len(votes[mark])))
    else:
        file_mark, doubts = _assumed(unclear, separator)
    odd = votes[OTHER[file_mark]]
    if odd:
        example = seen[odd[0]].examples[OTHER[file_mark]]
        doubt = (
            f"the column '{odd[0]}' is written with a decimal {MARKS[OTHER[file_mark]]} ({example}) and others with a "
            f"{MARKS[file_mark]}: it is read so"
        )
        fix = f"If it is not a number, pass --categorical {odd[0]}; --decimal settles the mark for all columns"
        doubts.append((doubt, fix))
    note = None
    if file_mark == ",":
        cell = seen[votes[","][0]].examples[","] if votes[","] else next(iter(unclear.values()))
        value = cell.replace(".", "").replace(",", ".")
        note = ("decimals", "comma", f"{cell} is read as {value}; --decimal . reads the comma as thousands")
    elif any("," in cell for cell in unclear.values()):
        cell = next(cell for cell in unclear.values() if "," in cell)
        note = ("decimals", "point", f"{cell} is read as {cell.replace(',', '')}; --decimal , reads it as a decimal")
    return Convention(file_mark, dict.fromkeys(odd, OTHER[file_mark]), note, tuple(doubts))


def _assumed(unclear: Mapping[str, str], separator: str | None) -> tuple[str, list[tuple[str, str]]]:
    """The mark where no cell shows it, and the warning where that matters."""
    name, cell = next(iter(unclear.items()))
    has_comma = any("," in each for each in unclear.values())
    mark = "," if separator == ";" and has_comma else "."
    if not has_comma and separator == ",":
        return ".", []  # a file of commas has decimal points
    value = cell.replace(OTHER[mark], "").replace(mark, ".")
    doubt = (
        f"{cell} in the column '{name}' is read as {value}; nothing in the data shows whether the "
        f"{MARKS['.' if '.' in cell else ',']} separates decimals or thousands"
    )
    return mark, [(doubt, "Settle it with --decimal . or --decimal ,")]
