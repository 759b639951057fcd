"""Whether the confidence of predictions means what it says: confidence of each bin beside the share that is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.formatting import counted
from goodfit.report.plots import HALF
from goodfit.report.svg import drawing, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, GREY, PALE = "#0072B2", "#5b6673", "#8fc1e0"  # as in plots.py

LETTERS_OF_LABEL = 24
SPAN = 0.2  # of the axes at least: with less the ticks say more than the rows can


def reliability_diagram(calibration: Mapping[str, Any], label: str | None = None) -> Figure:
    """The share that is right by confidence, of a label the share that has it by its probability, in bins.

    On the dashed line both are equal.

    Args:
        calibration: as `goodfit.stats.calibration.Reliability.to_json` gives it.
        label: what the probabilities are of; None: of the class that is predicted.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    bins, of_label = calibration["bins"], "E" if label is None else f"{short(label, LETTERS_OF_LABEL)}: e"
    said, right, rows = (np.array([each[name] for each in bins]) for name in ("confidence", "accuracy", "rows"))
    low, high = min(said.min(), right.min(), 1 - SPAN), 1.0
    error = np.sqrt(right * (1 - right) / rows) * 1.96
    with drawing():
        figure = Figure(figsize=HALF)
        axes = figure.add_subplot()
        axes.plot([low, high], [low, high], color=GREY, linewidth=1, linestyle="--")
        below, above = np.minimum(error, right), np.minimum(error, 1 - right)
        axes.errorbar(said, right, yerr=[below, above], fmt="o", color=BLUE, ecolor=PALE, capsize=3)
        margin = 0.03 * (high - low) or 0.03
        axes.set_xlim(low - margin, high + margin)
        axes.set_ylim(max(-0.03, low - 4 * margin), high + margin)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.set(
            title=f"{of_label}xpected calibration error: {100 * calibration['ece']:.1f} points",
            xlabel=f"{'confidence' if label is None else 'probability'}, in {counted(len(bins), 'bin')} of equal size",
            ylabel="share that is right" if label is None else "share that is there",
        )
    return figure
