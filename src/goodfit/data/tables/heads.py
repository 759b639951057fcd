"""Heads of files of instruments and services that say themselves where they end: they are no rows, and hold no names.

LabVIEW ends its heads with ***End_of_Header***, Sea-Bird with *END*, NASA POWER with -END HEADER-, PANGAEA with */,
others with [Data]; Campbell's loggers (TOA5) have a line about themselves above the names of columns, and two below.
"""

from __future__ import annotations

import re

from goodfit.lazy_pattern import lazy_pattern

BYTES_OF_HEAD = 200_000
ENDS = lazy_pattern(rb"(?im)^(?:\*+ ?END(?:[_ ]OF[_ ]HEADER)? ?\*+|-+ ?END[_ ]HEADER ?-+|\[Data\]|\*/)[ \t,;]*\n")
ENDS_AT_MOST = 2  # of the file and of its only part: more parts are more tables
COMMENT, OF_COMMENTS = b"/*", b"*/"
OF_CAMPBELL = lazy_pattern(rb'("?TOA5"?,[^\n]*\n)([^\n]*\n)([^\n]*\n[^\n]*\n)')
HEAD_OF_DATEV = lazy_pattern(rb'"?(?:EXTF|DTVF)"?;\d+;')  # above the names of columns: of the export, not of its rows


def without_head(data: bytes) -> tuple[bytes, int, str | None]:
    """Without empty lines at the beginning, Excel's line sep= and DATEV's head; how many these were; that separator."""
    start, skipped, named = 0, 0, None
    while start < len(data):
        end = data.find(b"\n", start)
        if HEAD_OF_DATEV.match(data, start) and end > 0:
            return data[end + 1 :], skipped + 1, ";"
        line, after = (data[start:], len(data)) if end < 0 else (data[start:end], end + 1)
        if line.strip(b" \t"):
            if named is None and line[:4].lower() == b"sep=" and len(line.rstrip(b" ")) == 5:
                named = chr(line[4])
            else:
                break
        start, skipped = after, skipped + 1
    return data[start:], skipped, named  # no copy where start is 0


def without_known_head(data: bytes) -> tuple[bytes, int, str]:
    """The text without such a head, how many lines at the top that were, and why they are none of the table.

    Lines below the names are emptied, so that all others keep their numbers.
    """
    if (campbell := OF_CAMPBELL.match(data)) is not None:
        below = b"\n" * campbell[3].count(b"\n")
        why = "what a logger of Campbell says of itself, of units and of means (TOA5)"
        return campbell[2] + below + data[campbell.end() :], 1, why
    ends = [end for end in ENDS.finditer(data[:BYTES_OF_HEAD]) if _ends_what_began(data, end)]
    if not 0 < len(ends) <= ENDS_AT_MOST:
        return data, 0, ""
    end = ends[-1].end()
    return data[end:], data.count(b"\n", 0, end), f"a head, which '{ends[-1][0].decode().strip()}' ends"


def _ends_what_began(data: bytes, end: re.Match[bytes]) -> bool:
    """Whether */ ends a comment that the file begins with; other ends say themselves that they are some."""
    return not end[0].startswith(OF_COMMENTS) or data.lstrip().startswith(COMMENT)
