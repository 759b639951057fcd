"""Beginning a training, or going on with one from its checkpoint, and fitting its schedule to a time budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.data.source import Batch
from goodfit.errors import RunError
from goodfit.fitting.hyperparameters import Setup, make_feed, trained_task, use_memory_format
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.problem import Problem
from goodfit.fitting.resume import Checkpoint
from goodfit.formatting import counted, number
from goodfit.rivals.time_limit import TimeLimit
from goodfit.store.tensors import unpack
from goodfit.train.budget import fit_to_budget, seconds_of_an_epoch
from goodfit.train.checkpoint import restore
from goodfit.train.cross_fitting import Folds
from goodfit.train.ema import MovingAverage
from goodfit.train.fine_tuning import stage_groups, thawing
from goodfit.train.loop import Position, Training
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision
from goodfit.train.schedule import schedule

CLOSING_SECONDS, SHARE_OF_CLOSING = 6.0, 0.25  # of a time budget, kept for scores, predictions and the report, at most
SHARE_OF_RIVALS = 0.4  # of the time that is left for learning, at most: of a short budget reading has taken a part
SHARE_OF_SPREAD = 0.15  # of a time budget, at most
TEST_ROW_SHARE = 1 / 3  # seconds of scoring a row, as a share of those of training on it


@dataclass(frozen=True)
class Budget:
    """A time budget.

    Attributes:
        began: on the monotonic clock.
        test_rows: that are scored in the end.
        rival_seconds: that rivals are thought to take after training; they get SHARE_OF_RIVALS of what is left at most.
        spread_seconds: the same of what learns the widths of intervals.
    """

    minutes: float
    began: float
    test_rows: int
    rival_seconds: float = 0.0
    spread_seconds: float = 0.0

    def seconds_left(self, training: Training, epoch_seconds: float) -> float:
        """What is left for training."""
        spread = min(self.spread_seconds, SHARE_OF_SPREAD * 60 * self.minutes)
        left = self._closing(training, epoch_seconds) - spread - time.monotonic()
        return left - min(self.rival_seconds, max(0.0, SHARE_OF_RIVALS * (left + training.position.seconds)))

    def for_rivals(self, training: Training) -> TimeLimit:
        """How long rivals may take."""
        spread = min(self.spread_seconds, SHARE_OF_SPREAD * 60 * self.minutes)
        return TimeLimit(self._closing(training) - spread)

    def for_spread(self, training: Training) -> TimeLimit:
        """How long what learns the widths of intervals may take, which comes after the rivals."""
        return TimeLimit(self._closing(training))

    def _closing(self, training: Training, epoch_seconds: float | None = None) -> float:
        """When scores begin, on the monotonic clock.

        Args:
            epoch_seconds: of the net; by the epochs that it has had when None.
        """
        if epoch_seconds is None:
            position = training.position
            epoch_seconds = position.seconds / max(1, position.epoch)
        passes = training.task.looks * (self.test_rows + len(training.valid_rows))
        scoring = passes / max(1, len(training.train_rows)) * epoch_seconds * TEST_ROW_SHARE
        seconds = 60 * self.minutes
        return self.began + seconds - scoring - min(CLOSING_SECONDS, SHARE_OF_CLOSING * seconds)


def begin(problem: Problem, net: Net, setup: Setup, precision_why: str = "") -> Training:
    """A training before its first step."""
    hyper, arch = setup.hyper, net.record.arch
    groups = parameter_groups(stage_groups(arch, net.module, hyper.stage_decay), hyper.weight_decay)
    device, folds = setup.feed.device, problem.split.folds
    training = Training(
        net=net.module,
        task=setup.task,
        feed=setup.feed,
        train_rows=problem.split.rows("train"),
        valid_rows=problem.split.rows("valid"),
        optimiser=make_optimiser(hyper.optimiser, groups, device),
        schedule=schedule(hyper.schedule),
        precision=Precision(hyper.precision, hyper.channels_last, precision_why),
        hyper=hyper,
        position=Position(),
        folds=None if folds is None or problem.head_alone else Folds(torch.from_numpy(folds)),
        average=MovingAverage(net.module, hyper.ema_decay) if hyper.ema_decay else None,
        hold=thawing(arch, net.module, hyper.frozen_epochs),
        loss_sum=torch.zeros((), device=device),
    )
    training.position.pace = 1 / (hyper.epochs * training.batches_an_epoch)
    return training


def go_on(problem: Problem, net: Net, checkpoint: Checkpoint, device: torch.device, journal: Journal) -> Training:
    """The training where its checkpoint was written."""
    hyper = checkpoint.started.hyper
    task = trained_task(problem.task, net, hyper.augment, hyper.label_smoothing)
    feed = make_feed(problem, task, device, hyper.batch_size, hyper.seed, checkpoint.normalise, hyper.augment)
    use_memory_format(net.module, feed, hyper)
    training = begin(problem, net, Setup(hyper, feed, task), "as when the run was started")
    if set(unpack("net", checkpoint.tensors)) != set(training.net.state_dict()):
        raise RunError(
            "another net stopped here: it was changed since, or an older goodfit built it otherwise",
            where=checkpoint.path,
            fix="Fit anew, without --resume",
        )
    restore(training, checkpoint.tensors, checkpoint.values)
    if problem.head_alone and problem.split.folds is not None and training.held_out is None:
        raise RunError("an older goodfit stopped here, which validated otherwise", fix="Fit anew, without --resume")
    journal.go_on(checkpoint.started.choices, checkpoint.started.analyses, training)
    return training


def fit_schedule(training: Training, budget: Budget, journal: Journal) -> None:
    """Set the epochs by timing steps of this training on a copy, and say so."""

    def loss_of(trial: nn.Module, batch: Batch) -> Tensor:
        return training.task.loss(trial(batch.x), batch.y)

    epoch_seconds = seconds_of_an_epoch(training, loss_of)
    fit_to_budget(training, budget.seconds_left(training, epoch_seconds), epoch_seconds)
    steps = training.hyper.max_steps
    agreed = f"{budget.minutes:g} minute{'' if budget.minutes == 1 else 's'}"
    inside = f"; it stops after {counted(steps, 'step')}, inside the first" if steps else ""
    journal.choose(
        "epochs",
        training.hyper.epochs,
        f"{agreed} at about {number(epoch_seconds, 2)} s an epoch{inside}; planned anew after each",
    )


def seconds_left(budget: Budget | None) -> Callable[[Training], float] | None:
    """What the session asks after every epoch: the seconds left for training, by how long epochs have taken."""
    if budget is None:
        return None
    return lambda training: budget.seconds_left(training, training.position.seconds / training.position.epoch)
