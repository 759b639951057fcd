"""A fit of a kind of data that is to be killed: started in a process of its own, and followed to its end."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from same_bits import FITS

PYTHON_ARRAYS = "arrays from Python"
MORE = {f"{kind}, trained on": (kind, 3) for kind in ("table, classes", "table, a number", "images")}
SHARD = ["--shard", "--optimiser", "adamw", "--folds", "1"]  # not for Muon, nor for cross-fitting
SECONDS_AT_MOST = 120  # of a fit, a process


@dataclass(frozen=True)
class Fit:
    """A command to run, in a process of its own."""

    kind: str
    data: Path
    cache: Path
    out: Path
    resume: bool = False
    processes: int = 1
    shard: bool = False

    @property
    def more(self) -> int:
        """Epochs by which it trains a finished run on; 0 for a fit of its own."""
        return MORE[self.kind][1] if self.kind in MORE else 0

    @property
    def seconds_at_most(self) -> int:
        """After which it hangs."""
        return SECONDS_AT_MOST * self.processes

    @property
    def epochs(self) -> int:
        """Of the whole history."""
        words = self._words
        return (int(words[words.index("--epochs") + 1]) if "--epochs" in words else 5) + self.more

    @property
    def _words(self) -> list[str]:
        return FITS.get(MORE[self.kind][0] if self.more else self.kind, [])

    @property
    def stands(self) -> bool:
        """Whether the run has all of its epochs under its own name."""
        return (self.out / "run.json").exists() and lines_of_history(self.out) >= self.epochs

    @property
    def work(self) -> Path:
        """Where it is written."""
        return self.out if not self.more or self.stands else self.out.with_name(f"{self.out.name}-more")

    def start(self) -> int:
        """The number of its process."""
        process = os.fork()
        if process:
            return process
        try:
            os._exit(self._run())
        finally:
            os._exit(99)  # a traceback: it is in the log

    def _run(self) -> int:
        log = os.open(self.out.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.chdir(self.data)
        try:
            if self.kind == PYTHON_ARRAYS:
                import goodfit

                rows = np.load("rows.npz")
                goodfit.fit((rows["x"], rows["y"]), epochs=5, out=self.out, resume=self.resume, cache=self.cache)
                return 0
            from goodfit.cli.app import main

            sys.argv = ["goodfit", "fit", *self._words, "--out", str(self.out), "--cache", str(self.cache)]
            if self.processes > 1:
                sys.argv += ["--processes", str(self.processes), *(SHARD if self.shard else [])]
            sys.argv += ["--quiet", "--device", "cpu", "--seed", "7", *self._again]
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
        except BaseException:
            import traceback

            traceback.print_exc()
            return 98
        return 0

    @property
    def _again(self) -> list[str]:
        if self.more and not self.stands:
            return ["--more", str(self.more)]
        return ["--resume"] if self.resume else []


def lines_of_history(folder: Path) -> int:
    """Epochs in the history of a folder."""
    try:
        return (folder / "history.jsonl").read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def to_the_end(fit: Fit) -> str | None:
    """Run it; what is wrong, None where it ends well."""
    return ended(fit.start(), fit)


def ended(process: int, fit: Fit) -> str | None:
    """Wait for a fit; what is wrong, None where it ends well."""
    limit = time.monotonic() + fit.seconds_at_most
    while True:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return fault(status, fit)
        if time.monotonic() > limit:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return "hangs"
        time.sleep(0.01)


def fault(status: int, fit: Fit) -> str | None:
    """What is wrong with a fit that ended so; None: nothing."""
    code = os.waitstatus_to_exitcode(status)
    return None if code == 0 else f"exit {code}: {fit.out.with_suffix('.log').read_text()[-2000:]}"
