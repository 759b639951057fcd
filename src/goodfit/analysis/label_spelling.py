"""One spelling for one class, whoever wrote it: 1 and 1.0, True and true."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from goodfit.data.tables.known_levels import known_words
from goodfit.data.tables.words import texts
from goodfit.formatting import listed

WORDS_SHOWN = 4


def one_spelling(columns: Sequence[Iterable[str]]) -> dict[str, str]:
    """Each label of these columns -> the spelling that stands first for its class.

    Labels that are two within a column stay two: 1.1 and 1.10 may be versions.

    Args:
        columns: labels of the truth, of predictions, names of classes.
    """
    listed = [list(dict.fromkeys(column)) for column in columns]
    labels = list(dict.fromkeys(label for column in listed for label in column))
    value_of = dict(zip(labels, plain_texts(labels), strict=True))
    if any(len({value_of[label] for label in column}) < len(column) for column in listed):
        return {label: label for label in labels}
    first: dict[str, str] = {}
    for label in labels:
        first.setdefault(value_of[label], label)
    return {label: first[value_of[label]] for label in labels}


def in_words_of(labels: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Label -> the class that it is in another spelling (Yes for yes, 1 for yes); nothing where two would be one.

    Args:
        labels: classes that somebody predicted. known: those of the truth.
    """
    unknown = sorted(set(labels) - set(known))
    words = known_words(unknown, sorted(known)) if unknown else {}
    alone = len(set(words.values())) == len(words) and not set(words.values()) & set(labels)
    return words if alone else {}


def read_as(words: dict[str, str]) -> str:
    """'Yes' is read as 'yes', 'No' as 'no'."""
    pairs = [f"'{word}' as '{known}'" for word, known in list(words.items())[:WORDS_SHOWN]]
    return f"{listed(pairs)} {'is' if len(words) == 1 else 'are'} read: another spelling of the truth's classes"


def plain_texts(labels: Sequence[str]) -> list[str]:
    """The one text of the value of each: "1" of 1.0."""
    import polars as pl

    plain = texts(pl.Series("label", labels, dtype=pl.String)).to_list()
    return [label if value is None else str(value) for label, value in zip(labels, plain, strict=True)]
