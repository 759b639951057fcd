"""Folders and lists of images from other machines: other letters, paths and names of parts, lists in cells."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from goodfit.data.images.find import find
from goodfit.data.images.label_files import ImageFinder
from goodfit.data.images.label_tags import separator_of, split_cell
from goodfit.data.images.part_names import part_of, parts_of
from goodfit.errors import DataError
from goodfit.tasks.regression import _numbers as numbers_of


def image(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(path)
    return path


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("trainset", "train"),
        ("ValSet", "valid"),
        ("Testdaten", "test"),
        ("Trainingsdaten", "train"),
        ("Validierung", "valid"),
        ("entrenamiento", "train"),
        (unicodedata.normalize("NFD", "validação"), "valid"),
        ("trainers", None),
        ("sunset", None),
        ("testset_old", None),
    ],
)
def test_parts_by_other_names(name: str, part: str | None) -> None:
    assert part_of(name) == part


def test_words_that_only_begin_like_a_part_are_none() -> None:
    assert parts_of(["station", "database", "valley", "devil"]) == {}


def test_folders_of_the_same_names_in_all_classes_are_said(tmp_path: Path) -> None:
    for site in ("Ulm", "Bonn"):
        for kind in ("cat", "dog"):
            image(tmp_path / site / kind / "1.png")
    (what, fix), *more = find(tmp_path).doubts
    assert what == "each of the classes (Bonn, Ulm) holds the same folders (cat, dog): those may be the classes"
    assert "--layout classes" in fix
    assert more == []
    assert find(tmp_path, layout="classes").doubts == []
    image(tmp_path / "Ulm" / "0.png")
    assert find(tmp_path).doubts == []


def test_folders_of_storage_hold_no_classes(tmp_path: Path) -> None:
    for place in ("cat/1.png", "dog/1.png", "@eaDir/1.png/thumb.jpg", "cat/@eaDir/2.png", "#recycle/old/3.png"):
        image(tmp_path / place)
    assert sorted(find(tmp_path).labels) == ["cat", "dog"]


def test_one_name_in_two_ways_of_writing_its_letters_is_one_class(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        image(tmp_path / unicodedata.normalize(form, "B\u00e4r") / f"{form}.png")
    image(tmp_path / "Elch" / "1.png")
    assert set(find(tmp_path).labels) == {"B\u00e4r", "Elch"}


@pytest.mark.parametrize(
    ("cell", "way"),
    [
        ("Photos/A1.PNG", "in photos, in other letters"),
        ("photos/a1.jpg", "in photos, with the ending .png"),
        (r"C:\\data\\pets\\photos\\a1.png", "in photos"),
        ("/home/of/somebody/photos/a1.png", "in photos"),
        ("a1", "in photos, with the ending .png"),
    ],
)
def test_files_under_paths_of_other_machines(tmp_path: Path, cell: str, way: str) -> None:
    path = image(tmp_path / "photos" / "a1.png")
    image(tmp_path / "photos" / "b1.png")
    finder = ImageFinder(tmp_path)
    assert finder.find(cell.replace("\\\\", "\\"), "line 2") == path
    assert dict(finder.ways) == {way: 1}


def test_a_path_below_the_list_is_not_looked_for_in_other_folders(tmp_path: Path) -> None:
    image(tmp_path / "test" / "1.png")
    assert not ImageFinder(tmp_path).exists("train/1.png")
    image(tmp_path / "more" / "test" / "1.png")
    with pytest.raises(DataError, match="may be"):
        ImageFinder(tmp_path).find("/far/away/1.png", "line 2")
    assert ImageFinder(tmp_path).find("/far/away/more/test/1.png", "line 2") == tmp_path / "more" / "test" / "1.png"


@pytest.mark.parametrize(
    "cells", [["['red', 'big']", "['green']"], ['["red", "big"]', '["green"]'], ["{red,big}", "{green}"]]
)
def test_lists_in_cells_are_several_labels(cells: list[str]) -> None:
    separator, _ = separator_of(cells, "label")
    assert separator == "list"
    assert [split_cell(cell, separator) for cell in cells] == [["red", "big"], ["green"]]
    assert separator_of(["[a]", "[b]"], "label")[0] == "none"


def test_numbers_of_images_may_have_decimal_commas() -> None:
    assert numbers_of(["1,5", "2,25", "1.234,5"], None).tolist() == [1.5, 2.25, 1234.5]
    with pytest.raises(DataError, match="its target 'tall' is not a number"):
        numbers_of(["1,5", "tall", "2,5"], ["a.png", "b.png", "c.png"])
