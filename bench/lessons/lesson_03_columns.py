"""Lesson 3: two real columns beside the normal curve; a net on raw and on standardised columns of the wines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from lessons.figures import COLOURS, axes, percent, points, table
from lessons.training import accuracy, fit, parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEEDS = range(10)
COLUMNS = ("alcohol of wines", "area error of tumours")


def measure() -> dict[str, Any]:
    from sklearn.datasets import load_wine

    data, target = load_wine(return_X_y=True)
    x, y = torch.tensor(data, dtype=torch.float32), torch.tensor(target)
    results: dict[str, Any] = {"raw": [], "standardised": []}
    for seed in SEEDS:
        train, held_out = parts(len(x), (118, 60), seed)
        mean, sd = x[train].mean(0), x[train].std(0)
        for name, values in (("raw", x), ("standardised", (x - mean) / sd)):
            torch.manual_seed(seed)
            net = nn.Sequential(nn.Linear(13, 32), nn.ReLU(), nn.Linear(32, 3))
            fit(net, values[train], y[train], epochs=60, seed=seed, batch=16)
            results[name].append(accuracy(net, values[held_out], y[held_out]))
    return results


def texts(results: dict[str, Any]) -> dict[str, str]:
    gain = [one - other for one, other in zip(results["standardised"], results["raw"], strict=True)]
    rows = [[name, percent(values)] for name, values in results.items()]
    intro = "The kind of wine from its 13 columns: the same net, 60 epochs, 60 rows held out, ten seeds, 95% intervals:"
    words = f"Standardising brings {points(gain)}. These are the figures of `make lessons ONLY=3`."
    return {"scaled": f"{intro}\n\n{table(['columns', 'accuracy'], rows)}\n\n{words}"}


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    from scipy.stats import norm
    from sklearn.datasets import load_breast_cancer, load_wine

    columns = (load_wine().data[:, 0], load_breast_cancer().data[:, 13])
    figure, made = axes(2, width=7.2, height=2.7)
    at = np.linspace(-4, 4, 81)
    for plot, name, values in zip(made, COLUMNS, columns, strict=True):
        z = (values - values.mean()) / values.std()
        plot.hist(np.clip(z, -4, 4), bins=32, range=(-4, 4), density=True, color=COLOURS[0], alpha=0.6)
        plot.plot(at, norm.pdf(at), color=COLOURS[1])
        plot.set_title(name, fontsize=10)
        plot.set_xlabel("z-score (above 4: drawn at 4)")
    return {"03-columns.svg": figure}
