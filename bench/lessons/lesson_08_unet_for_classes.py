"""Lesson 8: a label from an encoder, from a U-Net, and from a wider encoder, not dearer than the U-Net; five seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn

from lessons.figures import differs, interval, percent, points, table
from lessons.training import accuracy, digits, fit, multiply_adds, parameters, parts

SEEDS = range(5)
TRAIN_ROWS, HELD_OUT_ROWS, EPOCHS = 1000, 797, 15
WIDTH, WIDER = 8, 20  # channels of the first stage: of the first two nets, and of an encoder not dearer than the U-Net


def block(channels_in: int, channels: int, stride: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(channels), nn.ReLU())


class Encoder(nn.Module):
    """(N, 1, 8, 8) -> (N, 10): three stages of 8, 4 and 2 px, the mean over all places, a linear layer."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList([block(1, width), block(width, 2 * width, 2), block(2 * width, 4 * width, 2)])
        self.head = nn.Linear(4 * width, 10)

    def forward(self, x: Tensor) -> Tensor:
        for stage in self.stages:
            x = stage(x)
        return cast(Tensor, self.head(x.mean((2, 3))))


class UNetForClasses(Encoder):
    """The same encoder, a decoder up to 8 px with skips, and the label from the mean over all of its places."""

    def __init__(self, width: int) -> None:
        super().__init__(width)
        self.ups = nn.ModuleList([block(6 * width, 2 * width), block(3 * width, width)])
        self.head = nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        maps: list[Tensor] = []
        for stage in self.stages:
            maps.append(x := stage(x))
        for up, beside in zip(self.ups, maps[-2::-1], strict=True):
            x = up(torch.cat([nn.functional.interpolate(x, scale_factor=2.0), beside], dim=1))
        return cast(Tensor, self.head(x.mean((2, 3))))


NETS: dict[str, Callable[[], nn.Module]] = {
    "encoder": lambda: Encoder(WIDTH),
    "U-Net of this encoder": lambda: UNetForClasses(WIDTH),
    "wider encoder": lambda: Encoder(WIDER),
}


def measure() -> dict[str, Any]:
    x, y = digits()
    results: dict[str, Any] = {}
    for name, make in NETS.items():
        net = make()
        results[name] = {"multiply_adds": multiply_adds(net, x[:1]), "parameters": parameters(net), "accuracy": []}
    for seed in SEEDS:
        train, held_out = parts(len(x), (TRAIN_ROWS, HELD_OUT_ROWS), seed)
        for name, make in NETS.items():
            torch.manual_seed(seed)
            net = fit(make(), x[train], y[train], epochs=EPOCHS, seed=seed, rate=5e-3)
            results[name]["accuracy"].append(accuracy(net, x[held_out], y[held_out]))
    return results


def texts(results: dict[str, Any]) -> dict[str, str]:
    unet = results["U-Net of this encoder"]
    rows, words = [], []
    for name, each in results.items():
        gain = [one - other for one, other in zip(each["accuracy"], unet["accuracy"], strict=True)]
        cells = [name, f"{each['multiply_adds'] / 1e6:.2f}", f"{each['parameters']:,}", percent(each["accuracy"])]
        rows.append([*cells, "" if each is unet else points(gain)])
        if each is not unet:
            word = "more accurate than" if interval(gain).mean > 0 else "less accurate than"
            word = word if differs(gain) else "within the noise of"
            share = unet["multiply_adds"] / each["multiply_adds"]
            cost = f"at {1 / share:.0%} of its multiply-adds"
            words.append(f"- The {name} is {word} the U-Net, {cost}.")
    head = ["net", "million multiply-adds", "parameters", "accuracy", "less the U-Net"]
    return {"classes": f"{table(head, rows)}\n\n" + "\n".join(words)}
