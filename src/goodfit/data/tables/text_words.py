"""What a word of a text is, in every script.

Where words stand between spaces, they are what stands there: letters with their marks (हिन्दी), digits, and no sign;
single letters say nothing. Chinese, Japanese, Thai and others put no spaces between words: each character is one, and
since pairs of neighbours are counted as well, what two characters say together is kept. An emoji is a word of its own.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

WITHOUT_SPACES = (  # Thai and Lao, Burmese, Khmer, Japanese, Chinese
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
SIGNS = "\u2600-\u27bf\U0001f300-\U0001faff"  # emoji
CHARACTERS_OF_A_WORD = 2  # on average, where no space tells words apart


@cache
def word_pattern() -> str:
    """A regular expression of Python's whose matches are the words."""
    alone = re.compile(f"[{WITHOUT_SPACES}{SIGNS}]")
    codes = [code for code in range(0x10000) if _is_of_words(chr(code)) and not alone.match(chr(code))]
    starts = [code for code, before in zip(codes, [-1, *codes], strict=False) if code != before + 1]
    ends = [code for code, behind in zip(codes, [*codes[1:], -1], strict=True) if behind != code + 1]
    letters = "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))
    return f"[{WITHOUT_SPACES}{SIGNS}]|[{letters}]{{2,}}"


def _is_of_words(sign: str) -> bool:
    """Letters, digits, _, and the marks that are written with letters, which \\w of Python leaves out."""
    return sign.isalnum() or sign == "_" or unicodedata.category(sign).startswith("M")


def words_in_each(text: pl.Series) -> pl.Series:
    """(N,) float64: how many words the rows have, about."""
    import polars as pl

    without = text.str.count_matches(f"[{WITHOUT_SPACES}]") / CHARACTERS_OF_A_WORD
    return text.str.count_matches(r"\s+") + pl.select(pl.max_horizontal(without, pl.lit(1.0))).to_series()
