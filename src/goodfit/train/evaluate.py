"""Outputs of a net on given rows, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from goodfit.data.feed import Feed, batch_rows
from goodfit.errors import ModelError
from goodfit.formatting import counted
from goodfit.nets.blend import Blend
from goodfit.nets.wide import is_wide
from goodfit.tasks.task import Task
from goodfit.train.memory import shrinking
from goodfit.train.precision import Precision
from goodfit.train.processes import ALONE, Processes


def outputs(net: nn.Module, feed: Feed, task: Task, rows: Tensor, precision: Precision) -> Tensor:
    """(len(rows), ...) float32 on the CPU: the net in eval mode on rows that are not augmented.

    The net's mode is put back afterwards. Out of memory halves the batch and tries again.
    """

    def forward(size: int) -> Tensor:
        with torch.inference_mode(), precision.autocast(feed.device):
            batches = feed.in_order(rows, size, wide=is_wide(net))
            pieces = [_checked(_predicted(task, net, batch.x), batch.x) for batch in batches]
            return torch.cat(pieces).float().cpu() if pieces else torch.zeros(0)

    with in_eval_mode(net):
        return shrinking(forward, 2 * feed.batch_size)[0]


def scores(
    net: nn.Module,
    feed: Feed,
    task: Task,
    rows: Tensor,
    precision: Precision,
    *,
    whole: bool = True,
    processes: Processes = ALONE,
) -> tuple[Tensor, Tensor]:
    """What the task keeps of outputs and targets of these rows, on the CPU: see `Task.keep`.

    Several processes score a part of the batches each, the same batches as one process, and all of them get all of it.
    """

    def forward(size: int) -> tuple[Tensor | None, Tensor | None]:
        kept = []
        with torch.inference_mode(), precision.autocast(feed.device):
            for batch in feed.in_order(rows, size, rank=processes.rank, count=processes.count, wide=is_wide(net)):
                out = _predicted(task, net, batch.x) if whole else net(batch.x)
                out, y = task.keep(batch.x, _checked(out, batch.x), batch.y, whole=whole)
                kept.append((out.float().cpu(), y.cpu()))
        return (torch.cat([out for out, _ in kept]), torch.cat([y for _, y in kept])) if kept else (None, None)

    with in_eval_mode(net):
        out, y = shrinking(forward, 2 * feed.batch_size)[0]
    return processes.gathered(out), processes.gathered(y)


def outputs_in_blocks(
    net: nn.Module, feed: Feed, task: Task, rows: Tensor, precision: Precision, at_least: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """The same, a block of rows after the other: (n,) row numbers, and (n, ...) outputs.

    The batches are those of `outputs`, so that each row has the same bits.

    Args:
        at_least: rows of a block; only the last has fewer.
    """
    waiting = batch_rows(rows, 2 * feed.batch_size)
    while waiting:
        block: list[Tensor] = []
        size_of_block = 0
        while waiting and size_of_block < at_least:
            block.append(waiting.pop(0))
            size_of_block += block[-1].shape[0]
        out, size = _of_batches(net, feed, task, block, precision)
        yield torch.cat(block), out
        if size < block[0].shape[0]:
            waiting = [batch for each in waiting for batch in batch_rows(each, size)]


def _of_batches(
    net: nn.Module, feed: Feed, task: Task, batches: list[Tensor], precision: Precision
) -> tuple[Tensor, int]:
    """Outputs of these batches, and how many rows of one fitted into memory."""

    def forward(size: int) -> Tensor:
        with torch.inference_mode(), precision.autocast(feed.device):
            fitting = [piece for batch in batches for piece in batch_rows(batch, size)]
            read = feed.of_batches(fitting, wide=is_wide(net))
            pieces = [_checked(_predicted(task, net, batch.x), batch.x) for batch in read]
            return torch.cat(pieces).float().cpu()

    with in_eval_mode(net):
        return shrinking(forward, max(batch.shape[0] for batch in batches))


@contextmanager
def in_eval_mode(net: nn.Module) -> Iterator[None]:
    """The net in eval mode; every module's own mode afterwards."""
    trained = [module for module in _all_modules(net) if module.training]
    if trained:
        net.eval()
    try:
        yield
    finally:
        for module in trained:
            module.training = True


def _all_modules(net: nn.Module) -> list[nn.Module]:
    """As `net.modules()`, which also makes names, and takes a sixth of the time in which one row is predicted."""
    modules, known = [net], {id(net)}
    for module in modules:  # grows meanwhile
        for child in module._modules.values():
            if child is not None and id(child) not in known:
                known.add(id(child))
                modules.append(child)
    return modules


def _predicted(task: Task, net: nn.Module, x: Tensor) -> Tensor:
    """A blend's parts look at rows each by itself: so its outputs are those of its parts, to the last bit."""
    if not isinstance(net, Blend):
        return task.predict(net, x)
    rows = net.rows_of_parts(x)
    return net.weighed([task.predict(part, of_part) for part, of_part in zip(net.parts, rows, strict=True)])


def _checked(out: Tensor, x: Tensor) -> Tensor:
    if not isinstance(out, Tensor) or out.dim() == 0 or out.shape[0] != x.shape[0]:
        shape = tuple(out.shape) if isinstance(out, Tensor) else type(out).__name__
        raise ModelError(
            f"the net gave {shape} for a mini-batch of {counted(len(x), 'row')}",
            fix="Keep the batch dimension first: (N, ...) in, (N, ...) out",
        )
    return out
