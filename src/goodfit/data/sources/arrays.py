"""Arrays: NumPy arrays or tensors in memory, or .npz and .npy files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.array_files import ENDINGS, read_arrays
from goodfit.data.array_ranges import ArrayRanges
from goodfit.data.idx_files import is_idx
from goodfit.data.one_hot import labels_of_whole, one_hot
from goodfit.data.packed import RowNumbers
from goodfit.data.source import Claim, Source, Strength
from goodfit.errors import DataError
from goodfit.formatting import counted

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

    ArrayLike = np.ndarray | Tensor | str | os.PathLike[str]


class Arrays(Source):
    """A source of rows in memory; see `arrays`."""

    kind = "arrays"

    def __init__(
        self,
        x: Tensor,
        y: np.ndarray | list[Any] | None,
        parts: list[str | None],
        groups: Sequence[str] | None,
        name: str,
    ) -> None:
        super().__init__(name, RowNumbers(len(x)), targets=y, parts=parts, groups=groups)
        self._x = x
        self._ranges: ArrayRanges | None = None

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """NumPy's files, and those of MNIST, also a folder of them."""
        if is_idx(path):
            return Claim(Strength.CONTENT if path.is_dir() else Strength.ENDING, "it holds images of MNIST (idx)")
        ending = path.suffix.lower()
        return Claim(Strength.ENDING, f"its name ends in {ending}") if ending in ENDINGS else None

    @classmethod
    def claims_object(cls, data: Any, given: Mapping[str, Any]) -> Claim | None:
        """An array or tensor, or a pair (x, y) of which x is one."""
        pair = isinstance(data, tuple) and len(data) == 2
        x = data[0] if pair else data
        return Claim(Strength.ENDING, "it is an array") if _is_array(x) or (pair and _holds_rows(x)) else None

    @classmethod
    def open(cls, data: Any, *, valid: Any = None, test: Any = None, **options: Any) -> Arrays:
        """A file, an array or a pair (x, y), with further ones for the valid and test parts."""
        valid, test = (_pair(place) if isinstance(place, (str, os.PathLike)) else place for place in (valid, test))
        x, y = data if isinstance(data, tuple) else (data, None)
        return arrays(x, y, valid=valid, test=test, **options)

    @property
    def in_shape(self) -> tuple[int, ...]:
        return tuple(self._x.shape[1:])

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Check the rows, and against a run's schema that they have the shape the net was fitted on."""
        _refuse_nonfinite(self._x)
        if schema is None and isinstance(self.targets, np.ndarray) and (what := one_hot(self.targets)) is not None:
            self.doubts.append((what, "Give the classes: y.argmax(axis=1)"))
        if schema is not None and list(self.in_shape) != list(schema["in_shape"]):
            raise DataError(
                f"rows of shape {self.in_shape}; the run was fitted on rows of shape {tuple(schema['in_shape'])}",
                fix="Bring the rows to that shape",
            )
        if schema is not None and (known := schema.get("ranges")) is not None:  # runs of before have none
            self._ranges = ArrayRanges.from_json(known)
            self.notes += self._ranges.notes(self._x)

    def learn(self, rows: Tensor) -> None:
        """The ranges of the values of these training rows."""
        self._ranges = ArrayRanges.measure(self._x.index_select(0, rows))

    def read(self, rows: Tensor) -> Tensor:
        """(n, ...) of the rows' own type."""
        return self._x.index_select(0, rows)

    def whole(self) -> Tensor:
        """All rows, (N, ...)."""
        return self._x

    def schema(self) -> dict[str, Any]:
        ranges = {} if self._ranges is None else {"ranges": self._ranges.to_json()}
        return {"kind": self.kind, "in_shape": list(self.in_shape), **ranges}

    def thumbnail(self, row: int) -> np.ndarray | None:
        """(H, W, C) uint8 of a row that is a uint8 image, else None."""
        import torch

        if self._x.dim() != 4 or self._x.dtype != torch.uint8 or self._x.shape[1] not in (1, 3):
            return None
        return self._x[row].permute(1, 2, 0).numpy()

    def release(self) -> None:
        """Let go of the rows."""
        self._x = self._x[:0]


