"""Feature importance and partial dependence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from goodfit.formatting import counted
from goodfit.report.plots import BLUE, GREY, HALF, plain_ticks
from goodfit.report.svg import drawing, short
from goodfit.tasks.section import Plot, Section

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LISTED_COLUMNS = 15  # columns under each other
LABEL_LETTERS = 40  # of the name of an axis
INCHES_OF_BARS, INCHES_OF_A_BAR = 1.5, 0.27  # height: around all of them, and of each
INCHES_OF_A_CURVE = 2.9
TALL_FROM = 1.5 * INCHES_OF_A_CURVE  # bars that are so high stand beside two curves
LETTERS_IN_A_LINE = 46  # of levels beside each other; more are turned


def importance_bars(importance: Sequence[Mapping[str, Any]]) -> Figure:
    """Rise of the loss when a column is shuffled, with its 95% interval, the most important on top.

    Args:
        importance: column, value, low, high each, the most important first.
    """
    from matplotlib.figure import Figure

    shown = importance[:LISTED_COLUMNS]
    with drawing():
        figure = Figure(figsize=(HALF[0], _height(len(shown))))
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


def _height(bars: int) -> float:
    """Inches of a figure of so many bars."""
    return INCHES_OF_BARS + INCHES_OF_A_BAR * bars


def in_order(level: Any) -> tuple[Any, ...]:
    """What levels are sorted by, as a person lists them: 2nd before 10th, and letters whether capital or not."""
    parts = re.split(r"(\d+)", str(level).casefold())
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts if part)


def dependence_curve(column: Mapping[str, Any]) -> Figure:
    """Mean prediction by the value of a column.

    Args:
        column: column, number (whether it is one), at, prediction, what.
    """
    from matplotlib.figure import Figure

    with drawing():
        figure = Figure(figsize=(HALF[0], INCHES_OF_A_CURVE))
        axes = figure.add_subplot()
        axes.yaxis.set_major_formatter(plain_ticks())
        if column["number"]:
            axes.plot(column["at"], column["prediction"], color=BLUE, marker=".")
            axes.locator_params(axis="x", nbins=5)
            axes.xaxis.set_major_formatter(plain_ticks())
        else:
            pairs = sorted(zip(column["at"], column["prediction"], strict=True), key=lambda pair: in_order(pair[0]))
            at = np.arange(len(pairs))
            axes.plot(at, [prediction for _, prediction in pairs], "o", color=BLUE)
            labels = [short(str(level)) for level, _ in pairs]
            if len(labels) * max(map(len, labels), default=0) > LETTERS_IN_A_LINE:
                axes.set_xticks(at, labels, rotation=35, ha="right", rotation_mode="anchor", parse_math=False)
            else:
                axes.set_xticks(at, labels, parse_math=False)
            axes.margins(x=0.5 / max(1, len(pairs)))
        axes.set_xlabel(short(str(column["column"]), LABEL_LETTERS), parse_math=False)
        axes.set_title(short(f"Mean {column['what']}", LABEL_LETTERS), parse_math=False)
    return figure


def importance_section(explanation: Mapping[str, Any]) -> Section:
    """Importance of columns and partial dependence, as `goodfit.analysis.importance.explain` gave them."""
    importance = explanation["importance"]
    width: Literal["tall", "half"] = "tall" if _height(len(importance[:LISTED_COLUMNS])) >= TALL_FROM else "half"
    plots = [Plot("importance", (importance,), "Importance of each column", width)]
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
