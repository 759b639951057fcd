"""Targets that are labels, any number of them a row: a column of yes and no for each, or cells that hold several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.columns import MISSING as NO_CODE
from goodfit.data.columns import Labels, nothing, of_texts
from goodfit.data.images.label_tags import split_cell
from goodfit.data.tables.doubtful_words import misread_doubt
from goodfit.data.tables.rare_labels import labels_of_one_row, rare_labels_doubt
from goodfit.data.tables.spelt_alike import alike_doubt
from goodfit.data.tables.targets import LABELS, TargetForm
from goodfit.data.tables.words import texts
from goodfit.data.tables.yes_no_columns import MINUS, Sides, sides_of, yes_no_columns
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted, some_of

if TYPE_CHECKING:
    import polars as pl

TASK = "multilabel"
MARKS = {"bar": "|", "semicolon": ";", "comma": ","}  # in this order: a comma may stand in a name
NONE = {
    "none", "no", "nothing", "-", "no label", "no labels", "no tag", "no tags", "keine", "keins", "keines", "aucun",
    "aucune", "ninguno", "ninguna", "nessuno", "nessuna", "nenhum", "nenhuma", "geen", "ingen",
}  # fmt: skip
LABELS_SHOWN = 6
Note = tuple[str, str, str]


def label_form(columns: Sequence[pl.Series], task: str | None) -> TargetForm | None:
    """Of targets that are labels; None of others.

    Args:
        task: as the user names it.

    Raises:
        DataError: the user calls them labels, and they cannot be; nothing that can be learnt from.
        UsageError: several columns are to be one of classes.
    """
    if task == "classification" and len(columns) > 1:
        raise UsageError(
            f"--task classification predicts one column, and --target names {len(columns)}",
            fix="Name one column of classes, or give --task multilabel for several of yes and no",
        )
    if task not in (None, TASK):
        return None
    if len(columns) == 1:
        return _form_of_cells(columns[0]) if task == TASK or holds_lists(columns[0]) else None
    sides, minus = yes_no_columns(columns)
    strange = next((each for each in sides if each.strange), None)
    if strange is not None:
        if task is None:
            return None
        raise DataError(
            f"the target '{strange.name}' holds more than yes and no, such as '{strange.strange[0][:40]}'",
            fix="Give a column of 0 and 1 (or yes and no) for each label, or one column with | between the labels of "
            "a row",
        )
    return _form_of_columns(sides, columns, minus=minus, asked=task is not None)


def _form_of_columns(
    sides: Sequence[Sides], columns: Sequence[pl.Series], *, minus: bool, asked: bool
) -> TargetForm | None:
    values = np.stack([each.values() for each in sides], axis=1)
    known = values[(values >= 0).all(axis=1)]
    both = [bool((column == 0).any() and (column == 1).any()) for column in values.T]
    if not any(both) and not asked:
        return None
    for each, column in zip(sides, values.T, strict=True):
        empty = int((column < 0).sum())
        if empty == len(column):
            raise DataError(
                f"the target '{each.name}' is empty in every row", fix="Leave it out of --target, or fill it in"
            )
        if empty and not (column == 0).any():
            cell = next(cell for cell, side in zip(each.cells, each.sides, strict=True) if side is True)
            raise DataError(
                f"the target '{each.name}' is '{cell}' in {counted(len(column) - empty, 'row')}, "
                f"and empty in {empty:,}",
                fix="If an empty cell means no, write 0 into it; else add rows without this label",
            )
    if not len(known):
        raise DataError("every row lacks one of its targets", fix="Fill them in, or give fewer of them")
    notes = tuple(_missing_notes(sides, values))
    doubts = [rare_labels_doubt({side.name: int(known[:, at].sum()) for at, side in enumerate(sides)}, len(known))]
    if (known.sum(axis=1) == 1).all():
        what = f"each row has one yes among {some_of([side.name for side in sides], LABELS_SHOWN)}, as classes do: "
        what += "each is predicted by itself, as labels are"
        doubts.append((what, "Give one column of classes: in pandas frame[targets].idxmax(axis=1)"))
    why = f"{len(columns)} columns of yes and no"
    if all(_are_numbers(column, each) for column, each in zip(columns, sides, strict=True)):
        why += "; --task regression reads numbers"
    labels = {"of": "columns", "minus": minus, "why": why}
    return TargetForm(LABELS, notes=notes, doubts=tuple(each for each in doubts if each is not None), labels=labels)


def _form_of_cells(column: pl.Series) -> TargetForm:
    cells = None if holds_lists(column) else _texts_of(column)
    mark = "list" if cells is None else _mark_of(cells)
    labels = {"of": "cells", "mark": mark, "empty": "no label"}
    read = _labels_of_cells(column, labels)
    of_level = read.levels[:-1]
    rows = np.bincount(read.codes, minlength=len(of_level))
    counts: dict[str, int] = {}
    for level, count in zip(of_level, rows.tolist(), strict=True):
        for label in level:
            counts[label] = counts.get(label, 0) + count
    if not counts:
        raise DataError(f"the target '{column.name}' has a label in no row", fix="Give another --target, or fill it in")
    none_words = [] if cells is None else [cell for cell in cells if cell.casefold() in NONE]
    empty = int(_empty_cells(column).sum())
    if empty and none_words:
        labels["empty"] = "missing"
    labelled = len(column) - empty if labels["empty"] == "missing" else len(column)
    labels_of_one_row(column.name, counts, labelled)
    what = f"{len(counts)} labels in {counted(len(set(of_level) - {()}), 'combination')}"
    between = {"list": "lists", "none": "one label a row"}.get(mark, f"separated by {mark}")
    if mark == "none":
        what = f"{len(counts)} labels; no cell has {', '.join(list(MARKS.values())[:-1])} or {MARKS['comma']} in it"
    notes = [("labels", f"column '{column.name}', {between}", what)]
    if none_words:
        count = int(_texts_as_written(column).is_in(none_words).sum())
        notes.append(("labels", f"'{none_words[0]}' in {counted(count, 'row')}", "they have none of the labels"))
    if empty:
        how = f"left out: '{none_words[0]}' says where there is no label" if none_words else ""
        how = how or "they have none of the labels; leave these rows out if nobody has labelled them"
        notes.append(("labels", f"{counted(empty, 'empty cell')}", how))
    doubts = [rare_labels_doubt(counts, labelled), *_doubts_of_words(column.name, counts, mark)]
    found = tuple(doubt for doubt in doubts if doubt is not None)
    return TargetForm(LABELS, notes=tuple(notes), doubts=found, labels=labels)


def _doubts_of_words(name: str, counts: Mapping[str, int], mark: str) -> list[tuple[str, str] | None]:
    """Of the labels themselves: two that may be one, another mark within them."""
    import polars as pl

    words = pl.Series(name, list(counts), dtype=pl.String)
    other = next((sign for kind, sign in MARKS.items() if mark in MARKS and kind != mark and sign != ","), None)
    within = [label for label in counts if other is not None and other in label]
    doubts = [alike_doubt(words), misread_doubt(words)]
    doubts = [
        None if doubt is None else (doubt[0].replace("a category of its own", "a label"), doubt[1]) for doubt in doubts
    ]
    if within:
        what = f"the labels of '{name}' are separated by {mark}, and '{within[0]}' has {other} in it: it is one label"
        doubts.append((what, "If it is several, write the same mark in all cells"))
    return doubts


def _labels_of_columns(sides: Sequence[Sides]) -> Labels:
    values = np.stack([each.values() for each in sides], axis=1)
    codes = np.full(len(values), NO_CODE, dtype=np.int32)
    known = (values >= 0).all(axis=1)
    packed = np.packbits(values[known] == 1, axis=1)
    _, first, rows = np.unique(packed.view(f"V{packed.shape[1]}"), return_index=True, return_inverse=True)
    codes[known] = rows.reshape(-1)
    of_each = values[known][first]
    return Labels(codes, [tuple(each.name for each, yes in zip(sides, row, strict=True) if yes) for row in of_each])


def read_new_labels(columns: Sequence[pl.Series], form: TargetForm) -> tuple[Labels, list[Note]]:
    """The labels of each row, as a tuple, None where one of its columns is missing; and what is said of new rows.

    Where all cells are empty, nobody has labelled the rows.

    Raises:
        DataError: not one cell of a column says yes or no.
    """
    if form.labels["of"] == "cells":
        if _empty_cells(columns[0]).all():
            return nothing(len(columns[0])), []
        labels, notes = _in_another_mark(columns[0], form.labels)
        return _labels_of_cells(columns[0], labels), notes
    sides = sides_of(columns, minus=form.labels["minus"])
    notes = []
    for each in sides:
        cells = int((each.codes >= 0).sum())
        bad = each.count_strange()
        if bad and bad == cells:
            raise DataError(
                f"not one of the {counted(cells, 'cell')} of the target '{each.name}' says yes or no, such as "
                f"'{each.strange[0][:40]}'",
                fix="Write them as in the data that the run was fitted on",
            )
        if bad:
            what = f"'{each.strange[0][:40]}' is neither yes nor no: a row without one is not scored"
            notes.append(("not used", f"target {each.name}: {bad:,} of {cells:,}", what))
    return _labels_of_columns(sides), notes


def _in_another_mark(column: pl.Series, labels: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Note]]:
    """How new cells are read of which none has the run's mark, and some have another one."""
    if holds_lists(column) or labels["mark"] not in MARKS:
        return labels, []
    cells = _texts_of(column)
    other = _mark_of(cells)
    if other in ("none", labels["mark"]) or any(MARKS[labels["mark"]] in cell for cell in cells):
        return labels, []
    why = f"the run was fitted on labels separated by {labels['mark']}"
    return {**labels, "mark": other}, [("labels", f"column '{column.name}', separated by {other}", why)]