def arrays(
    x: ArrayLike,
    y: ArrayLike | Sequence[Any] | None = None,
    *,
    valid: tuple[ArrayLike, ArrayLike] | None = None,
    test: tuple[ArrayLike, ArrayLike] | None = None,
    groups: Sequence[str] | None = None,
) -> Arrays:
    """Rows in memory.

    Args:
        x: (N, ...) array or tensor, or the path of a .npy, or of a .npz that holds x and y (and x_valid, y_valid,
            x_test, y_test), or of the idx files of MNIST. Images are (N, C, H, W), or (N, H, W) in grey. uint8 stays
            uint8 and is divided by 255 for the net; other numbers become float32.
        y: (N,) labels (whole numbers or text: classification), (N,) or (N, K) floats (regression), a list of lists
            of labels (multi-label), or (N, K) whole numbers 0 and 1 (one column a class, or a label). None for data to
            predict.
        valid, test: pairs (x, y) of rows that came as these parts.
        groups: (N,) rows of one group stay in one part.

    Raises:
        DataError: x and y differ in length, x is empty or has images with channels last.
    """
    import torch

    name, notes = "arrays", list[tuple[str, str, str]]()
    if isinstance(x, (str, os.PathLike)):
        path = Path(x)
        name = path.stem
        saved, notes = read_arrays(path)
        x = saved["x"]
        y = saved.get("y") if y is None else y
        for part in ("valid", "test"):
            if f"x_{part}" in saved:
                if f"y_{part}" not in saved:
                    raise DataError(f"x_{part} without y_{part}", where=path, fix=f"Save both, or remove x_{part}")
                pair = (saved[f"x_{part}"], saved[f"y_{part}"])
                valid, test = (pair, test) if part == "valid" else (valid, pair)
    xs = [_rows(x)]
    ys = [_targets(y)] if y is not None else []
    _same_length(xs[0], ys[0] if ys else None)
    parts: list[str | None] = [None] * len(xs[0])
    for part, given in (("valid", valid), ("test", test)):
        if given is not None:
            more, targets = _rows(given[0]), _targets(given[1])
            _same_length(more, targets)
            xs.append(more)
            ys.append(targets)
            parts += [part] * len(more)
    shapes = {tuple(rows.shape[1:]) for rows in xs}
    if len(shapes) > 1:
        raise DataError(
            f"rows of different shapes: {', '.join(map(str, sorted(shapes)))}", fix="Bring all parts to one shape"
        )
    whole = torch.cat(xs) if len(xs) > 1 else xs[0]
    joined = _join(ys) if ys else None
    labels = labels_of_whole(joined) if isinstance(joined, np.ndarray) else None
    source = Arrays(whole, joined if labels is None else labels[0], parts, groups, name)
    source.notes += notes
    if labels is not None:
        source.notes.append(("targets", "columns of 0 and 1", f"{labels[1]}; give floats for numbers"))
    return source


def _is_array(x: Any) -> bool:
    if isinstance(x, np.ndarray):
        return x.dtype.names is None  # a structured array is a table
    import torch

    return isinstance(x, torch.Tensor)


def _holds_rows(x: Any) -> bool:
    """Whether this is a list of arrays, images or lists of numbers, one a row."""
    if not isinstance(x, list | tuple) or not len(x):
        return False
    return _is_array(x[0]) or isinstance(x[0], list | tuple) or hasattr(x[0], "getbands")


def _pair(path: str | os.PathLike[str]) -> tuple[ArrayLike, ArrayLike]:
    """x and y of a .npz."""
    arrays, _ = read_arrays(Path(path))
    if "y" not in arrays:
        raise DataError("there is no y in it", where=path, fix="Save it with numpy.savez(path, x=..., y=...)")
    return arrays["x"], arrays["y"]


def _rows(x: ArrayLike) -> Tensor:
    import torch

    if isinstance(x, (str, os.PathLike)):
        x = read_arrays(Path(x))[0]["x"]
    if isinstance(x, np.ma.MaskedArray) and np.ma.getmaskarray(x).any():
        raise DataError("x is masked in some places", fix="Fill them by x.filled(...), or leave those rows out")
    x = _native(_stacked(x))
    try:
        tensor = torch.as_tensor(x).detach().cpu()
    except (TypeError, ValueError, RuntimeError, KeyError) as error:
        kind = getattr(x, "dtype", None)
        if kind is None and hasattr(x, "columns"):
            fix = "Give goodfit.table(frame, target=...), or frame.to_numpy()"
            raise DataError(f"x is a frame ({type(x).__name__}), not an array", fix=fix) from error
        if hasattr(x, "toarray"):  # of SciPy
            raise DataError(f"x is a sparse matrix ({type(x).__name__})", fix="Give x.toarray()") from error
        what = f"it holds {kind or type(x).__name__}"
        raise DataError(f"x is not numeric: {what}", fix="Give an array of numbers, or a frame") from error
    if tensor.layout != torch.strided or tensor.is_nested:
        raise DataError("x is a sparse or nested tensor", fix="Give x.to_dense(), or rows of one shape")
    if tensor.is_complex():
        raise DataError("x holds complex numbers", fix="Give their real and imaginary parts, or magnitudes")
    if tensor.dim() < 2 or len(tensor) == 0:
        raise DataError(
            f"x has shape {tuple(tensor.shape)}", fix="Give one row an example: shape (N, ...), N at least 1"
        )
    if tensor.dtype != torch.uint8:
        tensor = tensor.float()
    if tensor.dim() == 3 and tensor.dtype == torch.uint8:
        tensor = tensor.unsqueeze(1)  # grey images (N, H, W)
    if tensor.dim() == 4 and tensor.shape[-1] in (1, 3) and tensor.shape[1] not in (1, 2, 3, 4):
        raise DataError(
            f"x has shape {tuple(tensor.shape)}: images with their channels last",
            fix="Give (N, C, H, W), by x.transpose(0, 3, 1, 2)",
        )
    return tensor.contiguous()


