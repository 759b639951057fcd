"""How well ratings are predicted for users and items of which much or little is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.report.svg import drawing
from goodfit.tasks.rating_activity import BANDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, VERMILION = "#0072B2", "#D55E00"  # as in plots.py


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
