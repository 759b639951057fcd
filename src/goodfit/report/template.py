"""The templates of the page, with the filters that write numbers, names and paths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from goodfit.formatting import capital, counted, duration, fixed, moment, number, plural, rows_called, sentence, spaced
from goodfit.lazy_pattern import lazy_pattern
from goodfit.tasks.section import Bar, Histogram, Plot, Table

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

CELL_LETTERS = 200  # of a text in a table
SPARK_WIDTH, SPARK_HEIGHT = 120, 28  # pixels of a histogram in a table
VALUE = r"\d+|none|linear|find|feature|cpu|classes|numbers"  # of an option in a sentence; other words go on with it
OPTION = lazy_pattern(rf"(?<![\w-])(--[a-z][a-z-]*(?: (?:{VALUE})\b)?)")
NUMBER = lazy_pattern(r"[-+−]?[\d,]*\.?\d+(e[-+]?\d+)?", re.IGNORECASE)
LONG_LETTERS = 1_500  # of a sentence or a list of names


@cache
def template(name: str) -> Template:
    """A template of this folder."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("goodfit.report", "."),
        autoescape=True,  # names of classes and files are anybody's text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (
        breakable, capital, cells, counted, cut, duration, fixed, moment, number, plural, rows_called, rows_of_blocks,
        sentence, short_path, spaced, with_options,
    )  # fmt: skip
    for filter_ in filters:
        environment.filters[filter_.__name__] = filter_
    environment.tests["plot"] = lambda block: isinstance(block, Plot)
    return environment.get_template(name)


def breakable(path: str) -> Markup:
    """A path that a narrow column may break after its slashes."""
    from markupsafe import Markup, escape

    return Markup("/<wbr>").join(escape(step) for step in cut(path).split("/"))


def short_path(path: str) -> Markup:
    """The file and its folder of a path that may be long; the whole of it where the pointer rests."""
    from markupsafe import Markup

    shown = "/".join(path.split("/")[-2:])
    if shown == path:
        return breakable(path)
    return Markup('<span title="{}">{}</span>').format(cut(path), breakable(shown))


def is_number(text: Any) -> bool:
    """Whether a text is a number as a table writes one: 40, -3.5, 1,200."""
    return NUMBER.fullmatch(str(text)) is not None


def with_options(text: str) -> Markup:
    """A sentence whose options of the command, such as --epochs 4, stand out as code."""
    from markupsafe import Markup, escape

    return Markup(OPTION.sub(r'<code class="option">\1</code>', str(escape(text))))


def cut(text: Any, letters: int = CELL_LETTERS) -> str:
    """A text that is at most so long: a page stays small whatever names the data has."""
    whole = str(text)
    return whole if len(whole) <= letters else f"{whole[: letters - 2]} …"


def cells(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """A section's table as text: the numbers of a column, and the pairs of one, have equally many decimals."""
    columns = [
        [each for value in column for each in (value if isinstance(value, tuple) else (value,))]
        for column in zip(*rows, strict=True)
    ]
    return [[cell(value, column) for value, column in zip(row, columns, strict=True)] for row in rows]


def cell(value: Any, column: Sequence[Any] = ()) -> str:
    """A cell of a section's table.

    Args:
        column: the numbers of its column.
    """
    from markupsafe import Markup

    if isinstance(value, Bar):
        return Markup(
            '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect width="{:.1f}" height="10" fill="#8fc1e0"/></svg>'
        ).format(100 * value.share)
    if isinstance(value, Histogram):
        return Markup(_drawn(value))  # numbers alone
    if isinstance(value, tuple):
        return f"{fixed(value[0], column)} to {fixed(value[1], column)}"
    return cut(fixed(value, column))


def _drawn(histogram: Histogram) -> str:
    """A histogram as a small drawing: one outline of all columns, and the curve over it."""
    counts, curve = histogram.counts, histogram.curve
    most = max([*counts, *curve, 1])
    wide = SPARK_WIDTH / max(1, len(counts))

    def height(value: float) -> str:
        return f"{SPARK_HEIGHT * (1 - value / most):.1f}"

    steps = "".join(f"V{height(count)}H{wide * (at + 1):.1f}" for at, count in enumerate(counts))
    line = "L".join(f"{wide * (at + 0.5):.1f} {height(value)}" for at, value in enumerate(curve))
    normal = f'<path d="M{line}" fill="none" stroke="#0072B2" stroke-width="1.3"/>' if curve else ""
    return (
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" aria-hidden="true">'
        f'<path d="M0 {SPARK_HEIGHT}{steps}V{SPARK_HEIGHT}Z" fill="#8fc1e0"/>{normal}</svg>'
    )


def rows_of_blocks(blocks: Sequence[Plot | Table]) -> list[list[Plot | Table]]:
    """The blocks of a section, plots of half the width side by side."""
    rows: list[list[Plot | Table]] = []
    for half, group in groupby(blocks, key=lambda block: isinstance(block, Plot) and block.width in ("half", "tall")):
        together = list(group)
        rows += [together] if half else [[block] for block in together]
    return rows
