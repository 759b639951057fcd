"""Embeddings: what the head of a fitted net is given, a vector for each row of new data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from goodfit.data.source import Source
from goodfit.errors import UsageError
from goodfit.nets import architecture
from goodfit.nets.blend import Blend
from goodfit.nets.with_spread import plain
from goodfit.predict.model import Model
from goodfit.record import NetRecord
from goodfit.store.files import replacing
from goodfit.store.outputs import is_embeddings, refuse_to_replace
from goodfit.train.features import features_of


@dataclass(frozen=True)
class Embeddings:
    """One vector a row of the input, in its order.

    Attributes:
        keys: the input's path or row number.
        vectors: (N, D) float32; NaN where a row could not be read.
        errors: one a row, None where it could be read.
        inputs: files that were read, which are never written over.
    """

    keys: Sequence[str]
    vectors: np.ndarray
    errors: Sequence[str | None]
    inputs: Sequence[Path] = ()

    def __len__(self) -> int:
        return len(self.keys)

    def write(self, path: str | Path) -> Path:
        """Write a Parquet file with the columns key, vector (a list of D numbers, null for none) and error.

        Raises:
            UsageError: another ending, or another file of this name, which goodfit did not make.
            DiskError: no room or no permission.
        """
        import polars

        path = Path(path)
        refuse_other_endings(path)
        refuse_to_replace(path, is_embeddings, self.inputs)
        readable = np.array([error is None for error in self.errors], dtype=bool)
        vectors = polars.Series("vector", self.vectors, dtype=polars.Array(polars.Float32, self.vectors.shape[1]))
        table = polars.DataFrame(
            {
                "key": polars.Series([_unicode(key) for key in self.keys], dtype=polars.String),
                "vector": polars.select(polars.when(polars.Series(readable)).then(vectors)).to_series(),
                "error": polars.Series(self.errors, dtype=polars.String),
            }
        )
        with replacing(path) as temporary:
            table.with_columns(polars.col("vector").arr.to_list()).write_parquet(temporary)
        return path


def refuse_other_endings(path: Path) -> None:
    """Raise a UsageError for a file that is to be no Parquet file."""
    if path.suffix.lower() != ".parquet":
        raise UsageError("embeddings are written as Parquet", where=path, fix=f"Name it {path.stem}.parquet")


def embed(
    model: Model,
    built: NetRecord,
    source: Source,
    progress: Callable[[int, int], None] | None,
    inputs: Sequence[Path],
) -> Embeddings:
    """The embeddings of a source that is prepared with the schema of the run.

    Args:
        built: what the net is built of.

    Raises:
        UsageError: a net whose head is not one linear layer.
    """
    net = plain(model.net)
    net = net.parts[0] if isinstance(net, Blend) else net  # features are those of the net alone
    if built.folds > 1:
        raise UsageError(
            f"this run is cross-fitted: its {built.folds} nets have no embeddings in common",
            fix="Fit it anew with --folds 1 (and of a table, --arch mlp)",
        )
    name = architecture(built.arch).head if built.arch is not None else ""
    head = net.get_submodule(name) if name else None
    if not isinstance(head, nn.Linear) or model.task.output != "row":
        raise UsageError(
            "this net has no embeddings: its head is not one linear layer",
            fix="Give a run of a residual net, a DenseNet, an EfficientNet-Lite or an mlp",
        )
    errors: list[str | None] = [None] * len(source)
    for row in source.unreadable:
        errors[row.row] = row.reason
    rows = torch.tensor([at for at, error in enumerate(errors) if error is None], dtype=torch.int64)
    vectors = np.full((len(source), head.in_features), np.nan, dtype=np.float32)
    if len(rows):
        features = features_of(net, name, model.feed(source), rows, model.precision, progress)
        vectors[rows.numpy()] = features.float().numpy()
    return Embeddings(source.names(), vectors, errors, inputs)


def _unicode(text: str) -> str:
    """A file's name as Parquet can hold it: what is not UTF-8 has the replacement sign."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode()
