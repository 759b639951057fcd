"""Lesson 13: how far the best validation score of many settings lies above what the chosen setting is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lessons.figures import COLOURS, axes, in_percent, interval, percent, points, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TRAININGS, SETTINGS, REPEATS = 10, 60, 400
TRAIN_ROWS = 300
LOOKS = (1, 2, 5, 10, 20, 40, 60)
VALIDATION_ROWS = (50, 200)


def right_answers(seed: int) -> np.ndarray:
    """(SETTINGS, rows) bool: which of the other rows each setting's forest has right; fitted to 300 digits."""
    from sklearn.datasets import load_digits
    from sklearn.ensemble import ExtraTreesClassifier

    x, y = load_digits(return_X_y=True)
    random = np.random.default_rng(seed)
    order = random.permutation(len(x))
    train, others = order[:TRAIN_ROWS], order[TRAIN_ROWS:]
    answers = []
    for _ in range(SETTINGS):
        forest = ExtraTreesClassifier(
            n_estimators=int(random.integers(20, 40)),
            max_features=int(random.integers(3, 20)),
            min_samples_leaf=int(random.integers(1, 4)),
            random_state=int(random.integers(1 << 30)),
        ).fit(x[train], y[train])
        answers.append(forest.predict(x[others]) == y[others])
    return np.array(answers)


def measure() -> dict[str, Any]:
    results: dict[str, Any] = {f"{rows}": {f"{looks}": [] for looks in LOOKS} for rows in VALIDATION_ROWS}
    chosen: dict[str, list[float]] = {f"{rows}": [] for rows in VALIDATION_ROWS}
    average = []
    for seed in range(TRAININGS):
        answers, random = right_answers(seed), np.random.default_rng(1000 + seed)
        average.append(float(answers.mean()))
        for rows in VALIDATION_ROWS:
            gaps: dict[int, list[float]] = {looks: [] for looks in LOOKS}
            truths = []
            for _ in range(REPEATS):
                order = random.permutation(answers.shape[1])
                looked_at = answers[:, order[:rows]].mean(axis=1)
                truth = answers[:, order[rows:]].mean(axis=1)
                tried = random.permutation(SETTINGS)
                for looks in LOOKS:
                    best = tried[:looks][looked_at[tried[:looks]].argmax()]
                    gaps[looks].append(float(looked_at[best] - truth[best]))
                truths.append(float(truth[best]))
            for looks in LOOKS:
                results[f"{rows}"][f"{looks}"].append(float(np.mean(gaps[looks])))
            chosen[f"{rows}"].append(float(np.mean(truths)))
    return {"optimism": results, "chosen": chosen, "average": average}


def texts(results: dict[str, Any]) -> dict[str, str]:
    head = ["settings tried", *(f"{rows} validation rows" for rows in VALIDATION_ROWS)]
    by_rows = results["optimism"]
    rows = [[looks, *(points(by_rows[f"{n}"][f"{looks}"]) for n in VALIDATION_ROWS)] for looks in LOOKS]
    words = (
        f"By how much the best validation score was above the truth: {TRAININGS} training sets, {REPEATS} random draws"
        " of the validation rows for each, 95% intervals over the training sets (`make lessons ONLY=13`)."
    )
    chosen = "; ".join(f"of {n} rows, {percent(results['chosen'][f'{n}'])}" for n in VALIDATION_ROWS)
    truth = (
        f"All settings are right in {percent(results['average'])} of rows on average. The one chosen of {SETTINGS} by"
        f" its validation score is truly right in: {chosen}."
    )
    picture = "![How far the best score lies above the truth, by the number of settings](plots/13-optimism.svg)"
    return {"optimism": f"{words}\n\n{table(head, rows)}\n\n{picture}\n\n{truth}"}


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    figure, (plot,) = axes(width=5.6, height=3.0)
    for colour, rows in zip(COLOURS, VALIDATION_ROWS, strict=False):
        values = [interval(results["optimism"][f"{rows}"][f"{looks}"]) for looks in LOOKS]
        plot.plot(LOOKS, [each.mean for each in values], "o-", ms=4, color=colour, label=f"{rows} validation rows")
        low, high = [each.low for each in values], [each.high for each in values]
        plot.fill_between(LOOKS, low, high, color=colour, alpha=0.2, linewidth=0)
    plot.axhline(0, color="#6e7681", linewidth=0.8)
    in_percent(plot.yaxis)
    plot.set_xlabel("settings tried")
    plot.set_ylabel("best score less the truth")
    plot.legend(frameon=False, fontsize=9)
    return {"13-optimism.svg": figure}
