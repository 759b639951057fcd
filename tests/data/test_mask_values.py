"""What the values of masks are: class numbers, two levels with noise, grey levels, colours; or an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from image_files import noise, save
from PIL import Image

from goodfit.data.images.mask_codes import read_codes
from goodfit.data.sources.masks import Masks, masks
from goodfit.errors import DataError

HIGH, WIDE, COUNT = 40, 48, 8
COLUMNS = np.arange(WIDE)[None].repeat(HIGH, 0)
Make = Callable[[np.ndarray], np.ndarray]


def blobs() -> list[np.ndarray]:
    """(HIGH, WIDE) bool: a disc in each, at another place."""
    rows, columns = np.mgrid[:HIGH, :WIDE]
    return [(rows - 14 - n) ** 2 + (columns - 16 - 2 * n) ** 2 < 100 for n in range(COUNT)]


def folders(root: Path, make: Make, ending: str = "png", **options: Any) -> tuple[Path, Path]:
    for number, inside in enumerate(blobs()):
        save(root / "images" / f"{number}.png", noise(HIGH, WIDE, 3, seed=number))
        save(root / "masks" / f"{number}.{ending}", make(inside), **options)
    return root / "images", root / "masks"


def read(places: tuple[Path, Path], **options: Any) -> Masks:
    source = masks(*places, **options)
    source.prepare()
    return source


def grey(inside: np.ndarray, object_: int = 255, background: int = 0) -> np.ndarray:
    return np.where(inside, object_, background).astype(np.uint8)


def softened(inside: np.ndarray) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(inside * 255.0, 0.8)).round().astype(np.uint8)


def in_colour(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., None].repeat(3, 2)


@pytest.mark.parametrize(
    ("make", "ending", "options"),
    [
        (grey, "png", {}),
        (grey, "jpg", {"quality": 90}),
        (grey, "jpg", {"quality": 50}),
        (softened, "png", {}),
        (lambda inside: in_colour(grey(inside)), "png", {}),
        (lambda inside: in_colour(grey(inside)), "jpg", {"quality": 90}),
        (lambda inside: inside, "png", {}),
        (lambda inside: grey(inside, 200), "png", {}),
        (lambda inside: inside.astype(np.uint16) * 65_535, "png", {}),
        (lambda inside: inside.astype(np.uint8), "png", {}),
        (lambda inside: inside.astype(np.float32), "tif", {}),
    ],
    ids=["0-255", "jpeg", "poor jpeg", "soft", "rgb", "rgb jpeg", "1 bit", "0-200", "16 bits", "0-1", "floats"],
)
def test_two_levels_are_two_classes(tmp_path: Path, make: Make, ending: str, options: dict[str, Any]) -> None:
    source = read(folders(tmp_path, make, ending, **options))
    assert source.task_options() == {"classes": ["0", "1"], "void": None}
    for row, inside in enumerate(blobs()):
        wrong = (source.targets[row].numpy() != inside).mean()
        assert wrong < 0.01, "a pixel at the border may go with either side"


def test_the_threshold_is_noted_and_an_option(tmp_path: Path) -> None:
    def two_greys(inside: np.ndarray) -> np.ndarray:
        return np.where(inside, 200, np.where(COLUMNS < 10, 90, 0)).astype(np.uint8)

    places = folders(tmp_path, two_greys)
    with pytest.raises(
        DataError, match=r"hold 3 values \(0, 90, 200\); 198 of the class numbers up to 200 never occur"
    ):
        read(places)
    low, high = read(places, binary=50), read(places, binary=150)
    for row, inside in enumerate(blobs()):
        np.testing.assert_array_equal(high.targets[row].numpy(), inside)
        np.testing.assert_array_equal(low.targets[row].numpy(), inside | (COLUMNS < 10))
    soft = read(folders(tmp_path / "soft", softened))
    assert any(value == "two classes, threshold 128" for name, value, _ in soft.notes if name == "masks")
    assert soft.schema()["threshold"] == 128


@pytest.mark.parametrize(
    ("make", "ending", "message"),
    [
        (
            lambda m: np.where(m, 255, np.where(COLUMNS < 20, 128, 0)),
            "png",
            "3 values .0, 128, 255.; 127 of the class num",
        ),
        (lambda m: m, "jpg", "format that changes pixel values .* Save the masks as PNG from their source"),
        (lambda m: np.where(m, 100, np.where(COLUMNS < 9, 60, 0)), "jpg", "changes pixel values"),
        (
            lambda m: np.where(m, 1, np.where(COLUMNS < 40, 255, 0)),
            "png",
            "% of the pixels of the masks are 255, which is",
        ),
        (lambda m: m * 0, "png", "all pixels of the masks are 0"),
    ],
    ids=["levels", "jpeg of 0 and 1", "jpeg of levels", "void of most", "empty"],
)
def test_values_that_are_no_class_numbers_are_refused_with_the_fix(
    tmp_path: Path, make: Make, ending: str, message: str
) -> None:
    with pytest.raises(DataError, match=message) as error:
        read(folders(tmp_path, lambda inside: np.asarray(make(inside)).astype(np.uint8), ending))
    assert error.value.fix


def test_codes_give_the_class_of_each_grey_value(tmp_path: Path) -> None:
    def levels(inside: np.ndarray) -> np.ndarray:
        return np.where(inside, 255, np.where(COLUMNS < 20, 128, 0)).astype(np.uint8)

    codes = tmp_path / "codes.csv"
    codes.write_text("name,value\nground,0\ncup,128\ndisc,255\n")
    assert read_codes(codes).values == (0, 128, 255)
    places = folders(tmp_path, levels)
    source = read(places, codes=codes)
    assert source.task_options() == {"classes": ["ground", "cup", "disc"], "void": None}
    expected = np.where(blobs()[3], 2, np.where(COLUMNS < 20, 1, 0))
    np.testing.assert_array_equal(source.targets[3].numpy(), expected)
    without = read(places, codes=codes, void="cup")
    assert without.task_options()["void"] == 1
    codes.write_text("ground,0\ndisc,255\n")
    ignored = read(places, codes=codes, void=128)
    assert ignored.task_options() == {"classes": ["ground", "disc"], "void": 255}
    np.testing.assert_array_equal(ignored.targets[3].numpy(), np.where(expected == 1, 255, expected // 2))
    with pytest.raises(DataError, match=r"value 128 \(row 0, column 0\) is not in the codes file"):
        read(places, codes=codes)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_codes_files_of_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "codes.txt"
    path.write_bytes("forêt\r\nprés\r\n".encode(encoding))
    assert read_codes(path).names == ("forêt", "prés")


def test_two_names_and_masks_of_0_and_255(tmp_path: Path) -> None:
    codes = tmp_path / "codes.txt"
    codes.write_text("ground\ndisc\n")
    source = read(folders(tmp_path, grey), codes=codes)
    assert source.task_options() == {"classes": ["ground", "disc"], "void": None}


def test_void_by_custom_is_for_a_minority_or_by_option(tmp_path: Path) -> None:
    def border(inside: np.ndarray) -> np.ndarray:
        return np.where(inside, 1, np.where(COLUMNS < 10, 255, 0)).astype(np.uint8)

    assert read(folders(tmp_path / "a", border)).task_options()["void"] == 255
    places = folders(tmp_path / "b", lambda inside: np.where(COLUMNS < 40, 255, border(inside)).astype(np.uint8))
    assert read(places, void=255).task_options()["void"] == 255


def test_palettes_that_differ_between_masks(tmp_path: Path) -> None:
    places = folders(tmp_path, grey)
    for number, inside in enumerate(blobs()):
        image = Image.fromarray((inside ^ bool(number % 2)).astype(np.uint8), mode="P")
        image.putpalette([9, 9, 9, 200, 0, 0] if number % 2 == 0 else [200, 0, 0, 9, 9, 9])
        image.save(places[1] / f"{number}.png")
    with pytest.raises(DataError, match=r"1\.png: its palette is another one"):
        read(places)
    codes = tmp_path / "codes.txt"
    codes.write_text("ground,9,9,9\ndisc,200,0,0\n")
    source = read(places, codes=codes)
    for row, inside in enumerate(blobs()):
        np.testing.assert_array_equal(source.targets[row].numpy(), inside)


def test_a_shape_in_the_transparency_is_named(tmp_path: Path) -> None:
    def transparent(inside: np.ndarray) -> np.ndarray:
        return np.dstack([inside * 0, inside * 0, inside * 0, inside * 255]).astype(np.uint8)

    with pytest.raises(DataError, match="its shape is in the transparency"):
        read(folders(tmp_path, transparent))


def test_masks_of_a_run_that_its_threshold_would_empty(tmp_path: Path) -> None:
    schema = read(folders(tmp_path / "fit", grey)).schema()
    same = masks(*folders(tmp_path / "same", grey))
    same.prepare(schema)
    np.testing.assert_array_equal(same.targets[0].numpy(), blobs()[0])
    other = masks(*folders(tmp_path / "other", lambda inside: grey(inside, 7)))
    with pytest.raises(DataError, match=r"reach up to 7; the run was fitted on masks of two classes"):
        other.prepare(schema)


@pytest.mark.parametrize(
    ("run", "new", "ending", "value"),
    [
        (lambda inside: grey(inside, 1), grey, "png", "two classes, threshold 128"),
        (lambda inside: grey(inside, 1), softened, "png", "two classes, threshold 128"),
        (lambda inside: grey(inside, 1), grey, "jpg", "two classes, threshold 128"),
        (grey, lambda inside: grey(inside, 1), "png", "two classes"),
    ],
    ids=["255 for 1", "soft", "jpeg", "1 for 255"],
)
def test_black_and_white_is_two_classes_for_a_run_of_other_values(
    tmp_path: Path, run: Make, new: Make, ending: str, value: str
) -> None:
    schema = read(folders(tmp_path / "fit", run)).schema()
    source = masks(*folders(tmp_path / "new", new, ending))
    source.prepare(schema)
    for row, inside in enumerate(blobs()):
        assert (source.targets[row].numpy() == inside).mean() > 0.98
    assert [note[:2] for note in source.notes if note[0] == "masks"] == [("masks", value)]


def test_new_masks_are_refused_without_an_option_that_evaluate_lacks(tmp_path: Path) -> None:
    schema = read(folders(tmp_path / "fit", lambda inside: grey(inside, 1))).schema()
    more = masks(*folders(tmp_path / "more", lambda inside: np.where(COLUMNS < 9, 2, grey(inside, 1)).astype(np.uint8)))
    with pytest.raises(
        DataError, match=r"class above 1, the last one: .*Save them with the values .*: 0 to 1"
    ) as refused:
        more.prepare(schema)
    assert "--" not in str(refused.value)


def test_a_class_that_no_mask_of_the_run_has_is_said(tmp_path: Path) -> None:
    """Masks from 1 on (a trimap), and new ones from 0 on: the numbers mean something else."""
    schema = read(folders(tmp_path / "fit", lambda inside: grey(inside, 2, 1))).schema()
    same = masks(*folders(tmp_path / "same", lambda inside: grey(inside, 2, 1)))
    same.prepare(schema)
    other = masks(*folders(tmp_path / "other", lambda inside: grey(inside, 1, 0)))
    other.prepare(schema)
    share = 100 * (1 - np.mean(blobs()))
    said = ("classes", f"0 {share:.1f}%", "of the pixels of these masks; no mask of the run had this class")
    assert said in other.notes
    assert said[2] not in [why for _, _, why in same.notes]


def test_void_of_most_of_new_masks_is_refused_without_such_an_option(tmp_path: Path) -> None:
    def border(inside: np.ndarray, width: int = 10) -> np.ndarray:
        return np.where(inside, 1, np.where(width > COLUMNS, 255, 0)).astype(np.uint8)

    schema = read(folders(tmp_path / "fit", border)).schema()
    most = masks(*folders(tmp_path / "most", lambda inside: border(inside, 46)))
    with pytest.raises(DataError, match="Save them with the values of the masks that the run was fitted on") as refused:
        most.prepare(schema)
    assert "--" not in str(refused.value)


def test_a_run_of_an_older_version_reads_anything_above_0(tmp_path: Path) -> None:
    schema = read(folders(tmp_path / "fit", grey)).schema()
    for name in ("threshold", "void_given", "orientation"):
        del schema[name]
    del schema["codes"]["values"]
    source = masks(*folders(tmp_path / "new", lambda inside: grey(inside, 1)))
    source.prepare(schema)
    np.testing.assert_array_equal(source.targets[0].numpy(), blobs()[0])


def test_the_shares_of_the_classes_are_noted(tmp_path: Path) -> None:
    def quarter(inside: np.ndarray) -> np.ndarray:
        return np.where(COLUMNS < WIDE // 4, 2, 0).astype(np.uint8)

    notes = read(folders(tmp_path, quarter)).notes
    assert ("classes", "0 75.0%, 1 0.0%, 2 25.0%", "of the pixels of the masks; never: 1") in notes
