"""A fit that is killed after its last epoch, and resumed, is the run that it would have been: one look at the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goodfit as gf
from goodfit.fitting import saving
from goodfit.fitting.folder import LOCK
from goodfit.run import Run
from goodfit.store import files
from goodfit.store.test_ledger import TestLedger

SMALL: dict[str, Any] = {"target": "tall", "epochs": 2, "quiet": True, "arch": "mlp", "rivals": "none"}
BLENDED: dict[str, Any] = {**SMALL, "rivals": "all"}


class Killed(BaseException):
    """As SIGKILL: nothing in goodfit catches it."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    height = np.random.default_rng(0).uniform(150, 200, 120)
    lines = [f"{value:.2f},{'yes' if value > 175 else 'no'}" for value in height]
    (folder / "people.csv").write_text("height,tall\n" + "\n".join(lines) + "\n")
    return folder / "people.csv"


@pytest.fixture(scope="module")
def unbroken(people: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each choice of rivals."""
    folder = tmp_path_factory.mktemp("unbroken")
    for options in (SMALL, BLENDED):
        gf.fit(people, out=folder / options["rivals"], **options).release()
    return {options["rivals"]: folder / options["rivals"] for options in (SMALL, BLENDED)}


def killed_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, after: bool) -> None:
    whole = getattr(owner, name)

    def then_killed(*args: Any, **named: Any) -> Any:
        if after:
            whole(*args, **named)
        raise Killed

    monkeypatch.setattr(owner, name, then_killed)


@pytest.mark.parametrize(
    ("owner", "name", "after", "options"),
    [  # each step of the end by its order: after one is before the next
        pytest.param(saving, "_write_weights", False, BLENDED, id="before the weights", marks=pytest.mark.slow),
        pytest.param(saving, "_write_weights", True, BLENDED, id="after the weights", marks=pytest.mark.slow),
        pytest.param(saving, "_write_scores", False, SMALL, id="before the scores"),
        pytest.param(saving, "_write_scores", True, SMALL, id="after the scores", marks=pytest.mark.slow),
        pytest.param(TestLedger, "begin", False, SMALL, id="before the ledger", marks=pytest.mark.slow),
        pytest.param(TestLedger, "begin", True, SMALL, id="after the ledger", marks=pytest.mark.slow),
        pytest.param(saving, "write_record", False, SMALL, id="before the record"),
        pytest.param(saving, "write_record", True, SMALL, id="after the record", marks=pytest.mark.slow),
        pytest.param(Run, "report", False, SMALL, id="before the page", marks=pytest.mark.slow),
        pytest.param(Run, "report", True, SMALL, id="after the page"),
    ],
)
def test_it_is_the_run_that_it_would_have_been(
    owner: object,
    name: str,
    after: bool,
    options: dict[str, Any],
    people: Path,
    unbroken: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, whole = tmp_path / "run", unbroken[options["rivals"]]
    with monkeypatch.context() as patched:
        killed_at(patched, owner, name, after=after)
        with pytest.raises(Killed):
            gf.fit(people, out=out, **options)
    run = gf.fit(people, out=out, resume=True, **options)
    assert run.record.looks_at_test == 1
    assert [finding.rule for finding in run.findings if finding.rule == "test-set-reused"] == []
    assert json.loads((out / "looks.json").read_text()) == json.loads((whole / "looks.json").read_text())
    assert sorted(path.name for path in out.iterdir()) == sorted(path.name for path in whole.iterdir())
    for same in ("model.safetensors", "predictions.csv", "scores.safetensors", "split.csv"):
        assert (out / same).read_bytes() == (whole / same).read_bytes(), same
    assert run.evaluate(people)["looks_at_test"] == 2  # the fit's own look, and this one


def test_a_run_whose_page_is_missing_is_found_again_without_a_name(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patched:
        killed_at(patched, saving, "write_record", after=True)
        with pytest.raises(Killed):
            gf.fit(people, **SMALL)
    folder = Path("runs/people")
    (folder / LOCK).touch()  # a process that is killed leaves it
    written = (folder / "run.json").read_bytes()
    gf.fit(people, resume=True, **SMALL)
    assert (folder / "report.html").exists()
    assert not (folder / "checkpoint.safetensors").exists()
    assert not (folder / LOCK).exists()
    assert (folder / "run.json").read_bytes() == written  # finished, not fitted again


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def temporary(folder: Path, process: int, *, hours: float = 0) -> Path:
    path = folder / f".model.safetensors.{process}-{'5' * 12}.tmp"
    path.write_text("half")
    os.utime(path, (time.time() - 3600 * hours,) * 2)
    return path


def test_what_a_dead_process_left_is_swept_and_nothing_else_is(people: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / LOCK).touch()
    dead = dead_process()
    inside = temporary(out, dead)  # killed before its first checkpoint
    young, old = temporary(tmp_path, dead), tmp_path / f".a.{dead}-{'6' * 12}.tmp"
    old.write_text("half")
    os.utime(old, (time.time() - 3600,) * 2)
    living = tmp_path / f".b.{os.getppid()}-{'7' * 12}.tmp"
    living.write_text("half")
    os.utime(living, (time.time() - 3600,) * 2)
    mine = tmp_path / f".notes.{dead}.tmp"
    mine.write_text("keep")
    (tmp_path / f".c.{dead}-{'8' * 12}.tmp").mkdir()
    os.utime(mine, (0, 0))
    gf.fit(people, out=out, resume=True, **SMALL)
    assert not inside.exists()
    assert not old.exists()
    assert young.exists(), "it may belong to a process of another machine"
    assert living.exists()
    assert mine.exists()
    assert (tmp_path / f".c.{dead}-{'8' * 12}.tmp").is_dir()
    assert not list(out.glob(".*"))


def test_a_process_with_the_number_of_the_dead_one_sweeps_too(tmp_path: Path) -> None:
    """In a container each process may be number 1."""
    left = temporary(tmp_path, os.getpid())
    with files.replacing(tmp_path / "whole.txt") as own:
        files.sweep(tmp_path, locked=True)
        assert own.exists()
        own.write_text("x")
    assert not left.exists()


@pytest.mark.parametrize("ahead", [-7_200, 7_200])
def test_a_young_file_stays_whatever_the_clock_of_this_machine_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    """On a shared file system the server dates the files, and another machine's process looks dead from here."""
    real, dead = time.time, dead_process()
    young, old = temporary(tmp_path, dead), tmp_path / f".a.{dead}-{'6' * 12}.tmp"
    old.write_text("half")
    os.utime(old, (real() - 3_600,) * 2)
    monkeypatch.setattr(time, "time", lambda: real() + ahead)
    files.sweep(tmp_path)
    assert young.exists()
    assert not old.exists()
