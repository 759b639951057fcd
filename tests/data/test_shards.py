"""Images in tar archives and in Parquet files: what is a label, a part, an image; and what is refused."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

import goodfit
from goodfit.data import open_path
from goodfit.data.sources.image_parquet import image_parquet
from goodfit.data.sources.shards import shards
from goodfit.errors import DataError


def png(number: int, label: int = 0) -> bytes:
    """12x12 px; images of the two labels differ in brightness."""
    pixels = np.random.default_rng(number).integers(0, 90, (12, 12, 3)) + 150 * label
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def write_tar(path: Path, files: dict[str, bytes], *, mode: Any = "w") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def samples(start: int, count: int) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for row in range(start, start + count):
        files |= {f"{row:05d}.png": png(row, row % 2), f"{row:05d}.cls": b"light" if row % 2 else b"dark"}
    return files


@pytest.mark.parametrize(
    ("files", "labels"),
    [
        ({"a.png": png(0), "a.cls": b" 3 \n", "b.png": png(1), "b.cls": b"4"}, ["3", "4"]),
        ({"a.json": b'{"label": "cat"}', "a.jpg": png(0), "b.png": png(1), "b.json": b'{"cls": 7}'}, ["cat", "7"]),
        ({"x/a.png": png(0), "x/a.cls": b"1", "y/a.png": png(1), "y/a.cls": b"2"}, ["1", "2"]),
        ({"a.png": png(0), "a.json": b'{"tags": ["red", "round"]}'}, [["red", "round"]]),
        ({"a.png": png(0), "a.mask.png": png(1), "a.cls": b"1"}, ["1"]),
        ({"a.png": png(0), "b.png": png(1), "b.cls": b"1", "c.cls": b"2"}, [None, "1"]),
    ],
)
def test_a_sample_is_what_has_one_name(files: dict[str, bytes], labels: list[Any], tmp_path: Path) -> None:
    source = shards(write_tar(tmp_path / "some.tar", files))
    assert list(source.targets or []) == labels
    source.prepare(cache=tmp_path / "cache")
    assert len(source.whole()) == len(labels)


def test_pixels_are_those_that_were_written(tmp_path: Path) -> None:
    source = shards(write_tar(tmp_path / "some.tar", samples(0, 6)), size=12)
    source.prepare(cache=tmp_path / "cache")
    for row in range(6):
        with Image.open(io.BytesIO(png(row, row % 2))) as image:
            assert np.array_equal(source.whole()[row].permute(1, 2, 0).numpy(), np.array(image))


def test_the_field_of_the_label_can_be_named(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "some.tar", {"a.png": png(0), "a.json": b'{"label": "x", "colour": "red"}'})
    assert list(shards(path, target="colour").targets or []) == ["red"]
    with pytest.raises(DataError, match=r"--target shape: no sample has a \.json with this field"):
        shards(path, target="shape")


def test_archives_are_parts_by_their_names(tmp_path: Path) -> None:
    write_tar(tmp_path / "set" / "train-0000.tar", samples(0, 4))
    write_tar(tmp_path / "set" / "train-0001.tar", samples(4, 4))
    write_tar(tmp_path / "set" / "val-0000.tar", samples(8, 2))
    source = open_path(tmp_path / "set")
    assert source.kind == "shards"
    assert list(source.parts) == ["train"] * 8 + ["valid"] * 2
    assert len(set(source.keys)) == 10


def test_links_and_devices_are_left_out_and_names_are_no_paths(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(5))
    with tarfile.open(tmp_path / "some.tar", "w") as archive:
        for name, kind in (("l.png", tarfile.SYMTYPE), ("h.png", tarfile.LNKTYPE), ("d.png", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(secret)
            archive.addfile(info)
        for name in ("../../outside.png", "/etc/inside.png"):
            info = tarfile.TarInfo(name)
            info.size = len(png(1))
            archive.addfile(info, io.BytesIO(png(1)))
    before = sorted(path.name for path in tmp_path.iterdir())
    source = shards(tmp_path / "some.tar")
    assert len(source) == 2
    assert ("left out", "2 links, 1 special files", "no images that are read") in source.notes
    source.prepare(cache=tmp_path / "cache")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*before, "cache"])
    assert not (tmp_path.parent / "outside.png").exists()


def damaged_archives() -> dict[str, bytes]:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        info = tarfile.TarInfo("a.png")
        info.size = len(png(0))
        archive.addfile(info, io.BytesIO(png(0)))
    data = whole.getvalue()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a.png"))
    pax = tarfile.TarInfo("a.png")
    pax.pax_headers = {"size": "-2048"}
    back = pax.tobuf(tarfile.PAX_FORMAT)
    huge = tarfile.TarInfo("././@LongLink")
    huge.type, huge.size = tarfile.GNUTYPE_LONGNAME, 10**9
    return {
        "no archive": b"something else entirely" * 100,
        "empty": b"",
        "packed": packed.getvalue(),
        "cut in the member": data[:600],
        "cut in the header": data[:300],
        "a size below zero": back + b"\0" * 1024,
        "a name of a gigabyte": huge.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024,
    }


@pytest.mark.parametrize("what", damaged_archives())
def test_a_damaged_archive_is_one_line(what: str, tmp_path: Path) -> None:
    path = tmp_path / "some.tar"
    path.write_bytes(damaged_archives()[what])
    with pytest.raises(DataError) as caught:
        shards(path)
    assert str(caught.value).count("\n") == 0
    assert "some.tar" in str(caught.value)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.png": png(0), "a.jpg": png(1)}, "the sample 'a' has 2 images"),
        ({"a.png": png(0), "a.json": b"{"}, "not JSON"),
        ({"a.png": png(0), "a.json": b'{"label": {}}'}, "its label is dict"),
        ({"a.png": png(0), "a.cls": b"x" * 20_000}, "a label of 20,000 bytes"),
        ({"a.cls": b"1"}, "no images in it"),
    ],
)
def test_what_is_no_sample_is_said(files: dict[str, bytes], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        shards(write_tar(tmp_path / "some.tar", files))


def hugging_face(path: Path, start: int, count: int) -> Path:
    """As `datasets` writes it: structs, class numbers, and the names of classes in the file's facts."""
    facts = {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["dark", "light"]}}}}
    cells = [{"bytes": png(row, row % 2), "path": None} for row in range(start, start + count)]
    frame = pl.DataFrame({"image": cells, "label": [row % 2 for row in range(start, start + count)]})
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(path, metadata={"huggingface": json.dumps(facts)})
    return path


