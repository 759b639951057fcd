"""Predictions that are made and written block by block are those that are made at once, byte by byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

import goodfit
from goodfit.data.tables import frames, reading, text_on_disk
from goodfit.errors import DataError, UsageError
from goodfit.predict import blocks
from goodfit.run import Run

ROWS = 900


def people(count: int, seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    age, town = random.uniform(18, 80, count).round(2), random.choice(["north", "south"], count)
    rich = np.where(age + 20 * (town == "south") + random.normal(0, 9, count) > 55, "yes", "no")
    orders = [f"order-{number:05d}" for number in range(count)]
    return pl.DataFrame({"order_id": orders, "age": age, "town": town, "rich": rich})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("people")
    people(400, 0).write_csv(folder / "people.csv")
    return goodfit.fit(folder / "people.csv", target="rich", epochs=1, folds=1, batch_size=32, out=folder / "run")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is large."""
    monkeypatch.setattr(reading, "TEXT_BYTES_WHOLE", 0)
    monkeypatch.setattr(text_on_disk, "BLOCK_BYTES", 4_000)
    monkeypatch.setattr(text_on_disk, "BYTES_SAMPLED", 200)
    monkeypatch.setattr(frames, "CELLS_AT_A_TIME", 400)
    monkeypatch.setattr(blocks, "ROWS_A_BLOCK", 100)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_files_are_the_same(
    run: Run, ending: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / f"new.{ending}"
    new = people(ROWS, 1).with_columns(town=pl.when(pl.col("age") < 30).then(pl.lit("east")).otherwise("town"))
    new.write_csv(data) if ending == "csv" else new.write_parquet(data)
    whole = run.predict(data)
    assert len(whole) == ROWS
    whole.write(tmp_path / "whole.csv")
    whole.write(tmp_path / "whole.parquet")
    score = run.evaluate(data)
    request.getfixturevalue("small")
    predicted = run.predict_in_blocks(data)
    sizes = [len(block) for block in predicted]
    assert sum(sizes) == ROWS
    assert max(sizes) < 200
    assert predicted.notes == whole.notes
    assert any(name == "not used" for name, _, _ in predicted.notes)
    done: list[int] = []
    predicted.write(tmp_path / "blocks.csv", progress=lambda rows, _: done.append(rows))
    predicted.write(tmp_path / "blocks.parquet")
    assert done[-1] == ROWS
    assert done == sorted(done)
    assert (tmp_path / "blocks.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert (tmp_path / "whole.csv").read_text().splitlines()[1].startswith("order-00000,")
    ours, theirs = pl.read_parquet(tmp_path / "blocks.parquet"), pl.read_parquet(tmp_path / "whole.parquet")
    assert ours.schema == theirs.schema
    assert ours.equals(theirs)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [data.name, "blocks.csv", "blocks.parquet", "whole.csv", "whole.parquet"]
    )
    again = run.evaluate(data)
    assert again["metrics"] == score["metrics"]
    assert again["looks_at_test"] == score["looks_at_test"] + 1, "the same rows, by their content"


@pytest.mark.usefixtures("small")
def test_nothing_stays_where_a_column_is_of_another_kind(run: Run, tmp_path: Path) -> None:
    """Not one town is known: it is seen after the last block, and there is no file then."""
    data = tmp_path / "new.csv"
    people(ROWS, 1).with_columns(town=pl.lit("nowhere")).write_csv(data)
    with pytest.raises(DataError, match="not one of the 900 values of the column 'town' was in training"):
        run.predict_in_blocks(data).write(tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]


@pytest.mark.usefixtures("small")
def test_decimal_commas_are_read_wherever_they_are(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "new.csv"
    comma = pl.concat_str(pl.col("age").cast(pl.Int64).cast(pl.String), pl.lit(",5"))
    frame = people(ROWS, 1).with_columns(age=comma)
    frame.write_csv(data, separator=";")
    run.predict_in_blocks(data).write(tmp_path / "commas.csv")
    points = tmp_path / "points.csv"
    people(ROWS, 1).with_columns(age=pl.col("age").cast(pl.Int64) + 0.5).write_csv(points)
    run.predict_in_blocks(points).write(tmp_path / "points.out.csv")
    assert (tmp_path / "commas.csv").read_bytes() == (tmp_path / "points.out.csv").read_bytes()


def test_images_that_cannot_be_read_keep_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    for number in range(40):
        path = tmp_path / "photos" / ("dark", "light")[number % 2] / f"{number:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 90, (8, 8, 3)) + 120 * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    run = goodfit.fit(
        tmp_path / "photos", epochs=1, width=8, batch_size=4, out=tmp_path / "run", cache=tmp_path / "cache"
    )
    broken = [*sorted((tmp_path / "photos" / "dark").iterdir())[:2], tmp_path / "photos" / "light" / "39.png"]
    for path in broken:
        path.write_bytes(b"no image")
    whole = run.predict(tmp_path / "photos", cache=tmp_path / "cache")
    monkeypatch.setattr(blocks, "ROWS_A_BLOCK", 10)
    in_blocks = list(run.predict_in_blocks(tmp_path / "photos", cache=tmp_path / "cache"))
    assert len(in_blocks) > 2
    tables = [block.table() for block in in_blocks]
    assert {name: [value for table in tables for value in table[name]] for name in tables[0]} == whole.table()
    assert [key for key, error in zip(whole["key"], whole.errors, strict=True) if error] == [
        str(path) for path in broken
    ]


def test_a_file_that_goodfit_did_not_make_is_not_replaced(run: Run, tmp_path: Path) -> None:
    data, mine = tmp_path / "new.csv", tmp_path / "mine.csv"
    people(20, 1).write_csv(data)
    mine.write_text("my,own\n1,2\n")
    with pytest.raises(UsageError):
        run.predict_in_blocks(data).write(mine)
    assert mine.read_text() == "my,own\n1,2\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there no process is known to be dead")
def test_what_a_killed_process_left_of_its_blocks_goes_when_others_are_written(run: Run, tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left, alive, other = (
        tmp_path / name
        for name in (f".p.csv.{dead.pid}-0123456789ab.tmp", f".p.csv.{os.getppid()}-0123456789ab.tmp", ".mine.tmp")
    )
    for path in (left, alive, other):
        path.write_text("rows")
        os.utime(path, (0, 0))  # long ago: a young one may be another machine's
    people(5, 3).write_csv(tmp_path / "new.csv")
    run.predict_in_blocks(tmp_path / "new.csv").write(tmp_path / "p.csv")
    assert not left.exists()
    assert alive.exists()
    assert other.exists()
