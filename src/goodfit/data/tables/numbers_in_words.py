"""Cells of numbers that are read in another way for the words beside them: 5% off, two numbers of a column without a
name, a debit alone, a value and the mark of its quality.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.sides import BEHIND, DEBIT
from goodfit.data.tables.units import UNIT_FORM
from goodfit.data.tables.visible import visible
from goodfit.formatting import listed

if TYPE_CHECKING:
    import polars as pl

BEFORE = r"(?:ab|from|ca\.?|approx\.?|about|circa|à partir de|desde|da|vanaf) "
WORDS = r"([kKmM]?(?:[+%/(]| ?[\p{Sc}/(]| )\D*)"
IN_WORDS = rf"^(?:[<>~≈]|\p{{Sc}}|{BEFORE})? ?[+-]?\p{{Sc}}? ?\d[\d.,:'’ ]*{WORDS}$"
SHARE_OF_NUMBERS = 0.6  # of the cells; others may be words alone
VALUES_AT_LEAST, WORDS_AT_MOST = 6, 3  # different cells of numbers, and different words behind them
TWO_NUMBERS = r"^[+-]?\d[\d.,]*\s{2,}[+-]?\d[\d.,]*\*?$"
SHARE_OF_TWO = 0.9
WITH_CENTS = r"\d[.,]\d\d ?\(?\p{L}+\.?\)?$"
WITH_A_MARK = r"^[+-]\d{4,5},[0-9A-Z]$"  # +0123,1 of NOAA: tenths of a degree, and how sure they are
SHOWN = 40  # characters of a cell

Doubt = tuple[str, str]


def number_in_words_doubt(column: pl.Series) -> Doubt | None:
    """What is to be said of cells such as 5% off and 1.200 € VB, which are no numbers here; None of other words."""
    import polars as pl

    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return None
    text = visible(column.cast(pl.String)).drop_nulls()
    if len(text) and float(text.str.contains(TWO_NUMBERS).mean() or 0) >= SHARE_OF_TWO:  # type: ignore[arg-type]  # of booleans
        what = f"each cell of '{column.name}' holds two numbers, such as '{text[0][:SHOWN]}': a column without a name "
        return what + "may stand beside it", "Give every column a name"
    words = text.str.extract(IN_WORDS, 1)
    found = text.filter(words.is_not_null())
    beside = words.drop_nulls().str.strip_chars().unique(maintain_order=True).to_list()
    if len(found) < SHARE_OF_NUMBERS * len(text) or found.n_unique() < VALUES_AT_LEAST:
        return None
    if not 0 < len(beside) <= WORDS_AT_MOST or found.n_unique() <= len(beside):
        return None
    shown = listed(f"'{word[:SHOWN]}'" for word in beside)
    what = f"the cells of '{column.name}', such as '{found[0][:SHOWN]}', are not read as numbers, for the {shown} in "
    return what + "them", "If they are numbers, write them alone"


def side_alone_doubt(column: pl.Series, decimal: str, form: str | None) -> Doubt | None:
    """What is to be said of amounts all of which have the letter of a debit, read without it; None of others."""
    unit = form.removeprefix(UNIT_FORM) if form is not None and form.startswith(UNIT_FORM) else None
    if unit not in DEBIT:
        return None
    text = visible(column).drop_nulls()
    found = text.filter(text.str.contains(BEHIND) & text.str.contains(WITH_CENTS))
    if len(found) < SHARE_OF_TWO * len(text) or not found.str.contains(r"\p{Lu}").all():
        return None
    letters = found.str.extract(BEHIND, 2)[0]
    what = f"the amounts of '{column.name}', such as '{found[0][:SHOWN]}', are read without their {letters} and above 0"
    return what, f"If {letters} stands for a debit, write them with a minus"


def mark_of_quality_doubt(column: pl.Series, decimal: str, form: str | None) -> Doubt | None:
    """What is to be said of +0123,1, a value and a mark, read as a number with a decimal comma; None of others."""
    import polars as pl

    if column.dtype != pl.String or decimal != ",":
        return None
    text = visible(column).drop_nulls()
    if not len(text) or not text.str.contains(WITH_A_MARK).all():
        return None
    what = (
        f"the cells of '{column.name}', such as '{text[0]}', are read as numbers with a decimal comma; they may be a "
    )
    return what + "value and a mark of its quality, as NOAA writes them", "If they are, split them into two columns"
