"""Lesson 4: losses and accuracies epoch by epoch, of a small and of a large training set of Fashion-MNIST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lessons.figures import COLOURS, axes, interval, percent, table
from lessons.training import fashion, fit, outputs, parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEEDS = range(5)
SETTINGS = {"small": (500, 60), "large": (20_000, 20)}  # training rows, epochs
VALIDATION_ROWS, LOOKED_AT = 5000, 2000  # training rows that are scored after an epoch
SHOWN = {"small": "500 training rows", "large": "20,000 training rows"}


def score(net: nn.Module, x: Tensor, y: Tensor) -> list[float]:
    """Loss and accuracy."""
    logits = outputs(net, x)
    return [float(functional.cross_entropy(logits, y)), float((logits.argmax(1) == y).float().mean())]


def curves(x: Tensor, y: Tensor, train: Tensor, valid: Tensor, epochs: int, seed: int) -> list[list[float]]:
    """For each epoch: training loss and accuracy, validation loss and accuracy; `train` and `valid` are row numbers."""
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    lines: list[list[float]] = []
    looked_at = train[:LOOKED_AT]

    def after_epoch(_: int) -> None:
        lines.append([*score(net, x[looked_at], y[looked_at]), *score(net, x[valid], y[valid])])

    fit(net, x[train], y[train], epochs=epochs, seed=seed, rate=2e-3, constant_rate=True, after_epoch=after_epoch)
    return lines


def measure() -> dict[str, Any]:
    x, y = fashion("train")
    results: dict[str, Any] = {}
    for name, (train_rows, epochs) in SETTINGS.items():
        results[name] = []
        for seed in SEEDS:
            train, valid = parts(len(x), (train_rows, VALIDATION_ROWS), seed)
            results[name].append(curves(x, y, train, valid, epochs, seed))
    return results


def texts(results: dict[str, Any]) -> dict[str, str]:
    rows: list[list[object]] = []
    for name, runs in results.items():
        lowest = [int(np.argmin([line[2] for line in run])) for run in runs]
        for word, chosen in (
            ("first", [0] * len(runs)),
            (f"lowest validation loss ({min(lowest) + 1} to {max(lowest) + 1})", lowest),
            (f"last ({len(runs[0])})", [-1] * len(runs)),
        ):
            lines = [run[at] for run, at in zip(runs, chosen, strict=True)]
            train_loss, valid_loss = ([line[column] for line in lines] for column in (0, 2))
            rows.append(
                [
                    SHOWN[name] if word == "first" else "",
                    word,
                    f"{interval(train_loss).mean:.2f}",
                    "{:.2f} ({:.2f} to {:.2f})".format(*interval(valid_loss)),
                    f"{np.mean([line[1] for line in lines]):.1%}",
                    percent([line[3] for line in lines]),
                ]
            )
    head = ["set", "epoch", "loss, training", "loss, validation", "accuracy, training", "accuracy, validation"]
    picture = "![Losses and accuracies by epoch, of 500 and of 20,000 training rows](plots/04-curves.svg)"
    words = (
        f"A net of one hidden layer on Fashion-MNIST, {VALIDATION_ROWS:,} validation rows, {len(SEEDS)} seeds; lines"
        " are means, bands reach from the lowest to the highest seed."
    )
    return {"curves": f"{picture}\n\n{words}", "table": table(head, rows)}


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    figure, made = axes(4, width=9.6, height=2.7)
    for number, (name, runs) in enumerate(results.items()):
        values = np.array(runs)  # (seeds, epochs, 4)
        epochs = np.arange(1, values.shape[1] + 1)
        for place, (columns, word) in enumerate((((0, 2), "loss"), ((1, 3), "accuracy"))):
            plot = made[2 * number + place]
            for colour, column, of in zip(COLOURS, columns, ("training", "validation"), strict=False):
                plot.plot(epochs, values[:, :, column].mean(0), color=colour, label=of)
                low, high = values[:, :, column].min(0), values[:, :, column].max(0)
                plot.fill_between(epochs, low, high, color=colour, alpha=0.2, linewidth=0)
            plot.set_title(f"{word}, {SHOWN[name].split()[0]} rows", fontsize=10)
            plot.set_xlabel("epoch")
    made[0].legend(frameon=False, fontsize=9)
    return {"04-curves.svg": figure}
