"""Tables in which somebody rated something: a hint at what can be learnt from them, and what they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from goodfit.errors import UsageError

USER_WORDS = ("user", "customer", "reader", "member", "client", "visitor")
ITEM_WORDS = ("item", "movie", "film", "product", "book", "song", "track", "article", "restaurant")
RATING_WORDS = ("rating", "stars", "score")
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


def refuse_a_matrix(item: str, columns: Sequence[str]) -> None:
    """Raise where there is a column for each item in place of one that names the items."""
    if item not in columns and len(columns) >= COLUMNS_OF_A_MATRIX:
        raise UsageError(
            f"--item {item}: there is no such column, and {len(columns)} others ({', '.join(columns[:4])}, ...)",
            fix="If each of them is an item, give a row for each rating: in pandas by frame.melt('user')",
        )


def refuse_one_column_twice(settings: Mapping[str, Any], columns: Sequence[str]) -> None:
    """Raise where two of users, items and ratings are one column."""
    named = [(option, settings[option]) for option in ("user", "item", "target") if settings[option] is not None]
    for at, (option, name) in enumerate(named):
        other = next((first for first, column in named[:at] if column == name), None)
        if other is not None:
            others = ", ".join(column for column in columns if column != name)
            raise UsageError(f"--{other} and --{option} are both {name}", fix=f"The other columns are {others}")
