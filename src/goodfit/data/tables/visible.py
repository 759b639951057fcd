"""Text without the signs that nobody sees: a word copied from a web page is the word that was typed.

These are the space of no width, the byte order mark (of files that were joined), the soft hyphen, the word
joiner, and the marks of writing direction that spreadsheets and chats put around numbers (Unicode 15.0, sections 23.2
and 23.8). The joiners of Persian, of Indian scripts and of emoji stay: they are seen.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

INVISIBLE = r"[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]"
TO_CLEAR = rf"{INVISIBLE}|^\s|\s$"
CELLS_LOOKED_AT = 100  # one by one, whether there is anything to do: each call of polars takes as long as 500 of them


def visible(column: pl.Series) -> pl.Series:
    """String: the cells as text without invisible signs, and without spaces around it."""
    import polars as pl

    text = column.cast(pl.String)
    if len(text) <= CELLS_LOOKED_AT and all(cell is None or _is_bare(cell) for cell in text.to_list()):
        return text
    if not text.str.contains(TO_CLEAR).any():
        return text
    return text.str.replace_all(INVISIBLE, "").str.strip_chars()


def _is_bare(cell: str) -> bool:
    """Whether `visible` would leave this text as it is; of texts that are not ASCII it is not asked."""
    return cell.isascii() and cell == cell.strip()


def as_seen(label: Any) -> Any:
    """A label, tag or group of images, or the name of a file: without invisible signs, in one of Unicode's forms.

    Folders of macOS and of all others are called by the same letters in two forms. What is not text stays as it is.
    """
    return re.sub(INVISIBLE, "", unicodedata.normalize("NFC", label)) if isinstance(label, str) else label
