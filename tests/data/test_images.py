"""Finding images: class folders, parts above them, CSVs, groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from goodfit.data.source import Strength
from goodfit.data.sources.images import Images, images
from goodfit.errors import DataError


def put(root: Path, *names: str, side: int = 12, colour: bool = False) -> None:
    for number, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shape = (side, side, 3) if colour else (side, side)
        Image.fromarray(np.random.default_rng(number).integers(0, 255, shape, dtype=np.uint8)).save(path)


def test_class_folders(tmp_path: Path) -> None:
    put(tmp_path, "cat/1.png", "cat/deeper/2.jpg", "dog/1.png", ".hidden/3.png", "dog/.4.png")
    (tmp_path / "cat" / "notes.txt").write_text("not an image")
    source = images(tmp_path)
    assert source.targets == ["cat", "cat", "dog"]
    assert [Path(key).name for key in source.keys] == ["1.png", "2.jpg", "1.png"]
    assert set(source.parts) == {None}


@pytest.mark.parametrize("valid", ["valid", "val", "Validation"])
def test_parts_above_the_classes(tmp_path: Path, valid: str) -> None:
    put(tmp_path, "train/cat/1.png", f"{valid}/cat/2.png", "test/dog/3.png", "extra/dog/4.png")
    source = images(tmp_path)
    assert source.targets is not None
    by_name = {Path(key).name: at for at, key in enumerate(source.keys)}
    rows = [(source.parts[by_name[f"{n}.png"]], source.targets[by_name[f"{n}.png"]]) for n in (1, 2, 3, 4)]
    assert rows == [("train", "cat"), ("valid", "cat"), ("test", "dog"), (None, None)]
    assert any(name == "no label" and value == "extra (1 image)" for name, value, _ in source.notes)


def test_a_class_may_be_called_test_where_there_is_no_train_folder(tmp_path: Path) -> None:
    put(tmp_path, "test/1.png", "other/2.png")
    assert images(tmp_path).targets == ["other", "test"]


def test_images_without_class_folders_have_no_targets(tmp_path: Path) -> None:
    put(tmp_path, "1.png", "2.png")
    assert images(tmp_path).targets is None


def test_a_csv_with_several_labels_parts_and_groups(tmp_path: Path) -> None:
    put(tmp_path, "a.png", "b.png", "c.png")
    table = tmp_path / "labels.csv"
    table.write_text("path,tags,split,patient\na.png,sun|sea,train,7\nb.png,sea,val,8\nc.png,,test,7\n", "utf-8-sig")
    source = images(table, group="patient")
    assert source.targets == [["sun", "sea"], ["sea"], []]
    assert list(source.parts) == ["train", "valid", "test"]
    assert source.groups == ["7", "8", "7"]


def test_a_csv_names_a_missing_column(tmp_path: Path) -> None:
    put(tmp_path, "a.png")
    table = tmp_path / "labels.csv"
    table.write_text("path,label\na.png,x\n")
    with pytest.raises(DataError, match="patient"):
        images(table, group="patient")


def test_a_group_from_the_name_of_the_file(tmp_path: Path) -> None:
    put(tmp_path, "cat/7_1.png", "cat/7_2.png", "dog/8_1.png")
    assert images(tmp_path, group="{group}_*.png").groups == ["7", "7", "8"]


def test_size_and_colour_come_from_the_images(tmp_path: Path) -> None:
    put(tmp_path / "small", "a/1.png", "b/2.png", side=40)
    small = images(tmp_path / "small")
    small.prepare(cache=tmp_path / "cache")
    assert small.in_shape == (1, 40, 40)
    put(tmp_path / "large", "a/1.png", "b/2.png", side=300, colour=True)
    for accelerator, side in ((False, 128), (True, 224)):
        large = images(tmp_path / "large")
        large.prepare(accelerator=accelerator, cache=tmp_path / "cache")
        assert large.in_shape == (3, side, side)
    again = images(tmp_path / "large")
    again.prepare(small.schema(), cache=tmp_path / "cache")
    assert again.in_shape == (1, 40, 40)  # new data is read as the run says


def test_what_looks_like_images(tmp_path: Path) -> None:
    put(tmp_path, "a.png")
    (tmp_path / "images.csv").write_text("path,label\na.png,x\n")
    (tmp_path / "table.csv").write_text("age,income\n3,4\n")

    def strength(name: str) -> Strength | None:
        claim = Images.claims(tmp_path / name, {})
        return claim.strength if claim is not None else None

    assert strength("") == Strength.GENERIC
    assert strength("a.png") == Strength.ENDING
    assert strength("images.csv") == Strength.CONTENT
    assert strength("table.csv") is None
