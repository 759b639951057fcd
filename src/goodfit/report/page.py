"""The page: one self-contained HTML file, with everything that was written by others escaped."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from goodfit.formatting import aligned, counted, fixed, number, plural, spaced
from goodfit.report.drawings import curves, draw
from goodfit.report.first_screen import first_screen, without_first
from goodfit.report.page_data import PageData
from goodfit.report.svg import clean
from goodfit.report.template import is_number, template
from goodfit.report.thumbnail import thumbnail_uri
from goodfit.store.files import write_text
from goodfit.tasks.metric import Metric

LISTED_UNREADABLE = 200
LISTED_EPOCHS = 200
HEAT_COLOUR, HEAT_AT_MOST = (255, 120, 0), 0.75  # of the part that counts most
PARTS = {"test": "test", "valid": "validation"}
LEVELS = ("error", "warning", "notice")
PIXELATED_SIDE = 96  # pixels; smaller images are shown with square pixels


class MistakeFigures(NamedTuple):
    """What a mistake was, what the model said, and what it costs, as text."""

    truth: str
    prediction: str
    loss: str


class ValueColumn(NamedTuple):
    """What the worst mistakes have in one column of the data, as text."""

    name: str
    texts: list[str]
    is_number: bool


def render(page: PageData) -> str:
    """The whole page as text. It loads nothing from elsewhere and runs no script."""
    import markupsafe

    levels = [str(finding["level"]) for finding in page.findings]
    numbers = count()
    text = template(
        "page.html.j2"
    ).render(
        page=page,
        top=markupsafe.Markup(first_screen(page)),
        sections=without_first(page),
        curves={name: markupsafe.Markup(svg) for name, svg in curves(page).items()},  # escaped by to_svg
        draw=lambda plot, number: markupsafe.Markup(draw(plot, number)),
        loop_number=lambda: next(numbers) + 1,
        parts={name: words for name, words in PARTS.items() if page.metrics.get(name)},
        metrics=[
            page.metric(name) for name in dict.fromkeys(name for named in page.metrics.values() for name in named)
        ],
        findings=sorted(page.findings, key=lambda finding: _rank(str(finding["level"]))),
        finding_counts=", ".join(counted(levels.count(level), level) for level in LEVELS if level in levels),
        worst=[(mistake, thumbnail_uri(mistake.thumbnail)) for mistake in page.worst],
        confident=any(mistake.confidence is not None for mistake in page.worst),
        value_columns=_value_columns(page),
        numbers_are_predicted=all(is_number(mistake.truth) for mistake in page.worst),
        heat=[heat_uri(mistake.thumbnail, mistake.heat) for mistake in page.worst],
        samples=[(thumbnail_uri(as_is), thumbnail_uri(seen), label) for as_is, seen, label in page.samples],
        pixelated=[
            mistake.thumbnail is not None and max(mistake.thumbnail.shape[:2]) <= PIXELATED_SIDE
            for mistake in page.worst
        ],
        unreadable=list(page.unreadable[:LISTED_UNREADABLE]),
        mistake_figures=_mistake_figures(page),
        figures_of=lambda metric: _figures_of(page, metric),
        epochs=_epoch_lines(page),
        epoch_columns=_epoch_columns(page),
        parts_of_data=_parts_of_data(page),
    )
    return clean(text)


def write(page: PageData, path: str | Path) -> Path:
    """Write the page, whole or not at all.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    path = Path(path)
    write_text(path, render(page))
    return path


