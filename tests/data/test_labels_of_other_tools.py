"""Lists of labels as Label Studio, CelebA and tools for boxes write them, and masks of three greys as JPEG."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from goodfit.data import open_data
from goodfit.data.images.find import find
from goodfit.data.images.label_list import ListOptions
from goodfit.data.tables.delimited import read_delimited
from goodfit.errors import DataError

IMAGES = 12


def images(folder: Path, names: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for at, name in enumerate(names):
        Image.new("RGB", (16, 16), (at * 9, 40, 90)).save(folder / name)
    return folder


def test_the_digits_of_label_studio_before_a_name_are_left_out(tmp_path: Path) -> None:
    names = [f"im_{at}.jpg" for at in range(IMAGES)]
    images(tmp_path, names)
    lines = [f"/data/upload/1/{at:08x}-{name},{('cat', 'dog')[at % 2]}" for at, name in enumerate(names)]
    (tmp_path / "list.csv").write_text("image,choice\n" + "\n".join(lines))
    source = open_data(tmp_path / "list.csv", target="choice")
    assert [
        Path(path).name for path in find(tmp_path / "list.csv", columns=ListOptions(target="choice")).paths
    ] == names
    assert any("without the digits of Label Studio before the name" in why for _, _, why in source.notes)


def test_boxes_of_objects_in_a_list_are_no_labels_of_images(tmp_path: Path) -> None:
    images(tmp_path, ["a.jpg", "b.jpg"])
    rows = "a.jpg,16,16,cat,1,1,5,5\na.jpg,16,16,dog,3,3,9,9\nb.jpg,16,16,cat,1,1,5,5\n"
    (tmp_path / "boxes.csv").write_text("filename,width,height,class,xmin,ymin,xmax,ymax\n" + rows)
    with pytest.raises(DataError, match=r"boxes of objects in images are not learnt from. Cut the boxes out"):
        open_data(tmp_path / "boxes.csv")


def attributes(path: Path, cells: list[tuple[str, str]]) -> Path:
    lines = [f"{at + 1:06}.jpg {one:>2} {two:>2}" for at, (one, two) in enumerate(cells)]
    path.write_text(f"{len(cells)}\nSmiling Male \n" + "\n".join(lines) + "\n")
    return path


def test_the_list_of_celeba_has_labels_of_1_and_minus_1(tmp_path: Path) -> None:
    cells = [("1", "-1"), ("-1", "-1"), ("1", "1")] * 4
    images(tmp_path / "img", [f"{at + 1:06}.jpg" for at in range(IMAGES)])
    source = open_data(attributes(tmp_path / "list_attr.txt", cells))
    assert source.targets is not None
    assert [sorted(labels) for labels in list(source.targets)[:3]] == [["Smiling"], [], ["Male", "Smiling"]]


def test_a_line_that_counts_the_rows_is_none_of_them(tmp_path: Path) -> None:
    read = read_delimited(attributes(tmp_path / "list_attr.txt", [("1", "-1")] * 5))
    assert read.frame.columns == ["Unnamed: 0", "Smiling", "Male"]
    assert read.frame.height == 5


def masks_of(folder: Path, third: bool) -> Path:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for at in range(6):
        mask = np.zeros((64, 64), dtype=np.uint8)
        y, x = rng.integers(2, 30, 2)
        mask[y : y + 22, x : x + 24] = 255
        if third:
            mask[52:60, 40:56] = 128
        Image.fromarray(mask).save(folder / f"{at}.jpg", quality=90)
    return folder


def test_a_third_grey_of_masks_of_jpeg_is_no_edge(tmp_path: Path) -> None:
    photos = images(tmp_path / "photos", [f"{at}.png" for at in range(6)])
    for path in photos.iterdir():
        Image.open(path).resize((64, 64)).save(path)
    with pytest.raises(DataError, match=r"different ones, many of them near 1[23]\d"):
        open_data(photos, masks=masks_of(tmp_path / "three", third=True)).prepare()
    two = open_data(photos, masks=masks_of(tmp_path / "two", third=False))
    two.prepare()
    assert any("two classes" in value for _, value, _ in two.notes)