def _labels_of_cells(column: pl.Series, labels: Mapping[str, Any]) -> Labels:
    missing = labels["empty"] == "missing"
    if holds_lists(column):
        rows = [None if cell is None else _plain(map(str, cell)) for cell in column.to_list()]
        levels = dict.fromkeys(row for row in rows if row is not None)
        place = {level: at for at, level in enumerate(levels)}
        codes = np.array([NO_CODE if row is None else place[row] for row in rows], dtype=np.int32)
        of_level = list(levels)
    else:
        codes, cells = of_texts(_texts_as_written(column))
        of_level = [_plain(_split(cell, labels["mark"])) for cell in cells]
    if missing or not (codes == NO_CODE).any():
        return Labels(codes, of_level)
    return Labels(np.where(codes == NO_CODE, len(of_level), codes), [*of_level, ()])


def _split(cell: str, mark: str) -> Sequence[str]:
    """The labels of a cell; a list is written in brackets, and a single label may stand beside such."""
    if mark == "none" or (mark == "list" and not _is_list(cell)):
        return [cell]
    return split_cell(cell, mark)


def _plain(labels: Any) -> tuple[str, ...]:
    """Each label once, in one order, without the words for none."""
    return tuple(sorted({label for each in labels if (label := each.strip()) and label.casefold() not in NONE}))


