"""Fits in 1, 2, 3 and 4 processes: do they end with the same weights and scores, and how long do they take?

    python bench/processes.py [--only NAME] [--more] [--counts 1,2,3,4] [--exact] [--seed 7]

A small data set of each kind (bench/same_bits.py) is fitted by `goodfit fit --processes N`, on CPUs, in float32. For
each number of processes: the largest difference of a weight to the fit in one process, over the largest weight of its
tensor; the largest difference of a metric; the training rows of an epoch; the seconds of an epoch, without the start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from same_bits import FITS, write_data

SOURCE = Path(__file__).resolve().parents[1] / "src"
MORE_FITS = {
    "images, batch norm apart": [*FITS["images"], "--no-sync-norm"],
    "images, strong augmentation": [*FITS["images"], "--augment", "strong"],
    "masks, dice": [*FITS["masks"], "--loss", "dice"],
    "masks, cross-entropy": [*FITS["masks"], "--loss", "cross-entropy"],
    "images, sharded": [*FITS["images"], "--shard", "--optimiser", "adamw"],
    "table, sharded": ["people.csv", "--target", "rich", "--epochs", "4", "--folds", "1", "--shard"],
    "ratings, sharded": [*FITS["ratings"], "--shard"],
    "masks, sharded": [*FITS["masks"], "--shard", "--optimiser", "adamw"],
    "own net, sharded": [*FITS["own net"], "--shard"],
    "table, a validation part": ["people.csv", "--target", "rich", "--epochs", "4", "--folds", "1"],
    "table, moving average": ["people.csv", "--target", "income", "--epochs", "4", "--ema", "0.9", "--clip", "0.5"],
}


@dataclass(frozen=True)
class Fitted:
    """What a fit left behind."""

    weights: dict[str, np.ndarray]
    metrics: dict[str, float]
    rows: set[int]
    seconds: float  # of an epoch


def fit(data: Path, cache: Path, out: Path, arguments: list[str], count: int, seed: int) -> Fitted:
    """Run the command in so many processes."""
    done = subprocess.run(
        [sys.executable, "-m", "goodfit", "fit", *arguments, "--out", str(out), "--cache", str(cache), "--quiet"]
        + ["--precision", "float32", "--device", "cpu", "--seed", str(seed), "--processes", str(count)],
        cwd=data,
        env={"OMP_NUM_THREADS": "1", **os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"goodfit fit {' '.join(arguments)} in {count} processes failed:\n{done.stderr}")
    record = json.loads((out / "run.json").read_text())
    metrics = {
        f"{part} {name}": estimate["value"]
        for part, named in record["metrics"].items()
        for name, estimate in named.items()
    }
    history = record["history"]
    return Fitted(
        load_file(out / "model.safetensors"),
        metrics,
        {line["rows"] for line in history},
        history[-1]["seconds"] / len(history),
    )


def difference(one: Fitted, other: Fitted) -> tuple[float, float]:
    """The largest difference of a weight, over the largest of its tensor, and the largest of a metric."""
    weights = 0.0
    for name, tensor in one.weights.items():
        if tensor.size and tensor.dtype.kind == "f":
            largest = float(np.abs(tensor).max()) or 1.0
            weights = max(weights, float(np.abs(tensor - other.weights[name]).max()) / largest)
    return weights, max(abs(value - other.metrics[name]) for name, value in one.metrics.items())


def main() -> int:
    """Print a line for each kind and number of processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--more", action="store_true", help="further losses and options of the same tasks as well")
    parser.add_argument("--counts", default="1,2,3,4", help="numbers of processes; the first is compared with")
    parser.add_argument("--exact", action="store_true", help="by `goodfit fit --exact`")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    counts = [int(count) for count in given.counts.split(",")]
    print(f"{'':<28} {'processes':>9} {'weights':>9} {'metrics':>9} {'rows an epoch':>14} {'s an epoch':>11}")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "data").mkdir()
        write_data(place / "data")
        for number, (kind, arguments) in enumerate({**FITS, **(MORE_FITS if given.more else {})}.items()):
            if given.only not in kind:
                continue
            arguments = [*arguments, *(["--exact"] if given.exact else [])]
            one: Fitted | None = None
            for count in counts:
                out = place / f"run-{number}-{count}"
                fitted = fit(place / "data", place / "cache", out, arguments, count, given.seed)
                one = one or fitted
                weights, metrics = difference(one, fitted)
                rows = ", ".join(str(each) for each in sorted(fitted.rows))
                line = f"{kind:<28} {count:>9} {weights:>9.1e} {metrics:>9.1e} {rows:>14} {fitted.seconds:>11.3f}"
                print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
