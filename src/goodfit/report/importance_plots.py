"""Feature importance and partial dependence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.formatting import counted
from goodfit.report.plots import BLUE, GREY, HALF, plain_ticks
from goodfit.report.svg import drawing, short
from goodfit.tasks.section import Plot, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LISTED_COLUMNS = 15  # columns under each other
LABEL_LETTERS = 40  # of the name of an axis


def importance_bars(importance: Sequence[Mapping[str, Any]]) -> Figure:
    """Rise of the loss when a column is shuffled, with its 95% interval, the most important on top.

    Args:
        importance: column, value, low, high each, the most important first.
    """
    from matplotlib.figure import Figure

    shown = importance[:LISTED_COLUMNS]
    with drawing():
        figure = Figure(figsize=(HALF[0], 1.5 + 0.27 * len(shown)))
        axes = figure.add_subplot()
        at = np.arange(len(shown))
        value, low, high = (np.array([row[name] for row in shown]) for name in ("value", "low", "high"))
        axes.barh(at, value, height=0.66, color="#8fc1e0")
        axes.errorbar(value, at, xerr=[value - low, high - value], fmt="none", ecolor="#17202a", capsize=3)
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_yticks(at, [short(str(row["column"])) for row in shown], parse_math=False)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.grid(visible=False, axis="y")
        more = "" if len(shown) == len(importance) else f": {len(shown)} of {counted(len(importance), 'column')}"
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter(plain_ticks())
        axes.set(xlabel="rise of the loss when shuffled")
        # of the whole figure: above the axes alone it is cut off where the names of columns are long
        figure.suptitle(f"Importance{more}", x=0.02, ha="left", fontsize=12, fontweight="bold")
    return figure


def dependence_curve(column: Mapping[str, Any]) -> Figure:
    """Mean prediction by the value of a column.

    Args:
        column: column, number (whether it is one), at, prediction, what.
    """
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=(HALF[0], 2.9))
        axes = figure.add_subplot()
        axes.yaxis.set_major_formatter(plain_ticks())
        if column["number"]:
            axes.plot(column["at"], column["prediction"], color=BLUE, marker=".")
            axes.locator_params(axis="x", nbins=5)
            axes.xaxis.set_major_formatter(plain_ticks())
        else:
            at = np.arange(len(column["at"]))
            axes.plot(at, column["prediction"], "o", color=BLUE)
            labels = [short(str(level)) for level in column["at"]]
            axes.set_xticks(at, labels, rotation=35, ha="right", rotation_mode="anchor", parse_math=False)
        axes.set_xlabel(short(str(column["column"]), LABEL_LETTERS), parse_math=False)
        axes.set_title(short(f"Mean {column['what']}", LABEL_LETTERS), parse_math=False)
    return figure


def importance_section(explanation: Mapping[str, Any]) -> Section:
    """Importance of columns and partial dependence, as `goodfit.analysis.importance.explain` gave them."""
    importance = explanation["importance"]
    plots = [Plot("importance", (importance,), "Importance of each column", "tall")]
    plots += [
        Plot("dependence", (column,), f"Prediction by {column['column']}", "half")
        for column in explanation["dependence"]
    ]
    text = (
        f"How much worse {counted(explanation['rows'], 'scored row')} are predicted when one column is shuffled among "
        "them. Bars have 95% intervals; correlated columns share importance. Beside it, the mean prediction when a "
        "column has one value in all rows."
    )
    return Section("explanation", "Feature importance", text, plots, link="Importance")
