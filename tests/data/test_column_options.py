"""What the user says about columns must not contradict itself: one of two would be silently ignored."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from goodfit.data.sources.table import table
from goodfit.data.tables.column_options import listed_columns
from goodfit.errors import UsageError

FRAME = pl.DataFrame({"note": ["a b", "c d"] * 20, "size": list(range(40)), "y": ["u", "v"] * 20})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "note", "categorical": "note"}, "--categorical note and --text note: a column is read in one way"),
        ({"numeric": "size", "ignore": "size,note"}, "--numeric size and --ignore size"),
        ({"numeric": "y"}, "--numeric y: this column is the target"),
        ({"ignore": ["size", "y"]}, "--ignore y: this column is the target"),
    ],
)
def test_a_column_that_two_options_name_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        table(FRAME, "y", **options).prepare()


def test_columns_that_one_option_names_are_read_so() -> None:
    source = table(FRAME, "y", categorical="size", text="note")
    source.prepare()
    assert {name: kind.name for name, kind in source._column_types().items()} == {
        "y": "category",
        "note": "text",
        "size": "category",
    }


@pytest.mark.parametrize("target", ["price (€), new", '"price (€), new"'])
def test_a_name_with_a_comma_is_one_column(target: str) -> None:
    frame = FRAME.rename({"y": "price (€), new"})
    source = table(frame, target)
    source.prepare()
    assert list(source.targets or [])[:2] == ["u", "v"]


def test_commas_part_names_that_quotes_hold_together() -> None:
    assert listed_columns('a, "b, c",d') == ["a", "b, c", "d"]
    assert listed_columns("a,b", ["a", "b"]) == ["a", "b"]
