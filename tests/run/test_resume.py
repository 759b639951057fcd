"""A stopped run that is resumed ends bit-equal to one that was never stopped."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from command_process import goodfit_process
from safetensors.torch import load_file

import goodfit as gf

ARGUMENTS = ["--epochs", "8", "--arch", "resnet10", "--width", "4", "--ema", "0.9", "--precision", "float32"]
ARGUMENTS += ["--rivals", "none"]  # tests/run/test_killed_at_the_end.py is with them


PROGRAM = """from goodfit.__main__ import main
from goodfit.train import session
session.FIRST_CHECKPOINT = 0.0  # at the end of every epoch
main()
"""


def command(images: Path, out: Path) -> list[str]:
    """Of a new interpreter, to be stopped by a signal."""
    return [sys.executable, "-c", PROGRAM, "fit", str(images), "--out", str(out), "--quiet", *ARGUMENTS]


def fit_to_the_end(images: Path, out: Path, *more: str) -> None:
    done = goodfit_process("fit", images, "--out", out, "--quiet", *ARGUMENTS, *more)
    assert done.returncode == 0, done.stderr


def _wait_for_checkpoint(process: subprocess.Popen[Any], out: Path) -> None:
    while not (out / "checkpoint.safetensors").exists():
        assert process.poll() is None, f"it ended before its first checkpoint, with status {process.returncode}"
        time.sleep(0.01)


def assert_same_run(one: Path, other: Path) -> None:
    a, b = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    assert a.keys() == b.keys()
    different = [name for name in a if not torch.equal(a[name], b[name])]
    assert not different, f"{len(different)} of {len(a)} tensors differ, such as {different[0]}"
    first, second = (json.loads((folder / "run.json").read_text()) for folder in (one, other))
    assert first["metrics"] == second["metrics"]
    for line, twin in zip(first["history"], second["history"], strict=True):
        assert {**line, "seconds": 0} == {**twin, "seconds": 0}


@pytest.fixture(scope="module")
def unbroken(digits_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("unbroken") / "run"
    fit_to_the_end(digits_folder, out)
    return out


@pytest.fixture(scope="module")
def killed(digits_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was killed after its first checkpoint. To be read only."""
    out = tmp_path_factory.mktemp("killed") / "run"
    process = subprocess.Popen(command(digits_folder, out), stdout=subprocess.DEVNULL)
    _wait_for_checkpoint(process, out)
    time.sleep(random.Random(7).uniform(0.05, 0.6))
    process.kill()
    process.wait()
    return out


def test_killed_in_the_middle_and_resumed_it_ends_bit_equal(
    digits_folder: Path, unbroken: Path, killed: Path, tmp_path: Path
) -> None:
    assert not (killed / "run.json").exists()
    out = shutil.copytree(killed, tmp_path / "run")
    fit_to_the_end(digits_folder, out, "--resume")
    assert_same_run(unbroken, out)


def test_ctrl_c_keeps_a_checkpoint_exits_with_130_and_resumes_bit_equal(
    digits_folder: Path, unbroken: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    process = subprocess.Popen(
        command(digits_folder, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    _wait_for_checkpoint(process, out)
    written = (out / "checkpoint.safetensors").stat().st_mtime_ns
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert not (out / "run.json").exists()
    assert (out / "checkpoint.safetensors").stat().st_mtime_ns > written
    fit_to_the_end(digits_folder, out, "--resume")
    assert_same_run(unbroken, out)


def test_an_unfinished_run_cannot_be_loaded_and_says_how_to_finish_it(killed: Path) -> None:
    with pytest.raises(gf.GoodfitError, match="--resume"):
        gf.load(killed)


def test_resuming_with_other_options_is_refused(digits_folder: Path, killed: Path, tmp_path: Path) -> None:
    out = shutil.copytree(killed, tmp_path / "run")
    with pytest.raises(gf.GoodfitError, match="--seed is 5 now and was 0"):
        gf.fit(digits_folder, out=out, resume=True, epochs=8, seed=5)
