"""What the user says about single columns, held against itself."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any

from goodfit.data.tables.header import column_name
from goodfit.errors import UsageError

LISTS_OF_COLUMNS = ("target", "categorical", "numeric", "text", "ignore", "missing")
WAYS_TO_READ = ("categorical", "numeric", "text", "ignore")  # options that name columns


def refuse_contradictions(settings: Mapping[str, Any]) -> None:
    """A column is read in one way, and the target in none of these.

    Raises:
        UsageError: two options name a column, or one names the target.
    """
    for one, other in combinations(WAYS_TO_READ, 2):
        twice = [name for name in settings[one] if name in settings[other]]
        if twice:
            raise UsageError(
                f"--{one} {twice[0]} and --{other} {twice[0]}: a column is read in one way", fix="Leave one of them out"
            )
    for way in WAYS_TO_READ:
        targets = [name for name in settings[way] if name in settings["target"]]
        if targets:
            raise UsageError(
                f"--{way} {targets[0]}: this column is the target",
                fix="Leave it out; --task classification or --task regression says what the target is",
            )


def settings_of(columns: Collection[str] = (), **given: Any) -> dict[str, Any]:
    """What `Table` takes: lists of columns, and else None where nothing is given.

    Args:
        columns: of the table, whose names may have commas.
    """
    lists = {name: listed_columns(given.pop(name, None), columns) for name in LISTS_OF_COLUMNS}
    return {**lists, **dict.fromkeys(("group", "time", "decimal", "date_order", "sheet")), **given}


def listed_columns(names: Sequence[str] | str | int | None, columns: Collection[str] = ()) -> list[str]:
    """Names of columns; a frame may call them by numbers.

    Commas part the names of an option, but not within a name: of "Price (€), new", where a column is called so, or in
    quotes.
    """
    if names is None:
        return []
    if isinstance(names, (str, int)):
        text = str(names)
        if column_name(text) in columns:
            return [column_name(text)]
        parts = next(csv.reader([text], skipinitialspace=True)) if '"' in text else text.split(",")
        return [name for each in parts if (name := column_name(each))]
    if hasattr(names, "dtype"):
        raise UsageError(
            f"target={type(names).__name__} is not the name of a column",
            fix="Give the name of the column; goodfit.fit(frame, y) takes rows and values apart",
        )
    return [column_name(str(name)) for name in names]
