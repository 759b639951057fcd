"""Adult and California housing as the CSVs that a newcomer would have; MovieLens-100k's own five folds."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
ADULT = (
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race",
    "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income",
)  # fmt: skip


def adult(folder: Path) -> tuple[Path, Path]:
    """train.csv (32,561 rows), test.csv (16,281): names added, the test file's comment and full stops removed."""
    for source, name in (("adult.data", "train.csv"), ("adult.test", "test.csv")):
        with (SHARED / "adult" / source).open() as lines, (folder / name).open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(ADULT)
            for row in csv.reader(lines, skipinitialspace=True):
                if len(row) == len(ADULT):
                    writer.writerow([*row[:-1], row[-1].rstrip(".")])
    return folder / "train.csv", folder / "test.csv"


def california(folder: Path) -> tuple[Path, Path]:
    """The first fifth of RandomState(0)'s permutation is test.csv, the rest train.csv; target in 100,000 dollars."""
    with (SHARED / "california_housing" / "housing.csv").open() as lines:
        header, *rows = list(csv.reader(lines))
    target = header.index("median_house_value")
    for row in rows:
        row[target] = str(float(row[target]) / 100_000)
    order = np.random.RandomState(0).permutation(len(rows))  # the split that others publish on
    fifth = len(rows) // 5
    for name, chosen in (("test.csv", order[:fifth]), ("train.csv", order[fifth:])):
        with (folder / name).open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows[at] for at in chosen)
    return folder / "train.csv", folder / "test.csv"
