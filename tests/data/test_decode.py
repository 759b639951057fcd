"""Any image becomes pixels, or a reason why not; never a crash."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from goodfit.data.images.decode import ImageSettings, UnreadableImage, decode, probe, without_pillows_warnings

GREY = ImageSettings(8, 10, 1)
COLOUR = ImageSettings(8, 10, 3)


def encoded(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_an_image_of_the_right_size_and_mode_keeps_its_bytes() -> None:
    grey, colour = noise(8, 10), noise(8, 10, 3)
    np.testing.assert_array_equal(decode(encoded(Image.fromarray(grey)), GREY)[:, :, 0], grey)
    np.testing.assert_array_equal(decode(encoded(Image.fromarray(colour)), COLOUR), colour)


def test_sixteen_bits_lose_their_lower_byte() -> None:
    deep = np.random.default_rng(1).integers(0, 65_536, (8, 10)).astype(np.uint16)
    np.testing.assert_array_equal(decode(encoded(Image.fromarray(deep)), GREY)[:, :, 0], deep // 256)


def test_floats_are_stretched_from_least_to_most() -> None:
    values = np.linspace(-3, 7, 80, dtype=np.float32).reshape(8, 10)
    found = decode(encoded(Image.fromarray(values), "TIFF"), GREY)[:, :, 0]
    np.testing.assert_array_equal(found, ((values.astype(np.float64) + 3) / 10 * 255).astype(np.uint8))


def test_alpha_is_laid_over_white() -> None:
    image = np.zeros((8, 10, 4), dtype=np.uint8)
    image[:, :, 0], image[:4, :, 3], image[4:, :, 3] = 200, 255, 0
    found = decode(encoded(Image.fromarray(image)), COLOUR)
    assert (found[:4] == [200, 0, 0]).all()
    assert (found[4:] == 255).all()


def test_a_palette_with_a_transparent_colour_is_read() -> None:
    image = Image.fromarray((np.arange(80).reshape(8, 10) % 3).astype(np.uint8), "P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    found = decode(encoded(image, transparency=1), COLOUR)
    assert (found[0, 0] == [10, 20, 30]).all()
    assert (found[0, 1] == 255).all()
    assert (found[0, 2] == [70, 80, 90]).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F"])
@pytest.mark.parametrize("settings_", [GREY, COLOUR])
def test_every_mode_is_read(mode: str, settings_: ImageSettings) -> None:
    kind = "PNG" if mode in ("1", "L", "LA", "P", "RGB", "RGBA") else "TIFF"
    found = decode(encoded(Image.new(mode, (30, 20)), kind), settings_)
    assert found.shape == (8, 10, settings_.channels)
    assert found.dtype == np.uint8


TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", list(TURNS))
def test_the_cameras_orientation_is_followed(orientation: int, tmp_path: Path) -> None:
    stored = noise(6, 9, 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(stored), exif=exif)
    expected = TURNS[orientation](stored)
    high, wide = expected.shape[:2]
    np.testing.assert_array_equal(decode(data, ImageSettings(high, wide, 3)), expected)
    (tmp_path / "turned.png").write_bytes(data)
    facts = probe(tmp_path / "turned.png")
    assert (facts.height, facts.width, facts.colour) == (high, wide, True)


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("L", (10, 8), value) for value in (40, 200)]
    found = decode(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), GREY)
    assert (found == 40).all()


def test_crop_squash_and_pad_do_what_they_say() -> None:
    wide = np.zeros((10, 30), dtype=np.uint8)
    wide[:, 10:20] = 250  # the middle third
    data = encoded(Image.fromarray(wide))
    crop = decode(data, ImageSettings(10, 10, 1, "crop"))
    assert (crop == 250).all()
    squash = decode(data, ImageSettings(10, 30, 1, "squash"))
    np.testing.assert_array_equal(squash[:, :, 0], wide)
    pad = decode(data, ImageSettings(30, 30, 1, "pad"))[:, :, 0]
    np.testing.assert_array_equal(pad[10:20], wide)
    assert (pad[:10] == 0).all()


@pytest.mark.parametrize(("width", "height", "side"), [(230, 116, 224), (41, 21, 19), (27, 40, 21), (412, 425, 19)])
def test_a_crop_whose_box_is_rounded_outwards_is_no_damaged_image(width: int, height: int, side: int) -> None:
    # min(w / s, h / s) * s is a hair larger than the image's own side for these sizes
    image = Image.new("L", (width, height), 77)
    assert (decode(encoded(image), ImageSettings(side, side, 1, "crop")) == 77).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", r"empty file \(0 bytes\)"), (b"hello, I am a text", "not an image"), (b"\x89PNG\r\n\x1a\n", ".+")],
)
def test_what_is_no_image_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImage, match=reason):
        decode(data, GREY)


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 0.98), kind=st.sampled_from(["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"]))
def test_a_truncated_file_is_unreadable_and_never_a_crash(share: float, kind: str) -> None:
    whole = encoded(Image.fromarray(noise(64, 64, 3)), kind)
    cut = whole[: int(share * len(whole))]
    with without_pillows_warnings(), pytest.raises(UnreadableImage):
        decode(cut, COLOUR)


def test_a_truncated_jpeg_says_after_how_many_bytes() -> None:
    whole = encoded(Image.fromarray(noise(64, 64, 3)), "JPEG")
    with pytest.raises(UnreadableImage, match="truncated after 2,000 bytes"):
        decode(whole[:2000], COLOUR)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 3000), value=st.integers(0, 255), kind=st.sampled_from(["JPEG", "PNG", "GIF", "TIFF", "WEBP"]))
def test_a_changed_byte_gives_pixels_or_a_reason(at: int, value: int, kind: str) -> None:
    data = bytearray(encoded(Image.fromarray(noise(32, 32, 3)), kind))
    data[at % len(data)] = value
    why = ""
    found: np.ndarray = np.zeros((0,))
    try:
        with without_pillows_warnings():
            found = decode(bytes(data), COLOUR)
    except UnreadableImage as error:
        why = str(error)
    assert why or found.shape == (8, 10, 3)


def bomb(side: int) -> bytes:
    """A PNG of side x side black pixels, one bit each, in a few hundred bytes a megapixel."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    line = b"\0" * (1 + (side + 7) // 8)
    body = b"".join(packer.compress(line * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_by_its_header() -> None:
    data = bomb(50_000)
    assert len(data) < 1_000_000
    began = time.process_time()
    with pytest.raises(UnreadableImage, match=r"over the limit of 200"):
        decode(data, GREY)
    assert time.process_time() - began < 1  # of the processor: other programs are no matter of this
