"""Lines that have quotes around all of their cells together ("a,b,c"), as a second export of a CSV writes them."""

from __future__ import annotations

from goodfit.data.tables.separators import SEPARATORS

LINES_LOOKED_AT = 50
LINES_AT_LEAST = 3


def quoted_as_a_whole(data: bytes) -> bool:
    """Whether each of the first lines is one quoted cell, which holds the same separator equally often in all."""
    end = 0
    for _ in range(LINES_LOOKED_AT):
        end = data.find(b"\n", end) + 1
        if not end:
            break
    lines = [line.strip() for line in data[: end or len(data)].split(b"\n") if line.strip()]
    if len(lines) < LINES_AT_LEAST or not all(_is_quoted(line) for line in lines):
        return False
    counts = ({line.replace(b'""', b"").count(sign.encode()) for line in lines} for sign in SEPARATORS)
    return any(len(count) == 1 and count != {0} for count in counts)


def unquoted_lines(data: bytes) -> bytes:
    """The lines without these quotes; those in cells are single again."""
    lines = (line.strip() for line in data.split(b"\n"))
    return b"\n".join(line[1:-1].replace(b'""', b'"') if _is_quoted(line) else line for line in lines)


def _is_quoted(line: bytes) -> bool:
    """Whether a line begins and ends with a quote, and has doubled ones alone between."""
    return len(line) > 2 and line[:1] == line[-1:] == b'"' and b'"' not in line[1:-1].replace(b'""', b"")
