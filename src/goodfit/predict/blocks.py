"""Predictions of many rows: a block after the other, written as they are made, so that memory has one block at most."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import torch
from torch import Tensor

from goodfit.data.source import Source
from goodfit.predict.model import Model
from goodfit.predict.predictions import Predictions, beside_keys
from goodfit.store.files import replacing, scratch_name, sweep
from goodfit.store.outputs import is_predictions, refuse_to_replace
from goodfit.train.evaluate import outputs_in_blocks

if TYPE_CHECKING:
    import polars as pl

ROWS_A_BLOCK = 50_000
BYTES_A_BLOCK = 64 * 2**20  # of what the net is given; large images are fewer in a block


class PredictionBlocks:
    """The rows of a prepared source in their order, as `Predictions` of some of them at a time.

    Args:
        keys: what the rows are called; the source's own names when None.
        inputs: files that are read, which are never written over.
        reading: while it is open, what does not fit a run's record is said as a fault of the run.

    Attributes:
        notes: what was seen while the rows were read: name, value, why.
        held: what has to live as long as this does.
    """

    def __init__(
        self,
        model: Model,
        source: Source,
        keys: Sequence[str] | None = None,
        inputs: Sequence[Path] = (),
        reading: Callable[[], AbstractContextManager[None]] = nullcontext,
        held: object = None,
    ) -> None:
        self._model, self._source, self._reading = model, source, reading
        self._keys = source.names() if keys is None else keys
        of_columns = () if model.task.note_on_columns is None else (model.task.note_on_columns,)
        self.inputs, self.notes, self.held = inputs, (*source.notes, *of_columns), held
        self._broken = {item.row: item.reason for item in source.unreadable}

    def __len__(self) -> int:
        """All rows of the input."""
        return len(self._source)

    @property
    def unreadable(self) -> int:
        """How many rows could not be read."""
        return len(self._broken)

    def __iter__(self) -> Iterator[Predictions]:
        lanes = 0 if self._source.terms is None else self._source.terms.lanes
        bytes_of_row = (prod(self._source.in_shape) + lanes) * (1 if self._source.images else 4)
        return self.of(max(1, min(ROWS_A_BLOCK, BYTES_A_BLOCK // max(1, bytes_of_row))))

    def of(self, rows: int) -> Iterator[Predictions]:
        """Blocks of so many rows at least; only the last has fewer."""
        model, source = self._model, self._source
        remarks, named, start = source.remarks(), source.key_columns(), 0
        todo = self._readable()
        blocks = outputs_in_blocks(model.net, model.feed(source), model.task, todo, model.precision, rows)
        if not todo.shape[0]:
            yield Predictions(self._keys, {"prediction": []}, list(self._broken.values()), self.inputs, self.notes)
            return
        while start < len(source):
            with self._reading():
                numbers, out = next(blocks)
                columns: dict[str, Any] = dict(model.task.decode(out))
            if remarks:
                rows_read = numbers.tolist()
                columns |= {name: [values[row] for row in rows_read] for name, values in remarks.items()}
            if named:
                columns = beside_keys(named, numbers.tolist(), columns)
            end = self._end_of_block(numbers, todo)
            errors = [self._broken.get(row) for row in range(start, end)]
            yield Predictions(self._keys[start:end], columns, errors, self.inputs, self.notes)
            source.let_go()
            start = end

    def _readable(self) -> Tensor:
        """The numbers of the rows that can be read."""
        if not self._broken:
            return torch.arange(len(self))
        readable = torch.ones(len(self), dtype=torch.bool)
        readable[list(self._broken)] = False
        return readable.nonzero()[:, 0]

    def _end_of_block(self, numbers: Tensor, readable: Tensor) -> int:
        """Behind the last row of a block; rows that cannot be read belong to the block before them."""
        count = numbers.shape[0]
        if count in (0, readable.shape[0]) or numbers[-1] == readable[-1]:
            return len(self)
        return int(readable[torch.searchsorted(readable, numbers[-1], right=True)])

    def whole(self) -> Predictions:
        """Predictions of all rows."""
        (predictions,) = self.of(max(1, len(self)))
        predictions.held = self.held
        return predictions

    def write(self, path: str | Path, *, raw: bool = False, progress: Callable[[int, int], None] | None = None) -> Path:
        """Write a CSV, or Parquet by the name's ending, as `Predictions.write` does: whole, or not at all.

        Args:
            progress: called with (rows done, rows).

        Raises:
            UsageError: there is another file of this name, which goodfit did not make.
            DiskError: no room or no permission.
        """
        path = Path(path)
        refuse_to_replace(path, is_predictions, self.inputs)
        sweep(path.parent)  # what a killed process left of its blocks
        with replacing(path) as temporary:
            if path.suffix.lower() == ".parquet":
                self._write_parquet(temporary, progress)
            else:
                with temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                    self.write_to(file, raw=raw, progress=progress)
        return path

    def write_to(self, file: TextIO, *, raw: bool = False, progress: Callable[[int, int], None] | None = None) -> None:
        """Write the CSV to an open file, as `Predictions.write_to` does."""
        for number, block in enumerate(self._counted(progress)):
            block.write_to(file, raw=raw, header=number == 0)

    def _counted(self, progress: Callable[[int, int], None] | None) -> Iterator[Predictions]:
        done = 0
        for block in self:
            yield block
            done += len(block)
            if progress is not None:
                progress(done, len(self))

    def _write_parquet(self, path: Path, progress: Callable[[int, int], None] | None) -> None:
        """A single block as it is; several by way of a file each, since the types of columns are those of all rows."""
        pieces: list[Path] = []
        try:
            blocks = self._counted(progress)
            first = next(blocks).frame()
            second = next(blocks, None)
            if second is None:
                first.write_parquet(path)
                return
            _keep(first, path, pieces)
            _keep(second.frame(), path, pieces)
            del first, second
            for block in blocks:
                _keep(block.frame(), path, pieces)
            _join(pieces, path)
        finally:
            for piece in pieces:
                piece.unlink(missing_ok=True)


def _keep(frame: pl.DataFrame, path: Path, pieces: list[Path]) -> None:
    piece = scratch_name(path)
    pieces.append(piece)
    frame.write_ipc(piece)


def _join(pieces: Sequence[Path], path: Path) -> None:
    """One Parquet file of these frames, in their order."""
    import polars as pl

    lazy = [pl.scan_ipc(piece) for piece in pieces]
    pl.concat(lazy, how="vertical_relaxed").sink_parquet(os.fspath(path))