def heat_uri(pixels: np.ndarray | None, heat: np.ndarray | None) -> str | None:
    """An image in grey with what its prediction rests on in orange, as a data: address.

    Args:
        pixels: (H, W, C) uint8.
        heat: (g, g), 0 and above; nothing is drawn where all of it is 0.
    """
    if pixels is None or heat is None or not float(heat.max()) > 0:
        return None
    from PIL import Image

    high, wide = pixels.shape[:2]
    share = Image.fromarray((heat / heat.max() * 255).astype(np.uint8)).resize((wide, high), Image.Resampling.BICUBIC)
    weight = HEAT_AT_MOST * np.asarray(share, dtype=np.float32)[..., None] / 255
    grey = pixels[..., :3].astype(np.float32).mean(axis=2, keepdims=True)
    mixed = (1 - weight) * grey + weight * np.array(HEAT_COLOUR, dtype=np.float32)
    return thumbnail_uri(mixed.round().clip(0, 255).astype(np.uint8))


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _epoch_columns(page: PageData) -> dict[str, str]:
    """Columns of the table of epochs and their titles."""
    if not page.history:
        return {}
    metric = page.main_metric
    titles = {name: spaced(name) for name in ("epoch", "train_loss", "valid_loss")}
    titles |= {metric.name: metric.title} | {name: spaced(name) for name in ("learning_rate", "seconds")}
    return {name: title for name, title in titles.items() if name in page.history[0]}


def _shown_epochs(page: PageData) -> list[Mapping[str, Any]]:
    """Every epoch, or of very many some spread evenly, the last and the kept one among them."""
    epochs = list(page.history)
    if len(epochs) <= LISTED_EPOCHS:
        return epochs
    step = -(-len(epochs) // LISTED_EPOCHS)
    last = len(epochs) - 1
    return [row for at, row in enumerate(epochs) if at % step == 0 or at == last or row["epoch"] == page.best_epoch]


def _epoch_lines(page: PageData) -> list[tuple[list[str], bool]]:
    """The table of epochs as text, each column with equally many decimals, and which epoch is the kept one."""
    shown, metric = _shown_epochs(page), page.main_metric
    columns = []
    for name in _epoch_columns(page):
        values = [row.get(name) for row in shown]
        if name in ("learning_rate", "seconds"):
            columns.append(aligned(values, smallest=name == "learning_rate"))
        elif name == metric.name:
            columns.append([metric.cell(value, values) for value in values])
        else:
            columns.append([fixed(value, values) for value in values])
    lines = zip(*columns, strict=True)
    return [(list(line), row["epoch"] == page.best_epoch) for line, row in zip(lines, shown, strict=True)]


def _figures_of(page: PageData, metric: Metric) -> list[float]:
    """All that stands in a metric's row: values, ends of intervals, baselines."""
    scores = [page.metrics[part][metric.name] for part in PARTS if metric.name in page.metrics.get(part, {})]
    baselines = [page.baseline[part][metric.name] for part in PARTS if metric.name in page.baseline.get(part, {})]
    return [*baselines, *(score[end] for score in scores for end in ("value", "low", "high"))]


def _mistake_figures(page: PageData) -> list[MistakeFigures]:
    """Of each of the worst mistakes, with equally many decimals among them."""
    columns = (
        [mistake.truth for mistake in page.worst],
        [mistake.prediction for mistake in page.worst],
        [mistake.loss for mistake in page.worst],
    )
    return [MistakeFigures(*texts) for texts in zip(*map(aligned, columns), strict=True)]


def _value_columns(page: PageData) -> list[ValueColumn]:
    """The columns of the data beside the worst mistakes; whole numbers that a frame keeps as 40.0 are 40."""
    columns = []
    for name in dict.fromkeys(name for mistake in page.worst for name in mistake.values):
        values = [mistake.values.get(name) for mistake in page.worst]
        texts = ["" if value is None else number(value) for value in values]
        if all(text.endswith(".0") for text in texts if text):
            texts = [text.removesuffix(".0") for text in texts]
        columns.append(ValueColumn(name, texts, all(is_number(text) for text in texts if text)))
    return columns


def _parts_of_data(page: PageData) -> list[tuple[str, str, str]]:
    """The parts of the data that have rows, and what each is for."""
    sure = any(section.id == "reliability" for section in page.sections)
    uses = [
        ("train", "training", "the model learns from it"),
        (
            "valid",
            "validation",
            "chooses the epoch that is kept"
            + (", and calibrates the probabilities" if sure else "")
            + (f"; the training {plural(page.noun)}, each by a model that did not see it" if page.folds > 1 else ""),
        ),
        ("test", "test", "kept away until the end: says how good the model is"),
        ("unreadable", "unreadable", "left out of training and of every score"),
    ]
    return [use for use in uses if page.rows.get(use[0], 0) or use[0] == "train"]
