"""Tables that clients of databases draw on a terminal: psql, mysql --table, sqlite3 -box, sqlcmd, SQL*Plus, and
lists of SAP.

A line that only draws is below the names of columns. With crosses in it, bars stand between the cells; of dashes and
spaces alone, the dashes say where each column begins and ends.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from goodfit.data.tables.lines_beside import NOTE
from goodfit.lazy_pattern import lazy_pattern

BAR = "|│┃║┆"  # plain, and those of boxes
CROSS = "+┼├┤┌┐└┘┬┴╪╞╡╔╗╚╝╠╣╦╩╬╒╕╘╛"
DASH = "-─━═="
RULE = lazy_pattern(rf"[{re.escape(BAR + CROSS + DASH)} ]*([{re.escape(DASH)}])\1[{re.escape(BAR + CROSS + DASH)} ]*")
DASHES = lazy_pattern(rf"[{re.escape(DASH)}]+")
BYTES_OF_HEAD = 100_000
LINES_OF_A_LIST = 40
OF_POLARS = lazy_pattern(  # the types of the columns, below their names
    r"[iuf]\d{1,3}|str|bool|date|datetime\[.*|duration\[.*|time|cat|enum|list\[.*|struct\[.*|object|null|decimal.*|binary"
)
ABOVE_AT_MOST = 2  # lines above the one that draws below the names: a frame, and the names


def drawn_table(data: bytes) -> bytes | None:
    """The lines with tabs between the cells, and empty ones for those that only draw; None of all other files.

    Args:
        data: UTF-8, with \\n at the end of each line.
    """
    head = data[:BYTES_OF_HEAD].decode("utf-8", errors="ignore").split("\n")
    filled = [line for line in head if line.strip()][: ABOVE_AT_MOST + 1]
    rules = [line for line in filled if RULE.fullmatch(line.rstrip())]
    framed = _is_framed(head)
    if (not rules or len(filled) == 1) and not framed:
        return None
    lines = data.decode().split("\n")
    of_bars = framed or any(sign in rules[0] for sign in CROSS)
    rows = _between_bars(lines) if of_bars else _at_columns(lines, rules[0])
    if rows is None:
        return None
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _is_framed(head: Sequence[str]) -> bool:
    """Whether lines of cells stand between bars, and lines of dashes between some of them: a list of SAP."""
    filled = [line.strip() for line in head if line.strip()][:LINES_OF_A_LIST]
    rules = [line for line in filled if RULE.fullmatch(line)]
    cells = [line for line in filled if line not in rules and line[0] in BAR and line[-1] in BAR]
    wide = {sum(line.count(bar) for bar in BAR) for line in cells}
    dashes = any(line[0] in DASH and line[-1] in DASH for line in rules)
    return dashes and len(wide) == 1 and min(wide) > 2 and 2 * len(cells) > len(filled) - len(rules)


def _between_bars(lines: Sequence[str]) -> list[list[str]] | None:
    """The cells of each line; None where no line has a bar."""
    rows: list[list[str]] = []
    bars, above = False, _above_the_frame(lines)
    for at, line in enumerate(lines):
        plain = "" if at < above else line.strip()
        if RULE.fullmatch(plain) or not plain:
            rows.append([])
            continue
        cells = [cell.strip() for cell in re.split(rf"[{re.escape(BAR)}]", plain)]
        bars |= len(cells) > 1
        framed = len(cells) > 2 and plain[0] in BAR and plain[-1] in BAR
        cells = cells[1:-1] if framed else cells
        of_types = "┆" in line and sum(map(bool, rows)) == 1 and all(OF_POLARS.fullmatch(cell) for cell in cells)
        rows.append([] if of_types else cells)
    return rows if bars else None


def _above_the_frame(lines: Sequence[str]) -> int:
    """How many lines stand above the upper line of a frame, without a bar in them: shape: (3, 2), or a command."""
    for at, line in enumerate(lines[:LINES_OF_A_LIST]):
        plain = line.strip()
        if RULE.fullmatch(plain):
            return at if plain[0] in CROSS else 0
        if any(bar in plain for bar in BAR):
            return 0
    return 0


def _at_columns(lines: Sequence[str], rule: str) -> list[list[str]] | None:
    """The cells of each line, where the dashes are; None where a line has letters between, or there is one alone."""
    columns = [(dashes.start(), dashes.end()) for dashes in DASHES.finditer(rule)]
    if len(columns) < 2:
        return None
    starts, ends = [start for start, _ in columns], [end for _, end in columns]
    rows: list[list[str]] = []
    for line in lines:
        if RULE.fullmatch(line.rstrip()) or not line.strip():
            rows.append([])
        elif NOTE.match(line.strip()):
            rows.append([line.strip()])
        elif any(line[end:start].strip() for end, start in zip([0, *ends], [*starts, len(line)], strict=True)):
            return None
        else:
            rows.append([line[start:end].strip() for start, end in columns])
    return rows
