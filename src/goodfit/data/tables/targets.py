"""Targets of a table: classes as they are written, or numbers; which of the two is decided once and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.columns import MISSING as NO_CODE
from goodfit.data.columns import Column, Labels, Numbers, of_texts
from goodfit.data.images.part_names import is_unlabelled
from goodfit.data.tables.clocks import HOURS, SHORT_HOURS, hours_form, minutes_doubt
from goodfit.data.tables.column_types import is_category_by_type
from goodfit.data.tables.doubtful_words import several_values_doubt
from goodfit.data.tables.fractions import FRACTIONS
from goodfit.data.tables.identifier import names_rows
from goodfit.data.tables.missing_words import MISSING, MISSING_BEFORE
from goodfit.data.tables.mixed_signs import currency_of
from goodfit.data.tables.mixtures import mixture_of
from goodfit.data.tables.moments import date_form
from goodfit.data.tables.naming_numbers import EXACT_BELOW, is_code
from goodfit.data.tables.number_forms import NUMBER_SHARE_NEEDED, NumberForm, bounds_form, other_form, plain_form
from goodfit.data.tables.numbers import is_nested, numbers, unified
from goodfit.data.tables.percent import PERCENT, SHARES
from goodfit.data.tables.present_cells import strays_of, without_empty, without_missing, without_words
from goodfit.data.tables.units import units_of
from goodfit.data.tables.words import merges, texts
from goodfit.errors import DataError
from goodfit.formatting import counted, listed

if TYPE_CHECKING:
    import polars as pl

CLASSES_AT_MOST = 20  # of whole numbers: with more different values they are numbers; --task says otherwise
CLASSES_OF_COUNTS = 5  # and more, of which one has too few rows to be a class: the numbers count something
ROWS_OF_A_CLASS = 3  # one for each part
DATES_AS_CLASSES = 20
NAMES_SHARE = 0.5  # of the rows have a text of their own: it names rows, not classes
NAMES_AT_LEAST = 20  # different texts
WRITTEN_AT_MOST = 1_000  # classes whose writing is kept
WORDS, TRUTH, WHOLE, NUMBER, OLD_WORDS = "words", "truth", "whole", "number", "text"
LABELS = "labels"  # any number of them a row; see label_targets.py


@dataclass(frozen=True)
class TargetForm:
    """How targets are read, of a run too; JSON.

    Attributes:
        name: words (as written), truth (true and false), whole (numbers that name classes), number, labels; text in
            runs of before, where NA and others were missing.
        decimals: target -> decimal mark of text, where it is not a point.
        forms: target -> form of its numbers, where it has one: a unit, bounds.
        written: the one text of a value -> as it is written in the data: "1" -> "1.0", "true" -> "True".
        notes, doubts: what was chosen and how to choose otherwise, and what was assumed.
        labels: where the labels of a row stand: in columns of yes and no, or in cells with a mark between; else empty.
    """

    name: str
    decimals: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)

    def way_of(self, name: str) -> tuple[str, str | None]:
        """The decimal mark and the form in which the numbers of a target are written."""
        return self.decimals.get(name, "."), self.forms.get(name)


def target_form(columns: Sequence[pl.Series], decimals: Mapping[str, str]) -> TargetForm:
    """Of the targets, by their values.

    Args:
        decimals: the decimal mark of each.

    Raises:
        DataError: values that nothing can be learnt from, or several targets that are not all numbers.
    """
    forms = [_form_of(column, decimals[column.name], single=len(columns) == 1) for column in columns]
    if len(forms) == 1:
        return forms[0]
    named = {column.name: form.name for column, form in zip(columns, forms, strict=True)}
    words = next((name for name, form in named.items() if form != NUMBER), None)
    if words is not None:
        others = [name for name, form in named.items() if form == NUMBER]
        also = f" and '{others[0]}' holds numbers" if others else ""
        raise DataError(
            f"the target '{words}' holds words{also}; several targets have to be numbers, or all of them yes and no",
            fix="Give one target of classes, targets of numbers, or a column of yes and no for each label",
        )
    marks = {name: mark for form in forms for name, mark in form.decimals.items()}
    notes = tuple(note for form in forms for note in form.notes)
    written = {name: way for form in forms for name, way in form.forms.items()}
    return TargetForm(NUMBER, marks, {}, notes, tuple(doubt for form in forms for doubt in form.doubts), written)


def _form_of(column: pl.Series, decimal: str, *, single: bool) -> TargetForm:
    import polars as pl

    name, dtype = column.name, column.dtype
    if is_nested(dtype):
        raise DataError(
            f"the target '{name}' holds lists, bytes or structs",
            fix="Give a column of numbers, of one class a row, or of lists of labels",
        )
    words = without_empty(column)
    if not len(words):
        raise DataError(
            f"the target '{name}' is empty in every row",
            fix="Give another --target, or fill it in; formulas have values once Excel or LibreOffice has saved them",
        )
    if dtype in (pl.Time, pl.Duration):
        return TargetForm(NUMBER, notes=(("target", name, "times or durations: read as hours"),))
    if dtype in (pl.Date, pl.Datetime):
        if words.n_unique() > DATES_AS_CLASSES:
            raise _refused_dates(name)
        return TargetForm(WORDS)
    if dtype == pl.Boolean:
        return TargetForm(TRUTH if single else NUMBER)
    if dtype.is_integer() and single and words.cast(pl.Float64).abs().max() >= EXACT_BELOW:  # type: ignore[operator]  # of floats
        return TargetForm(WORDS)
    if single and is_category_by_type(words):
        return TargetForm(WORDS)
    marks = {name: decimal} if decimal != "." else {}
    present = without_missing(words)
    if dtype in (pl.String, pl.Categorical, pl.Enum) and present.n_unique() <= CLASSES_AT_MOST:
        present = without_words(words, MISSING_BEFORE)  # unknown beside the classes 1 and 2 is a class as well
    strays = strays_of(present)
    if strays and (measured := without_words(present, strays)).n_unique() > CLASSES_AT_MOST:
        form = _form_of(measured, decimal, single=single)
        if form.name == NUMBER:
            doubt = _left_out(len(present) - len(measured), name, strays[0])
            notes = (*missing_note(words, present, name), *form.notes)
            return replace(form, notes=notes, doubts=(*form.doubts, doubt))
    if (kind := _other_form(present, decimal, words.n_unique())) is not None:
        notes = (*missing_note(words, present, name), ("target", f"{name}, as numbers", kind.why))
        return TargetForm(NUMBER, marks, {}, notes, forms={name: str(kind.name)})
    if words.n_unique() > CLASSES_AT_MOST and dtype == pl.String and _only_hours(present):
        hours = hours_form(present)
        short = "; those of two parts are minutes and seconds" if hours == SHORT_HOURS else ""
        minutes = minutes_doubt(name, present) if hours == HOURS else None
        notes = (*missing_note(words, present, name), ("target", name, f"times or durations: read as hours{short}"))
        slips = present.filter(numbers(present, ".", hours).is_null())
        slip = _left_out(len(slips), name, str(slips[0])[:40]) if len(slips) else None
        doubts = tuple(doubt for doubt in (minutes, slip) if doubt is not None)
        return TargetForm(NUMBER, notes=notes, doubts=doubts, forms={name: hours})
    plain = plain_form(present, decimal)
    if plain is None or (single and is_code(present)):
        return words_form(column, words)
    forms = {} if plain.name is None else {name: plain.name}
    values = numbers(present, decimal, plain.name)
    readable = len(values) - values.null_count()
    missing = missing_note(words, present, name)
    if plain.name == SHARES:
        missing = (*missing, ("target", f"{name}, as numbers", plain.why))
    distinct = values.n_unique()
    whole = bool((values.drop_nulls() == values.drop_nulls().round()).all())
    if readable < len(values):
        if distinct <= CLASSES_AT_MOST:
            return words_form(column, words)
        doubt = _left_out(len(values) - readable, name, str(present.filter(values.is_null())[0])[:40])
        return TargetForm(NUMBER, marks, {}, missing, (doubt,), forms)
    if not single or not whole:
        twice = written_twice(present) if distinct <= CLASSES_AT_MOST else ()
        return TargetForm(NUMBER, marks, {}, missing, twice, forms)
    rarest = min(values.value_counts()["count"].to_list())
    counts = distinct >= CLASSES_OF_COUNTS and rarest < ROWS_OF_A_CLASS
    if distinct > CLASSES_AT_MOST or counts:
        why = f"{distinct:,} different whole numbers" + (f", one in {rarest} row{'s' * (rarest > 1)}" if counts else "")
        note = ("target", f"{name}, as numbers", f"{why}; --task classification reads them as classes")
        doubtful = names_rows(name, values.drop_nulls())
        doubts = () if doubtful is None else ((doubtful, "Is it the right column? --target names the one to predict"),)
        return TargetForm(NUMBER, marks, {}, (*missing, note), doubts, forms)
    of_money = currency_of(present) is not None
    if distinct > 2 and (of_money or plain.name == PERCENT):
        what = "amounts of money" if of_money else "they have a percent sign"
        note = ("target", f"{name}, as numbers", f"{what}; --task classification reads them as classes")
        return TargetForm(NUMBER, marks, {}, (*missing, note), forms=forms)
    note = (
        "target",
        f"{name}, {counted(distinct, 'class')}",
        "few different whole numbers; --task regression reads numbers",
    )
    notes = (*missing, note) if distinct > 2 else missing
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        written = texts(present, verbatim=True).unique()
        one_each = written.str.contains(r"^[+-]?\d+(\.0*)?$").all() and len(written) == distinct
        if one_each and not written.str.contains(r"^-?(0|[1-9]\d*)$").all():  # 1.0, +1: as they are written
            return TargetForm(WORDS, {}, _written(written), notes)
    return TargetForm(WHOLE, marks, {}, notes, forms=forms)


def _other_form(present: pl.Series, decimal: str, distinct: int) -> NumberForm | None:
    """How numbers are written that are not plain; None where few different ones may be classes. 3/4 is none."""
    form = other_form(present, decimal) if distinct > 2 else None
    if distinct > CLASSES_AT_MOST:
        return bounds_form(present, decimal) or form
    return form if form is not None and str(form.name).startswith(FRACTIONS) else None


def words_form(column: pl.Series, words: pl.Series) -> TargetForm:
    written = texts(words, verbatim=True).unique()
    empty = len(column) - len(words)
    if len(written) == 1 and empty:
        raise DataError(
            f"the target '{column.name}' is '{written[0]}' in {counted(len(words), 'row')}, and empty in {empty:,}",
            fix="If an empty cell means the other class, write a word into it; else add rows of another class",
        )
    several = units_of(unified(written)) if len(written) > CLASSES_AT_MOST else []
    if len(several) > 1:
        raise DataError(
            f"the target '{column.name}' has numbers in several units ({listed(sorted(several))})",
            fix="Write them in one unit: nothing is converted here",
        )
    if len(written) >= NAMES_AT_LEAST and len(written) > NAMES_SHARE * len(words):
        if date_form(written) is not None:
            raise _refused_dates(column.name)
        if (mixture := mixture_of(words, ".")) is not None:
            fix = "Write all of them as numbers, and leave cells empty where there is none"
            raise DataError(f"the target '{column.name}' has {mixture}", fix=fix)
        several_values = several_values_doubt(column, of_target=True)
        raise DataError(
            f"the target '{column.name}' has {len(written):,} different values in {counted(len(words), 'row')}: a "
            "class of one row cannot be learnt",
            fix="Is it the right column? Give another --target, of classes that have several rows each or of numbers"
            if several_values is None
            else several_values[1],
        )
    known = [word for word in MISSING if word and (written == word).any()]
    known += [word for word in written.sort().to_list() if word not in known and is_unlabelled(word)]
    if not known:
        return TargetForm(WORDS, {}, _written(written))
    all_words = texts(words, verbatim=True)
    kinds = ", ".join(f"'{word}' ({counted(int((all_words == word).sum()), 'row')})" for word in known)
    note = ("target", column.name, f"{kinds}: a class like the others; only an empty cell is missing")
    return TargetForm(WORDS, {}, _written(written), (note,))


def _refused_dates(name: str) -> DataError:
    return DataError(
        f"the target '{name}' holds dates, which are not predicted here",
        fix="Give a column of numbers, such as days until then, or of classes",
    )


def written_twice(present: pl.Series) -> tuple[tuple[str, str], ...]:
    """What is said of few numbers of which one is written in two ways: 1.10 and 1.1 may be two versions."""
    if not merges(present):
        return ()
    written = texts(present, verbatim=True).unique()
    one = texts(written)
    twice = written.filter(one.is_duplicated()).sort().to_list()
    doubt = f"the target '{present.name}' has {twice[0]} and {twice[1]}, which are read as one number"
    return ((doubt, "If they are two classes, write them with a letter, such as v1.1"),)


def _left_out(cells: int, name: str, example: str) -> tuple[str, str]:
    """What is assumed of a target that has a few cells without a number, and how to settle it."""
    are, rows = ("is no number", "its row is") if cells == 1 else ("are no numbers", "their rows are")
    doubt = f"{counted(cells, 'cell')} of the target '{name}' {are}, such as '{example}': {rows} left out"
    return doubt, "Fix them, or leave the cells empty"


def missing_note(words: pl.Series, present: pl.Series, name: str) -> tuple[tuple[str, str, str], ...]:
    gone = len(words) - len(present)
    if not gone:
        return ()
    kinds = texts(words, verbatim=True)
    shown = ", ".join(f"'{word}'" for word in kinds.filter(kinds.is_in(MISSING)).unique().sort().to_list())
    return (
        (
            "missing",
            f"target {name}",
            f"{counted(gone, 'cell')} {'is' if gone == 1 else 'are'} {shown} among numbers: no target",
        ),
    )


def _written(written: pl.Series) -> dict[str, str]:
    """The one text of a value -> its writing, where these differ and no two writings are one value."""
    kept: dict[str, str] = {}
    twice: set[str] = set()
    for value, text in zip(texts(written).to_list(), written.to_list(), strict=True):
        twice |= {value} if value in kept else set()
        kept[value] = text
    differing = {value: text for value, text in kept.items() if value != text and value not in twice}
    return differing if len(differing) <= WRITTEN_AT_MOST else {}


def read_targets(columns: Sequence[pl.Series], form: TargetForm) -> Sequence[Any]:
    """A value a row (an array of numbers, of several targets); None where it is missing."""
    read = [_read(column, form) for column in columns]
    if len(read) == 1:
        return read[0]
    if all(isinstance(each, Numbers) for each in read):
        return Numbers(np.stack([np.asarray(each) for each in read], axis=1))
    return [None if None in row else np.array(row) for row in zip(*read, strict=True)]


def unread_targets(columns: Sequence[pl.Series], form: TargetForm) -> list[tuple[str, str, str]]:
    """What is said of new targets that are no numbers, where the run's are: their rows are not scored.

    Raises:
        DataError: none of them is.
    """
    notes = []
    for column in columns:
        present = without_missing(column)
        read = _read(present, form)
        bad = np.flatnonzero([value is None for value in read])
        if len(bad) == len(present) > 0:
            raise DataError(
                f"not one of the {counted(len(bad), 'value')} of the target '{column.name}' is a number, such as "
                f"'{str(present[0])[:40]}'",
                fix="Write them as in the data that the run was fitted on",
            )
        if len(bad):
            what = f"'{str(present[int(bad[0])])[:40]}' is not a number: a row without one is not scored"
            notes.append(("not used", f"target {column.name}: {len(bad):,} of {len(present):,}", what))
    return notes


def _read(column: pl.Series, form: TargetForm) -> Column:
    import polars as pl

    if form.name in (WORDS, OLD_WORDS, TRUTH):
        text = column.dtype in (pl.String, pl.Categorical, pl.Enum)
        codes, cells = of_texts(texts(column, verbatim=text and form.name == WORDS))
        if form.name == TRUTH:
            truth = {"true": True, "false": False, "1": True, "0": False}
            return Labels(codes, [truth.get(cell, cell) for cell in cells])
        values = texts(pl.Series(cells, dtype=pl.String)).to_list() if text else cells
        levels = [form.written.get(value, cell) for value, cell in zip(values, cells, strict=True)]
        return Labels(
            codes, [None if form.name == OLD_WORDS and level in MISSING_BEFORE else level for level in levels]
        )
    decimal, written = form.way_of(column.name)
    if column.dtype == pl.String and written is None and _only_hours(column):
        written = HOURS
    cells_read = numbers(column, decimal, written)
    if form.name == WHOLE and column.dtype in (pl.Boolean, pl.String):
        digits = texts(column).replace_strict({"true": 1.0, "false": 0.0}, default=None, return_dtype=pl.Float64)
        cells_read = pl.select(pl.coalesce(cells_read, digits)).to_series()
    return (
        _whole_numbers(cells_read, column) if form.name == WHOLE else Numbers(cells_read.fill_null(np.nan).to_numpy())
    )


def _whole_numbers(values: pl.Series, column: pl.Series) -> Labels:
    """Int of each; what is no whole number, as new rows may have (yes for 1, 0.73), stays as it is."""
    import polars as pl

    different = values.drop_nulls().unique().sort().to_numpy()
    places = np.searchsorted(different, values.fill_null(np.inf).to_numpy()).astype(np.int32)
    places[values.is_null().to_numpy()] = NO_CODE
    levels: list[Any] = [int(value) if value.is_integer() else value for value in different.tolist()]
    if column.dtype in (pl.String, pl.Categorical, pl.Enum) and values.null_count():
        cells = texts(column, verbatim=True)
        words = cells.filter(values.is_null() & ~cells.is_in(MISSING)).drop_nulls().unique(maintain_order=True)
        code_of = {word: len(levels) + at for at, word in enumerate(words.to_list())}
        for row in np.flatnonzero(values.is_null().to_numpy()).tolist() if code_of else ():
            places[row] = code_of.get(cells[row], NO_CODE)
        levels += code_of
    return Labels(places, levels)


def _only_hours(column: pl.Series) -> bool:
    """Whether these are times of day or durations, but for a few slips."""
    present = without_missing(column)
    if not len(present) or bounds_form(present, ".") is not None or other_form(present, ".") is not None:
        return False
    if not numbers(present).is_null().all():
        return False
    return int(numbers(present, ".", HOURS).is_not_null().sum()) >= NUMBER_SHARE_NEEDED * len(present)
