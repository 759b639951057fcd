"""Prediction intervals of numbers on real and simulated data: how often they hold the truth, and how wide they are.

Each table is fitted as `goodfit fit TABLE --target T --interval` does it, and the same rows again with the widths by
the predicted number alone. Test rows are looked at as a whole, and in fifths of the interval's width: rows that it
takes for quiet and for noisy are to be covered alike.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl

import goodfit as gf
from goodfit.fitting.blending import Finished
from goodfit.predict.scored_rows import scored_rows
from goodfit.tasks import from_json

FIFTHS = 5
NOISES = ("the same everywhere", "ten times, by a column", "growing with the number")


def simulated(noise: str) -> Any:
    """4,000 rows of four numbers, of which the second and third tell the number and the first how noisy it is."""
    random = np.random.default_rng(0)
    x = random.normal(size=(4_000, 4))
    deviation = {
        "the same everywhere": np.full(len(x), 0.7),
        "ten times, by a column": np.where(x[:, 0] > 0, 2.0, 0.2),
        "growing with the number": np.exp((np.sin(2 * x[:, 1]) + x[:, 2]) / 2),
    }[noise]
    y = np.sin(2 * x[:, 1]) + x[:, 2] + deviation * random.normal(size=len(x))
    return gf.table(pl.DataFrame({**{f"x{at}": column for at, column in enumerate(x.T)}, "y": y}), "y")


def _left_alone(finished: Finished, *_: object) -> Finished:
    return finished


def measured(source: Any, folder: Path, *, following: bool) -> dict[str, Any]:
    """Coverage and mean width of the test rows, the lowest coverage of a fifth, and the mean interval score."""
    began = time.monotonic()
    if following:
        run = gf.fit(source, out=folder, interval=True, quiet=True)
    else:
        with patch("goodfit.fitting.fit.with_spread", _left_alone):
            run = gf.fit(source, out=folder, interval=True, quiet=True)
    rows, task = scored_rows(folder)["test"], from_json(run.record.task)
    decoded = task.decode(rows.out)
    low, high, y = np.asarray(decoded["low"]), np.asarray(decoded["high"]), rows.y.double().numpy()
    inside, width = (low <= y) & (y <= high), high - low
    order = np.array_split(np.argsort(width, kind="stable"), FIFTHS)
    missed = np.maximum(np.maximum(low - y, y - high), 0)
    return {
        "rows": len(y),
        "by": next((choice.value for choice in run.record.choices if choice.name == "intervals"), "-"),
        "coverage": round(float(inside.mean()), 4),
        "fifths": [round(float(inside[part].mean()), 3) for part in order],
        "width": round(float(width.mean()), 4),
        "widths": [round(float(width[part].mean()), 4) for part in (order[0], order[-1])],
        "score": round(float((width + 20 * missed).mean()), 4),
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with california_housing, ml-100k and tables")
    parser.add_argument("--only", default="", help="lines with this in their name")
    options = parser.parse_args()
    data: Path = options.data
    ratings = pl.read_csv(
        data / "ml-100k/u.data", separator="\t", has_header=False, new_columns=["user", "film", "stars", "time"]
    )
    lines: dict[str, Callable[[], Any]] = {f"simulated, noise {noise}": partial(simulated, noise) for noise in NOISES}
    lines["California"] = partial(gf.table, data / "california_housing/housing.csv", "median_house_value")
    lines["MovieLens-100k"] = partial(gf.ratings, ratings.drop("time"), "user", "film", "stars")
    described = json.loads((data / "tables/tables.json").read_text())
    for name in ("ames", "cars", "concrete", "wage"):
        lines[name] = partial(gf.table, data / "tables" / name / "train.csv", described[name]["target"])
    for name, made in lines.items():
        if options.only and options.only not in name:
            continue
        for following in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                print(name, json.dumps(measured(made(), Path(folder) / "run", following=following)), flush=True)


if __name__ == "__main__":
    main()
