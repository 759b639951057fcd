"""A step whose bits do not depend on the number of processes: sums of floats in one fixed order (`--exact`).

A batch is cut into eight lanes. Each lane has a forward and a backward pass of its own, with batch norm over its rows
alone; what the lanes give is summed as a binary tree over their numbers. A process that has several lanes sums the
subtree over them, and all processes sum the rest of the tree in the same order: so 1, 2, 4 and 8 processes round alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.data.shares import LANES, Share
from goodfit.data.source import Batch
from goodfit.errors import UsageError
from goodfit.tasks.task import Task
from goodfit.train.cross_fitting import Folds, gradient_scale
from goodfit.train.passes import penalty
from goodfit.train.precision import Precision
from goodfit.train.processes import Processes
from goodfit.train.random_state import load_random_state, random_state
from goodfit.train.whole_batch import WholeBatch

Outputs = Callable[[int], tuple[Tensor, Tensor]]  # of a lane, and the targets that they are held against


def refuse_other_counts(count: int) -> None:
    """Raise a UsageError for a number of processes among which the lanes cannot be dealt out evenly."""
    if LANES % count:
        raise UsageError(
            f"--exact sums over {LANES} lanes, which {count} processes cannot share evenly",
            fix="Take 1, 2, 4 or 8 processes",
        )


@dataclass(frozen=True)
class Step:
    """A step of this process: the net, and what its gradient is of."""

    net: nn.Module
    processes: Processes
    task: Task
    batch: Batch
    precision: Precision
    device: torch.device
    folds: Folds | None


def exact_forward_backward(step: Step, outputs: Outputs, whole_batch: WholeBatch) -> Tensor:
    """Leave the gradient of the whole batch in the net's parameters; returns its loss, detached.

    Args:
        outputs: a forward pass of a lane of this process, by its place in `batch.shared.shares`.
        whole_batch: in which `outputs` computes.
    """
    net, processes, task, batch, device = step.net, step.processes, step.task, step.batch, step.device
    assert batch.shared is not None
    lanes = batch.shared.shares
    ys = batch.y.split([lane.rows for lane in lanes])
    start, buffers = random_state(device), [buffer.clone() for buffer in net.buffers()]

    @contextmanager
    def from_the_start() -> Iterator[None]:
        """Every lane draws the random numbers of the batch, and begins with the buffers as they were before it."""
        load_random_state(device, start)
        for buffer, before in zip(net.buffers(), buffers, strict=True):
            buffer.copy_(before)
        yield

    def sums_of(lane: int) -> Tensor:
        with from_the_start(), step.precision.autocast(device):
            return task.loss_sums(*outputs(lane)).detach()

    counts = [count for y in ys if (count := task.loss_count(y)) is not None]
    slopes = whole = None
    loss = torch.zeros((), device=device)
    if counts:
        held = (torch.as_tensor(count, device=device, dtype=torch.float64) for count in counts)
        whole = _summed(_weighed(held, lanes), processes)
        whole = whole + (whole == 0)
    else:
        sums = _summed(_weighed((sums_of(lane) for lane in range(len(lanes))), lanes), processes).requires_grad_()
        loss = task.loss_of_sums(sums)
        (slopes,) = torch.autograd.grad(loss, sums)
        loss = loss.detach()
    parameters = [parameter for parameter in net.parameters() if parameter.requires_grad]

    def lane_vectors() -> Iterator[Tensor]:
        for number, lane in enumerate(lanes):
            with from_the_start():
                with step.precision.autocast(device):
                    out, targets = outputs(number)
                    if slopes is None:
                        assert whole is not None
                        part = task.loss(out, targets) * (counts[number] / whole).float()
                    else:
                        part = (task.loss_sums(out, targets) * slopes).sum()
                whole_batch.backward(gradient_scale(net, step.folds) * part + penalty(net) * (lane.rows / batch.size))
            moved = _moved(net, buffers)
            yield _vector(parameters, part.detach(), [each * (lane.rows / batch.size) for each in moved])

    vector = _summed(_weighed(lane_vectors(), lanes), processes)
    total = _spread(vector, net, parameters, buffers)
    return total if counts else loss


def _weighed(values: Iterable[Tensor], lanes: Iterable[Share]) -> Iterator[Tensor]:
    """Values of lanes, those that every process computes by their share: a power of two, so that nothing rounds."""
    return (value / lane.copies for value, lane in zip(values, lanes, strict=True))


def _summed(values: Iterable[Tensor], processes: Processes) -> Tensor:
    """The sum of the lanes of all processes, as a binary tree over their numbers."""
    own = tree_sum(values)
    if not processes.several:
        return own
    return tree_sum(processes.each(own))


def tree_sum(values: Iterable[Tensor]) -> Tensor:
    """((a + b) + (c + d)) + ..., of a power of two of them; as few are held at a time as the tree is deep."""
    waiting: list[tuple[int, Tensor]] = []
    for value in values:
        level, total = 0, value
        while waiting and waiting[-1][0] == level:
            total = waiting.pop()[1] + total
            level += 1
        waiting.append((level, total))
    ((_, total),) = waiting
    return total


def _vector(parameters: list[nn.Parameter], loss: Tensor, moved: list[Tensor]) -> Tensor:
    """The loss of a lane, which parameters it reached, their gradients (taken away), and how buffers moved."""
    reached = torch.tensor([float(each.grad is not None) for each in parameters], device=loss.device)
    gradients = [(torch.zeros_like(each) if each.grad is None else each.grad).float() for each in parameters]
    for parameter in parameters:
        parameter.grad = None
    return torch.cat([loss.float().reshape(1), reached, *(each.reshape(-1) for each in (*gradients, *moved))])


def _spread(vector: Tensor, net: nn.Module, parameters: list[nn.Parameter], before: list[Tensor]) -> Tensor:
    """Put the sum of such vectors into gradients and buffers; returns the loss."""
    moving = [(buffer, was) for buffer, was in zip(net.buffers(), before, strict=True) if was.is_floating_point()]
    sizes = [each.numel() for each in (*parameters, *(buffer for buffer, _ in moving))]
    loss, reached, *parts = vector.split([1, len(parameters), *sizes])
    for parameter, part, is_reached in zip(parameters, parts, reached.bool().tolist(), strict=False):
        if is_reached:
            parameter.grad = torch.empty_like(parameter).copy_(part.view_as(parameter))
    for (buffer, was), part in zip(moving, parts[len(parameters) :], strict=True):
        buffer.copy_(was + part.view_as(was))
    total: Tensor = loss.squeeze(0)
    return total


def _moved(net: nn.Module, before: list[Tensor]) -> list[Tensor]:
    """By how much a forward pass moved each buffer of floats: 0 where it leaves it alone."""
    return [
        (buffer - was).float() for buffer, was in zip(net.buffers(), before, strict=True) if was.is_floating_point()
    ]
