"""What watching costs: a small CNN over 300 steps, and a step of a tiny net once the rules sleep.

    python bench/watch.py [--repeats 7]

Both watched and not, in turn, in one process.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from _timing import in_turn, ratios, spread

import goodfit as gf
from goodfit.train.memory import keep_freed_memory

STEPS = 300
ASLEEP = (400, 2400)  # steps of the tiny net that are timed


def cnn() -> float:
    """Seconds of 300 steps of 64 images of 28 by 28, with a validation after each hundred."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.2), nn.Linear(32 * 49, 10),
    )  # fmt: skip
    optimiser = torch.optim.AdamW(net.parameters())
    x, y = torch.rand(1024, 1, 28, 28), torch.randint(0, 10, (1024,))
    start = time.perf_counter()
    for step in range(STEPS):
        rows = torch.randint(0, 896, (64,))
        optimiser.zero_grad()
        functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimiser.step()
        if step % 100 == 99:
            net.eval()
            with torch.no_grad():
                (net(x[896:]).argmax(1) == y[896:]).sum().item()
            net.train()
    return time.perf_counter() - start


def tiny() -> float:
    """Seconds a step of a net of two layers, from step 400 on."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01)
    x = torch.randn(32, 8)
    y = x.sum(1, keepdim=True)
    start = 0.0
    for step in range(ASLEEP[1]):
        if step == ASLEEP[0]:
            start = time.perf_counter()
        optimiser.zero_grad()
        functional.mse_loss(net(x), y).backward()
        optimiser.step()
    return (time.perf_counter() - start) / (ASLEEP[1] - ASLEEP[0])


def measured(work: Callable[[], float], *, watched: bool) -> Callable[[], float]:
    def run() -> float:
        with gf.watch(quiet=True) if watched else nullcontext():
            return work()

    return run


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    torch.set_num_threads(2)
    keep_freed_memory()  # for both: else a step has 40 to 3,000 page faults, by where blocks happen to lie
    for name, work in (("small CNN, 300 steps", cnn), ("tiny net, a step asleep", tiny)):
        seconds = in_turn(
            {"watched": measured(work, watched=True), "bare": measured(work, watched=False)}, given.repeats
        )
        ratio = ratios(seconds["watched"], seconds["bare"])
        more = statistics.median(a - b for a, b in zip(seconds["watched"], seconds["bare"], strict=True))
        print(
            f"{name}: watched {spread(seconds['watched'])['median'] * 1e3:.3f} ms, bare "
            f"{spread(seconds['bare'])['median'] * 1e3:.3f} ms; ratio {ratio['median']:.3f} ({ratio['low']:.3f} to "
            f"{ratio['high']:.3f}), {more * 1e6:.1f} us more"
        )


if __name__ == "__main__":
    main()
