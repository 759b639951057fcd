"""A damaged cache: right pixels or one clear line, never a traceback, a bus error or a net trained on other pixels."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from goodfit.data.cache_folder import MARK, info
from goodfit.data.images.cache import load_images
from goodfit.data.images.decode import ImageSettings
from goodfit.errors import DataError, DiskError

SIDE, COUNT = 64, 400  # 1.6 MB: seven blocks of checksums
SETTINGS = ImageSettings(SIDE, SIDE, 1)
Damage = Callable[[Path], None]


def pixels_of(row: int) -> np.ndarray:
    return np.random.default_rng(row).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("images")
    for row in range(COUNT):
        Image.fromarray(pixels_of(row)).save(folder / f"{row:03d}.png")
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def whole_cache(images: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be copied only."""
    folder = tmp_path_factory.mktemp("whole") / "cache"
    load_images(images, SETTINGS, folder=folder)
    return folder


@pytest.fixture
def cache(whole_cache: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole_cache, tmp_path / "cache")


def the(cache: Path, ending: str) -> Path:
    (path,) = cache.glob(f"*{ending}")
    return path


def cut(ending: str, keep: float) -> Damage:
    def damage(cache: Path) -> None:
        path = the(cache, ending)
        os.truncate(path, int(path.stat().st_size * keep))

    return damage


def flip(ending: str, at: float) -> Damage:
    def damage(cache: Path) -> None:
        path = the(cache, ending)
        data = bytearray(path.read_bytes())
        data[int(at * (len(data) - 1))] ^= 0x40
        path.write_bytes(data)

    return damage


def longer(cache: Path) -> None:
    with the(cache, ".pixels").open("ab") as file:
        file.write(b"more")


def without_index(cache: Path) -> None:
    the(cache, ".index").unlink()


def index_of_others(cache: Path) -> None:
    """Whole by its own checksum, but of another file."""
    path = the(cache, ".index")
    other = cache / "others"
    load_images([the_image(cache)], SETTINGS, folder=other)
    shutil.copy(the(other, ".index"), path)
    shutil.rmtree(other)


def the_image(cache: Path) -> Path:
    path = cache / "one.png"
    Image.fromarray(pixels_of(9_999)).save(path)
    return path


def mark_of_noise(cache: Path) -> None:
    (cache / MARK).write_bytes(bytes(range(256)))


