"""Lesson 7: how many channels where the side is halved? Three rules at equal compute, two data sets, five seeds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from lessons.figures import COLOURS, axes, differs, in_percent, interval, percent, points, table
from lessons.training import accuracy, digits, fashion, fit, multiply_adds, parameters, parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROWTHS = {"doubled": 2.0, "1.5 ×": 1.5, "constant": 1.0}
SEEDS = range(5)
SETTINGS = {  # name: images, stages, width of the constant net, which sets the compute, training rows, epochs
    "digits": ("digits", 3, 14, 1200, 20),
    "Fashion-MNIST, narrow": ("fashion", 4, 6, 2000, 8),
    "Fashion-MNIST, wide": ("fashion", 4, 10, 2000, 8),
}
HELD_OUT = {"digits": 597, "fashion": 5000}


def make_net(widths: list[int]) -> nn.Sequential:
    """A stage for each width: two convolutions with batch norm; from the second stage on the first has stride 2."""
    layers: list[nn.Module] = []
    channels = 1
    for number, width in enumerate(widths):
        for stride in (1, 1) if number == 0 else (2, 1):
            layers += [nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def widths_for(growth: float, stages: int, budget: int, side: int) -> list[int]:
    """The widths that grow by `growth` from stage to stage, rounded up or down, closest to `budget` multiply-adds."""

    def distance(widths: Sequence[int]) -> int:
        total, before, now = 10 * widths[-1] - budget, 1, side
        for number, width in enumerate(widths):
            now = now if number == 0 else (now + 1) // 2
            total += 9 * now**2 * width * (before + width)
            before = width
        return abs(total)

    exact = [[first * growth**stage for stage in range(stages)] for first in np.arange(2, 20, 0.05)]
    around = ([(math.floor(width), math.ceil(width)) for width in widths] for widths in exact)
    candidates = [list(each) for choices in around for each in itertools.product(*choices)]
    return min(candidates, key=distance)


def numbers_kept(net: nn.Sequential, image: Tensor) -> int:
    """Numbers in the outputs of all convolutions for one image."""
    total = 0
    net.eval()
    for layer in net:
        image = layer(image)
        total += image.numel() if isinstance(layer, nn.Conv2d) else 0
    return total


def measure() -> dict[str, Any]:
    results: dict[str, Any] = {}
    for name, (data, stages, constant, train_rows, epochs) in SETTINGS.items():
        x, y = digits() if data == "digits" else fashion("train")
        budget = multiply_adds(make_net([constant] * stages), x[:1])
        rules: dict[str, Any] = {}
        for growth_name, growth in GROWTHS.items():
            widths = widths_for(growth, stages, budget, x.shape[-1])
            net = make_net(widths)
            rules[growth_name] = {
                "widths": widths,
                "multiply_adds": multiply_adds(net, x[:1]),
                "parameters": parameters(net),
                "kept": numbers_kept(net, x[:1]),
                "accuracy": [],
            }
        for seed in SEEDS:
            train, held_out = parts(len(x), (train_rows, HELD_OUT[data]), seed)
            for each in rules.values():
                torch.manual_seed(seed)
                fitted = fit(make_net(each["widths"]), x[train], y[train], epochs=epochs, seed=seed, rate=5e-3)
                each["accuracy"].append(accuracy(fitted, x[held_out], y[held_out]))
        results[name] = rules
    return results


def difference(rules: Mapping[str, Any], name: str) -> list[float]:
    """By how much the rule is more accurate than doubling, seed by seed."""
    pairs = zip(rules[name]["accuracy"], rules["doubled"]["accuracy"], strict=True)
    return [one - other for one, other in pairs]


def texts(results: dict[str, Any]) -> dict[str, str]:
    rows = []
    for setting, rules in results.items():
        for name, each in rules.items():
            rows.append(
                [
                    setting if name == "doubled" else "",
                    name,
                    "-".join(map(str, each["widths"])),
                    f"{each['multiply_adds'] / 1e6:.2f}",
                    f"{each['parameters']:,}",
                    f"{each['kept']:,}",
                    percent(each["accuracy"]),
                    "" if name == "doubled" else points(difference(rules, name)),
                ]
            )
    head = [
        "data",
        "channels",
        "widths",
        "million multiply-adds",
        "parameters",
        "numbers kept",
        "accuracy",
        "less doubled",
    ]
    verdicts = []
    for setting, rules in results.items():
        for name in ("1.5 ×", "constant"):
            values = difference(rules, name)
            word = (
                "within the noise of" if not differs(values) else "better than" if np.mean(values) > 0 else "worse than"
            )
            verdicts.append(f"- {setting}: {name} is {word} doubling, {points(values)}.")
    for name in ("1.5 ×", "constant"):
        gaps = [difference(rules, name) for rules in results.values()]
        worse = sum(differs(values) and np.mean(values) < 0 for values in gaps)
        verdicts.append(f"- In all: {name} is worse than doubling in {worse} of {len(gaps)} settings.")
    picture = "![Accuracy of three rules at equal compute: dots are seeds, bars 95% intervals](plots/07-channels.svg)"
    return {"table": f"{table(head, rows)}\n\n{picture}", "answer": "\n".join(verdicts)}


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    figure, made = axes(len(results), width=8.4, height=2.9)
    for plot, (setting, rules) in zip(made, results.items(), strict=True):
        for place, (name, each) in enumerate(rules.items()):
            mean, low, high = interval(each["accuracy"])
            plot.plot([place] * len(each["accuracy"]), each["accuracy"], "o", color=COLOURS[place], alpha=0.4, ms=4)
            plot.errorbar(place, mean, [[mean - low], [high - mean]], fmt="_", color=COLOURS[place], capsize=5, ms=14)
            assert name in GROWTHS
        plot.set_xticks(range(len(rules)), list(rules))
        plot.set_xlim(-0.5, len(rules) - 0.5)
        plot.set_title(setting, fontsize=10)
        in_percent(plot.yaxis)
    made[0].set_ylabel("accuracy, rows held out")
    return {"07-channels.svg": figure}
