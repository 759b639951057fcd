"""Images that are decoded each time they are read: the same pixels, in an order that reads near, in bounded memory."""

from __future__ import annotations

import io
import shutil
import tarfile
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from goodfit.data import open_path
from goodfit.data.cache_folder import MARK, clear
from goodfit.data.feed import Feed, batch_rows
from goodfit.data.images import stream
from goodfit.data.images.decode import ImageSettings
from goodfit.data.images.encoded import EncodedImages
from goodfit.data.packed import Digests
from goodfit.data.shares import shares
from goodfit.data.source import Source
from goodfit.errors import DataError, DiskError

IMAGES = 90


def encoded(number: int) -> bytes:
    """JPEGs and PNGs of several shapes, which have to be resized."""
    random = np.random.default_rng(number)
    pixels = random.integers(0, 255, (20 + number % 7, 24, 3)).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG" if number % 2 else "PNG")
    return file.getvalue()


def tars(place: Path, broken: int | None = None) -> Path:
    place.mkdir()
    for shard in range(3):
        with tarfile.open(place / f"shard-{shard}.tar", "w") as archive:
            for number in range(30 * shard, 30 * shard + 30):
                image = encoded(number)
                image = image[: len(image) // 2] if number == broken else image
                for ending, data in (("png", image), ("cls", str(number % 2).encode())):
                    info = tarfile.TarInfo(f"{number:04d}.{ending}")
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
    return place


def parquet(place: Path) -> Path:
    cells = {"image": [encoded(number) for number in range(IMAGES)], "label": [at % 2 for at in range(IMAGES)]}
    pl.DataFrame(cells).write_parquet(place, row_group_size=20)
    return place


def folder(place: Path) -> Path:
    for number in range(IMAGES):
        path = place / str(number % 2) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(number))
    return place


WAYS: dict[str, Callable[[Path], Path]] = {"tars": tars, "rows.parquet": parquet, "folder": folder}


def opened(place: Path, cache: Path, **options: Any) -> Source:
    source = open_path(place, size=16, **options)
    source.prepare(cache=cache)
    return source


@pytest.mark.parametrize("way", WAYS)
def test_pixels_are_those_that_are_read_from_the_cache(way: str, tmp_path: Path) -> None:
    place = WAYS[way](tmp_path / way)
    streamed, cached = (opened(place, tmp_path / name, stream=name == "streamed") for name in ("streamed", "cached"))
    rows = torch.randperm(IMAGES, generator=torch.Generator().manual_seed(3))
    assert torch.equal(streamed.read(rows), cached.read(rows))
    batches = list(rows.split(7))
    for batch, x in zip(batches, streamed.read_each(batches), strict=True):
        assert torch.equal(x, cached.read(batch))
    assert torch.equal(streamed.whole(), cached.whole())
    assert streamed.read(rows).stride() == cached.read(rows).stride()
    assert list(streamed.digests() or []) == list(cached.digests() or [])
    assert not list((tmp_path / "streamed").glob("*.pixels"))


