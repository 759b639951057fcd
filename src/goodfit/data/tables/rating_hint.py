"""Tables that look as if somebody rated something: a hint at what else can be learnt from them."""

from __future__ import annotations

from collections.abc import Sequence

USER_WORDS = ("user", "customer", "reader", "member", "client", "visitor")
ITEM_WORDS = ("item", "movie", "film", "product", "book", "song", "track", "article", "restaurant")
RATING_WORDS = ("rating", "stars", "score")


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
