"""The training loop: for epoch, for batch: forward, loss, backward, step, zero. The rest was made before it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from goodfit.data.feed import Feed
from goodfit.data.source import Batch
from goodfit.errors import ModelError
from goodfit.tasks.task import Task
from goodfit.train.cross_fitting import Folds, gradient_scale, training_outputs
from goodfit.train.ema import MovingAverage
from goodfit.train.evaluate import scores
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.memory import out_of_memory
from goodfit.train.optimiser import STEPS_BETWEEN_SWEEPS, drop_tiny, set_learning_rate
from goodfit.train.passes import backward_in_passes, penalty
from goodfit.train.precision import Precision
from goodfit.train.processes import ALONE, Processes
from goodfit.train.schedule import Schedule
from goodfit.train.sharding import Sharding, is_sharded
from goodfit.train.together import Together

CURVE_ROWS = 1_000  # validation rows whose loss after every epoch is kept


@dataclass
class Position:
    """Where a run stands: all of it is in the checkpoint."""

    epoch: int = 0
    batch: int = 0  # batches done in this epoch
    rows: int = 0  # rows seen in this epoch
    step: int = 0
    done: float = 0.0  # fraction of the schedule behind us
    pace: float = 0.0  # fraction of the schedule that a step takes
    best_epoch: int = -1
    best_score: float | None = None  # of the task's criterion: lower is better
    seconds: float = 0.0  # spent training and validating, before a stop as well
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Training:
    """A run under way: the small objects that the loop uses, and its position."""

    net: nn.Module
    task: Task
    feed: Feed
    train_rows: Tensor
    valid_rows: Tensor
    optimiser: Optimizer
    schedule: Schedule
    precision: Precision
    hyper: Hyperparameters
    position: Position
    average: MovingAverage | None = None
    folds: Folds | None = None  # of cross-fitting: the training rows are the validation rows too
    held_out: Tensor | None = None  # (n, outputs) of validation rows: heads of fixed features, cross-fitted
    hold: Callable[[int], list[nn.Module]] = lambda epoch: []  # fine-tuning: freezes for the epoch, norms kept in eval
    best: dict[str, Tensor] = field(default_factory=dict)
    curve: Tensor = field(
        default_factory=lambda: torch.zeros(0, 0)
    )  # (epochs, n) losses of a sample of validation rows
    loss_sum: Tensor = field(default_factory=lambda: torch.zeros(()))  # of this epoch's rows, on the device
    processes: Processes = ALONE
    together: Together | None = None  # steps of several processes

    @property
    def batches_an_epoch(self) -> int:
        return -(-len(self.train_rows) // self.hyper.batch_size)

    @property
    def sharding(self) -> Sharding | None:
        """Of the net over several processes, where it is."""
        return None if self.together is None else self.together.sharding

    @property
    def out_of_patience(self) -> bool:
        """Whether so many epochs have gone without a better one that training ends before its last epoch."""
        patience, position = self.hyper.patience, self.position
        return patience is not None and position.epoch - 1 - position.best_epoch >= patience > 0

    def batches(self) -> Iterator[Batch]:
        """Training batches of the epoch under way, from the position on; of several processes the rows of this one."""
        start = (self.train_rows, self.position.epoch, self.position.batch)
        if self.together is None:
            return self.feed.epoch(*start)
        return self.feed.epoch_shared(*start, partial(self.together.share_of, self.hyper.micro_batch))

    def scores(
        self, net: nn.Module, rows: Tensor, task: Task | None = None, *, whole: bool = True
    ) -> tuple[Tensor, Tensor]:
        """What the task keeps of outputs and targets of these rows: see `Task.keep`.

        Args:
            task: as this net predicts, where that is not as the training's own.
        """
        task = self.task if task is None else task
        processes = self.processes if self.sharding is None else ALONE  # sharded layers need all at the same forward
        return scores(net, self.feed, task, rows, self.precision, whole=whole, processes=processes)

    def validation_scores(self, *, whole: bool) -> tuple[Tensor, Tensor]:
        """The same of the validation rows; of cross-fitting each by a net that was not trained on it."""
        if self.held_out is not None:
            return self.held_out, self.feed.y[self.valid_rows]
        if self.folds is None:
            return self.scores(self.net, self.valid_rows, whole=whole)
        of_member = partial(self.scores, whole=whole)
        return self.folds.held_out(self.net, self.valid_rows, of_member)

    def put_best_back(self) -> None:
        """The weights of the best epoch, in eval mode, and rows as they are: the state in which the net predicts."""
        self.net.load_state_dict(self.best)
        self.net.eval()
        self.feed.augment = None


@dataclass
class Listener:
    """What the loop calls: `tick` between steps once `every` seconds have passed, `epoch_end` after validation."""

    tick: Callable[[Training], None]
    epoch_end: Callable[[Training], None]
    every: float = 0.25
    stop: bool = False  # set from a signal handler; the loop then ticks and returns at the next step
    agreed: bool = False  # of several processes: that all of them stop, since one of them is to

    def stops(self, processes: Processes) -> bool:
        """Whether the loop returns here: of several processes all of them, at the same step."""
        return self.agreed if processes.several else self.stop


def train(training: Training, listener: Listener) -> bool:
    """Run to the last epoch; False when the listener asked to stop before it."""
    position = training.position
    now = time.monotonic()
    due = now + listener.every
    while position.epoch < training.hyper.epochs and not training.out_of_patience:
        training.net.train()
        for module in training.hold(position.epoch):
            module.eval()
        for batch in training.batches():
            set_learning_rate(training.optimiser, training.hyper.learning_rate * training.schedule(position.done))
            loss = forward_backward(training, batch)
            if training.hyper.clip_norm is not None:
                nn.utils.clip_grad_norm_(training.net.parameters(), training.hyper.clip_norm)
            training.optimiser.step()
            training.net.zero_grad()
            if position.step % STEPS_BETWEEN_SWEEPS == 0:
                drop_tiny(training.optimiser)
            if training.average is not None:
                training.average.update(position.step)
            training.loss_sum.add_(loss, alpha=batch.size)  # on the device: nothing waits for it
            position.batch += 1
            position.rows += batch.size
            position.step += 1
            position.done = min(1.0, position.done + position.pace)
            listener.agreed, is_due = training.processes.agreed(listener.stop, time.monotonic() > due)
            if listener.agreed or is_due:
                position.seconds, now = position.seconds + time.monotonic() - now, time.monotonic()
                listener.tick(training)
                if listener.stops(training.processes):
                    return False
                due = time.monotonic() + listener.every
            if position.step == training.hyper.max_steps:
                break
        end_epoch(training)
        position.seconds, now = position.seconds + time.monotonic() - now, time.monotonic()
        training.position.history[-1]["seconds"] = round(position.seconds, 3)
        listener.epoch_end(training)
        if listener.stops(training.processes):
            return False
    return True


def forward_backward(training: Training, batch: Batch) -> Tensor:
    """Gradients of the loss of the batch, in as many passes as the memory needs; returns that loss, detached.

    The passes give the gradient of the whole batch to rounding: `goodfit.train.passes`. Out of memory halves their size
    and starts the batch again.
    """
    rows, device = len(batch.rows), training.feed.device
    if training.together is not None:
        return training.together.forward_backward(training.task, batch, training.precision, device, training.folds)
    while True:
        try:
            if training.hyper.micro_batch >= rows:
                with training.precision.autocast(device):
                    loss = training.task.loss(*training_outputs(training.net, training.folds, *batch[:3]))
                (gradient_scale(training.net, training.folds) * loss + penalty(training.net)).backward()
                return loss.detach()
            passes = -(-rows // training.hyper.micro_batch)
            return backward_in_passes(
                training.net, training.task, batch, passes, training.precision, device, training.folds
            )
        except RuntimeError as error:
            if not out_of_memory(error) or min(training.hyper.micro_batch, rows) < 2:
                raise
        training.hyper = replace(training.hyper, micro_batch=min(training.hyper.micro_batch, rows) // 2)
        training.net.zero_grad()
        if device.type == "cuda":
            torch.cuda.empty_cache()


def end_epoch(training: Training) -> None:
    """Validate, write the history's line, keep the best weights."""
    position, task = training.position, training.task
    train_loss = float(training.loss_sum) / max(1, position.rows)
    if train_loss != train_loss or train_loss in (float("inf"), float("-inf")):
        raise ModelError(
            f"the loss turned into {train_loss} in epoch {position.epoch + 1} (rate {training.hyper.learning_rate:g})",
            fix="Give a lower --lr, or --precision float32",
        )
    training.loss_sum.zero_()
    live = {name: tensor.detach() for name, tensor in training.net.state_dict().items()}
    training.processes.refuse_different([tensor for tensor in live.values() if not is_sharded(tensor)])
    if training.average is not None:
        live = {name: tensor.clone() for name, tensor in live.items()}
        training.net.load_state_dict(training.average.state_dict())
    out, y = training.validation_scores(whole=False)
    losses = task.row_losses(out, y)
    score = task.score(out, y)
    valid_loss = float(losses.double().mean())
    position.history.append(
        {
            "epoch": position.epoch + 1,
            "rows": position.rows,
            "train_loss": train_loss,
            "valid_loss": valid_loss,
            task.main_metric: score,
            "learning_rate": training.optimiser.param_groups[-1]["lr"],
        }
    )
    compared = task.trained_losses(out, y)
    sample = compared[:: max(1, -(-len(compared) // CURVE_ROWS))].float()[None]
    training.curve = torch.cat([training.curve, sample]) if len(training.curve) else sample
    criterion = task.criterion(out, y)
    if position.best_score is None or (criterion, valid_loss) < (
        position.best_score,
        position.history[position.best_epoch]["valid_loss"],
    ):
        position.best_score, position.best_epoch = criterion, position.epoch
        training.best = {
            name: tensor.detach().clone() if is_sharded(tensor) else tensor.detach().to("cpu", copy=True)
            for name, tensor in training.net.state_dict().items()
        }
    if training.average is not None:
        training.net.load_state_dict(live)
    position.epoch += 1
    position.batch = position.rows = 0
