"""The command goodfit in a process of its own, without the seconds that it takes to import torch and goodfit.

The process is forked from a server, which Python's multiprocessing starts once for each process of the tests: it has
imported what a fit imports and has run nothing, so that what an earlier test did is not seen. What a new
interpreter is the point of (imports, start-up, signals, the installed script) is tested with subprocess instead.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

# Not polars: it starts threads when it is imported, and those do not come along in a fork.
PRELOADED = [
    "torch._dynamo",  # by the first optimiser
    "sklearn.datasets", "sklearn.ensemble", "sklearn.metrics", "scipy.stats",
    "matplotlib.figure", "matplotlib.backends.backend_svg", "PIL.Image",
    "goodfit.cli.check", "goodfit.cli.fit", "goodfit.cli.runs", "goodfit.fitting.fit", "goodfit.run",
]  # fmt: skip
IGNORED_BY_PYTHON = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def small_processes() -> ForkServerContext:
    """Where processes are forked from the server."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def goodfit_process(
    *arguments: object,
    cwd: str | Path | None = None,
    largest_file: int | None = None,
    before: Callable[[], None] | None = None,
    timeout: float = 300,
) -> subprocess.CompletedProcess[str]:
    """Run `goodfit ...` in the folder `cwd`; its exit status and what it printed.

    Args:
        largest_file: bytes after which the disk is full, for each file that is written.
        before: a function of a module, which is called in the process first.
    """
    words = ["goodfit", *map(str, arguments)]
    context = small_processes()
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        settings = (os.fspath(cwd or Path.cwd()), dict(os.environ), outputs, largest_file, before)
        process = context.Process(target=_run, args=(words, *settings))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(words, timeout)
        stdout, stderr = (path.read_text(encoding="utf-8") for path in outputs)
        return subprocess.CompletedProcess(words, process.exitcode, stdout, stderr)


def _run(
    words: list[str],
    cwd: str,
    environment: Mapping[str, str],
    outputs: Sequence[Path],
    largest_file: int | None,
    before: Callable[[], None] | None,
) -> None:
    """In the new process: make it look like one that was started as `python -m goodfit`, and run the command."""
    for number, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY))
    sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", 1, encoding="utf-8")
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:], sys.path[:0] = words, [cwd]
    warnings.resetwarnings()
    for category in IGNORED_BY_PYTHON:
        warnings.simplefilter("ignore", category)
    if largest_file is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
        sys.dont_write_bytecode = True  # Python 3.11 takes a part of a .pyc for the whole, and all later imports fail
    status = 0
    try:
        if before is not None:
            before()
        from goodfit.cli.app import main

        main()
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
