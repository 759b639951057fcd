"""Processes of torchrun find each other at every start, end with their launcher, and name one that hangs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
import torch
from torch._C._distributed_c10d import HashStore

from goodfit.errors import UsageError
from goodfit.fitting.folder import RunFolder
from goodfit.fitting.more import MoreEpochs
from goodfit.fitting.processes import Team
from goodfit.train import processes
from goodfit.train.launcher import NoStartError, common_round

APART = {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}  # the launchers' store is not that of the processes
STORES = pytest.mark.parametrize(
    "store", [{}, pytest.param(APART, marks=pytest.mark.slow)], ids=["one store", "stores apart"]
)
PROGRAM = """
import datetime, os, sys, time
from pathlib import Path
import torch
from goodfit.train import processes
processes.TIMEOUT = datetime.timedelta(seconds=6)
team = processes.join(torch.device("cpu"))
(Path(sys.argv[1]) / str(os.getpid())).touch()
for step in range(10_000):
    if sys.argv[2] == "hang" and team.rank == 1 and step == 5:
        time.sleep(60)
    team.agreed(False)
    time.sleep(0.01)
"""


def start_torchrun(tmp_path: Path, what: str, store: dict[str, str]) -> subprocess.Popen[str]:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "workers").mkdir()
    words = ["--nproc-per-node", "2", "--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
    return subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", *words, "program.py", str(tmp_path / "workers"), what],
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "OMP_NUM_THREADS": "1", **store},
    )


def in_threads(store: HashStore, ranks: list[int], count: int, names: dict[int, str]) -> list[threading.Thread]:
    def come(rank: int) -> None:
        names[rank] = common_round(store, rank, count, 20)

    threads = [threading.Thread(target=come, args=(rank,)) for rank in ranks]
    for thread in threads:
        thread.start()
    return threads


def test_every_start_has_a_name_of_its_own() -> None:
    store = HashStore()
    store.set_timeout(timedelta(seconds=20))
    starts = []
    for _ in range(3):
        names: dict[int, str] = {}
        for thread in in_threads(store, [2, 0, 1], 3, names):
            thread.join(30)
        assert len(names) == 3
        assert len(set(names.values())) == 1
        starts.append(names[0])
    assert len(set(starts)) == 3


def test_one_that_was_killed_before_it_was_welcomed_is_not_waited_for() -> None:
    """Its greeting is still in the store when the others, and one in its place, start."""
    store = HashStore()
    store.set_timeout(timedelta(seconds=20))
    store.set("hello/1", "of a process that is dead")
    names: dict[int, str] = {}
    threads = in_threads(store, [0, 2], 3, names)
    time.sleep(0.3)
    assert not names.get(0)
    threads += in_threads(store, [1], 3, names)
    for thread in threads:
        thread.join(30)
    assert len(names) == 3
    assert len(set(names.values())) == 1


def test_others_that_do_not_come_are_not_waited_for_for_ever() -> None:
    store = HashStore()
    store.set_timeout(timedelta(seconds=20))
    with pytest.raises(NoStartError, match="timed out waiting for the other processes"):
        common_round(store, 0, 2, 0.2)
    with pytest.raises(NoStartError, match="timed out waiting for the first process"):
        common_round(store, 1, 2, 0.2)


@pytest.mark.skipif(sys.platform == "win32", reason="a process there keeps the number of its parent")
@STORES
def test_processes_end_with_their_launcher(tmp_path: Path, store: dict[str, str]) -> None:
    launcher = start_torchrun(tmp_path, "work", store)
    try:
        limit = time.monotonic() + 60
        while len(list((tmp_path / "workers").iterdir())) < 2:
            assert time.monotonic() < limit, launcher.communicate(timeout=5)[0]
            time.sleep(0.05)
        workers = [psutil.Process(int(path.name)) for path in (tmp_path / "workers").iterdir()]
        assert all(worker.is_running() for worker in workers)
    finally:
        launcher.send_signal(signal.SIGKILL)
        launcher.communicate(timeout=20)
    gone, alive = psutil.wait_procs(workers, timeout=15)
    for worker in alive:
        worker.kill()
    assert len(gone) == 2, "they went on without it"


@pytest.mark.slow
@STORES
def test_one_that_hangs_is_named(tmp_path: Path, store: dict[str, str]) -> None:
    launcher = start_torchrun(tmp_path, "hang", store)
    out, _ = launcher.communicate(timeout=120)
    assert launcher.returncode != 0
    assert "ProcessError: process 1 does not answer" in out


def test_a_first_process_that_cannot_be_reached_is_said_with_its_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and nobody listens
        port = str(free.getsockname()[1])
        program = (
            "import datetime, torch\nfrom goodfit.train import processes\n"
            "processes.TIMEOUT = datetime.timedelta(seconds=2)\nprocesses.join(torch.device('cpu'))\n"
        )
        places = {"WORLD_SIZE": "2", "RANK": "1", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
        done = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, **places}, capture_output=True, text=True, check=False
        )
    *_, last = done.stderr.splitlines()
    assert last.startswith(
        f"goodfit.errors.ProcessError: the first process cannot be reached at 127.0.0.1, port {port}. Check MASTER_ADDR"
    )


def test_who_keeps_nothing_for_processes_that_are_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_store_of_launcher", lambda: None)
    assert not processes.restarted_without_memory()  # no launcher: nobody starts them again
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "fit")
    assert processes.restarted_without_memory()
    longer = MoreEpochs(Path("run"), None, 2, RunFolder(Path("run-more")))  # type: ignore[arg-type]  # no record is read
    with pytest.raises(UsageError, match="remembers how far it has come"):
        Team(processes.Processes(0, 2), torch.device("cpu"), 0).folder_before_restart(longer)
    monkeypatch.setattr(processes, "_store_of_launcher", lambda: HashStore())
    assert not processes.restarted_without_memory()
