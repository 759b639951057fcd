"""Words for a missing value: those that are known, and a few different ones among numbers or dates, in any language.

In a column of numbers `n.d.`, `#VALUE!`, `keine Angabe` and `Varies with device` all say that there is no number. No
list has them all: where most cells of a column have digits, of many values, and the others are three different words
at most, these are words for a missing value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

MISSING_BEFORE = ("", "?", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "none", "-", ".")  # old runs
SIGNS = (
    "?",
    "??",
    "???",
    "-",
    "--",
    "---",
    "–",
    "—",
    "−",
    ".",
    "..",
    "...",
    "…",
    "*",
    "**",
    "***",
    "#",
    "/",
    ":",
    "_",
    "~",
)
OF_PROGRAMS = (
    "#N/A", "#N/A N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#WERT!",
    "#BEZUG!", "#ZAHL!", "#NV", "#VALEUR!", "<NA>", "(NA)", "NaT", "nan", "-nan", "nan(ind)",
    "-nan(ind)", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND", "1.#INF", "-1.#INF", "null", "(null)", "<null>", "[null]",
    ": c", ": u", ": z", ": n", ":c", ":u", ":z", ":n",
    "nil", "none", "\\N", "undefined", "0000-00-00", "0000-00-00 00:00:00", "0000/00/00",
    "00.00.0000", "00/00/0000", "00-00-0000", "(blank)", "(empty)", "(leer)", "(vide)",
)  # fmt: skip
OF_PEOPLE = (
    "na", "n/a", "n.a.", "n. a.", "n.a", "nd", "n.d.", "n/d", "n/k", "n.k.", "n/r", "n.r.", "s/d",
    "s.d.", "k.a.", "k. a.", "o.a.", "missing", "unknown", "not available", "not applicable",
    "not known", "not reported", "not recorded", "not measured", "not specified", "not given",
    "no data", "no answer", "refused", "blank", "empty", "tbd", "tba", "tbc", "pending",
    "keine angabe", "ohne angabe", "fehlt", "fehlend", "unbekannt", "nicht verfügbar", "leer",
    "entfällt", "inconnu", "manquant", "non disponible", "non renseigné", "sin dato", "sin datos",
    "desconocido", "no disponible", "desconhecido", "sem dados", "não informado", "sconosciuto",
    "mancante", "onbekend", "ontbreekt", "okänd", "ukjent", "ukendt", "brak", "brak danych", "нет",
    "нет данных", "н/д", "неизвестно", "不明", "未知", "無", "无", "缺失", "欠損", "なし", "없음", "미상",
)  # fmt: skip


def _in_all_letters(words: tuple[str, ...]) -> list[str]:
    return [form for word in words for form in (word, word.lower(), word.upper(), word.capitalize(), word.title())]


OF_STATA = tuple(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
MISSING = tuple(
    dict.fromkeys([*MISSING_BEFORE, *SIGNS, *OF_STATA, *_in_all_letters(OF_PROGRAMS), *_in_all_letters(OF_PEOPLE)])
)
LONGEST_MISSING = max(len(word.encode()) for word in MISSING)
DIGIT = r"[\p{Nd}½¼¾⅓⅔⅛⅜⅝⅞]"
MAY_BE_A_DIGIT = r"[0-9]|[^\x00-\x7F]"  # all of these and more: polars compiles a pattern at each call, and this fast
WORDS_AT_MOST = 3  # different ones among numbers
DIGITS_AT_LEAST = 0.5  # of the cells
VALUES_AT_LEAST = 20  # different cells with digits: fewer may be classes (1, 2, 3, ground floor)
MEASURES_AT_LEAST = 5  # different ones, where most have decimals or most differ


def are_words(present: pl.Series) -> bool:
    """Whether a column is text without a digit in any cell: then there are neither numbers nor dates in any form."""
    import polars as pl

    is_text = present.dtype in (pl.String, pl.Categorical, pl.Enum)
    return is_text and not present.cast(pl.String).str.contains(MAY_BE_A_DIGIT).any()


def words_among_numbers(text: pl.Series) -> list[str]:
    """The few different words among cells with digits, most frequent first; none where the cells are otherwise.

    Args:
        text: cells that are not missing, without spaces around them.
    """
    has_digit = text.str.contains(DIGIT)
    words, others = text.filter(~has_digit), text.filter(has_digit)
    if not len(words) or len(others) < DIGITS_AT_LEAST * len(text):
        return []
    different = words.alias("word").value_counts(sort=True)
    if different.height > WORDS_AT_MOST:
        return []
    values = others.n_unique()
    measures = 2 * int(others.str.contains(r"\d[.,]\d").sum()) > len(others) or 2 * values > len(others)
    if values <= VALUES_AT_LEAST and not (measures and values >= MEASURES_AT_LEAST):
        return []
    return [str(word) for word in different.get_column("word")]
