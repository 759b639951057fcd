"""What our loop costs a step, above the bare loop: a 784-64-10 net, batch 64, on Fashion-MNIST's rows.

    python bench/overhead.py [--repeats 15] [--json]

Three bare loops: the shortest (rows gathered, forward, loss, backward, step, zero), the same with the one-cycle
schedule and the running loss that any useful loop has, and ours as `goodfit.fit` runs it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from _fashion import arrays
from _timing import in_turn, spread

from goodfit.data.feed import Feed
from goodfit.data.sources.arrays import arrays as as_source
from goodfit.tasks.classification import Classification
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision
from goodfit.train.schedule import schedule

BATCH, ROWS = 64, 19_200  # 300 steps a round


def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def bare(x: torch.Tensor, y: torch.Tensor) -> float:
    """Seconds a step of the shortest loop a person would write with data in memory."""
    model = net()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    batches = torch.randperm(len(x)).split(BATCH)
    start = time.perf_counter()
    for rows in batches:
        loss = functional.cross_entropy(model(x[rows]), y[rows])
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return (time.perf_counter() - start) / len(batches)


def ours(x: torch.Tensor, y: torch.Tensor) -> float:
    """Seconds a step of goodfit's own loop over the same rows, without the validation after it."""
    model = net()
    device = torch.device("cpu")
    source = as_source(x, y)
    hyper = Hyperparameters(
        epochs=1, batch_size=BATCH, micro_batch=BATCH, optimiser="adamw", learning_rate=1e-3, weight_decay=0.05,
        schedule="one-cycle", precision="float32", channels_last=False, seed=0,
    )  # fmt: skip
    rows = torch.arange(len(x))
    training = Training(
        net=model,
        task=Classification(tuple(range(10))),
        feed=Feed(source=source, y=y, device=device, batch_size=BATCH, seed=0),
        train_rows=rows,
        valid_rows=rows[:64],
        optimiser=make_optimiser("adamw", parameter_groups([(model.parameters(), 1.0)], 0.05), device),
        schedule=schedule("one-cycle"),
        precision=Precision("float32", False, ""),
        hyper=hyper,
        position=Position(pace=1 / 300),
    )
    ended: list[float] = []
    start = time.perf_counter()
    listener = Listener(tick=lambda training: None, epoch_end=lambda training: ended.append(time.perf_counter()))
    train(training, listener)
    return (ended[0] - start) / (len(x) / BATCH)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(2)
    images, labels = arrays("train")
    x = torch.from_numpy(images[:ROWS].copy()).reshape(ROWS, 784).float() / 255
    y = torch.from_numpy(labels[:ROWS].astype("int64"))
    figures = in_turn({"bare": lambda: bare(x, y), "ours": lambda: ours(x, y)}, given.repeats)
    above = [(a - b) * 1e6 for a, b in zip(figures["ours"], figures["bare"], strict=True)]
    result = {
        "bare_us": spread([value * 1e6 for value in figures["bare"]]),
        "ours_us": spread([value * 1e6 for value in figures["ours"]]),
        "above_us": spread(above),
        "repeats": given.repeats,
    }
    if given.json:
        print(json.dumps(result))
        return
    print(f"bare loop  {statistics.median(figures['bare']) * 1e6:6.0f} us a step")
    print(f"goodfit    {statistics.median(figures['ours']) * 1e6:6.0f} us a step (its validation of 64 rows included)")
    above_us = result["above_us"]
    print(f"above      {above_us['median']:6.1f} us a step ({above_us['low']:.1f} to {above_us['high']:.1f})")


if __name__ == "__main__":
    main()
