"""What is said of a table that was read: how its columns were taken, its gaps, and values to doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.doubtful_numbers import number_doubt, place_doubt
from goodfit.data.tables.doubtful_words import (
    dates_among_ranges_doubt,
    errors_doubt,
    misread_doubt,
    several_values_doubt,
    written_objects_doubt,
)
from goodfit.data.tables.far_values import far_date, far_value, future_date, other_calendar
from goodfit.data.tables.first_row import units_below_names
from goodfit.data.tables.half_turned import half_turned_doubt
from goodfit.data.tables.matrix_of_ratings import matrix_doubt
from goodfit.data.tables.mixed_signs import all_in_brackets, minus_behind, mixed_signs
from goodfit.data.tables.named_once import named_once_doubt
from goodfit.data.tables.numbers_in_words import mark_of_quality_doubt, number_in_words_doubt, side_alone_doubt
from goodfit.data.tables.present_cells import missing_cells
from goodfit.data.tables.side_by_side import side_by_side_doubt
from goodfit.data.tables.spelt_alike import alike_doubt
from goodfit.data.tables.targets import NUMBER, WORDS, TargetForm
from goodfit.data.tables.totals import rows_of_totals, sum_of_the_others, totals_doubt
from goodfit.data.tables.turned_table import turned_table_doubt
from goodfit.formatting import counted, some_of

if TYPE_CHECKING:  # `goodfit fit --help` lists the options of every source
    import polars as pl

COLUMNS_LISTED = 12  # in a line about missing cells
COLUMNS_NAMED = 40  # of one kind
COLUMNS_OF_ONE_FORM = 6

Types = Mapping[str, ColumnType]
Note = tuple[str, str, str]  # a choice: name, value, why
Doubt = tuple[str, str]  # what was assumed without evidence, and how to settle it


def type_notes(types: Types, seen: pl.DataFrame) -> Iterator[Note]:
    """How the columns were taken, and which cells are missing."""
    for kind, title in (("number", "numbers"), ("category", "categories"), ("date", "dates"), ("text", "texts")):
        named = [name for name, column in types.items() if column.name == kind]
        if named:
            odd = {
                why: columns
                for why, columns in _by_reason(types, kind).items()
                if any(sign in why for sign in (";", ":", "form")) or kind == "text"
            }
            forms = [f"{some_of(columns, COLUMNS_OF_ONE_FORM)}: {why}" for why, columns in odd.items()]
            yield title, f"{len(named):,}", "; ".join([some_of(named, COLUMNS_NAMED), *forms])
    for why, columns in _by_reason(types, "left out").items():
        yield "left out", some_of(columns, COLUMNS_OF_ONE_FORM), why
    gaps = {
        name: missing_cells(seen[name], kind.words_for_missing)
        for name, kind in types.items()
        if kind.name != "left out"
    }
    lines = [
        f"{name}: {', '.join(f'{count:,} {what}' for what, count in counts.items())}"
        for name, counts in gaps.items()
        if counts
    ]
    if lines:
        more = f"; and {len(lines) - COLUMNS_LISTED} more columns" if len(lines) > COLUMNS_LISTED else ""
        cells = sum(sum(counts.values()) for counts in gaps.values())
        yield "missing", f"{counted(cells, 'cell')}", "; ".join(lines[:COLUMNS_LISTED]) + more


def _by_reason(types: Types, kind: str) -> dict[str, list[str]]:
    """The columns of a kind, by why they are of it."""
    columns: dict[str, list[str]] = {}
    for name, column in types.items():
        if column.name == kind:
            columns.setdefault(column.why, []).append(name)
    return columns


def doubts_of(types: Types, seen: pl.DataFrame, form: TargetForm, targets: list[str], *, whole: bool) -> list[Doubt]:
    """Amounts of several kinds, values far from all others, and, where all rows are seen, rows of sums.

    Args:
        seen: rows of the table: all of them, where it is whole.
        form: of the targets, which are these columns.
    """
    ways = {name: (kind.decimal, kind.format) for name, kind in types.items() if kind.name == "number"}
    if form.name == NUMBER:
        ways |= {name: form.way_of(name) for name in targets}
    of_numbers = (mixed_signs, far_value, number_doubt, side_alone_doubt, mark_of_quality_doubt)
    found = [doubt(seen[name], *way) for doubt in of_numbers for name, way in ways.items()]
    found += [doubt(seen[name]) for doubt in (minus_behind, all_in_brackets) for name in ways]
    dates = [(name, kind.format) for name, kind in types.items() if kind.name == "date"]
    found += [
        doubt(seen[name], form_of_it)
        for doubt in (far_date, future_date, other_calendar, half_turned_doubt)
        for name, form_of_it in dates
    ]
    found += [alike_doubt(seen[name]) for name, kind in types.items() if kind.name == "category"]
    words = [name for name, kind in types.items() if kind.name == "category" or ": an identifier" in kind.why]
    words += targets if form.name == WORDS else []
    of_words = (dates_among_ranges_doubt, misread_doubt, errors_doubt, written_objects_doubt)
    found += [several_values_doubt(seen[name], of_target=name in targets) for name in words]
    found += [doubt(seen[name]) for doubt in of_words for name in words]
    found += [number_in_words_doubt(seen[name]) for name in words if name not in types or types[name].doubt is None]
    found += [written_objects_doubt(seen[name]) for name, kind in types.items() if kind.name == "text"]
    found += [place_doubt(seen[name], *way) for name, way in ways.items()]
    if whole:
        found += [units_below_names(seen, ways), side_by_side_doubt(seen), named_once_doubt(seen)]
        found += [matrix_doubt(seen), turned_table_doubt(seen)]
        totals = ((name, sum_of_the_others(seen[name], *way)) for name, way in ways.items())
        last = next((totals_doubt(name, total) for name, total in totals if total is not None), None)
        found.append(last or rows_of_totals(seen, ways))
    found += [kind.doubt for kind in types.values()]
    return [each for each in found if each is not None]
