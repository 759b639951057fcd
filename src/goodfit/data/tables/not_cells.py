"""Texts of programs that have lines, and no cells of columns: what they are, and what to give instead.

Read as tables they would be cut at some comma: a statement of SWIFT, a chat, a calendar, a spectrum.
"""

from __future__ import annotations

import codecs

from goodfit.lazy_pattern import lazy_pattern

BYTES_LOOKED_AT = 100_000
BYTES_OF_SQL = 10_000
DAY = rb"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}"
STAMP = rb"(?:\xe2\x80[\x8e\x8f])?(?:\[" + DAY + rb",? |" + DAY + rb", )\d{1,2}[:.]\d{2}[^,;|\t\n\]]{0,12}(?:\] | - )"
OF_CHATS = lazy_pattern(rb"(?:" + STAMP + rb"[^\n]*\n){0,3}?(?:" + STAMP + rb"[^\n:,;\t]{1,60}: [^\n]*\n){2}")
OF_PASTED_CHATS = lazy_pattern(  # Anna, [14.03.24 05:06] and her text below, as Telegram copies messages
    rb"(?:[^\n\[\],;\t]{1,60}, \[" + DAY + rb",? \d{1,2}:\d{2}[^\n\]]{0,10}\]\n(?:[^\n]*\n){1,12}?){2}"
)
LEVEL = rb"\[?(?:DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b[^\n]*\n"
TIME = rb"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}"
OF_LOGS = lazy_pattern(  # [2024-03-14 05:06:07] ERROR, 2024-03-14T05:06:07Z [main] INFO, Mar 14 05:06:07 host name: ...
    rb"(?:\[" + TIME + rb"(?:[.,]\d+)?\] ?" + LEVEL
    + rb"|" + TIME + rb",\d{3} (?:- [\w.]+ )?(?:- )?" + LEVEL
    + rb"|" + TIME + rb"(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})? +(?:\[[^\]\n]*\] *|[\w.]+ +){0,2}" + LEVEL
    + rb"|\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\w+\] [^\n]*\n"  # of nginx
    + rb"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+:\d+\] [^\n]*\n|\[ *\d+\.\d{6}\] [^\n]*\n"  # of glog and Linux
    + rb"|(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \S+ [^\s:]+: [^\n]*\n){2}"
)  # fmt: skip
OF_SQL = lazy_pattern(  # its first command, below comments and settings; a table of commands has a name above them
    rb"(?i)\s*(?:(?:--|/\*|(?:PRAGMA|SET|BEGIN|START|DROP|LOCK|USE)[ ;])[^\n]*\n\s*)*(?:CREATE TABLE|INSERT INTO)\s+\S"
)
KINDS = (  # how the text begins, what it is, what to do
    (
        lazy_pattern(rb"(?:[+-]?\d[\d.]*(?: +\d+:[+-]?[\d.eE+-]+)+ *\r?\n){3}"),
        "these are lines of LIBSVM (label 1:0.5 7:1.2 ...), not cells of columns",
        "Give arrays: x, y = sklearn.datasets.load_svmlight_file(...), goodfit.arrays(x.toarray(), y)",
    ),
    (
        lazy_pattern(OF_PASTED_CHATS.pattern + rb"|" + OF_CHATS.pattern),
        "these are the messages of a chat ([time] name: text), not cells of columns",
        "Write a CSV with a column each for the time, the name and the text",
    ),
    (
        OF_LOGS,
        "these are messages of a program (a log), not cells of columns",
        "Write a CSV with a column each for the time, the level and the text",
    ),
    (
        lazy_pattern(rb"\s*(?:\{1:F\d{2}|:20:[^\n]*\n|:6[01]F?:\d{6})"),
        "this is a bank statement of SWIFT (MT940), not text with cells",
        "Export the statement as CSV",
    ),
    (
        lazy_pattern(rb"(?i)\s*##TITLE *="),
        "this is a spectrum in JCAMP-DX, not text with cells",
        "Export it as CSV, with a row for each sample or point",
    ),
    (
        lazy_pattern(rb"(?i)\s*BEGIN:(?:VCALENDAR|VCARD)\s"),
        "this is a file of a calendar or of contacts, not text with cells",
        "Export it as CSV",
    ),
    (
        lazy_pattern(rb"(?i)\s*(?:@(?:article|book|misc|inproceedings|techreport|phdthesis)\s*\{|TY  - )"),
        "these are references of literature (BibTeX or RIS), not text with cells",
        "Export them as CSV",
    ),
    (
        lazy_pattern(rb">[^\n]+\n[A-Za-z*-]{10,}\r?\n"),
        "these are sequences (FASTA), not text with cells",
        "Write a CSV with a column each for the name and the sequence",
    ),
    (
        lazy_pattern(rb"WEBVTT\b[^\n]*\n|\s*\d+ *\n\d{2}:\d{2}:\d{2}[,.]\d{3} --> "),
        "these are subtitles of a film, not text with cells",
        "Write a CSV with a column each for the time and the text",
    ),
    (
        lazy_pattern(rb"\s*(?:!(?:Type|Account|Option):|OFXHEADER:|<OFX>|<\?OFX )"),
        "this is a bank statement in QIF or OFX, not text with cells",
        "Export the statement as CSV",
    ),
    (
        lazy_pattern(rb"window\.YTD\.\S+ ?= ?\["),
        "this is an archive of Twitter: JSON behind a name",
        "Remove what stands before the first [, and give the file the ending .json",
    ),
    (
        lazy_pattern(rb"(?i)ncols +\d+\s*\nnrows +\d+\s*\n"),
        "this is a grid of places (ESRI ASCII), not a table",
        "Write a CSV with a row for each place",
    ),
    (
        lazy_pattern(rb"%%MatrixMarket "),
        "this is a matrix of Matrix Market, not a table",
        "Give arrays: x = scipy.io.mmread(...).toarray(), goodfit.arrays(x, y)",
    ),
    (
        lazy_pattern(rb"(?:---\n)?(?:- [\w ]+: ?[^\n]*\n(?:  [\w ]+: ?[^\n]*\n)+){2}"),
        "this is YAML, not text with cells",
        "Give the rows of yaml.safe_load(...) in Python, or write them as CSV",
    ),
    (
        lazy_pattern(rb"\s*(?:\*{10,} \d+\. row \*{10,}\n|-\[ RECORD \d+ \])"),
        "a client of a database shows one value a line here",
        "Export the result as CSV, or show it as a table (psql without \\x, mysql without \\G)",
    ),
    (
        lazy_pattern(rb"\s*structure\(list\("),
        "this is an object as R writes it (dput), not text with cells",
        "In R, write it with write.csv(x, 'x.csv', row.names = FALSE)",
    ),
    (
        lazy_pattern(rb"diff --git |--- [^\n]+\n\+\+\+ [^\n]+\n@@ "),
        "this is a patch (diff), not a table",
        "Give the file that it changes",
    ),
    (
        lazy_pattern(rb"(?:(?:From|To|Subject|Date|Received|Return-Path|Delivered-To|MIME-Version): [^\n]*\n){3}"),
        "this is an e-mail, not text with cells",
        "Save its attachment, and give that",
    ),
    (
        lazy_pattern(rb"\d+:\n(?:\d+,\d,\d{4}-\d\d-\d\d\n)+(?:\d+:\n|$)"),
        "these are ratings in blocks, the number of the film above the ratings of each (Netflix)",
        "Write a CSV with a column each for the user, the film and the rating",
    ),
)
CUT_PRINT = lazy_pattern(  # a line that stands for rows which are not there, as pandas, polars and R print long tables
    rb"\n *(?:\d+ +)?\.{2,3}(?: +\.{2,3})+ *\n"
    rb"|\n\xe2\x94\x82 *\xe2\x80\xa6(?: *\xe2\x94\x86 *\xe2\x80\xa6)* *\xe2\x94\x82 *\n"
    rb"|\nonly showing top \d+ rows\s*$"
    rb"|\n# (?:\xe2\x84\xb9|\xe2\x80\xa6|\.\.\.) (?:with )?[\d,]+ more rows"
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
    if (cut := CUT_PRINT.search(data)) is not None:
        line = data.count(b"\n", 0, cut.start()) + 2
        what = f"this is a table as a program prints it, and line {line} stands for rows that it left out"
        return what, "Write all rows as CSV or Parquet"
    if OF_SQL.match(data[:BYTES_OF_SQL]):
        return "this is a dump of a database (SQL), not text with cells", "Load it there, and export the table as CSV"
    return None
