"""Figures of an experiment: intervals over seeds, tables in Markdown, plots as small SVG files."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

COLOURS = ("#1f6feb", "#d1570b", "#2a8a4a", "#8b3fb5", "#6e7681")


class Interval(NamedTuple):
    """A mean over seeds with its 95% interval by Student's t."""

    mean: float
    low: float
    high: float


def interval(values: Sequence[float]) -> Interval:
    """Mean and 95% interval of values that are independent of each other, such as one a seed (Student's t)."""
    from scipy.stats import t

    middle, n = float(np.mean(values)), len(values)
    half = float(t.ppf(0.975, n - 1)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return Interval(middle, middle - half, middle + half)


def percent(values: Sequence[float], digits: int = 1) -> str:
    """`87.3% (86.9 to 87.7)` of shares."""
    mean, low, high = (100 * each for each in interval(values))
    return f"{mean:.{digits}f}% ({low:.{digits}f} to {high:.{digits}f})"


def points(values: Sequence[float], digits: int = 1) -> str:
    """`+0.4 points (-0.1 to +0.9)` of differences of shares."""
    mean, low, high = (100 * each for each in interval(values))
    return f"{mean:+z.{digits}f} points ({low:+z.{digits}f} to {high:+z.{digits}f})"


def differs(values: Sequence[float]) -> bool:
    """Whether the 95% interval of the mean leaves out 0."""
    _, low, high = interval(values)
    return low > 0 or high < 0


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def axes(columns: int = 1, width: float = 6.4, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """A figure with `columns` plots beside each other, in the lessons' style."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "goodfit", "font.family": "sans-serif", "font.size": 10})
    figure = Figure(figsize=(width, height), layout="constrained")
    made = figure.subplots(1, columns, squeeze=False)[0]
    for each in made:
        each.spines[["top", "right"]].set_visible(False)
        each.grid(alpha=0.25, linewidth=0.6)
    return figure, list(made)


def in_percent(axis: Axis) -> None:
    """Ticks of shares: 82.5%, 85%."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.3g}%"))


def save(figure: Figure, path: Path) -> None:
    """Write an SVG without a date, its numbers with two decimals; or a PNG of 64 colours: small, the same each time."""
    if path.suffix == ".png":
        from PIL import Image

        with io.BytesIO() as raw:
            figure.savefig(raw, format="png", dpi=100)
            Image.open(raw).convert("RGB").quantize(64).save(path, optimize=True)
        return
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<[^>]*>", lambda tag: _rounded(tag[0]), text)  # what people read, such as 0.825 at a tick, stays
    path.write_text(re.sub(r"[ \t]+\n", "\n", text), encoding="utf-8")


def _rounded(tag: str) -> str:
    return re.sub(r"-?\d+\.\d{3,}", lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), tag)
