"""The targets of a table: those that a fit learns from, and those of new rows, in the form of the run's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from goodfit.data.tables.encoder_columns import Way
from goodfit.data.tables.label_targets import holds_lists, read_new_labels
from goodfit.data.tables.other_ways import other_marks_of_targets, refuse_other_signs
from goodfit.data.tables.targets import LABELS, NUMBER, WHOLE, TargetForm, read_targets, unread_targets
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

KEPT = ("form", "decimals", "forms", "written", "labels")  # of a form, among the settings of a run
Note = tuple[str, str, str]


def settings_of_form(form: TargetForm) -> dict[str, Any]:
    """What a run keeps of the form, as JSON."""
    return {
        "form": form.name,
        "decimals": dict(form.decimals),
        "forms": dict(form.forms),
        "written": dict(form.written),
        "labels": dict(form.labels),
    }


def read_known_targets(columns: Sequence[pl.Series], form: TargetForm) -> tuple[Sequence[Any], list[Note]]:
    """A value a row, None where it is missing; and what is said of rows of further tables."""
    return read_new_labels(columns, form) if form.name == LABELS else (read_targets(columns, form), [])


def read_new_targets(
    columns: Sequence[pl.Series], settings: Mapping[str, Any], mark: str | None, of_all: str | None
) -> tuple[Sequence[Any], list[Note]]:
    """The targets of new rows, and what is said of them; numbers in another way are refused, others are counted.

    Args:
        settings: of the run.
        mark: the decimal mark, as the user says.
        of_all: that of all other columns, where it is another than the run's.

    Raises:
        DataError: targets in another way than the run's.
    """
    decimals = settings.get("decimals", {}) if mark is None else dict.fromkeys(settings["target"], mark)
    written, forms, labels = (settings.get(name) or {} for name in ("written", "forms", "labels"))
    form = TargetForm(settings["form"], decimals, written, forms=forms, labels=labels)
    if form.name == LABELS:
        return read_new_labels(columns, form)
    if (lists := next((column.name for column in columns if holds_lists(column)), None)) is not None:
        raise DataError(
            f"the target '{lists}' holds lists of labels, and the run predicts one value",
            fix="Write one value a row, as in the data that the run was fitted on",
        )
    notes: list[Note] = []
    if form.name in (NUMBER, WHOLE):
        ways = [Way(column.name, *form.way_of(column.name)) for column in columns]
        if mark is None:
            other = other_marks_of_targets(columns, ways, of_all)
            form = replace(form, decimals={**form.decimals, **other.marks})
            notes += other.notes
        for column, way in zip(columns, ways, strict=True):
            if settings.get("signs"):  # forms say where percent signs are
                refuse_other_signs(column.to_frame(), [way])
        notes += unread_targets(columns, form) if form.name == NUMBER else []
    return read_targets(columns, form), notes
