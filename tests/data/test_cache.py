"""The cache of decoded images: keyed by content, safe under two processes, never half-written."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from goodfit.data import cache_folder as cache_module
from goodfit.data.cache_folder import cache_folder, clear, info
from goodfit.data.images.cache import load_images
from goodfit.data.images.decode import ImageSettings
from goodfit.data.images.encoded import IMAGES_A_TASK, EncodedImages
from goodfit.errors import DiskError, UsageError

SETTINGS = ImageSettings(6, 6, 1)


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(20):
        Image.new("L", (6, 6), number * 10).save(folder / f"{number:02d}.png")
    (folder / "20.png").write_bytes(b"")
    return sorted(folder.iterdir())


def test_images_are_decoded_once_and_broken_ones_are_listed(images: list[Path], tmp_path: Path) -> None:
    first = load_images(images, SETTINGS, folder=tmp_path / "cache")
    assert first.decoded == 20
    assert first.unreadable == {20: "empty file (0 bytes)"}
    np.testing.assert_array_equal(first.pixels[:20, 0, 0, 0], np.arange(20) * 10)
    assert (first.pixels[20] == 0).all()
    second = load_images(images, SETTINGS, folder=tmp_path / "cache")
    assert second.decoded == 0
    assert second.unreadable == first.unreadable
    np.testing.assert_array_equal(second.pixels, first.pixels)


def test_a_copy_elsewhere_is_found_by_its_content(images: list[Path], tmp_path: Path) -> None:
    load_images(images, SETTINGS, folder=tmp_path / "cache")
    copied = shutil.copytree(images[0].parent, tmp_path / "copy")
    assert load_images(sorted(copied.iterdir()), SETTINGS, folder=tmp_path / "cache").decoded == 0


def test_changed_content_or_settings_are_decoded_anew(images: list[Path], tmp_path: Path) -> None:
    load_images(images, SETTINGS, folder=tmp_path / "cache")
    Image.new("L", (6, 6), 255).save(images[3])
    changed = load_images(images, SETTINGS, folder=tmp_path / "cache")
    assert changed.decoded == 20
    assert changed.pixels[3, 0, 0, 0] == 255
    smaller = load_images(images, ImageSettings(5, 5, 3), folder=tmp_path / "cache")
    assert smaller.pixels.shape == (21, 5, 5, 3)


def test_progress_is_told_to_the_end(images: list[Path], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    load_images(images, SETTINGS, folder=tmp_path / "cache", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (21, 21)


SCRIPT = """
import sys
from pathlib import Path
from goodfit.data.images.cache import load_images
from goodfit.data.images.decode import ImageSettings
paths = sorted(Path(sys.argv[1]).iterdir())
found = load_images(paths, ImageSettings(6, 6, 1), folder=Path(sys.argv[2]))
print(found.decoded, int(found.pixels.sum()))
"""


def test_of_two_processes_at_once_one_decodes_and_both_read(images: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(images[0].parent), str(tmp_path / "cache")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].split() for process in both)
    total = str(36 * 10 * sum(range(20)))
    assert said == [["0", total], ["20", total]]


def test_after_kill_9_in_the_middle_the_next_run_starts_clean(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(400):
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (200, 200), dtype=np.uint8)).save(
            folder / f"{number}.png"
        )
    command = [sys.executable, "-c", SCRIPT, str(folder), str(tmp_path / "cache")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not list((tmp_path / "cache").glob(".*.tmp")):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not list((tmp_path / "cache").glob("*.pixels"))
    found = load_images(sorted(folder.iterdir()), SETTINGS, folder=tmp_path / "cache")
    assert found.decoded == 400
    assert not list((tmp_path / "cache").glob(".*.tmp"))


def test_ctrl_c_leaves_nothing_half_written(images: list[Path], tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_images(images, SETTINGS, folder=tmp_path / "cache", progress=interrupt)
    assert not [*(tmp_path / "cache").glob(".*.tmp"), *(tmp_path / "cache").glob("*.pixels")]


def test_too_little_room_says_how_much_is_needed(
    images: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=100))
    with pytest.raises(DiskError, match=r"need 0\.00 GB and 0\.00 GB are free.*--cache DIR"):
        load_images(images, SETTINGS, folder=tmp_path / "cache")


def test_a_disk_that_fills_up_is_one_clear_line(
    images: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(DiskError, match="the disk is full"):
        load_images(images, SETTINGS, folder=tmp_path / "cache")
    assert not list((tmp_path / "cache").glob(".*.tmp"))


def test_clear_removes_its_own_files_and_nothing_else(images: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    load_images(images, SETTINGS, folder=folder)
    others = {"mine.txt", "run.json", "labels.rows", f"{'0' * 24}.json", "64x64x3-crop-x.pixels"}
    for name in others:
        (folder / name).write_text("keep")
    before = info(folder)
    assert before.files == 4  # pixels, the rows that cannot be read, the listing and its lock
    assert before.bytes >= 21 * 36
    assert clear(folder) == before
    assert {path.name for path in folder.iterdir()} == {*others, cache_module.MARK}
    with pytest.raises(UsageError, match="not a goodfit cache"):
        clear(images[0].parent)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other places")
def test_the_cache_lies_where_the_system_keeps_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("GOODFIT_CACHE", str(tmp_path / "named"))
    assert cache_folder(tmp_path / "given") == tmp_path / "given"
    assert cache_folder() == tmp_path / "named"
    monkeypatch.delenv("GOODFIT_CACHE")
    assert cache_folder() == tmp_path / "xdg" / "goodfit"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / "home" / ".cache" / "goodfit"


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskError, match="--cache DIR"):
        cache_folder(tmp_path / "file")


def test_two_processes_may_be_the_first_in_a_new_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look for the mark and the making of it another process has made it."""
    looks = Path.is_file

    def look(path: Path) -> bool:
        seen = looks(path)
        if path.name == cache_module.MARK and not seen:
            path.touch()
        return seen

    monkeypatch.setattr(Path, "is_file", look)
    assert cache_folder(tmp_path / "cache") == tmp_path / "cache"
    assert info(tmp_path / "cache").files == 0


def test_a_folder_in_the_place_of_the_mark_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cache" / cache_module.MARK).mkdir(parents=True)
    with pytest.raises(DiskError, match="the cache cannot be written"):
        cache_folder(tmp_path / "cache")


@pytest.mark.parametrize(("side", "threads"), [(32, 1), (160, 2)])
def test_small_images_are_decoded_by_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int, threads: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    path = tmp_path / "one.png"
    Image.new("RGB", (side, side), "red").save(path)
    paths, seen = [path] * (2 * IMAGES_A_TASK), set()
    scratch, both = np.empty((8, 8, 3), dtype=np.uint8), threading.Barrier(threads)

    def into(row: int) -> np.ndarray:
        if row % IMAGES_A_TASK == 0:
            both.wait(timeout=20)  # two threads at work at once meet here; one alone would wait in vain
        seen.add(threading.current_thread().name)
        return scratch

    _, unreadable, decoded = EncodedImages(paths, ImageSettings(8, 8, 3)).decode_all(into)
    assert (len(seen), unreadable, decoded) == (threads, {}, len(paths))
