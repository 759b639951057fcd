"""Numbers, counts, durations and names as people read them: the same in messages, on the console and on the page."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from goodfit.lazy_pattern import lazy_pattern

DECIMALS_AT_MOST = 10  # of a small number; a smaller one is written as 1.2e-11
WRITTEN_OUT_BELOW = 1e15
YEAR_WORDS = ("year", "yr", "jahr", "année", "annee", "año", "jaar")  # in the name of a column
YEARS = 1000, 2999
ALIKE = 0.6  # of difflib: 1 is the same
ROUNDING = 1e-9  # of a share: what sums of floats are off
LONG_NUMBER = lazy_pattern(r"-?\d+\.\d{7,}")
# Of data; a name in quotes is left as it is.
# a quoted name is left as it is
ROW = lazy_pattern(r"(?<!\w)'[^']*'|\b(?:(?P<article>[Aa]) )?(?P<word>[Rr]ow)(?P<several>s?)\b")


def spaced(name: str) -> str:
    """batch_size as batch size."""
    return name.replace("_", " ")


def row_named(key: str) -> str:
    """Where a row is, in a message: a path as it is, a number as row 12."""
    return f"row {key}" if key.isdecimal() else key


def capital(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def number(value: Any, digits: int = 4) -> str:
    """A measured number in a sentence: 0.5533, 48.2, 72,638, ∞. None and NaN are a dash.

    Args:
        value: a number of Python or NumPy; other values as they print.
        digits: significant digits of a float; from 1,000 on it is whole. Nothing is written as 7.264e+04.
    """
    if value is None:
        return "–"
    plain = _plain(value)
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        return str(value)
    if isinstance(plain, int):
        return f"{plain:,}"
    if math.isnan(plain):
        return "–"
    size = abs(plain)
    if math.isinf(size):
        return "∞" if plain > 0 else "-∞"
    if size >= WRITTEN_OUT_BELOW:
        return f"{plain:.{digits}g}"
    short = f"{plain:.{digits}g}"
    if abs(float(short)) >= 1_000:
        return f"{plain:,.0f}"
    if "e" not in short:
        return short if float(short) else "0"  # no minus before a zero
    mantissa, _, power = short.partition("e")
    decimals = len(mantissa.lstrip("-").replace(".", "")) - 1 - int(power)
    return f"{plain:,.{max(0, decimals)}f}" if decimals <= DECIMALS_AT_MOST else short


def number_like(value: float, low: float, high: float) -> str:
    """A number beside its interval: with as many decimals as the interval's width gives sense to, the same for all.

    Three digits of the width, and four of the larger end at most: 1.060 (1.018 to 1.105), 4.61 (3.19 to 8.61).
    """
    width, size = high - low, max(abs(low), abs(high))
    if not (math.isfinite(value) and math.isfinite(width) and width > 0 and 0 < size < WRITTEN_OUT_BELOW):
        return number(value)
    digits = min(3 - math.floor(math.log10(size)), 2 - math.floor(math.log10(width)))
    if digits > DECIMALS_AT_MOST:
        return number(value)
    return _without_minus_zero(f"{value:,.{max(0, digits)}f}")


def higher_or_lower(excess: float, low: float, high: float) -> tuple[str, str, str]:
    """A difference of two losses and the ends of its interval, in words: 0.0083 lower, 0.0248 lower, 0.0006 higher."""
    value, least, most = (
        f"{number_like(abs(each), low, high)} {'higher' if each >= 0 else 'lower'}" for each in (excess, low, high)
    )
    return value, least, most


def fixed(value: Any, beside: Iterable[Any] = ()) -> str:
    """A number of a table: as many decimals as its neighbours have. 0.9010, 48.20, 48,211.

    Args:
        beside: the numbers that it is read with, such as the ends of its interval or those above and below it: the
            largest of all says how many decimals each has. 9.80 (9.42 to 10.19).
    """
    plain = _plain(value)
    if not isinstance(plain, float) or not math.isfinite(plain):
        return number(value)
    size = max(abs(each) for each in (plain, *_finite_numbers(beside)))
    if size >= WRITTEN_OUT_BELOW:
        return number(plain)
    decimals = 4 if size < 10 else 2 if size < 1_000 else 0
    if 0 < size < 0.0001:  # four decimals would show a zero
        largest = number(size, 2)
        if "e" in largest:
            return number(plain, 2)
        decimals = len(largest.partition(".")[2])
    return _without_minus_zero(f"{plain:,.{decimals}f}")


def aligned(values: Iterable[Any], *, smallest: bool = False) -> list[str]:
    """Numbers of a column as `number` writes them, all with equally many decimals: 12.30, 9.88, 0.51; 151, 98.

    As many as any of them has, and no more than give the largest four digits. What is no float stays as it is.

    Args:
        smallest: the smallest is to have a digit too, as a learning rate does: 0.010000, 0.000001.
    """
    plain = [_plain(value) for value in values]
    floats = _finite_numbers(plain)
    if not floats or max(map(abs, floats)) >= WRITTEN_OUT_BELOW:
        return [number(value) for value in plain]
    sizes = [abs(each) for each in floats if each]
    most = 3 - math.floor(math.log10(max(sizes, default=1.0)))
    if smallest:
        most = max(most, -math.floor(math.log10(min(sizes, default=1.0))))
    written = (number(each).partition(".")[2] for each in floats)
    decimals = min(max(map(len, written)), max(0, most), DECIMALS_AT_MOST)
    return [_without_minus_zero(f"{each:,.{decimals}f}") if _finite_numbers([each]) else number(each) for each in plain]


def _finite_numbers(values: Iterable[Any]) -> list[float]:
    """Those of the values that are finite floats."""
    plain = (_plain(value) for value in values)
    return [each for each in plain if isinstance(each, float) and math.isfinite(each)]


def _without_minus_zero(text: str) -> str:
    return text if float(text.replace(",", "")) else text.removeprefix("-")


def readable_cell(text: str) -> str:
    """A cell as it is written; of a number with more decimals than a person reads, six digits."""
    return f"{float(text):.6g}" if LONG_NUMBER.fullmatch(text) else text


def percent(share: float, decimals: int = 0) -> str:
    """A share from 0 to 1 as 58%. Only a whole is 100% and only nothing 0%: 0.9996 is 99.96%, always."""
    plain = float(share)
    if math.isnan(plain):
        return "–"
    if min(abs(plain), abs(plain - 1)) < ROUNDING:
        return f"{100 * round(plain)}%"
    while float(f"{100 * plain:.{decimals}f}") in (0, 100):
        decimals += 1
    return f"{100 * plain:.{decimals}f}%"


def percent_decimals(low: float, high: float) -> int:
    """Decimals of percents between which an interval of shares lies: none that the interval makes idle."""
    width = high - low
    return 0 if not width < 0.04 else 1 if width >= 0.004 or width == 0 else 2


def counted(count: int, noun: str, several: str | None = None) -> str:
    """1 row, 2 rows, 1,024 rows; `several` where the plural is not an s more: counted(2, "class", "classes")."""
    return f"{count:,} {noun if count == 1 else plural(noun) if several is None else several}"


def agreeing(count: int, one: str, several: str) -> str:
    """The verb of so many: agreeing(1, "is", "are")."""
    return one if count == 1 else several


def type_named(value: Any) -> str:
    """The type of a value with its article: a DataFrame, an int, an ndarray; None as it is."""
    name = "None" if value is None else type(value).__name__
    article = "" if value is None else "an " if name[:1].lower() in "aeio" or name.startswith("nd") else "a "
    return article + name


def is_years(name: str, low: float, high: float) -> bool:
    """Whether a column holds years, by its name and its ends: they are written without a comma, 2009."""
    called = any(word in name.casefold() for word in YEAR_WORDS)
    return called and all(end.is_integer() and YEARS[0] <= end <= YEARS[1] for end in (low, high))


def year(value: float) -> str:
    """A year, or the mean of several: 2009, 2005.7."""
    return f"{value:.1f}".removesuffix(".0")


def plural(noun: str) -> str:
    """rows, classes, categories, boxes, epochs: the plural of a regular noun; of several words that of the last."""
    if noun.endswith(("s", "x", "ch", "sh")) and not noun.endswith("och"):  # of an epoch, it is a k
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def rows_called(text: str, noun: str) -> str:
    """A text about rows of data, in the word for what a row of this data is: 1 row and a row as 1 image and an image.

    Rules and tasks know rows alone. A name in quotes stays as it is.
    """

    def called(match: re.Match[str]) -> str:
        if match["word"] is None:
            return match[0]
        word = plural(noun) if match["several"] else noun
        if match["word"][0] == "R":
            word = capital(word)
        if match["article"] is None:
            return word
        return f"{match['article']}{'n' if noun[0] in 'aeiou' else ''} {word}"

    return text if noun == "row" else ROW.sub(called, text)


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def some_of(names: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are: a, b and 7 more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def nearest(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names that a misspelt or shortened one may mean, the nearest first."""
    wanted, known = name.casefold(), {each.casefold(): each for each in names}
    near = difflib.get_close_matches(wanted, known, most, ALIKE)
    inside = [each for each in known if wanted and (wanted in each or (len(each) > 3 and each in wanted))]
    return [known[each] for each in dict.fromkeys([*near, *inside])][:most]


def duration(seconds: float) -> str:
    """Seconds in words: 8.3 s, 2 min 5 s, 3 h 20 min."""
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def moment(created: str) -> str:
    """2026-03-01T09:30:00+00:00 as 2026-03-01 09:30 UTC; what is no ISO date stays as it is."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when:%Y-%m-%d %H:%M} {when.tzname() or ''}".strip()


def sentence(text: Any) -> str:
    """With one full stop at its end, or the question mark or the three points that it ends with."""
    ended = str(text).rstrip()
    return ended if ended.endswith(("?", "!", "...", "…")) else ended.rstrip(". ") + "."


def json_text(values: Any) -> str:
    """JSON in one line; null stands for NaN and infinity, as the end of an interval may be: JSON has neither."""
    return json.dumps(_finite(values), ensure_ascii=False)


def _finite(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: _finite(each) for name, each in values.items()}
    if isinstance(values, list | tuple):
        return [_finite(each) for each in values]
    return None if isinstance(values, float) and not math.isfinite(values) else values


def _plain(value: Any) -> Any:
    """A scalar of NumPy as Python's own."""
    return value.item() if hasattr(value, "dtype") and getattr(value, "ndim", 1) == 0 else value
