"""Whether the labels of images are numbers to predict (ages, prices, 3.7) or the numbers of classes (0 to 9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from goodfit.data.columns import Labels
from goodfit.data.tables.conventions import convention
from goodfit.data.tables.naming_numbers import is_code
from goodfit.data.tables.number_forms import NUMBER_SHARE_NEEDED, other_form, plain_form
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.targets import CLASSES_AT_MOST, written_twice
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

IMAGES_OF_A_CLASS = 10  # on average: many whole numbers of fewer images each are measured, not given as classes
NAMES_OF_CLASSES = lazy_pattern(r"(?i)(^|.*[_\W])(class|classes|category|label|labels|species|cls|id|idx)\d*$")


class LabelNumbers(NamedTuple):
    """What labels that are numbers are taken for.

    Attributes:
        measured: they are numbers to predict; else they name classes.
        note: the line that is printed, None where there is nothing to choose.
        doubts: what was assumed, and how to settle it.
    """

    measured: bool
    note: tuple[str, str, str] | None = None
    doubts: tuple[tuple[str, str], ...] = ()


class LabelForm(NamedTuple):
    """How labels are written that are numbers and more: 12 kg, 1.2M, 5'11"; kept by a run.

    Attributes:
        form, decimal: as `numbers` takes them.
        why: what is printed.
    """

    form: str
    decimal: str
    why: str = ""


def label_form(labels: Labels, column: str) -> LabelForm | None:
    """Of labels that nearly all have one unit or one way of writing, and are many; few are names of classes."""
    import polars as pl

    present = pl.Series(column, [str(level) for level in labels.levels[:-1] if level is not None], dtype=pl.String)
    if len(present) <= CLASSES_AT_MOST:
        return None
    decimal = convention(present.to_frame(), separator=None, decimal=None).of(column)
    form = other_form(present, decimal) if plain_form(present, decimal) is None else None
    return None if form is None or form.name is None else LabelForm(form.name, decimal, form.why)


def in_numbers(labels: Labels, form: LabelForm) -> Labels:
    """The labels as plain numbers; one that is none in this form stays as it is, which who needs it refuses."""
    import polars as pl

    levels = [str(level) if level is not None else None for level in labels.levels[:-1]]
    values = numbers(pl.Series(levels, dtype=pl.String), form.decimal, form.form).to_list()
    plain = [level if value is None else f"{value:.17g}" for level, value in zip(levels, values, strict=True)]
    return Labels(labels.codes, plain)


def label_numbers(labels: Labels, column: str) -> LabelNumbers:
    """By the different labels, and how many images have each.

    Decimals are numbers. Whole numbers are classes where they are few, or are counted from 0 or 1 on without a gap and
    have several images each. Names such as 01 and 1.0 are classes.

    Args:
        column: what the labels are called where they were written.
    """
    import polars as pl

    counts = np.bincount(labels.codes[labels.present()], minlength=len(labels.levels) - 1)
    texts = [str(level) for level in labels.levels[:-1]]
    present = pl.Series(column, [text for text, count in zip(texts, counts, strict=True) if count], dtype=pl.String)
    counts = counts[counts > 0]
    if not len(present) or is_code(present):
        return LabelNumbers(measured=False)
    if (numbers(present).is_null() & numbers(present, ",").is_null()).to_numpy() @ counts > (
        1 - NUMBER_SHARE_NEEDED
    ) * counts.sum():
        return LabelNumbers(measured=False)
    way = convention(present.to_frame(), separator=None, decimal=None)
    known = numbers(present, way.of(column)).drop_nulls()
    values = np.unique(known.to_numpy())
    if (values != values.round()).any():
        note = (
            "target",
            f"{column}, as numbers",
            f"{counted(len(values), 'different number')}, with decimals; --task classification reads them as classes",
        )
        twice = written_twice(present) if len(values) <= CLASSES_AT_MOST else ()
        return LabelNumbers(True, note, (*way.doubts, *twice))
    if len(values) <= CLASSES_AT_MOST:
        why = "few different whole numbers"
    elif counts.sum() >= IMAGES_OF_A_CLASS * len(values) and (
        _without_gap(values) or NAMES_OF_CLASSES.fullmatch(column)
    ):
        why = f"{counts.sum() / len(values):,.0f} images each on average"
    else:
        why = f"{len(values):,} different whole numbers in {counted(int(counts.sum()), 'image')}"
        note = ("target", f"{column}, as numbers", f"{why}; --task classification reads them as classes")
        return LabelNumbers(True, note, way.doubts)
    classes = ("target", f"{column}, {counted(len(values), 'class')}", f"{why}; --task regression reads numbers")
    doubts = _two_writings(present, known.to_list()) if len(values) < len(known) else ()
    return LabelNumbers(False, classes if len(values) > 2 else None, doubts)


def _two_writings(texts: pl.Series, values: Sequence[float]) -> tuple[tuple[str, str], ...]:
    """What is said of classes that are one number, such as 1 and 1.0."""
    if len(texts) != len(values):
        return ()
    of_value: dict[float, list[str]] = {}
    for text, value in zip(texts.to_list(), values, strict=True):
        of_value.setdefault(value, []).append(text)
    several = next(written for written in of_value.values() if len(written) > 1)
    shown = " and ".join(f"'{text}'" for text in several[:2])
    return (
        (f"the labels {shown} of '{texts.name}' are one number, and are read as two classes", "Write them in one way"),
    )


def _without_gap(values: np.ndarray) -> bool:
    """Whether sorted whole numbers are 0, 1, 2, ... or 1, 2, 3, ..."""
    return bool(values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1)
