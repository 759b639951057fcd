"""The files of MNIST, and .npz files whose arrays have the names of other programs."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goodfit.data import open_data
from goodfit.data.idx_files import read_idx
from goodfit.errors import DataError


def write_idx(path: Path, array: np.ndarray) -> None:
    """As the page of MNIST describes it."""
    code = {"uint8": 8, "int16": 0x0B, "float32": 0x0D}[array.dtype.name]
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    data = head + array.astype(array.dtype.newbyteorder(">")).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def pair(folder: Path, part: str, rows: int, end: str = "") -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(rows)
    x, y = rng.integers(0, 256, (rows, 6, 5)).astype(np.uint8), rng.integers(0, 3, rows).astype(np.uint8)
    write_idx(folder / f"{part}-images-idx3-ubyte{end}", x)
    write_idx(folder / f"{part}-labels-idx1-ubyte{end}", y)
    return x, y


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("below", ["", "raw", "MNIST/raw"])
def test_a_folder_of_them_is_images_with_a_test_part(tmp_path: Path, end: str, below: str) -> None:
    x, y = pair(tmp_path / below, "train", 20, end)
    x_test, y_test = pair(tmp_path / below, "t10k", 8, end)
    source = open_data(tmp_path)
    assert source.in_shape == (1, 6, 5)
    np.testing.assert_array_equal(source.whole()[:, 0].numpy(), np.concatenate([x, x_test]))
    np.testing.assert_array_equal(source.targets, np.concatenate([y, y_test]))
    assert list(source.parts) == [None] * 20 + ["test"] * 8
    assert ("arrays", "rows 20, test 8", "files of MNIST (idx): images and labels") in source.notes


def test_one_file_has_the_labels_beside_it(tmp_path: Path) -> None:
    x, y = pair(tmp_path, "emnist-letters-train", 12)
    pair(tmp_path, "emnist-letters-test", 5)
    source = open_data(tmp_path / "emnist-letters-train-images-idx3-ubyte")
    np.testing.assert_array_equal(source.whole()[:, 0].numpy(), x)
    np.testing.assert_array_equal(source.targets, y)


def test_two_sets_in_one_folder_are_a_question(tmp_path: Path) -> None:
    pair(tmp_path, "emnist-letters-train", 12)
    pair(tmp_path, "emnist-digits-train", 12)
    with pytest.raises(
        DataError, match="several sets are in it: emnist-letters-train-images-idx3-ubyte and emnist-digits"
    ):
        open_data(tmp_path)


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_numbers_of_every_type_are_read(tmp_path: Path, dtype: str) -> None:
    array = np.arange(24).reshape(4, 3, 2).astype(dtype)
    write_idx(tmp_path / "x-images-idx3-ubyte", array)
    read = read_idx(tmp_path / "x-images-idx3-ubyte")
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.dtype(dtype)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    pair(tmp_path, "train", 20)
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(DataError, match="593 bytes of numbers, and its head says 600"):
        open_data(tmp_path)
    path.write_bytes(b"<html>")
    with pytest.raises(DataError, match="no file of MNIST"):
        open_data(tmp_path)


@pytest.mark.parametrize(
    ("x", "y", "part"),
    [
        ("x_train", "y_train", "_test"),
        ("train_images", "train_labels", ""),
        ("data", "target", ""),
        ("X", "y", ""),
        ("images", "labels", ""),
    ],
)
def test_arrays_by_the_names_of_others(tmp_path: Path, x: str, y: str, part: str) -> None:
    rows, targets = np.arange(40.0).reshape(10, 4), np.arange(10) % 2
    more = {"x_test": rows[:3], "y_test": targets[:3]} if part else {}
    arrays: dict[str, Any] = {x: rows, y: targets, **more}
    np.savez(tmp_path / "a.npz", **arrays)
    source = open_data(tmp_path / "a.npz")
    np.testing.assert_array_equal(source.whole()[:10].numpy(), rows)
    np.testing.assert_array_equal(np.asarray(source.targets)[:10], targets)
    assert list(source.parts) == [None] * 10 + ["test"] * len(more.get("x_test", ()))
    assert source.notes[0][:2] == ("arrays", f"'{x}' is read as x and '{y}' as y")


def test_arrays_of_unknown_names_are_still_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", data=np.zeros((4, 2)), target=np.zeros(4), other=np.ones(4))
    with pytest.raises(DataError, match=r"there is no x in it \(found: data, target, other\)"):
        open_data(tmp_path / "a.npz")
