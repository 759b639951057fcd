"""Fair timing of several loops against each other: in turn, many times, in one process."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping


def in_turn(loops: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Run every loop once a round, `repeats` rounds, after one round to warm up; each returns its own figure."""
    for loop in loops.values():
        loop()
    figures: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(repeats):
        names = list(loops)
        for name in names if number % 2 == 0 else reversed(names):
            figures[name].append(loops[name]())
    return figures


def spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def ratios(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Round by round, so that a drift of the machine's speed cancels."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])


def show(rates: Mapping[str, list[float]], unit: str) -> None:
    """Print the rates of "ours" and "by hand", and their ratio."""
    for name, values in rates.items():
        print(f"{name:<12}{spread(values)['median']:10.0f} {unit}")
    ratio = ratios(rates["ours"], rates["by hand"])
    print(f"ours over by hand {ratio['median']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f})")
