"""Partners: by name, in the folder that corresponds, each used once; and images that a camera stored turned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_files import many, noise, put, save

from goodfit.data.images.pairing import find_pairs
from goodfit.data.sources.masks import Masks, masks
from goodfit.data.sources.pairs import pairs
from goodfit.errors import DataError

MARKED = (20, 30)  # rows, columns of an image with a bright corner


def partners(root: Path, images: list[str], masks: list[str]) -> dict[str, str]:
    """image -> partner, seen from the folders images/ and masks/."""
    put(root / "images", *images)
    put(root / "masks", *masks)
    listing, found = find_pairs(root / "images", root / "masks", "masks")
    assert found is not None
    return {
        path.relative_to(root / "images").as_posix(): partner.relative_to(root / "masks").as_posix()
        for path, partner in zip(listing.paths, found, strict=True)
    }


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("7.jpg", "7.png"),
        ("7.jpg", "7_mask.png"),
        ("caf\u00e9.jpg", "cafe\u0301.png"),  # as macOS writes it, and as all others do
        ("\uac01.jpg", "\u1100\u1161\u11a8_mask.png"),
        ("cafe\u0301/7.jpg", "caf\u00e9/7.png"),
        ("7.jpg", "7-mask.png"),
        ("7.jpg", "7_Mask.png"),
        ("7.jpg", "7_segmentation.png"),
        ("7.jpg", "7_gt.png"),
        ("7.jpg", "7_label.png"),
        ("7.jpg", "mask_7.png"),
        ("img_7.jpg", "mask_7.png"),
        ("image7.jpg", "label7.png"),
        ("7_sat.jpg", "7_mask.png"),
        ("benign (7).png", "benign (7)_mask.png"),
        ("Seq05_7.png", "Seq05_7_L.png"),
        ("7.jpg", "7_mask_1.png"),
    ],
)
def test_names_that_people_give_to_masks(tmp_path: Path, image: str, mask: str) -> None:
    others = {name: name.replace("7", "8") for name in (image, mask)}
    found = partners(tmp_path, [image, others[image]], [mask, others[mask]])
    assert found == {image: mask, others[image]: others[mask]}


def test_a_partner_of_another_folder_is_none(tmp_path: Path) -> None:
    names = many("a", "b")
    for name in names:
        put(tmp_path / "images", name.replace("a-", "").replace("b-", ""))
        put(tmp_path / "masks", name.replace("a-", "").replace("b-", ""))
    (tmp_path / "masks" / "a" / "0.png").unlink()
    with pytest.raises(DataError, match=r"1 of 4 images have no partner: .*a/0\.png"):
        find_pairs(tmp_path / "images", tmp_path / "masks", "masks")


def test_folders_correspond_by_name_or_where_one_side_is_flat(tmp_path: Path) -> None:
    deep = partners(tmp_path / "deep", ["a/1.png", "b/1.png"], ["a/1.png", "b/1.png"])
    assert deep == {"a/1.png": "a/1.png", "b/1.png": "b/1.png"}
    flat = partners(tmp_path / "flat", ["a/1.png", "b/2.png"], ["1.png", "2.png"])
    assert flat == {"a/1.png": "1.png", "b/2.png": "2.png"}
    lower = partners(tmp_path / "lower", ["a/1.png", "b/1.png"], ["png/a/1.png", "png/b/1.png"])
    assert lower == {"a/1.png": "png/a/1.png", "b/1.png": "png/b/1.png"}
    put(tmp_path / "none" / "images", "a/1.png", "b/2.png")
    put(tmp_path / "none" / "masks", "c/1.png", "d/2.png")
    with pytest.raises(DataError, match="2 of 2 images have no partner"):
        find_pairs(tmp_path / "none" / "images", tmp_path / "none" / "masks", "masks")


@pytest.mark.parametrize(
    ("images", "masks", "message"),
    [
        (
            ["1.png", "2.png"],
            ["1.png", "1_mask.png", "2.png"],
            r"have several partners: .*1\.png has 1\.png and 1_mask",
        ),
        (["1.png", "2.png"], ["1.png", "1.bmp", "2.png"], r"has 1\.bmp and 1\.png"),
        (["1.png", "2.png"], ["1_mask.png", "1_mask_1.png", "2_mask.png"], r"has 1_mask\.png and 1_mask_1\.png"),
        (["1.png", "2.png"], ["x/1.png", "y/1.png", "x/2.png"], r"several partners: .* has 1\.png and 1\.png"),
        (["1.png", "1.bmp"], ["1.png"], r"1\.png is the partner of .*1\.bmp and of .*1\.png"),
        (["a/1.png", "b/1.png"], ["1.png"], r"1\.png is the partner of .*a/1\.png and of .*b/1\.png"),
    ],
)
def test_two_candidates_and_a_partner_of_two_are_errors(
    tmp_path: Path, images: list[str], masks: list[str], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        partners(tmp_path, images, masks)


def test_numbered_images_keep_their_own_masks(tmp_path: Path) -> None:
    found = partners(tmp_path, ["x.png", "x_1.png"], ["x_mask.png", "x_1_mask.png"])
    assert found == {"x.png": "x_mask.png", "x_1.png": "x_1_mask.png"}


def test_masks_of_no_image_are_counted(tmp_path: Path) -> None:
    put(tmp_path / "images", "1.png", "2.png")
    put(tmp_path / "masks", "1.png", "2.png", "3.png")
    listing, _ = find_pairs(tmp_path / "images", tmp_path / "masks", "masks")
    assert ("left out", "1 of --masks", "no image has their names: 3.png") in listing.notes


def test_images_and_masks_in_one_folder(tmp_path: Path) -> None:
    put(tmp_path, "a/1.png", "a/1_mask.png", "b/1.png", "b/1_mask.png")
    listing, found = find_pairs(tmp_path, tmp_path, "masks")
    assert [path.name for path in listing.paths] == ["1.png", "1.png"]
    assert found == [tmp_path / "a/1_mask.png", tmp_path / "b/1_mask.png"]


def test_a_folder_of_masks_inside_that_of_the_images_is_not_read_as_images(tmp_path: Path) -> None:
    put(tmp_path, "images/1.png", "images/2.png", "masks/1.png", "masks/2.png")
    listing, found = find_pairs(tmp_path, tmp_path / "masks", "masks")
    assert [path.parent.name for path in listing.paths] == ["images", "images"]
    assert found == [tmp_path / "masks/1.png", tmp_path / "masks/2.png"]


def turned_set(root: Path, turns: list[int], kind: str, shape: tuple[int, int] = MARKED) -> tuple[Path, Path]:
    """Images of EXIF orientations with a bright corner; masks of it, of the stored pixels or of the upright image."""
    upright = {1: lambda a: a, 3: lambda a: np.rot90(a, 2), 6: lambda a: np.rot90(a, -1), 8: lambda a: np.rot90(a, 1)}
    for number, turn in enumerate(turns):
        pixels = noise(*shape, 3, seed=number, high=60)
        mask = np.zeros(shape, dtype=np.uint8)
        pixels[:6, :10] += 150
        mask[:6, :10] = 1
        save(root / "images" / f"{number}.png", pixels, orientation=turn)
        drawn = mask if kind in ("stored", "own") else np.ascontiguousarray(upright[turn](mask))
        save(root / "masks" / f"{number}.png", drawn, orientation=turn if kind == "own" else None)
    return root / "images", root / "masks"


def agreement(source: Masks) -> float:
    """Of the pixels, those whose mask says what the image shows."""
    bright = source.whole().float().mean(1) > 120
    return float((bright == source.targets.bool()).float().mean())


@pytest.mark.parametrize("kind", ["stored", "upright", "own"])
@pytest.mark.parametrize("turns", [[6, 6, 6, 6], [8, 8, 8, 8], [6, 8, 6, 8]])
def test_the_shape_says_which_way_a_mask_was_made(tmp_path: Path, kind: str, turns: list[int]) -> None:
    source = masks(*turned_set(tmp_path, turns, kind))
    source.prepare()
    assert source.in_shape == (3, 30, 20)
    assert agreement(source) == 1
    named = [value for name, value, _ in source.notes if name == "orientation"]
    with_images = "4" if kind == "stored" else "0"
    rest = "0" if kind == "stored" else "4"
    expected = [] if kind == "own" else [f"{with_images} masks are turned with their images, {rest} left as they are"]
    assert named == expected


@pytest.mark.parametrize(("turns", "shape"), [([3, 3, 1, 1], MARKED), ([6, 6, 6, 6], (24, 24))])
@pytest.mark.parametrize("kind", ["stored", "upright"])
def test_where_no_shape_tells_it_is_asked(tmp_path: Path, turns: list[int], shape: tuple[int, int], kind: str) -> None:
    places = turned_set(tmp_path, turns, kind, shape)
    source = masks(*places)
    count = sum(turn != 1 for turn in turns)
    with pytest.raises(DataError, match=rf"EXIF data turns {count} of 4 images.*Give|--orientation stored or"):
        source.prepare()
    told: Any = masks(*places, orientation=kind)
    told.prepare()
    assert agreement(told) == 1
    again = masks(*places)  # new data is read as the run's was
    again.prepare(told.schema())
    assert agreement(again) == 1


@pytest.mark.parametrize("kind", ["stored", "upright"])
def test_pairs_whose_shapes_tell_speak_for_the_others(tmp_path: Path, kind: str) -> None:
    source = masks(*turned_set(tmp_path, [3, 6, 6, 3], kind), size="30x30", resize="squash")
    source.prepare()
    assert agreement(source) > 0.97  # squashed, of the two shapes, to a square


def test_an_option_against_the_shapes_is_refused(tmp_path: Path) -> None:
    source = masks(*turned_set(tmp_path, [6, 6], "stored"), orientation="upright")
    with pytest.raises(DataError, match="does not fit the shape of 2 of them"):
        source.prepare()


def test_clean_images_are_turned_with_their_degraded_ones(tmp_path: Path) -> None:
    for number in range(3):
        pixels = noise(24, 36, 3, seed=number)
        save(tmp_path / "bad" / f"{number}.png", pixels, orientation=6)
        save(tmp_path / "clean" / f"{number}.png", pixels)
    source = pairs(tmp_path / "bad", tmp_path / "clean")
    source.prepare()
    assert source.in_shape == (3, 36, 24)
    np.testing.assert_array_equal(source.whole().numpy(), source.targets.numpy())
