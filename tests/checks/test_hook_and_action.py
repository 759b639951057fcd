"""The pre-commit hook and the GitHub Action: what their files say is run on a program with a mistake, and without."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # has no stubs of its own

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
import torch
from torch import nn

net = nn.Linear(4, 3)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(6):
    x = torch.randn(8, 4)
    out = net(x)
    if "--softmax" in sys.argv:
        out = out.softmax(1)
    loss = nn.functional.cross_entropy(out, x[:, :3].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With train.py, and the command goodfit of this environment in bin."""
    (tmp_path / "train.py").write_text(PROGRAM, encoding="utf-8")
    command = tmp_path / "bin" / "goodfit"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m goodfit "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, **variables}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_the_hook_fails_on_a_mistake(folder: Path) -> None:
    (hook,) = load(".pre-commit-hooks.yaml")
    assert hook["id"] == "goodfit-check"
    assert hook["language"] == "python"  # pre-commit installs this repository
    assert hook["pass_filenames"] is False  # the program is named in args, not the files that changed
    bad = run([*shlex.split(hook["entry"]), "--steps", "5", "train.py", "--softmax"], folder)
    assert bad.returncode == 1
    assert "softmax-before-cross-entropy" in bad.stdout


def check_step() -> Any:
    action = load("action.yml")
    assert action["runs"]["using"] == "composite"
    install, check = action["runs"]["steps"]
    assert install["run"].endswith('"$GITHUB_ACTION_PATH"')
    names = {text.strip("${} ").removeprefix("inputs.") for text in check["env"].values()}
    assert names == set(action["inputs"])
    return check


@pytest.mark.parametrize(("arguments", "status"), [(" --softmax", 1), ("", 0)])
def test_the_action_annotates_the_line(folder: Path, arguments: str, status: int) -> None:
    defaults = {name: each.get("default", "") for name, each in load("action.yml")["inputs"].items()}
    done = run(
        ["bash", "-e", "-o", "pipefail", "-c", check_step()["run"]],
        folder,
        PROGRAM=f"train.py{arguments}",
        STEPS=defaults["steps"],
        FAIL_ON=defaults["fail-on"],
        OPTIONS="--ignore GF7",
    )
    assert (done.returncode != 0) == bool(status), done.stderr
    assert ("::error file=train.py,line=12" in done.stdout) == bool(status)


def test_the_action_executes_no_input(folder: Path) -> None:
    done = run(
        ["bash", "-e", "-o", "pipefail", "-c", check_step()["run"]],
        folder,
        PROGRAM="'no such; touch made' $(touch made) `touch made`",
        STEPS="5",
        FAIL_ON="error",
        OPTIONS="",
    )
    assert done.returncode != 0
    assert not (folder / "made").exists()
