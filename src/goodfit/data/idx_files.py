"""Files of MNIST and its relatives (idx): images and labels in a file each, perhaps packed by gzip.

train-images-idx3-ubyte and train-labels-idx1-ubyte are a pair; t10k-images-idx3-ubyte and its labels are the test part.
Four bytes say of which type the numbers are and how many sides the array has; the length of each side follows, four
bytes each, the highest first; then the numbers. Described at https://yann.lecun.org/exdb/mnist/.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from goodfit.errors import DataError
from goodfit.lazy_pattern import lazy_pattern

NAME = lazy_pattern(r"(?i)(?P<set>.*?)(?P<what>images|labels)(?:[-._]idx\d)[-._](?:ubyte|byte)(?:\.gz)?")
TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
SIDES_AT_MOST = 4
BELOW = ("raw", "MNIST/raw")  # where torchvision puts them
PARTS = {"train": None, "t10k": "test", "test": "test", "valid": "valid", "val": "valid"}  # words of names
FIX = "Fetch it again; gzip -t FILE says whether a packed one is whole"


def is_idx(path: Path) -> bool:
    """Whether this is such a file, by its name, or a folder with some."""
    return bool(_sets(path)) if path.is_dir() else NAME.fullmatch(path.name) is not None


def read_idx_files(path: Path) -> dict[str, np.ndarray]:
    """x and y, x_test and y_test, x_valid and y_valid: of a folder, or of a file of images and the labels beside it.

    Raises:
        DataError: several sets of the same part, or a file that is cut off.
    """
    if path.is_file():
        match = NAME.fullmatch(path.name)
        pair = _in_folder(path.parent).get(match["set"], {}) if match else {}
        saved = {"x": read_idx(path)}
        if match and match["what"].lower() == "images" and "labels" in pair:
            saved["y"] = read_idx(pair["labels"])
        return saved
    sets = {name: files for name, files in _sets(path).items() if files.keys() >= {"images", "labels"}}
    saved, of_part = {}, dict[str | None, str]()
    for name, files in sets.items():
        part = next((part for word, part in PARTS.items() if word in name.lower()), None)
        if part in of_part:
            both = f"{files['images'].name} and {sets[of_part[part]]['images'].name}"
            raise DataError(
                f"several sets are in it: {both}", where=path, fix="Give one file of images, or a folder for each set"
            )
        of_part[part] = name
        end = "" if part is None else f"_{part}"
        saved |= {f"x{end}": read_idx(files["images"]), f"y{end}": read_idx(files["labels"])}
    if "x" not in saved:
        raise DataError(
            "no images with labels to learn from in it", where=path, fix="Put train-images and train-labels into it"
        )
    return saved


def read_idx(path: Path) -> np.ndarray:
    """The array of one file.

    Raises:
        DataError: it is no such file, or cut off.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix.lower() == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("it cannot be unpacked: the file is damaged or incomplete", where=path, fix=FIX) from error
    sides = data[3] if len(data) > 4 else 0
    start = 4 + 4 * sides
    if data[:2] != b"\0\0" or data[2] not in TYPES or not 0 < sides <= SIDES_AT_MOST or len(data) < start:
        raise DataError("this is no file of MNIST (idx)", where=path, fix=FIX)
    shape = tuple(np.frombuffer(data[4:start], dtype=">u4").astype(int).tolist())
    dtype = np.dtype(TYPES[data[2]])
    expected = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    if len(data) - start != expected:
        raise DataError(f"{len(data) - start:,} bytes of numbers, and its head says {expected:,}", where=path, fix=FIX)
    return np.frombuffer(data[start:], dtype=dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _sets(folder: Path) -> dict[str, dict[str, Path]]:
    """What the names begin with -> the files of images and of labels."""
    return next((sets for place in (folder, *(folder / name for name in BELOW)) if (sets := _in_folder(place))), {})


def _in_folder(folder: Path) -> dict[str, dict[str, Path]]:
    sets: dict[str, dict[str, Path]] = {}
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        match = NAME.fullmatch(file.name)
        if match and file.is_file():
            sets.setdefault(match["set"], {}).setdefault(match["what"].lower(), file)  # the one that is not packed
    return sets
