"""Tables whose rows stay on disk: the same numbers, every row once an epoch, and bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import goodfit as gf
from goodfit.data.feed import batch_rows
from goodfit.data.sources.table import table
from goodfit.data.tables import frames
from goodfit.fitting import blending
from goodfit.rivals.learning import Learnt, learn_all
from goodfit.rivals.rival import Lesson


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(st.integers(0, 5_000), unique=True, min_size=1, max_size=600),
    block=st.integers(1, 400),
    batch=st.integers(1, 64),
    epoch=st.integers(0, 3),
)
def test_blocks_are_shuffled_and_every_row_comes_once(rows: list[int], block: int, batch: int, epoch: int) -> None:
    chosen = torch.tensor(sorted(rows))
    batches = batch_rows(chosen, batch, seed=1, epoch=epoch, block=block)
    assert torch.cat(batches).sort().values.tolist() == sorted(rows)
    assert max(map(len, batches)) - min(map(len, batches)) <= 1
    again = batch_rows(chosen, batch, seed=1, epoch=epoch, block=block)
    assert all(torch.equal(one, other) for one, other in zip(batches, again, strict=True))


def test_a_batch_has_rows_from_all_over() -> None:
    batches = batch_rows(torch.arange(1_000_000), 512, seed=0, block=2_000)
    first = batches[0]
    assert len(torch.unique(first // 2_000)) > 50  # of the 64 blocks of the first window
    position = np.arange(1_000_000)
    assert abs(np.corrcoef(position, torch.cat(batches).numpy())[0, 1]) < 0.2  # 500 blocks: a deviation of 0.045
    assert not torch.equal(first, batch_rows(torch.arange(1_000_000), 512, seed=0, epoch=1, block=2_000)[0])


def folder(path: Path, rows: int = 900, columns: int = 6) -> Path:
    """Three Parquet files; y follows from the first column."""
    random = np.random.default_rng(0)
    path.mkdir()
    for part in range(3):
        values = {f"n{at}": random.normal(size=rows // 3) for at in range(columns)}
        town = random.choice(["Bern", "Ulm", "Graz"], rows // 3)
        more = {"town": town, "y": np.where(values["n0"] > 0, "a", "b")}
        pl.DataFrame({**values, **more}).write_parquet(path / f"{part}.parquet", row_group_size=100)
    return path


def test_the_rows_are_those_of_the_table_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "ROWS_AT_A_TIME", 130)
    place = folder(tmp_path / "data")
    sources = [table(place, "y", stream=stream) for stream in (False, True)]
    for source in sources:
        source.prepare(cache=tmp_path / "cache")
        source.learn(torch.arange(0, 900, 2))
    held, streamed = sources
    assert streamed.block is not None
    assert held.block is None
    assert torch.equal(held.whole(), streamed.whole())
    assert list(held.targets or []) == list(streamed.targets or [])
    assert list(held.digests() or []) == list(streamed.digests() or [])
    assert not list((tmp_path / "cache").glob(".rows.*.tmp"))  # nothing is left behind


@pytest.mark.slow
def test_a_streamed_fit_learns_and_predicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "ROWS_AT_A_TIME", 130)
    place = folder(tmp_path / "data")
    run = gf.fit(gf.table(place, "y", stream=True), out=tmp_path / "run", epochs=6, precision="float32", quiet=True)
    assert run.metrics["test"]["accuracy"].value > 0.9
    there = run.predict(gf.table(place, stream=True))["p_a"]
    np.testing.assert_allclose(there, run.predict(place)["p_a"], atol=1e-6)


def test_a_file_larger_than_its_share_of_memory_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder(tmp_path / "data")
    assert table(place, "y").block is None
    monkeypatch.setattr(frames, "free_memory", lambda: 10 * 900 * 8 * 8 - 1)  # 900 rows of 8 columns need a tenth
    assert table(place, "y").block is not None


def test_rivals_learn_from_some_rows_of_a_table_on_disk_and_all_validation_rows_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lessons = []

    def learnt(lesson: Lesson, *more: Any) -> Learnt:
        lessons.append(lesson)
        return learn_all(lesson, *more)

    monkeypatch.setattr(frames, "ROWS_AT_A_TIME", 130)
    monkeypatch.setattr(blending, "CELLS_FROM_DISK", 200 * 7)  # six numbers and a category
    monkeypatch.setattr(blending, "learn_all", learnt)
    place = folder(tmp_path / "data")
    source = gf.table(place, "y", stream=True)
    run = gf.fit(source, out=tmp_path / "run", epochs=2, folds=1, precision="float32", quiet=True)
    (lesson,) = lessons
    ((taught, held_out),) = lesson.folds
    assert len(lesson.x) == len(taught) + len(held_out) <= 200
    assert len(held_out) <= 40
    assert not lesson.ends_with_all_rows
    assert f"learn from {len(taught)} of" in {choice.name: choice.value for choice in run.record.choices}["rivals"]
    table = pl.concat([pl.read_parquet(path) for path in sorted(place.iterdir())])
    parts = pl.read_csv(tmp_path / "run" / "split.csv")
    valid = np.flatnonzero((parts["part"] == "valid").to_numpy())
    assert len(valid) > len(held_out)
    right = (table["y"] == "a").to_numpy()[valid]
    p = np.asarray(run.predict(table)["p_a"])[valid]
    loss = -np.log(np.where(right, p, 1 - p)).mean()
    assert run.metrics["valid"]["log_loss"].value == pytest.approx(loss, rel=1e-3)


PROGRAM = """
import sys, threading, time
from pathlib import Path
import polars, torch
import goodfit as gf
gf.fit  # imports what is behind it

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) / 1024

most = before = anonymous()
def watch():
    global most
    while True:
        most = max(most, anonymous())
        time.sleep(0.01)
threading.Thread(target=watch, daemon=True).start()
source = gf.table(sys.argv[1], "y", stream=sys.argv[2] == "True")
gf.fit(source, out=sys.argv[3], arch="mlp", width=8, epochs=1, batch_size=8192, precision="float32", quiet=True,
       cache=sys.argv[3] + "-cache")
print(most - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_stays_bounded(tmp_path: Path) -> None:
    place = folder(tmp_path / "data", rows=600_000, columns=60)  # 290 MB as a frame, 150 MB as rows for the net
    grown = {}
    for stream in (True, False):
        command = [sys.executable, "-c", PROGRAM, str(place), str(stream), str(tmp_path / f"run-{stream}")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        grown[stream] = float(done.stdout)
    assert grown[True] < 500, grown  # MB, most of it the sample that kinds, means and levels are told from
    assert grown[False] > 2 * grown[True], grown
