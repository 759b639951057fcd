"""Nets that people bring: modules, functions, and names in files of theirs."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from goodfit.errors import ModelError
from goodfit.nets.function_net import FunctionNet
from goodfit.nets.own_net import as_net, describe, is_spec, load_spec, sha256

FILE = """
import torch
from dataclasses import dataclass
from torch import nn
import sibling_of_train

@dataclass
class Options:
    width: int = 3

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, Options().width)
    def forward(self, x):
        return self.fc(x)

class Sized(nn.Module):
    def __init__(self, size, depth):
        super().__init__()

net = Net()
w = torch.zeros(4, 3)
v = torch.zeros(4, 3)
params = [w]

def factory():
    return nn.Linear(4, 3)

def broken_factory():
    raise ValueError("no weights today")

def function(x):
    return x @ w

def own_params(x):
    return x @ v
own_params.params = [v]

number = 3

if __name__ == "__main__":
    raise SystemExit("started as a program")
"""


@pytest.fixture
def train(tmp_path: Path) -> Path:
    (tmp_path / "sibling_of_train.py").write_text("")
    path = tmp_path / "train.py"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize("text", ["train.py:net", "a/b c/train.py:my_net2", r"C:\work\train.py:net"])
def test_a_file_with_a_name_is_a_spec(text: str) -> None:
    assert is_spec(text)


@pytest.mark.parametrize("text", ["photos/", "train.py", "train.py:", "train.py:2nd", "train:net", "a.csv:net"])
def test_anything_else_is_none(text: str) -> None:
    assert not is_spec(text)


@pytest.mark.parametrize("name", ["net", "Net", "factory", "function", "own_params"])
def test_an_instance_a_class_a_factory_and_a_function_all_give_a_net(train: Path, name: str) -> None:
    assert as_net(f"{train}:{name}")(torch.zeros(2, 4)).shape == (2, 3)


def test_an_instance_is_itself_and_not_a_copy(train: Path) -> None:
    found, params = load_spec(f"{train}:net")
    assert as_net(found) is found
    assert params is None


@pytest.mark.parametrize(("name", "uses"), [("function", "w"), ("own_params", "v")])
def test_a_function_is_fitted_through_the_tensors_of_its_file(train: Path, name: str, uses: str) -> None:
    function, params = load_spec(f"{train}:{name}")
    net = as_net(function, params)
    assert isinstance(net, FunctionNet)
    assert next(net.parameters()) is function.__globals__[uses]


def test_the_folder_of_the_file_is_not_left_on_the_path_and_no_cache_is_written(train: Path) -> None:
    before = list(sys.path)
    load_spec(f"{train}:net")
    assert sys.path == before
    assert "train" not in sys.modules
    assert not list(train.parent.glob("__pycache__/train*"))


def test_a_file_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "short.py"
    for width in (3, 5):
        path.write_text(f"from torch import nn\nnet = nn.Linear(4, {width})\n")
        os.utime(path, (1, 1))  # the same size and time: what Python's own cache goes by
        assert as_net(f"{path}:net")(torch.zeros(2, 4)).shape == (2, width)


def test_an_exception_in_the_file_is_told_with_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.py").write_text("import torch\n\nnet = 1 / 0\n")
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    with pytest.raises(ModelError) as caught:  # named by a relative path
        load_spec("bad.py:net")
    assert str(caught.value).startswith("bad.py, line 3: the file raised ZeroDivisionError")
    assert not [name for name in set(sys.modules) - before if name.startswith("_goodfit_user")]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("x = 1\ny = (\n", r"bad\.py, line 2: the file raised SyntaxError"),
        ("import not_there_at_all\n", r"bad\.py, line 1: the file raised ModuleNotFoundError"),
        ("import sys\nsys.exit(3)\n", r"bad\.py, line 2: the file raised SystemExit: 3.*__main__"),
        ("def f():\n    raise ValueError('deep')\nf()\n", r"bad\.py, line 2: the file raised ValueError: deep"),
    ],
)
def test_whatever_stops_the_file_is_one_error_with_its_line(tmp_path: Path, source: str, told: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(source)
    with pytest.raises(ModelError, match=told):
        load_spec(f"{path}:net")


def test_a_syntax_error_in_a_file_beside_it_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import helper_with_a_fault\n")
    (tmp_path / "helper_with_a_fault.py").write_text("x = 1\n\n)\n")
    with pytest.raises(ModelError, match=r"helper_with_a_fault\.py, line 3"):
        load_spec(f"{tmp_path / 'train.py'}:net")


def test_an_exception_in_a_factory_is_told_with_its_line(train: Path) -> None:
    line = FILE.splitlines().index('    raise ValueError("no weights today")') + 1
    with pytest.raises(ModelError, match=rf"train\.py, line {line}: .*no weights today"):
        load_spec(f"{train}:broken_factory")


def test_a_name_that_is_not_there_is_answered_with_the_nearest(train: Path) -> None:
    with pytest.raises(ModelError, match=r"no 'functoin'.*Did you mean function\?"):
        load_spec(f"{train}:functoin")


def test_a_class_that_needs_arguments_says_which(train: Path) -> None:
    with pytest.raises(ModelError, match=r"'Sized' needs arguments \(size, depth\)"):
        load_spec(f"{train}:Sized")


def test_a_function_without_params_says_where_to_name_them(tmp_path: Path) -> None:
    path = tmp_path / "f.py"
    path.write_text("def net(x):\n    return x\n")
    with pytest.raises(ModelError, match=r"net\.params = \[w, b\]"):
        as_net(f"{path}:net")


def test_a_files_params_that_are_one_tensor_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.py"
    path.write_text("import torch\nparams = torch.zeros(4, 3)\ndef net(x):\n    return x @ params\n")
    with pytest.raises(ModelError, match="one tensor"):
        as_net(f"{path}:net")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.py: no such file"):
        load_spec(f"{tmp_path / 'none.py'}:net")


@pytest.mark.parametrize("model", [3, None, {"a": 1}, nn.Linear])
def test_what_is_no_net_is_refused(model: object) -> None:
    with pytest.raises(ModelError):
        as_net(model)


def test_a_name_of_something_that_is_no_net_is_refused(train: Path) -> None:
    with pytest.raises(ModelError, match=r"train\.py:number is not a net"):
        as_net(f"{train}:number")


@pytest.mark.parametrize("model", [nn.Linear(2, 2), "train.py:net"])
def test_params_beside_what_has_its_own_are_refused(model: nn.Module | str) -> None:
    with pytest.raises(ModelError, match="plain function alone"):
        as_net(model, [torch.zeros(2)])


def test_a_callable_object_is_a_plain_function_too() -> None:
    w = torch.ones(3)
    net = as_net(SimpleNamespace(call=lambda x: x * w).call, [w])
    assert torch.equal(net(torch.full((2, 3), 2.0)), torch.full((2, 3), 2.0))


def test_the_record_names_the_file_with_the_hash_of_its_content(train: Path) -> None:
    digest = hashlib.sha256(FILE.encode()).hexdigest()
    assert sha256(train) == digest
    assert describe(f"{train}:net") == f"{train}:net (sha256 {digest[:12]})"


def test_the_record_names_a_module_by_class_and_a_function_by_name() -> None:
    assert describe(nn.Linear(1, 1)) == "torch.nn.modules.linear.Linear"
    assert describe(test_a_missing_file_is_named) == "function test_a_missing_file_is_named"
