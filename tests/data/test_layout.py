"""Folders seen from the whole tree: parts under the names that people give them, classes, and what is neither."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_files import many, png, put

from goodfit.data.images.layout import arrange
from goodfit.data.images.part_names import part_of, parts_of
from goodfit.data.images.tree import scan
from goodfit.data.source import Source
from goodfit.data.sources.images import images
from goodfit.errors import DataError

ONE_PIXEL = png(np.zeros((1, 1), dtype=np.uint8))


def rows(source: Source) -> dict[tuple[str | None, str | None], int]:
    """How many images there are of each part and label."""
    labels = source.targets if source.targets is not None else [None] * len(source)
    return dict(Counter(zip(source.parts, labels, strict=True)))


def note(source: Source, name: str) -> list[str]:
    return [value for other, value, _ in source.notes if other == name]


def refused(path: Path) -> str:
    """What a fit says; opening alone does not, for data to predict has no labels to be wrong."""
    source = images(path)
    assert len(source) > 0
    with pytest.raises(DataError) as error:
        source.prepare()
    return str(error.value)


@pytest.mark.parametrize(
    ("train", "valid", "test"),
    [
        ("training_set", "validation_set", "test_set"),
        ("seg_train/seg_train", "seg_val/seg_val", "seg_test/seg_test"),
        ("images_train", "images_val", "images_test"),
        ("TRAIN", "DEV", "HOLDOUT"),
        ("trainData", "valData", "testData"),
        ("train2017", "val2017", "test2017"),
        ("pets-train", "pets-valid", "pets-test"),
        ("archive/Train", "archive/Validation", "archive/hold_out"),
    ],
)
def test_parts_under_the_names_that_people_give_them(tmp_path: Path, train: str, valid: str, test: str) -> None:
    put(tmp_path, *many(f"{train}/cat", f"{train}/dog", f"{valid}/cat", f"{valid}/dog", f"{test}/cat", f"{test}/dog"))
    source = images(tmp_path)
    assert rows(source) == {(part, label): 2 for part in ("train", "valid", "test") for label in ("cat", "dog")}
    assert note(source, "classes") == ["cat 6, dog 6"]
    assert len(note(source, "folders")) == 1, "that these are parts is a guess, and said"


def test_classes_of_a_part_that_lies_apart_are_said_as_its_own(tmp_path: Path) -> None:
    put(tmp_path / "photos", *many("cat", "dog"))
    put(tmp_path / "held_out", *many("cat"))
    source = images(tmp_path / "photos", test=tmp_path / "held_out")
    assert note(source, "classes") == ["cat 2, dog 2"]
    assert note(source, "test classes") == ["cat 2"]


@pytest.mark.parametrize("name", ["train_station", "test tube", "training shoes", "validator", "bus", "trains"])
def test_names_with_a_part_in_them_that_are_none(name: str) -> None:
    assert part_of(name) is None
    assert parts_of([name, "bus_stop", "coffee cup"]) == {}


def test_classes_that_are_called_train_and_test(tmp_path: Path) -> None:
    flat = images(put(tmp_path / "flat", *many("bus", "car", "train")))
    assert rows(flat) == {(None, "bus"): 2, (None, "car"): 2, (None, "train"): 2}
    both = images(put(tmp_path / "both", *many("bus", "test", "train")))
    assert rows(both) == {(None, "bus"): 2, (None, "test"): 2, (None, "train"): 2}
    deep = images(put(tmp_path / "deep", *many("bus/day", "bus/night", "train/day", "train/night")))
    assert rows(deep) == {(None, "bus"): 4, (None, "train"): 4}


def test_two_readings_are_asked_about_and_the_option_settles_it(tmp_path: Path) -> None:
    flat = put(tmp_path / "flat", *many("train", "test"))
    assert "(test, train) can be read as classes, or as parts" in refused(flat)
    assert "--layout classes or --layout parts" in refused(flat)
    as_classes = images(flat, layout="classes")
    as_classes.prepare()
    assert rows(as_classes) == {(None, "test"): 2, (None, "train"): 2}
    mixed = put(tmp_path / "mixed", *many("train/cat", "train/dog", "bus"))
    assert "with the classes cat, dog in them" in refused(mixed)
    assert rows(images(mixed, layout="parts")) == {("train", "cat"): 2, ("train", "dog"): 2, (None, None): 2}
    assert rows(images(mixed, layout="classes")) == {(None, "train"): 4, (None, "bus"): 2}
    without_train = put(tmp_path / "without", *many("valid/cat", "valid/dog", "test/cat", "test/dog"))
    assert "--layout" in refused(without_train)


def test_a_labelled_train_beside_an_unlabelled_test(tmp_path: Path) -> None:
    source = images(put(tmp_path, *many("train/cat", "train/dog", "test", "pred")))
    assert rows(source) == {("train", "cat"): 2, ("train", "dog"): 2, (None, None): 4}
    assert note(source, "no label") == ["2 images of test", "pred (2 images)"]


def test_a_stray_image_beside_the_classes_has_no_label(tmp_path: Path) -> None:
    source = images(put(tmp_path, *many("cat", "dog"), "logo.png"))
    assert rows(source) == {(None, "cat"): 2, (None, "dog"): 2, (None, None): 1}
    assert note(source, "no label") == ["logo.png"]


@pytest.mark.parametrize("name", ["unsup", "Unlabeled", "unlabelled_images", "no-label"])
def test_a_folder_beside_classes_whose_name_says_that_it_has_none(tmp_path: Path, name: str) -> None:
    flat = images(put(tmp_path / "flat", *many("cat", "dog", name)))
    assert rows(flat) == {(None, "cat"): 2, (None, "dog"): 2, (None, None): 2}
    assert note(flat, "no label") == [f"{name} (2 images)"]
    of_parts = images(put(tmp_path / "parts", *many("train/cat", "train/dog", f"train/{name}", "test/cat", "test/dog")))
    assert rows(of_parts)["train", None] == 2
    two = images(put(tmp_path / "two", *many("cat", name)))
    assert rows(two) == {(None, "cat"): 2, (None, name): 2}, "else one class would be left"


def test_classes_above_the_parts(tmp_path: Path) -> None:
    source = images(put(tmp_path, *many("cat/train", "cat/test", "dog/train", "dog/test")))
    assert rows(source) == {(part, label): 2 for part in ("train", "test") for label in ("cat", "dog")}


def test_folders_with_one_folder_in_them_are_gone_through(tmp_path: Path) -> None:
    source = images(put(tmp_path, *many("archive/data/cat", "archive/data/dog")))
    assert rows(source) == {(None, "cat"): 2, (None, "dog"): 2}
    only_images = images(put(tmp_path / "flat", *many("images")))
    assert only_images.targets is None


@pytest.mark.parametrize(
    ("folders", "fix"),
    [
        (("images", "masks"), "images --masks"),
        (("train/images", "train/masks", "val/images", "val/masks"), " --masks masks"),
        (("JPEGImages", "SegmentationClass"), "JPEGImages --masks"),
        (("img", "gt"), "img --masks"),
        (("train_images", "train_labels"), "train_images --masks"),
    ],
)
def test_images_and_masks_are_no_two_classes(tmp_path: Path, folders: tuple[str, ...], fix: str) -> None:
    put(tmp_path, *many(*folders))
    message = refused(tmp_path)
    assert fix in message
    assert "--layout classes" in message


def test_degraded_and_clean_images_are_no_two_classes(tmp_path: Path) -> None:
    put(tmp_path / "pairs", *[f"{folder}/{n}.png" for folder in ("noisy", "clean") for n in range(3)])
    assert "noisy --clean" in refused(tmp_path / "pairs")
    source = images(put(tmp_path / "classes", *many("noisy", "clean")))
    source.prepare()  # of other names: what is to be told apart is whether an image is noisy


def test_masks_beside_their_images_are_asked_about(tmp_path: Path) -> None:
    names = [
        f"{kind}/{kind} ({n}){end}.png" for kind in ("benign", "malignant") for n in (1, 2) for end in ("", "_mask")
    ]
    assert f"--masks {tmp_path}" in refused(put(tmp_path, *names))


def test_class_folders_that_are_links_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    put(tmp_path / "store", *many("cat", "dog"))
    root = tmp_path / "linked"
    root.mkdir()
    for name in ("cat", "dog"):
        (root / name).symlink_to(tmp_path / "store" / name)
    (tmp_path / "store" / "cat" / "up").symlink_to(tmp_path / "store")
    (root / "again").symlink_to(tmp_path / "store" / "dog")
    (root / "gone").symlink_to("nowhere")
    source = images(root)
    assert rows(source) == {(None, "again"): 2, (None, "cat"): 2}, "each folder is read once, under its first name"
    assert sorted(note(source, "left out")[0].split(", ")) == [
        "1 broken link",
        "1 link to a folder around itself",
        "1 link to a folder that is read already",
    ]


def test_a_loop_inside_a_folder_ends(tmp_path: Path) -> None:
    put(tmp_path, *many("cat", "dog"))
    (tmp_path / "cat" / "self").symlink_to(tmp_path / "cat")
    (tmp_path / "cat" / "dogs").symlink_to(tmp_path / "dog")
    assert len(images(tmp_path)) == 4


def test_parts_that_are_asked_for_have_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no folder in it is called like a part \(there are: cat, dog\)"):
        images(put(tmp_path, *many("cat", "dog")), layout="parts")


FOLDERS = st.sampled_from(
    ["cat", "dog", "train", "test", "val", "images", "masks", "clean", "noisy", "1", "Train Station", "extra", "data"]
)


@settings(max_examples=60, deadline=None)
@given(
    folders=st.sets(st.lists(FOLDERS, max_size=4).map("/".join), min_size=1, max_size=8),
    choice=st.sampled_from([None, "classes"]),
)
def test_every_image_of_any_tree_stands_in_one_place_under_a_folder_of_its_path(
    folders: set[str], choice: str | None
) -> None:
    with TemporaryDirectory() as place:
        root = Path(place)
        made = {root / folder / f"{number}.png" for folder in folders for number in range(2)}
        for path in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(ONE_PIXEL)
        placed = arrange(scan(root)[0], choice).placed
        files = [(path, each.label) for each in placed for path in each.files()]
        assert sorted(path for path, _ in files) == sorted(made)
        assert all(label is None or label in path.relative_to(root).parts for path, label in files)


def test_classes_in_the_names_of_files_are_asked_about_and_read_where_they_are_meant(tmp_path: Path) -> None:
    names = [f"{word}{number}.png" for word in ("cat.", "great_dane_", "dog (") for number in range(4)]
    put(tmp_path, *(name.replace("(0", "(0)").replace("(1", "(1)") for name in names), "readme.png")
    source = images(tmp_path)
    source.prepare()
    hint = "If the names of the files begin with their classes (cat 4, dog 4, great_dane 4), give --layout files"
    assert source.hint_of_labels() == hint
    read = images(tmp_path, layout="files")
    assert rows(read) == {(None, "cat"): 4, (None, "dog"): 4, (None, "great_dane"): 4, (None, None): 1}
    assert note(read, "no label")[0] == "1 image such as readme.png"


def test_names_of_cameras_and_single_words_are_no_classes(tmp_path: Path) -> None:
    put(tmp_path, *(f"IMG_{number}.png" for number in range(9)))
    assert images(tmp_path).hint_of_labels() is None
    put(tmp_path / "b", *(f"{word}.png" for word in ("anna", "ben", "carl")))
    assert images(tmp_path / "b").hint_of_labels() is None


def test_parts_with_classes_in_the_names_of_files(tmp_path: Path) -> None:
    put(
        tmp_path, *(f"{part}/{word}.{number}.png" for part in ("train", "test") for word in "ab" for number in range(3))
    )
    read = images(tmp_path, layout="files")
    assert rows(read) == {("train", "a"): 3, ("train", "b"): 3, ("test", "a"): 3, ("test", "b"): 3}


@pytest.mark.parametrize(
    ("train", "valid", "test"),
    [
        ("训练集", "验证集", "测试集"),
        ("学習用データ", "検証用データ", "テスト用データ"),
        ("학습", "검증", "테스트"),
        ("訓練", "驗證", "測試"),
    ],
)
def test_parts_in_scripts_without_spaces(tmp_path: Path, train: str, valid: str, test: str) -> None:
    put(tmp_path, *many(*(f"{part}/{word}" for part in (train, valid, test) for word in ("猫", "犬"))))
    found = rows(images(tmp_path))
    assert found == {(part, word): 2 for part in ("train", "valid", "test") for word in ("猫", "犬")}


def test_masks_in_the_folder_of_their_images_are_asked_about(tmp_path: Path) -> None:
    names = [f"{number:03}{end}" for number in range(4) for end in (".jpg", "_gt.png")]
    assert f"--masks {tmp_path}" in refused(put(tmp_path, *names))
