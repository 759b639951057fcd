"""Fits of images that are decoded in each epoch: killed, resumed and in several processes they end as they would."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from command import goodfit
from command_process import goodfit_process
from PIL import Image
from safetensors.torch import load_file
from several_processes import in_processes

import goodfit as gf
from goodfit.data.images import stream
from goodfit.predict.seen_rows import PIXELS
from goodfit.store.run_folder import last_checkpoint

OPTIONS: dict[str, Any] = {"epochs": 4, "arch": "resnet10", "width": 4, "batch_size": 14, "rivals": "none"}
OPTIONS |= {"precision": "float32", "device": "cpu", "augment": "standard"}
WORDS = [word for name, value in OPTIONS.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def in_small_blocks() -> None:
    """Blocks of two images: 64 of them are fewer than all."""
    stream.BLOCK_AT_MOST = 2


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK_AT_MOST", 2)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """203 images in three archives, sorted by class; no number of rows is a multiple of 2 or 3."""
    folder, noise = tmp_path_factory.mktemp("streamed"), np.random.default_rng(5)
    (folder / "tars").mkdir()
    for shard in range(3):
        with tarfile.open(folder / "tars" / f"shard-{shard}.tar", "w") as archive:
            for number in range(70 * shard, min(70 * shard + 70, 203)):
                pixels = noise.integers(0, 120, (16, 16, 3)) + 100 * (number >= 100)
                file = io.BytesIO()
                Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
                for ending, data in (("png", file.getvalue()), ("cls", (b"dark", b"light")[number >= 100])):
                    info = tarfile.TarInfo(f"{number:04d}.{ending}")
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
    return folder


@pytest.fixture(scope="module")
def unbroken(place: Path) -> Path:
    """A streamed fit that nothing disturbed. To be read only."""
    done = fit(place, "unbroken", "--stream")
    assert done.returncode == 0, done.stderr
    assert not list((place / "cache of unbroken").glob("*.pixels"))
    return place / "unbroken"


def fit(place: Path, name: str, *more: str) -> subprocess.CompletedProcess[str]:
    words = ["fit", place / "tars", "--out", place / name, "--cache", place / f"cache of {name}", *WORDS, *more]
    return goodfit_process(*words, before=in_small_blocks)


def assert_same_run(one: Path, other: Path) -> None:
    for file in ("model.safetensors", "predictions.csv"):
        assert (one / file).read_bytes() == (other / file).read_bytes(), file
    kept, others = ({**load_file(folder / "scores.safetensors")} for folder in (one, other))
    for marks in (kept, others):
        marks.pop(PIXELS, None)  # known where images are kept decoded
    assert kept.keys() == others.keys()
    assert all(torch.equal(kept[name], others[name]) for name in kept)
    first, second = (json.loads((folder / "run.json").read_text()) for folder in (one, other))
    assert [{**line, "seconds": 0} for line in first["history"]] == [
        {**line, "seconds": 0} for line in second["history"]
    ]


def test_it_is_printed_that_images_are_streamed_and_why(unbroken: Path) -> None:
    choices = {choice.name: choice for choice in gf.load(unbroken).record.choices}
    assert choices["stream"].value == "images are decoded each time they are read, and shuffled 128 at a time"
    assert choices["stream"].why == "given"


def test_the_net_learns_from_classes_that_lie_one_after_the_other(unbroken: Path) -> None:
    assert gf.load(unbroken).metrics["valid"]["accuracy"].value > 0.9


class Stop(Exception):
    """In the middle of a fit."""


@pytest.mark.parametrize("again", ["streamed", "from the cache"])
def test_stopped_after_an_epoch_it_ends_as_if_it_had_not_been(
    again: str, place: Path, unbroken: Path, tmp_path: Path
) -> None:
    def stop(epoch: Any) -> None:
        if epoch.number == 2:
            raise Stop

    words: dict[str, Any] = {"out": tmp_path / "run", "cache": tmp_path / "cache", **OPTIONS}
    with pytest.raises(Stop):
        gf.fit(place / "tars", stream=True, on_epoch=stop, **words)
    gf.fit(place / "tars", stream=again == "streamed" or None, resume=True, **words)
    assert bool(list((tmp_path / "cache").glob("*.pixels"))) == (again == "from the cache")
    assert_same_run(unbroken, tmp_path / "run")


PROGRAM = """
from goodfit.data.images import stream
stream.BLOCK_AT_MOST = 2
from goodfit.cli.app import main
main()
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_with_the_same_bits(place: Path, unbroken: Path, tmp_path: Path) -> None:
    moments = random.Random(11)
    for trial in range(4):
        out = tmp_path / f"run {trial}"
        words = ["fit", place / "tars", "--stream", "--out", out, "--cache", tmp_path / "cache", "--quiet", *WORDS]
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, words)], stdout=subprocess.DEVNULL)
        while last_checkpoint(out) is None:
            assert process.poll() is None, f"it ended with status {process.returncode}"
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.6))
        process.kill()
        process.wait()
        done = goodfit_process(*words, "--resume", before=in_small_blocks)
        assert done.returncode == 0, done.stderr
        assert_same_run(unbroken, out)


def fit_exactly(place: str, name: str) -> None:
    os.chdir(place)
    in_small_blocks()
    gf.fit("tars", out=name, cache="cache of several", stream=True, exact=True, **OPTIONS)


@pytest.mark.slow
def test_one_two_and_four_processes_have_the_same_bits(place: Path) -> None:
    for count in (1, 2, 4):
        in_processes(count, fit_exactly, str(place), f"exact-{count}")
    for count in (2, 4):
        assert_same_run(place / "exact-1", place / f"exact-{count}")


def stop_the_first(place: str) -> None:
    os.chdir(place)
    in_small_blocks()

    def stop(epoch: Any) -> None:
        if epoch.number == 2:
            os._exit(0)

    gf.fit("tars", out="stopped", cache="cache of several", stream=True, exact=True, on_epoch=stop, **OPTIONS)


@pytest.mark.slow
def test_begun_by_two_processes_and_ended_by_one_it_has_the_same_bits(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    in_processes(1, fit_exactly, str(place), "exact-alone")
    with pytest.raises(RuntimeError):
        in_processes(2, stop_the_first, str(place), timeout=60)
    assert not (place / "stopped" / "run.json").exists()
    gf.fit("tars", out="stopped", cache="cache of several", stream=True, exact=True, resume=True, **OPTIONS)
    assert_same_run(place / "exact-alone", place / "stopped")


def test_predictions_and_scores_of_new_images_need_no_room_either(
    place: Path, unbroken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--cache", tmp_path / "cache", "-o")
    assert goodfit("predict", unbroken, place / "tars", *words, tmp_path / "cached.csv") == 0
    shutil.rmtree(tmp_path / "cache")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=10_000))
    assert goodfit("predict", unbroken, place / "tars", *words, tmp_path / "streamed.csv") == 0
    assert "images are decoded each time they are read" in capsys.readouterr().err
    assert (tmp_path / "cached.csv").read_bytes() == (tmp_path / "streamed.csv").read_bytes()
    assert goodfit("evaluate", unbroken, place / "tars", "--cache", tmp_path / "cache") == 0
    assert goodfit("check", place / "tars", "--cache", tmp_path / "cache") == 0
    assert not list((tmp_path / "cache").glob("*.pixels"))
