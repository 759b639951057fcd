"""Tensors are written and read back, whatever views of others they are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from goodfit.store.tensors import load_state, save_state

LONG = torch.arange(24.0)


@pytest.mark.parametrize(
    "tensor",
    [
        LONG[::6],
        LONG[::24],  # one number, with the stride of the row that it is of
        LONG.reshape(4, 6)[:1, :1],
        LONG.reshape(4, 6).t(),
        LONG[:0],
        torch.tensor(3.0),
        LONG.reshape(2, 3, 2, 2).contiguous(memory_format=torch.channels_last),
        LONG.bfloat16()[::24],
    ],
)
def test_views_are_read_back(tensor: Tensor, tmp_path: Path) -> None:
    save_state(tmp_path / "state.safetensors", {"view": tensor, "other": torch.ones(2)}, {"epochs": 3})
    tensors, values = load_state(tmp_path / "state.safetensors")
    assert torch.equal(tensors["view"], tensor)
    assert tensors["view"].dtype == tensor.dtype
    assert values["epochs"] == 3
