"""Columns that spaces keep apart, aligned or not, as many collections of data and programs of science write them."""

from __future__ import annotations

from goodfit.lazy_pattern import lazy_pattern

SIGNS = b",;\t|"  # of which one is in each line of any other file
LINES_AT_LEAST = 3
BYTES_OF_HEAD = 4_096
BYTES_COMPARED = 256 * 1024
MOSTLY_NUMBERS = 0.8  # of the cells
NUMERIC_AT_LEAST = 0.2  # of the cells: sentences of equal length are no table
QUOTED = lazy_pattern(rb'"[^"\n]*"')
OF_PANDAS = lazy_pattern(rb"\n\s*\[\d+ rows x \d+ columns\]\s*$")  # below a frame as it is printed
CELL = lazy_pattern(rb'"[^"\n]*"|[^ \n]+')
NUMBER = lazy_pattern(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NA|NaN|nan|\?")


def spaced_columns(data: bytes) -> bytes | None:
    """The lines with tabs in place of spaces, where these cut all lines into as many cells; None of other files.

    The first line may have one cell less: R names all columns but that of the names of rows.
    """
    data = _without_tabs_between_numbers(OF_PANDAS.sub(b"\n", data))
    first = data[: data.find(b"\n")] if b"\n" in data else data
    if b" " not in data[: 2 * len(first) + 2].strip() and not first.strip().isdigit():
        return None
    if b" " not in data[:BYTES_OF_HEAD] or has_sign(first) or has_sign(data):
        return None
    lines = [CELL.findall(line) for line in data.split(b"\n")]
    if lines[0][:1] == [b"#"] and len(lines) > 1 and len(lines[0]) == len(lines[1]) + 1:
        lines[0] = lines[0][1:]  # names, as NumPy's savetxt writes them
    lines = _without_count(lines)
    filled = [cells for cells in lines if cells]
    widths = {len(cells) for cells in filled[1:]}
    if len(filled) < LINES_AT_LEAST or len(widths) != 1 or (width := widths.pop()) < 2:
        return None
    if len(filled[0]) not in (width, width - 1):
        return None
    if len(filled[0]) < width and len({cells[0] for cells in filled[1:]}) < len(filled) - 1:
        return None  # names of rows differ: 24 °C below the name of one column
    numeric = sum(NUMBER.fullmatch(cell) is not None for cells in filled[1:] for cell in cells)
    if numeric < NUMERIC_AT_LEAST * sum(map(len, filled[1:])):
        return None
    return b"\n".join(map(b"\t".join, lines))


def _without_tabs_between_numbers(data: bytes) -> bytes:
    """With spaces for tabs, where a tab stands behind aligned numbers in each line: auto-mpg.data of the UCI."""
    head = data[:BYTES_OF_HEAD]
    if b"\t" not in head or b"  " not in head:
        return data
    lines = [line for line in data.split(b"\n") if line.strip()]
    if len(lines) < LINES_AT_LEAST or not all(_aligned_numbers(line) for line in lines):
        return data
    return data.replace(b"\t", b" ")


def _aligned_numbers(line: bytes) -> bool:
    """Whether one of the cells between tabs is numbers alone, with several spaces between some of them."""
    cells = [cell.strip() for cell in line.split(b"\t")]
    return len(cells) > 1 and any(
        b"  " in cell and all(NUMBER.fullmatch(part) for part in cell.split()) for cell in cells
    )


def uneven_names(data: bytes) -> tuple[int, int] | None:
    """How many words the first line has, and how many numbers all others have, where these differ; None of others."""
    first, _, rest = data[:BYTES_COMPARED].partition(b"\n")
    if b" " not in first.strip() or has_sign(first) or has_sign(rest):
        return None
    lines = [line.split() for line in rest.split(b"\n") if line.strip()]
    lines = lines if len(data) <= BYTES_COMPARED else lines[:-1]  # the last may be cut off
    names, widths = len(first.split()), {len(cells) for cells in lines}
    if len(lines) < LINES_AT_LEAST or len(widths) != 1 or (width := widths.pop()) < 2 or names in (1, width, width - 1):
        return None
    numeric = sum(NUMBER.fullmatch(cell.rstrip(b"*")) is not None for cells in lines for cell in cells)
    words = any(NUMBER.fullmatch(cell) for cell in first.split())
    return (names, width) if numeric >= MOSTLY_NUMBERS * width * len(lines) and not words else None


def _without_count(lines: list[list[bytes]]) -> list[list[bytes]]:
    """Without a first line that says how many lines of rows follow, as in the lists of CelebA."""
    filled = [cells for cells in lines if cells]
    if len(filled) < LINES_AT_LEAST or len(filled[0]) != 1 or not filled[0][0].isdigit():
        return lines
    follow = int(filled[0][0])
    return [[], *lines[lines.index(filled[0]) + 1 :]] if follow in (len(filled) - 1, len(filled) - 2) else lines


def has_sign(data: bytes) -> bool:
    """Whether a separator of other files stands outside of quotes."""
    return any(sign in data for sign in SIGNS) and any(sign in QUOTED.sub(b"", data) for sign in SIGNS)