def _mark_of(cells: Sequence[str]) -> str:
    """What stands between the labels of these cells, by its name; none where nothing does."""
    if any(_is_list(cell) for cell in cells):
        return "list"
    return next((name for name, mark in MARKS.items() if any(mark in cell for cell in cells)), "none")


def _is_list(cell: str) -> bool:
    return cell[:1] + cell[-1:] in ("[]", "{}", "()")


def holds_lists(column: pl.Series) -> bool:
    """Whether cells are lists of words."""
    import polars as pl

    return column.dtype.base_type() in (pl.List, pl.Array) and column.dtype.inner in (  # type: ignore[attr-defined]
        pl.String, pl.Categorical, pl.Enum,
    )  # fmt: skip


def _texts_as_written(column: pl.Series) -> pl.Series:
    import polars as pl

    return texts(column, verbatim=column.dtype in (pl.String, pl.Categorical, pl.Enum))


def _texts_of(column: pl.Series) -> list[str]:
    """The different cells that are not empty."""
    cells: list[str] = _texts_as_written(column).drop_nulls().unique(maintain_order=True).to_list()
    return cells


def _empty_cells(column: pl.Series) -> np.ndarray:
    """(N,) bool; an empty list is none: it has no label."""
    empty: np.ndarray = (column if holds_lists(column) else _texts_as_written(column)).is_null().to_numpy()
    return empty


def _are_numbers(column: pl.Series, sides: Sides) -> bool:
    """Whether a column of yes and no can be read as numbers too."""
    import polars as pl

    return column.dtype == pl.Boolean or all(cell in ("0", "1", MINUS) for cell in sides.cells)


def _missing_notes(sides: Sequence[Sides], values: np.ndarray) -> list[Note]:
    """Which cells of the columns are missing, and what becomes of their rows."""
    counts = {side.name: int((values[:, at] < 0).sum()) for at, side in enumerate(sides)}
    shown = [f"{name} {count:,}" for name, count in counts.items() if count]
    if not shown:
        return []
    why = "a row is left out where one of its targets is missing"
    return [("missing", f"cells of targets: {some_of(shown, LABELS_SHOWN)}", why)]
