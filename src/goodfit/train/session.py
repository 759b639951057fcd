"""A session: running a training to its end, with progress, checkpoints, Ctrl-C and the time budget."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

from goodfit.train.budget import fit_to_budget
from goodfit.train.loop import Listener, Training, train

FIRST_CHECKPOINT = 10.0  # seconds
CHECKPOINT_COST = 0.02  # of the time may go into checkpoints


class Interrupted(Exception):
    """Ctrl-C: the checkpoint is written."""


@dataclass(frozen=True)
class Epoch:
    """An epoch that has ended: what `goodfit.fit(..., on_epoch=...)` is called with.

    Attributes:
        number: of this epoch, counted from 1, and `epochs`: of all that are planned.
        rows: training rows seen in it.
        train_loss, valid_loss: means.
        metric: name of the main metric, and `score`: its value on the validation rows.
        learning_rate: of the last step.
        seconds: since training began, validation included.
        best: whether its weights are the best so far.
    """

    number: int
    epochs: int
    rows: int
    train_loss: float
    valid_loss: float
    metric: str
    score: float
    learning_rate: float
    seconds: float
    best: bool

    @classmethod
    def last_of(cls, training: Training) -> Epoch:
        """The epoch that ended last."""
        line, metric = training.position.history[-1], training.task.main_metric
        return cls(
            number=line["epoch"],
            epochs=training.hyper.epochs,
            rows=line["rows"],
            train_loss=line["train_loss"],
            valid_loss=line["valid_loss"],
            metric=metric,
            score=line[metric],
            learning_rate=line["learning_rate"],
            seconds=line["seconds"],
            best=training.position.best_epoch == training.position.epoch - 1,
        )


class Voice(Protocol):
    """Where progress is shown."""

    def batch(self, training: Training) -> None: ...

    def epoch(self, training: Training) -> None: ...

    def say(self, text: str) -> None: ...


def run_session(
    training: Training,
    save: Callable[[Training], None],
    voice: Voice,
    seconds_left: Callable[[Training], float] | None = None,
) -> None:
    """Train to the last epoch, with a checkpoint at least every ten seconds or so, and at every epoch's end.

    Args:
        save: writes the checkpoint.
        voice: shows progress.
        seconds_left: of the time budget, if there is one: the epochs are fitted to it again after every epoch.

    Raises:
        Interrupted: Ctrl-C; the checkpoint is written.
    """
    micro = training.hyper.micro_batch
    due = time.monotonic() + FIRST_CHECKPOINT

    def saved() -> float:
        start = time.monotonic()
        save(training)
        return start + max(FIRST_CHECKPOINT, (time.monotonic() - start) / CHECKPOINT_COST)

    def tick(training: Training) -> None:
        nonlocal micro, due
        if training.hyper.micro_batch < micro:
            micro = training.hyper.micro_batch
            passes = -(-training.hyper.batch_size // micro)
            voice.say(
                f"out of memory: now {passes} passes of {micro} rows a step of {training.hyper.batch_size}, as before"
            )
        voice.batch(training)
        (is_due,) = training.processes.agreed(time.monotonic() > due)
        if listener.stops(training.processes) or is_due:
            due = saved()

    def epoch_end(training: Training) -> None:
        nonlocal due
        voice.epoch(training)
        steps, planned = training.position.step, training.hyper.max_steps
        if seconds_left is not None and (planned is None or steps < planned):
            an_epoch = training.position.seconds / training.position.epoch
            fit_to_budget(training, *training.processes.value_of_first((seconds_left(training), an_epoch)))
        is_late = time.monotonic() > due - FIRST_CHECKPOINT / 2
        listener.agreed, is_due = training.processes.agreed(listener.stop, is_late)
        if listener.stops(training.processes) or is_due:
            due = saved()

    listener = Listener(tick, epoch_end)
    with interrupts_stop(listener, patient=training.processes.several):
        if not train(training, listener):
            raise Interrupted


@contextmanager
def interrupts_stop(listener: Listener, *, patient: bool = False) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops at the next step, a second one at once. Only the main thread gets signals.

    Args:
        patient: a second one is that of the launcher, which passes on what the terminal has sent already.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if listener.stop and not patient:
            raise KeyboardInterrupt
        listener.stop = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
