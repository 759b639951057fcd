"""A command of goodfit as a user runs it: its seconds and its largest memory, under a hard limit where one is given."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"
MEGABYTE = 2**20


def head() -> None:
    """Print what stands in the columns that `run` prints."""
    print(f"{'':<44} {'limit':>8} {'peak MB':>8} {'seconds':>8}")


def run(place: Path, name: str, words: list[str], limit: int | None = None) -> str:
    """Run `goodfit WORDS` in this folder, under a limit of so many bytes; print what it took, and give what it printed.

    The limit is RLIMIT_DATA: memory of the process's own (heap, anonymous and private mappings), which cannot be taken
    from it. The peak has pages of files too, which the system may take.
    """
    began = time.monotonic()
    log = place / "log.txt"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "goodfit", *words],
            cwd=place,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(SOURCE), "GOODFIT_CACHE": str(place / "cache")},
            preexec_fn=None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds, peak = time.monotonic() - began, usage.ru_maxrss / 1024
    printed = log.read_text()
    what = "" if process.returncode == 0 else f"  exit {process.returncode}: {printed[-300:].strip()}"
    allowed = "none" if limit is None else f"{limit / MEGABYTE:,.0f}"
    print(f"{name:<44} {allowed:>8} {peak:>8,.0f} {seconds:>8.1f}{what}", flush=True)
    return printed
