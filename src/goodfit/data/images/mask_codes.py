"""Names of the classes of masks, with the colours or the grey values that they have there: the file of --codes."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodfit.data.tables.decoding import excerpt, to_utf8
from goodfit.errors import DataError
from goodfit.lazy_pattern import lazy_pattern

Colour = tuple[int, int, int]
LARGEST_CLASS = 255  # that a mask of 8 bits holds; by custom (Pascal VOC) it marks the pixels to ignore
LARGEST_VALUE = 65_535  # of a pixel of 16 bits
BYTES_AT_MOST = 1_000_000  # of the file
HEXADECIMAL = lazy_pattern(r"#([0-9a-fA-F]{6})\b")  # a colour, as web pages write it


@dataclass(frozen=True)
class Codes:
    """Names of the classes, and their colours or grey values where the file has them."""

    names: tuple[str, ...]
    colours: tuple[Colour, ...] = ()
    values: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "names": list(self.names),
            "colours": [list(colour) for colour in self.colours],
            "values": list(self.values),
        }


def codes_from_json(values: Mapping[str, Any]) -> Codes:
    colours = tuple((r, g, b) for r, g, b in values["colours"])
    return Codes(tuple(values["names"]), colours, tuple(values.get("values", ())))


def read_codes(path: Path) -> Codes:
    """A file with a line for each class: its name alone, with the grey value that it has, or with three numbers.

    Raises:
        DataError: no such file, or a line that is neither.
    """
    if not path.is_file():
        raise DataError("no such file", where=path, fix="Check --codes")
    if path.stat().st_size > BYTES_AT_MOST:
        raise DataError("too large for a list of classes", where=path, fix="Check --codes")
    names: list[str] = []
    numbers: list[list[int]] = []
    text = to_utf8(path.read_bytes(), path)[0].decode()
    for at, line in enumerate(text.split("\n"), start=1):
        plain = HEXADECIMAL.sub(lambda match: ",".join(str(value) for value in bytes.fromhex(match[1])), line.strip())
        cells = [cell for cell in re.split(r"[,;\t ]+", plain) if cell]
        values = [int(cell) for cell in cells if cell.isascii() and cell.isdigit()]
        words = [cell for cell in cells if not (cell.isascii() and cell.isdigit())]
        if not cells or (at == 1 and [word.lower() for word in words][:1] in (["name"], ["class"], ["r"])):
            continue  # an empty line, or the names of the columns
        largest = LARGEST_CLASS if len(values) == 3 else LARGEST_VALUE
        if len(values) not in (0, 1, 3) or not words or max(values, default=0) > largest:
            raise DataError(
                f"'{excerpt(line)}' is not a class",
                where=f"{path}, line {at}",
                fix="Write a name alone, name,value, or name,red,green,blue with numbers from 0 to 255",
            )
        names.append(" ".join(words))
        numbers.append(values)
    if not names:
        raise DataError("no classes in it", where=path, fix="Write a line for each class")
    counts = {len(values) for values in numbers}
    if len(counts) > 1:
        what = "colour" if 3 in counts else "value"
        raise DataError(f"some of its classes have no {what}", where=path, fix="Give one to every class, or to none")
    if len({tuple(values) for values in numbers}) < len(numbers) and counts != {0}:
        raise DataError("two of its classes have the same value", where=path, fix="Give each class its own")
    if counts == {3}:
        return Codes(tuple(names), colours=tuple((r, g, b) for r, g, b in numbers))
    return Codes(tuple(names), values=tuple(value for (value,) in numbers) if counts == {1} else ())


def usual_palette(count: int) -> tuple[Colour, ...]:
    """Colours that differ: nine hues, then the same paler and darker, and so on; the first class is dark."""
    colours: list[Colour] = [(40, 40, 40)]
    for number in range(count - 1):
        around = number // 9
        hue = (0.11 + (4 * number % 9) / 9 + around / 27) % 1
        red, green, blue = colorsys.hsv_to_rgb(hue, (0.75, 0.4, 0.95)[around % 3], (0.95, 0.85, 0.55)[around % 3])
        colours.append((round(255 * red), round(255 * green), round(255 * blue)))
    return tuple(colours[:count])
