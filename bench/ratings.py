"""MovieLens-100k: mean test RMSE over its own five folds with the defaults, and rows a second of the loop.

    python bench/ratings.py [--only folds|choices|features|speed] [--repeats 5]

Each fold is the command as a newcomer gives it, on the files as published; a fold's test rows are scored once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parent))
from _rows import by_hand, ours
from _tables import SHARED
from _timing import in_turn, show

import goodfit as gf
from goodfit.nets import architecture, build, measure
from goodfit.tasks import task_for

COLUMNS = ("column_1", "column_2", "column_3")  # the files have no names: user, item, rating, time


def folds() -> None:
    found = []
    start = time.perf_counter()
    for fold in range(1, 6):
        with tempfile.TemporaryDirectory() as scratch:
            command = [
                sys.executable, "-m", "goodfit", "fit", str(SHARED / "ml-100k" / f"u{fold}.base"), "--test",
                str(SHARED / "ml-100k" / f"u{fold}.test"), "--user", COLUMNS[0], "--item", COLUMNS[1], "--target",
                COLUMNS[2], "--out", f"{scratch}/run", "--cache", scratch, "--json",
            ]  # fmt: skip
            printed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        found.append(printed["metrics"]["test"]["rmse"]["value"])
        print(f"u{fold}: test rmse {found[-1]:.4f}")
    print(f"mean {statistics.mean(found):.4f}, all five in {time.perf_counter() - start:.0f} s")


def choices() -> None:
    """The ratings' rows as choices, without their stars: u1 of the five folds."""
    with tempfile.TemporaryDirectory() as scratch:
        base, test = (str(SHARED / "ml-100k" / f"u1.{part}") for part in ("base", "test"))
        command = [
            sys.executable, "-m", "goodfit", "fit", base, "--test", test, "--user", COLUMNS[0], "--item", COLUMNS[1],
            "--out", f"{scratch}/run", "--cache", scratch, "--json",
        ]  # fmt: skip
        printed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    for name, value in printed["metrics"]["test"].items():
        base_value = printed["baseline"]["test"][name]
        print(f"u1 as choices: {name} {value['value']:.4f} (popularity {base_value:.4f}), {printed['seconds']:.0f} s")


def features() -> None:
    """What is known of users and films besides the ratings, for films that training does not have (validation rows)."""
    folder = SHARED / "ml-100k"
    given: dict[str, Any] = {"user_features": folder / "u.user", "item_features": folder / "u.item"}
    for name, tables in (("ratings alone", dict[str, Any]()), ("with features", given)):
        for split, group in (("films known", None), ("films never seen", COLUMNS[1])):
            with tempfile.TemporaryDirectory() as scratch:
                source = gf.ratings(folder / "u1.base", *COLUMNS, group=group, **tables)
                with gf.fit(source, out=f"{scratch}/run") as run:
                    print(f"{name}, {split}: validation rmse {run.metrics['valid']['rmse'].value:.4f}", flush=True)


def speed(repeats: int) -> None:
    source = gf.ratings(SHARED / "ml-100k" / "u.data", *COLUMNS)
    source.prepare()
    rows = torch.arange(len(source))
    source.learn(rows)
    assert source.targets is not None
    task = task_for(source.targets, "rating")
    y = task.encode(source.targets, source.keys)

    def net() -> torch.nn.Module:
        torch.manual_seed(0)
        made = build("factors", source.in_shape, 1, **source.net_options())
        measure(made, source.whole)
        return made

    scaled = (y - y.mean()) / y.std()

    def loss(out: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return (out.squeeze(2) - y[:, None]).square().mean()

    recipe = architecture("factors").recipes[task.family]
    rates = in_turn(
        {
            "ours": lambda: ours(net(), source, y, task, recipe, rows),
            "by hand": lambda: by_hand(net(), source.whole(), scaled, loss, recipe),
        },
        repeats,
    )
    show(rates, "rows/s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=["folds", "choices", "features", "speed"])
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(2)
    if given.only in (None, "folds"):
        folds()
    if given.only in (None, "choices"):
        choices()
    if given.only in (None, "features"):
        features()
    if given.only in (None, "speed"):
        speed(given.repeats)


if __name__ == "__main__":
    main()
