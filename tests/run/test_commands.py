"""The commands as programs and people call them, on small real images."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from command import goodfit
from command_process import goodfit_process
from safetensors.torch import save_file
from sklearn.metrics import accuracy_score

import goodfit as gf
from goodfit.cli.options import called
from goodfit.errors import RunError
from goodfit.nets import build
from goodfit.store.tensors import load_state, save_state

pytestmark = pytest.mark.plots

NET = """
import torch

def net():
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16 * 16, 10))
"""


def one_object(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """The one JSON object that a command prints; nothing else may stand on stdout."""
    assert goodfit(*arguments, "--json") == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


@pytest.fixture(scope="module")
def fitted(digits_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands") / "run"
    gf.fit(digits_folder, out=folder, epochs=6, width=8, precision="float32", quiet=True).release()
    return folder


def test_fit_prints_one_object_with_what_programs_need(
    digits_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = one_object(capsys, "fit", digits_folder, "--out", tmp_path / "run", "--epochs", 1, "--width", 4)
    assert {"run", "task", "verdict", "seconds", "epochs", "rows", "metrics", "baseline", "findings"} <= set(printed)
    assert printed["task"] == "classification"
    assert printed["epochs"] == 1
    assert sum(printed["rows"][part] for part in ("train", "valid", "test")) == 300
    accuracy = printed["metrics"]["test"]["accuracy"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]


def test_fit_prints_its_choices_with_their_reasons(
    digits_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert goodfit("fit", digits_folder, "--out", tmp_path / "run", "--epochs", 1, "--width", 4) == 0
    captured = capsys.readouterr()
    for name in ("size", "net", "batch size", "learning rate", "augmentation", "precision", "parts"):
        assert name in captured.err
    assert "given" in captured.err
    assert "Next: goodfit predict" in captured.out


def test_the_next_command_is_told_as_the_shell_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "bin" / "goodfit"
    script.parent.mkdir()
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script), "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert called() == str(script)
    monkeypatch.setenv("PATH", str(script.parent))
    assert called() == "goodfit"
    monkeypatch.setattr(sys, "argv", ["/lib/goodfit/__main__.py"])
    assert called() == "python -m goodfit"


def test_predict_then_evaluate_agree(fitted: Path, digits_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert goodfit("predict", fitted, digits_folder) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    truth = [Path(row["key"]).parent.name for row in rows]
    shares = np.array([[float(row[f"p_{digit}"]) for digit in range(10)] for row in rows])
    np.testing.assert_allclose(shares.sum(1), 1, atol=1e-4)
    assert [str(at) for at in shares.argmax(1)] == [row["prediction"] for row in rows]
    scored = one_object(capsys, "evaluate", fitted, digits_folder)
    counts = scored["rows"]
    total = sum(counts[part] * metrics["accuracy"]["value"] for part, metrics in scored["metrics"].items())
    assert counts["train"] + counts["valid"] + counts["test"] == len(rows)
    assert total / len(rows) == pytest.approx(accuracy_score(truth, [row["prediction"] for row in rows]))
    again = one_object(capsys, "evaluate", fitted, digits_folder)
    assert again["looks_at_test"] == scored["looks_at_test"] + 1
    assert "test-set-reused" in {finding["rule"] for finding in again["findings"]}


def test_the_report_is_written_where_it_is_wanted(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert goodfit("report", fitted, "-o", tmp_path / "page.html") == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert "<svg" in page
    for foreign in ('src="http', 'href="http', "@import", "<script src"):
        assert foreign not in page


def test_a_net_of_ones_own_goes_the_whole_way(
    digits_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(NET)
    fit = ("fit", "train.py:net", "--data", digits_folder, "--out", "run", "--epochs", 12, "--quiet")
    printed = one_object(capsys, *fit)
    assert printed["metrics"]["test"]["accuracy"]["value"] > 0.5
    assert goodfit("predict", "run", digits_folder, "-o", "p.csv") == 2
    assert "--model train.py:net" in capsys.readouterr().err
    assert goodfit("predict", "run", digits_folder, "-o", "p.csv", "--model", "train.py:net", "--quiet") == 0
    assert len((tmp_path / "p.csv").read_text().splitlines()) == 301


def test_explain_and_the_cache(tmp_path: Path, capsys: pytest.CaptureFixture[str], digits_folder: Path) -> None:
    assert goodfit("explain", "GF405") == 0
    by_code = capsys.readouterr().out
    assert goodfit("explain", "train-rows-in-validation") == 0
    assert capsys.readouterr().out == by_code
    assert "False alarm" in by_code or "false alarm" in by_code
    place = tmp_path / "cache"
    fit = ("fit", digits_folder, "--out", tmp_path / "run", "--epochs", 1, "--width", 4, "--rivals", "none")
    assert goodfit(*fit, "--cache", place) == 0
    capsys.readouterr()
    assert goodfit("cache", "info", "--cache", place) == 0
    assert " MB" in capsys.readouterr().out
    assert goodfit("cache", "clear", "--cache", place) == 0
    assert not list(place.glob("*.pixels"))


def test_fine_tuning_takes_published_weights_and_thaws_them(digits_folder: Path, tmp_path: Path) -> None:
    torch.manual_seed(5)
    published = build("resnet10", (3, 32, 32), 7, width=4)
    save_file(published.state_dict(), tmp_path / "weights.safetensors")
    how: dict[str, Any] = {
        "arch": "resnet10",
        "width": 4,
        "pretrained": str(tmp_path / "weights.safetensors"),
        "rivals": "none",
    }
    frozen = gf.fit(digits_folder, out=tmp_path / "a", epochs=1, freeze=1, precision="float32", quiet=True, **how)
    kept = published.state_dict()
    for name, value in frozen.net.state_dict().items():
        if name.startswith("layer"):  # the stem is adapted to grey, the head is new
            assert torch.equal(value.cpu(), kept[name]), name
    # the first epoch, whose head is the best of the frozen net, may be kept: without it the weights of a later one are
    thawed = gf.fit(digits_folder, out=tmp_path / "b", epochs=2, freeze=0, precision="float32", quiet=True, **how)
    name = "layer4.0.conv1.weight"
    assert not torch.equal(thawed.net.state_dict()[name].cpu(), kept[name])


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
@pytest.mark.parametrize("limit", [20_000, 300_000])  # bytes: the cache does not fit; the checkpoint does not fit
def test_a_full_disk_is_one_clear_line_with_nothing_half_written(
    digits_folder: Path, tmp_path: Path, limit: int
) -> None:
    options = ["--out", "run", "--epochs", "1", "--width", "16", "--cache", "cache", "--size", "16", "--quiet"]
    done = goodfit_process("fit", digits_folder, *options, cwd=tmp_path, largest_file=limit)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert [line for line in done.stderr.splitlines() if "Traceback" in line] == []
    assert "the disk is full. " in done.stderr
    assert {path.name for path in (tmp_path / "run").glob("*")} <= {"split.csv", "looks.json"}
    assert not list((tmp_path / "cache").glob("*.part"))


def test_a_damaged_checkpoint_and_one_of_a_newer_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    save_state(path, {"a": torch.ones(3)}, {"seed": 1})
    tensors, values = load_state(path)
    assert torch.equal(tensors["a"], torch.ones(3))
    assert values["seed"] == 1
    save_state(path, {"a": torch.ones(3)}, {"format": 99})
    with pytest.raises(RunError, match="newer goodfit"):
        load_state(path)
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(RunError, match="damaged"):
        load_state(path)


def test_a_run_of_a_newer_format_says_how_to_fix_it(fitted: Path, tmp_path: Path) -> None:
    record = json.loads((fitted / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**record, "format": 99}))
    with pytest.raises(RunError, match="Upgrade"):
        gf.load(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RunError, match="damaged"):
        gf.load(tmp_path)
