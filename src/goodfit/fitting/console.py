"""What a person sees while a run goes on: choices, progress and findings, all on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goodfit.checks.finding import Finding

if TYPE_CHECKING:
    from goodfit.train.hyperparameters import Choice
    from goodfit.train.loop import Training

REDRAW = 0.25  # seconds


class Console:
    """Plain lines on stderr; on a terminal a line of progress that is drawn over, elsewhere none of that."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._live = not quiet and sys.stderr.isatty()
        self._drawn = 0
        self._header = False

    def say(self, text: str) -> None:
        if not self.quiet:
            self._clear()
            print(text, file=sys.stderr, flush=True)

    def choice(self, choice: Choice) -> None:
        self.say(f"  {choice.name:<16}{choice.value}  ({choice.why})")

    def finding(self, finding: Finding) -> None:
        self.say(f"  {finding.level.value}: {finding.message}. {finding.fix}. [{finding.rule}]")

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar for work that is counted: call it with (done, all)."""
        began = drawn = time.monotonic()

        def show(done: int, total: int) -> None:
            nonlocal drawn
            now = time.monotonic()
            if self._live and now - drawn > REDRAW:
                drawn = now
                left = (now - began) / max(1, done) * (total - done)
                self._draw(f"  {what} {bar(done / max(1, total))} {done:,} of {total:,}, {left:.0f} s left")

        yield show
        self._clear()

    def batch(self, training: Training) -> None:
        """Inside an epoch."""
        if not self._live:
            return
        position, batches = training.position, training.batches_an_epoch
        loss = float(training.loss_sum) / max(1, position.rows)
        left = position.seconds / max(position.done, 1e-9) * (1 - position.done)
        where = f"epoch {position.epoch + 1} of {training.hyper.epochs} {bar(position.batch / batches)}"
        self._draw(f"  {where} loss {loss:.3f}, {clock(left)} left")

    def epoch(self, training: Training) -> None:
        """After an epoch: one line of its figures."""
        line = training.position.history[-1]
        metric = training.task.main_metric
        if not self._header:
            self._header = True
            self.say(f"\n  {'epoch':>5}  {'train loss':>10}  {'valid loss':>10}  {metric:>12}  {'time':>7}")
        kept = "  best" if training.position.best_epoch == training.position.epoch - 1 else ""
        self.say(
            f"  {line['epoch']:>5}  {line['train_loss']:>10.4f}  {line['valid_loss']:>10.4f}  {line[metric]:>12.4f}"
            f"  {clock(line['seconds']):>7}{kept}"
        )

    def _draw(self, text: str) -> None:
        print("\r" + text.ljust(self._drawn), end="", file=sys.stderr, flush=True)
        self._drawn = len(text)

    def _clear(self) -> None:
        if self._drawn:
            print("\r" + " " * self._drawn + "\r", end="", file=sys.stderr, flush=True)
            self._drawn = 0


def bar(share: float, width: int = 24) -> str:
    full = round(min(1.0, share) * width)
    return "█" * full + "░" * (width - full)


def clock(seconds: float) -> str:
    """Seconds as m:ss."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
