"""New words that are a known one in another spelling: BERLIN for Berlin, Koeln for Köln, KÃ¶ln (UTF-8 that was read in
another encoding) for Köln, 1067 for 01067, yes for 1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from goodfit.data.tables.frames import Frame
from goodfit.data.tables.spelt_alike import NO, YES, without_marks, written_out
from goodfit.data.tables.web_text import shown_text
from goodfit.data.tables.words import texts
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

NUMBER = lazy_pattern(r"[+-]?[\d.,]+")
WHOLE = lazy_pattern(r"^(\d+)\.0+$")
BETWEEN = lazy_pattern(r"(?<=\w)[\s_\-]+(?=\w)")


def known_words(unknown: Collection[str], known: Sequence[str]) -> dict[str, str]:
    """Unknown word -> the one known word that it is: in other letters or spaces, without zeros, with
    or without the marks of letters, as another yes or no.

    Args:
        unknown: words of one column that are none of the known ones. known: levels of a category, or classes.
    """
    if (truth := _of_truth(unknown, known)) is not None:
        return truth
    found: dict[str, str] = {}
    for key_of in (_letters, _digits, _written_out, _without_marks, _decoded_again, _of_web):
        by_key: dict[str, list[str]] = {}
        for word in known:
            if (key := key_of(word)) is not None:
                by_key.setdefault(key, []).append(word)
        for word in unknown if by_key else ():
            if word in found:
                continue
            same = by_key.get(key_of(word) or "", [])
            if len(same) == 1:
                found[word] = same[0]
    return found


def _letters(word: str) -> str | None:
    """In small letters, without spaces and signs between letters; None of numbers and of single letters."""
    key = BETWEEN.sub(_between, " ".join(word.split())).casefold().removesuffix(".")
    return None if NUMBER.fullmatch(word) or len(key) < 2 else key


def _written_out(word: str) -> str | None:
    """As `_letters`, with two letters for those that have two where there is no key for them: Koeln for Köln."""
    key = _letters(word)
    return key if key is None else written_out(key)


def _without_marks(word: str) -> str | None:
    """As `_letters`, without the marks of letters: Lodz for Łódź, Sao Paulo for São Paulo."""
    key = _letters(word)
    if key is None or not key.isascii():
        key = without_marks(key or "") or None
    return key if key is not None and len(key) > 1 else None


def _decoded_again(word: str) -> str | None:
    """As `_letters`, of UTF-8 that was read as Windows-1252 or Latin-1: Köln of KÃ¶ln."""
    for encoding in () if word.isascii() else ("cp1252", "latin-1"):
        with suppress(UnicodeError):
            return _letters(word.encode(encoding).decode())
    return _letters(word)


def _of_web(word: str) -> str | None:
    """As `_letters`, of entities and tags of web pages: Köln of K&ouml;ln and of <b>Köln</b>."""
    return _letters(shown_text(word).strip()) if "&" in word or "<" in word else _letters(word)


def _between(gap: re.Match[str]) -> str:
    """Nothing between letters; between two digits what stands there, as in 10-20."""
    text = gap.string
    return gap[0] if text[gap.start() - 1].isdigit() and text[gap.end()].isdigit() else ""


def _digits(word: str) -> str | None:
    """Without zeros before it, of a word of digits; 1.0 is 1."""
    word = WHOLE.sub(r"\1", word)
    return (word.lstrip("0") or "0") if word.isascii() and word.isdecimal() else None


def _of_truth(unknown: Collection[str], known: Sequence[str]) -> dict[str, str] | None:
    """Of a yes and a no, where all unknown words are some as well; None of others."""
    yes = [word for word in known if word.casefold() in YES]
    no = [word for word in known if word.casefold() in NO]
    if len(known) != 2 or len(yes) != 1 or len(no) != 1:
        return None
    sides = {word: yes[0] if word.casefold() in YES else no[0] for word in unknown if word.casefold() in YES | NO}
    return sides if len(sides) == len(unknown) else None


class FrameWithKnownWords:
    """A frame in which words of some columns stand in the spelling that a run knows.

    Args:
        words: column -> word in the frame -> word in its place.
        verbatim: columns whose text is left as it was written.
    """

    def __init__(self, frame: Frame, words: Mapping[str, Mapping[str, str]], verbatim: Collection[str]) -> None:
        self._frame, self.words, self._verbatim = frame, words, verbatim
        self.columns, self.height, self.streamed = frame.columns, frame.height, frame.streamed

    def column(self, name: str) -> pl.Series:
        return self._respelt(self._frame.column(name))

    def dtype(self, name: str) -> pl.DataType:
        import polars as pl

        return pl.String() if name in self.words else self._frame.dtype(name)

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        return self._all_respelt(self._frame.sample(rows))

    def pieces(self) -> Iterator[pl.DataFrame]:
        return map(self._all_respelt, self._frame.pieces())

    def clear(self) -> None:
        self._frame.clear()

    def _all_respelt(self, piece: pl.DataFrame) -> pl.DataFrame:
        return piece.with_columns(self._respelt(piece.get_column(name)) for name in self.words)

    def _respelt(self, column: pl.Series) -> pl.Series:
        words = self.words.get(column.name)
        if words is None:
            return column
        return texts(column, verbatim=column.name in self._verbatim).replace(dict(words)).rename(column.name)
