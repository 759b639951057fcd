"""What is printed of the columns of a wide table: a line that can be read, and every guess in it."""

from __future__ import annotations

import polars as pl

from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.remarks import type_notes


def test_columns_alike_are_said_together_and_names_of_hundreds_are_not_all_listed() -> None:
    types = {f"n{at}": ColumnType("number", "numbers") for at in range(300)}
    of_days, dates = "dates of the form %d/%m/%Y", [*(f"when{at}" for at in range(9)), "born"]
    types |= {name: ColumnType("date", of_days) for name in dates[:-1]}
    types["born"] = ColumnType("date", "dates of the form %Y")
    types |= {f"id{at}": ColumnType("left out", "an identifier") for at in range(3)}
    types["note"] = ColumnType("left out", "as you said")
    assert list(type_notes(types, pl.DataFrame({name: ["1"] for name in types}))) == [
        ("numbers", "300", f"{', '.join(f'n{at}' for at in range(40))} and 260 more"),
        (
            "dates",
            "10",
            f"{', '.join(dates)}; {', '.join(dates[:6])} and 3 more: {of_days}; born: dates of the form %Y",
        ),
        ("left out", "id0, id1, id2", "an identifier"),
        ("left out", "note", "as you said"),
    ]