def _native(x: ArrayLike) -> ArrayLike:
    """An array in this machine's order of bytes and of rows; Python's numbers as floats, where all cells are some."""
    if not isinstance(x, np.ndarray) or x.dtype.names is not None:
        return x
    if x.dtype.kind == "O":
        try:
            return x.astype(np.float64)
        except (TypeError, ValueError):
            return x
    native = x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))
    if any(step < 0 for step in native.strides) or not native.flags.writeable:  # torch warns of what pandas gives
        return native.copy()
    return native


def _stacked(x: ArrayLike) -> ArrayLike:
    """A list of arrays as one array.

    Raises:
        DataError: they have several shapes, or are images of Pillow.
    """
    if not isinstance(x, (list, tuple)) or not len(x):
        return x
    if all(hasattr(each, "getbands") for each in x):
        fix = "Give one array, np.stack([np.asarray(image) for image in x]).transpose(0, 3, 1, 2) of images in colour"
        raise DataError("x holds images of Pillow, not numbers", fix=fix)
    if not all(isinstance(each, np.ndarray) for each in x):
        return x
    shapes = list(dict.fromkeys(each.shape for each in x))
    if len(shapes) > 1:
        raise DataError(
            f"the rows of x have several shapes, such as {shapes[0]} and {shapes[1]}", fix="Bring them to one shape"
        )
    return np.stack(x)


def _targets(y: ArrayLike | Sequence[Any]) -> np.ndarray | list[Any]:
    if isinstance(y, (str, os.PathLike)):
        saved, _ = read_arrays(Path(y))
        y = saved.get("y", saved["x"])
    import torch

    if isinstance(y, torch.Tensor):
        y = y.detach().cpu()
        y = (y.float() if y.dtype == torch.bfloat16 else y).numpy()  # NumPy has no bfloat16
    if isinstance(y, np.ma.MaskedArray) and np.ma.getmaskarray(y).any():
        raise DataError("y is masked in some places", fix="Leave those rows out of x and y")
    if isinstance(y, np.ndarray):
        y = np.char.decode(y, "utf-8", "replace") if y.dtype.kind == "S" else y
        if y.dtype.kind == "O" and all(isinstance(value, bytes) for value in y.flat):
            y = np.char.decode(y.astype("S"), "utf-8", "replace")
        return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    values: list[Any] = list(y)  # type: ignore[arg-type]  # no path any more: those were read above
    ragged = any(isinstance(value, (list, tuple, set, frozenset)) for value in values)
    return values if ragged else np.asarray(values)


def _join(ys: list[np.ndarray | list[Any]]) -> np.ndarray | list[Any]:
    if all(isinstance(y, np.ndarray) for y in ys):
        return np.concatenate([np.asarray(y) for y in ys])
    return [value for y in ys for value in y]


def _same_length(x: Tensor, y: np.ndarray | list[Any] | None) -> None:
    if y is not None and len(x) != len(y):
        raise DataError(f"x has {counted(len(x), 'row')} and y has {len(y)}", fix="Give one target a row")


def _refuse_nonfinite(x: Tensor) -> None:
    """NaN and Inf would turn every parameter into NaN at the first step."""
    import torch

    if not x.is_floating_point() or bool(torch.isfinite(x.sum())):
        return
    bad = torch.nonzero(~torch.isfinite(x))
    if len(bad):
        place = ", ".join(map(str, bad[0].tolist()))
        raise DataError(
            f"x holds {counted(len(bad), 'value')} NaN or infinite, the first at [{place}]",
            where=f"row {int(bad[0, 0])}",
            fix="Fill or drop them",
        )
