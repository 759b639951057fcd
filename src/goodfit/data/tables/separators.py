"""What stands between the cells of delimited text: as the user or the file says, or as it cuts all lines alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from goodfit.data.tables.decoding import excerpt, unpacked_name
from goodfit.data.tables.lines_beside import ABOVE_AT_MOST, CELLS_AT_LEAST
from goodfit.data.tables.records import UnclosedQuoteError, records
from goodfit.errors import UsageError

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
RARE = {"^": "circumflex", "~": "tilde", "\x01": "the sign 01 of Hive"}  # where no other cuts all lines alike
COLONS = "::"  # the one separator of two characters that people have
BYTES_SAMPLED = 256 * 1024  # for the separator, and two lines at least
LINES_SAMPLED = 200


def choose_separator(
    data: bytes, path: Path, separator: str | None, named: str | None
) -> tuple[str, list[tuple[str, str, str]]]:
    """Of cells, and the note on it: as the user says, as the file's line sep= does, or as it cuts the lines alike."""
    given = _character(separator) if separator is not None else named
    if given is not None:
        return given, []
    chosen, rivals = _separator(data, path)
    if rivals:
        others = " and ".join(SEPARATORS[rival] for rival in rivals)
        return chosen, [
            ("separator", SEPARATORS[chosen], f"{others} would cut the lines as evenly; --separator chooses")
        ]
    if chosen != ",":
        return chosen, [("separator", (SEPARATORS | RARE)[chosen], "it cuts all lines into the same number of cells")]
    return chosen, []


def has_colons(data: bytes) -> bool:
    """Whether :: stands between the cells, as in MovieLens: equally often in the first lines, and nothing else does."""
    lines = [line for line in data[:BYTES_SAMPLED].split(b"\n")[:LINES_SAMPLED] if line.strip()]
    lines = lines if len(lines) < 2 or len(data) <= BYTES_SAMPLED else lines[:-1]  # the last may be cut off
    usual = (sign.encode() for sign in SEPARATORS)
    return _in_all(lines, COLONS.encode()) and b"\t" not in data and not any(_in_all(lines, sign) for sign in usual)


def _in_all(lines: Sequence[bytes], sign: bytes) -> bool:
    """Whether each line has this sign, and equally often."""
    counts = {line.count(sign) for line in lines}
    return len(counts) == 1 and counts.pop() > 0


def _character(separator: str) -> str:
    by_name = {name: character for character, name in SEPARATORS.items()} | {"space": " "}
    character = "\t" if separator == "\\t" else by_name.get(separator.lower(), separator)
    if len(character) != 1 or character in '"\n\r' or not character.isascii():
        raise UsageError(
            f"--separator {excerpt(separator)!r} is not one character",
            fix=f"Give one, or its name: {', '.join(by_name)}",
        )
    return character


def _separator(data: bytes, path: Path) -> tuple[str, list[str]]:
    """The one that cuts the most lines into as many cells as the first, and others that do it as well."""
    second = data.find(b"\n", data.find(b"\n") + 1)
    end = max(BYTES_SAMPLED, second if second >= 0 else len(data))
    sample = data[:end].decode("utf-8", errors="ignore")
    if end < len(data) and "\n" in sample:
        sample = sample[: sample.rfind("\n")]
    cells_of = {separator: _sampled(sample, separator) for separator in SEPARATORS}
    counts_of = {separator: [len(row) for row in rows] for separator, rows in cells_of.items()}
    shares = _shares(counts_of)
    if not any(share == 1.0 for share, _ in shares.values()):
        shares = _shares({separator: _below_titles(counts) for separator, counts in counts_of.items()})
    if not any(share == 1.0 for share, _ in shares.values()):
        lines = [line.encode() for line in sample.split("\n")[:LINES_SAMPLED] if line.strip()]
        if len(lines) > 1 and (rare := next((sign for sign in RARE if _in_all(lines, sign.encode())), None)):
            return rare, []
    usual = "\t" if unpacked_name(path).suffix.lower() in (".tsv", ".tab") else ","
    if not shares:
        return usual, []
    best = max(share for share, _ in shares.values())
    equal = [separator for separator, (share, _) in shares.items() if share == best]
    equal = [separator for separator in equal if not _before_another(cells_of[separator], equal)] or equal
    if usual == "\t" in equal:
        return "\t", []
    if "," in equal and len(equal) > 1 and any(_decimal_commas(cells_of[other]) for other in equal if other != ","):
        equal.remove(",")
    chosen = max(equal, key=lambda separator: shares[separator][1])
    return chosen, [other for other in equal if other != chosen and shares[other][1] == shares[chosen][1]]


def _shares(counts_of: Mapping[str, list[int]]) -> dict[str, tuple[float, int]]:
    """Of separators that cut lines at all: of which share of the lines they make as many cells as of the first."""
    shares: dict[str, tuple[float, int]] = {}
    for separator, counts in counts_of.items():
        cells = 1 if not counts else counts[0] if counts[0] > 1 else Counter(counts).most_common(1)[0][0]
        if _of_names_of_rows(counts):
            shares[separator] = (1.0, counts[0] + 1)
        elif cells > 1:
            shares[separator] = (sum(count == cells for count in counts) / len(counts), cells)
    return shares


def _below_titles(counts: list[int]) -> list[int]:
    """Without lines at the top of at most half as many cells as all lines below them: the head of a statement."""
    usual = Counter(counts).most_common(1)[0][0] if counts else 0
    first = counts.index(usual) if counts else 0
    below = counts[first:]
    titles = usual >= CELLS_AT_LEAST and all(2 * count <= usual for count in counts[:first])
    return below if titles and 0 < first <= ABOVE_AT_MOST and all(count == usual for count in below) else counts


def _of_names_of_rows(counts: Sequence[int]) -> bool:
    """Whether all lines have a cell more than the first, in which R does not name the names of rows."""
    return len(counts) > 1 and counts[0] > 1 and all(count == counts[0] + 1 for count in counts[1:])


def _sampled(sample: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for _, cells in records(sample, separator):
            if cells:
                rows.append(cells)
            if len(rows) == LINES_SAMPLED:
                break
    except UnclosedQuoteError:
        pass  # the sample ends within a quoted cell, or the file is wrong: the whole will be read and tell
    return rows


def _before_another(rows: Sequence[Sequence[str]], equal: Sequence[str]) -> bool:
    """Whether all names behind the first begin with another separator: tabs that only fill up cells of commas."""
    behind = rows[0][1:] if rows else []
    return any(bool(behind) and all(cell.startswith(other) for cell in behind) for other in equal)


def _decimal_commas(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the cells with a comma are numbers such as 12,5: then the comma separates nothing."""
    cells = [cell.strip() for row in rows for cell in row if "," in cell]
    return bool(cells) and all(cell.replace(",", "", 1).lstrip("+-").isdigit() for cell in cells)
