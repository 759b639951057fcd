"""Which encoding a text in Latin letters is in that is not UTF-8: Windows-1252, unless its words then have odd letters.

Łódź of Windows-1250 is £ódŸ as Windows-1252, and München of old Macs is MŸnchen: signs inside of words, capitals behind
small letters, or letters that no language of Western Europe has together. Then the encodings count in which all letters
are of one language that is written in them.
"""

from __future__ import annotations

import itertools
import re

from goodfit.lazy_pattern import lazy_pattern

WORDS_EXAMINED = 5_000
WORD = lazy_pattern(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
LETTER = r"[^\W\d_ªº¹²³]"
BETWEEN_LETTERS = "’‘´·…–—‑×µ®™\u00a0\u00ad"  # signs that stand there: l’eau, Length×Width
NEVER = lazy_pattern("[\u0080-\u009f\u2500-\u259f\ue000-\uf8ff]")  # control codes, lines of boxes
# Icelandic has no þ at the end of a word, as the ş of Windows-1254 is; Portuguese no õ but before e: ő of Windows-1250.
ELSEWHERE = lazy_pattern(r"[a-z]þ\b|[õÕ](?![eE])")
WESTERN = (  # letters beyond ASCII of French, German, Spanish, Portuguese, Italian, Dutch, Swedish and Finnish,
    "àâæçèéêëîïôœùûüÿ", "äöüßéà", "áéíñóúüªº", "áâãàçéêíóôõúüªº", "àèéìíîòóùú", "éëïóöüáèêç", "åäöéüšž",
    "æøåéòôäö", "áðéíóúýþæö", "àçèéíïòóúü",  # Danish and Norwegian, Icelandic, Catalan
)  # fmt: skip
CENTRAL = (  # Polish, Czech, Slovak, Hungarian, Croatian and Slovene, Romanian
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ",
)  # fmt: skip
LANGUAGES = {
    "cp1250": CENTRAL,
    "iso8859_2": CENTRAL,
    "cp1254": ("çğıiöşüâîû",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž"),
    "mac_roman": WESTERN,
    "cp850": WESTERN,
}
SHOWN = {
    "cp1250": "Windows-1250", "iso8859_2": "ISO 8859-2", "cp1254": "Windows-1254", "cp1257": "Windows-1257",
    "mac_roman": "Mac Roman", "cp850": "code page 850",
}  # fmt: skip
ASCII = lazy_pattern(rb"[A-Za-z]")
APART = 0.2  # of the words with a letter beyond ASCII have no other letter
LETTERS_THAT_PROVE = 2  # different ones that no Western language has together


def other_latin(data: bytes) -> list[tuple[str, str]]:
    """Encodings in which text in Latin letters is, and its first word in each; none where it is Windows-1252.

    Of several that read it alike, the first.
    """
    words = [match[0] for match in itertools.islice(WORD.finditer(data), WORDS_EXAMINED)]
    if sum(ASCII.search(word) is None for word in words) > APART * len(words):
        return []  # of another script
    joined = b"\n".join(words)
    western = _decoded(joined, "cp1252")
    if western is not None and not _is_odd(western):
        letters = _letters(western)
        if len(letters) < LETTERS_THAT_PROVE or any(letters <= set(language) for language in WESTERN):
            return []
    found: dict[str, str] = {}
    for encoding, languages in LANGUAGES.items():
        text = _decoded(joined, encoding)
        if text is None or _is_odd(text) or text in found:
            continue
        letters = _letters(text)
        if letters and any(letters <= set(language) for language in languages):
            found[text] = encoding
    return [(encoding, text.split("\n", 1)[0]) for text, encoding in found.items()]


def _is_odd(text: str) -> bool:
    """Whether words have signs inside of them, or a capital beyond ASCII between letters of which the next is small."""
    if NEVER.search(text) or ELSEWHERE.search(text):
        return True
    inner = [
        (before, sign, behind) for before, sign, behind in zip(text, text[1:], text[2:], strict=False) if sign > "\x7f"
    ]
    return any(
        before.isalpha() and (behind.islower() if sign.isupper() else behind.isalpha() and not _is_letter(sign))
        for before, sign, behind in inner
        if sign not in BETWEEN_LETTERS
    )


def _is_letter(sign: str) -> bool:
    return re.fullmatch(LETTER, sign) is not None


def _letters(text: str) -> set[str]:
    """The different letters beyond ASCII, in small ones; digits above the line and the like are none."""
    return {sign for sign in text.replace("İ", "i").lower() if sign > "\x7f" and _is_letter(sign)}


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
