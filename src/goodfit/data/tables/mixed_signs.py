"""Amounts in several currencies, and percent beside plain numbers: read as numbers, which may not be what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from goodfit.data.tables.cents import CENTS
from goodfit.data.tables.numbers import CURRENCY, unified
from goodfit.data.tables.percent import SHARES, SLIPS_AT_MOST
from goodfit.formatting import counted, listed

if TYPE_CHECKING:
    import polars as pl

MINUS_BEHIND, MINUS_BEFORE = r"^\d{1,2} ?-$", r"^\D*-\D*\d"
IN_BRACKETS_AT_LEAST = 3  # different cells
GRADES_AT_MOST, LARGEST_GRADE = 20, 15  # different cells; the points of German schools
ONE_SIGN = {
    "USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "RMB": "¥", "INR": "₹", "RS": "₹",
    "FR": "CHF", "EURO": "€", "EUROS": "€", "DOLLAR": "$", "DOLLARS": "$",
    "R$": "BRL", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "РУБ": "RUB", "₽": "RUB",
}  # fmt: skip
MORE_THAN_DIGITS = r"[^\d\s.,'+()-]"


def currency_of(column: pl.Series) -> str | None:
    """The currency of most amounts of a column of text, by its usual sign; None where most have none."""
    import polars as pl

    if column.dtype != pl.String:
        return None
    odd = column.filter(column.str.contains(MORE_THAN_DIGITS).fill_null(value=False))
    signs = unified(odd).str.extract(rf"({CURRENCY})", 1).drop_nulls()
    if 2 * len(signs) <= len(column.drop_nulls()):
        return None
    sign = str(signs.value_counts(sort=True).row(0)[0]).strip()
    return ONE_SIGN.get(sign.upper().rstrip("."), sign)


def other_currencies(frame: pl.DataFrame, known: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What is said of new amounts in another currency than the run's.

    Args:
        known: column -> currency, of the run.
    """
    for name, sign in known.items():
        other = currency_of(frame.get_column(name)) if name in frame.columns else None
        if other is not None and other != sign:
            yield "doubtful", f"{name}: {other}", f"the run was fitted on amounts in {sign}; nothing is converted"


def all_in_brackets(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of numbers all of which stand in brackets: counts such as (45) are not below 0."""
    import polars as pl

    if column.dtype != pl.String:
        return None
    text = unified(column.drop_nulls())
    if text.n_unique() < IN_BRACKETS_AT_LEAST or not text.str.contains(r"^\([^()]*\)$").all():
        return None
    return (
        f"all numbers of '{column.name}' stand in brackets, such as {text[0]}, and are read as below 0, as in accounts",
        "If they are counts, remove the brackets",
    )


def minus_behind(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of small whole numbers with a minus behind some, and before none: 2- may be a grade."""
    import polars as pl

    if column.dtype != pl.String:
        return None
    text = unified(column.drop_nulls())
    behind = text.filter(text.str.contains(MINUS_BEHIND))
    if not len(behind) or text.n_unique() > GRADES_AT_MOST or text.str.contains(MINUS_BEFORE).any():
        return None
    sizes = text.str.extract(r"^(\d+) ?-?$", 1).cast(pl.Int64, strict=False)
    if sizes.null_count() or int(sizes.max()) > LARGEST_GRADE:  # type: ignore[arg-type]  # of whole numbers
        return None
    value = behind[0].rstrip("- ")
    return (
        f"the column '{column.name}' has '{behind[0]}', which is read as -{value}",
        f"If these are grades, read them as words with --categorical {column.name}",
    )


def mixed_signs(column: pl.Series, decimal: str, form: str | None) -> tuple[str, str] | None:
    """What is to be said of a column of numbers as text, and how to settle it; None where all is of one kind."""
    import polars as pl

    if column.dtype != pl.String or form in (SHARES, CENTS):
        return None
    odd = column.filter(column.str.contains(MORE_THAN_DIGITS).fill_null(value=False))
    if not len(odd):
        return None
    text, name = unified(odd), column.name
    signs = text.str.extract(rf"({CURRENCY})", 1).drop_nulls().value_counts(sort=True).get_column(name).to_list()
    if len({ONE_SIGN.get(sign.strip().upper().rstrip("."), sign) for sign in signs}) > 1:
        shown = listed(str(sign) for sign in signs[:4])
        return (
            f"the column '{name}' has amounts in {shown}; they are read as numbers, without conversion",
            f"Convert them, or leave the column out with --ignore {name}",
        )
    percent = int(text.str.contains("%", literal=True).sum())
    plain = len(column.drop_nulls()) - percent
    if percent and min(percent, plain) > SLIPS_AT_MOST * len(column):
        signed = f"{counted(percent, 'value')} with a percent sign and {plain:,} without"
        return f"the column '{name}' has {signed}; 45% is read as 45", "Write them all in one way"
    return None
