"""Flipped labels of the handwritten digits of scikit-learn: how many are found, beside the cleanlab package."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from goodfit.stats.confident_learning import wrong_labels

FLIPPED = 0.05


def main() -> None:
    warnings.simplefilter("ignore")
    from cleanlab.filter import find_label_issues

    x, y = load_digits(return_X_y=True)
    for seed in range(3):
        random = np.random.default_rng(seed)
        flipped = random.random(len(y)) < FLIPPED
        labels = np.where(flipped, (y + random.integers(1, 10, len(y))) % 10, y)
        shares = cross_val_predict(LogisticRegression(max_iter=300), x / 16, labels, cv=5, method="predict_proba")
        theirs = find_label_issues(labels, shares, filter_by="both", return_indices_ranked_by="self_confidence")
        for name, found in (("goodfit", wrong_labels(labels, shares)), ("cleanlab", theirs)):
            precision, recall = flipped[found].mean(), flipped[found].sum() / flipped.sum()
            print(f"seed {seed}, {flipped.sum()} flipped: {name} lists {len(found)}, precision {precision:.3f}, "
                  f"recall {recall:.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
