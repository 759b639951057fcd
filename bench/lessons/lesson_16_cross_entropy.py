"""Lesson 16: what the wrong ends of a net and of a loss cost on the digits; five seeds each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lessons.figures import percent, points, table
from lessons.training import digits, parts

SEEDS = range(5)
EPOCHS, BATCH, RATE = 10, 64, 0.1  # plain gradient descent, as in a first program


def one_hot(y: Tensor) -> Tensor:
    return functional.one_hot(y, 10).float()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "`cross_entropy(logits, y)`": functional.cross_entropy,
    "`cross_entropy(logits.softmax(1), y)`": lambda z, y: functional.cross_entropy(z.softmax(1), y),
    "`nll_loss(logits.softmax(1), y)`": lambda z, y: functional.nll_loss(z.softmax(1), y),
    "`cross_entropy(logits.softmax(0), y)`": lambda z, y: functional.cross_entropy(z.softmax(0), y),
    "`mse_loss(logits.softmax(1), one_hot)`": lambda z, y: functional.mse_loss(z.softmax(1), one_hot(y)),
    "`binary_cross_entropy_with_logits(logits, one_hot)`": lambda z, y: functional.binary_cross_entropy_with_logits(
        z, one_hot(y)
    ),
}


def measure() -> dict[str, Any]:
    x, y = digits()
    x = x.flatten(1)
    results: dict[str, Any] = {name: {"accuracy": [], "loss": []} for name in LOSSES}
    for seed in SEEDS:
        train, held_out = parts(len(x), (1200, 597), seed)
        for name, loss_of in LOSSES.items():
            torch.manual_seed(seed)
            net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
            optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
            random = torch.Generator().manual_seed(seed)
            for _ in range(EPOCHS):
                for rows in train[torch.randperm(len(train), generator=random)].split(BATCH):
                    optimizer.zero_grad()
                    loss = loss_of(net(x[rows]), y[rows])
                    loss.backward()
                    optimizer.step()
            with torch.no_grad():
                right = net(x[held_out]).argmax(1) == y[held_out]
            results[name]["accuracy"].append(float(right.float().mean()))
            results[name]["loss"].append(loss.item())
    return results


def texts(results: dict[str, Any]) -> dict[str, str]:
    best = next(iter(results.values()))["accuracy"]
    rows = [
        [
            name,
            percent(each["accuracy"]),
            points([one - other for one, other in zip(each["accuracy"], best, strict=True)]) if number else "",
            f"{sum(each['loss']) / len(each['loss']):.2f}",
        ]
        for number, (name, each) in enumerate(results.items())
    ]
    caption = (
        f"Digits, {EPOCHS} epochs of plain gradient descent at rate {RATE}, 597 rows held out, {len(SEEDS)} seeds with"
        " 95% intervals; the last column is the training loss at the end."
    )
    return {"table": caption + "\n\n" + table(["loss", "accuracy", "less the first", "its own loss"], rows)}
