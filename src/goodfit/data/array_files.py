"""Arrays in files: .npz and .npy of NumPy, and the idx files of MNIST -> x, y and those of the other parts."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from goodfit.data.idx_files import is_idx, read_idx_files
from goodfit.data.tables.frames import free_memory
from goodfit.errors import DataError

ENDINGS = (".npz", ".npy")
UNREADABLE = (  # what NumPy raises of files that are cut off, damaged or of pickled objects
    OSError, ValueError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error, SyntaxError, RuntimeError,
)  # fmt: skip
PARTS = {"rows": "x", "valid": "x_valid", "test": "x_test"}
SAVE = "Save it with numpy.savez(path, x=..., y=...)"
OTHER_NAMES = (  # as others save them: Keras, MedMNIST, notebooks
    {"x_train": "x", "y_train": "y", "x_val": "x_valid", "y_val": "y_valid", "x_valid": "x_valid",
     "y_valid": "y_valid", "x_test": "x_test", "y_test": "y_test"},
    {"train_images": "x", "train_labels": "y", "val_images": "x_valid", "val_labels": "y_valid",
     "test_images": "x_test", "test_labels": "y_test"},
    {"images": "x", "labels": "y"},
    {"data": "x", "target": "y"},
    {"data": "x", "labels": "y"},
    {"features": "x", "labels": "y"},
    {"x": "x", "y": "y"},  # in capital letters
)  # fmt: skip


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], list[tuple[str, str, str]]]:
    """x, and y, x_valid, y_valid, x_test and y_test where they are there; and what is said of how they were called.

    Raises:
        DataError: no such file, none that can be read safely, or no x in it.
    """
    if not path.exists():
        raise DataError("no such file", where=path, fix="Check the path")
    if is_idx(path):
        saved = read_idx_files(path)
        parts = ", ".join(f"{part} {len(saved[name]):,}" for part, name in PARTS.items() if name in saved)
        return saved, [("arrays", parts, "files of MNIST (idx): images and labels")]
    _refuse_larger_than_memory(path)
    try:
        loaded = np.load(path, allow_pickle=False)  # a pickled array could run code
        saved = {"x": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    except UNREADABLE as error:
        raise DataError(f"not a NumPy file that can be read safely ({error})", where=path, fix=SAVE) from error
    if "x" in saved:
        return saved, []
    if (named := _renamed(saved)) is not None:
        return named
    raise DataError(f"there is no x in it (found: {', '.join(saved) or 'nothing'})", where=path, fix=SAVE)


def _renamed(
    saved: dict[str, np.ndarray],
) -> tuple[dict[str, np.ndarray], list[tuple[str, str, str]]] | None:
    """The arrays by our names, where all of them have names of one of the known ways; None of others."""
    plain = {name.lower(): name for name in saved}
    for names in OTHER_NAMES:
        features, targets = list(names)[:2]
        if len(plain) == len(saved) and {features, targets} <= plain.keys() <= names.keys():
            what = f"'{plain[features]}' is read as x and '{plain[targets]}' as y"
            parts = [names[name][2:] for name in plain if names[name].startswith("x_")]
            why = f"by their names{''.join(f'; {part} as well' for part in parts)}"
            return {names[name]: saved[own] for name, own in plain.items()}, [("arrays", what, why)]
    return None


def _refuse_larger_than_memory(path: Path) -> None:
    """By what an .npz says of its arrays: a few megabytes may unpack to a terabyte."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > free_memory():
        raise DataError(
            f"its arrays have {size / 1e9:,.1f} GB, and {free_memory() / 1e9:,.1f} GB of memory are free",
            where=path,
            fix="Save fewer rows, or smaller types",
        )
