"""Feature importance and partial dependence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.formatting import number
from goodfit.report.svg import drawing, short
from goodfit.tasks.section import Plot, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, GREY = "#0072B2", "#5b6673"  # as in plots.py
LISTED_COLUMNS = 15  # columns under each other
LABEL_LETTERS = 60  # of the name of an axis


def importance_bars(importance: Sequence[Mapping[str, Any]]) -> Figure:
    """Rise of the loss when a column is shuffled, with its 95% interval, the most important on top.

    Args:
        importance: column, value, low, high each, the most important first.
    """
    from matplotlib.figure import Figure

    shown = importance[:LISTED_COLUMNS]
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
            axes.set_xlabel(short(str(column["column"]), LABEL_LETTERS), parse_math=False)
        for axes in figure.axes[len(dependence) :]:
            axes.set_axis_off()
        for axes in figure.axes[: len(dependence) : 2]:
            axes.set_ylabel(short(f"mean {dependence[0]['what']}", LABEL_LETTERS), parse_math=False)
    return figure


def importance_section(explanation: Mapping[str, Any]) -> Section:
    """Importance of columns and partial dependence, as `goodfit.analysis.importance.explain` gave them."""
    plots = [Plot("importance", (explanation["importance"],), "Importance of each column")]
    if explanation["dependence"]:
        plots.append(Plot("dependence", (explanation["dependence"],), "Prediction by column"))
    text = (
        f"How much worse {number(explanation['rows'])} scored rows are predicted when one column is shuffled among "
        f"them. Correlated columns share importance. Below, the mean prediction when a column has one value in all "
        "rows."
    )
    return Section("explanation", "Feature importance", text, plots, link="Columns")
