"""Threads sleep while they wait where other programs keep the cores busy, and spin where none does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from goodfit import busy
from goodfit.busy import Sample, cores_of_others, cores_worked, threads_of_torch, wait_asleep_if_busy

# man 5 proc_stat: user nice system idle iowait irq softirq steal guest guest_nice; guest is counted in user, too
STAT = """\
cpu  1111 10 100 5000 40 4 6 7 50 0
cpu0 600 4 60 2000 30 1 2 3 50 0
cpu1 511 6 40 3000 10 3 4 4 0 0
cpu10 9000 0 0 0 0 0 0 0 0 0
intr 12345 0 9
ctxt 7
"""


def test_work_is_counted_on_the_cores_that_may_be_used() -> None:
    assert cores_worked(STAT, {0, 1}) == (600 + 4 + 60 + 1 + 2 + 3) + (511 + 6 + 40 + 3 + 4 + 4)
    assert cores_worked(STAT, {1}) == 568
    assert cores_worked("", {0}) == 0


def test_what_others_do_is_what_is_left_without_our_own_work() -> None:
    before, after = Sample(clock=10.0, cores=100.0, own=1.0), Sample(clock=10.5, cores=100.9, own=1.4)
    assert cores_of_others(before, after) == pytest.approx((0.9 - 0.4) / 0.5)
    assert cores_of_others(before, Sample(10.01, 100.02, 1.0)) == 0  # too near: a tick is a hundredth
    assert cores_of_others(before, Sample(11.0, 100.1, 1.2)) == 0  # rounded ticks: never under none


@pytest.mark.parametrize(
    ("others", "environment", "waits"),
    [
        (0.2, {}, None),
        (0.7, {}, "PASSIVE"),
        (0.7, {"OMP_NUM_THREADS": "1"}, None),  # no other thread to wait for
        (0.7, {"OMP_NUM_THREADS": "2"}, None),  # of four cores two are left
        (2.9, {"OMP_NUM_THREADS": "2"}, "PASSIVE"),
        (2.9, {"GOMP_SPINCOUNT": "100"}, None),  # the user's own choice stands
        (2.9, {"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE"),
    ],
)
def test_threads_sleep_only_where_there_are_too_few_cores(
    others: float, environment: dict[str, str], waits: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy, "_found", [])
    monkeypatch.setattr(busy, "sample", lambda: Sample(clock=1.0, cores=others, own=0.0))
    monkeypatch.setattr(busy, "threads_of_torch", lambda cores, env: int(env.get("OMP_NUM_THREADS", 4)))
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1, 2, 3}, raising=False)
    wait_asleep_if_busy(Sample(clock=0.0, cores=0.0, own=0.0), environment)
    assert environment.get("OMP_WAIT_POLICY") == waits
    said = busy.busy_words()
    assert said == (f"; other programs keep {others} of 4 cores busy" if waits == "PASSIVE" else "")


def test_a_system_that_does_not_say_leaves_all_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    environment: dict[str, str] = {}
    wait_asleep_if_busy(None, environment)
    assert not environment
    monkeypatch.setattr(busy, "STAT", busy.STAT.with_name("no_such_file"))
    assert busy.sample() is None


@pytest.mark.skipif(not busy.CPUINFO.exists(), reason="no /proc/cpuinfo")
def test_as_many_threads_are_expected_as_torch_takes() -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
    }
    taken = subprocess.run(
        [sys.executable, "-c", "import torch; print(torch.get_num_threads())"],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert threads_of_torch(len(os.sched_getaffinity(0)), {}) == int(taken.stdout)
    assert threads_of_torch(8, {"OMP_NUM_THREADS": "3"}) == 3


@pytest.mark.skipif(not busy.STAT.exists(), reason="no /proc/stat")
def test_torch_is_not_loaded_before_it_is_known() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, goodfit.busy, goodfit.cli.app; print('torch' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert loaded.stdout.strip() == "False"
