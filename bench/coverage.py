"""How often the 95% intervals of goodfit's metrics hold the truth: simulated rows, as docs/benchmarks.md shows it.

Each line is a law of rows whose true figure is known (`bench/_laws.py`), drawn again and again.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from _grouped_laws import grouped_laws
from _laws import laws

SIZES = (30, 100, 300, 1_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4_000)
    parser.add_argument("--only", default="", help="lines with this in them")
    parser.add_argument("--skip", default="", help="metrics with this in their name")
    parser.add_argument("--seed", type=int, default=0, help="another one than methods were chosen with")
    parser.add_argument("--sides", action="store_true", help="percent below and above the interval, too")
    options = parser.parse_args()
    draws, began = options.draws, time.monotonic()
    print(f"percent of {draws:,} intervals that hold the truth; where 95% do, 95% of these figures lie within "
          f"{196 * np.sqrt(0.05 * 0.95 / draws):.1f} of it")  # fmt: skip
    print(f"| metric | rows | {' | '.join(f'n = {rows:,}' for rows in SIZES)} |\n|---|---|{'---|' * len(SIZES)}")
    for number, (metric, law, made) in enumerate([*laws(), *grouped_laws()]):
        if options.only not in f"{metric}, {law}" or (options.skip and options.skip in metric):
            continue
        shares, draw = [], made()
        for rows in SIZES:
            random, drawn = np.random.default_rng([rows, number, options.seed]), 0
            missed = {"below": 0, "above": 0}
            for _ in range(draws):
                estimate, truth = draw(random, rows)
                if estimate is not None:
                    drawn += 1
                    missed["below"] += truth < estimate.low
                    missed["above"] += truth > estimate.high
            sides = [f"{100 * count / max(1, drawn):.1f} {side}" for side, count in missed.items()]
            held = f"{100 * (1 - sum(missed.values()) / drawn):.1f}" if drawn else "–"
            shares.append(f"{held} ({', '.join(sides)})" if options.sides else held)
        print(f"| {metric} | {law} | {' | '.join(shares)} |", flush=True)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
