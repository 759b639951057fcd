"""`goodfit check` on programs and on data: formats, statuses, and programs left unharmed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from command_process import goodfit_process
from PIL import Image

from goodfit.checks.engine.events import Loss
from goodfit.checks.rule import Rule
from goodfit.checks.rules.class_imbalance import ClassImbalance
from goodfit.checks.rules.initial_loss import InitialLoss

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
    return goodfit_process("check", *arguments, cwd=cwd)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text(PROGRAM)
    return tmp_path


def test_a_program_runs_as_by_itself_and_its_mistake_is_told(folder: Path) -> None:
    command = [sys.executable, "-m", "goodfit", "check", "train.py", "--epochs", "3"]  # a new interpreter, this once
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stdout.startswith("arguments ['--epochs', '3'] __main__\ndone 19\n")
    assert "error  train.py:12  gradients-not-zeroed [GF301]" in done.stdout
    assert "    > opt.step()" in done.stdout
    assert "1 error in 20 optimiser steps (1 optimiser)\n" in done.stdout


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
    assert f'File "{folder / "breaks.py"}", line 15, in <module>' in done.stderr  # as python breaks.py prints it
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


def crash(rule: Rule, event: Loss) -> None:
    raise KeyError("by design")


def let_rules_crash() -> None:
    """One about programs and one about data."""
    ClassImbalance.check = InitialLoss.on_loss = crash  # type: ignore[assignment, method-assign]


def check_with_crashing_rules(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return goodfit_process("check", *arguments, cwd=cwd, before=let_rules_crash)


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_rule_that_fails_is_an_error_in_every_format(folder: Path, form: str) -> None:
    done = check_with_crashing_rules("--ignore", "GF301", "--format", form, "train.py", cwd=folder)
    assert done.returncode == 1
    message = "the rule initial-loss failed with KeyError: 'by design'"
    if form == "text":
        assert "error  train.py:10  rule-failed [GF000]  (seen 11 times)\n" in done.stdout
        assert message in " ".join(done.stdout.split()).replace("The rule", "the rule")
        assert "1 error in 20 optimiser steps (1 optimiser)\n" in done.stdout
    elif form == "json":
        (finding,) = json.loads(done.stdout)["findings"]
        assert (finding["rule"], finding["code"], finding["level"]) == ("rule-failed", "GF000", "error")
        assert (finding["file"], finding["line"], finding["count"]) == ("train.py", 10, 11)
        assert message in finding["message"]
    elif form == "sarif":
        (run,) = json.loads(done.stdout)["runs"]
        assert (run["results"][0]["ruleId"], run["results"][0]["level"]) == ("rule-failed", "error")
        assert "What it checks" in run["tool"]["driver"]["rules"][0]["help"]["text"]
    else:
        assert done.stdout.splitlines()[-1].startswith(
            "::error file=train.py,line=10,title=rule-failed (GF000)::the rule"
        )


def test_a_rule_about_data_that_fails_is_an_error_too(tmp_path: Path) -> None:
    images(tmp_path / "photos")
    done = check_with_crashing_rules("--format", "json", "photos", cwd=tmp_path)
    (finding,) = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    assert finding["code"] == "GF000"
    assert "the rule class-imbalance failed with KeyError" in finding["message"]
    assert check_with_crashing_rules("--ignore", "GF507", "photos", cwd=tmp_path).returncode == 0
    assert check_with_crashing_rules("--select", "GF405", "photos", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("word", "start"),
    [
        ("rule-failed", "GF000 rule-failed: "),
        ("GF001", "GF001 unused-suppression: "),
        ("GF002", "GF002 unreadable-file: "),
    ],
)
def test_findings_of_goodfits_own_have_a_page(word: str, start: str, tmp_path: Path) -> None:
    done = goodfit_process("explain", word, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(start)
    assert "\nInstead\n" in done.stdout


def test_what_could_not_be_checked_is_in_the_last_lines(folder: Path) -> None:
    text = PROGRAM.replace("net = nn", "import threading\nnet = nn").replace(
        "opt =", "net.lock = threading.Lock()\nopt ="
    )
    (folder / "locked.py").write_text(text)  # a lock cannot be copied
    done = check("locked.py", cwd=folder)
    assert "\nnot checked: 1 net that could not be copied (samples-mix)\n" in done.stdout
