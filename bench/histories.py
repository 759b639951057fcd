"""Histories of training that people have labelled: how often `overfitting` agrees with them.

    python bench/histories.py FOLDER

FOLDER is yours: histories in JSON, in folders called overfit and non_overfit at any depth, as the replication package
OverfitGuard of Li et al. 2024 ("Keeping deep learning models in check") has them; each names its two losses as
train_metric and monitor_metric. The bound of the rule was chosen on its data/training; data/testing was run once.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from goodfit.checks.curves.curves import Curves, Series
from goodfit.checks.rule import check_curves
from goodfit.checks.selection import Selection
from goodfit.stats.estimates import proportion


def called_overfit(path: Path) -> bool:
    history = json.loads(path.read_text())
    train, valid = (
        Series(history[key], np.arange(len(history[history[key]])), np.array(history[history[key]], dtype=float))
        for key in ("train_metric", "monitor_metric")
    )
    return bool(check_curves(Curves(train, valid), Selection(["overfitting"], ()).rules()))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    called = {
        label: {path: called_overfit(path) for path in sorted(given.folder.rglob(f"{label}/**/*.json"))}
        for label in ("overfit", "non_overfit")
    }
    for label, files in called.items():
        share = proportion(sum(files.values()), len(files))
        print(f"{label}: {sum(files.values())} of {len(files)} called overfit ({share.low:.1%} to {share.high:.1%})")
    found, false = sum(called["overfit"].values()), sum(called["non_overfit"].values())
    missed = len(called["overfit"]) - found
    print(f"F1 {2 * found / (2 * found + false + missed):.3f}")
    for path, wrong in called["non_overfit"].items():
        if wrong:
            print(f"  false: {path.relative_to(given.folder)}")
    for path, right in called["overfit"].items():
        if not right:
            print(f"  missed: {path.relative_to(given.folder)}")


if __name__ == "__main__":
    main()
