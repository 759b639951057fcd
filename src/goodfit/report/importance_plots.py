"""The figures of what a model goes by: importance of columns, partial dependence; what is known of users and items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.analysis.rating_activity import EDGES as BANDS
from goodfit.report.svg import drawing, short, to_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#5b6673"  # as in plots.py
LISTED = 15  # columns under each other


def importance_bars(importance: Sequence[Mapping[str, Any]]) -> Figure:
    """Rise of the loss when a column is shuffled, with its 95% interval, the most important on top.

    Args:
        importance: column, value, low, high each, the most important first.
    """
    from matplotlib.figure import Figure

    shown = importance[:LISTED]
    with drawing():
        figure = Figure(figsize=(11.0, 1.3 + 0.27 * len(shown)))
        axes = figure.add_subplot()
        at = np.arange(len(shown))
        value, low, high = (np.array([row[name] for row in shown]) for name in ("value", "low", "high"))
        axes.barh(at, value, height=0.66, color="#8fc1e0")
        axes.errorbar(value, at, xerr=[value - low, high - value], fmt="none", ecolor="#17202a", capsize=3)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_yticks(at, [short(str(row["column"])) for row in shown], parse_math=False)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        more = "" if len(shown) == len(importance) else f": the first {len(shown)} of {len(importance)} columns"
        axes.set(title=f"Importance{more}", xlabel="rise of the loss when the column is shuffled, with 95% interval")
    return figure


def dependence_panels(dependence: Sequence[Mapping[str, Any]]) -> Figure:
    """Mean prediction by the value of a column, one panel a column.

    Args:
        dependence: column, number (whether it is one), at, prediction, what each.
    """
    from matplotlib.figure import Figure

    rows = (len(dependence) + 1) // 2
    with drawing():
        figure = Figure(figsize=(11.0, 3.1 * rows), layout="constrained")
        for axes, column in zip(figure.subplots(rows, 2, squeeze=False, sharey=True).flat, dependence, strict=False):
            if column["number"]:
                axes.plot(column["at"], column["prediction"], color=BLUE, marker=".")
                axes.locator_params(axis="x", nbins=5)
            else:
                at = np.arange(len(column["at"]))
                axes.plot(at, column["prediction"], "o", color=BLUE)
                labels = [short(str(level)) for level in column["at"]]
                axes.set_xticks(at, labels, rotation=35, ha="right", fontsize=9, parse_math=False)
            axes.set_xlabel(str(column["column"]))
        for axes in figure.axes[len(dependence) :]:
            axes.set_axis_off()
        for axes in figure.axes[: len(dependence) : 2]:
            axes.set_ylabel(f"mean {dependence[0]['what']}")
    return figure


def activity_panels(activity: Mapping[str, Any]) -> Figure:
    """RMSE by number of training ratings of the user and of the item, with 95% intervals; and the items' popularity.

    Args:
        activity: users and items (from, to, rows, rmse each), popularity (place, ratings).
    """
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=(11.0, 3.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        for name, colour, marker, shift in (("users", BLUE, "o", -0.08), ("items", VERMILION, "D", 0.08)):
            bands = activity[name]
            at = np.array([BANDS.index(band["from"]) for band in bands]) + shift
            value, low, high = (np.array([band["rmse"][key] for band in bands]) for key in ("value", "low", "high"))
            left.errorbar(at, value, yerr=[value - low, high - value], fmt=marker, color=colour, capsize=4, label=name)
        ends = [f"to {high - 1}" if high is not None else "and more" for high in (*BANDS[1:], None)]
        names = ["none" if low == 0 else f"{low} {end}" for low, end in zip(BANDS, ends, strict=True)]
        left.set_xticks(range(len(BANDS)), names, fontsize=9)
        left.set(title="Error by what is known", xlabel="training ratings of the user or item", ylabel="RMSE")
        left.legend()
        right.loglog(activity["popularity"]["place"], activity["popularity"]["ratings"], color=BLUE)
        right.set(title="Popularity", xlabel="place of the item", ylabel="training ratings")
    return figure


def explanation_plots(explanation: Mapping[str, Any]) -> dict[str, str]:
    """importance and dependence as SVG."""
    importance, dependence = explanation["importance"], explanation["dependence"]
    plots = {"importance": to_svg(importance_bars(importance), "plot-importance", "Importance of each column")}
    if dependence:
        plots["dependence"] = to_svg(dependence_panels(dependence), "plot-dependence", "Prediction by column")
    return plots
