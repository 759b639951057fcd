"""Predictions that are images: masks and restored images, one at a time, each at its own size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from goodfit.data.images.decode import ImageSettings, UnreadableImage, decode_whole, without_pillows_warnings
from goodfit.data.images.mask_codes import Colour
from goodfit.data.images.opening import read_image_file
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted
from goodfit.predict.predictions import PredictedImage, Predictions
from goodfit.predict.tiling import over_tiles
from goodfit.store.files import ensure_folder, replacing
from goodfit.store.outputs import MAKER, is_png, is_predictions, refuse_foreign_folder, refuse_to_replace

if TYPE_CHECKING:
    from PIL import Image

    from goodfit.predict.model import Model

ENLARGED = 100_000_000  # numbers: beyond it a mask is enlarged, not the logits of all classes
SEEN_THROUGH = 0.5  # of an overlay is mask
TABLE_ENDINGS = (".csv", ".parquet")


class ImagePredictions(Predictions):
    """One predicted image a row of the input, in its order; computed while you go through them, or write them."""

    def __init__(
        self,
        model: Model,
        keys: Sequence[str],
        paths: Sequence[Path],
        progress: Callable[[int, int], None] | None = None,
        inputs: Sequence[Path] = (),
        notes: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        super().__init__(keys, {}, (), inputs, notes)
        self.model, self._paths, self._progress = model, paths, progress
        self._known = False  # columns and errors: from the first time that all images were gone through

    def __repr__(self) -> str:
        return f"ImagePredictions({counted(len(self), 'image')})"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>"

    @property
    def columns(self) -> Mapping[str, Sequence[Any] | np.ndarray]:
        self._go_through()
        return super().columns

    @property
    def errors(self) -> Sequence[str | None]:
        self._go_through()
        return super().errors

    def images(self) -> Iterator[PredictedImage]:
        return iter(self)

    def _go_through(self) -> None:
        """Predict every image for its columns, where that has not been done."""
        if not self._known:
            self._keep([(one, None) for one in self])

    def _keep(self, predicted: Iterable[tuple[PredictedImage, str | None]]) -> None:
        """Keep columns and errors of all images, each with the place where it was written."""
        columns: dict[str, list[Any]] = {}
        errors: list[str | None] = []
        for one, place in predicted:
            errors.append(one.error)
            if one.image is None:
                continue
            said = {**({} if place is None else {"prediction": place}), **one.said}
            for column, value in said.items():
                columns.setdefault(column, []).append(value)
        self._columns, self._errors, self._known = columns or {"prediction": []}, errors, True

    def __iter__(self) -> Iterator[PredictedImage]:
        settings = ImageSettings.from_json(self.model.schema["picture"])
        for number, (key, path) in enumerate(zip(self.row_keys, self._paths, strict=True)):
            if self._progress is not None:
                self._progress(number, len(self))
            try:
                with without_pillows_warnings():
                    given = decode_whole(read_image_file(path), settings.channels, settings.grey_range)
            except UnreadableImage as error:
                yield PredictedImage(key, None, None, error=str(error))
                continue
            except OSError as error:
                yield PredictedImage(key, None, None, error=(error.strerror or str(error)).lower())
                continue
            image, said = predict_one(self.model, given, settings)
            yield PredictedImage(key, image, given, said)

    def refuse_outputs(self, path: Path, *, overlay: bool = False) -> None:
        """Raise where `write` would write over, or into a folder of, files that goodfit did not make.

        Raises:
            UsageError: the file in question is named, and a free name suggested.
        """
        if path.suffix.lower() not in TABLE_ENDINGS:
            fix = f"Give a name that ends in .csv, such as {path}.csv: the images go into the folder {path.name}"
            raise UsageError("the table of predictions is a .csv or .parquet file", where=path, fix=fix)
        refuse_to_replace(path, is_predictions, self.inputs)
        for folder in _folders(path)[: 1 + overlay]:
            refuse_foreign_folder(folder, is_png, path)

    def write(self, path: str | Path, *, raw: bool = False, overlay: bool = False) -> Path:
        """Write a CSV (or Parquet), and beside it a folder of its name with a PNG for each image.

        Args:
            path: of the table; its column prediction says where each PNG is, seen from the table.
            raw: as of `Predictions.write`.
            overlay: masks laid over their images as well, in a second folder.

        Raises:
            UsageError: there are files under these names that goodfit did not make.
            DataError: two images of one name.
            DiskError: no room or no permission.
        """
        path = Path(path)
        self.refuse_outputs(path, overlay=overlay)
        self._keep(self._written(path, overlay=overlay))
        ensure_folder(path.parent)
        return self._write_table(path, raw=raw)

    def _written(self, path: Path, *, overlay: bool) -> Iterator[tuple[PredictedImage, str | None]]:
        """Write image by image; each with its place, seen from the table."""
        folder, overlays = _folders(path)
        for one, name in zip(self, _names(self.row_keys, self._paths), strict=True):
            if one.image is not None and one.given is not None:
                save_png(folder / name, self.coloured(one.image))
                if overlay and one.image.ndim == 2:
                    save_png(overlays / name, self.overlaid(one))
            yield one, f"{folder.name}/{name}"

    def coloured(self, pixels: np.ndarray) -> Image.Image:
        """A mask with its palette, or the image itself."""
        from PIL import Image

        if pixels.ndim == 2:
            image = Image.fromarray(pixels, mode="P")
            image.putpalette([value for colour in palette(self.model.schema) for value in colour])
            return image
        return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)

    def overlaid(self, one: PredictedImage) -> Image.Image:
        """The mask's colours over the image."""
        from PIL import Image

        assert one.image is not None
        assert one.given is not None
        return Image.fromarray(overlay(one.given, one.image, palette(self.model.schema)))


