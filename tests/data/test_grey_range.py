"""Images of more than 8 bits: one scale for the set, from the values that occur; it goes with the run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from image_files import noise, put, save

from goodfit.data.images.decode import ImageSettings, decode
from goodfit.data.images.degrade import degrade
from goodfit.data.images.grey_range import inspect_deep
from goodfit.data.sources.images import Images, images
from goodfit.data.sources.pairs import pairs


def cells(root: Path, ranges: dict[str, tuple[int, int]], dtype: type = np.uint16, ending: str = "png") -> Path:
    """Four images of 24 px in each class, of values in its range, both ends of which occur."""
    random = np.random.default_rng(0)
    for label, (low, high) in ranges.items():
        for number in range(4):
            pixels: np.ndarray = random.integers(low, high, (24, 24), endpoint=True).astype(dtype)
            pixels[0, :2] = low, high
            save(root / label / f"{number}.{ending}", pixels)
    return root


def prepared(root: Path) -> Images:
    source = images(root)
    source.prepare()
    return source


def test_the_range_of_the_set_becomes_0_to_255(tmp_path: Path) -> None:
    source = prepared(cells(tmp_path, {"dim": (20, 100), "bright": (120, 240)}))
    assert source.schema()["picture"]["grey_range"] == (20.0, 240.0)
    assert ("grey values", "20 to 240 become 0 to 255", "all images have more than 8 bits a pixel") in source.notes
    x = source.whole().numpy()
    labels = np.array(source.targets)
    assert (x[labels == "dim"].min(), x[labels == "dim"].max()) == (0, (100 - 20) * 255 // 220)
    assert (x[labels == "bright"].min(), x[labels == "bright"].max()) == ((120 - 20) * 255 // 220, 255)
    assert source.doubts == []


def test_new_images_are_read_on_the_scale_of_the_run(tmp_path: Path) -> None:
    schema = prepared(cells(tmp_path / "fit", {"a": (1000, 2000), "b": (1000, 3000)})).schema()
    new = save(tmp_path / "new" / "1.png", np.full((24, 24), 2000, dtype=np.uint16))
    source = images(new.parent)
    source.prepare(schema)
    assert set(source.whole().unique().tolist()) == {127}  # (2000 - 1000) / 2000 of 255, and down


def test_signed_and_fractional_values(tmp_path: Path) -> None:
    source = prepared(cells(tmp_path / "ct", {"air": (-1000, -900), "bone": (300, 1000)}, np.int32, "tif"))
    assert source.schema()["picture"]["grey_range"] == (-1000.0, 1000.0)
    heat = prepared(cells(tmp_path / "heat", {"cold": (-3, 2), "warm": (20, 37)}, np.float32, "tif"))
    assert heat.schema()["picture"]["grey_range"] == (-3.0, 37.0)


def test_single_bright_pixels_do_not_darken_the_rest(tmp_path: Path) -> None:
    root = cells(tmp_path, {"a": (0, 255), "b": (0, 255)})
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64)).astype(np.uint16)
    pixels[0, 0] = 65_535
    save(root / "a" / "hot.png", pixels)
    source = prepared(root)
    assert source.schema()["picture"]["grey_range"][1] == 255
    assert "reach from 0 to 65535" in source.doubts[0][0]


def test_a_mixture_of_8_and_16_bits_is_a_warning(tmp_path: Path) -> None:
    root = cells(tmp_path, {"a": (0, 4000)})
    put(root, "b/1.png", "b/2.png", "b/3.png", "b/4.png", side=24)
    assert "4 of 8 images sampled have more than 8 bits a pixel, the others 8" in prepared(root).doubts[0][0]


def test_black_images_are_a_warning_with_the_range_seen(tmp_path: Path) -> None:
    for label in ("a", "b"):
        for number in range(3):
            save(tmp_path / label / f"{number}.png", np.full((20, 20), 7 * (label == "c"), dtype=np.uint8))
    assert prepared(tmp_path).doubts[0][0] == (
        "6 of 6 images looked at are black in every pixel; values seen: 0 to 255"
    )
    flat = cells(tmp_path / "deep", {"a": (300, 300), "b": (300, 300)})
    assert "the range seen is 300 to 300" in prepared(flat).doubts[0][0]


def test_an_older_schema_has_no_range(tmp_path: Path) -> None:
    settings = ImageSettings.from_json({"height": 8, "width": 8, "channels": 1, "resize": "crop"})
    deep = np.full((8, 8), 0x1234, dtype=np.uint16)
    assert set(decode(save(tmp_path / "1.png", deep).read_bytes(), settings).reshape(-1).tolist()) == {0x12}
    scaled = ImageSettings.from_json({**settings.to_json(), "grey_range": [0, 0x2468]})
    assert set(decode((tmp_path / "1.png").read_bytes(), scaled).reshape(-1).tolist()) == {127}


def test_degraded_images_of_16_bits_stay_on_the_scale_of_the_clean_ones(tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    for number in range(3):
        save(clean / f"{number}.png", noise(40, 40, seed=number).astype(np.uint16) * 4)
    facts = inspect_deep(sorted(clean.iterdir()))
    assert facts is not None
    degrade(clean, tmp_path / "bad", "noise", strength=0.1)
    source = pairs(tmp_path / "bad", clean)
    source.prepare()
    difference = source.whole().int() - source.targets.int()
    assert difference.abs().max() <= 1
