"""Masks and partners: index, palette and colour PNGs, void, pairs by name, and what is wrong with them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from goodfit.data.images.decode import UnreadableImage
from goodfit.data.images.mask_codes import read_codes, usual_palette
from goodfit.data.images.masks import MaskSettings, decode_mask
from goodfit.data.sources.masks import Masks, masks
from goodfit.data.sources.pairs import pairs
from goodfit.errors import DataError, UsageError

SIZE = (24, 16)  # width, height


def opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.copy()


def png(array: np.ndarray, mode: str | None = None, palette: list[int] | None = None) -> bytes:
    image = Image.fromarray(array) if mode is None else Image.fromarray(array, mode=mode)
    if palette is not None:
        image.putpalette(palette)
    file = io.BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def street(folder: Path, count: int = 12, *, seed: int = 0, classes: int = 3) -> tuple[Path, Path]:
    """Images of noise with index masks: images/NN.jpg and masks/NN.png."""
    random = np.random.default_rng(seed)
    for number in range(count):
        for name, values, ending in (
            ("images", random.integers(0, 256, (SIZE[1], SIZE[0], 3)), "jpg"),
            ("masks", random.integers(0, classes, (SIZE[1], SIZE[0])), "png"),
        ):
            path = folder / name / f"{number:02d}.{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values.astype(np.uint8)).save(path)
    return folder / "images", folder / "masks"


def prepared(source: Masks) -> Masks:
    source.prepare()
    return source


@pytest.mark.parametrize("form", ["index", "palette", "colour", "sixteen bits"])
def test_every_form_of_a_mask_gives_the_same_classes(form: str) -> None:
    classes = np.random.default_rng(0).integers(0, 3, (5, 7)).astype(np.uint8)
    colours = ((10, 20, 30), (200, 0, 5), (0, 255, 0))
    if form == "index":
        data = png(classes)
    elif form == "palette":
        data = png(classes, "P", [9, 9, 9, 8, 8, 8, 7, 7, 7])
    elif form == "sixteen bits":
        data = png(classes.astype(np.uint16))
    else:
        data = png(np.array(colours, dtype=np.uint8)[classes])
    settings = MaskSettings(5, 7, form="colours" if form == "colour" else "values", colours=colours)
    np.testing.assert_array_equal(decode_mask(data, settings)[..., 0], classes)


def test_a_mask_is_resized_without_new_classes() -> None:
    classes = np.array([[0, 200], [7, 90]], dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    found = decode_mask(png(classes), MaskSettings(5, 5))
    assert set(np.unique(found)) == {0, 7, 90, 200}
    half = decode_mask(png(classes), MaskSettings(8, 8))[..., 0]
    np.testing.assert_array_equal(half, classes[::2, ::2])


def test_a_colour_that_is_no_class_is_named_with_its_place() -> None:
    pixels = np.zeros((3, 4, 3), dtype=np.uint8)
    pixels[1, 2] = (1, 2, 3)
    with pytest.raises(UnreadableImage, match=r"colour 1,2,3 \(row 1, column 2\)"):
        decode_mask(png(pixels), MaskSettings(3, 4, form="colours", colours=((0, 0, 0),)))


@pytest.mark.parametrize(
    "text",
    ["sky,1,2,3\nroad surface,4,5,6\n", "name,r,g,b\nsky,1,2,3\nroad surface,4,5,6", "1 2 3\tsky\n4 5 6\troad surface"],
)
def test_codes_files_as_people_write_them(tmp_path: Path, text: str) -> None:
    path = tmp_path / "codes.txt"
    path.write_text(text, encoding="utf-8")
    codes = read_codes(path)
    assert (codes.names, codes.colours) == (("sky", "road surface"), ((1, 2, 3), (4, 5, 6)))


def test_a_codes_line_that_is_neither_says_where(tmp_path: Path) -> None:
    path = tmp_path / "codes.txt"
    path.write_text("sky\nroad,1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"codes.txt, line 2"):
        read_codes(path)


def test_colours_of_a_palette_differ() -> None:
    colours = np.array(usual_palette(24), dtype=int)
    apart = np.abs(colours[:, None] - colours[None]).sum(-1) + 1000 * np.eye(24, dtype=int)
    assert apart.min() > 30


def test_images_and_masks_lie_row_by_row(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    source = prepared(masks(images, beside))
    assert source.in_shape == (3, 16, 24)
    assert source.task_options() == {"classes": ["0", "1", "2"], "void": None}
    for row, key in enumerate(source.keys):
        expected = np.asarray(opened(beside / f"{Path(key).stem}.png"))
        np.testing.assert_array_equal(source.targets[row].numpy(), expected)


def test_a_void_class_on_top_has_no_output_and_255_is_void_by_custom(tmp_path: Path) -> None:
    images, beside = street(tmp_path / "a", classes=4)
    source = prepared(masks(images, beside, void=3))
    assert source.task_options() == {"classes": ["0", "1", "2"], "void": 3}
    for path in beside.iterdir():
        values = np.asarray(opened(path)).copy()
        values[0, :3] = 255
        Image.fromarray(values).save(path)
    source = prepared(masks(images, beside))
    assert source.task_options() == {"classes": ["0", "1", "2", "3"], "void": 255}


def test_masks_of_0_and_255_are_two_classes(tmp_path: Path) -> None:
    images, beside = street(tmp_path, classes=2)
    for path in beside.iterdir():
        Image.fromarray(np.asarray(opened(path)) * np.uint8(255)).save(path)
    source = prepared(masks(images, beside))
    assert source.task_options() == {"classes": ["0", "1"], "void": None}
    assert source.targets.unique().tolist() == [0, 1]


def test_parts_with_folders_of_masks_beside_the_images(tmp_path: Path) -> None:
    for part, count in (("train", 8), ("val", 3), ("test", 4)):
        street(tmp_path / part, count, seed=len(part))
    source = masks(tmp_path, "masks")
    assert [list(source.parts).count(part) for part in ("train", "valid", "test")] == [8, 3, 4]
    assert not any("masks" in key for key in source.keys)


def test_parts_that_lie_apart(tmp_path: Path) -> None:
    places = [street(tmp_path / name, 4, seed=at) for at, name in enumerate(("a", "b", "c"))]
    (a, a_masks), (b, b_masks), (c, c_masks) = places
    source = masks(a, a_masks, valid=b, valid_masks=b_masks, test=c, test_masks=c_masks)
    assert list(source.parts) == ["train"] * 4 + ["valid"] * 4 + ["test"] * 4
    with pytest.raises(DataError, match="--valid without --valid-masks"):
        masks(a, a_masks, valid=b)


def test_usual_additions_to_the_names_of_masks(tmp_path: Path) -> None:
    images, beside = street(tmp_path, 4)
    for path in sorted(beside.iterdir()):
        path.rename(path.with_stem(f"{path.stem}_L"))
    assert len(masks(images, beside)) == 4


def test_images_without_a_mask_are_named(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    (beside / "03.png").unlink()
    (beside / "07.png").unlink()
    with pytest.raises(DataError, match=r"2 of 12 images have no partner: .*03\.jpg.*07\.jpg"):
        masks(images, beside)


def test_masks_of_another_size_are_named_with_both_sizes(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    Image.fromarray(np.zeros((5, 6), dtype=np.uint8)).save(beside / "04.png")
    with pytest.raises(DataError, match=r"1 of 12 pairs differ in size: .*04\.png is 6x5, .*04\.jpg 24x16"):
        masks(images, beside)


def test_colours_without_codes_are_refused_with_the_fix(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    for path in beside.iterdir():
        pixels = np.zeros((16, 24, 3), dtype=np.uint8)
        pixels[:4] = (200, 0, 0)
        Image.fromarray(pixels).save(path)
    with pytest.raises(DataError, match=r"most frequent: 0,0,0 and 200,0,0.*--codes FILE"):
        prepared(masks(images, beside))


def test_a_class_that_training_masks_lack_is_named(tmp_path: Path) -> None:
    (a, a_masks), (b, b_masks) = street(tmp_path / "a"), street(tmp_path / "b", 3)
    Image.fromarray(np.full((16, 24), 9, dtype=np.uint8)).save(b_masks / "01.png")
    with pytest.raises(DataError, match=r"01\.png has class 9"):
        prepared(masks(a, a_masks, test=b, test_masks=b_masks))


def test_a_broken_mask_leaves_its_image_out(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    path = beside / "05.png"
    path.write_bytes(path.read_bytes()[:60])
    source = prepared(masks(images, beside))
    assert [(item.row, "its mask 05.png" in item.reason) for item in source.unreadable] == [(5, True)]


def test_void_by_name_and_a_wrong_one(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    codes = tmp_path / "codes.txt"
    codes.write_text("sky\nroad\nvoid\n", encoding="utf-8")
    source = prepared(masks(images, beside, codes=codes, void="void"))
    assert source.task_options() == {"classes": ["sky", "road"], "void": 2}
    with pytest.raises(UsageError, match="--void tree is not a class"):
        prepared(masks(images, beside, codes=codes, void="tree"))


def test_size_is_the_longer_side_in_the_images_own_shape(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    assert prepared(masks(images, beside, size=12)).in_shape == (3, 8, 12)
    assert prepared(masks(images, beside, size="16x16")).in_shape == (3, 16, 16)


def test_pairs_cut_out_the_middle_and_never_resize(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for number in range(6):
        size = (40, 50) if number else (20, 24)
        values = random.integers(0, 256, (*size, 3)).astype(np.uint8)
        for name in ("bad", "clean"):
            path = tmp_path / name / f"{number}.png"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(values).save(path)
    source = pairs(tmp_path / "bad", tmp_path / "clean", size="32x30")
    source.prepare()
    assert source.in_shape == (3, 30, 32)
    values = np.asarray(opened(tmp_path / "clean" / "3.png"))
    np.testing.assert_array_equal(source.targets[3].permute(1, 2, 0).numpy(), values[5:35, 9:41])
    small = np.asarray(opened(tmp_path / "bad" / "0.png"))
    mirrored = np.pad(small, ((5, 5), (4, 4), (0, 0)), mode="symmetric")
    import torch

    np.testing.assert_array_equal(source.read(torch.tensor([0]))[0].permute(1, 2, 0).numpy(), mirrored)


def test_pairs_with_a_missing_clean_image(tmp_path: Path) -> None:
    images, beside = street(tmp_path)
    (beside / "03.png").unlink()
    with pytest.raises(DataError, match=r"03\.jpg \(03\.\* is not there\)"):
        pairs(images, beside)
