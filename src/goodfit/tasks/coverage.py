"""How often intervals and prediction sets hold the truth, group by group: on average is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from goodfit.formatting import number, percent
from goodfit.stats.estimates import proportion
from goodfit.tasks.section import Section, Table

BANDS = 3  # of predicted numbers


def coverage_by_group(inside: np.ndarray, groups: np.ndarray, names: Sequence[str]) -> list[dict[str, Any]]:
    """group, rows, value, low, high of each group that has rows.

    Args:
        inside: (N,) bool: whether the truth is held.
        groups: (N,) number of the group of each row.
    """
    counts = np.bincount(groups, minlength=len(names))
    held = np.bincount(groups, weights=inside.astype(np.float64), minlength=len(names))
    return [
        {"group": name, "rows": int(rows), **proportion(float(hits), int(rows)).to_json()}
        for name, rows, hits in zip(names, counts, held, strict=True)
        if rows
    ]


def bands_of(predicted: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """The third that each predicted number is in, and what the thirds are called."""
    edges = np.quantile(predicted, np.arange(1, BANDS) / BANDS)
    low, high = (number(float(edge)) for edge in edges)
    return np.searchsorted(edges, predicted), [f"below {low}", f"{low} to {high}", f"above {high}"]


def coverage_section(groups: Sequence[dict[str, Any]], what: str) -> Section:
    """A table of the groups.

    Args:
        what: has the coverage: intervals, or prediction sets.
    """
    rows = [
        (
            each["group"],
            each["rows"],
            percent(each["value"], 1),
            f"{percent(each['low'])} to {percent(each['high'])}",
        )
        for each in groups
    ]
    text = f"How often the 90% {what} hold the truth. In a group far below 90%, more is unknown than they say."
    columns = ("group", "rows", "held", "95% interval")
    return Section("coverage", "Coverage by group", text, [Table(columns, rows)], link="Coverage")
