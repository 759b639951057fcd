"""In which form the numbers of a column of text are written: plain, with a unit, with bounds, as fractions, in percent.

A form is decided by all cells, and is a word that `numbers` takes; what is said of it names a cell and its value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from goodfit.data.tables.arrows import BELOW, arrow_signs, arrows_form
from goodfit.data.tables.bounds import BOUNDS, PLAIN_AT_LEAST, RANGE, RANGES_AT_LEAST, are_bounds
from goodfit.data.tables.cents import CENTS, IN_CENTS, has_cents
from goodfit.data.tables.compound import COMPOUND, compound_form
from goodfit.data.tables.fractions import form_of_fractions
from goodfit.data.tables.magnitudes import MAGNITUDES, has_magnitudes
from goodfit.data.tables.numbers import (
    FLAGGED,
    FLAGS,
    OF_LABORATORIES,
    ORDINAL,
    ORDINALS,
    UNDERSCORES,
    numbers,
    unified,
)
from goodfit.data.tables.percent import SHARES, has_sign, has_signs, percent_form
from goodfit.data.tables.same_measure import UNITS_FORM, main_unit, measure_of
from goodfit.data.tables.sides import SIDES_FORM, has_sides, sides
from goodfit.data.tables.units import UNIT_FORM, unit_before, units_of, without_unit
from goodfit.formatting import counted, number

if TYPE_CHECKING:
    import polars as pl

NUMBER_SHARE_NEEDED = 0.98  # of the values: then the others are slips, and count as missing
ROWS_TRIED = 1_000  # spread evenly: where too few are numbers, not all are read
TWO_UNDERSCORES = r"^[+-]?[1-9]\d{0,2}(?:_\d{3}){2,}"
GRADE_ABOVE, GRADE_BELOW = r"^\d{1,2} ?\+$", r"^\d{1,2} ?-$"
POWER = r"^\d+[eE]\d+$"  # 4E2 may be a code as well
LEVELS_OF_ORDINALS = 20  # different ones: fewer are classes of a train, or floors
LETTERS_OF_FLAGS = 2  # different ones, of which one alone may be a unit
PLAIN_BESIDE_FLAGS = 0.1  # of the cells, where the letters are surely flags
FILE_OF_NUMBER = r"(?i)^\d+\.(?:jpe?g|png|tiff?|bmp|gif|webp|heic|dcm|wav|mp[34]|pdf|txt|csv|xml|json)$"  # 000001.jpg
LONGEST_CELL = 40  # characters in a message


class NumberForm(NamedTuple):
    """A form, None of plain numbers, and what is said of it: "numbers" alone where there is nothing to say."""

    name: str | None
    why: str


def plain_form(present: pl.Series, decimal: str) -> NumberForm | None:
    """Of text that is plain numbers, or numbers in percent; None of all else. `present` are cells with a value."""
    import polars as pl

    if not holds_numbers(present, decimal) or (_is_text(present) and are_grades(present.cast(pl.String))):
        return None
    if _is_text(present) and present.cast(pl.String).str.contains("¢", literal=True).any():
        return _in_cents(_text(present), present, decimal) or NumberForm(None, "numbers")
    text = _text(present) if _is_text(present) and has_signs(present.cast(pl.String)) else None
    if text is None:
        powers = present.filter(present.cast(pl.String).str.contains(POWER)) if _is_text(present) else present[:0]
        return NumberForm(None, _read_as(powers, decimal, None) if len(powers) else "numbers")
    form = percent_form(text, numbers(present, decimal))
    if form != SHARES:
        return NumberForm(form, "numbers")
    return NumberForm(form, f"{_read_as(text.filter(has_sign(text)), decimal, SHARES)}, as the shares are")


def bounds_form(present: pl.Series, decimal: str) -> NumberForm | None:
    """Of text that is numbers, some of which are bounds such as <0.1 or ranges such as 10-20; None of all else."""
    text = _text(present)
    if text is None or are_grades(text):
        return None
    bounds = are_bounds(text)
    plain = text.filter(~bounds)
    if len(plain) == len(text) or len(plain) < PLAIN_AT_LEAST * len(text):
        return None
    if not holds_numbers(plain, decimal) or not holds_numbers(text, decimal, BOUNDS):
        return None
    if numbers(plain, decimal).n_unique() <= 2:
        return None  # 1 and 1+ are two groups
    text = text.filter(bounds)
    return NumberForm(BOUNDS, f"numbers; {_bounds_read(text, text, decimal, BOUNDS)}")


def other_form(present: pl.Series, decimal: str) -> NumberForm | None:
    """Of text that is numbers with units, written short (5K), fractions or many different ranges; None of all else."""
    text = _text(present)
    if text is None:
        return None
    if (parts := compound_form(text)) is not None and holds_numbers(present, decimal, parts):
        return NumberForm(parts, f"{_read_as(text, decimal, parts)} {COMPOUND[parts].unit}")
    if (arrows := arrows_form(text)) is not None and holds_numbers(present, decimal, arrows):
        below = _read_as(text.filter(arrow_signs(text, arrows) < 0), decimal, arrows)
        accounts = ", as in Japanese accounts" if arrows == BELOW else ""
        return NumberForm(arrows, f"{below}{accounts}")
    if has_sides(text) and holds_numbers(present, decimal, SIDES_FORM):
        return NumberForm(SIDES_FORM, f"{_read_as(text.filter(sides(text) < 0), decimal, SIDES_FORM)}: a debit")
    if (coins := _in_cents(text, present, decimal)) is not None:
        return coins
    if has_magnitudes(text) and holds_numbers(present, decimal, MAGNITUDES):
        return NumberForm(MAGNITUDES, _read_as(text.filter(text.str.contains(r"\p{L}\W*$")), decimal, MAGNITUDES))
    units = units_of(text)
    if len(units) == 1 and (of_one := _of_unit(text, present, decimal, units[0])) is not None:
        return of_one
    if (unit := main_unit(text, units)) is not None and holds_numbers(present, decimal, f"{UNITS_FORM}{unit}"):
        others = text.filter(numbers(text, decimal, f"{UNIT_FORM}{unit}").is_null())
        return NumberForm(f"{UNITS_FORM}{unit}", f"{_read_as(others, decimal, f'{UNITS_FORM}{unit}')}, in {unit}")
    if (before := unit_before(text)) is not None and measure_of([before]) is not None:
        form = f"{UNIT_FORM}{before}"
        if holds_numbers(present, decimal, form):
            return NumberForm(form, f"numbers in {before}; the unit is left out")
    ordinals = text.filter(text.str.contains(ORDINAL))
    many = 2 * len(ordinals) > len(text) and ordinals.n_unique() > LEVELS_OF_ORDINALS
    if many and holds_numbers(present, decimal, ORDINALS):
        return NumberForm(ORDINALS, _read_as(ordinals, decimal, ORDINALS))
    if _has_flags(text) and holds_numbers(present, decimal, FLAGS):
        return NumberForm(
            FLAGS, f"{_read_as(text.filter(text.str.contains(FLAGGED)), decimal, FLAGS)}, without its flag"
        )
    divided = form_of_fractions(text)
    if divided is not None and holds_numbers(present, decimal, divided):
        return NumberForm(divided, _read_as(text.filter(numbers(text, decimal).is_null()), decimal, divided))
    grouped = text.filter(text.str.contains(TWO_UNDERSCORES))
    if len(grouped) and holds_numbers(present, decimal, UNDERSCORES):
        return NumberForm(UNDERSCORES, _read_as(grouped, decimal, UNDERSCORES))
    ranges = text.filter(are_bounds(text))
    if len(ranges) and ranges.n_unique() > RANGES_AT_LEAST and holds_numbers(present, decimal, BOUNDS):
        return NumberForm(BOUNDS, _read_as(ranges, decimal, BOUNDS))
    return None


def _in_cents(text: pl.Series | None, present: pl.Series, decimal: str) -> NumberForm | None:
    if text is None or not has_cents(text) or not holds_numbers(present, decimal, CENTS):
        return None
    return NumberForm(CENTS, _read_as(text.filter(text.str.contains(IN_CENTS)), decimal, CENTS))


def _of_unit(text: pl.Series, present: pl.Series, decimal: str, unit: str) -> NumberForm | None:
    """Of cells with this unit, few of which are bounds (<5 mg) where any is."""
    form = f"{UNIT_FORM}{unit}"
    if text.str.contains(FILE_OF_NUMBER).all() or not holds_numbers(present, decimal, form):
        return None
    why = f"numbers {_in_unit(unit)}; the unit is left out"
    bounds = are_bounds(without_unit(text, unit))
    plain, bounded = text.filter(~bounds), text.filter(bounds)
    if not len(bounded):
        return NumberForm(form, why)
    if len(plain) < PLAIN_AT_LEAST * len(text) or plain.n_unique() <= RANGES_AT_LEAST:
        return None  # a few words for groups: 10+ years, 2 years
    return NumberForm(form, f"{why}; {_bounds_read(bounded, without_unit(bounded, unit), decimal, form)}")


def _bounds_read(cells: pl.Series, bare: pl.Series, decimal: str, form: str) -> str:
    """How many bounds there are and how the first is read; `bare` are the same cells without their unit."""
    what = "middle" if bare[:1].str.contains(RANGE).any() else "bound"
    are = "is" if len(cells) == 1 else "are"
    first = number(numbers(cells[:1], decimal, form)[0])
    return f"{counted(len(cells), 'value')} such as '{cells[0]}' {are} read as the {what}, {first}"


def _in_unit(unit: str) -> str:
    return unit if unit.startswith("out of ") else f"in {unit}"


def _has_flags(text: pl.Series) -> bool:
    """Whether different letters stand behind some of many numbers with decimals: flags of statistics, or of values that
    are high and low.

    Most may have one where there are three letters, or where these can be nothing else.
    """
    flagged = text.filter(text.str.contains(FLAGGED))
    flags = flagged.str.extract(FLAGGED, 2)
    letters = flags.n_unique()
    with_decimals = float(text.str.contains(r"\d[.,]\d").mean() or 0)  # type: ignore[arg-type]  # of booleans
    sure = letters > LETTERS_OF_FLAGS or bool(flags.str.contains(rf"^(?:{OF_LABORATORIES})$").all())
    few = len(flagged) <= (1 - (PLAIN_BESIDE_FLAGS if sure else PLAIN_AT_LEAST)) * len(text)
    return few and letters >= LETTERS_OF_FLAGS and with_decimals >= PLAIN_AT_LEAST


def are_grades(text: pl.Series) -> bool:
    """Whether some cells end in a plus and others in a minus, as grades of schools do: 2- is not minus two then."""
    return bool(text.str.contains(GRADE_ABOVE).any()) and bool(text.str.contains(GRADE_BELOW).any())


def holds_numbers(present: pl.Series, decimal: str, form: str | None = None) -> bool:
    """Whether nearly all of these cells are numbers; words are seen by a part of them."""
    for rows in (present.gather_every(max(1, len(present) // ROWS_TRIED)), present):
        slips = numbers(rows, decimal, form).null_count()
        needed = NUMBER_SHARE_NEEDED if len(rows) == len(present) else 2 * NUMBER_SHARE_NEEDED - 1
        if not len(rows) or len(rows) - slips < needed * len(rows):
            return False
    return True


def first_null(cells: pl.Series, values: pl.Series) -> str:
    """The first cell that has no value, for a message."""
    cell = str(cells.filter(values.is_null())[0])
    return cell if len(cell) <= LONGEST_CELL else f"{cell[:LONGEST_CELL]}..."


def _text(present: pl.Series) -> pl.Series | None:
    """Cells of text in one kind of signs; None where they are no text."""
    import polars as pl

    return unified(present.cast(pl.String)) if _is_text(present) else None


def _is_text(column: pl.Series) -> bool:
    import polars as pl

    return column.dtype in (pl.String, pl.Categorical, pl.Enum)


def _read_as(cells: pl.Series, decimal: str, form: str | None) -> str:
    """numbers; '3/4' is read as 0.75: of the first cell that is a number of the form."""
    values = numbers(cells, decimal, form)
    at = int(values.is_not_null().arg_max() or 0)
    return f"numbers; '{cells[at]}' is read as {number(values[at])}"
