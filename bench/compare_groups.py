"""How often two equally good models are called different at 5% in AUC and balanced accuracy, on rows in groups.

    python bench/compare_groups.py [--draws 400]

Groups are of five rows, of one to sixty (geometric), or one has half of the rows; the classes are mixed in a group, or
each group is of one class. Models have a shift of their own for each group, share most of it, lean to opposite classes,
or differ in half of the groups alone. Beside each test the t test of the groups' sums. docs/compare.md has the table.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_tests import area_test, recall_test
from goodfit.stats.areas import placement_values
from goodfit.stats.groups import pooled
from goodfit.stats.paired import paired_t
from goodfit.stats.recalls import recall_influence

Random = np.random.Generator
GROUPS = (6, 12, 20, 60)
SIZES: dict[str, Callable[[Random, int], np.ndarray]] = {
    "five rows each": lambda _, groups: np.full(groups, 5),
    "one to sixty": lambda random, groups: np.minimum(1 + random.geometric(0.12, groups), 60),
    "one has half": lambda _, groups: np.where(np.arange(groups) == 0, 3 * groups // 2, 3),
}
MODELS = ("shifts of their own", "shared shifts", "leaning apart", "differ in half")


def drawn(random: Random, models: str, sizes: np.ndarray, *, by_class: bool) -> list[Entry]:
    """Two models of equal quality; a class of 40%, at least two rows of each."""
    groups = np.repeat(np.arange(len(sizes)), sizes)
    rows, positive = len(groups), np.zeros(0, dtype=bool)
    while not 2 <= positive.sum() <= rows - 2:
        positive = (random.random(len(sizes)) < 0.4)[groups] if by_class else random.random(rows) < 0.4
    base = np.where(positive, 1.5, -1.5)

    def shift() -> np.ndarray:
        return random.normal(size=len(sizes))[groups]

    common = base + shift() + random.normal(size=rows)
    if models == "shared shifts":
        scores = [common + (shift() + random.normal(size=rows)) / 2 for _ in "ab"]
    elif models == "differ in half":
        some = (random.random(len(sizes)) < 0.5)[groups]
        scores = [common + 2 * some * shift() for _ in "ab"]
    else:
        lean = 1.0 if models == "leaning apart" else 0.0
        scores = [base + sign * lean + shift() + random.normal(size=rows) for sign in (1, -1)]
    words, keys = np.array(["no", "yes"]), tuple(map(str, range(rows)))
    truth, entries = words[positive.astype(int)], []
    for name, score in zip("ab", scores, strict=True):
        share = 1 / (1 + np.exp(-score))
        predicted = words[(score > 0).astype(int)]
        both = np.stack([1 - share, share], axis=1)
        entries.append(Entry(name, "rows", keys, True, truth, predicted, ("no", "yes"), both, groups=groups))
    return entries


def rejected(a: Entry, b: Entry) -> dict[str, bool]:
    """Which tests call them different."""
    assert a.groups is not None
    assert a.probabilities is not None
    assert b.probabilities is not None
    positive = np.asarray(a.truth == "yes")
    areas = [placement_values(each.probabilities[:, 1], positive) for each in (a, b) if each.probabilities is not None]
    recalls = [recall_influence(np.asarray(each.predicted == each.truth), positive.astype(int)) for each in (a, b)]
    sums = [pooled(one - other, a.groups) for one, other in (areas, recalls)]
    plain = [paired_t(each, np.zeros(len(each))).p < 0.05 for each in sums]
    return {
        "AUC": area_test(a, b)[0].p < 0.05,
        "AUC, t of sums": plain[0],
        "balanced accuracy": recall_test(a, b).p < 0.05,
        "balanced accuracy, t of sums": plain[1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=400)
    draws = parser.parse_args().draws
    print(f"percent of {draws:,} pairs called different, with {', '.join(map(str, GROUPS))} groups; a simulation error "
          f"is {100 * np.sqrt(0.05 * 0.95 / draws):.1f}")  # fmt: skip
    for models in MODELS:
        for sizes, made in SIZES.items():
            for by_class in (False, True):
                rates: dict[str, list[str]] = {}
                for groups in GROUPS:
                    random, counts = np.random.default_rng(groups), Counter[str]()
                    for _ in range(draws):
                        pair = drawn(random, models, made(random, groups), by_class=by_class)
                        counts.update({name: int(said) for name, said in rejected(*pair).items()})
                    for name, count in counts.items():
                        rates.setdefault(name, []).append(f"{100 * count / draws:.1f}")
                kind = "of one class" if by_class else "mixed"
                figures = " | ".join(", ".join(each) for each in rates.values())
                print(f"{models} | {sizes}, {kind} | {figures}", flush=True)


if __name__ == "__main__":
    main()
