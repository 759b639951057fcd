"""What every source has to do, asked of each one in the registry.

A new source needs an entry in EXAMPLES: a function that writes a small input into a folder.
"""

from __future__ import annotations

import inspect
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

from goodfit.data import open_as, open_path
from goodfit.data.source import Claim, DenseSource, Source
from goodfit.data.sources import source_names, source_of
from goodfit.data.split import make_split
from goodfit.errors import UsageError
from goodfit.options import GROUPS, Option

ROWS = 24


@dataclass(frozen=True)
class Example:
    """A small input: where it is, the options that it is opened with, and how many of its rows cannot be read."""

    path: Path
    options: dict[str, Any] = field(default_factory=dict)
    unreadable: int = 0


def write_images(folder: Path, *, classes: int | None = None, seed: int = 0) -> Path:
    """ROWS colour images of 20x16 px in two class folders; of class numbers in grey where `classes` is given."""
    random = np.random.default_rng(seed)
    for number in range(ROWS):
        shape = (16, 20) if classes else (16, 20, 3)
        pixels = random.integers(0, classes or 256, shape).astype(np.uint8)
        path = folder / ("a" if number % 2 else "b") / f"{number:02d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder


def image_example(folder: Path) -> Example:
    write_images(folder / "photos")
    (folder / "photos" / "a" / "broken.png").write_bytes(b"no image")
    return Example(folder / "photos", {"group": "{group}.png"}, unreadable=1)


def mask_example(folder: Path) -> Example:
    write_images(folder / "street")
    return Example(folder / "street", {"masks": write_images(folder / "beside", classes=3, seed=1), "void": "2"})


def pair_example(folder: Path) -> Example:
    write_images(folder / "noisy")
    return Example(folder / "noisy", {"clean": write_images(folder / "clean", seed=1)})


def array_example(folder: Path) -> Example:
    random = np.random.default_rng(0)
    np.savez(folder / "rows.npz", x=random.normal(size=(ROWS, 5)).astype(np.float32), y=np.arange(ROWS) % 3)
    return Example(folder / "rows.npz")


