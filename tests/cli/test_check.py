"""`goodfit check` on programs and on data: formats, statuses, and programs left unharmed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

PROGRAM = """
import sys, torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
print("arguments", sys.argv[1:], __name__)
for step in range(20):
    x = torch.randn(16, 4)
    loss = nn.functional.cross_entropy(net(x), (x[:, 0] > 0).long())
    loss.backward()
    opt.step()
print("done", step)
"""


def check(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "goodfit", "check", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(PROGRAM)
    return tmp_path


def test_a_program_runs_as_by_itself_and_its_mistake_is_told(folder: Path) -> None:
    done = check("train.py", "--epochs", "3", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("arguments ['--epochs', '3'] __main__\ndone 19\n")
    assert "error  train.py:12  gradients-not-zeroed [GF301]" in done.stdout
    assert "    > opt.step()" in done.stdout
    assert "1 error in 20 steps of 1 optimiser\n" in done.stdout


def test_one_json_object_on_stdout(folder: Path) -> None:
    done = check("--format", "json", "--steps", 6, "train.py", cwd=folder)
    told = json.loads(done.stdout)
    assert (told["program"], told["steps"]) == ("train.py", 6)
    (finding,) = told["findings"]
    assert (finding["rule"], finding["file"], finding["line"]) == ("gradients-not-zeroed", "train.py", 12)
    assert "arguments [] __main__" in done.stderr
    assert "done" not in done.stderr  # it was stopped after six steps


def test_sarif_and_github(folder: Path) -> None:
    sarif = json.loads(check("--format", "sarif", "train.py", cwd=folder).stdout)
    (result,) = sarif["runs"][0]["results"]
    assert (sarif["version"], result["ruleId"], result["level"]) == ("2.1.0", "gradients-not-zeroed", "error")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 12}
    assert sarif["runs"][0]["tool"]["driver"]["rules"][0]["id"] == "gradients-not-zeroed"
    github = check("--format", "github", "train.py", cwd=folder).stdout
    assert github.startswith("::error file=train.py,line=12,title=gradients-not-zeroed (GF301)::")


def test_statuses(folder: Path) -> None:
    assert check("--fail-on", "never", "train.py", cwd=folder).returncode == 0
    assert check("--ignore", "GF301", "train.py", cwd=folder).returncode == 0
    (folder / "stops.py").write_text(PROGRAM + "\nsys.exit(7)\n")
    assert check("stops.py", cwd=folder).returncode == 7
    (folder / "breaks.py").write_text(PROGRAM + "\nraise ValueError('mine')\n")
    done = check("breaks.py", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("ValueError: mine")
    assert 'File "breaks.py", line 15, in <module>' in done.stderr
    assert "goodfit/checks" not in done.stderr
    assert "gradients-not-zeroed" in done.stdout  # what was seen before it broke
    done = check("nowhere.py", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "goodfit: nowhere.py: no such program. Give a Python file, or -m and the name of a module.\n"
    assert check("--select", "GF99", "train.py", cwd=folder).returncode == 2


def test_a_module(folder: Path) -> None:
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").touch()
    (folder / "train.py").rename(folder / "package" / "train.py")
    done = check("-m", "package.train", "x", cwd=folder)
    assert "arguments ['x'] __main__" in done.stdout
    assert "package/train.py:12" in done.stdout
    assert check("-m", "package.nothing", cwd=folder).returncode == 2


def test_a_baseline_accepts_what_is_there(folder: Path) -> None:
    assert check("--write-baseline", "base.json", "train.py", cwd=folder).returncode == 0
    (folder / "train.py").write_text("# a line more\n" + PROGRAM)  # lines may move
    done = check("--baseline", "base.json", "train.py", cwd=folder)
    assert done.returncode == 0
    assert "Not shown: 1 accepted by base.json" in done.stdout


def images(folder: Path) -> None:
    random = np.random.default_rng(0)
    for part, count in (("train", 20), ("test", 8)):
        for name in ("cat", "dog"):
            (folder / part / name).mkdir(parents=True)
            for number in range(count):
                small = random.integers(0, 255, (8, 8, 3), dtype=np.uint8)
                Image.fromarray(small).resize((48, 48), Image.Resampling.BICUBIC).save(
                    folder / part / name / f"{number}.png"
                )


def test_images_are_checked_by_themselves(tmp_path: Path) -> None:
    images(tmp_path / "photos")
    assert check("photos", cwd=tmp_path).returncode == 0
    first = tmp_path / "photos/train/cat/0.png"
    (tmp_path / "photos/test/cat/copy.png").write_bytes(first.read_bytes())
    (tmp_path / "photos/train/dog/same.png").write_bytes((tmp_path / "photos/train/cat/1.png").read_bytes())
    (tmp_path / "photos/train/dog/broken.png").write_bytes(b"no image")
    Image.open(tmp_path / "photos/train/cat/2.png").resize((60, 60)).save(tmp_path / "photos/test/cat/near.jpg")
    done = check("--format", "json", "photos", cwd=tmp_path)
    assert done.returncode == 1
    told = {finding["rule"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert set(told) == {"train-rows-in-validation", "near-duplicates", "conflicting-labels", "unreadable-file"}
    assert told["train-rows-in-validation"]["file"].endswith("test/cat/copy.png")
    assert told["near-duplicates"]["file"].endswith("test/cat/near.jpg")
    assert told["near-duplicates"]["count"] == 1
    assert "broken.png" in told["unreadable-file"]["message"]


def test_a_table_is_checked_by_itself(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    income = random.normal(size=400)
    frame = pl.DataFrame({"a": random.normal(size=400), "told": income * 2, "income": (income > 0).astype(int)})
    frame.write_csv(tmp_path / "people.csv")
    done = check("people.csv", "--target", "income", cwd=tmp_path)
    assert done.returncode == 0
    assert "target-leakage" in done.stdout
    assert check("--fail-on", "warning", "people.csv", "--target", "income", cwd=tmp_path).returncode == 1
    assert check("people.csv", cwd=tmp_path).returncode == 2
