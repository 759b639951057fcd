"""Sections of a run's report as plain values: a task says what is shown and in which words, the report draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from goodfit.formatting import rows_called


@dataclass(frozen=True)
class Plot:
    """A drawing of the report: see DRAWINGS in goodfit.report.drawings.

    Attributes:
        drawing: confusion, recall, balance, scatter, ...
        data: the arguments of that drawing.
        alt: what a screen reader says in its place.
        width: half stands beside another half, tall beside two of them; wide is as wide as it needs, full as the page.
        first: it says most about this task, so that it stands on the first screen.
    """

    drawing: str
    data: tuple[Any, ...]
    alt: str
    width: Literal["half", "tall", "wide", "full"] = "full"
    first: bool = False

    def of(self, noun: str) -> Plot:
        """As `Section.of`."""
        return replace(self, alt=rows_called(self.alt, noun))


@dataclass(frozen=True)
class Bar:
    """A cell that shows a share, 0 to 1, as a bar."""

    share: float


@dataclass(frozen=True)
class Histogram:
    """A cell that shows how values are spread, as columns of equal width.

    Attributes:
        counts: of each.
        curve: what a normal curve of the same mean and deviation would have there; empty for none.
    """

    counts: tuple[int, ...]
    curve: tuple[float, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table. A cell is a text, a number, None (a dash), a pair (low, high), a Bar or a Histogram.

    Attributes:
        columns: their titles.
        rows: a cell for each column.
        text_columns: how many of the first columns are texts; the others are set to the right, as numbers are.
        title: above the table.
        summary: where the table folds away: the words that stay.
        unfolded: it is open when the page is.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    text_columns: int = 1
    title: str = ""
    summary: str = ""
    unfolded: bool = True

    def of(self, noun: str) -> Table:
        """As `Section.of`."""
        columns = [rows_called(column, noun) for column in self.columns]
        title, summary = (rows_called(text, noun) for text in (self.title, self.summary))
        return replace(self, columns=columns, title=title, summary=summary)


@dataclass(frozen=True)
class Section:
    """A heading, a sentence or two, and what is shown under them.

    Attributes:
        id: the anchor on the page.
        link: its name in the page's list of sections.
    """

    id: str
    title: str
    text: str
    blocks: Sequence[Plot | Table]
    link: str = ""

    def of(self, noun: str) -> Section:
        """The same about data whose rows are called so: images, texts."""
        title, text = rows_called(self.title, noun), rows_called(self.text, noun)
        return replace(self, title=title, text=text, blocks=[block.of(noun) for block in self.blocks])
