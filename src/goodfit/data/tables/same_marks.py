"""Validation and test tables that write numbers in another way than the first one: 22.36 beside 22,36."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.conventions import MARKS, OTHER, Evidence, evidence
from goodfit.data.tables.number_forms import holds_numbers
from goodfit.data.tables.present_cells import without_missing

if TYPE_CHECKING:
    import polars as pl

PLACEHOLDER = "\x00"  # for one mark, while the other takes its place


def in_the_marks_of(first: pl.DataFrame, other: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[str, str, str]]]:
    """A further table with the decimal marks of the first one, where both show theirs and these differ; and a note.

    Where one column shows the other mark, it is that of the whole file: columns of it that show none follow.
    """
    import polars as pl

    names = [name for name, dtype in other.schema.items() if dtype == pl.String and first.schema.get(name) == pl.String]
    seen = {name: (evidence(first[name]), evidence(other[name])) for name in names}
    turned = [name for name, (one, two) in seen.items() if one and two and one.mark and two.mark == OTHER[one.mark]]
    alike = any(one and two and one.mark and one.mark == two.mark for one, two in seen.values())
    if not turned:
        return other, []
    shown = seen[turned[0]][1]
    mark = str(shown.mark) if shown is not None else "."
    if not alike:
        turned += [name for name, (_, two) in seen.items() if two and _is_unclear(two) and name not in turned]
    turned = [name for name in turned if holds_numbers(without_missing(other[name]), mark)]
    if not turned:
        return other, []
    swapped = [
        pl.col(name)
        .str.replace_all(mark, PLACEHOLDER, literal=True)
        .str.replace_all(OTHER[mark], mark, literal=True)
        .str.replace_all(PLACEHOLDER, OTHER[mark], literal=True)
        for name in turned
    ]
    cell = shown.examples[mark] if shown is not None else ""
    why = f"{cell} in '{turned[0]}' of a further table; the first has a decimal {MARKS[OTHER[mark]]}, and both are read"
    return other.with_columns(swapped), [("decimals", MARKS[mark], why)]


def _is_unclear(shown: Evidence) -> bool:
    return shown.mark is None and bool(shown.unclear)
