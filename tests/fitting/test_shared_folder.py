"""Machines that see the run folder late, as it was, or not at all."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from several_processes import in_processes

import goodfit
from goodfit.errors import ProcessError
from goodfit.fitting.shared_folder import mark, wait_to_see
from goodfit.store.tensors import save_state


def write(path: Path, weight: float) -> str:
    """A checkpoint of one weight; its mark."""
    save_state(path, {"weight": torch.tensor([weight])}, {})
    written = mark(path)
    assert written is not None
    return written


def test_a_checkpoint_has_another_mark_once_a_weight_is_another(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.safetensors"
    assert mark(path) is None
    first = write(path, 1.0)
    assert write(path, 2.0) != first  # of the same size
    assert write(path, 1.0) == first


def test_what_another_machine_sees_late_is_waited_for(tmp_path: Path) -> None:
    path, other = tmp_path / "checkpoint.safetensors", tmp_path / "other.safetensors"
    write(path, 1.0)
    expected = write(other, 2.0)

    def arrive() -> None:
        time.sleep(0.3)
        other.replace(path)

    thread = threading.Thread(target=arrive)
    thread.start()
    wait_to_see(path, expected, rank=1, patience=60)
    thread.join()
    assert mark(path) == expected


@pytest.mark.parametrize(
    ("stale", "sees"), [(False, "does not see this file, which"), (True, "sees an older file here than")]
)
def test_what_another_machine_never_sees_is_refused(tmp_path: Path, stale: bool, sees: str) -> None:
    path = tmp_path / "checkpoint.safetensors"
    if stale:
        write(path, 1.0)
    with pytest.raises(ProcessError) as caught:
        wait_to_see(path, "another mark", rank=3, patience=0.1)
    assert str(caught.value) == (
        f"{path}: process 3 {sees} the first process has written. "
        "Give --out a folder that all machines share, under the same name."
    )


def fit_apart(place: str) -> None:
    """Process 1 sees the files of a fit that was there before under the same name; what each says is in a file."""
    from goodfit.fitting import processes, shared_folder
    from goodfit.train.processes import Processes

    rank = os.environ["RANK"]
    if rank == "1":
        of_first = Processes.value_of_first

        def elsewhere(self: Processes, value: Any = None) -> Any:
            answer = of_first(self, value)
            return [answer[0].replace("/run/", "/old/"), *answer[1:]] if isinstance(answer, list) else answer

        def impatient(path: Path, expected: str, rank: int, patience: float = 0.2) -> None:
            shared_folder.wait_to_see(path, expected, rank, patience)

        Processes.value_of_first = elsewhere  # type: ignore[method-assign]  # for this process
        processes.wait_to_see = impatient  # type: ignore[attr-defined]  # imported there, for this
    x = np.random.default_rng(3).normal(size=(131, 4)).astype(np.float32)
    try:
        goodfit.fit((x, x[:, 0]), out=Path(place) / "run", epochs=2, rivals="none", device="cpu")
    except ProcessError as error:
        (Path(place) / f"said-{rank}").write_text(str(error))
        os._exit(1)  # as the command does: the other one notices


def stopped(epoch: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.slow
def test_a_process_with_an_older_run_folder_is_refused_by_its_number(tmp_path: Path) -> None:
    x = np.random.default_rng(4).normal(size=(131, 4)).astype(np.float32)
    with pytest.raises(KeyboardInterrupt):
        goodfit.fit((x, x[:, 0]), out=tmp_path / "old", epochs=2, rivals="none", device="cpu", on_epoch=stopped)
    with pytest.raises(RuntimeError, match="it ended without an answer"):
        in_processes(2, fit_apart, str(tmp_path))
    first, other = ((tmp_path / f"said-{rank}").read_text() for rank in range(2))
    assert other.startswith(f"{tmp_path / 'old' / 'checkpoint.safetensors'}: process 1 sees an older file here than")
    assert first.startswith("another process of this fit has ended")
    shutil.rmtree(tmp_path / "old")
    shutil.rmtree(tmp_path / "run")
    with pytest.raises(RuntimeError, match="it ended without an answer"):
        in_processes(2, fit_apart, str(tmp_path))
    assert "process 1 does not see this file" in (tmp_path / "said-1").read_text()
