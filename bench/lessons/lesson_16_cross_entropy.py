"""Lesson 16: what the wrong ends of a net and of a loss cost on the digits; five seeds each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lessons.figures import percent, points, table
from lessons.training import digits, parts

SEEDS = range(5)
EPOCHS, BATCH = 10, 64
OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "plain descent": partial(torch.optim.SGD, lr=0.1),
    "Adam": partial(torch.optim.Adam, lr=0.003),
}


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


def accuracy_of(
    loss_of: Callable[[Tensor, Tensor], Tensor], optimiser: Callable[..., torch.optim.Optimizer], seed: int
) -> float:
    """Fit a small net to the digits by this loss; the share of 597 other rows that it has right."""
    x, y = digits()
    x = x.flatten(1)
    train, held_out = parts(len(x), (1200, 597), seed)
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = optimiser(net.parameters())
    random = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        for rows in train[torch.randperm(len(train), generator=random)].split(BATCH):
            optimizer.zero_grad()
            loss_of(net(x[rows]), y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return float((net(x[held_out]).argmax(1) == y[held_out]).float().mean())


def measure() -> dict[str, Any]:
    return {
        name: {how: [accuracy_of(loss_of, optimiser, seed) for seed in SEEDS] for how, optimiser in OPTIMISERS.items()}
        for name, loss_of in LOSSES.items()
    }


def texts(results: dict[str, Any]) -> dict[str, str]:
    best = next(iter(results.values()))
    rows = []
    for number, (name, each) in enumerate(results.items()):
        row = [name]
        for how in OPTIMISERS:
            gap = [one - other for one, other in zip(each[how], best[how], strict=True)]
            row += [percent(each[how]), points(gap) if number else ""]
        rows.append(row)
    head = ["loss", *(word for how in OPTIMISERS for word in (how, "less the first"))]
    caption = (
        f"The accuracy on 597 digits held out after {EPOCHS} epochs, {len(SEEDS)} seeds, 95% intervals; by plain"
        " gradient descent with a rate of 0.1, and by Adam with 0.003:"
    )
    return {"table": caption + "\n\n" + table(head, rows)}
