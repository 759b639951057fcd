"""Masks that are inverted or saved as JPEG, images beside changed copies, lists and folders as people have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

import goodfit as gf
from goodfit.data import open_data
from goodfit.data.images.augmented_names import augmented_doubt
from goodfit.data.images.inverted_masks import inverted_doubt
from goodfit.data.sources.images import images
from goodfit.errors import DataError

SIDE = 24


def squares(folder: Path, count: int, inverted: int = 0) -> None:
    """Images with a bright square each, and their masks of 0 and 255."""
    random = np.random.default_rng(0)
    for name in ("images", "masks"):
        (folder / name).mkdir()
    for at in range(count):
        mask = np.zeros((SIDE, SIDE), dtype=np.uint8)
        y, x = random.integers(2, 10, 2)
        mask[y : y + 9, x : x + 9] = 255
        Image.fromarray(np.stack([mask // 2 + 40] * 3, axis=2)).save(folder / "images" / f"{at}.png")
        Image.fromarray(255 - mask if at < inverted else mask).save(folder / "masks" / f"{at}.png")


def test_some_inverted_masks_are_doubted(tmp_path: Path) -> None:
    squares(tmp_path, 12, inverted=3)
    source = gf.masks(tmp_path / "images", tmp_path / "masks")
    source.prepare(cache=tmp_path / "cache")
    assert [what for what, _ in source.doubts if "3 of 12 masks" in what and "may be inverted" in what]


def test_objects_that_fill_the_image_are_not_inverted() -> None:
    masks = np.zeros((12, SIDE, SIDE), dtype=np.uint8)
    masks[:, 8:16, 8:16] = 1
    masks[:3] = 1  # all of it, without a hole
    assert inverted_doubt(masks, [str(at) for at in range(12)]) is None


def test_masks_of_colours_saved_as_jpeg_are_read_by_the_nearest_colour(tmp_path: Path) -> None:
    squares(tmp_path, 12)
    for path in sorted((tmp_path / "masks").iterdir()):
        classes = np.asarray(Image.open(path)) // 255
        colours = np.array([[0, 0, 0], [200, 30, 60]], dtype=np.uint8)[classes]
        Image.fromarray(colours).save(path.with_suffix(".jpg"), quality=90)
        path.unlink()
    (tmp_path / "codes.txt").write_text("back,0,0,0\nthing,200,30,60\n")
    source = gf.masks(tmp_path / "images", tmp_path / "masks", codes=tmp_path / "codes.txt")
    source.prepare(cache=tmp_path / "cache")
    assert ("masks", "nearest colours") in [(name, value) for name, value, _ in source.notes]
    share = float((np.asarray(source.targets) == 1).mean())
    assert share == pytest.approx(81 / SIDE**2, rel=0.15)  # 9 by 9 pixels, but for soft edges


@pytest.mark.parametrize(("ending", "fix"), [(".npy", "PNG of class numbers"), (".json", "Draw the shapes")])
def test_masks_of_other_kinds_are_refused_with_what_to_do(tmp_path: Path, ending: str, fix: str) -> None:
    squares(tmp_path, 3)
    for path in sorted((tmp_path / "masks").iterdir()):
        path.rename(path.with_suffix(ending))
    with pytest.raises(DataError, match=f"it holds 3 {ending} files.*{fix}"):
        gf.masks(tmp_path / "images", tmp_path / "masks")


def test_changed_copies_in_another_part_are_doubted_by_their_names() -> None:
    keys = [f"a/train/cat/c{at}.png" for at in range(4)] + [f"a/test/cat/c{at}_rot90.png" for at in range(4)]
    parts = ["train"] * 4 + ["test"] * 4
    doubt = augmented_doubt(keys, ["cat"] * 8, parts)
    assert doubt is not None
    assert "4 images are changed copies, by their names" in doubt[0]
    assert augmented_doubt(keys, ["cat"] * 4 + ["dog"] * 4, parts) is None  # of other classes
    assert augmented_doubt(keys, ["cat"] * 8, ["train"] * 8) is None  # in one part


def test_a_nameless_running_number_is_not_asked_about(tmp_path: Path) -> None:
    for at in range(4):
        Image.new("RGB", (8, 8), (60 * at, 0, 0)).save(tmp_path / f"{at}.png")
    lines = "".join(f"{at},{at}.png,{'ab'[at % 2]}\n" for at in range(4))
    (tmp_path / "l.csv").write_text(f",image_id,breed\n{lines}")
    assert list(images(tmp_path / "l.csv").targets or []) == ["a", "b", "a", "b"]


def test_addresses_of_images_are_refused_with_what_to_do() -> None:
    frame = pl.DataFrame({"url": [f"https://example.com/{at}.jpg" for at in range(30)], "y": ["a", "b"] * 15})
    with pytest.raises(DataError, match=r"'url' holds addresses of images .*, which are not fetched.*download them"):
        gf.table(frame, target="y").prepare()


def test_bytes_that_are_no_images_are_a_table(tmp_path: Path) -> None:
    pl.DataFrame({"b": [b"ab"] * 30, "x": range(30), "y": [0.5, 1.5] * 15}).write_parquet(tmp_path / "a.parquet")
    assert open_data(tmp_path / "a.parquet", target="y").kind == "table"


def test_lists_of_pillow_images_and_of_arrays_of_several_shapes_are_refused() -> None:
    with pytest.raises(DataError, match="x holds images of Pillow"):
        gf.arrays([Image.new("RGB", (4, 4))] * 3, [0, 1, 0])  # type: ignore[arg-type]  # as people give them
    with pytest.raises(DataError, match="the rows of x have several shapes"):
        gf.arrays([np.zeros((4, 4)), np.zeros((2, 4))], [0, 1])  # type: ignore[arg-type]  # the same


def test_empty_texts_do_not_have_two_classes(tmp_path: Path) -> None:
    cells = ["", "", *(f"a film of {at} actors and much music" for at in range(30))]
    frame = pl.DataFrame({"text": cells, "y": ["a", "b"] * 16})
    source = gf.table(frame, target="y", text="text")
    source.prepare()
    source.learn(torch.arange(len(frame)))
    digests = source.digests(inputs=True)
    assert digests is not None
    assert len(set(digests)) == len(frame)
