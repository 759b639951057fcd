"""Lesson 17: few parameters, or many and penalised: one data set, seven nets, eight seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from lessons.figures import COLOURS, axes, differs, in_percent, interval, percent, points, table
from lessons.training import accuracy, digits, fit, outputs, parameters, parts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SEEDS = range(8)
TRAIN_ROWS, HELD_OUT_ROWS, EPOCHS, BATCH = 200, 1500, 60, 32
PLAIN, PARTS = "wide", ("train", "held_out")


def make_net(width: int, *, dropout: float = 0.0, norm: bool = False) -> nn.Sequential:
    """Two convolutions, the second of stride 2, and a hidden layer of eight times the width."""
    layers: list[nn.Module] = []
    for channels, out, stride in ((1, width, 1), (width, 2 * width, 2)):
        layers += [nn.Conv2d(channels, out, 3, stride, 1), *([nn.BatchNorm2d(out)] if norm else []), nn.ReLU()]
    layers += [nn.Flatten(), nn.Dropout(dropout), nn.Linear(2 * width * 16, 8 * width), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear(8 * width, 10))


def moved(images: Tensor, random: torch.Generator) -> Tensor:
    """Each image moved by up to a pixel each way, zeros come in: (N, 1, H, W). Not mirrored: a mirrored 2 is none."""
    n, side = len(images), images.shape[-1]
    padded = nn.functional.pad(images, (1, 1, 1, 1))
    down, across = (torch.randint(0, 3, (n,), generator=random) for _ in range(2))
    span = torch.arange(side)
    rows, columns = (down[:, None] + span)[:, :, None], (across[:, None] + span)[:, None, :]
    return padded[torch.arange(n)[:, None, None], 0, rows, columns].unsqueeze(1)


VARIANTS: dict[str, dict[str, Any]] = {
    "narrow": {"width": 2},
    PLAIN: {"width": 16},
    "wide, weight decay": {"width": 16, "weight_decay": 1.0},
    "wide, dropout": {"width": 16, "dropout": 0.5},
    "wide, batch norm": {"width": 16, "norm": True},
    "wide, augmentation": {"width": 16, "augment": moved},
    "wide, all four": {"width": 16, "weight_decay": 0.1, "dropout": 0.3, "norm": True, "augment": moved},
}


def measure() -> dict[str, Any]:
    x, y = digits()
    results: dict[str, Any] = {name: {"train": [], "held_out": [], "loss": []} for name in VARIANTS}
    for seed in SEEDS:
        train, held_out = parts(len(x), (TRAIN_ROWS, HELD_OUT_ROWS), seed)
        for name, options in VARIANTS.items():
            torch.manual_seed(seed)
            made = {key: options[key] for key in ("dropout", "norm") if key in options}
            net = make_net(options["width"], **made)
            how = {key: options[key] for key in ("weight_decay", "augment") if key in options}
            fit(net, x[train], y[train], epochs=EPOCHS, batch=BATCH, seed=seed, **how)
            each = results[name]
            each["parameters"] = parameters(net)
            each["train"].append(accuracy(net, x[train], y[train]))
            each["held_out"].append(accuracy(net, x[held_out], y[held_out]))
            each["loss"].append(float(nn.functional.cross_entropy(outputs(net, x[held_out]), y[held_out])))
    return results


def gain(results: dict[str, Any], name: str) -> list[float]:
    """By how much more accurate than the plain wide net, seed by seed."""
    return [one - other for one, other in zip(results[name]["held_out"], results[PLAIN]["held_out"], strict=True)]


def texts(results: dict[str, Any]) -> dict[str, str]:
    rows = [
        [
            name,
            f"{each['parameters']:,}",
            f"{interval(each['train']).mean:.1%}",
            percent(each["held_out"]),
            "" if name == PLAIN else points(gain(results, name)),
            f"{interval(each['loss']).mean:.3f}",
        ]
        for name, each in results.items()
    ]
    head = ["net", "parameters", "accuracy, training rows", "accuracy, rows held out", "less wide", "loss, held out"]
    gains = {name: gain(results, name) for name in results if name != PLAIN}
    help_it = [name for name, values in gains.items() if differs(values) and interval(values).mean > 0]
    harm = [name for name, values in gains.items() if differs(values) and interval(values).mean < 0]
    unclear = [name for name, values in gains.items() if not differs(values)]
    losses = [interval(each["loss"]).mean for each in results.values()]
    lines = [
        f"- {word}: {'; '.join(names)}."
        for word, names in (
            ("Better than the plain wide net beyond the noise", help_it),
            ("Worse beyond the noise", harm),
            ("Within the noise", unclear),
        )
        if names
    ]
    narrow, wide = ({part: interval(results[name][part]).mean for part in PARTS} for name in ("narrow", PLAIN))
    lines += [
        f"- Right of its training rows: narrow {narrow['train']:.0%}, plain wide {wide['train']:.0%}.",
        f"- Right of the rows held out: narrow {narrow['held_out']:.1%}, plain wide {wide['held_out']:.1%}.",
        f"- Loss on rows held out, which counts how sure a wrong answer was: {min(losses):.2f} to {max(losses):.2f}.",
    ]
    picture = "![Accuracy of each net on rows held out: dots are seeds, bars 95% intervals](plots/17-penalties.svg)"
    return {"table": f"{table(head, rows)}\n\n{picture}", "answer": "\n".join(lines)}


def plots(results: dict[str, Any]) -> dict[str, Figure]:
    figure, (plot,) = axes(width=6.4, height=3.0)
    names = list(results)
    for place, name in enumerate(names):
        mean, low, high = interval(results[name]["held_out"])
        colour = COLOURS[1] if name == PLAIN else COLOURS[0]
        plot.plot(results[name]["held_out"], [place] * len(SEEDS), "o", color=colour, alpha=0.3, ms=4)
        plot.errorbar(mean, place, xerr=[[mean - low], [high - mean]], fmt="|", color=colour, capsize=4, ms=12)
    plot.set_yticks(range(len(names)), names)
    plot.invert_yaxis()
    in_percent(plot.xaxis)
    plot.set_xlabel("accuracy on 1,500 rows held out")
    return {"17-penalties.svg": figure}
