"""The rows that a run was scored on, with outputs and targets: what its file of scores keeps of test and validation."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from goodfit.errors import RunError
from goodfit.store.run_folder import SCORES, SPLIT
from goodfit.store.tensors import load_state, unpack

VALID = "valid"  # before the names of tensors of the validation rows, where other rows are shown


@dataclass(frozen=True)
class ScoredRows:
    """Rows of one part that the net was not trained on.

    Attributes:
        part: test or valid.
        keys: the path or number of each row, as in predictions.csv.
        places: (N,) row numbers in the data.
        out, y: what the task keeps of outputs and targets, (N, ...) each.
        folds: (N,) the fold of cross-fitting that held each row out; None without.
        groups: (N,) which rows belong together; None: all stand alone.
    """

    part: str
    keys: list[str]
    places: np.ndarray
    out: Tensor
    y: Tensor
    folds: np.ndarray | None
    groups: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def title(self) -> str:
        """What these rows are, in a sentence."""
        if self.part == "test":
            return "test rows"
        return "validation rows" if self.folds is None else "rows held out in folds"


def scored_rows(folder: Path) -> dict[str, ScoredRows]:
    """Part -> its rows: test, and valid; runs of older versions have one of the two.

    Raises:
        RunError: the file of scores is missing or damaged.
    """
    tensors, values = load_state(folder / SCORES)
    if "rows" not in tensors:
        raise RunError("its scored rows are not recorded", where=folder, fix="Fit it again with this goodfit")
    valid, part = unpack(VALID, tensors), str(values.get("part", "test"))
    names = _keys(folder / SPLIT)

    def of(part: str, kept: Mapping[str, Tensor], folds: Tensor | None) -> ScoredRows:
        keys = [names.get(row, str(row)) for row in kept["rows"].tolist()]
        of_rows = (None if values is None else values.numpy() for values in (folds, kept.get("groups")))
        return ScoredRows(part, keys, kept["rows"].numpy(), kept["out"], kept["y"], *of_rows)

    shown = of(part, tensors, valid.get("folds") if part == "valid" else None)
    kept = {part: shown}
    if "out" in valid:
        kept["valid"] = of("valid", valid, valid.get("folds"))
    return kept


def _keys(path: Path) -> dict[int, str]:
    """Number of a row -> its key; empty where the file is not there."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return {int(line["row"]): line["key"] for line in csv.DictReader(file)}
