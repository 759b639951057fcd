"""Two launchers of torchrun, as on two machines: one is killed and started again, and the fit ends as it would have.

Their places are fixed (`--node-rank`). With `--rdzv-backend c10d` torch 2.13 does not let a launcher in again: the one
that stayed writes the address of its store down for the first round alone, and the new one waits for it in the next.
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


def torchrun(place: Path, words: list[str], out: str, log: str) -> subprocess.Popen[bytes]:
    fit = ["-m", "goodfit", "fit", "people.csv", "--target", "rich", "--epochs", str(EPOCHS), "--folds", "1"]
    fit += ["--batch-size", "8", "--device", "cpu", "--out", out, "--cache", "cache", "--quiet"]
    with (place / log).open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "torch.distributed.run", *words, *fit],
            cwd=place,
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes there are not ended with their launcher")
def test_one_of_two_launchers_is_killed_and_started_again(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    age = random.uniform(18, 80, 300)
    rich = np.where(age + random.normal(0, 9, 300) > 50, "yes", "no")
    rows = [f"{years:.2f},{label}" for years, label in zip(age, rich, strict=True)]
    (tmp_path / "people.csv").write_text("\n".join(["age,rich", *rows]))
    whole = torchrun(tmp_path, ["--nproc-per-node", "2", "--standalone"], "whole", "whole.log")
    assert whole.wait(SECONDS_AT_MOST) == 0, (tmp_path / "whole.log").read_text()[-3000:]

    words = ["--nnodes", "2", "--nproc-per-node", "1", "--max-restarts", "3", "--monitor-interval", "0.2"]
    words += ["--master-addr", "127.0.0.1", "--master-port", str(free_port())]
    first = torchrun(tmp_path, [*words, "--node-rank", "0"], "run", "first.log")
    second = torchrun(tmp_path, [*words, "--node-rank", "1"], "run", "second.log")
    history, limit = tmp_path / "run" / "history.jsonl", time.monotonic() + SECONDS_AT_MOST
    try:
        while not history.exists() or history.read_bytes().count(b"\n") < 2:
            assert first.poll() is None, (tmp_path / "first.log").read_text()[-3000:]
            assert time.monotonic() < limit, "no epoch"
            time.sleep(0.02)
        second.send_signal(signal.SIGKILL)
        second.wait(10)
        epochs = history.read_bytes().count(b"\n")
        second = torchrun(tmp_path, [*words, "--node-rank", "1"], "run", "second.log")
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