def _folders(table: Path) -> tuple[Path, Path]:
    """Beside a table of predictions: of the images, and of the overlays."""
    folder = table.with_suffix("")
    return folder, folder.with_name(f"{folder.name}-overlay")


def palette(schema: Mapping[str, Any]) -> list[Colour]:
    return [(red, green, blue) for red, green, blue in schema["codes"]["colours"]]


def overlay(given: np.ndarray, mask: np.ndarray, colours: Sequence[Colour]) -> np.ndarray:
    """(H, W, 3) uint8: half the image (H, W, C), half the colour of its class."""
    tints = np.zeros((256, 3), dtype=np.float32)
    tints[: len(colours)] = np.array(colours, dtype=np.float32)
    base = np.broadcast_to(given, (*given.shape[:2], 3)).astype(np.float32)
    return np.asarray((1 - SEEN_THROUGH) * base + SEEN_THROUGH * tints[mask], dtype=np.uint8)


def predict_one(model: Model, given: np.ndarray, settings: ImageSettings) -> tuple[np.ndarray, dict[str, Any]]:
    """The mask or the restored image, at the size of `given` (H, W, C) uint8, and what is said of it."""
    high, wide = given.shape[:2]
    task: Any = model.task
    x = torch.from_numpy(given).permute(2, 0, 1)[None].to(model.device)
    if not task.input_at_own_size:
        size = _scaled(high, wide, settings)
        if size != (high, wide):
            # in bytes where it is large: as floats, 176 megapixels took 2.1 GB more
            exact = x if x.numel() > ENLARGED and x.device.type == "cpu" else x.float()
            x = functional.interpolate(exact, size, mode="bilinear", antialias=True)
    assert model.normalise is not None
    layout = torch.channels_last if model.precision.channels_last else torch.contiguous_format
    x = model.normalise.to(model.device)(x).contiguous(memory_format=layout)
    with torch.inference_mode(), model.precision.autocast(model.device):
        out = over_tiles(partial(task.predict, model.net), x).float()
        if out.shape[-2:] != (high, wide) and out.shape[1] * high * wide <= ENLARGED:
            out = functional.interpolate(out, (high, wide), mode="bilinear")
    image, said = task.image(out[0].cpu())
    if image.shape[:2] != (high, wide):
        image = functional.interpolate(torch.from_numpy(image)[None, None], (high, wide), mode="nearest")[0, 0].numpy()
    return image, said


def _scaled(high: int, wide: int, settings: ImageSettings) -> tuple[int, int]:
    """The size at which a whole image shows things as large as in training."""
    if settings.resize == "squash":
        return settings.height, settings.width
    ratios = (wide / settings.width, high / settings.height)
    scale = max(ratios) if settings.resize == "pad" else min(ratios)
    return max(1, round(high / scale)), max(1, round(wide / scale))


def _names(keys: Sequence[str], paths: Sequence[Path]) -> list[str]:
    """The PNG of each image: its place below what all have in common.

    Raises:
        DataError: two would have one name.
    """
    folders = [os.path.dirname(os.path.abspath(path)) for path in paths]  # noqa: PTH100, PTH120  # text, for commonpath
    common = os.path.commonpath(folders) if folders else ""
    names = [
        Path(os.path.relpath(folder, common), path.stem + ".png").as_posix()
        for folder, path in zip(folders, paths, strict=True)
    ]
    seen: dict[str, str] = {}
    for name, key in zip(names, keys, strict=True):
        if name in seen:
            raise DataError(f"it and {seen[name]} would both be written as {name}", where=key, fix="Rename one")
        seen[name] = key
    return names


def save_png(path: Path, image: Image.Image) -> None:
    """Write a PNG, whole or not at all, with the mark by which it is known to be ours."""
    from PIL.PngImagePlugin import PngInfo

    ensure_folder(path.parent)
    mark = PngInfo()
    mark.add_text("Software", MAKER)
    with replacing(path) as temporary:
        image.save(temporary, format="PNG", pnginfo=mark)
