"""Targets that the user says are classes, where their values would be read as numbers: as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.present_cells import without_empty, without_missing
from goodfit.data.tables.targets import NUMBER, WHOLE, TargetForm, missing_note, words_form

if TYPE_CHECKING:
    import polars as pl

CLASSIFICATION = "classification"
WHOLE_NUMBER = r"^-?(?:0|[1-9]\d*)$"


def as_asked(columns: Sequence[pl.Series], form: TargetForm, task: str | None) -> TargetForm:
    """The form of a single target that is numbers by its values, and classes as the user says; else as it is.

    Args:
        task: as the user says; None: not said.
    """
    import polars as pl

    if task != CLASSIFICATION or form.name != NUMBER or len(columns) != 1 or columns[0].dtype.is_temporal():
        return form
    column = columns[0]
    words = without_empty(column)
    present = without_missing(words)
    if column.dtype.is_numeric():
        whole = bool((present.cast(pl.Float64) % 1 == 0).all())
    else:
        whole = bool(present.cast(pl.String).str.contains(WHOLE_NUMBER).all())
    if whole and not numbers(present).is_null().any():
        return TargetForm(WHOLE, notes=missing_note(words, present, column.name))
    return words_form(column, words)
