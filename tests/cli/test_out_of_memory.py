"""Memory that does not suffice is one line, which names the process where there are several."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from goodfit.cli.app import main

MEGABYTE = 2**20
FIX = "Give a smaller --batch-size or less data at once; --traceback shows where it was asked for."
LIMITED = """
import resource, sys, torch
from pathlib import Path
import goodfit.fitting.fit
from goodfit.cli.app import main
lines = Path("/proc/self/status").read_text().splitlines()
held = next(int(line.split()[1]) for line in lines if line.startswith("VmData")) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (held + int(sys.argv.pop(1)),) * 2)
main()
"""


def goodfit(*words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["goodfit", *words])
        with pytest.raises(SystemExit) as stop:
            main()
    return int(stop.value.code or 0)


@pytest.mark.skipif(sys.platform != "linux", reason="sets RLIMIT_DATA by /proc")
def test_a_fit_that_runs_out_of_memory_says_so_in_a_line(digits_folder: Path, tmp_path: Path) -> None:
    """A ResNet of 78 million weights, and 100 MB."""
    words = ["fit", digits_folder, "--arch", "resnet10", "--width", "256", "--lr", "0.01", "--rivals", "none"]
    words += ["--epochs", "1", "--device", "cpu", "--out", "run", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(100 * MEGABYTE), *map(str, words)],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip
    assert done.stderr == f"goodfit: out of memory. {FIX}\n"
    assert done.returncode == 2


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 7.45 GiB for an array with shape (1000000, 1000)"),  # NumPy's
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    ],
)
def test_one_of_several_processes_is_named(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("goodfit.cli.app.app.main", fail)
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("RANK", "3")
    assert goodfit("fit", "photos") == 2
    assert capsys.readouterr().err == f"goodfit: out of memory, process 3 of 4. {FIX}\n"


def test_another_error_of_the_program_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied (1x2 and 3x4)")

    monkeypatch.setattr("goodfit.cli.app.app.main", fail)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        goodfit("fit", "photos")
