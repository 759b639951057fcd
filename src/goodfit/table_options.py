"""Options of tables: which columns are what, and how a text table is written."""

from __future__ import annotations

from goodfit.errors import UsageError
from goodfit.options import Option


def parse_decimal(value: str) -> str:
    """The mark of its name or itself.

    Raises:
        UsageError: it is neither point nor comma.
    """
    mark = {"point": ".", "comma": ","}.get(value, value)
    if mark not in (".", ","):
        raise UsageError(f"--decimal {value!r} is not known", fix="Give . or ,")
    return mark


TARGET = Option(
    "target",
    str,
    "The column to predict; several, separated by commas, give one output each.",
    "Tables",
    several=True,
)
GROUP = Option("group", str, "Keep rows of one group in one part: a column, such as customer.", "Tables")
TIME = Option("time", str, "Split by time: a column; validation and test rows are later than training rows.", "Tables")
SHEET = Option("sheet", str, "The sheet of a workbook [the only one with rows].", "Tables")
ENCODING = Option("encoding", str, "Encoding of a text file, such as cp1252 [detected].", "Tables")
DIALECT = (
    Option(
        "header", bool, "The first line names the columns, or is a row [decided from all lines].", "Tables", either=True
    ),
    Option("separator", str, "Between cells: comma, semicolon, tab, bar or a character [detected].", "Tables"),
    Option(
        "decimal", str, "Decimal mark of numbers: . or , [decided from all columns].", "Tables", parse=parse_decimal
    ),
    Option(
        "date_order",
        str,
        "What 03/04/2024 begins with: day or month [from all dates of a column].",
        "Tables",
        choices=("day", "month"),
    ),
    ENCODING,
    Option("fill_gaps", bool, "Read lines with too few cells as rows with gaps.", "Tables"),
    SHEET,
)
