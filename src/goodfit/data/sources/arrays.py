"""Arrays: NumPy arrays or tensors in memory, or .npz and .npy files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.options import SourceOption
from goodfit.data.unreadable import Unreadable
from goodfit.errors import DataError

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

    ArrayLike = np.ndarray | Tensor | str | os.PathLike[str]

OPTIONS: tuple[SourceOption, ...] = ()


class Arrays:
    """A source of rows in memory; see `arrays`."""

    kind = "arrays"
    arch: str | None = None
    task: str | None = None
    repeats = False
    block: int | None = None
    times: np.ndarray | None = None

    def __init__(
        self,
        x: Tensor,
        y: np.ndarray | list[Any] | None,
        parts: list[str | None],
        groups: Sequence[str] | None,
        name: str,
    ) -> None:
        self.name = name
        self._x = x
        self.keys: Sequence[str] = [str(row) for row in range(len(x))]
        self.targets = y
        self.parts = parts
        self.groups = groups
        self.unreadable: list[Unreadable] = []
        self.notes: list[tuple[str, str, str]] = []
        self.decoded = 0

    def __len__(self) -> int:
        return len(self._x)

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
        if schema is not None and list(self.in_shape) != list(schema["in_shape"]):
            raise DataError(
                f"rows of shape {self.in_shape}; the run was fitted on rows of shape {tuple(schema['in_shape'])}",
                fix="Bring the rows to that shape",
            )

    def learn(self, rows: Tensor) -> None:
        """Nothing: the rows are as they are."""

    def net_options(self) -> dict[str, Any]:
        return {}

    def fixed(self) -> Mapping[str, Any]:
        return {}

    def read(self, rows: Tensor) -> Tensor:
        """(n, ...) of the rows' own type."""
        return self._x.index_select(0, rows)

    def whole(self) -> Tensor:
        """All rows, (N, ...)."""
        return self._x

    def schema(self) -> dict[str, Any]:
        return {"kind": self.kind, "in_shape": list(self.in_shape)}

    def remarks(self) -> dict[str, list[str | None]]:
        return {}

    def columns(self) -> Mapping[str, np.ndarray]:
        return {}

    def digests(self) -> Sequence[str] | None:
        """Content digest of every row: equal for equal rows."""
        import hashlib

        flat = self._x.contiguous().view(len(self), -1).numpy()
        return [hashlib.blake2b(row.tobytes(), digest_size=16).hexdigest() for row in flat]

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
            x_test, y_test). Images are (N, C, H, W), or (N, H, W) in grey. uint8 stays uint8 and is divided by 255
            for the net; other numbers become float32.
        y: (N,) labels (whole numbers or text: classification), (N,) or (N, K) floats (regression), or a list of lists
            of labels (multi-label). None for data to predict.
        valid, test: pairs (x, y) of rows that came as these parts.
        groups: (N,) rows of one group stay in one part.

    Raises:
        DataError: x and y differ in length, x is empty or has images with channels last.
    """
    import torch

    name = "arrays"
    if isinstance(x, (str, os.PathLike)):
        path = Path(x)
        name = path.stem
        held = _from_file(path)
        x = held["x"]
        y = held.get("y") if y is None else y
        for part in ("valid", "test"):
            if f"x_{part}" in held:
                if f"y_{part}" not in held:
                    raise DataError(f"x_{part} without y_{part}", where=path, fix=f"Save both, or take x_{part} away")
                pair = (held[f"x_{part}"], held[f"y_{part}"])
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
    shapes = {tuple(one.shape[1:]) for one in xs}
    if len(shapes) > 1:
        raise DataError(
            f"rows of different shapes: {', '.join(map(str, sorted(shapes)))}", fix="Bring all parts to one shape"
        )
    whole = torch.cat(xs) if len(xs) > 1 else xs[0]
    return Arrays(whole, _join(ys) if ys else None, parts, groups, name)


def accepts(path: Path, given: Mapping[str, Any]) -> bool:
    return path.suffix.lower() in (".npz", ".npy")


def open_path(path: Path, *, valid: Path | None = None, test: Path | None = None) -> Arrays:
    """The rows of a .npz or .npy, with further files for the valid and test parts."""

    def pair(place: Path | None) -> tuple[ArrayLike, ArrayLike] | None:
        if place is None:
            return None
        held = _from_file(place)
        if "y" not in held:
            raise DataError("there is no y in it", where=place, fix="Save it with numpy.savez(path, x=..., y=...)")
        return held["x"], held["y"]

    return arrays(path, valid=pair(valid), test=pair(test))


def _from_file(path: Path) -> dict[str, np.ndarray]:
    if not path.exists():
        raise DataError("no such file", where=path, fix="Check the path")
    try:
        loaded = np.load(path, allow_pickle=False)  # a pickled array could run code
        held = {"x": loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"not a NumPy file that can be read safely ({error})",
            where=path,
            fix="Save it with numpy.savez(path, x=..., y=...)",
        ) from error
    if "x" not in held:
        raise DataError(
            f"there is no x in it (found: {', '.join(held) or 'nothing'})",
            where=path,
            fix="Save it with numpy.savez(path, x=..., y=...)",
        )
    return held


def _rows(x: ArrayLike) -> Tensor:
    import torch

    if isinstance(x, (str, os.PathLike)):
        x = _from_file(Path(x))["x"]
    try:
        tensor = torch.as_tensor(x).detach().cpu()
    except TypeError as error:
        raise DataError(f"x is not numeric ({error})", fix="Give an array of numbers") from error
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


def _targets(y: ArrayLike | Sequence[Any]) -> np.ndarray | list[Any]:
    if isinstance(y, (str, os.PathLike)):
        held = _from_file(Path(y))
        y = held.get("y", held["x"])
    import torch

    if isinstance(y, torch.Tensor):
        y = y.detach().cpu().numpy()
    if isinstance(y, np.ndarray):
        return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    values: list[Any] = list(y)  # type: ignore[arg-type]  # paths were read above
    ragged = any(isinstance(value, (list, tuple, set, frozenset)) for value in values)
    return values if ragged else np.asarray(values)


def _join(ys: list[np.ndarray | list[Any]]) -> np.ndarray | list[Any]:
    if all(isinstance(y, np.ndarray) for y in ys):
        return np.concatenate([np.asarray(y) for y in ys])
    return [value for y in ys for value in y]


def _same_length(x: Tensor, y: np.ndarray | list[Any] | None) -> None:
    if y is not None and len(x) != len(y):
        raise DataError(f"x has {len(x)} rows and y has {len(y)}", fix="Give one target a row")


def _refuse_nonfinite(x: Tensor) -> None:
    """NaN and Inf would turn every parameter into NaN at the first step."""
    import torch

    if not x.is_floating_point() or bool(torch.isfinite(x.sum())):
        return
    bad = torch.nonzero(~torch.isfinite(x))
    if len(bad):
        place = ", ".join(map(str, bad[0].tolist()))
        raise DataError(
            f"x holds {len(bad)} values that are NaN or infinite, the first at [{place}]",
            where=f"row {int(bad[0, 0])}",
            fix="Fill or drop them",
        )
