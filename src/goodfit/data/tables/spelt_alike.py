"""Words that differ in case, spaces, signs or marks of letters (Köln, Koeln), or say yes and no in several ways."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html import unescape
from typing import TYPE_CHECKING

from goodfit.data.tables.words import texts
from goodfit.formatting import counted, listed
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

LEVELS_AT_MOST = 1_000
GROUPS_SHOWN, WORDS_SHOWN = 3, 4
OF_DIGITS = lazy_pattern(r"[\d^.,+\-\s]+")
COPY = lazy_pattern(r"(?i)[\s_\-.]+(?:copy|kopie|copie|copia)(?:[\s_]*\(?\d+\)?)?$")  # of a folder, as systems call it
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})
PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe"})
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
    return [
        group
        for key, group in alike.items()
        if len(group) > 1 and (len(key) > 1 or _differ_in_width(group)) and not _differ_in_sign(group)
    ]


def _differ_in_width(words: list[str]) -> bool:
    """Whether these are one in Unicode's plainer form: Ａ and A."""
    return len({unicodedata.normalize("NFKC", word) for word in words}) == 1


def _differ_in_sign(words: list[str]) -> bool:
    """Whether these are numbers, which a minus or a point tells apart: 11 and -11, 10^2 and 10^-2."""
    return all(OF_DIGITS.fullmatch(word) for word in words) and len({word.replace(" ", "") for word in words}) > 1


def with_marks_written_out(words: Iterable[str]) -> list[list[str]]:
    """Groups of words that are one with and without the marks of its letters: Köln, Koeln and Koln."""
    known: dict[str, list[str]] = {}
    for word in words:
        known.setdefault(plain(word), []).append(word)
    marked = [key for key in known if not key.isascii()]
    groups = []
    for key in marked:
        bare = [other for other in dict.fromkeys((written_out(key), without_marks(key))) if other.isascii()]
        same = [word for other in bare for word in known.get(other, ())]
        if same:
            groups.append([*known[key], *same])
    return groups


def written_out(word: str) -> str:
    """With two letters for those that have two where there is no key for them: Koeln for Köln."""
    return unicodedata.normalize("NFC", word).translate(WRITTEN_OUT)


def without_marks(word: str) -> str:
    """Without the marks of letters: Lodz for Łódź, Sao Paulo for São Paulo."""
    letters = unicodedata.normalize("NFKD", word.translate(PLAIN))
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


def names_alike_doubt(names: pl.Series, noun: str, *, loosely: bool = False) -> tuple[str, str] | None:
    """The same of users or items, of which there may be many: in other letters alone, as e-mail addresses are, or one
    number, written as 7, 7.0 and 007.

    Args:
        names: text, one a row. noun: what each of them is.
        loosely: also with other spaces, hyphens and zeros before a number: P-01, p1.
    """
    import polars as pl

    different = names.drop_nulls().unique(maintain_order=True).alias("name")
    lower = different.str.strip_chars().str.to_lowercase().str.replace(r"^0*(\d+)(?:\.0+)?$", "${1}").alias("lower")
    if loosely:
        lower = (
            lower.str.replace_all(r"[\s_\-]+", " ").str.replace_all(r"(\D) ", "${1}").str.replace_all(r" (\D)", "${1}")
        )
        lower = lower.str.replace_all(r"(^|[^\d.,])0+(\d)", "${1}${2}")
    groups = pl.DataFrame([different, lower]).group_by("lower", maintain_order=True).agg("name")
    groups = groups.filter(pl.col("name").list.len() > 1)
    if not groups.height:
        return None
    shown = listed(f"'{name}'" for name in groups["name"][0].to_list()[:WORDS_SHOWN])
    more = f" (and {counted(groups.height - 1, 'more such group')})" if groups.height > 1 else ""
    what = f"the column '{names.name}' has {shown}{more}: each is {noun} of its own"
    return what, "If they are one, write it in one way"


def _merged(groups: list[list[str]]) -> list[list[str]]:
    """Groups that share a word as one."""
    merged: list[list[str]] = []
    for group in groups:
        near = [known for known in merged if set(known) & set(group)]
        merged = [known for known in merged if known not in near]
        merged.append(list(dict.fromkeys(word for known in [*near, group] for word in known)))
    return merged


def plain(word: str) -> str:
    """In small letters of the usual width, without spaces and signs between; &amp; is its sign, and a copy of a folder
    is that folder.
    """
    return re.sub(r"[\s_\-.]+", "", COPY.sub("", unicodedata.normalize("NFKC", unescape(word)))).casefold()


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
        groups = _merged([*spelt_alike(words), *with_marks_written_out(words)])
    groups = [group for group in groups if len(group) > 1]
    if not groups:
        return None
    shown = "; ".join(listed(f"'{word}'" for word in group[:WORDS_SHOWN]) for group in groups[:GROUPS_SHOWN])
    more = f"; and {len(groups) - GROUPS_SHOWN} more such groups" if len(groups) > GROUPS_SHOWN else ""
    what = f"the column '{column.name}' has {shown}{more}: each is a category of its own"
    return what, "If they are one value, write it in one way"
