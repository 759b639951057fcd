"""Scoring a fitted model on labelled data that it was not fitted on; each look is counted in the run folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from goodfit.checks.rules.test_set_reused import TestSetReused
from goodfit.data.fingerprint import fingerprint
from goodfit.data.source import Source
from goodfit.errors import DataError
from goodfit.predict.model import Model
from goodfit.record import Record
from goodfit.store.run_folder import LOOKS, SCORES
from goodfit.store.tensors import load_state
from goodfit.store.test_ledger import TestLedger
from goodfit.tasks.encode import encoded, with_targets
from goodfit.train.evaluate import scores


def score(model: Model, record: Record, folder: Path, source: Source) -> dict[str, Any]:
    """Metrics on a prepared, labelled source, beside the trivial predictor learnt from the training rows.

    Returns:
        The object that `goodfit evaluate --json` prints.

    Raises:
        DataError: not one row that can be read and has a target.
    """
    began = time.monotonic()
    labelled = with_targets(source)
    rows = np.flatnonzero(labelled)
    if not len(rows):
        raise DataError("not one row of it can be read", fix="Give other data")
    feed = model.feed(source, encoded(model.task, source, labelled))
    out, y = scores(model.net, feed, model.task, torch.from_numpy(rows), model.precision)
    y_train = load_state(folder / SCORES)[0]["y_train"]
    looks = TestLedger(folder / LOOKS).look(fingerprint(source, rows))
    return {
        "run": str(folder),
        "task": model.task.name,
        "verdict": record.verdict,
        "seconds": round(time.monotonic() - began, 2),
        "epochs": len(record.history),
        "rows": {"train": record.rows.train, "valid": 0, "test": len(rows), "unreadable": len(source.unreadable)},
        "metrics": {"test": {name: value.to_json() for name, value in model.task.metrics(out, y).items()}},
        "baseline": {"test": model.task.baseline(y_train, y, out)},
        "looks_at_test": looks,
        "findings": [finding.to_json() for finding in TestSetReused().seen(looks)],
    }
