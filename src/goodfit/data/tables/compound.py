"""Numbers in two or three units that belong together, as one number of the smallest that people know them by.

5'11" and 5 ft 11 in are 71 inches, 8 lb 3 oz are 8.1875 pounds, 8 kg 384 g are 8.384, 6 m 37 cm 6.37, 3 years 6 months
are 3.5 years, 2 weeks 7 days are 3, 48°51'24"N is 48.857 degrees, and 2.35° W is -2.35.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from goodfit.data.tables.same_measure import DAY, MEASURES, YEAR

if TYPE_CHECKING:
    import polars as pl

INCHES = r"(?:(?P<b>(?:\d|1[01])(?:\.\d+)?) ?(?:\"|''|in\.?|inch(?:es)?)?)?"
DEGREES = (
    r"(?P<a>\d{1,3}(?:\.\d+)?) ?°? ?(?:(?P<b>[0-5]?\d(?:\.\d+)?) ?' ?)?(?:(?P<c>[0-5]?\d(?:\.\d+)?) ?(?:\"|'') ?)?"
)
FEW = r"\d{1,3}(?:\.\d+)?"
AND = r"(?:[,+&]| (?:and|und|et|y) )?"  # between spaces that may be left out


def _words(*worths: float) -> str:
    """What the units of these worths are called, also of several."""
    names = [name for measure in MEASURES for name, worth in measure.items() if worth in worths]
    return rf"(?:{'|'.join(sorted(names, key=len, reverse=True))})(?:s|n)?\.?"


KILOGRAMS, GRAMS = r"(?:kg|kilos?)\.?", r"(?:g|gr|grams?|gramm)\.?"
YEARS, MONTHS, WEEKS, DAYS = _words(YEAR), rf"(?:{_words(YEAR / 12)}|m)", rf"(?:{_words(7 * DAY)}|w)", _words(DAY)


class Compound(NamedTuple):
    """What a cell looks like, with groups a, b and c; what each is worth; what of the cells shows that it is this."""

    pattern: str
    worth: tuple[float, float, float]
    unit: str
    shown_by: str


COMPOUND = {  # the form of a column -> its kind
    "feet and inches": Compound(
        rf"(?i)^(?P<a>\d{{1,2}}) ?(?:'|ft\.?|feet|foot) ?,? ?{INCHES}(?P<c>)$",
        (12, 1, 0),
        "inches",
        r"(?i)(?:'|t\.?) ?,? ?\d"
    ),
    "stones and pounds": Compound(
        r"(?i)^(?P<a>\d{1,2}) ?(?:st|stones?)\.?,? ?(?:(?P<b>(?:\d|1[0-3])(?:\.\d+)?) ?(?:lbs?\.?|pounds?)?)?(?P<c>)$",
        (14, 1, 0), "pounds", r"(?i)[se]\.?,? ?\d|st\.?,? ?\d",
    ),
    "pounds and ounces": Compound(
        r"(?i)^(?P<a>\d{1,3}) ?(?:lbs?\.?|pounds?),? ?(?:(?P<b>(?:\d|1[0-5])(?:\.\d+)?) ?(?:oz\.?|ounces?))?(?P<c>)$",
        (1, 1 / 16, 0), "pounds", r"(?i)(?:oz\.?|ounces?)$",
    ),
    "years and months": Compound(
        rf"(?i)^(?:(?P<a>{FEW}) ?{YEARS})? ?{AND} ?(?:(?P<b>{FEW}) ?{MONTHS})? ?{AND} ?(?:(?P<c>{FEW}) ?{DAYS})?$",
        (1, 1 / 12, DAY / YEAR), "years", rf"(?i){YEARS}.*\d ?{MONTHS}",
    ),
    "weeks and days": Compound(
        rf"(?i)^(?:(?P<a>{FEW}) ?{WEEKS})? ?{AND} ?(?:(?P<b>{FEW}) ?{DAYS})?(?P<c>)$",
        (1, 1 / 7, 0), "weeks", rf"(?i){WEEKS}.*\d ?{DAYS}$",
    ),
    "kilograms and grams": Compound(
        rf"(?i)^(?:(?P<a>\d{{1,4}}) ?{KILOGRAMS})? ?{AND} ?(?:(?P<b>\d{{1,3}}) ?{GRAMS})?(?P<c>)$",
        (1, 1 / 1000, 0), "kg", rf"(?i)\d ?{KILOGRAMS} ?{AND} ?\d+ ?{GRAMS}$",
    ),
    "metres and centimetres": Compound(
        r"(?i)^(?:(?P<a>\d{1,4}) ?m)? ?,? ?(?:(?P<b>\d{1,2}) ?cm)?(?P<c>)$",
        (1, 1 / 100, 0), "m", r"(?i)\d ?m,? ?\d+ ?cm$",
    ),
    "metres and two digits": Compound(  # 1m75 of France; 2m45 alone may be minutes and seconds
        r"^(?P<a>\d{1,2}) ?m ?(?P<b>\d\d)(?P<c>)$", (1, 1 / 100, 0), "m", r"\d ?m ?[6-9]\d$"
    ),
    "kilograms and three digits": Compound(  # 3kg200
        r"^(?P<a>\d{1,3}) ?kg ?(?P<b>\d{3})(?: ?g)?(?P<c>)$", (1, 1 / 1000, 0), "kg", r"\d ?kg ?\d{3}$"
    ),
    "money and two digits": Compound(  # 12€50, 12:50 kr
        r"^(?P<a>\d{1,6})(?: ?[€£$] ?|:)(?P<b>\d\d)(?: ?kr\.?)?(?P<c>)$",
        (1, 1 / 100, 0), "in money", r"^\d+ ?[€£$] ?\d\d$|^\d+:\d\d ?kr\.?$",
    ),
    "ages of DICOM": Compound(  # 045Y, 018M, 003D
        r"^(?:(?P<a>\d{3})Y)?(?:(?P<b>\d{3})M)?(?:(?P<c>\d{3})D)?$",
        (1, 1 / 12, DAY / YEAR), "years", r"^\d{3}[YMD]$",
    ),
    "kilometres and metres": Compound(
        r"(?i)^(?:(?P<a>\d{1,5}) ?km)? ?,? ?(?:(?P<b>\d{1,3}) ?m)?(?P<c>)$",
        (1, 1 / 1000, 0), "km", r"(?i)\d ?km,? ?\d+ ?m$",
    ),
    "degrees": Compound(
        rf"^(?:(?:[NSEW] ?)|-)?{DEGREES}[NSEW]?$",
        (1, 1 / 60, 1 / 3600),
        "degrees",
        r"°.*[NSEW'\"]|^[NSEW].*(?:°|\.\d\d)|\.\d\d+ ?[NSEW]$"
    ),
}  # fmt: skip
SHOWN_BY_ANY = "|".join(f"(?:{kind.shown_by})" for kind in COMPOUND.values())
SHARE_SHOWN, SHARE_SHOWN_BESIDE_UNITS = 0.5, 0.1  # of the cells
WITH_UNITS = {  # of which each part has its unit, also alone: 3 kg, 900 g
    "kilograms and grams", "metres and centimetres", "kilometres and metres", "years and months", "weeks and days",
    "metres and two digits",
}  # fmt: skip
SIDES = (set("NS"), set("EW"))
AMOUNT = r"^-?\d+\.\d\d ?S$"


def compound_form(text: pl.Series) -> str | None:
    """The form of these cells, in one kind of signs; None where they have none of these."""
    plain = _plain(text, ",")
    if len(plain) and not plain.str.contains(SHOWN_BY_ANY).any():
        return None
    for name, kind in COMPOUND.items():
        shown = plain.str.contains(kind.shown_by)
        needed = (SHARE_SHOWN_BESIDE_UNITS if name in WITH_UNITS else SHARE_SHOWN) * len(plain)
        if int(shown.sum()) < needed or int((shown & plain.str.contains(kind.pattern)).sum()) < needed:
            continue
        if name == "degrees" and bool(plain.str.contains(AMOUNT).all()):
            continue  # 12.50 S may be a debit
        letters = set(plain.str.extract(r"([NSEW])", 1).drop_nulls().unique().to_list()) if name == "degrees" else set()
        if not letters or any(letters <= side for side in SIDES):
            return name
    return None


def in_small_units(text: pl.Series, form: str, decimal: str) -> pl.Series:
    """(N,) Float64: of each cell in this form the number; null of all else. South and west are below 0."""
    import polars as pl

    kind, plain = COMPOUND[form], _plain(text, decimal)
    fits = plain.str.contains(kind.pattern) & plain.str.contains(r"\d")
    parts = plain.str.extract_groups(kind.pattern).struct
    values = sum(
        (
            parts.field(part).cast(pl.Float64, strict=False).fill_null(0) * worth
            for part, worth in zip("abc", kind.worth, strict=True)
        ),
        start=plain.str.len_chars() * 0.0,
    )
    below = plain.str.contains(r"^-|[SW]") if form == "degrees" else fits & False
    return pl.select(pl.when(~fits).then(None).when(below).then(-values).otherwise(values)).to_series()


def _plain(text: pl.Series, decimal: str) -> pl.Series:
    text = text.str.replace_all("[″“”]", '"').str.replace_all("[′]", "'").str.replace_all("º", "°")
    return text.str.replace(r"(\d),(\d)", "${1}.${2}") if decimal == "," else text
