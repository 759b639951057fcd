"""New data as people hold it: many paths, images and arrays in memory, a row as a dictionary. Made into what is read.

Images in memory are written as PNGs, without loss, into a folder that goes when the predictions go: they are then read
by the same code as every other image.
"""

from __future__ import annotations

import glob
import shutil
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from torch import Tensor

from goodfit.data.given_apart import TEXT, taken_apart, with_columns
from goodfit.data.images.find import images_in
from goodfit.data.images.formats import image_endings
from goodfit.data.sources import source_names, source_of
from goodfit.data.sources.arrays import arrays
from goodfit.data.sources.texts import ENDINGS as TEXT_ENDINGS
from goodfit.data.tables.any_frame import is_rows
from goodfit.data.tables.frame_index import FrameWithIndex, with_labels_of
from goodfit.data.tables.known_encoders import encoder_of
from goodfit.data.tables.table_source import TableSource
from goodfit.errors import DataError, UsageError
from goodfit.formatting import type_named
from goodfit.store.absent import absent

CHANNELS = (1, 3, 4)
LARGEST = 255
SMALLEST_SIDE = 4  # pixels of a grey image; a smaller array (N, D) is rows of numbers


class HeldFolder:
    """A folder that goes when nothing refers to this object any more."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="goodfit-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True)
class Given:
    """Data as a source opens it.

    Attributes:
        data: what the source is given.
        keys: what its rows are called, where these are not the source's own keys.
        paths: of images, one a row, where they are not the source's own.
        inputs: files that are read, which nothing is written over.
        held: a folder of images that goes with this object.
    """

    data: Any
    keys: Sequence[str] | None = None
    paths: Sequence[Path] | None = None
    inputs: Sequence[Path] = ()
    held: HeldFolder | None = None


def as_given(schema: Mapping[str, Any], data: Any) -> Given:
    """Data for a run with this schema.

    Args:
        schema: of the run's source.
        data: a path or an opened source, which stay as they are; of images also a PIL image, an array (H, W),
            (H, W, C) or (N, H, W, C), a tensor (C, H, W) or (N, C, H, W), or a list of these and of paths; of a table
            also a dictionary (column -> value, or values) or a list of dictionaries; of texts, and of a table whose
            only input is a column of free text, a list, an array or a Series of them, or a list of paths of text files.

    Raises:
        DataError: a path that is not there, values that are no pixels, several tables.
    """
    if isinstance(data, str) and _column_of_texts(schema) and len(data.split()) > 1 and not _is_there(data):
        raise DataError("this is a text, not a path", fix="Give a list of texts: predict([text])")
    if isinstance(data, (str, PathLike)):
        return Given(data, inputs=[Path(data)])
    kind = schema["kind"]
    source = source_of(kind) if kind in source_names() else None
    if source is not None and source.images:
        return _images(data, grey=schema.get("picture", {}).get("channels") == 1)
    if source is not None and issubclass(source, TableSource):
        if _column_of_texts(schema) and isinstance(data, list | tuple) and _are_text_files(data):
            return _text_files(data)
        rows = _rows(_of_texts(data, column) if (column := _column_of_texts(schema)) else data)
        return Given(_with_index(rows, schema))
    return Given(np.asarray(data) if isinstance(data, list) else data)


def with_labels(schema: Mapping[str, Any], data: Any, y: Any = None) -> Any:
    """New rows with their labels or numbers, where both are given apart.

    Args:
        schema: of the run's source.
        data: rows, or a pair (rows, y).

    Raises:
        DataError: they differ in number.
        UsageError: the run is of data that brings its labels.
    """
    kind = schema["kind"]
    of_table = kind in source_names() and issubclass(source_of(kind), TableSource)
    if y is None and of_table:
        data, y = taken_apart(data)
    if y is None and kind == "arrays" and isinstance(data, tuple) and len(data) == 2:
        data, y = data
    if y is None:
        return data
    target = (schema.get("settings") or {}).get("target")
    if of_table and target:
        names = [target] if isinstance(target, str) else list(target)
        return with_columns(data, y, names, _column_of_texts(schema) or TEXT)[0]
    if kind == "arrays":
        return arrays(data, y)
    raise UsageError("y is for runs of tables, texts and arrays", fix="Give data that has its labels, as for the fit")


def expanded(path: Path) -> list[Path]:
    """The files that a pattern such as new/*.jpg names, where there is no file of that name: not every shell does it.

    A pattern that names nothing stays as it is, and is an absent file.
    """
    if path.exists() or not any(sign in str(path) for sign in "*?["):
        return [path]
    return sorted(Path(found) for found in glob.glob(str(path))) or [path]  # noqa: PTH207  # of a whole path


def _column_of_texts(schema: Mapping[str, Any]) -> str | None:
    """The column of free text that is all that a run reads; None where it reads another or several."""
    if schema["kind"] == "texts":
        return "text"
    encoder = schema.get("encoder", {})
    texts = encoder.get("texts", ())
    return texts[0]["name"] if len(texts) == 1 and not encoder["numbers"] and not encoder["categories"] else None


def _of_texts(data: Any, column: str) -> Any:
    """Texts in memory as rows: a list, an array or a Series of them. A Series whose index names the column is a row."""
    if isinstance(data, np.ndarray) and data.ndim == 1:
        texts = data.tolist()
    elif hasattr(data, "to_list") and column not in getattr(data, "index", ()):
        texts = data.to_list()
    else:
        texts = data
    if not isinstance(texts, list | tuple) or not any(isinstance(text, str) for text in texts):
        return data
    if not all(isinstance(text, str) or text is None or text != text for text in texts):  # NaN
        return data
    return with_labels_of(data, [{column: text if isinstance(text, str) else None} for text in texts])


def _rows(data: Any) -> Any:
    """One row, a dictionary or Series, as a list of one; rows and frames as they are."""
    if isinstance(data, Mapping):
        whole = all(isinstance(value, (list, tuple, np.ndarray)) for value in data.values())
        return data if whole or is_rows(data) else [data]
    if getattr(data, "ndim", 0) == 1 and hasattr(data, "to_dict"):
        row, label = [data.to_dict()], getattr(data, "name", None)
        return FrameWithIndex(row, [label]) if isinstance(label, str) else row  # as frame.loc[label] gives it
    if isinstance(data, list | tuple) and not (data and all(isinstance(row, Mapping) for row in data)):
        path = next((row for row in data if isinstance(row, (str, PathLike))), None)
        if not data:
            what = "this is an empty list: it has no row"
        elif path is None:
            what = "this is a list that holds something else than dictionaries"
        else:
            kind = "files" if isinstance(path, PathLike) else "texts or paths"
            what = f"this is a list of {kind} ({str(path)[:40]}, ...); the run was fitted on a table"
        raise DataError(what, fix="Give one table, or a list of dictionaries, one a row")
    return data


def _is_there(path: str) -> bool:
    """Whether there is a file or folder of this name; a text may be too long for one."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _are_text_files(data: Sequence[Any]) -> bool:
    """Whether these are paths of text files and nothing else; a str is a text."""
    return len(data) > 0 and all(
        isinstance(path, PathLike) and Path(path).suffix.lower() in TEXT_ENDINGS for path in data
    )


def _text_files(paths: Sequence[PathLike[str]]) -> Given:
    """A folder with the texts, in their order."""
    held, files = HeldFolder(), [Path(path) for path in paths]
    for row, file in enumerate(files):
        if not file.is_file():
            raise absent(file)
        (held.path / f"{row:09d}.txt").symlink_to(file.resolve())
    return Given(held.path, [str(file) for file in files], inputs=files, held=held)


def _with_index(data: Any, schema: Mapping[str, Any]) -> Any:
    """A frame of pandas with the columns that the run reads and that stand in its index, as after set_index."""
    names = getattr(getattr(data, "index", None), "names", None)
    if names is None or not hasattr(data, "reset_index"):
        return data
    settings = schema.get("settings") or {}
    wanted = [settings.get(name) for name in ("user", "item")]
    wanted += encoder_of(schema["encoder"]).sources if "encoder" in schema else []
    levels = [name for name in names if name is not None and name in wanted and name not in data.columns]
    return with_labels_of(data, data.reset_index(level=levels)) if levels else data


def _images(data: Any, *, grey: bool) -> Given:
    """A folder with what is given, in its order; `grey`: the run's images are."""
    if not _is_images(data):
        return Given(data)
    several = list(data) if isinstance(data, list | tuple) else [data]
    held = HeldFolder()
    keys: list[str] = []
    paths: list[Path] = []
    inputs: list[Path] = []
    for at, item in enumerate(several):
        if isinstance(item, (str, PathLike)):
            files = _files(Path(item))
            paths += files
            inputs += files
            keys += [str(file) for file in files]
            continue
        for number, pixels in enumerate(_pictures(item, f"image {at}", grey=grey)):
            path = held.path / f"{len(keys)}.png"
            pixels.save(path, format="PNG")
            paths.append(path)
            keys.append(str(at) if len(several) > 1 else str(number))
    if not paths:
        raise DataError("an empty list of images", fix="Give at least one")
    links = held.path / "all"
    links.mkdir()
    for row, path in enumerate(paths):
        ending = path.suffix if path.suffix.lower() in image_endings() else ".png"
        (links / f"{row:09d}{ending}").symlink_to(path.resolve())
    return Given(links, keys, paths, inputs, held)


def _is_images(data: Any) -> bool:
    """Whether this is an image in memory, or a list; an opened source and what nobody can read are not."""
    from PIL import Image

    return isinstance(data, (Image.Image, np.ndarray, Tensor, list, tuple))


def _files(path: Path) -> list[Path]:
    """A file, or the images of a folder."""
    if not path.exists():
        raise absent(path)
    return images_in(path) if path.is_dir() else [path]


def _pictures(item: Any, name: str, *, grey: bool) -> list[Any]:
    """Images of Pillow: one, or those of a mini-batch."""
    from PIL import Image

    if isinstance(item, Image.Image):
        return [item if item.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16") else item.convert("RGB")]
    if not isinstance(item, (np.ndarray, Tensor)):
        raise DataError(
            f"{type_named(item)} is no image", where=name, fix="Give a path, a PIL image, an array or a tensor"
        )
    tensor = isinstance(item, Tensor)
    pixels = _pixels(item.detach().cpu().numpy() if isinstance(item, Tensor) else item, name)
    several = _batch(pixels, channels_first=tensor, grey=grey)
    if several is None:
        raise DataError(
            f"an array of shape {tuple(item.shape)} is no image", where=name,
            fix="Give (H, W), (H, W, C) or (N, H, W, C); of a tensor (C, H, W) or (N, C, H, W)",
        )  # fmt: skip
    return [Image.fromarray(np.ascontiguousarray(one[..., 0] if one.shape[2] == 1 else one)) for one in several]


def _batch(pixels: np.ndarray, *, channels_first: bool, grey: bool) -> np.ndarray | None:
    """(N, H, W, C) of one image or several; None where the shape is of none.

    Three numbers may be an image with channels, first or last, or grey images: for a run of grey images three or four
    of them are images.
    """
    if pixels.ndim == 2:
        return pixels[None, :, :, None] if min(pixels.shape) >= SMALLEST_SIDE else None
    if pixels.ndim == 3:
        first = pixels.shape[0] == 1 or (pixels.shape[0] in CHANNELS and not grey)
        last = pixels.shape[2] in CHANNELS
        if first and (channels_first or not last):
            return pixels.transpose(1, 2, 0)[None]
        return pixels[None] if last else pixels[..., None]
    if pixels.ndim == 4:
        first, last = pixels.shape[1] in CHANNELS, pixels.shape[3] in CHANNELS
        if first and (channels_first or not last):
            return pixels.transpose(0, 2, 3, 1)
        return pixels if last else None
    return None


def _pixels(values: np.ndarray, name: str) -> np.ndarray:
    """Pixels as bytes: from bytes, truth values, shares of 1, or numbers up to 255."""
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * LARGEST
    if not values.size or not np.issubdtype(values.dtype, np.number):
        raise DataError(f"an array of {values.dtype} holds no pixels", where=name, fix="Give numbers from 0 to 255")
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= LARGEST):
        raise DataError(
            f"its values go from {low:.3g} to {high:.3g}", where=name,
            fix="Give pixels from 0 to 255, or shares from 0 to 1, as they are before they are normalised",
        )  # fmt: skip
    shares = np.issubdtype(values.dtype, np.floating) and high <= 1
    return np.asarray(np.rint(values * LARGEST if shares else values), dtype=np.uint8)
