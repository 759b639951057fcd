"""Texts of programs that have lines, and no cells of columns: what they are, and what to give instead.

Read as tables they would be cut at some comma: a statement of SWIFT, a chat, a calendar, a spectrum.
"""

from __future__ import annotations

import codecs
import re

BYTES_LOOKED_AT = 100_000
BYTES_OF_SQL = 10_000
STAMP = rb"(?:\xe2\x80[\x8e\x8f])?\[?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}, \d{1,2}[:.]\d{2}[^,;|\t\n\]]{0,12}(?:\] | - )"
OF_CHATS = re.compile(rb"(?:" + STAMP + rb"[^\n]*\n){0,3}?(?:" + STAMP + rb"[^\n:,;\t]{1,60}: [^\n]*\n){2}")
LEVEL = rb"\[?(?:DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b[^\n]*\n"
TIME = rb"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}"
OF_LOGS = re.compile(  # [2024-03-14 05:06:07] ERROR ..., and 2024-03-14 05:06:07,123 - name - INFO - ... of Python
    rb"(?:\[" + TIME + rb"(?:[.,]\d+)?\] ?" + LEVEL + rb"|" + TIME + rb",\d{3} (?:- [\w.]+ )?(?:- )?" + LEVEL + rb"){2}"
)
OF_SQL = re.compile(  # its first command, below comments and settings; a table of commands has a name above them
    rb"(?i)\s*(?:(?:--|/\*|(?:PRAGMA|SET|BEGIN|START|DROP|LOCK|USE)[ ;])[^\n]*\n\s*)*(?:CREATE TABLE|INSERT INTO)\s+\S"
)
KINDS = (  # how the text begins, what it is, what to do
    (
        re.compile(rb"(?:[+-]?\d[\d.]*(?: +\d+:[+-]?[\d.eE+-]+)+ *\r?\n){3}"),
        "these are lines of LIBSVM (label 1:0.5 7:1.2 ...), not cells of columns",
        "Give arrays: x, y = sklearn.datasets.load_svmlight_file(...), goodfit.arrays(x.toarray(), y)",
    ),
    (
        OF_CHATS,
        "these are the messages of a chat ([time] name: text), not cells of columns",
        "Write a CSV with a column each for the time, the name and the text",
    ),
    (
        OF_LOGS,
        "these are messages of a program (a log), not cells of columns",
        "Write a CSV with a column each for the time, the level and the text",
    ),
    (
        re.compile(rb"\s*(?:\{1:F\d{2}|:20:[^\n]*\n|:6[01]F?:\d{6})"),
        "this is a bank statement of SWIFT (MT940), not text with cells",
        "Export the statement as CSV",
    ),
    (
        re.compile(rb"(?i)\s*##TITLE *="),
        "this is a spectrum in JCAMP-DX, not text with cells",
        "Export it as CSV, with a row for each sample or point",
    ),
    (
        re.compile(rb"(?i)\s*BEGIN:(?:VCALENDAR|VCARD)\s"),
        "this is a file of a calendar or of contacts, not text with cells",
        "Export it as CSV",
    ),
    (
        re.compile(rb"(?i)\s*(?:@(?:article|book|misc|inproceedings|techreport|phdthesis)\s*\{|TY  - )"),
        "these are references of literature (BibTeX or RIS), not text with cells",
        "Export them as CSV",
    ),
    (
        re.compile(rb">[^\n]+\n[A-Za-z*-]{10,}\r?\n"),
        "these are sequences (FASTA), not text with cells",
        "Write a CSV with a column each for the name and the sequence",
    ),
)


def of_no_cells(data: bytes) -> tuple[str, str] | None:
    """What a text without cells is, and what to do; None of all others.

    Args:
        data: as it was read, in any encoding.
    """
    data = data[:BYTES_LOOKED_AT].removeprefix(codecs.BOM_UTF8)
    for begins, what, fix in KINDS:
        if begins.match(data):
            return what, fix
    if OF_SQL.match(data[:BYTES_OF_SQL]):
        return "this is a dump of a database (SQL), not text with cells", "Load it there, and export the table as CSV"
    return None
