"""Tables: test figures of the defaults on Adult and California housing, and rows a second of the loop.

    python bench/tables.py [--only adult|california|speed|predict] [--repeats 16]

The figures come from the command as a newcomer gives it; the test rows are scored once, at its end. The speed is that
of our loop over that of a hand-written one with the same net, batch and optimiser, in turn in one process.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from _rows import by_hand, ours
from _tables import adult, california
from _timing import in_turn, show

import goodfit as gf
from goodfit.nets import architecture, build, measure, usual_options
from goodfit.tasks import task_for

ROWS_A_ROUND = 12_800  # a second: a machine's speed drifts, and many short rounds in turn have the same drift


def figures(name: str, train: Path, test: Path, target: str, folder: Path) -> None:
    command = [
        sys.executable, "-m", "goodfit", "fit", str(train), "--test", str(test), "--target", target, "--out",
        str(folder / "run"), "--cache", str(folder / "cache"), "--json",
    ]  # fmt: skip
    start = time.perf_counter()
    printed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    found = {metric: round(value["value"], 4) for metric, value in printed["metrics"]["test"].items()}
    print(f"{name}: {found}, {printed['epochs']} epochs, {time.perf_counter() - start:.0f} s, {printed['verdict']}")


def speed(train: Path, repeats: int) -> None:
    source = gf.table(train, "income")
    source.prepare()
    rows = torch.arange(len(source))
    source.learn(rows)
    assert source.targets is not None
    task = task_for(source.targets)
    y = task.encode(source.targets, source.keys)

    def net() -> torch.nn.Module:
        torch.manual_seed(0)
        options = usual_options("tabm", source.in_shape, source.net_options())
        made = build("tabm", source.in_shape, task.outputs, **options)
        measure(made, source.whole)
        return made

    def loss(out: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(out.flatten(0, 1), y.repeat_interleave(out.shape[1]))

    recipe = architecture("tabm").recipes[task.family]
    x, few = source.whole(), slice(0, ROWS_A_ROUND)
    rates = in_turn(
        {
            "ours": lambda: ours(net(), source, y, task, recipe, rows[few]),
            "by hand": lambda: by_hand(net(), x[few], y[few], loss, recipe),
        },
        repeats,
    )
    show(rates, "rows/s")


def predictions(folder: Path) -> None:
    """Seconds to predict one row beyond the net's own time, and 100,000 rows of 50 columns."""
    random, rows = np.random.default_rng(0), 100_000
    columns = {f"n{at}": random.normal(size=rows) for at in range(35)}
    columns |= {f"c{at}": random.choice([f"level {level}" for level in range(30)], rows) for at in range(15)}
    target = np.where(columns["n0"] + random.normal(size=rows) > 0, "a", "b")
    frame = pl.DataFrame(columns)
    taught = frame[:20_000].with_columns(y=pl.Series(target[:20_000]))
    run = gf.fit(gf.table(taught, "y"), out=folder / "wide", epochs=1, quiet=True, cache=folder)
    x = torch.zeros(1, run.record.net.in_shape[0])
    with torch.inference_mode(), run.model.precision.autocast(x.device):  # as the run asks it
        net = best_of(lambda: run.net(x), 300)
    one = best_of(lambda: run.predict(frame[0]), 300)
    print(f"one row of 50 columns: {1e3 * one:.2f} ms, of which the net {1e3 * net:.2f} ms")
    print(f"100,000 rows of 50 columns: {best_of(lambda: run.predict(frame), 3):.2f} s")


def best_of(work: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["adult", "california", "speed", "predict"])
    parser.add_argument("--repeats", type=int, default=16)
    given = parser.parse_args()
    torch.set_num_threads(2)
    if given.only in (None, "predict"):
        with tempfile.TemporaryDirectory() as scratch:
            predictions(Path(scratch))
    for name, write, target in (("adult", adult, "income"), ("california", california, "median_house_value")):
        with tempfile.TemporaryDirectory() as scratch:
            train, test = write(Path(scratch))
            if given.only in (None, name):
                figures(name, train, test, target, Path(scratch))
            if name == "adult" and given.only in (None, "speed"):
                speed(train, given.repeats)


if __name__ == "__main__":
    main()
