"""The class of a machine's speed: coarse, so that the same machine is always in the same one."""

from __future__ import annotations

import time

import pytest
import torch

from goodfit.train.precision import Precision
from goodfit.train.speed import PLANNED, choose_speed, instructions, measured_speed, times_usual

PLAIN = Precision("float32", False, "")


@pytest.mark.parametrize(
    ("measured", "chosen"),
    [
        (120.0, 120.0),
        (61.0, 120.0),  # half of the usual speed, as beside other work
        (239.0, 120.0),
        (59.0, 30.0),
        (241.0, 480.0),
        (10.0, 7.5),
        (0.5, 0.46875),
    ],
)
def test_a_speed_is_the_usual_one_but_for_powers_of_four(measured: float, chosen: float) -> None:
    assert 120.0 * times_usual(measured, 120.0) == chosen


def test_a_speed_that_is_given_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(precision: Precision) -> float:
        raise AssertionError("it was measured")

    monkeypatch.setattr("goodfit.train.speed.measured_speed", refuse)
    assert choose_speed(PLAIN, 2, 500).gigaflops == 500


def test_threads_count_and_the_line_says_how_to_repeat_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfit.train.speed.instructions", lambda dtype: "AVX512")
    monkeypatch.setattr("goodfit.train.speed.measured_speed", lambda precision: 100.0)
    chosen = choose_speed(PLAIN, 3)
    assert chosen.gigaflops == 3 * PLANNED["AVX512"]
    assert chosen.why == f"AVX512 instructions, 3 threads; --speed {chosen.gigaflops} gives it"


def test_it_takes_half_a_second_and_leaves_the_random_stream() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    threads, began = torch.get_num_threads(), time.process_time()
    assert measured_speed(PLAIN) > 0.1
    assert time.process_time() - began < 2  # of the processor; 0.3 where nothing else runs
    assert torch.get_num_threads() == threads
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)


def test_the_instructions_are_those_that_the_precision_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cpu._is_amx_tile_supported", lambda: True)
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "AVX512")
    assert instructions("bfloat16") == "AMX"
    assert instructions("float32") == "AVX512"
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "DEFAULT")
    assert instructions("float32") == "other"