def table_example(folder: Path) -> Example:
    random = np.random.default_rng(0)
    frame = {
        "age": random.integers(18, 90, ROWS),
        "town": [["Bern", "Ulm", "", "Graz"][row % 4] for row in range(ROWS)],
        "day": [f"2021-03-{1 + row:02d}" for row in range(ROWS)],
        "household": [str(row // 2) for row in range(ROWS)],
        "rich": [["yes", "no"][row // 2 % 2] for row in range(ROWS)],
    }
    pl.DataFrame(frame).write_csv(folder / "people.csv")
    return Example(folder / "people.csv", {"target": "rich", "group": "household"})


def rating_example(folder: Path) -> Example:
    frame = {
        "who": [f"user {row % 5}" for row in range(ROWS)],
        "film": [f"film {row % 7}" for row in range(ROWS)],
        "stars": [1 + row % 5 for row in range(ROWS)],
    }
    pl.DataFrame(frame).write_csv(folder / "stars.csv")
    users = {"who": [f"user {row}" for row in range(6)], "age": [20, 31, 44, 58, 63, 25]}
    pl.DataFrame(users).write_csv(folder / "users.csv")
    options = {"user": "who", "item": "film", "target": "stars", "user_features": folder / "users.csv"}
    return Example(folder / "stars.csv", options)


def png(row: int) -> bytes:
    """20x16 px, in colour."""
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(row).integers(0, 256, (16, 20, 3)).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def shard_example(folder: Path) -> Example:
    with tarfile.open(folder / "shapes.tar", "w") as archive:
        for row in range(ROWS + 1):
            files = {"png": png(row) if row < ROWS else b"no image", "cls": str(row % 2).encode()}
            for ending, data in files.items():
                info = tarfile.TarInfo(f"{row:03d}.{ending}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return Example(folder / "shapes.tar", unreadable=1)


def image_parquet_example(folder: Path) -> Example:
    cells = [{"bytes": png(row) if row < ROWS else None, "path": f"{row}.png"} for row in range(ROWS + 1)]
    frame = pl.DataFrame({"image": cells, "label": [row % 2 for row in range(ROWS + 1)]})
    frame.write_parquet(folder / "shapes.parquet")
    return Example(folder / "shapes.parquet", unreadable=1)


def text_example(folder: Path) -> Example:
    for row in range(ROWS + 1):
        place = folder / "notes" / ("cold", "warm")[row % 2]
        place.mkdir(parents=True, exist_ok=True)
        words = f"a {('cold', 'warm')[row % 2]} day, number {row}, with wind from the sea"
        (place / f"{row}.txt").write_bytes(words.encode() if row < ROWS else b"half \0 a binary file")
    return Example(folder / "notes", unreadable=1)


EXAMPLES: dict[str, Callable[[Path], Example]] = {
    "arrays": array_example,
    "image_parquet": image_parquet_example,
    "images": image_example,
    "masks": mask_example,
    "pairs": pair_example,
    "ratings": rating_example,
    "shards": shard_example,
    "table": table_example,
    "texts": text_example,
}


@pytest.fixture(params=source_names())
def kind(request: pytest.FixtureRequest) -> str:
    if request.param not in EXAMPLES:
        pytest.fail(
            f"no example for the source '{request.param}': write a function that makes a small input of it, "
            "and add it to EXAMPLES in tests/data/test_sources_conform.py"
        )
    return str(request.param)


@pytest.fixture
def example(kind: str, tmp_path: Path) -> Example:
    return EXAMPLES[kind](tmp_path)


def fitted(example: Example, cache: Path) -> tuple[Source, torch.Tensor]:
    """The source as a fit has it before the first epoch, and its training rows."""
    source = open_path(example.path, **example.options)
    source.prepare(cache=cache)
    readable = np.ones(len(source), dtype=bool)
    readable[[item.row for item in source.unreadable]] = False
    split = make_split(
        readable=readable,
        labels=None,
        groups=source.groups,
        times=source.times,
        given=source.parts,
        keys=source.keys,
        noun=source.noun,
        seed=0,
    )
    rows = split.rows("train")
    source.learn(rows)
    return source, rows


def reopened(example: Example, schema: dict[str, Any], cache: Path) -> Source:
    """The same place as new data of a run with this schema."""
    source = open_as(schema["kind"], example.path)
    source.prepare(schema, cache=cache)
    return source


def test_every_example_is_of_a_source() -> None:
    assert sorted(EXAMPLES) == source_names()


def test_it_declares_its_options_and_takes_them_by_name(kind: str) -> None:
    source = source_of(kind)
    parameters = inspect.signature(source.function()).parameters
    for option in source.options:
        assert isinstance(option, Option)
        assert option.group in GROUPS
        assert option.help.endswith(".")
        assert option.name in parameters, f"goodfit.{kind} does not take {option.name}"
    assert {"valid", "test"} <= parameters.keys()
    assert source.function().__doc__, f"goodfit.{kind} has no docstring"
    assert source.noun == source.noun.strip().lower() != ""


def test_it_claims_its_data(kind: str, example: Example) -> None:
    source = source_of(kind)
    claim = source.claims(example.path, example.options)
    assert isinstance(claim, Claim)
    assert claim.why
    assert source.claims(example.path.parent / "unknown.bin", {}) is None
    assert source.claims_object(object(), {}) is None
    opened = open_path(example.path, **example.options)
    assert type(opened) is source
    assert opened.kind == kind


def test_an_option_of_nobody_is_refused(kind: str, example: Example) -> None:
    with pytest.raises(UsageError, match=f"--no-such-thing is not an option for {kind}"):
        open_path(example.path, **example.options, no_such_thing=1)


def test_there_is_one_of_everything_a_row(kind: str, example: Example, tmp_path: Path) -> None:
    source, rows = fitted(example, tmp_path / "cache")
    count = ROWS + example.unreadable
    assert len(source) == len(source.keys) == len(source.parts) == len(set(source.keys)) == count
    assert source.targets is not None
    assert len(source.targets) == count
    digests = source.digests()
    assert digests is None or len(digests) == count
    assert source.groups is None or len(source.groups) == count
    assert source.times is None or len(source.times) == count
    assert len(source.unreadable) == example.unreadable
    assert all(item.key == source.keys[item.row] and item.reason for item in source.unreadable)
    assert all(len(values) == count for values in source.columns().values())
    assert 0 < len(rows) < count
    assert source.name == example.path.stem


def test_reading_rows_and_reading_all_agree(kind: str, example: Example, tmp_path: Path) -> None:
    source, _ = fitted(example, tmp_path / "cache")
    whole = source.whole()
    assert whole.shape == (len(source), *source.in_shape)
    rows = torch.tensor([5, 0, len(source) - 1, 5])
    assert torch.equal(source.read(rows), whole[rows])
    assert source.read(rows).dtype == whole.dtype
    assert source.read(rows[:0]).shape == (0, *source.in_shape)
    if source.images:
        assert whole.dtype == torch.uint8
        thumbnail = source.thumbnail(5)
        assert thumbnail is not None
        np.testing.assert_array_equal(thumbnail, whole[5].permute(1, 2, 0).numpy())


def test_what_a_net_and_a_task_are_told_is_json(kind: str, example: Example, tmp_path: Path) -> None:
    source, _ = fitted(example, tmp_path / "cache")
    for told in (source.net_options(), source.task_options(), source.notes):
        assert json.loads(json.dumps(told)) == (told if isinstance(told, dict) else [list(note) for note in told])


def test_new_data_is_read_as_the_schema_says(kind: str, example: Example, tmp_path: Path) -> None:
    source, _ = fitted(example, tmp_path / "cache")
    schema = json.loads(json.dumps(source.schema()))
    assert schema == source.schema()
    assert schema["kind"] == kind
    new = reopened(example, schema, tmp_path / "other cache")
    assert new.in_shape == source.in_shape
    assert torch.equal(new.whole(), source.whole())
    assert list(new.keys) == list(source.keys)
    assert list(new.digests() or []) == list(source.digests() or [])
    assert new.schema() == schema
    assert new.unreadable == source.unreadable
    assert all(len(remarks) == len(new) for remarks in new.remarks().values())


def test_opening_twice_gives_the_same_rows(kind: str, example: Example, tmp_path: Path) -> None:
    first, rows = fitted(example, tmp_path / "cache")
    second, same_rows = fitted(example, tmp_path / "cache")
    assert torch.equal(rows, same_rows)
    assert torch.equal(first.whole(), second.whole())
    assert second.decoded == 0, "the cache had every row"


def test_dense_targets_are_images_of_the_same_size(kind: str, example: Example, tmp_path: Path) -> None:
    source, _ = fitted(example, tmp_path / "cache")
    if not isinstance(source, DenseSource):
        assert not isinstance(source.targets, torch.Tensor)
        return
    assert source.targets.dtype == torch.uint8
    assert source.targets.shape[-2:] == source.in_shape[-2:]
    assert [str(path) for path in source.paths()] == list(source.keys)


def test_it_can_be_released_twice(kind: str, example: Example, tmp_path: Path) -> None:
    source, _ = fitted(example, tmp_path / "cache")
    source.release()
    source.release()
    assert len(source) == ROWS + example.unreadable
