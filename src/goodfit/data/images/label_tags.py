"""What the label columns of a list say: one label a row, several separated by a sign, or a column for each class."""

from __future__ import annotations

import re
from collections.abc import Sequence

from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.targets import CLASSES_AT_MOST
from goodfit.lazy_pattern import lazy_pattern
from goodfit.options import Option

TAGS = Option(
    "tags",
    str,
    "What separates the labels of one image in a list: bar, semicolon, comma or space; none: each has one [by them].",
    "Images",
    choices=("bar", "semicolon", "comma", "space", "none"),
)
PATTERNS = {"bar": r"\|", "semicolon": ";", "comma": ",", "space": r"\s+", "list": ","}
LIST = lazy_pattern(r"[\[({](.*)[\])}]")  # as programs write lists: ['red', 'big']
SEVERAL_NAMES = ("labels", "tags", "attributes", "classes", "keywords", "findings", "categories")  # of a column
ONE_HOT = {"0": False, "1": True, "0.0": False, "1.0": True, "": False, "false": False, "true": True}
MINUS = "-1"  # no in the lists of CelebA; beside 0 or an empty cell it is something else, as in CheXpert


def separator_of(cells: Sequence[str], name: str) -> tuple[str, str]:
    """The separator of the labels in the cells of a column, by its name in `PATTERNS` or none, and why.

    A bar or a semicolon stands in no name. A comma or a space may: they separate where the same words come together
    in different ways, as `haze road` and `road water` do and `golden retriever` and `border collie` do not.
    """
    filled = [cell for cell in cells if cell]
    if filled and all(LIST.fullmatch(cell) for cell in filled) and any("," in cell for cell in filled):
        return "list", "each cell is a list in brackets"
    for separator in ("bar", "semicolon"):
        mark = {"bar": "|", "semicolon": ";"}[separator]
        if any(mark in cell for cell in cells):
            return separator, f"there is a {separator} in some cells"
    if _are_measured(filled):
        return "none", ""
    for separator in ("comma", "space"):
        pieces = [split_cell(cell, separator) for cell in cells]
        if not any(len(piece) > 1 for piece in pieces):
            continue
        distinct = {tuple(piece) for piece in pieces if piece}
        different_words = {word for piece in pieces for word in piece}
        alone = sum(len(piece) == 1 for piece in distinct)
        plural = name.casefold() in SEVERAL_NAMES
        again = sum(all((word,) in distinct for word in piece) for piece in distinct if len(piece) > 1)
        if len(different_words) < len(distinct) or (plural and (alone or separator == "comma")) or again:
            return separator, f"{len(different_words):,} words in {len(distinct):,} combinations"
    return "none", ""


def _are_measured(cells: Sequence[str]) -> bool:
    """Whether cells with a comma or a space are numbers such as 3,75 and 1 250: of many values, not sets of digits."""
    import polars as pl

    values = numbers(pl.Series(cells, dtype=pl.String), ",")
    return not values.is_null().any() and values.n_unique() > CLASSES_AT_MOST


def split_cell(cell: str, separator: str) -> list[str]:
    """The labels of one cell."""
    if separator == "list" and (match := LIST.fullmatch(cell)):
        return [word for piece in match[1].split(",") if (word := piece.strip().strip("'\"").strip())]
    return [word.strip() for word in re.split(PATTERNS[separator], cell) if word.strip()]


def is_one_hot(column: Sequence[str]) -> bool:
    """Whether a column holds yes and no alone, both of them or one."""
    if MINUS in column:
        return set(column) <= {MINUS, "1"}
    return all(cell.casefold() in ONE_HOT for cell in column) and any(column)


def from_columns(columns: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[list[str] | list[list[str]], str]:
    """The label of each row (or its labels) of a column of yes and no for each class, and in words which it is."""
    rows = [
        [name for name, cell in zip(names, cells, strict=True) if cell != MINUS and ONE_HOT[cell.casefold()]]
        for cells in zip(*columns, strict=True)
    ]
    if all(len(row) == 1 for row in rows):
        return [row[0] for row in rows], "one class a row, which is 1 in its column"
    return rows, "several classes a row, which are 1 in their columns"
