"""Profiles of columns, drawn: a histogram of each beside the normal curve, on one page or as one SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from goodfit.analysis.profile import ColumnProfile
from goodfit.formatting import number, year
from goodfit.report.plots import plain_ticks
from goodfit.report.svg import clean, drawing, short, to_svg
from goodfit.store.files import write_text
from goodfit.store.outputs import DRAWING_MARK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, GREY, PALE = "#0072B2", "#5b6673", "#8fc1e0"
DRAWN_AT_MOST = 60  # columns: beyond, a drawing takes seconds and nobody looks at it
PANELS_A_ROW = 3


def write_profile(profiles: Sequence[ColumnProfile], name: str, path: Path) -> Path:
    """Write an HTML page, or an SVG by the name's ending.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    drawn = [profile for profile in profiles if profile.numbers is not None or profile.levels][:DRAWN_AT_MOST]
    if path.suffix.lower() == ".svg":
        svg = to_svg(panels(drawn), "profile", f"Columns of {name}")
        write_text(path, f"{DRAWING_MARK.decode()}\n{svg}\n")
    else:
        write_text(path, render(profiles, drawn, name))
    return path


def render(profiles: Sequence[ColumnProfile], drawn: Sequence[ColumnProfile], name: str) -> str:
    """The page as text. It loads nothing from elsewhere and runs no script."""
    import markupsafe
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("goodfit.report", "."),
        autoescape=True,  # names of columns are anybody's text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    environment.globals["written"] = lambda column, value: (year if column.holds_years else number)(value)
    plots = [
        markupsafe.Markup(to_svg(panel(profile), f"column-{at}", f"Values of {profile.name}"))
        for at, profile in enumerate(drawn)
    ]
    numbers = [profile for profile in profiles if profile.numbers is not None]
    return clean(
        environment.get_template("profile.html.j2").render(
            name=name,
            profiles=profiles,
            numbers=numbers,
            others=[profile for profile in profiles if profile.numbers is None],
            rows=profiles[0].rows if profiles else 0,
            normal=sum(profile.numbers is not None and profile.numbers.is_normal for profile in profiles),
            plots=plots,
        )
    )


def panel(profile: ColumnProfile) -> Figure:
    """A drawing of one column that fits a phone, and a third of a wide page."""
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=(4.2, 2.6), layout="constrained")
        _draw(figure.subplots(), profile)
    return figure


def panels(profiles: Sequence[ColumnProfile]) -> Figure:
    """A panel a column: the histogram of its numbers with the normal curve of their mean and deviation, or levels."""
    from matplotlib.figure import Figure

    rows = max(1, -(-len(profiles) // PANELS_A_ROW))
    with drawing():
        figure = Figure(figsize=(4.2 * PANELS_A_ROW, 2.6 * rows), layout="constrained")
        grid = figure.subplots(rows, PANELS_A_ROW, squeeze=False)
        for axes, profile in zip(grid.flat, profiles, strict=False):
            _draw(axes, profile)
        for axes in list(grid.flat)[len(profiles) :]:
            axes.set_axis_off()
    return figure


def _draw(axes: Axes, profile: ColumnProfile) -> None:
    if profile.numbers is not None:
        _histogram(axes, profile)
    else:
        _bars(axes, profile)
    axes.set_title(short(profile.name, 30), parse_math=False)


def _histogram(axes: Axes, profile: ColumnProfile) -> None:
    each = profile.numbers
    assert each is not None
    edges, counts = np.asarray(each.edges), np.asarray(each.counts)
    axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=PALE)
    if each.deviation > 0 and np.isfinite(each.deviation):
        x = np.linspace(edges[0], edges[-1], 120)
        density = np.exp(-0.5 * ((x - each.mean) / each.deviation) ** 2) / (each.deviation * np.sqrt(2 * np.pi))
        axes.plot(x, density * counts.sum() * (edges[1] - edges[0]), color=BLUE, linewidth=1.5)
    axes.axvline(each.mean, color=GREY, linewidth=1, linestyle="--")
    axes.locator_params(nbins=5)
    axes.yaxis.set_major_formatter(plain_ticks())
    if not profile.holds_years:
        axes.xaxis.set_major_formatter(plain_ticks())


def _bars(axes: Axes, profile: ColumnProfile) -> None:
    at = np.arange(len(profile.levels))
    axes.barh(at, [count for _, count in profile.levels], color=PALE)
    axes.set_yticks(at, [short(value, 16) for value, _ in profile.levels], parse_math=False)
    axes.set_ylim(len(at) - 0.4, -0.6)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter(plain_ticks())
    axes.grid(visible=False, axis="y")
