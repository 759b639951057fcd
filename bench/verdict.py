"""Error rates of the verdict: fits whose truth is known by construction, and what they are called.

    python bench/verdict.py [--each 200] [--workers 1] [--kinds noise,linear] [--results verdict.jsonl]

Every kind is drawn anew for each fit, in turn for each kind of data (classes, numbers, and where it has them ratings
and images); the defaults are used but for what makes the kind, as the epochs of a fit that is too short. Results go to
a file as they come, so that an interrupted measurement goes on. Printed is how often each kind is given each verdict,
with the 95% interval (Wilson) of the share that is named rightly.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from _verdict_kinds import FEW, KINDS, NO_BETTER, OVERFIT

import goodfit as gf
from goodfit.stats.estimates import proportion

REFUSED = "refused in one line"


def one(task: tuple[str, str, int]) -> dict[str, object]:
    """Fit one draw of a kind, and note what it is called, with the rules that spoke."""
    kind, data, seed = task
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    source = KINDS[kind].makers[data](random)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = {"kind": kind, "data": data, "seed": seed}
        try:
            run = gf.fit(source, out=Path(folder) / "run", seed=seed, quiet=True, **KINDS[kind].options)
        except gf.GoodfitError as error:  # such as a class of two images
            return {**drawn, "verdict": REFUSED, "rules": [], "why": str(error)}
    return {**drawn, "verdict": run.verdict, "rules": [finding.rule for finding in run.findings]}


def tell(results: list[dict[str, object]], kinds: list[str]) -> None:
    """Print the table of truth against verdict, and the two error rates that matter most."""
    for kind in kinds:
        for data in KINDS[kind].makers:
            counts = Counter(str(r["verdict"]) for r in results if r["kind"] == kind and r["data"] == data)
            print(f"  {kind}, {data}: " + ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common()))
        called = [str(r["verdict"]) for r in results if r["kind"] == kind]
        if KINDS[kind].right and called:
            share = proportion(sum(verdict in KINDS[kind].right for verdict in called), len(called))
            print(f"{kind}: {share.value:.1%} of {len(called)} named rightly ({share.low:.1%} to {share.high:.1%})")
    judged = [r for r in results if KINDS[str(r["kind"])].right]
    noise = [r["verdict"] in (NO_BETTER, FEW) for r in judged if r["kind"] == "noise"]
    others = [r["verdict"] == OVERFIT for r in judged if r["kind"] not in ("too long", "by heart")]
    for words, wrong in (
        ("noise called anything else", [not each for each in noise]),
        ("overfit where it is not", others),
    ):
        if wrong:
            share = proportion(sum(wrong), len(wrong))
            print(f"{words}: {share.value:.1%} of {len(wrong)} ({share.low:.1%} to {share.high:.1%})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=200, help="fits of a kind")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--results", type=Path, default=Path("verdict.jsonl"))
    parser.add_argument("--only-print", action="store_true")
    given = parser.parse_args()
    kinds = given.kinds.split(",")
    tasks = [
        (kind, list(KINDS[kind].makers)[seed % len(KINDS[kind].makers)], seed)
        for seed in range(given.each)
        for kind in kinds
    ]
    lines = given.results.read_text().splitlines() if given.results.exists() else []
    results = [json.loads(line) for line in lines]
    known = {(r["kind"], r["data"], r["seed"]) for r in results}
    left = [] if given.only_print else [task for task in tasks if task not in known]
    with ProcessPoolExecutor(given.workers) as pool, given.results.open("a") as file:
        for result in pool.map(one, left):
            results.append(result)
            file.write(json.dumps(result) + "\n")
            file.flush()
    tell([r for r in results if (r["kind"], r["data"], r["seed"]) in set(tasks)], kinds)


if __name__ == "__main__":
    main()
