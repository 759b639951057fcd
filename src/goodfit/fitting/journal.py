"""The journal of a fit: what was chosen and why, what the rules found, how each epoch ended. All else are values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from goodfit.checks.finding import Finding
from goodfit.errors import disk_error
from goodfit.fitting.console import Console
from goodfit.record import Choice
from goodfit.store.files import write_text
from goodfit.store.run_folder import HISTORY
from goodfit.train.loop import Training
from goodfit.train.session import Epoch


class Journal:
    """Keeps what a fit has to say, and says it.

    Args:
        console: where people read it.
        folder: the run folder, in which history.jsonl gets a line as each epoch ends; None: no file.
        on_epoch: the user's own function, called with each epoch that ended.
    """

    def __init__(
        self, console: Console, folder: Path | None = None, on_epoch: Callable[[Epoch], None] | None = None
    ) -> None:
        self.console = console
        self.choices: list[Choice] = []
        self.findings: list[Finding] = []
        self.analyses: dict[str, Any] = {}  # what a run records of how it was set up, as JSON by name
        self._history = None if folder is None else folder / HISTORY
        self._on_epoch = on_epoch

    def choose(self, name: str, value: object, why: str) -> None:
        """Keep a choice, and tell it."""
        choice = Choice(name, str(value), why)
        self.choices.append(choice)
        self.console.choice(choice)

    def go_on(self, choices: Sequence[Choice], analyses: Mapping[str, Any], training: Training) -> None:
        """Take over what an earlier session of this run wrote; lines of epochs after its checkpoint are dropped."""
        self.choices, self.analyses = list(choices), dict(analyses)
        self.write_history(training)
        self.say(f"resumed at epoch {training.position.epoch + 1}, batch {training.position.batch}")

    def write_history(self, training: Training) -> None:
        """The epochs so far, in place of what the file had."""
        if self._history is not None:
            write_text(self._history, "".join(json.dumps(line) + "\n" for line in training.position.history))

    def note(self, findings: Sequence[Finding]) -> None:
        """Keep what the rules found, and tell it."""
        self.findings += findings
        for finding in findings:
            self.console.finding(finding)

    def say(self, text: str) -> None:
        self.console.say(text)

    def progress(self, what: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """A bar for work that is counted: call it with (done, all)."""
        return self.console.progress(what)

    def batch(self, training: Training) -> None:
        """Inside an epoch."""
        self.console.batch(training)

    def epoch(self, training: Training) -> None:
        """An epoch has ended: its line goes to the file, the console and the user's function."""
        if self._history is not None:
            _append(self._history, json.dumps(training.position.history[-1]) + "\n")
        self.console.epoch(training)
        if self._on_epoch is not None:
            self._on_epoch(Epoch.last_of(training))


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise disk_error(error, path) from error
