"""Amounts with the side of an account behind or before them: 45,00 S and 12,00 H, 1,234.50 CR and 20.00 DR.

Letters of both sides have to stand in a column: Cr alone is ten millions in India, and h alone hours. What is debited
is below 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SIDES_FORM = "debit and credit"  # the form of a column of such amounts
PAIRS = (("s", "h"), ("dr", "cr"), ("d", "c"), ("debit", "credit"), ("soll", "haben"), ("db", "cr"))  # debit first
DEBIT = {debit for debit, _ in PAIRS}
LETTERS = "Soll|SOLL|Haben|HABEN|Debit|DEBIT|Credit|CREDIT|D[Rr]|D[Bb]|C[Rr]|dr|cr|S|H|D|C"
BEHIND = rf"^([^\p{{L}}]*\p{{L}}{{0,3}}[^\p{{L}}]*\d[.,]?) ?\(?({LETTERS})\.?\)?$"
BEFORE = r"^(Soll|SOLL|Haben|HABEN|Debit|DEBIT|Credit|CREDIT|D[Rr]|D[Bb]|C[Rr]|dr|cr)\.? ?([^\p{L}]*\d[\d.,' ]*)$"
CENTS, SHARE_WITH_CENTS = r"\d[.,]\d\d\D*$", 0.5  # of letters alone: 12 C and 14 D are seats
SHARE_WITH_SIDE = 0.9  # of the cells; others are 0, or slips


def has_sides(text: pl.Series) -> bool:
    """Whether nearly all cells, in one kind of signs, have a side, of one pair whose two sides both stand there."""
    text = _behind(text)
    found = text.str.extract(BEHIND, 2).drop_nulls()
    if len(found) < SHARE_WITH_SIDE * len(text):
        return False
    signs = set(found.str.to_lowercase().unique().to_list())
    if signs not in [set(pair) for pair in PAIRS]:
        return False
    with_cents = int(text.str.contains(CENTS).sum())
    return max(map(len, signs)) > 1 or with_cents >= SHARE_WITH_CENTS * len(text)


def sides(text: pl.Series) -> pl.Series:
    """(N,) Float64: -1 of what is debited, 1 of all else."""
    import polars as pl

    side = _behind(text).str.extract(BEHIND, 2).str.to_lowercase()
    return side.replace_strict(list(DEBIT), [-1.0] * len(DEBIT), default=1.0, return_dtype=pl.Float64)


def without_sides(text: pl.Series) -> pl.Series:
    """The cells without these letters."""
    return _behind(text).str.replace(BEHIND, "${1}")


def _behind(text: pl.Series) -> pl.Series:
    """The cells with letters of a side behind the number, where they stand before it: 20.00 Dr for Dr 20.00."""
    return text.str.replace(BEFORE, "${2} ${1}")
