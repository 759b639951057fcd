"""The page: one self-contained HTML file, with everything that was written by others escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.analysis.verdict import tone_of
from goodfit.formatting import capital, duration, fixed, moment, number, sentence, spaced
from goodfit.report.drawings import curves, draw
from goodfit.report.page_data import PageData
from goodfit.report.svg import clean
from goodfit.store.files import write_text
from goodfit.tasks.section import Bar, Plot, Table

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

THUMBNAIL_SIDE = 128  # pixels of the longer side
THUMBNAIL_BYTES = 16_000  # beyond, a palette of 256 colours: 24 images of noise are then 0.5 MB, not 1.6
LISTED_UNREADABLE = 200
PARTS = {"test": "test", "valid": "validation"}
LEVELS = ("error", "warning", "notice")
PIXELATED_SIDE = 96  # pixels; smaller images are shown with square pixels


def render(page: PageData) -> str:
    """The whole page as text. It loads nothing from elsewhere and runs no script."""
    import markupsafe

    part = page.scored_part
    score = page.metrics.get(part, {}).get(page.main_metric.name)
    base = page.baseline.get(part, {}).get(page.main_metric.name)
    levels = [str(finding["level"]) for finding in page.findings]
    text = _template().render(
        page=page,
        curves={name: markupsafe.Markup(svg) for name, svg in curves(page).items()},  # escaped by to_svg
        draw=lambda plot: markupsafe.Markup(draw(plot)),
        tone=tone_of(page.verdict, levels),
        part=part,
        parts={name: words for name, words in PARTS.items() if page.metrics.get(name)},
        metrics=[
            page.metric(name) for name in dict.fromkeys(name for named in page.metrics.values() for name in named)
        ],
        score=score,
        base=base,
        scale=_scale(score, base) if score is not None else None,
        findings=sorted(page.findings, key=lambda finding: _rank(str(finding["level"]))),
        finding_counts=[(level, levels.count(level)) for level in LEVELS if level in levels],
        worst=[(mistake, thumbnail_uri(mistake.thumbnail)) for mistake in page.worst],
        pixelated=[
            mistake.thumbnail is not None and max(mistake.thumbnail.shape[:2]) <= PIXELATED_SIDE
            for mistake in page.worst
        ],
        unreadable=list(page.unreadable[:LISTED_UNREADABLE]),
        epoch_columns=_epoch_columns(page),
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


def breakable(path: str) -> Markup:
    """A path that a narrow column may break after its slashes."""
    from markupsafe import Markup, escape

    return Markup("/<wbr>").join(escape(step) for step in path.split("/"))


def thumbnail_uri(pixels: np.ndarray | None) -> str | None:
    """An image as a data: address of a PNG of 128 pixels at most.

    Args:
        pixels: (H, W, C) uint8 with C 1, 3 or 4, or None.
    """
    if pixels is None:
        return None
    from PIL import Image

    array = np.ascontiguousarray(pixels, dtype=np.uint8)
    image = Image.fromarray(array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    content = _png(image)
    if len(content) > THUMBNAIL_BYTES:
        content = _png(image.convert("RGB").quantize(256))
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _scale(score: Mapping[str, float], base: float | None) -> dict[str, float] | None:
    """Where value, interval and baseline stand on a line: its two ends, and positions in percent of it."""
    marks = [float(score[name]) for name in ("value", "low", "high")] + ([float(base)] if base is not None else [])
    if not np.isfinite(marks).all():
        return None
    start, end = min(0.0, *marks), max(marks)
    end = 1.0 if start == 0 and end <= 1 else end * 1.08
    span = (end - start) or 1.0
    places = {name: 100 * (float(score[name]) - start) / span for name in ("value", "low", "high")}
    if base is not None:
        places["base"] = 100 * (float(base) - start) / span
    return {**places, "start": start, "end": end}


def _epoch_columns(page: PageData) -> dict[str, str]:
    """Columns of the table of epochs and their titles."""
    if not page.history:
        return {}
    metric = page.main_metric
    titles = {name: spaced(name) for name in ("epoch", "train_loss", "valid_loss")}
    titles |= {metric.name: metric.title} | {name: spaced(name) for name in ("learning_rate", "seconds")}
    return {name: title for name, title in titles.items() if name in page.history[0]}


def cell(value: Any) -> str:
    """A cell of a section's table."""
    from markupsafe import Markup

    if isinstance(value, Bar):
        return Markup(
            '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect width="{:.1f}" height="10" fill="#8fc1e0"/></svg>'
        ).format(100 * value.share)
    if isinstance(value, tuple):
        return f"{fixed(value[0])} to {fixed(value[1])}"
    return fixed(value)


def rows_of_blocks(blocks: Sequence[Plot | Table]) -> list[list[Plot | Table]]:
    """The blocks of a section, plots of half the width side by side."""
    rows: list[list[Plot | Table]] = []
    for half, group in groupby(blocks, key=lambda block: isinstance(block, Plot) and block.width == "half"):
        together = list(group)
        rows += [together] if half else [[block] for block in together]
    return rows


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("goodfit.report", "."),
        autoescape=True,  # names of classes and files are anybody's text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for filter_ in (breakable, capital, cell, duration, fixed, moment, number, rows_of_blocks, sentence, spaced):
        environment.filters[filter_.__name__] = filter_
    environment.tests["plot"] = lambda block: isinstance(block, Plot)
    return environment.get_template("page.html.j2")
