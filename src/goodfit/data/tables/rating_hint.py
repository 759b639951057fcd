"""Tables in which somebody rated something: a hint at what can be learnt from them, and what they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from goodfit.errors import UsageError
from goodfit.formatting import some_of

if TYPE_CHECKING:
    import polars as pl

USER_WORDS = ("user", "customer", "reader", "member", "client", "visitor")
ITEM_WORDS = ("item", "movie", "film", "product", "book", "song", "track", "article", "restaurant")
RATING_WORDS = ("rating", "stars", "score")
BETWEEN_ITEMS = {";": "a semicolon", "|": "a bar", ",": "a comma", " ": "a space"}
BASKETS_AT_LEAST, SHARE_OF_BASKETS = 10, 0.9  # different cells, and of the rows: no item is in several rows
PIECES_OF_A_BASKET, SHARE_OF_ITEMS = 1.5, 0.9  # items of a cell on average; of all of them, that are in several cells
COLUMNS_SHOWN = 12
COLUMNS_OF_A_MATRIX = 8  # and none that is the items: perhaps each of them is one


def ratings_hint(columns: Sequence[str]) -> str:
    """How to fit who likes what, where columns are called so."""
    user, item, stars = (
        next((name for name in columns if any(word in name.lower() for word in words)), None)
        for words in (USER_WORDS, ITEM_WORDS, RATING_WORDS)
    )
    if user is None or item is None:
        return ""
    target = f" --target {stars}" if stars is not None else ""
    return f"; to learn who likes what, give --user {user} --item {item}{target}"


def baskets_doubt(items: pl.Series) -> tuple[str, str] | None:
    """What is to be said of cells that hold several items each, as baskets do: milk bread, bread butter.

    Args:
        items: text, one a row.
    """
    import polars as pl

    cells = items.drop_nulls()
    different = cells.unique(maintain_order=True)
    if len(different) < max(BASKETS_AT_LEAST, SHARE_OF_BASKETS * len(cells)):
        return None
    for mark, name in BETWEEN_ITEMS.items():
        pieces = different.str.split(mark).list.eval(pl.element().str.strip_chars()).explode()
        pieces = pieces.filter(pieces != "")
        often = int(pieces.is_duplicated().sum())
        if len(pieces) >= PIECES_OF_A_BASKET * len(different) and often >= SHARE_OF_ITEMS * len(pieces) > 0:
            what = f"the cells of '{items.name}' seem to hold several items each, with {name} between them "
            what += f"('{str(different[0])[:40]}'): each cell is read as one item"
            return what, f"If they are several, give a row for each: in polars by str.split({mark!r}) and explode"
    return None


def refuse_a_matrix(item: str, columns: Sequence[str]) -> None:
    """Raise where there is a column for each item in place of one that names the items."""
    if item not in columns and len(columns) >= COLUMNS_OF_A_MATRIX:
        raise UsageError(
            f"--item {item}: there is no such column, and {len(columns)} others ({', '.join(columns[:4])}, ...)",
            fix="If each of them is an item, give a row for each rating: in pandas by frame.melt('user')",
        )


def columns_in_words(columns: Sequence[str]) -> str:
    """The columns that there are, where one is to be named; of many beside one, that they may be a matrix."""
    shown = f"The columns are {some_of(list(columns), COLUMNS_SHOWN)}"
    if len(columns) < COLUMNS_OF_A_MATRIX:
        return shown
    return f"{shown}. If each of them is an item, give a row for each rating: in pandas by frame.melt('{columns[0]}')"


def refuse_one_column_twice(settings: Mapping[str, Any], columns: Sequence[str]) -> None:
    """Raise where two of users, items and ratings are one column."""
    named = [(option, settings[option]) for option in ("user", "item", "target") if settings[option] is not None]
    for at, (option, name) in enumerate(named):
        other = next((first for first, column in named[:at] if column == name), None)
        if other is not None:
            others = ", ".join(column for column in columns if column != name)
            raise UsageError(f"--{other} and --{option} are both {name}", fix=f"The other columns are {others}")
