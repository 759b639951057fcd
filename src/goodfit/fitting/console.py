"""What a person sees while a run goes on: choices, progress and findings, all on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from goodfit.checks.finding import Finding, Level
from goodfit.formatting import fixed, sentence

if TYPE_CHECKING:
    from rich.console import Console as RichConsole
    from rich.progress import Progress, TaskID

    from goodfit.record import Choice
    from goodfit.train.loop import Training

SECONDS_BETWEEN_DRAWS = 0.25
SECONDS_OF_PACE = 3.0  # of training, after which its pace is known
SECONDS_WORTH_SAYING = 10.0  # left
SECONDS_BETWEEN_LINES = 30.0  # inside an epoch, where nothing is drawn over: in a log
LEVEL_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTICE: "cyan"}


class Console:
    """Lines on stderr; in a terminal or a notebook also a bar that is drawn over, elsewhere none of that.

    Args:
        quiet: nothing at all.
        verbose: also what each part of the work took, and the rate, rows a second and memory of each epoch.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet, self.verbose = quiet, verbose
        self._seconds = 0.0  # of training, up to the last epoch shown
        self._has_header = False
        self._has_time = False
        self._rich: RichConsole | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._drawn = self._logged = time.monotonic()

    def say(self, text: str, style: str = "") -> None:
        """A line; control characters in it, as file and column names may have, are shown and not obeyed."""
        if not self.quiet:
            self._out.print(visible(text), style=style, markup=False, emoji=False, highlight=False, soft_wrap=True)

    def choice(self, choice: Choice) -> None:
        self.say(chosen_line(choice.name, choice.value, choice.why))

    def finding(self, finding: Finding) -> None:
        text = f"  {finding.level.value}: {sentence(finding.message)} {sentence(finding.fix)} [{finding.rule}]"
        self.say(text, LEVEL_STYLES[finding.level])

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A bar for work that is counted: call it with (done, all)."""
        self._drawn = began = time.monotonic()

        def show(done: int, total: int) -> None:
            if not self.quiet and self._due():
                self._draw(f"{what}, {done:,} of {total:,}", done, total)

        try:
            yield show
        finally:
            self.stop()
            self.detail("seconds", f"{time.monotonic() - began:.1f} for {what}")

    def detail(self, name: str, text: str) -> None:
        """A line that only --verbose shows."""
        if self.verbose:
            self.say(f"  {name:<16}{text}")

    def batch(self, training: Training) -> None:
        """Inside an epoch."""
        if self.quiet:
            return
        position = training.position
        left = position.seconds / max(position.done, 1e-9) * (1 - position.done)
        may_end_early = training.hyper.patience is not None
        rows = position.epoch * len(training.train_rows) + position.rows
        pace = f"{rows / max(position.seconds, 1e-9):,.0f} {training.feed.source.noun}s a second"
        if not self._has_time and position.seconds > SECONDS_OF_PACE:
            self._has_time = True
            if left > SECONDS_WORTH_SAYING:
                self.say(f"  {'pace':<16}{pace}; {'at most' if may_end_early else 'about'} {clock(left)} min left")
        if self._due():
            loss = float(training.loss_sum) / max(1, position.rows)
            epoch = f"epoch {position.epoch + 1} of {training.hyper.epochs}"
            time_left = f"{'at most ' if may_end_early else ''}{clock(left)} left"
            # what is waited for comes first: a terminal of 40 columns cuts the rest off
            self._draw(f"{epoch}, {time_left}, loss {loss:.3f}, {pace}", position.batch, training.batches_an_epoch)

    def _due(self) -> bool:
        """Whether so much time has passed that it is worth drawing: a loss that is read waits for the device."""
        now = time.monotonic()
        if now - self._drawn < SECONDS_BETWEEN_DRAWS:
            return False
        self._drawn = now
        return True

    def epoch(self, training: Training) -> None:
        """After an epoch: one line of its figures."""
        line = training.position.history[-1]
        metric = training.task.metric
        titles = ["epoch", "train loss", "valid loss", metric.titled(), "time"]
        widths = [max(len(title), least) for title, least in zip(titles, (5, 10, 10, 8, 7), strict=True)]
        values = [
            str(line["epoch"]), fixed(line["train_loss"]), fixed(line["valid_loss"]),
            metric.cell(line[metric.name]), clock(line["seconds"]),
        ]  # fmt: skip
        if self.verbose:
            titles, widths = [*titles, "rate", "rows/s", "memory"], [*widths, 9, 9, 9]
            values += [f"{line['learning_rate']:.2g}", self._pace(line), _mebibytes(training)]
        if not self._has_header:
            self._has_header = True
            self.say("\n  " + "  ".join(f"{title:>{width}}" for title, width in zip(titles, widths, strict=True)))
        kept = "  best" if training.position.best_epoch == training.position.epoch - 1 else ""
        self.say("  " + "  ".join(f"{value:>{width}}" for value, width in zip(values, widths, strict=True)) + kept)

    def _pace(self, line: Mapping[str, Any]) -> str:
        """Rows a second of this epoch, its validation included."""
        seconds, self._seconds = line["seconds"] - self._seconds, line["seconds"]
        return f"{line['rows'] / max(seconds, 1e-9):,.0f}"

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    @property
    def _out(self) -> RichConsole:
        if self._rich is None:
            from rich.console import Console as RichConsole  # late: a quiet fit does without

            self._rich = RichConsole(stderr=True)
        return self._rich

    def _draw(self, text: str, done: int, total: int) -> None:
        if not (self._out.is_terminal or self._out.is_jupyter):
            if time.monotonic() - self._logged > SECONDS_BETWEEN_LINES:
                self._logged = time.monotonic()
                self.say(f"  {text}")
            return
        if self._bar is None or self._task is None:
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (TextColumn("  "), BarColumn(24), TextColumn("{task.description}", markup=False))
            self._bar = Progress(*columns, console=self._out, transient=True, auto_refresh=False)
            self._bar.start()
            self._task = self._bar.add_task("", total=total)
        self._bar.update(self._task, description=visible(text), completed=done, total=total, refresh=True)


def _mebibytes(training: Training) -> str:
    """The most memory so far."""
    from goodfit.train.memory import most_memory  # late: torch

    most = most_memory(training.feed.device)
    return "–" if most is None else f"{most / 2**20:,.0f} MiB"


def chosen_line(name: str, value: str, why: str) -> str:
    """What was chosen or read, and why, as a line of the terminal."""
    return visible(f"  {name:<16}{value}  ({why})")


def visible(text: str) -> str:
    """The text with every control character but the line's end written out, as `\\x1b`."""
    return "".join(
        character if character.isprintable() or character == "\n" else character.encode("unicode_escape").decode()
        for character in text
    )


def clock(seconds: float) -> str:
    """Seconds as m:ss."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
