"""Words that differ in case, spaces or signs alone, or say yes and no in several ways: perhaps one value each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from goodfit.data.tables.words import texts
from goodfit.formatting import listed

if TYPE_CHECKING:
    import polars as pl

LEVELS_AT_MOST = 1_000
GROUPS_SHOWN, WORDS_SHOWN = 3, 4
YES = {
    "yes", "y", "true", "t", "1", "ja", "j", "oui", "o", "si", "sí", "sì", "s", "sim",
    "да", "д", "tak", "kyllä", "evet", "on", "x", "はい", "是", "예",
    "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "sann", "prawda", "истина",
}  # fmt: skip
NO = {
    "no", "n", "false", "f", "0", "nein", "non", "não", "nao", "нет", "н", "nie", "ei", "hayır",
    "nej", "nee", "off", "いいえ", "否", "아니요",
    "falsch", "faux", "falso", "onwaar", "falsk", "fałsz", "ложь",
}  # fmt: skip


def spelt_alike(words: Iterable[str]) -> list[list[str]]:
    """Groups of words that are the same but for case, spaces and signs, in the order of the words."""
    alike: dict[str, list[str]] = {}
    for word in words:
        alike.setdefault(plain(word), []).append(word)
    return [group for key, group in alike.items() if len(group) > 1 and len(key) > 1]


def plain(word: str) -> str:
    """In small letters, without spaces and signs between."""
    return re.sub(r"[\s_\-.]+", "", word).casefold()


def alike_doubt(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of a column of words some of which may be one, and how to settle it; None where none may."""
    import polars as pl

    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return None
    levels = texts(column).drop_nulls().unique(maintain_order=True)
    if not 2 < len(levels) <= LEVELS_AT_MOST:
        return None
    words = levels.to_list()
    known = {word.casefold() for word in words}
    if known <= YES | NO and min(len(known & YES), len(known & NO)) > 0 and len(known) > 2:
        groups = [[word for word in words if word.casefold() in side] for side in (YES, NO)]
    else:
        groups = spelt_alike(words)
    groups = [group for group in groups if len(group) > 1]
    if not groups:
        return None
    shown = "; ".join(listed(f"'{word}'" for word in group[:WORDS_SHOWN]) for group in groups[:GROUPS_SHOWN])
    more = f"; and {len(groups) - GROUPS_SHOWN} more such groups" if len(groups) > GROUPS_SHOWN else ""
    what = f"the column '{column.name}' has {shown}{more}: each is a category of its own"
    return what, "If they are one value, write it in one way"
