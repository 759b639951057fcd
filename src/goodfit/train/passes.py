"""One step of several passes: the gradient of the whole batch, computed a part of its rows at a time.

A loss is a total over a count, and the divisor is that of the whole batch: a part counts by what it holds (rows, pixels
that are not void, their weights), not by its rows. A loss of another form, such as Dice, is a function of sums over the
batch; its gradient is (d loss / d sums, at the sums of the whole batch) times the gradient of each part's sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from goodfit.data.source import Batch
from goodfit.tasks.task import Task
from goodfit.train.cross_fitting import Folds, gradient_scale, training_outputs
from goodfit.train.precision import Precision

Parts = Sequence[tuple[Tensor, Tensor, Tensor]]  # x, y and row numbers of each pass


def backward_in_passes(
    net: nn.Module,
    task: Task,
    batch: Batch,
    passes: int,
    precision: Precision,
    device: torch.device,
    folds: Folds | None = None,
) -> Tensor:
    """Add the gradient of the batch's loss to the net's, in so many passes; returns the loss, detached.

    Batch norm sees each pass by itself.
    """
    parts = list(zip(*(tensor.tensor_split(passes) for tensor in batch[:3]), strict=True))
    counts = [count for _, y, _ in parts if (count := task.loss_count(y)) is not None]
    slopes: Tensor | None = None
    if counts:
        loss = torch.zeros((), device=device)
        whole = sum(counts)
        whole = whole + (whole == 0)  # not one pixel counts: nothing to divide. No `if`: it would wait for the device
    else:
        loss, slopes = _loss_and_slopes(net, task, parts, precision, device, folds)
    for number, (x, y, rows) in enumerate(parts):
        with precision.autocast(device):
            out, targets = training_outputs(net, folds, x, y, rows)
            if slopes is None:
                part = task.loss(out, targets) * (counts[number] / whole)  # a row counts alike in every fold
                loss += part.detach()
            else:
                part = (task.loss_sums(out, targets) * slopes).sum()
        (gradient_scale(net, folds) * part + penalty(net) * (len(x) / len(batch.rows))).backward()
    return loss


def penalty(net: nn.Module) -> Tensor | float:
    """A net may have a `penalty`: a scalar of its last training batch, such as the squares of the rows it used."""
    value: Tensor | float = getattr(net, "penalty", 0.0)
    return value


def _loss_and_slopes(
    net: nn.Module, task: Task, parts: Parts, precision: Precision, device: torch.device, folds: Folds | None
) -> tuple[Tensor, Tensor]:
    """The loss of the whole batch, and its derivatives by the sums that it is made of, (k,).

    This costs a forward pass more. It records a graph, which is dropped at once: without one the rules, which watch
    every fit, would take it for an evaluation in train mode.
    """
    sums: Tensor | None = None
    with without_a_trace(net, device):
        for x, y, rows in parts:
            with precision.autocast(device):
                part = task.loss_sums(*training_outputs(net, folds, x, y, rows)).detach()
            sums = part if sums is None else sums + part
    assert sums is not None
    sums.requires_grad_()
    loss = task.loss_of_sums(sums)
    (slopes,) = torch.autograd.grad(loss, sums)
    return loss.detach(), slopes


@contextmanager
def without_a_trace(net: nn.Module, device: torch.device) -> Iterator[None]:
    """The net's buffers and torch's random streams as before: the second forward pass drops the same units."""
    buffers = [(buffer, buffer.clone()) for buffer in net.buffers()]
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            yield
        finally:
            for buffer, before in buffers:
                buffer.copy_(before)
