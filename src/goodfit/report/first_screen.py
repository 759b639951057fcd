"""The first screen of a run: its verdict in a sentence, how it stands beside others, one chart, and what to do next.

The same on top of the page and as what a notebook shows of a run.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.analysis.headline import Headline, Standing
from goodfit.analysis.verdict import tone_of
from goodfit.formatting import counted
from goodfit.report.drawings import draw
from goodfit.report.examples import Example, image_uri
from goodfit.report.page_data import PageData
from goodfit.report.svg import clean
from goodfit.report.template import template
from goodfit.tasks.metric import ACCURACY, Metric
from goodfit.tasks.section import Plot, Section

# With 30 rows, of which one in 20 is very wrong, 78% of the intervals of a loss hold the truth, with 100 rows 97%
# (docs/benchmarks.md).
ROUGH_BELOW = 100
MARGIN = 0.06  # of the comparison's line, beyond its last mark


@dataclass(frozen=True)
class Mark:
    """One line of the comparison as it is drawn: positions in percent of the line."""

    standing: Standing
    text: str
    at: float
    low: float
    high: float


@dataclass(frozen=True)
class Comparison:
    """This model beside others, on one line of numbers from start to end."""

    marks: Sequence[Mark]
    start: str
    end: str


def first_screen(page: PageData, prefix: str = "") -> str:
    """The first screen as an HTML fragment that brings its own style.

    Args:
        prefix: goes before the ids of its chart, where several runs share one document.
    """
    import markupsafe

    plot = first_plot(page)
    example = first_example(page.examples) if plot is None else None
    text = template("first_screen.html.j2").render(
        page=page,
        prefix=prefix,
        tone=tone_of(page.verdict, [str(finding["level"]) for finding in page.findings]),
        headline=page.headline,
        comparison=compared(page.headline),
        part=page.scored_part,
        chart=None if plot is None else markupsafe.Markup(draw(plot, prefix=prefix)),
        chart_words=chart_words(page.sections, plot),
        example=example,
        rough=_rough(page),
        panels=[] if example is None else [(name, image_uri(panel)) for name, panel in example.panels.items()][:3],
    )
    return clean(text)


def _rough(page: PageData) -> str:
    """What is to be said of intervals from few rows: they hold the truth in fewer than 95% of cases then.

    An interval knows only of what has come up. That of an accuracy is right for any share and any number of rows.
    """
    rows = page.groups or page.rows.get(page.scored_part, 0)
    if page.headline is None or page.headline.metric == ACCURACY or rows >= ROUGH_BELOW:
        return ""
    what = counted(rows, "group" if page.groups else page.noun)
    return f", rough ones: a large mistake that is rare may not have come up in {what}"


def in_notebook(page: PageData, report: str) -> str:
    """What a notebook shows of a run.

    Args:
        report: where the whole page is.
    """
    style = template("first_screen.css.j2").render()
    digest = hashlib.blake2b(page.run_name.encode(errors="replace"), digest_size=4).hexdigest()
    whole = html.escape(clean(report))
    return f"<style>{style}</style>{first_screen(page, f'run-{digest}-')}<p>The whole report: <code>{whole}</code></p>"


def compared(headline: Headline | None) -> Comparison | None:
    """The standings on one line of numbers; None where there is nothing to draw."""
    if headline is None or not headline.standings:
        return None
    scores = [standing.score for standing in headline.standings]
    ends = np.array([value for score in scores for value in (score.value, score.low, score.high)])
    if not np.isfinite(ends).all():
        return None
    low, high = float(ends.min()), float(ends.max())
    start, end = _ends(low, high, headline.metric)
    span = end - start

    def place(value: float) -> float:
        return 100 * (value - start) / span

    own = scores[0]
    marks = [
        Mark(each, headline.metric.text(each.score.value, own), place(each.score.value), place(each.score.low),
             place(each.score.high))
        for each in headline.standings
    ]  # fmt: skip
    first = headline.metric.text(start, scores[0] if start else None)  # 0, and not 0.0000
    return Comparison(marks, first, headline.metric.text(end, scores[0]))


def _ends(low: float, high: float, metric: Metric) -> tuple[float, float]:
    """Of the line: 0% to 100% of shares, from zero of sizes, and around the marks where zero is far away."""
    if metric.share and low >= 0:
        return 0.0, 1.0
    span = (high - low) or abs(high) or 1.0
    start = min(0.0, low - MARGIN * span) if low < 3 * span else low - 0.5 * span
    return start, high + MARGIN * (high - start)


def first_plot(page: PageData) -> Plot | None:
    """The one chart that says most: the first that its task calls so; none where an image in and out says more."""
    blocks = (block for section in page.sections for block in section.blocks)
    return next((block for block in blocks if isinstance(block, Plot) and block.first and not page.examples), None)


def first_example(examples: Sequence[Example]) -> Example | None:
    """A typical one: of the middle, where there is one."""
    return next((example for example in examples if example.kind == "middle"), next(iter(examples), None))


def chart_words(sections: Sequence[Section], plot: Plot | None) -> str:
    """What the section of the chart says of it."""
    return next((section.text for section in sections if any(block is plot for block in section.blocks)), "")


def without_first(page: PageData) -> list[Section]:
    """The sections without the chart that is on the first screen; one that is then empty goes."""
    plot = first_plot(page)
    left = []
    for section in page.sections:
        blocks = [block for block in section.blocks if block is not plot]
        if len(blocks) == len(section.blocks):
            left.append(section)
        elif blocks:
            left.append(Section(section.id, section.title, "", blocks, section.link))
    return left
