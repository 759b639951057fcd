"""Whether other programs keep the processor's cores busy, found out before torch is loaded.

Threads that share a computation wait for each other thousands of times a second. They spin while they wait, which is
the fastest on a quiet machine; on a busy one a thread that spins holds the core that the awaited one needs. The runtime
of OpenMP reads how its threads wait once, when torch loads it (`OMP_WAIT_POLICY`). No result depends on it:
docs/decisions/070-busy-machines.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

SHORTEST = 0.1  # seconds between two samples: the system counts in hundredths
ROOM = 0.4  # of a core, that others may take from our threads
CHOSEN = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")  # by the user, who knows better
STAT, CPUINFO = Path("/proc/stat"), Path("/proc/cpuinfo")
IDLE = (3, 4)  # the places of idle and of waiting for disks in a line of /proc/stat (man 5 proc_stat)
TIMES = 8  # of the numbers of such a line: the last two are counted in others


@dataclass(frozen=True)
class Sample:
    """Seconds since some moment: of the clock, of work on the cores that this process may use, of its own work."""

    clock: float
    cores: float
    own: float


_found: list[str] = []  # what is said of it, once it is found


def sample() -> Sample | None:
    """How much the cores have worked until now; None where the system does not say (it is Linux that does)."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    try:
        worked = cores_worked(STAT.read_text(encoding="ascii"), os.sched_getaffinity(0))
    except (OSError, ValueError):
        return None
    return Sample(time.monotonic(), worked / os.sysconf("SC_CLK_TCK"), sum(os.times()[:4]))


def cores_worked(stat: str, usable: set[int]) -> int:
    """Ticks that these cores have worked, for whomever, of the text of /proc/stat."""
    ticks = 0
    for line in stat.splitlines():
        name, *numbers = line.split()
        if name.startswith("cpu") and name[3:].isdigit() and int(name[3:]) in usable:
            ticks += sum(int(number) for place, number in enumerate(numbers[:TIMES]) if place not in IDLE)
    return ticks


def cores_of_others(before: Sample, after: Sample) -> float:
    """How many cores other programs kept busy between two samples, as a mean; 0 where these are too near."""
    seconds = after.clock - before.clock
    if seconds < SHORTEST:
        return 0.0
    return max(0.0, (after.cores - before.cores - (after.own - before.own)) / seconds)


def wait_asleep_if_busy(before: Sample | None, environment: MutableMapping[str, str] = os.environ) -> None:
    """Let threads sleep while they wait, where other programs have kept so many cores busy since that there is none for
    each thread. To be called before torch is loaded; processes that are started from here inherit it.
    """
    after = sample()
    if before is None or after is None or any(name in environment for name in CHOSEN):
        return
    others = cores_of_others(before, after)
    cores = len(os.sched_getaffinity(0))
    if (threads := threads_of_torch(cores, environment)) > 1 and threads + others > cores + ROOM:
        environment["OMP_WAIT_POLICY"] = "PASSIVE"
        _found.append(f"other programs keep {others:.1f} of {cores} cores busy")


def threads_of_torch(cores: int, environment: Mapping[str, str]) -> int:
    """As many as it takes where nobody says: one for each core that is not a second thread of another."""
    if (given := environment.get("OMP_NUM_THREADS", "")).isdigit():
        return int(given)
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return cores
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        return max(1, cores * int(said["cpu cores"]) // int(said["siblings"]))
    except (KeyError, ValueError, ZeroDivisionError):
        return cores


def busy_words() -> str:
    """What is said of it where a fit says what it runs on; empty on a quiet machine."""
    return "".join(f"; {found}" for found in _found)
