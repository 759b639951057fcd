"""Rows a second of our loop and of a hand-written one, with the same net, batch, optimiser and rows in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.data.feed import Feed
from goodfit.nets import Recipe
from goodfit.tasks.task import Task
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.passes import penalty
from goodfit.train.precision import Precision
from goodfit.train.schedule import schedule

CPU = torch.device("cpu")


def ours(net: nn.Module, source: Any, y: Tensor, task: Task, recipe: Recipe, rows: Tensor) -> float:
    """One epoch of goodfit's loop over these rows of a prepared source; validation is not counted."""
    hyper = Hyperparameters(
        epochs=1, batch_size=recipe.batch_size, micro_batch=recipe.batch_size, optimiser="adamw",
        learning_rate=recipe.learning_rate, weight_decay=recipe.weight_decay, schedule="one-cycle",
        precision="float32", channels_last=False, seed=0,
    )  # fmt: skip
    training = Training(
        net=net,
        task=task,
        feed=Feed(source=source, y=y, device=CPU, batch_size=recipe.batch_size, seed=0),
        train_rows=rows,
        valid_rows=rows[:2],
        optimiser=make_optimiser("adamw", parameter_groups([(net.parameters(), 1.0)], recipe.weight_decay), CPU),
        schedule=schedule("one-cycle"),
        precision=Precision("float32", False, ""),
        hyper=hyper,
        position=Position(pace=1e-3),
    )
    ended: list[float] = []
    start = time.perf_counter()
    train(training, Listener(lambda training: None, lambda training: ended.append(time.perf_counter())))
    return len(rows) / (ended[0] - start)


def by_hand(net: nn.Module, x: Tensor, y: Tensor, loss_of: Callable[[Tensor, Tensor], Tensor], recipe: Recipe) -> float:
    """The loop that one writes over tensors in memory, with a fused optimiser."""
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
    )
    net.train()
    start = time.perf_counter()
    for rows in torch.randperm(len(x)).split(recipe.batch_size):
        loss = loss_of(net(x[rows]), y[rows]) + penalty(net)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return len(x) / (time.perf_counter() - start)