@given(
    rows=st.lists(st.integers(0, 3_000), unique=True, min_size=1, max_size=500),
    block=st.integers(1, 9),
    epoch=st.integers(0, 2),
)
def test_an_epoch_is_windows_of_whole_blocks_from_all_over(rows: list[int], block: int, epoch: int) -> None:
    order = torch.cat(batch_rows(torch.tensor(rows), 16, seed=5, epoch=epoch, block=block)).tolist()
    assert sorted(order) == sorted(rows)
    blocks = sorted({row // block for row in rows})
    windows = -(-len(blocks) // 64)
    first, last = dict[int, int](), dict[int, int]()  # places of each block in the order
    for place, row in enumerate(order):
        first.setdefault(row // block, place)
        last[row // block] = place
    for start in range(0, len(blocks), windows):  # a stretch: each of its blocks is in another window
        apart = sorted((first[each], last[each]) for each in blocks[start : start + windows])
        assert all(end < begin for (_, end), (begin, _) in pairwise(apart))
    under_way = [sum(first[each] <= place <= last[each] for each in blocks) for place in range(len(order))]
    assert max(under_way) <= 64


def test_windows_of_sorted_classes_have_all_of_them_alike() -> None:
    order = torch.cat(batch_rows(torch.arange(100_000), 64, seed=0, block=128))  # ten classes of 10,000 rows
    shares = [np.bincount(window // 10_000, minlength=10) / len(window) for window in order[:98_304].split(8_000)]
    assert np.abs(np.array(shares) - 0.1).max() < 0.03


@pytest.mark.parametrize(("side", "block"), [(16, 128), (224, 13), (2_000, 1)])  # 128 MiB / 64 / 224 / 224 / 3 = 13.9
def test_the_blocks_of_large_images_are_small(side: int, block: int) -> None:
    images = EncodedImages([], ImageSettings(side, side, 3))
    assert stream.ImageStream(images, Digests.zeros(0), {}, 0, "given").block == block


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Windows of 4 images and more; the rows that are decoded, in their order, with one thread."""
    monkeypatch.setattr(stream, "IMAGES_A_TASK", 4)
    monkeypatch.setattr(stream, "BLOCK_AT_MOST", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    decoded: list[int] = []
    decode = EncodedImages.decode

    def noted(self: EncodedImages, row: int, into: np.ndarray) -> tuple[str, str | None]:
        decoded.append(row)
        return decode(self, row, into)

    monkeypatch.setattr(EncodedImages, "decode", noted)
    return decoded


def test_a_window_is_decoded_while_the_one_before_it_is_used_and_no_more(
    small_windows: list[int], tmp_path: Path
) -> None:
    source = opened(tars(tmp_path / "tars"), tmp_path / "cache", stream=True)
    order = torch.randperm(IMAGES, generator=torch.Generator().manual_seed(0))
    small_windows.clear()
    each = source.read_each(list(order.split(4)))
    next(each)
    for _ in range(4):  # windows of 4, 8, 16 and 32: the third is begun when the second is used
        next(each)
    each.close()  # type: ignore[attr-defined]  # a generator
    first, second, third = (order[start:end].tolist() for start, end in ((0, 4), (4, 12), (12, 28)))
    assert small_windows[:12] == [*sorted(first), *sorted(second)]  # as they are stored
    assert set(small_windows[12:]) <= {*third, *order[28:60].tolist()}
    assert threading.active_count() < 20


def test_an_epoch_decodes_each_image_once_also_where_processes_share_it(
    small_windows: list[int], tmp_path: Path
) -> None:
    source = opened(tars(tmp_path / "tars"), tmp_path / "cache", stream=True)
    feed = Feed(source, torch.zeros(IMAGES), torch.device("cpu"), batch_size=16, seed=1)
    rows = torch.arange(IMAGES)[torch.arange(IMAGES) % 9 != 0]  # as a validation part takes them out
    alone = [batch.rows.tolist() for batch in feed.epoch(rows, 4)]
    for count in (1, 2, 3):
        small_windows.clear()
        parts = [
            [
                batch.rows
                for batch in feed.epoch_shared(rows, 4, 0, partial(shares, micro_batch=16, rank=rank, count=count))
            ]
            for rank in range(count)
        ]
        together = [sorted(torch.cat(pieces).tolist()) for pieces in zip(*parts, strict=True)]
        assert together == [sorted(batch) for batch in alone]
        assert Counter(small_windows) == Counter(rows.tolist())
    later = [batch.rows.tolist() for batch in feed.epoch(rows, 4, start=2)]
    assert later == alone[2:]


def test_a_feed_of_another_device_reads_in_one_thread_and_in_turn(small_windows: list[int], tmp_path: Path) -> None:
    source = opened(tars(tmp_path / "tars"), tmp_path / "cache", stream=True)
    feed = Feed(source, torch.zeros(IMAGES), torch.device("cpu"), batch_size=16, seed=1)
    alone = list(feed.epoch(torch.arange(IMAGES), 0))
    small_windows.clear()
    feed.device = torch.device("meta")  # no device has to be there: shapes, and no values
    batches = list(feed.epoch(torch.arange(IMAGES), 0))
    assert [batch.x.shape for batch in batches] == [batch.x.shape for batch in alone]
    assert sorted(small_windows) == list(range(IMAGES))


def test_a_disk_that_is_too_small_is_said_and_images_are_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, cache = tars(tmp_path / "tars"), tmp_path / "cache"
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=10_000))
    source = opened(place, cache)
    assert source.streamed
    how = "images are decoded each time they are read, and shuffled 8,192 at a time"
    assert ("stream", how, "decoded, the rows need 0.00 GB and 0.00 GB are free") in source.notes
    monkeypatch.undo()
    assert not opened(place, cache).streamed
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=10_000))
    assert not opened(place, cache).streamed  # they are decoded already


def test_masks_are_refused_where_there_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
        for number in range(4):
            Image.fromarray(np.full((16, 16), number % 2, dtype=np.uint8)).save(tmp_path / name / f"{number}.png")
    source = open_path(tmp_path / "images", masks=tmp_path / "masks")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=100))
    with pytest.raises(DiskError, match="the rows need"):
        source.prepare(cache=tmp_path / "cache")


def test_what_cannot_be_read_is_found_once_and_is_zeros(tmp_path: Path) -> None:
    place, cache = tars(tmp_path / "tars", broken=40), tmp_path / "cache"
    source = opened(place, cache, stream=True)
    assert [(item.row, item.key[-8:]) for item in source.unreadable] == [(40, "0040.png")]
    assert source.decoded == IMAGES - 1
    assert not source.read(torch.tensor([40])).any()
    again = opened(place, cache, stream=True)
    assert again.decoded == 0
    assert [item.reason for item in again.unreadable] == [item.reason for item in source.unreadable]


def test_what_was_found_is_read_again_where_its_file_is_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, cache = tars(tmp_path / "tars", broken=40), tmp_path / "cache"
    opened(place, cache, stream=True)
    (path,) = cache.glob("*.unreadable")
    path.write_bytes(path.read_bytes()[:-9])
    again = opened(place, cache, stream=True)
    assert f"{path} is damaged; the images are read again" in capsys.readouterr().err
    assert [item.row for item in again.unreadable] == [40]
    assert path.name in (cache / MARK).read_text()
    clear(cache)
    assert not path.exists()


def test_an_image_that_changes_between_epochs_is_named(tmp_path: Path) -> None:
    source = opened(folder(tmp_path / "folder"), tmp_path / "cache", stream=True)
    (row,) = (row for row, key in enumerate(source.keys) if key.endswith("0004.png"))
    (tmp_path / "folder" / "0" / "0004.png").write_bytes(encoded(77))
    with pytest.raises(DataError, match=r"0004\.png: this image has changed since the first epoch"):
        list(source.read_each([torch.arange(row), torch.arange(row, IMAGES)]))


def test_a_fit_that_is_gone_on_with_keeps_its_order_however_it_reads(tmp_path: Path) -> None:
    place = tars(tmp_path / "tars")
    begun = {name: opened(place, tmp_path / name, stream=name == "streamed").block for name in ("streamed", "cached")}
    assert begun == {"streamed": 128, "cached": None}
    for before, block in begun.items():
        for now in begun:
            source = open_path(place, size=16, stream=now == "streamed")
            source.keep_order(block)
            source.prepare(cache=tmp_path / now)
            assert source.block == block, f"{before}, then {now}"
