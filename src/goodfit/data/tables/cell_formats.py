"""How a workbook shows its numbers: 0.45 as 45%, 120 as $120 or €120. The reader of cells gives the numbers alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from goodfit.data.tables.workbook_facts import WITH_VALUE, Note, WorkbookFacts, cells_of, column_number, part_of
from goodfit.formatting import counted, some_of
from goodfit.lazy_pattern import lazy_pattern

STYLES = "xl/styles.xml"
FORMAT = lazy_pattern(rb"<(?:\w+:)?numFmt\s[^>]*?/>")
STYLE = lazy_pattern(rb"<(?:\w+:)?xf\s[^>]*>")
STYLES_OF_CELLS = lazy_pattern(rb"<(?:\w+:)?cellXfs[\s>].*?</(?:\w+:)?cellXfs>", re.DOTALL)
CELL = lazy_pattern(
    rb"<(?:\w+:)?c r=\"([A-Z]+)(\d+)\"([^>]*)>(?:<(?:\w+:)?f[^>]*/>|<(?:\w+:)?f[^>]*>[^<]*</(?:\w+:)?f>)?"
    rb"<(?:\w+:)?v>([^<]*)</"
)
BUILT_IN = {9: "0%", 10: "0.00%"}  # what Excel does not write down; currencies of it are those of the reader's country
CURRENCY = lazy_pattern(r"\[\$([^\]\-]+)|([$€£¥₹₽₩₺₴₫฿₦₱])|\"([A-Z]{3})\"|\b(CHF|EUR|USD|GBP|SEK|NOK|DKK|PLN|CZK)\b")
PERCENT, PLAIN = "%", ""
WHOLE = 1.5  # shares that are above it are percentages


@dataclass
class ColumnFormat:
    """Of the cells with numbers of one column: a sign (% or of a currency, or none) -> their values."""

    values: dict[str, list[float]] = field(default_factory=dict)

    @property
    def currencies(self) -> list[str]:
        return [sign for sign in self.values if sign not in (PERCENT, PLAIN)]


def formats_of(data: bytes, facts: WorkbookFacts, sheet: str, above: int) -> dict[int, ColumnFormat]:
    """Column of the table, from 0 on -> the formats of its cells; nothing where no cell is shown with a sign.

    Args:
        above: lines at the top that are no rows, besides the names of columns.
    """
    signs = _signs(part_of(data, STYLES))
    if not any(signs):
        return {}
    sheet_cells = cells_of(data, facts, sheet)
    cells = [match.groups() for match in CELL.finditer(sheet_cells)]
    left = min((column_number(match[1]) for match in WITH_VALUE.finditer(sheet_cells)), default=0)
    found: dict[int, ColumnFormat] = {}
    for letters, line, attributes, value in cells:
        kind = re.search(rb'\bt="(\w+)"', attributes)
        if int(line) <= above + 1 or (kind is not None and kind[1] != b"n"):
            continue
        style = re.search(rb'\bs="(\d+)"', attributes)
        at = 0 if style is None else int(style[1])
        sign = signs[at] if at < len(signs) else PLAIN
        column = found.setdefault(column_number(letters) - left, ColumnFormat())
        column.values.setdefault(sign, []).append(float(value))
    return found


def _signs(styles: bytes) -> list[str]:
    """The sign of each style of cells."""
    block = STYLES_OF_CELLS.search(styles)
    codes = dict(BUILT_IN)
    for match in FORMAT.finditer(styles):
        codes[int(_attribute(match[0], "numFmtId") or 0)] = _attribute(match[0], "formatCode")
    styled = STYLE.finditer(block[0]) if block is not None else ()
    return [_sign(codes.get(int(_attribute(match[0], "numFmtId") or 0), "")) for match in styled]


def _sign(code: str) -> str:
    """Of the format of a number: what it is shown with."""
    first = code.split(";")[0]
    if PERCENT in re.sub(r'"[^"]*"|\\.', "", first):
        return PERCENT
    match = CURRENCY.search(first)
    return "" if match is None else next(group for group in match.groups() if group).strip()


def _attribute(tag: bytes, name: str) -> str:
    from html import unescape

    found = re.search(rf'\s{name}="([^"]*)"'.encode(), tag)
    return "" if found is None else unescape(found[1].decode(errors="replace"))


def percent_columns(formats: dict[int, ColumnFormat], names: Sequence[str]) -> frozenset[str]:
    """Columns all of whose numbers are shown as percentages."""
    return frozenset(names[at] for at, each in formats.items() if at < len(names) and set(each.values) == {PERCENT})


def notes_on_formats(formats: dict[int, ColumnFormat], names: Sequence[str]) -> list[Note]:
    """What is printed of columns that are shown as percentages, in part, or with the signs of several currencies."""
    notes: list[Note] = []
    percents = [name for name in names if name in percent_columns(formats, names)]
    if percents:
        why = "their cells show 45% for 0.45"
        notes.append(("percentages", f"{counted(len(percents), 'column')}: {some_of(percents, 5)}", why))
    for at, each in sorted(formats.items()):
        if at >= len(names):
            continue
        shares, plain = each.values.get(PERCENT, []), each.values.get(PLAIN, [])
        if shares and plain and median(map(abs, plain)) > WHOLE >= median(map(abs, shares)):
            value = f"{names[at]}: {len(shares):,} of {len(shares) + len(plain):,}"
            shown = f"shown as percentages and read as shares, such as {shares[0]:g}"
            notes.append(("doubtful", value, f"{shown}; others are plain, such as {plain[0]:g}: are they in one unit?"))
        if len(each.currencies) > 1:
            value = f"{names[at]}: {' and '.join(each.currencies)}"
            notes.append(("doubtful", value, "its cells are shown in several currencies; nothing is converted"))
    return notes
