"""The page of a comparison: the answer, every pair, and the rows in which the models differ; one HTML file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from goodfit.analysis.compare import Compared, Pair
from goodfit.analysis.compare_words import chance_in_column, distance, figures, likely
from goodfit.analysis.differing import differing_rows
from goodfit.formatting import aligned, capital, listed, percent
from goodfit.report.plots import plain_ticks
from goodfit.report.row_images import row_images, words_on_images
from goodfit.report.svg import clean, drawing, short, to_svg
from goodfit.report.template import cut
from goodfit.store.files import write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS_SHOWN = 200
BLUE, GREY, BAND = "#0072B2", "#5b6673", "#e7eaee"


def write_page(compared: Compared, sentences: Sequence[str], notes: Sequence[str], path: Path) -> Path:
    """Write the page, whole or not at all.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    write_text(path, render(compared, sentences, notes))
    return path


def render(compared: Compared, sentences: Sequence[str], notes: Sequence[str]) -> str:
    """The page as text. It loads nothing from elsewhere and runs no script."""
    import markupsafe
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("goodfit.report", "."),
        autoescape=True,  # names of classes and files are anybody's text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "capital": capital,
        "chance_in_column": chance_in_column,
        "breakable": _breakable,
        "cut": cut,
        "likely": likely,
    }
    environment.globals |= {"distance": distance}
    rows, differing = differing_rows(compared.entries, ROWS_SHOWN)
    first = compared.entries[0]
    losses = zip(*(row.losses for row in rows), strict=True)
    written = [[_chance(loss) for loss in column] if first.kind == "classes" else aligned(column) for column in losses]
    keys = [row.key for row in rows]
    images = row_images(keys)
    headline = [pair for pair in compared.pairs if pair.metric == compared.metrics[0]]
    text = environment.get_template("comparison.html.j2").render(
        title=listed(entry.name for entry in compared.entries),
        many=len(compared.entries) > 2,
        compared=compared,
        first=first,
        sentences=sentences,
        notes=notes,
        pairs=compared.pairs,
        figures=_figures(compared),
        rows=list(zip(rows, zip(*written, strict=True), images, strict=True)),
        words_on_images=words_on_images(keys, images),
        differing=differing,
        with_losses=first.kind != "classes" or first.probabilities is not None,
        loss_title={"classes": "p of truth", "numbers": "error", "losses": "loss"}[first.kind],
        plot=markupsafe.Markup(to_svg(differences_plot(headline), "plot-differences", "Differences with intervals")),
    )
    return clean(text)


def differences_plot(pairs: Sequence[Pair]) -> Figure:
    """The difference of each pair with its 95% interval; grey is the region of practical equivalence."""
    from matplotlib.figure import Figure

    scale = 100 if pairs[0].metric.share else 1
    unit = "points" if scale == 100 else pairs[0].metric.unit
    with drawing():
        figure = Figure(figsize=(9.0, 1.4 + 0.36 * len(pairs)))
        axes = figure.add_subplot()
        rope = scale * pairs[0].rope
        axes.axvspan(-rope, rope, color=BAND)
        axes.axvline(0, color=GREY, linewidth=1)
        for at, pair in enumerate(pairs):
            value, low, high = (
                scale * end for end in (pair.difference.value, pair.difference.low, pair.difference.high)
            )
            axes.plot([low, high], [at, at], color=BLUE, linewidth=2)
            axes.plot([value], [at], "o", color=BLUE)
        labels = [f"{short(pair.a, 20)} - {short(pair.b, 20)}" for pair in pairs]
        axes.set_yticks(range(len(pairs)), labels, parse_math=False)
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(plain_ticks())
        title = pairs[0].metric.title
        axes.set(title=f"Difference of {title}", xlabel=f"difference{f' in {unit}' if unit else ''}, with 95% interval")
    return figure


def _figures(compared: Compared) -> list[tuple[str, tuple[str, ...]]]:
    """Each model and its values of all metrics, those of a metric with equally many decimals."""
    models = list(compared.values)
    columns = [
        figures(metric, [compared.values[model][metric.name] for model in models]) for metric in compared.metrics
    ]
    return list(zip(models, zip(*columns, strict=True), strict=True))


def _chance(loss: float) -> str:
    """The probability that a model gives to the true class, of its log loss."""
    return percent(math.exp(-loss), 1)


def _breakable(text: str) -> str:
    """A path that a narrow column may break after its slashes."""
    from markupsafe import Markup, escape

    return Markup("/<wbr>").join(escape(step) for step in text.split("/"))
