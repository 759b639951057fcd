"""Two launchers of torchrun, as on two machines: one is killed and started again, and the fit ends as it would have.

Their places are fixed (`--node-rank`), or given by `--rdzv-backend c10d`. That lets a launcher in again only where its
store is not that of the processes as well: the one that stayed writes the address of its store down for the first round
alone, and the new one waits for it in the next.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

EPOCHS = 40
SECONDS_AT_MOST = 240


def torchrun(place: Path, words: list[str], out: str, log: str, apart: bool = False) -> subprocess.Popen[bytes]:
    fit = ["-m", "goodfit", "fit", "people.csv", "--target", "rich", "--epochs", str(EPOCHS), "--folds", "1"]
    fit += ["--batch-size", "8", "--device", "cpu", "--out", out, "--cache", "cache", "--quiet"]
    fit += ["--resume"] if apart else []  # the store that remembers the folder ends with the processes
    with (place / log).open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", *words, *fit],
            cwd=place,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "OMP_NUM_THREADS": "1",
                **({"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"} if apart else {}),
            },
        )


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes there are not ended with their launcher")
@pytest.mark.parametrize("c10d", [False, True], ids=["fixed places", "c10d"])
def test_one_of_two_launchers_is_killed_and_started_again(tmp_path: Path, c10d: bool) -> None:
    random = np.random.default_rng(3)
    age = random.uniform(18, 80, 300)
    rich = np.where(age + random.normal(0, 9, 300) > 50, "yes", "no")
    rows = [f"{years:.2f},{label}" for years, label in zip(age, rich, strict=True)]
    (tmp_path / "people.csv").write_text("\n".join(["age,rich", *rows]))
    whole = torchrun(tmp_path, ["--nproc-per-node", "2", "--standalone"], "whole", "whole.log")
    assert whole.wait(SECONDS_AT_MOST) == 0, (tmp_path / "whole.log").read_text()[-3000:]

    words = ["--nnodes", "2", "--nproc-per-node", "1", "--max-restarts", "3", "--monitor-interval", "0.2"]
    words += (
        ["--rdzv-backend", "c10d", "--rdzv-endpoint", f"127.0.0.1:{free_port()}", "--rdzv-id", "fit"]
        if c10d
        else ["--master-addr", "127.0.0.1", "--master-port", str(free_port())]
    )

    def started(number: int) -> subprocess.Popen[bytes]:
        holds_store = int(number == 0)  # as the machine does whose name --rdzv-endpoint has; these two have one name
        place = ["--rdzv-conf", f"is_host={holds_store}"] if c10d else ["--node-rank", str(number)]
        return torchrun(tmp_path, [*words, *place], "run", ("first.log", "second.log")[number], apart=c10d)

    first, second = started(0), started(1)
    history, limit = tmp_path / "run" / "history.jsonl", time.monotonic() + SECONDS_AT_MOST
    try:
        while not history.exists() or history.read_bytes().count(b"\n") < 2:
            assert first.poll() is None, (tmp_path / "first.log").read_text()[-3000:]
            assert time.monotonic() < limit, "no epoch"
            time.sleep(0.02)
        second.send_signal(signal.SIGKILL)
        second.wait(10)
        epochs = history.read_bytes().count(b"\n")
        second = started(1)
        assert first.wait(SECONDS_AT_MOST) == 0, (tmp_path / "first.log").read_text()[-3000:]
        assert second.wait(60) == 0, (tmp_path / "second.log").read_text()[-3000:]
    finally:
        for launcher in (first, second):
            if launcher.poll() is None:
                launcher.send_signal(signal.SIGKILL)
                launcher.wait(10)
    assert epochs < EPOCHS, "it was killed too late to say anything"
    ours, undisturbed = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("run", "whole"))
    assert ours == undisturbed
