"""The classes of a mini-batch's rows: of its loader, or where the program keeps them."""

from __future__ import annotations

import torch
from torch import Tensor

from goodfit.checks.engine.events import Batch
from goodfit.checks.engine.pairs import Measure, rows_compared
from goodfit.checks.engine.variables import tensors_by_name
from goodfit.lazy_pattern import lazy_pattern

NAMES = lazy_pattern(r"^(y|ys|yb|lab|labs|labels?|targets?|lbl|classes|ids|pids|y_?batch|batch_?y|batch_?labels?)$")
CLASSES_AT_LEAST = 2


class BatchLabels:
    """Remembers the classes in the last batch of a loader."""

    def __init__(self) -> None:
        self._last: Tensor | None = None

    def keep(self, event: Batch) -> None:
        classes = [tensor for tensor in event.tensors if _are_classes(tensor)]
        self._last = classes[0] if len(classes) == 1 else None

    def same_class(self, measure: Measure) -> Tensor | None:
        """(n,) whether the two rows of each pair that a measure compares are of one class, without a row and itself.

        None where the pairs, or the classes, are not known.
        """
        named = (tensor for name, tensor in tensors_by_name() if NAMES.match(name) and _are_classes(tensor))
        candidates = [tensor for tensor in (*named, self._last) if tensor is not None]
        for classes in candidates:
            for times in (1, 2):  # of two views of each row, one after the other
                rows = len(classes) * times
                pairs = rows_compared(measure, rows)
                if pairs is None or not len(pairs) or int(pairs.max()) >= rows:
                    continue
                pairs = pairs[pairs[:, 0] != pairs[:, 1]]
                of_rows = classes.cpu().repeat(times)
                return of_rows[pairs[:, 0].cpu()] == of_rows[pairs[:, 1].cpu()]
        return None


def _are_classes(tensor: Tensor) -> bool:
    if tensor.dim() != 1 or tensor.is_floating_point() or tensor.dtype == torch.bool or len(tensor) < 4:
        return False
    count = len(tensor.unique())
    return CLASSES_AT_LEAST <= count < len(tensor)