DAMAGES: dict[str, Damage] = {
    "pixels cut in half": cut(".pixels", 0.5),
    "pixels empty": cut(".pixels", 0),
    "pixels longer": longer,
    "first pixel flipped": flip(".pixels", 0),
    "a pixel flipped": flip(".pixels", 0.41),
    "last pixel flipped": flip(".pixels", 1),
    "index cut": cut(".index", 0.7),
    "index empty": cut(".index", 0),
    "index flipped in its checksum": flip(".index", 0),
    "index flipped at its end": flip(".index", 0.98),
    "index missing": without_index,
    "index of other images": index_of_others,
    "listing cut": cut(".json", 0.3),
    "listing empty": cut(".json", 0),
    "listing flipped": flip(".json", 0.6),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_pixels_are_right_and_the_damage_is_one_line(
    name: str, cache: Path, images: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    DAMAGES[name](cache)
    loaded = load_images(images, SETTINGS, folder=cache)
    rows = torch.randperm(COUNT, generator=torch.Generator().manual_seed(0))
    for batch in rows.split(32):
        for row, pixels in zip(batch.tolist(), loaded.read(batch), strict=True):
            assert np.array_equal(pixels[..., 0].numpy(), pixels_of(row)), row
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert "is damaged" in lines[0]
    # and the next run has a whole cache again, with nothing to say
    again = load_images(images, SETTINGS, folder=cache)
    assert np.array_equal(again.pixels[..., 0], np.stack([pixels_of(row) for row in range(COUNT)]))
    assert load_images(images, SETTINGS, folder=cache).decoded == 0
    assert capfd.readouterr().err == ""


def test_only_the_block_that_is_damaged_is_decoded_again(
    cache: Path, images: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(".pixels", 0.5)(cache)
    loaded = load_images(images, SETTINGS, folder=cache)
    read: list[Path] = []
    from goodfit.data.images import encoded as module

    def noted(path: Path) -> bytes:
        read.append(path)
        return path.read_bytes()

    monkeypatch.setattr(module, "read_image_file", noted)
    whole = loaded.pixels
    assert read == images[192:256]  # a block is 256 kB: 64 images of 4 kB
    assert np.array_equal(whole[200, :, :, 0], pixels_of(200))


def test_an_image_that_changed_meanwhile_cannot_be_decoded_again_and_is_named(
    cache: Path, images: list[Path], tmp_path: Path
) -> None:
    copied = [Path(shutil.copy(path, tmp_path)) for path in images]
    flip(".pixels", 0.0)(cache)
    loaded = load_images(copied, SETTINGS, folder=cache)
    assert loaded.decoded == 0
    Image.fromarray(pixels_of(5_000)).save(copied[3])
    with pytest.raises(DataError, match=r"003\.png: the cache of this image is damaged.*Start again"):
        loaded.read(torch.tensor([2]))


@pytest.mark.parametrize("ending", [".pixels", ".index", ".json", ".lock", MARK])
def test_a_folder_in_place_of_a_file_is_one_clear_line(cache: Path, images: list[Path], ending: str) -> None:
    path = the(cache, ending)
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("keep")
    with pytest.raises(DiskError) as error:
        load_images(images, SETTINGS, folder=cache)
    assert "\n" not in str(error.value)
    assert "--cache" in str(error.value)
    assert (path / "mine.txt").read_text() == "keep"


def test_a_mark_of_noise_loses_nothing(cache: Path, images: list[Path]) -> None:
    mark_of_noise(cache)
    assert load_images(images, SETTINGS, folder=cache).pixels[7, 0, 0, 0] == pixels_of(7)[0, 0]
    assert info(cache).files >= 1


def test_a_cache_of_another_version_is_left_alone_and_not_read(cache: Path, images: list[Path]) -> None:
    """As version 0.1.0 wrote it: rows beside a list of those that cannot be read, without checksums."""
    old = the(cache, ".pixels").rename(cache / f"64x64x1-crop-{'a' * 24}.pixels")
    the(cache, ".index").unlink()
    old.with_suffix(".unreadable").write_text("{}")
    the(cache, ".json").write_text('{"digests": ["x"], "stamps": [[1, 2, 3]]}')
    loaded = load_images(images, SETTINGS, folder=cache)
    assert loaded.decoded == COUNT
    assert np.array_equal(loaded.pixels[3, ..., 0], pixels_of(3))
    assert old.exists()


TOUCH = """
import sys
from pathlib import Path
import torch
from goodfit.data.images.cache import load_images
from goodfit.data.images.decode import ImageSettings
loaded = load_images(sorted(Path(sys.argv[1]).iterdir()), ImageSettings(64, 64, 1), folder=Path(sys.argv[2]))
print(int(loaded.read(torch.arange(400)).sum()))
"""


def test_a_file_that_is_cut_off_is_no_bus_error(cache: Path, images: list[Path]) -> None:
    cut(".pixels", 0.1)(cache)
    done = subprocess.run(
        [sys.executable, "-c", TOUCH, str(images[0].parent), str(cache)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == sum(int(pixels_of(row).sum()) for row in range(COUNT))


def test_a_scratch_file_never_follows_a_link(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from goodfit.data import cache_folder

    victim = tmp_path / "victim"
    victim.write_text("keep")
    monkeypatch.setattr("secrets.token_hex", lambda size: "0" * 12)
    (cache / f".rows.{os.getpid()}-{'0' * 12}.tmp").symlink_to(victim)
    with pytest.raises(DiskError):
        cache_folder.scratch_file(cache, "rows", 100)
    assert victim.read_text() == "keep"
