"""Precision and memory format follow rules: the same net on the same device gets the same ones, whatever else runs."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from goodfit.errors import UsageError
from goodfit.train import precision
from goodfit.train.precision import Precision, choose_precision

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
NET = nn.Sequential(nn.Conv2d(3, 16, 3), nn.Conv2d(16, 16, 1, stride=2))
NARROW = nn.Sequential(nn.Conv2d(8, 16, 1, stride=2))  # torch corrupts memory with channels last: decision 005


@pytest.fixture(
    params=[(True, "AVX512"), (False, "AVX512"), (False, "AVX2"), (False, "DEFAULT")],
    ids=["bf16", "avx512", "avx2", "other"],
)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[bool, str]:
    """A processor, with or without instructions for bfloat16 and AVX-512."""
    has_bfloat16, capability = request.param
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: has_bfloat16)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has_bfloat16)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(precision, "supported", lambda dtype, device: dtype == "float32" or has_bfloat16)
    return has_bfloat16, capability


def test_images_go_by_the_instructions_of_the_processor(machine: tuple[bool, str]) -> None:
    chosen = choose_precision(NET, CPU, images=True, large_products=True)
    assert chosen.dtype == ("bfloat16" if machine[0] else "float32")
    assert chosen.channels_last == (machine[1] in ("AVX512", "AVX2"))


def test_small_products_stay_in_float32(machine: tuple[bool, str]) -> None:
    chosen = choose_precision(nn.Linear(4, 2), CPU, images=False, large_products=False)
    assert (chosen.dtype, chosen.channels_last) == ("float32", False)


def test_a_net_of_ones_own_and_one_that_torch_corrupts_stay_contiguous(machine: tuple[bool, str]) -> None:
    assert not choose_precision(NET, CPU, images=True, large_products=True, own_net=True).channels_last
    assert not choose_precision(NARROW, CPU, images=True, large_products=True).channels_last


def test_what_is_settled_is_taken_with_its_reason(machine: tuple[bool, str]) -> None:
    chosen = choose_precision(NET, CPU, images=True, large_products=True, dtype="float32", why="digits")
    assert chosen == Precision("float32", machine[1] != "DEFAULT", "digits")


def test_what_the_machine_would_ignore_is_refused(machine: tuple[bool, str]) -> None:
    if machine[0]:
        assert choose_precision(NET, CPU, images=True, large_products=True, dtype="bfloat16").dtype == "bfloat16"
    else:
        with pytest.raises(UsageError, match="would be ignored"):
            choose_precision(NET, CPU, images=True, large_products=True, dtype="bfloat16")
    with pytest.raises(UsageError, match="float16 is not known"):
        choose_precision(NET, CPU, images=True, large_products=True, dtype="float16")
