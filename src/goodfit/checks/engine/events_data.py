"""Events of data: loaders and their batches, and what scikit-learn does to rows and scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from goodfit.checks.engine.event import Event, event


@event
class Epoch(Event):
    """A data loader has been asked for its batches from the start."""

    loader: Any
    iterator: Any


@event
class Batch(Event):
    """A data loader gave a batch; `indices` are those of its sampler, None where there is none."""

    loader: Any
    number: int  # from 0 on in this epoch
    tensors: Sequence[Tensor]
    indices: Sequence[Any] | None


@event
class Fit(Event):
    """A transformer of scikit-learn, such as StandardScaler, has been fitted to rows x (N, ...)."""

    transformer: Any
    x: Any


@event
class Transform(Event):
    """A transformer of scikit-learn has made `result` (N, ...) of rows x (N, ...)."""

    transformer: Any
    x: Any
    result: Any


@event
class Inverse(Event):
    """A transformer of scikit-learn has made `result` (N, ...) of transformed rows, in their former scale."""

    transformer: Any
    result: Any


@event
class Split(Event):
    """scikit-learn has parted an array or frame, `whole`, in two; `stratify` as it was given.

    By train_test_split, or by a splitter's first fold: then these are numbers of rows.
    """

    first: Any
    second: Any
    stratify: Any
    whole: Any = None


@event
class Score(Event):
    """scikit-learn has scored predictions (N, ...) against labels (N, ...).

    Attributes:
        name: the function's, such as roc_auc_score.
    """

    name: str
    labels: Any
    predictions: Any


def batches_of(loader: Any) -> int:
    """How many batches a loader gives in an epoch; 0 where it does not know, as of a stream."""
    try:
        return len(loader)
    except TypeError:
        return 0
