"""`goodfit fit --processes N`: torchrun's launcher for one machine; and who of several processes speaks."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `goodfit --help` imports no torch
    from torch.distributed.elastic.multiprocessing.errors import ProcessFailure

BAD_INPUT = 2  # the exit status of an error that was told in a line
RESTARTS = 3
REFUSED = "GOODFIT_REFUSED"  # names a file that is there once a process has refused what it was given


def is_helper() -> bool:
    """Whether this is one of several processes, and not the first one: it prints nothing."""
    return of_several() and os.environ.get("RANK") != "0"


def of_several() -> bool:
    """Whether torchrun has started this process together with others."""
    return os.environ.get("WORLD_SIZE", "1") not in ("", "1")


def named_of_several() -> str:
    """ ", process 1 of 2"; nothing where it is alone."""
    return f", process {os.environ.get('RANK', '?')} of {os.environ['WORLD_SIZE']}" if of_several() else ""


def launch(arguments: list[str], count: int) -> int:
    """Run `goodfit ARGUMENTS` in so many processes of this machine; the exit status of the one that failed first.

    They are started again, up to three times, when one of them is killed, and go on from the last checkpoint.
    """
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores // count)))
    logging.disable(logging.ERROR)  # of torchrun, whose loggers have levels of their own: the processes have said it
    try:
        with tempfile.TemporaryDirectory() as place:
            os.environ[REFUSED] = str(Path(place) / "refused")
            config = LaunchConfig(
                min_nodes=1,
                max_nodes=1,
                nproc_per_node=count,
                run_id=uuid.uuid4().hex,
                rdzv_backend="c10d",
                rdzv_endpoint="127.0.0.1:0",
                max_restarts=RESTARTS,
                monitor_interval=0.1,
                logs_specs=DefaultLogsSpecs(log_dir=str(Path(place) / "logs")),  # else torch leaves a folder in /tmp
            )
            elastic_launch(config, sys.executable)("-m", "goodfit", *arguments)
    except ChildFailedError as error:
        return ended(error.failures)
    except SignalException as stop:
        return 128 + int(stop.sigval)
    finally:
        logging.disable(logging.NOTSET)
    return 0


def ended(failures: Mapping[int, ProcessFailure]) -> int:
    """The exit status of processes that were started again as often as they may be, by rank.

    Of one that was killed a line says which it was, and by what: it could say nothing itself. SIGTERM is what the
    launcher ends the others with.
    """
    killed = {rank: -each.exitcode for rank, each in failures.items() if each.exitcode < 0}
    by_others = {rank: number for rank, number in killed.items() if number != signal.SIGTERM}
    if not by_others:
        first = min(failures.values(), key=lambda failure: failure.timestamp)
        return first.exitcode if first.exitcode > 0 else 128 - first.exitcode
    rank, number = min(by_others.items())
    memory = ", as the system does where memory runs out" if number == signal.SIGKILL else ""
    print(
        f"goodfit: process {rank} was killed ({signal.Signals(number).name}{memory}), after {RESTARTS} new starts. "
        "Give fewer --processes, and go on from the last checkpoint: the same command and --resume",
        file=sys.stderr,
    )
    return 128 + number


def refused_before() -> bool:
    """Whether this process takes the place of one that refused what it was given: it would do so again."""
    return of_several() and REFUSED in os.environ and Path(os.environ[REFUSED]).exists()


def speaks(*, for_good: bool) -> bool:
    """Whether this process is the first of several that has an error to tell.

    Args:
        for_good: the error would come again if the processes were started again.
    """
    if not of_several():
        return True
    from goodfit.train.processes import first_to_claim

    if for_good and REFUSED in os.environ:
        Path(os.environ[REFUSED]).touch()
    return first_to_claim(f"error of attempt {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}")
