"""The page: one self-contained HTML file, with everything that was written by others escaped."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.report.formatting import capital, duration, fixed, metric_words, moment, number, sentence
from goodfit.report.importance_plots import activity_panels, explanation_plots
from goodfit.report.page_data import LOWER_IS_BETTER, ReportFacts, confused_pairs
from goodfit.report.plots import MAPPED_CLASSES, PLOTS, all_plots
from goodfit.report.svg import clean, to_svg
from goodfit.store.files import write_text

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

THUMBNAIL_SIDE = 128  # pixels of the longer side
THUMBNAIL_BYTES = 16_000  # beyond, a palette of 256 colours: 24 images of noise are then 0.5 MB, not 1.6
LISTED_UNREADABLE = 200
PARTS = {"test": "test", "valid": "validation"}
LEVELS = ("error", "warning", "notice")
BAD_VERDICTS = ("not to be trusted", "no better than the baseline")


def render(facts: ReportFacts) -> str:
    """The whole page as text. It asks for nothing from outside and runs no script."""
    import markupsafe

    part = facts.scored_part
    score = facts.metrics.get(part, {}).get(facts.main_metric)
    base = facts.baseline.get(part, {}).get(facts.main_metric)
    levels = [str(finding["level"]) for finding in facts.findings]
    pairs = []
    if facts.confusion is not None and facts.classes and len(facts.classes) > 2:
        pairs = confused_pairs(facts.confusion, facts.classes)
    drawn = all_plots(facts)
    if facts.explanation:
        drawn |= explanation_plots(facts.explanation)
    if facts.activity:
        drawn["activity"] = to_svg(activity_panels(facts.activity), "plot-activity", "Error by what is known")
    text = _template().render(
        facts=facts,
        plots={name: markupsafe.Markup(drawn.get(name, "")) for name in PLOTS},  # escaped by to_svg
        tone=tone(facts),
        part=part,
        parts={name: words for name, words in PARTS.items() if facts.metrics.get(name)},
        metric_names=list(dict.fromkeys(name for named in facts.metrics.values() for name in named)),
        score=score,
        base=base,
        scale=_scale(score, base) if score is not None else None,
        lower_is_better=LOWER_IS_BETTER,
        findings=sorted(facts.findings, key=lambda each: _rank(str(each["level"]))),
        finding_counts=[(level, levels.count(level)) for level in LEVELS if level in levels],
        pairs=pairs,
        mapped_classes=MAPPED_CLASSES,
        worst=[(each, thumbnail_uri(each.thumbnail)) for each in facts.worst],
        pixelated=[each.thumbnail is not None and max(each.thumbnail.shape[:2]) <= 96 for each in facts.worst],
        unreadable=list(facts.unreadable[:LISTED_UNREADABLE]),
        epoch_columns=_epoch_columns(facts),
    )
    return clean(text)


def write(facts: ReportFacts, path: str | Path) -> Path:
    """Write the page, whole or not at all.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    path = Path(path)
    write_text(path, render(facts))
    return path


def tone(facts: ReportFacts) -> str:
    """Which colour and sign the verdict has: "good", "caution" or "bad"."""
    if any(finding["level"] == "error" for finding in facts.findings) or facts.verdict in BAD_VERDICTS:
        return "bad"
    return "good" if facts.verdict == "good fit" else "caution"


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


def _epoch_columns(facts: ReportFacts) -> list[str]:
    """Columns of the table of epochs, the known ones first."""
    if not facts.history:
        return []
    known = ["epoch", "train_loss", "valid_loss", facts.main_metric, "learning_rate", "seconds"]
    return [name for name in known if name in facts.history[0]]


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
    for words in (breakable, capital, duration, fixed, metric_words, moment, number, sentence):
        environment.filters[words.__name__] = words
    return environment.get_template("page.html.j2")
