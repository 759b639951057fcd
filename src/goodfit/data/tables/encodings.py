"""Which encoding a text is in that is not UTF-8: Windows-1252 where it looks so, else the ones to choose from.

In Latin letters, what is not ASCII stands alone or by two between letters that are (Größe, déjà). Bytes beyond ASCII in
longer runs are words of another script: as Windows-1252 they would be read as Ãîðîä, without an error.
"""

from __future__ import annotations

import re

from goodfit.lazy_pattern import lazy_pattern

BYTES_EXAMINED = 64 * 1024
RUN = lazy_pattern(rb"[\x80-\xff]+")
WORD = 3  # bytes of a run that is a word of another script
WORDS_SHARE = 0.5  # of the bytes beyond ASCII, in such runs
WORDS_AT_LEAST = 2
SCRIPTS = {  # encoding -> the letters that nearly all of its text has
    "cp1251": r"[а-яёіїєґ]|(?<![а-яё])[А-ЯЁІЇЄҐ]",
    "koi8_r": r"[а-яё]|(?<![а-яё])[А-ЯЁ]",
    "gb18030": r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]",
    "shift_jis": r"[\u3040-\u30ff\u4e00-\u9fff\u3000-\u303f\uff00-\uff5e]",
    "euc_kr": r"[\uac00-\ud7a3]",
    "big5": r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]",
    "cp1253": r"[α-ωάέήίόύώϊϋ]|(?<![α-ω])[Α-ΩΆΈΉΊΌΎΏ]",
    "cp1255": r"[א-ת]",
    "cp1256": r"[ء-ي]",
    "cp874": r"[ก-๛]",
}
LETTERS_SHARE = 0.9  # of what is not ASCII
NAMED_AT_MOST = 4


def is_latin(data: bytes) -> bool:
    """Whether bytes beyond ASCII stand among Latin letters, as in Windows-1252."""
    runs = RUN.findall(data[:BYTES_EXAMINED])
    words = [run for run in runs if len(run) >= WORD]
    return len(words) < WORDS_AT_LEAST or sum(map(len, words)) <= WORDS_SHARE * sum(map(len, runs))


def candidates(data: bytes) -> list[tuple[str, str]]:
    """Encodings in which this is text of their script, and how its first line that is not ASCII reads in each."""
    lines = [line.strip() for line in data[:BYTES_EXAMINED].splitlines()[:-1] or [data] if RUN.search(line)]
    found = []
    for encoding, letters in SCRIPTS.items():
        try:
            text = b"\n".join(lines).decode(encoding)
        except UnicodeDecodeError:
            continue
        beyond = [sign for sign in text if sign > "\x7f"]
        share = len([sign for sign in re.findall(letters, text) if sign > "\x7f"]) / max(1, len(beyond))
        if share >= LETTERS_SHARE:
            found.append((share, encoding, text.split("\n", 1)[0]))
    return [(encoding, text) for _, encoding, text in sorted(found, key=lambda each: -each[0])[:NAMED_AT_MOST]]
