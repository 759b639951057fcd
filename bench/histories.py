"""Histories of training that people have labelled: how often `overfitting` agrees with them.

    python bench/histories.py FOLDER

FOLDER is yours. It holds histories as `goodfit check` reads them, in folders called overfit and non_overfit at any
depth, as those of OverfitGuard have them (Li et al. 2024, "Keeping deep learning models in check", its replication
package, data/training and data/testing). The bound of the rule was chosen on data/training; data/testing was run once.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from goodfit.checks.curves.read import read_curves
from goodfit.checks.rule import check_curves
from goodfit.checks.rules.overfitting import Overfitting
from goodfit.stats.estimates import proportion


def called_overfit(path: Path) -> bool:
    return any(check_curves(curves, [Overfitting()]) for curves in read_curves(path))


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
