"""Dates as people of many lands write them -> the few ways that `moments` reads: words for months in English, in order.

Friday, 3rd May 2024, 3. Mai 2024, 3 de mayo de 2024 and 2024年5月3日 become 3 May 2024 or 2024-5-3; days of the week
and words between are left out; the clock stands behind the date, the zone behind the clock. Which number is the day and
which the month is not decided here.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from unicodedata import decimal

from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GREEK_FROM_SEPTEMBER = "σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου"
FINNISH_FROM_SEPTEMBER = "syyskuuta lokakuuta marraskuuta joulukuuta"
MONTHS_OF = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber maerz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago set oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan febr mrt apr mei jun jul aug sept okt nov dec",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "янв фев мар апр май июн июл авг сен окт ноя дек",
    f"ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου {GREEK_FROM_SEPTEMBER}",
    "ιαν φεβ μαρ απρ μαΐ ιουν ιουλ αυγ σεπ οκτ νοε δεκ",
    "január február március április május június július augusztus szeptember október november december",
    "jan febr márc ápr máj jún júl aug szept okt nov dec",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    f"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta {FINNISH_FROM_SEPTEMBER}",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
)
MONTHS = {word: english for of in MONTHS_OF for word, english in zip(of.split(), ENGLISH, strict=True)}
MONTHS |= {word[:3]: english for of in MONTHS_OF[:2] for word, english in zip(of.split(), ENGLISH, strict=True)}
DAYS_OF = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so",
    "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim",
    "lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta feira",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo",
    "måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag",
)
DAYS = {word for of in DAYS_OF for word in of.split()} - MONTHS.keys()
BETWEEN = {
    "de", "del", "of", "at", "um", "uhr", "den", "der", "the", "on", "le", "à", "alle", "ore", "klo", "kl", "г",
    "года", "r", "roku",
    "o'clock",
}  # fmt: skip
ZONES = {"utc": "Z", "gmt": "Z", "cet": "+01:00", "cest": "+02:00", "msk": "+03:00", "edt": "-04:00", "pdt": "-07:00"}
ZONES |= {"est": "-05:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "jst": "+09:00"}
ZONES |= {"eet": "+02:00", "eest": "+03:00", "wet": "Z", "west": "+01:00", "aest": "+10:00", "aedt": "+11:00"}
PLAIN = (  # what is read as it is
    r"^\d{1,4}(?:-\d{1,2}-|/\d{1,2}/|\.\d{1,2}\.)\d{1,4}(?:[T ](?:[01]?\d|2[0-3]):\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"
    r"(?: ?(?:Z|[+-]\d{2}:?\d{2}))?$|^\d+$"
).replace(r"\d", "[0-9]")
COMMA_OF_SECONDS = r"(:[0-5]\d:[0-5]\d),(\d{1,9}(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)$"  # 10:00:00,123 of Python's logging
OF_SERVERS = lazy_pattern(r"^\[?(\d{1,2})/([A-Za-z]{3})/(\d{4}):(\d\d:\d\d:\d\d) ?([+-]\d{4})?\]?$")  # of web servers
OF_NET = lazy_pattern(r"^\\?/Date\((-?\d{9,14})(?:[+-]\d{4})?\)\\?/$")  # milliseconds since 1970, as .NET writes JSON
MIXED_SIGNS = lazy_pattern(r"^(\d{1,2})/(\d{1,2})[- ](\d{4})\b")  # 14/3-2024 of Denmark and Sweden
ROMAN_MONTH = lazy_pattern(r"^(\d{1,2})[. /-]+(I{1,3}|IV|VI{0,3}|IX|XI{0,2})[. /-]+(\d{4})\b")
ROMAN = dict(zip(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"], ENGLISH, strict=True))
END_OF_DAY = lazy_pattern(r"^(?:(\d{4})-(\d{2})-(\d{2})|(\d{1,2})\.(\d{1,2})\.(\d{4}))[T ]24:00(?::00)?$")
DAY_OF_YEAR = lazy_pattern(r"^(\d{4})-([0-3]\d{2})[T ](\d{2}:\d{2}.*)$")  # 2024-074T06:15
LONGEST = 70  # characters
CLOCK = lazy_pattern(r"(?<!\d)(\d{1,2}[:]\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*([AaPp]\.? ?[Mm]\b\.?)?\s*(.*)$")
CLOCK_OF_POINTS = lazy_pattern(r"^(\d{4}-\d{1,2}-\d{1,2})[ _T-](\d{1,2})[.h-](\d{2})(?:[.-](\d{2})(?:\.\d{1,9})?)?$")
CLOCK_OF_H = lazy_pattern(r"(?<!\d)(\d{1,2}) ?[hH] ?(\d{2})\b")
COMPACT = lazy_pattern(r"^(\d{4})(\d{2})(\d{2})[T_ -](\d{2}):?(\d{2}):?(\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$")
WEEK = lazy_pattern(r"^(\d{4})[- ]?[WwKk][Ww]?[- ]?(\d{1,2})(?:-?([1-7]))?$")
WEEK_FIRST = lazy_pattern(r"^(?:KW|kw|CW|cw|W|wk|Week|week) ?(\d{1,2})[ /,-]+(\d{4})$")
QUARTER = lazy_pattern(
    r"^(\d{4})[ /-]?[QqTt]([1-4])$|^[Qq]([1-4])[ /'-]*(\d{4}|\d{2})$|^([1-4])[QqTt][ -]?(\d{4}|\d{2})$"
)
MONTH_OF_YEAR = lazy_pattern(r"^([^\W\d_]{3,})\.?(?:-|/| ?')(\d{2})$")
YEAR_AND_MONTH = lazy_pattern(r"^(\d{4})[Mm](\d{1,2})$")
OF_CAMERAS = lazy_pattern(r"^(\d{4}):(\d{2}):(\d{2}) (?=\d{2}:\d{2}:\d{2})")  # 2024:03:14 05:06:07
OF_CHATS = lazy_pattern(r"^\[(\d[^\[\]]*)\]$")  # [14.03.24, 05:06:07]
MONTH_AND_DAY = lazy_pattern(r"^(0?[1-9]|1[0-2]) (\d{1,2}), ?(\d{4})$")  # 03 14, 2024 of reviews
POINTS_BEHIND_DATE = lazy_pattern(  # 14.3.2024 klo 5.06, 14-MAR-24 05.06.07.000000 AM
    r"^(\d{1,4}[-./ ]{1,2}[^\W_]+[-./ ]{1,2}\d{2,4}),?(?: (?:klo|kl\.?|um|alle|ore))? (\d{1,2})\.([0-5]\d)"
    r"(?:\.([0-5]\d)(?:[.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?$"
)
HALF_BEFORE = lazy_pattern(r"(上午|午前|오전|下午|午後|오후) ?(\d{1,2}:\d{2}(?::\d{2})?)")
YEAR_LAST = lazy_pattern(r"^(.*?\d{1,2}:\d{2}:\d{2})((?: ?[+-]\d{4}| [A-Z]{3,4})?) (\d{4})(| [+-]\d{4})$")
ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}  # of Japan: the year before their first
OF_ERA = lazy_pattern(rf"^({'|'.join(ERAS)}) ?(元|\d{{1,2}}) ?年")
SHORT_YEAR = lazy_pattern(r"^(\d{1,2}\.\d{1,2}\.)['’](\d\d)$")  # 14.3.'24
WORD = lazy_pattern(r"[^\W\d_]+(?:'[^\W\d_]+)?")
CENTURY_FROM = 69  # 69 to 99 are of the last century, as strptime has it


def plain_dates(text: pl.Series) -> pl.Series:
    """The cells in the ways that `moments` reads; a cell that is no date stays as it is, or becomes no date."""
    import polars as pl

    if text.str.contains(COMMA_OF_SECONDS).any():
        text = text.str.replace(COMMA_OF_SECONDS, "${1}.${2}")
    odd = ~text.str.contains(PLAIN)
    if not odd.any():
        return text
    cells = text.filter(odd).drop_nulls().unique()
    plain = pl.Series([plain_date(cell) for cell in cells.to_list()], dtype=pl.String)
    return text.replace_strict(cells, plain, default=text, return_dtype=pl.String) if len(cells) else text


def plain_form(form: str) -> str:
    """The form that dates of this one have after that; of runs of before, too."""
    if "%b" not in form and "%B" not in form:
        return form
    date, clock = re.split(r" (?=%[HI])", form, maxsplit=1) if re.search(r" %[HI]", form) else (form, "")
    parts = [part for part in re.split(r"[-/., ]+", date) if part not in ("%a", "%A", "")]
    return " ".join([*("%b" if part == "%B" else part for part in parts), *([clock] if clock else [])])


def plain_date(cell: str) -> str:
    """One cell; see `plain_dates`."""
    text = cell.strip()
    if not text.isascii():  # digits of other scripts
        text = "".join(str(decimal(sign)) if sign.isdecimal() else sign for sign in text)
    if len(text) > LONGEST or not any(sign.isdigit() for sign in text):
        return cell
    if (period := _period(text)) is not None:
        return period
    if (instant := _instant(text)) is not None:
        return instant
    text = _of_programs(text)
    text = SHORT_YEAR.sub(r"\1\2", MIXED_SIGNS.sub(r"\1/\2/\3", text))
    text = OF_ERA.sub(lambda match: f"{ERAS[match[1]] + int(match[2].replace('元', '1'))}年", text)
    text = ROMAN_MONTH.sub(lambda match: f"{match[1]} {ROMAN[match[2]]} {match[3]}", text)
    if match := COMPACT.match(text):
        year, month, day, hour, minute, second, zone = match.groups()
        return f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}{zone or ''}"
    if match := OF_SERVERS.match(text):
        return f"{match[1]} {MONTHS.get(match[2].lower(), match[2])} {match[3]} {match[4]}{match[5] or ''}"
    if match := CLOCK_OF_POINTS.match(text):
        return f"{match[1]} {match[2]}:{match[3]}:{match[4] or '00'}"
    text = re.sub(r"(?<=[Z\d])\s*\([^()]*\)$|(?<=[+-]\d\d:\d\d)\[[^\[\]]*\]$", "", text)  # the zone again, as a name
    text = re.sub(r"[年월년]\s*|月\s*", "-", text) if re.search("[年년]", text) else text
    text = re.sub(r"[日일]", "", text)
    text = CLOCK_OF_H.sub(r"\1:\2", text)
    if match := YEAR_LAST.match(text):
        text = _with_year_before(match)
    clock = CLOCK.search(text)
    date = text[: clock.start()] if clock else text
    zone = ""
    if clock:
        zone = clock[3].strip(" ,;")
        if zone and re.match(r"^\d|^[^\W\d_]+ ?,? \d|^[^\W\d_]{3,}[ ,.]", zone) and not date.strip(" ,"):
            date, zone = zone, ""  # the clock stands before the date
    date = _date_alone(date)
    if clock is None or not date:
        return date or cell
    half = "" if clock[2] is None else f" {re.sub('[. ]', '', clock[2]).upper()}"
    return f"{date} {clock[1].replace(',', '.')}{half}{_zone(zone)}"


def _of_programs(text: str) -> str:
    """With the date and the clock as others write them: of cameras, chats, reviews, databases, and clocks of points."""
    text = OF_CAMERAS.sub(r"\1-\2-\3 ", OF_CHATS.sub(r"\1", text))
    text = MONTH_AND_DAY.sub(lambda match: f"{ENGLISH[int(match[1]) - 1]} {match[2]} {match[3]}", text)
    text = HALF_BEFORE.sub(lambda match: f" {match[2]} {'AM' if match[1] in ('上午', '午前', '오전') else 'PM'}", text)
    if match := POINTS_BEHIND_DATE.match(text):
        return f"{match[1]} {match[2]}:{match[3]}:{match[4] or '00'}{match[5] or ''}"
    return text


def _instant(text: str) -> str | None:
    """Milliseconds of .NET, 2024-074T06:15, and 24:00 as the beginning of the next day; None of anything else."""
    try:
        if match := OF_NET.match(text):
            when = datetime(1970, 1, 1) + timedelta(milliseconds=int(match[1]))
            return when.isoformat(sep=" ", timespec="milliseconds")
        if match := DAY_OF_YEAR.match(text):
            return f"{datetime.strptime(f'{match[1]}-{match[2]}', '%Y-%j'):%Y-%m-%d} {match[3]}"
        if match := END_OF_DAY.match(text):
            year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
            next_day = datetime(int(year), int(month), int(day)) + timedelta(days=1)
            return f"{next_day:%Y-%m-%d 00:00}" if match[1] else f"{next_day:%d.%m.%Y 00:00}"
    except (ValueError, OverflowError):  # no such day
        return None
    return None


def _period(text: str) -> str | None:
    """A week, quarter or month of a year; None of anything else."""
    if match := WEEK.match(text):
        return f"{match[1]}-W{int(match[2]):02d}-{match[3] or 1}"
    if match := WEEK_FIRST.match(text):
        return f"{match[2]}-W{int(match[1]):02d}-1"
    if match := QUARTER.match(text):
        quarter, year = next((q, y) for q, y in ((match[2], match[1]), (match[3], match[4]), (match[5], match[6])) if q)
        return f"{_whole_year(year)}Q{quarter}"
    if match := YEAR_AND_MONTH.match(text):
        return f"{match[1]}-{int(match[2]):02d}"
    if (match := MONTH_OF_YEAR.match(text)) and match[1].lower() in MONTHS:
        return f"{MONTHS[match[1].lower()]} {_whole_year(match[2])}"
    return None


def _whole_year(year: str) -> str:
    if len(year) == 4:
        return year
    return f"{19 if int(year) >= CENTURY_FROM else 20}{year}"


def _with_year_before(match: re.Match[str]) -> str:
    """Sat Jan 6 14:05:00 +0000 2024 with its year before the clock, and the zone at the end."""
    before = re.sub(r"(\d{1,2}:\d{2}:\d{2})$", rf"{match[3]} \1", match[1])
    return f"{before}{match[2]}{match[4]}"


def _zone(zone: str) -> str:
    known = ZONES.get(zone.lower())
    if known is not None:
        return known
    zone = re.sub(r"^(?:GMT|UTC) ?(?=[+-]|−)", "", zone).replace("−", "-")
    zone = re.sub(r"^([+-])(\d)(?=:|$)", r"\g<1>0\2", zone)  # GMT+1, as Google's forms write
    words = [word for word in zone.split() if word.lower() not in BETWEEN]
    return f" {' '.join(words)}" if words and not re.match(r"^[Zz+-]", words[0]) else "".join(words)


def _date_alone(date: str) -> str:
    """Without days of the week and words between; where the month is a word, with single spaces."""
    has_month = False

    def word(match: re.Match[str]) -> str:
        nonlocal has_month
        lower = match[0].lower()
        if lower in MONTHS:
            has_month = True
            return f" {MONTHS[lower]} "
        return " " if lower in DAYS or lower in BETWEEN else match[0]

    date = re.sub(r"(\d)(?:st|nd|rd|th|er|º|ª)\b", r"\1", date)
    date = WORD.sub(word, date)
    if has_month:
        return " ".join(part for part in re.split(r"[-/.,:\s]+", date.replace("'", " ")) if part)
    date = date.strip(" ,;:T")
    return re.sub(r"\s*([-/.])\s*", r"\1", date).rstrip("-/.")
