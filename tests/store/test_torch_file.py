"""Files of torch.save from before 1.6: tensors are read as data, and nothing in them is ever called."""

from __future__ import annotations

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from goodfit.errors import ModelError
from goodfit.store.torch_file import read_tensors


def saved(path: Path, value: Any, *, zipped: bool = False) -> Path:
    torch.save(value, path, _use_new_zipfile_serialization=zipped)
    return path


def test_tensors_come_back_as_they_were_saved(tmp_path: Path) -> None:
    torch.manual_seed(0)
    whole = torch.randn(4, 6)
    tensors = OrderedDict(
        weight=torch.randn(3, 2, 5, 5),
        view=whole[1:3, ::2],  # offset and strides
        transposed=whole.T,
        count=torch.tensor(7),
        empty=torch.zeros(0, 3),
        last=torch.randn(2, 3, 4, 4).contiguous(memory_format=torch.channels_last),
    )
    read = read_tensors(saved(tmp_path / "old.pth", tensors))
    assert list(read) == list(tensors)
    for name, tensor in tensors.items():
        assert read[name].dtype == tensor.dtype, name
        assert torch.equal(read[name], tensor), name


def test_the_state_of_a_module_is_read(tmp_path: Path) -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    state = module.state_dict()  # carries the versions of its modules as an attribute
    read = read_tensors(saved(tmp_path / "state.pth", state))
    assert read.keys() == state.keys()
    assert all(torch.equal(read[name], state[name]) for name in state)


class Command:
    """A pickle of it runs a command where it is loaded."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (self.command,)


def test_a_file_that_would_run_a_command_is_refused_and_nothing_runs(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    path = saved(tmp_path / "evil.pth", {"weight": torch.zeros(2), "more": Command(f"touch {touched}")})
    with pytest.raises(ModelError, match=r"evil\.pth.*a call of posix system"):
        read_tensors(path)
    assert not touched.exists()


@pytest.mark.parametrize(
    ("value", "zipped", "what"),
    [
        ({"half": torch.zeros(2, dtype=torch.float16)}, False, "a tensor of type torch HalfStorage"),
        ({"weight": torch.zeros(2)}, True, "cut off, damaged"),  # a zip file: of torch 1.6 and later
        ([torch.zeros(2)], False, "instruction APPEND"),
        ({"weight": torch.zeros(2), "epoch": 3}, False, "more than tensors by name"),
        (torch.nn.Linear(2, 2), False, "cut off, damaged or laid out in another way"),
    ],
)
def test_other_content_is_refused_in_one_line(tmp_path: Path, value: Any, zipped: bool, what: str) -> None:
    path = saved(tmp_path / "other.pth", value, zipped=zipped)
    with pytest.raises(ModelError, match=what) as caught:
        read_tensors(path)
    assert "\n" not in str(caught.value)


def test_a_plain_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.pth"
    path.write_bytes(pickle.dumps({"weight": 1}, protocol=2))
    with pytest.raises(ModelError, match=r"does not begin as a file of torch\.save"):
        read_tensors(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    tensors: dict[str, Tensor] = {"a": torch.arange(12.0).reshape(3, 4), "b": torch.tensor([1, 2, 3])}
    return saved(tmp_path_factory.mktemp("torch") / "whole.pth", tensors).read_bytes()


def test_every_cut_of_a_file_is_an_error_of_ours(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "cut.pth"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError):
            read_tensors(path)


def test_a_changed_byte_gives_tensors_or_an_error_of_ours(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "changed.pth"
    refused = 0
    for at in range(len(whole)):
        for value in (0, 0x52, 0x63, 0xFF):  # 0x52: REDUCE, 0x63: GLOBAL
            path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            try:
                read_tensors(path)
            except ModelError:
                refused += 1
    assert refused > len(whole)  # most of the structure is looked at
