"""Programs of several threads: watched where one of them trains, and left alone, said, where two do at once."""

import sys
import threading
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional

import goodfit as gf
from goodfit.checks.engine import turns
from goodfit.checks.watch import watch


def train(steps: int = 6, *, zero: bool = True, meet: Callable[[], object] = lambda: None) -> None:
    """Train a small net on random labels; each step begins where `meet` returns."""
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(steps):
        meet()
        loss = functional.cross_entropy(net(torch.randn(16, 4)), torch.randint(0, 3, (16,)))
        if zero:
            optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def run(*targets: Callable[[], object]) -> None:
    """Each in a thread of its own, until all have ended."""
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def not_checked(seen: watch) -> str:
    return " ".join(seen.watcher.program.summary().not_checked)


def test_a_thread_that_trains_is_watched_and_the_next_one_after_it() -> None:
    with gf.watch(quiet=True, strict=True) as seen:
        run(train)
        run(lambda: train(zero=False))
        train()
    assert [finding.rule for finding in seen.findings] == ["gradients-not-zeroed"]
    assert seen.watcher.program.steps == 18
    assert not_checked(seen) == ""


def test_threads_that_train_at_once_are_left_alone_and_that_is_said() -> None:
    meet = threading.Barrier(2).wait
    with gf.watch(quiet=True, strict=True) as seen:
        run(lambda: train(meet=meet), lambda: train(meet=meet, zero=False))
    assert seen.findings == []
    assert seen.watcher.program.steps == 12  # counted all the same
    assert "1 program whose threads train at the same time: not watched from step" in not_checked(seen)


def test_they_stop_after_the_steps_that_are_wanted() -> None:
    class Stop(BaseException):
        pass

    def until_stopped() -> None:
        with pytest.raises((Stop, threading.BrokenBarrierError)):
            train(1000, meet=meet.wait)
        meet.abort()

    meet = threading.Barrier(2)
    with gf.watch(quiet=True, strict=True) as seen:
        seen.watcher.stop_after(20, Stop)
        run(until_stopped, until_stopped)
    assert 20 <= seen.watcher.program.steps <= 21


@pytest.mark.usefixtures("quick_switches")
def test_nets_are_called_in_threads_while_another_one_trains() -> None:
    actor = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).eval()
    done = threading.Event()

    def act() -> None:
        while not done.is_set():
            with torch.no_grad():
                actor(torch.randn(1, 4))

    def learn() -> None:
        train(60)
        done.set()

    with gf.watch(quiet=True, strict=True) as seen:
        run(learn, act, act)
    assert seen.findings == []
    assert seen.watcher.program.steps == 60
    assert not_checked(seen) == ""


@pytest.mark.usefixtures("quick_switches")
def test_gradients_of_many_threads_are_not_read_while_they_are_written() -> None:
    """Without turns the process crashed within a second."""
    with gf.watch(quiet=True, strict=True) as seen:
        run(*[lambda: train(60)] * 4)
    assert seen.watcher.program.steps == 240


def test_a_backward_pass_that_waits_for_another_thread_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_AT_MOST", 0.2)
    meet = threading.Barrier(2)

    def work() -> None:
        weight = nn.Parameter(torch.ones(3))
        weight.register_hook(lambda gradient: meet.wait(20) * 0 + gradient)  # as gradients of workers are averaged
        for _ in range(3):
            weight.sum().backward()

    with gf.watch(quiet=True, strict=True) as seen:
        run(work, work)
    assert not meet.broken
    assert "whose threads wait for each other: not watched from step 1 on" in not_checked(seen)