def test_class_names_come_from_the_files_facts(tmp_path: Path) -> None:
    hugging_face(tmp_path / "set" / "train-00000-of-00001.parquet", 0, 5)
    hugging_face(tmp_path / "set" / "test-00000-of-00001.parquet", 5, 3)
    source = open_path(tmp_path / "set")
    assert source.kind == "image_parquet"
    assert list(source.targets or []) == [*["light", "dark", "light"], *["dark", "light", "dark", "light", "dark"]]
    assert list(source.parts) == ["test"] * 3 + ["train"] * 5
    source.prepare(cache=tmp_path / "cache")
    assert source.unreadable == []


def test_odd_facts_and_columns(tmp_path: Path) -> None:
    cells = [{"bytes": png(row), "path": "/etc/passwd"} for row in range(2)] + [{"bytes": None, "path": "/etc/passwd"}]
    frame = pl.DataFrame({"photo": cells, "tags": [["a"], ["a", "b"], None], "note": ["x", "y", "z"]})
    path = tmp_path / "some.parquet"
    frame.write_parquet(path, metadata={"huggingface": "[1"})
    source = image_parquet(path)
    assert list(source.targets or []) == [["a"], ["a", "b"], None]
    source.prepare({"picture": {"height": 12, "width": 12, "channels": 3}}, cache=tmp_path / "cache")
    assert [(item.row, item.reason) for item in source.unreadable] == [(2, "no bytes in its cell")]
    frame.with_columns(photo2="photo").write_parquet(path)
    with pytest.raises(DataError, match="2 columns of it hold images"):
        image_parquet(path)
    frame.drop("photo").write_parquet(path)
    assert open_path(path, target="note").kind == "table"


@pytest.mark.parametrize("kind", ["shards", "image_parquet"])
def test_a_run_is_fitted_and_used(kind: str, tmp_path: Path) -> None:
    if kind == "shards":
        data = write_tar(tmp_path / "first" / "a.tar", samples(0, 60)).parent
        new = write_tar(tmp_path / "new.tar", samples(60, 20))
    else:
        data, new = hugging_face(tmp_path / "a.parquet", 0, 60), hugging_face(tmp_path / "new.parquet", 60, 20)
    run = goodfit.fit(data, epochs=3, width=8, batch_size=8, out=tmp_path / "run", cache=tmp_path / "cache")
    assert run.record.source["kind"] == kind
    predicted = run.predict(new, cache=tmp_path / "cache")
    assert predicted["prediction"] == ["dark", "light"] * 10
    assert run.evaluate(new, cache=tmp_path / "cache")["metrics"]["test"]["accuracy"]["value"] == 1
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "one.png").write_bytes(png(61, 1))
    assert run.predict(folder, cache=tmp_path / "cache")["prediction"] == ["light"], "images that are files"


@pytest.mark.parametrize("kind", ["shards", "image_parquet"])
def test_parts_that_lie_apart_have_all_of_their_rows(kind: str, tmp_path: Path) -> None:
    def place(name: str, start: int, count: int) -> Path:
        if kind == "shards":
            return write_tar(tmp_path / f"{name}.tar", samples(start, count))
        rows = [
            {"image": {"bytes": png(row, row % 2), "path": None}, "label": row % 2}
            for row in range(start, start + count)
        ]
        path = tmp_path / f"{name}.parquet"
        pl.DataFrame(rows).write_parquet(path)
        return path

    source = open_path(place("a", 0, 8), valid=place("b", 8, 4), test=place("c", 12, 3))
    assert source.kind == kind
    assert list(source.parts) == ["train"] * 8 + ["valid"] * 4 + ["test"] * 3
    assert len(source.keys) == len(source.targets or []) == 15
    alone = open_path(place("a", 0, 8), test=place("c", 12, 3))
    assert list(alone.parts) == [None] * 8 + ["test"] * 3
