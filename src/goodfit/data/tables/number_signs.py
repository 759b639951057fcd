"""Numbers in the signs of one script: digits of other scripts, and what stands at a number without being part of it.

٣٫٥ and ３.５ are 3.5; a footnote (5.3*, 5.3[1]), the dash of round prices (12,-), the apostrophe by which spreadsheets
keep text ('12) and powers as printed (3.2 x 10^4, 3.2D+04) are what people write for people.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

OTHER_DIGITS = r"[\p{Nd}&&[^0-9]]"
MARKS = {"\u066b": ".", "\u066c": ",", "\uff0e": ".", "\uff0c": ",", "\u066a": "%", "\uff05": "%", "\uff0d": "-"}
RAISED = {raised: str(digit) for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"⁻": "-", "⁺": ""}
POWER = r"^([^x×·⋅*]*\d) ?[x×·⋅*] ?10\^\(?([+-]?\d{1,3})\)?$"
POWER_ALONE = r"^10\^\(?([+-]?\d{1,3})\)?$"
POWER_RAISED = r"(^|[x×·⋅* ])10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+$"
ESTIMATED = r"\((?i:(?:\p{L}+ )?(?:est|approx|ca|prov|estimated|estimate|approximate|provisional|geschätzt))\.?\)"
DECORATED = (
    (r"^'([\d(.,+-].*)$", "${1}"),  # the apostrophe of text in a spreadsheet
    (rf"(\d ?[%\p{{Sc}}]?|\d ?\p{{L}}{{1,8}}) ?{ESTIMATED}$", "${1}"),
    (r"(\d ?%?)(?:\[\w{1,3}\]|[*†‡§?]{1,3}| ?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}⁾?)$", "${1}"),  # a footnote
    (r"^([^(]*\d) \d{1,2}\)$", "${1}"),  # 12,5 1)
    (r"^[Ø⌀] ?(\d)", "${1}"),  # a diameter
    (r"(/-) (?i:only)\.?$", "${1}"),  # Rs. 10/- only
    (r"(\d)(?:[.,](?:--?|—)|[/:]-)( ?\D*)$", "${1}${2}"),  # 12,- and 12.—, 500/- as in India, 899:- as in Sweden
    (r"(\d)[dD]([+-]\d{1,3})$", "${1}e${2}"),  # as Fortran writes
    (r"^([+-]?\d\.\d{5,})([+-](?:0|[1-9]\d?))$", "${1}e${2}"),  # 1.234560+3 of nuclear data
    (r"^\+/- ?(\d)", "±${1}"),
    (POWER, "${1}e${2}"),
    (POWER_ALONE, "1e${1}"),
)
DECORATION = r"^[Ø⌀]|^'[\d(.,+-]|[\]*†‡§?)⁾⁰¹²³⁴⁵⁶⁷⁸⁹]$|[.,](?:--?|—)|[/:]-|\d[dD][+-]|10\^|\.\d{5,}[+-]\d|^\+/-"
TO_MAKE_PLAIN = f"{OTHER_DIGITS}|{POWER_RAISED}|{DECORATION}"  # cells without any are plain


def plain_signs(text: pl.Series) -> pl.Series:
    """The cells with digits 0 to 9 and without decoration; what is no number stays as it is, or no number."""
    if text.str.contains(OTHER_DIGITS).any():
        signs = _ascii()
        text = text.str.replace_many(list(signs), list(signs.values()))
    if text.str.contains(POWER_RAISED).any():
        text = _with_powers(text)
    if not text.str.contains(DECORATION).any():
        return text
    for pattern, plain in DECORATED:
        text = text.str.replace(pattern, plain)
    return text


@cache
def _ascii() -> dict[str, str]:
    """Each decimal digit of Unicode beyond ASCII -> 0 to 9, and the marks that stand between them."""
    beyond = (chr(code) for code in range(128, sys.maxunicode + 1))
    return {
        sign: str(unicodedata.decimal(sign)) for sign in beyond if unicodedata.decimal(sign, None) is not None
    } | MARKS


def _with_powers(text: pl.Series) -> pl.Series:
    """10⁻³ as 10^-3."""
    import polars as pl

    power = text.str.extract(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)$", 1)
    flat = text.str.replace(POWER_RAISED, "${1}10^") + power.str.replace_many(list(RAISED), list(RAISED.values()))
    return pl.select(pl.coalesce(flat, text)).to_series().rename(text.name)
