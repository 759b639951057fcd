"""How well ratings are predicted for users and items of which much or little is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.formatting import number
from goodfit.report.plots import BLUE, HALF, VERMILION
from goodfit.report.svg import drawing
from goodfit.tasks.rating_activity import BANDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def activity_curve(activity: Mapping[str, Any]) -> Figure:
    """RMSE by number of training ratings of the user and of the item, with 95% intervals.

    Args:
        activity: users and items (from, to, rows, rmse each).
    """
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=HALF)
        axes = figure.add_subplot()
        for name, colour, marker, shift in (("users", BLUE, "o", -0.08), ("items", VERMILION, "D", 0.08)):
            bands = activity[name]
            at = np.array([BANDS.index(band["from"]) for band in bands]) + shift
            value, low, high = (np.array([band["rmse"][key] for band in bands]) for key in ("value", "low", "high"))
            axes.errorbar(at, value, yerr=[value - low, high - value], fmt=marker, color=colour, capsize=4, label=name)
        ends = [f"to {high - 1}" if high is not None else "or more" for high in (*BANDS[1:], None)]
        names = ["none" if low == 0 else f"{low} {end}" for low, end in zip(BANDS, ends, strict=True)]
        axes.set_xticks(range(len(BANDS)), names, rotation=35, ha="right", rotation_mode="anchor")
        axes.set(title="Error by what is known", xlabel="training ratings of the user or item", ylabel="RMSE")
        axes.legend()
    return figure


def popularity_curve(popularity: Mapping[str, Any]) -> Figure:
    """Training ratings of the items, the most popular first, both axes by powers of ten.

    Args:
        popularity: place and ratings, (K,) each.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    with drawing():
        figure = Figure(figsize=HALF)
        axes = figure.add_subplot()
        axes.loglog(popularity["place"], popularity["ratings"], color=BLUE)
        axes.set(title="Popularity", xlabel="place of the item", ylabel="training ratings")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))  # of one decade too
            axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
            axis.set_minor_formatter(NullFormatter())
    return figure
