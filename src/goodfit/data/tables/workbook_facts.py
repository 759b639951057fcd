"""What a workbook of today's Excel says besides its cells: hidden sheets and rows, and cells merged over several rows.

The reader of cells does not see them.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from html import unescape

from goodfit.data.tables.merged_cells import Block
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

BYTES_AT_MOST = 64_000_000  # of a sheet, unpacked: of larger ones nothing more is known
SHEET = lazy_pattern(rb"<(?:\w+:)?sheet\s([^>]*)>")
RELATION = lazy_pattern(rb"<Relationship\s([^>]*)>")
HIDDEN_ROW = lazy_pattern(rb"<(?:\w+:)?row\s[^>]*\bhidden=\"(?:1|true)\"")
MERGED = lazy_pattern(rb"<(?:\w+:)?mergeCell\s+ref=\"([A-Z]+)(\d+):([A-Z]+)(\d+)\"")
FORMULA_WITHOUT_VALUE = lazy_pattern(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f\s[^>]*/>)(?:<(?:\w+:)?v ?/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
WITH_VALUE = lazy_pattern(rb"<(?:\w+:)?c r=\"([A-Z]+)\d+\"[^>]*[^/>]>")

Note = tuple[str, str, str]


@dataclass(frozen=True)
class WorkbookFacts:
    """Of a workbook.

    Attributes:
        files: sheet -> its file in the archive.
        hidden: sheets that nobody sees.
    """

    files: dict[str, str]
    hidden: frozenset[str]


def workbook_facts(data: bytes) -> WorkbookFacts:
    """Of .xlsx and .xlsm; nothing of other workbooks."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book, relations = _part(archive, "xl/workbook.xml"), _part(archive, "xl/_rels/workbook.xml.rels")
    except zipfile.BadZipFile:
        book = relations = b""
    places = {}
    for match in RELATION.finditer(relations):
        target = _attribute(match[1], "Target")
        places[_attribute(match[1], "Id")] = target[1:] if target.startswith("/") else f"xl/{target}"
    sheets = [match[1] for match in SHEET.finditer(book)]
    files = {_attribute(sheet, "name"): places.get(_attribute(sheet, r"\w+:id"), "") for sheet in sheets}
    hidden = [_attribute(sheet, "name") for sheet in sheets if _attribute(sheet, "state") in ("hidden", "veryHidden")]
    return WorkbookFacts(files, frozenset(hidden))


def notes_on_sheet(data: bytes, facts: WorkbookFacts, sheet: str) -> list[Note]:
    """What is printed of hidden rows and of formulas without a value."""
    cells = cells_of(data, facts, sheet)
    notes = []
    if hidden := len(HIDDEN_ROW.findall(cells)):
        notes.append(("hidden rows", f"{hidden:,}", "read like the others: delete those that a filter leaves out"))
    if without := len(FORMULA_WITHOUT_VALUE.findall(cells)):
        why = "read as empty: open the file in Excel or LibreOffice and save it, which computes them"
        notes.append(("formulas", f"{counted(without, 'cell')} without a value", why))
    return notes


def merged_blocks(data: bytes, facts: WorkbookFacts, sheet: str, above: int) -> tuple[list[Block], int]:
    """Cells merged over several lines below the names of columns, and the first column of the sheet that has a value.

    Args:
        above: lines at the top that are no rows: merged titles.
    """
    cells = cells_of(data, facts, sheet)
    matches = [match for match in MERGED.finditer(cells) if int(match[4]) > int(match[2]) > above + 1]
    blocks = [
        Block(column_number(match[1]), int(match[2]) - 1, int(match[4]) - 1, (b"%s%s:%s%s" % match.groups()).decode())
        for match in matches
    ]
    left = min((column_number(match[1]) for match in WITH_VALUE.finditer(cells)), default=0) if blocks else 0
    return sorted(blocks, key=lambda block: (block.first, block.column)), left


def column_number(letters: bytes) -> int:
    """Of a column: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number - 1


def cells_of(data: bytes, facts: WorkbookFacts, sheet: str) -> bytes:
    """What the archive says of the cells of a sheet; nothing of other workbooks."""
    if not facts.files.get(sheet):
        return b""
    return part_of(data, facts.files[sheet])


def part_of(data: bytes, name: str) -> bytes:
    """A part of a workbook; nothing of other files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _part(archive, name)
    except zipfile.BadZipFile:
        return b""


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of the archive; nothing where there is none, or it is too large to be looked through."""
    try:
        with archive.open(name) as file:
            content = file.read(BYTES_AT_MOST + 1)
    except (KeyError, OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return b""  # the reader of cells says what is wrong
    return content if len(content) <= BYTES_AT_MOST else b""


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf'(?:^|\s){name}="([^"]*)"'.encode(), tag)
    return "" if found is None else unescape(found[1].decode(errors="replace"))
