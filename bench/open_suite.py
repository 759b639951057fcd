"""Seventeen real tables: the command as a newcomer gives it, against the defaults of four rivals on the same test rows.

    python bench/open_suite.py [--only german,ames] [--suite FOLDER]

The tables lie in ../shared/data/tables, one folder each with train.csv and test.csv; tables.json names their targets
and rivals.json the rivals' figures: histogram gradient boosting, a random forest, a linear model and CatBoost. The gain
of a model is how much lower its log loss (or RMSE) is than that of the trivial predictor; printed is our gain as a
share of the best rival's. The test rows are scored once.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SUITE = Path(__file__).resolve().parents[2] / "shared" / "data" / "tables"
RIVALS = ("hgb", "forest", "linear", "catboost")
SCORES = {"classification": "log_loss", "regression": "rmse"}


def fitted(folder: Path, target: str, scratch: Path) -> tuple[dict[str, Any], float]:
    """What `goodfit fit --json` prints, and seconds of the whole command."""
    command = [
        sys.executable, "-m", "goodfit", "fit", str(folder / "train.csv"), "--test", str(folder / "test.csv"),
        "--target", target, "--out", str(scratch / folder.name), "--json",
    ]  # fmt: skip
    start = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout), time.perf_counter() - start


def share_of_gain(ours: float, rivals: dict[str, Any], score: str) -> float:
    """Our gain over the trivial predictor as a share of the best rival's."""
    trivial: float = rivals["mean"][score]
    best: float = min(rivals[name][score] for name in RIVALS if score in rivals.get(name, {}))
    return (trivial - ours) / (trivial - best)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--suite", type=Path, default=SUITE, help="other tables, as bench/more_tables.py makes them")
    given = parser.parse_args()
    suite = given.suite
    if not suite.is_dir():
        print(f"open_suite: {suite} is not here, so nothing was measured")
        return
    tables = json.loads((suite / "tables.json").read_text())
    rivals = json.loads((suite / "rivals.json").read_text())
    names = [name for name in given.only.split(",") if name] or list(tables)
    shares, alone_shares = [], []
    print(
        f"{'table':<14}{'rows':>7}  {'score':<9}{'ours':>11}{'net alone':>11}  {'share':>6}{'alone':>7}"
        "  seconds  verdict"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            table = tables[name]
            score = SCORES[table["kind"]]
            result, seconds = fitted(suite / name, table["target"], Path(scratch))
            ours = result["metrics"]["test"][score]["value"]
            nets = [rival for rival in result["rivals"] if rival["name"].startswith("the net")]
            alone = nets[0]["metrics"]["test"][score]["value"] if nets else ours
            shares.append(share_of_gain(ours, rivals[name], score))
            alone_shares.append(share_of_gain(alone, rivals[name], score))
            print(
                f"{name:<14}{table['rows']:>7,}  {score:<9}{ours:>11.4f}{alone:>11.4f}  {shares[-1]:>6.3f}"
                f"{alone_shares[-1]:>7.3f}  {seconds:>7.0f}  {result['verdict']}",
                flush=True,
            )
    wins = sum(share >= 1 for share in shares)
    print(
        f"at or above the best rival: {wins} of {len(shares)}; mean share {sum(shares) / len(shares):.3f}, lowest "
        f"{min(shares):.3f}; the net alone: mean {sum(alone_shares) / len(shares):.3f}, lowest {min(alone_shares):.3f}"
    )


if __name__ == "__main__":
    main()
