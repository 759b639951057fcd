"""Damaged run folders: every command gives what the whole run gives, or one clear line; never a traceback.

Bytes are flipped, files cut off or emptied, fields of run.json replaced, weights set to NaN.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from command import goodfit
from safetensors.torch import load_file, save_file

import goodfit as gf
from goodfit.predict.predictions import Predictions
from goodfit.store.run_folder import LOOKS, RECORD, SCORES, WEIGHTS

DAMAGES_OF_A_FILE = 12
FIELDS = 60
VALUES: tuple[Any, ...] = (None, True, -1, 1e300, "x", [], {}, [None], {"a": 1}, "\u0001$", 2**70)
COMMANDS = ("predict", "evaluate", "report")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(0)
    lines = ["height,town,tall"]
    for height, town in zip(random.uniform(150, 200, 90).round(2), random.choice(["Bern", "Ulm"], 90), strict=True):
        lines.append(f"{height},{town},{'yes' if height > 175 else 'no'}")
    path = tmp_path_factory.mktemp("damaged") / "people.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def whole(data: Path) -> Path:
    folder = data.parent / "run"
    gf.fit(data, target="tall", epochs=1, out=folder, width=8, folds=2, quiet=True).release()
    return folder


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run"))


def outcome(capsys: pytest.CaptureFixture[str], command: str, run: Path, data: Path) -> tuple[int, str]:
    """Exit status and stdout; of an error the one line that it has to be."""
    words: list[Any] = {
        "predict": ["predict", run, data, "--quiet"],
        "evaluate": ["evaluate", run, data, "--json"],
        "report": ["report", run, "-o", run.parent / "page.html"],
    }[command]
    status = goodfit(*words)
    captured = capsys.readouterr()
    if status == 0:
        return 0, captured.out
    lines = [line for line in captured.err.splitlines() if line.strip()]
    assert status == 2, captured.err
    assert len(lines) == 1, captured.err
    assert lines[0].startswith("goodfit: ")
    return 2, lines[0]


def predicted(run: Path, data: Path) -> list[float]:
    predictions = gf.load(run).predict(data)
    assert isinstance(predictions, Predictions)
    return predictions["p_yes"]


def flipped(content: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    """The content with a bit or a few bytes changed, cut off, doubled."""
    random = np.random.default_rng(seed)
    for number in range(DAMAGES_OF_A_FILE):
        changed = bytearray(content)
        at = int(random.integers(len(content)))
        kind = number % 4
        if kind == 0:
            changed[at] ^= 1 << int(random.integers(8))
        elif kind == 1:
            changed[at : at + 8] = random.bytes(8)
        elif kind == 2:
            del changed[at:]
        else:
            changed[at:at] = changed[: int(random.integers(1, 64))]
        yield f"damage {number} at byte {at}", bytes(changed)


@pytest.mark.parametrize("name", [WEIGHTS, SCORES])
def test_damaged_tensors_are_refused_whatever_the_damage(
    run: Path, whole: Path, data: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    command = "predict" if name == WEIGHTS else "evaluate"
    for what, content in flipped((whole / name).read_bytes(), seed=len(name)):
        if content == (whole / name).read_bytes():
            continue
        (run / name).write_bytes(content)
        status, line = outcome(capsys, command, run, data)
        assert (status, name in line) == (2, True), what


def test_damaged_records_are_refused(run: Path, whole: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, (what, content) in enumerate(flipped((whole / RECORD).read_bytes(), seed=1)):
        (run / RECORD).write_bytes(content)
        print(what)
        status, line = outcome(capsys, COMMANDS[number % len(COMMANDS)], run, data)
        assert status == 2 or json.loads(content) == json.loads((whole / RECORD).read_bytes()), line


def paths_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where every value of nested JSON stands."""
    if path:
        yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in entries:
        yield from paths_in(each, (*path, name))


@pytest.mark.slow
def test_a_field_of_another_type_is_refused_or_read(
    run: Path, whole: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (whole / RECORD).read_text()
    random = np.random.default_rng(0)
    paths = list(paths_in(json.loads(text)))
    for number, at in enumerate(random.choice(len(paths), FIELDS).tolist()):
        record = json.loads(text)
        *inner, last = paths[at]
        place = record
        for name in inner:
            place = place[name]
        if number % 5 == 0 and isinstance(place, dict):
            del place[last]
        else:
            place[last] = VALUES[number % len(VALUES)]
        if record == json.loads(text):
            continue
        (run / RECORD).write_text(json.dumps(record))
        assert outcome(capsys, "predict", run, data)[0] == 2  # the checksum tells
        record.pop("checksum", None)  # as in runs of older versions
        (run / RECORD).write_text(json.dumps(record))
        print("field", ".".join(map(str, paths[at])), "=", VALUES[number % len(VALUES)])
        outcome(capsys, COMMANDS[number % len(COMMANDS)], run, data)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_named(
    run: Path, data: Path, capsys: pytest.CaptureFixture[str], value: float
) -> None:
    weights = load_file(run / WEIGHTS)
    name = next(name for name, tensor in weights.items() if tensor.is_floating_point() and tensor.numel() > 3)
    weights[name].view(-1)[2] = value
    save_file(weights, run / WEIGHTS)  # no checksum, as in the files of older versions
    status, line = outcome(capsys, "predict", run, data)
    assert status == 2
    assert f"the weights '{name}' hold NaN or infinity" in line


@pytest.mark.skipif(sys.platform == "win32", reason="there are none")
def test_a_pipe_in_place_of_a_file_is_never_waited_for(
    run: Path, whole: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("looks.json", "run.json", "model.safetensors", "scores.safetensors"):
        (run / name).unlink()
        os.mkfifo(run / name)
        code, line = outcome(capsys, "evaluate", run, data)
        assert code == 2, name
        assert "\n" not in line.strip()
        (run / name).unlink()
        shutil.copy(whole / name, run / name)


def test_weights_of_older_versions_have_no_checksum_and_are_read(run: Path, data: Path) -> None:
    before = predicted(run, data)
    save_file({name: tensor.clone() for name, tensor in load_file(run / WEIGHTS).items()}, run / WEIGHTS)
    assert predicted(run, data) == before


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"a": "b"}', '{"a": null}', "\udcff"])
def test_damaged_looks_are_one_clear_line(
    run: Path, data: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (run / LOOKS).write_text(content, errors="surrogateescape")
    status, line = outcome(capsys, "evaluate", run, data)
    assert status == 2
    assert "looks.json: damaged" in line
    (run / LOOKS).unlink()
    assert outcome(capsys, "evaluate", run, data)[0] == 0


@pytest.mark.parametrize("name", [WEIGHTS, SCORES, RECORD])
def test_a_file_that_is_missing_or_a_folder_is_one_clear_line(
    run: Path, data: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (run / name).unlink()
    command = "evaluate" if name == SCORES else "predict"
    assert outcome(capsys, command, run, data)[0] == 2
    (run / name).mkdir()
    assert outcome(capsys, command, run, data)[0] == 2


def test_the_weights_of_another_net_are_one_clear_line(
    run: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_file({"weight": torch.zeros(3)}, run / WEIGHTS)
    status, line = outcome(capsys, "predict", run, data)
    assert status == 2
    assert "its weights are not of this net" in line
