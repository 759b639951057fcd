"""Only regular files of known formats are opened, and large ones in bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from image_files import noise, png, put, save
from PIL import Image, ImageOps

from goodfit.data.images import decode as decoding
from goodfit.data.images import opening
from goodfit.data.images.decode import ImageSettings, decode, decode_whole, probe, turned, turned_pixels
from goodfit.data.images.opening import UnreadableImage, open_encoded, read_image_file
from goodfit.data.sources.images import images

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(ran) print\nshowpage\n"


def test_an_eps_under_the_name_of_a_png_starts_no_ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import EpsImagePlugin

    def started(*_: object, **__: object) -> None:
        raise AssertionError("Ghostscript was started")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", started)
    monkeypatch.setattr(subprocess, "check_call", started)
    place = tmp_path / "evil.png"
    place.write_bytes(EPS)
    for read in (decode, decode_whole):
        with pytest.raises(UnreadableImage, match="not an image but an EPS or PostScript file"):
            read(EPS, ImageSettings(8, 8, 3)) if read is decode else decode_whole(EPS, 3)
    with pytest.raises(UnreadableImage, match="EPS"):
        probe(place)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"%PDF-1.7\n", "a PDF file"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
    ],
)
def test_what_comes_under_the_name_of_an_image_is_said(start: bytes, what: str) -> None:
    with pytest.raises(UnreadableImage, match=f"not an image but {what}"):
        open_encoded(start + bytes(100))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_special_files_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path, kind in (
        (tmp_path / "pipe.png", "a named pipe"),
        (Path("/dev/zero"), "a device"),
        (tmp_path, "a folder"),
    ):
        for look in (read_image_file, probe):
            with pytest.raises(UnreadableImage, match=f"{kind}, not a file"):
                look(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "1.png")
    monkeypatch.setattr(opening, "MAX_BYTES", 10)
    with pytest.raises(UnreadableImage, match="over the limit"):
        read_image_file(tmp_path / "1.png")


@pytest.mark.parametrize("turn", range(1, 9))
def test_pixels_and_images_are_turned_alike(turn: int) -> None:
    stored = noise(5, 7, 3)
    exif = Image.Exif()
    exif[0x0112] = turn
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = turn
    expected = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(np.asarray(turned(Image.fromarray(stored), turn)), expected)
    np.testing.assert_array_equal(turned_pixels(stored, turn), expected)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16"])
def test_large_images_in_bands_are_what_they_are_as_a_whole(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    smooth = np.add.outer(np.arange(300), np.arange(420)) * (255 / 720)
    image = (
        Image.fromarray((smooth * 257).astype(np.uint16))
        if mode == "I;16"
        else Image.fromarray(smooth.astype(np.uint8)).convert(mode)
    )
    import io

    file = io.BytesIO()
    image.save(file, format="PNG")
    data, settings = file.getvalue(), ImageSettings(20, 24, 3)
    whole, small = decode_whole(data, 3), decode(data, settings)
    monkeypatch.setattr(decoding, "PIXELS_A_BAND", 5_000)
    monkeypatch.setattr(decoding, "PIXELS_DECODED_ALONE", 1_000)
    np.testing.assert_array_equal(decode_whole(data, 3), whole)
    assert np.abs(decode(data, settings).astype(int) - small).max() <= (6 if mode != "1" else 60)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of memory is read as Linux counts it")
def test_an_image_of_100_megapixels_takes_little_more_than_its_pixels(tmp_path: Path) -> None:
    save(tmp_path / "cat" / "1.png", np.zeros((10_000, 10_000), dtype=np.uint8))
    save(tmp_path / "dog" / "1.png", noise(50, 50))
    program = (
        "import re\n"
        "from pathlib import Path\n"
        "def most(): return int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024\n"
        "from goodfit.data.sources.images import images\n"
        "import torch\n"
        "before = most()\n"
        f"source = images({str(tmp_path)!r}, size=32)\n"
        f"source.prepare()\n"
        "print(most() - before, len(source.unreadable))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    megabytes, unreadable = map(int, run.stdout.split())
    assert unreadable == 0
    assert megabytes < 350, "100 MB of pixels, and what Pillow and PyTorch are"


def test_png_of_noise_is_read_as_before() -> None:
    pixels = noise(9, 11, 3)
    np.testing.assert_array_equal(decode_whole(png(pixels), 3), pixels)


def test_a_list_of_images_is_read_by_the_same_door(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("path,label\nevil.png,a\n1.png,b\n2.png,a\n")
    put(tmp_path, "1.png", "2.png")
    (tmp_path / "evil.png").write_bytes(EPS)
    source = images(tmp_path / "list.csv")
    source.prepare({"kind": "images", "picture": {"height": 8, "width": 8, "channels": 1}})
    assert [item.reason for item in source.unreadable] == ["not an image but an EPS or PostScript file"]
