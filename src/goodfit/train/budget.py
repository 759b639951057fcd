"""Fitting the schedule into a time budget: how many epochs, and again after each when the machine's speed moved."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from goodfit.data.source import Batch
from goodfit.train.loop import Training
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.scratch_copy import trial_of

TRIAL_SECONDS = 2.0
WHOLE_FROM = 5  # epochs: of so many, what a part of one would add is not worth its validation
SMALLEST_PART = 0.25  # of an epoch
SPARE = 0.97  # of the time left is planned: the machine's speed moves


def seconds_of_an_epoch(training: Training, loss_of: Callable[[torch.nn.Module, Batch], Tensor]) -> float:
    """By timing real steps on a copy of the net for two seconds; a validation row costs a third of a training row."""
    training_state = training.feed.generator.get_state()
    with trial_of(training.net, training.feed.device) as trial:
        groups = parameter_groups([(trial.parameters(), 1.0)], training.hyper.weight_decay)
        optimiser = make_optimiser(training.hyper.optimiser, groups, training.feed.device)
        for group in optimiser.param_groups:
            group["lr"] = 1e-4
        times: list[float] = []
        began = time.perf_counter()
        for batch in training.feed.epoch(training.train_rows, 0):
            start = time.perf_counter()
            with training.precision.autocast(training.feed.device):
                loss = loss_of(trial, batch)
            loss.backward()
            optimiser.step()
            trial.zero_grad()
            if training.feed.device.type != "cpu":
                torch.accelerator.synchronize()
            times.append(time.perf_counter() - start)
            if time.perf_counter() - began > TRIAL_SECONDS and len(times) > 3:
                break
    training.feed.generator.set_state(training_state)
    settled = sorted(times[1:] or times)
    step = settled[len(settled) // 2]
    return step * (training.batches_an_epoch + len(training.valid_rows) / training.hyper.batch_size / 3)


def fit_to_budget(training: Training, seconds_left: float, epoch_seconds: float) -> None:
    """Set the epochs still to come, and the pace of the schedule over them.

    Of few epochs the last one may be a part of one (`max_steps`): whole ones would leave up to half of the time unused.
    """
    position, batches = training.position, training.batches_an_epoch
    seconds = max(0.0, SPARE * seconds_left)  # reading may have used up all of it: one step is made nevertheless
    more = seconds / epoch_seconds
    steps, max_steps = int(more) * batches, None
    part = more - int(more) >= SMALLEST_PART and position.epoch + more < WHOLE_FROM
    if part or (position.epoch == 0 and more < 1):
        steps = max(1, int(more * batches))
        max_steps = position.step + steps
    training.hyper = replace(training.hyper, epochs=position.epoch + math.ceil(steps / batches), max_steps=max_steps)
    position.pace = (1 - position.done) / max(1, steps)
