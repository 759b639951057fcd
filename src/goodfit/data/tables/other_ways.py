"""New rows that are written in another way than those of the run: another decimal mark, percent signs or none.

By the run's way they would be read a hundredfold or a thousandfold, and nothing would show it. A mark that the cells
show without doubt is read, and said; all else is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from goodfit.data.tables.bounds import BOUNDS
from goodfit.data.tables.conventions import MARKS, OTHER, evidence
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.encoder_columns import Way
from goodfit.data.tables.frames import Frame, TableInMemory
from goodfit.data.tables.magnitudes import MAGNITUDES
from goodfit.data.tables.moments import date_form, in_order
from goodfit.data.tables.numbers import is_nested, numbers, types_of
from goodfit.data.tables.percent import BESIDE, PERCENT, SHARES, SLIPS_AT_MOST, has_sign, has_signs
from goodfit.data.tables.present_cells import without_missing
from goodfit.data.tables.same_measure import UNITS_FORM
from goodfit.data.tables.units import UNIT_FORM
from goodfit.data.tables.visible import CELLS_LOOKED_AT
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

DIGITS_OF_PERCENT = 10  # 0.07 * 100 is 7.000000000000001


class OtherMarks(NamedTuple):
    """Of new numbers that have another decimal mark than the run's.

    Attributes:
        marks: column -> mark. notes: what is said of them.
        of_all: the mark of all columns; None where some have the run's, or none has another.
    """

    marks: Mapping[str, str] = {}
    notes: Sequence[tuple[str, str, str]] = ()
    of_all: str | None = None


def as_written(encoder: Encoder, frame: Frame, *, decimal: str | None, date_order: str | None) -> Encoder:
    """The encoder, for new rows that the user says are written in another way than the run's.

    Args:
        decimal: the decimal mark of their numbers. date_order: day or month, with which their dates begin; these are
            read in whatever form they have. None: as in the run.
    """
    import polars as pl

    if decimal is not None:
        encoder = encoder.with_decimals({number.source: decimal for number in encoder.numbers})
    if date_order is None:
        return encoder
    forms = {}
    for name in {number.source for number in encoder.numbers if number.part is not None} & set(frame.columns):
        cells = without_missing(frame.column(name))
        form = date_form(cells) if len(cells) and cells.dtype == pl.String else None
        if form is not None:
            forms[name], _ = in_order(cells, form, date_order)
    return encoder.with_date_forms(forms)


def other_marks(frame: Frame, ways: Sequence[Way], suspects: Collection[str] | None = None) -> OtherMarks:
    """Columns of numbers whose new cells have the other decimal mark than the run's, without doubt.

    12,5 is a number with a comma alone. 1,250 is one with a point as well: the other cells of its column decide, and
    where no column has the run's mark those of all columns, unless such cells are the larger part.

    Args:
        ways: of all columns of numbers.
        suspects: those that have the other mark in some cell; None: looked for, in a frame in memory.

    Raises:
        DataError: more cells can be read in both ways than show the mark.
    """
    import polars as pl

    if suspects is None:
        suspects = {way.column for way in columns_with_other_mark(frame.sample(), ways)}
    seen = {way: evidence(frame.column(way.column)) for way in ways if way.column in suspects}
    shown = {way: each for way, each in seen.items() if each is not None and each.mark == OTHER[way.decimal]}
    if not shown:
        return OtherMarks()
    sample = frame.sample()
    others = [way for way in ways if way not in shown and sample.schema.get(way.column) == pl.String]
    rest = {way: each for way in others if (each := evidence(sample.get_column(way.column))) is not None}
    each_alone = any(each.cells[way.decimal] for way, each in rest.items())
    groups = [{way: each} for way, each in shown.items()] if each_alone else [shown | rest]
    marks: dict[str, str] = {}
    notes = []
    for group in groups:
        first = next(iter(group))
        mark = OTHER[first.decimal]
        example = group[first].examples[mark]
        showing = sum(each.cells[mark] for each in group.values())
        unclear = [(way.column, each.unclear) for way, each in group.items() if each.unclear]
        if showing < sum(each.unclear_cells for each in group.values()):
            name, cell = unclear[0]
            raise DataError(
                f"the column '{first.column}' has a decimal {MARKS[mark]} ({example}), and the run was fitted on "
                f"numbers with a decimal {MARKS[first.decimal]}; {cell} in the column '{name}' can be read with both",
                fix=f"Say which it is with --decimal {MARKS[mark]} or --decimal {MARKS[first.decimal]}",
            )
        marks |= {way.column: mark for way in group}
        value = example.replace(first.decimal, "").replace(mark, ".")
        of_run = MARKS[first.decimal]
        why = f"{example} in '{first.column}' is read as {value}; the run's data has a decimal {of_run}"
        notes.append(("decimals", MARKS[mark], f"{why} (--decimal {of_run} reads it so)"))
    return OtherMarks(marks, notes, None if each_alone else mark)


def other_marks_of_targets(targets: Sequence[pl.Series], ways: Sequence[Way], of_all: str | None) -> OtherMarks:
    """The same of new targets, which may show nothing where the columns beside them do.

    Args:
        of_all: the mark of the columns beside them, where it is another than the run's.

    Raises:
        DataError: see `other_marks`.
    """
    import polars as pl

    seen = [evidence(column) if column.dtype == pl.String else None for column in targets]
    own = any(each is not None and each.cells[way.decimal] for way, each in zip(ways, seen, strict=True))
    if of_all is not None and not own:
        return OtherMarks(dict.fromkeys((way.column for way in ways), of_all))
    return other_marks(TableInMemory(pl.DataFrame(list(targets))), ways)


def columns_with_other_mark(frame: pl.DataFrame, ways: Sequence[Way]) -> Iterator[Way]:
    """Columns of numbers in text that have cells with the other decimal mark: of thousands, perhaps."""
    import polars as pl

    types = types_of(frame)
    for way in ways:
        if not isinstance(types.get(way.column), pl.String):
            continue
        plain = way.form in (None, BOUNDS, MAGNITUDES, PERCENT, BESIDE, SHARES) or str(way.form).startswith(
            (UNIT_FORM, UNITS_FORM)
        )
        if plain and _has_sign(frame.get_column(way.column), OTHER[way.decimal]):
            yield way


def _has_sign(text: pl.Series, sign: str) -> bool:
    """Whether it stands in any cell; a few are looked at one by one, which is quicker than a call of polars."""
    if len(text) > CELLS_LOOKED_AT:
        return bool(text.str.contains(sign, literal=True).any())
    return any(cell is not None and sign in cell for cell in text.to_list())


def with_percent_signs(frame: Frame, ways: Sequence[Way], percents: Collection[str]) -> Frame:
    """45% for 0.45, where a workbook shows it so and the run was fitted on numbers with the sign.

    Args:
        percents: columns that a workbook shows as percentages.
    """
    import polars as pl

    signed = [way for way in ways if way.form == PERCENT and way.column in percents]
    if not signed:
        return frame
    rows = frame.sample()
    shown = [
        pl.when(pl.col(way.column).is_not_null())
        .then(pl.format("{}%", (pl.col(way.column) * 100).round(DIGITS_OF_PERCENT).cast(pl.String)))
        .str.replace(".", way.decimal, literal=True)
        .alias(way.column)
        for way in signed
        if rows.schema[way.column].is_numeric()
    ]
    return TableInMemory(rows.with_columns(shown))


def refuse_other_signs(
    frame: pl.DataFrame, ways: Sequence[Way], types: Mapping[str, pl.DataType] | None = None
) -> None:
    """45% is 45, and 0.45 a hundredth of it: whether cells have the sign has to be as in the run's data.

    Args:
        types: of all columns, where they are known.

    Raises:
        DataError: numbers of a column have a percent sign and those of the run had none, or the reverse.
    """
    import polars as pl

    types = types_of(frame) if types is None else types
    for way in ways:
        dtype = types.get(way.column)
        is_text = isinstance(dtype, (pl.String, pl.Categorical, pl.Enum))
        if dtype is None or way.form not in (None, PERCENT) or not (is_text or way.form) or is_nested(dtype):
            continue
        column = frame.get_column(way.column)
        text = column.cast(pl.String) if is_text else None
        if way.form is None and (text is None or not has_signs(text)):
            continue
        known = numbers(column, way.decimal).is_not_null()
        signed = known & has_sign(text).fill_null(value=False) if text is not None else known & False
        odd = signed if way.form is None else known & ~signed
        if int(odd.sum()) > SLIPS_AT_MOST * int(known.sum()):
            had = "numbers without one" if way.form is None else "numbers with one"
            raise DataError(
                f"the column '{way.column}' has {'a' if way.form is None else 'no'} percent sign "
                f"({column.filter(odd)[0]}); the run was fitted on {had}",
                fix="Write them as in the training data: 45% is not 0.45",
            )
