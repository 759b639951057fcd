"""Scoring a fitted model on labelled data that it was not fitted on; each look is counted in the run folder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.rules.test_set_reused import TestSetReused
from goodfit.data.feed import Feed
from goodfit.data.fingerprint import fingerprint, row_marks
from goodfit.data.groups import groups_of
from goodfit.data.source import Source
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.predict.blocks import ROWS_A_BLOCK
from goodfit.predict.model import Model
from goodfit.predict.seen_rows import MARKS, PARTS, findings, parts_of, repeated
from goodfit.record import Record
from goodfit.store.run_folder import LOOKS, SCORES
from goodfit.store.tensors import load_state
from goodfit.store.test_ledger import TestLedger
from goodfit.tasks.encode import encoded, with_targets
from goodfit.train.evaluate import scores

REASON_SHOWN = 120  # characters of why the first of what cannot be read cannot


def score(model: Model, record: Record, folder: Path, source: Source) -> dict[str, Any]:
    """Metrics on a prepared, labelled source, beside the trivial predictor learnt from the training rows.

    Rows that the run has seen are scored apart: "train" are those it was trained on, "valid" its validation rows,
    which chose its epoch, and "test" all others. A part without rows is missing from metrics and baseline.

    Returns:
        The object that `goodfit evaluate --json` prints: run, task, verdict, seconds, epochs; rows (of this data, by
        part, and unreadable); metrics and baseline (part -> metric); looks_at_test; findings; notes (name, value, why)
        on what was seen while the rows were read.

    Raises:
        DataError: not one row that can be read and has a target.
    """
    began = time.monotonic()
    labelled = with_targets(source)
    rows = np.flatnonzero(labelled)
    if not len(rows):
        raise DataError("not one row of it has a label and can be read", fix="Give other data")
    assert source.targets is not None
    targets, respelt = model.task.known_labels(source.targets)
    feed = model.feed(source, encoded(model.task, source, labelled, targets))
    stored = load_state(folder / SCORES)[0]
    marks = row_marks(source) if MARKS in stored else None
    parts = parts_of(source, marks, stored)
    of_row = parts[rows] if parts is not None else np.full(len(rows), "test")
    metrics, baseline, counts, kept = {}, {}, {}, list[Tensor]()
    for part in PARTS:
        of_part = rows[of_row == part]
        counts[part] = len(of_part)
        if not len(of_part):
            continue
        out, y = _in_blocks(model, source, feed, torch.from_numpy(of_part))
        groups = groups_of(source, of_part)
        metrics[part] = {name: value.to_json() for name, value in model.task.metrics_of_groups(out, y, groups).items()}
        baseline[part] = model.task.baseline(stored["y_train"], y, out)
        kept.append(y)
    looks = 0
    if counts["test"]:
        looks = TestLedger(folder / LOOKS).look(fingerprint(source, rows[of_row == "test"]))
    remarks = [*findings(None if parts is None else of_row), *TestSetReused().seen(looks)]
    return {
        "run": str(folder),
        "task": model.task.name,
        "verdict": record.verdict,
        "seconds": round(time.monotonic() - began, 2),
        "epochs": len(record.history),
        "rows": {**counts, "unreadable": len(source.unreadable)},
        "metrics": metrics,
        "baseline": baseline,
        "looks_at_test": looks,
        "findings": [finding.to_json() for finding in remarks],
        "notes": [
            list(note)
            for note in (
                *source.notes,
                *respelt,
                *_unreadable(source),
                *_not_scored(source, labelled),
                *_repeated(source, repeated(None if marks is None else marks[rows], stored)),
                *model.task.unlike_training(torch.cat(kept), stored["y_train"]),
            )
        ],
    }


def _not_scored(source: Source, labelled: np.ndarray) -> list[tuple[str, str, str]]:
    """Rows that can be read and have no label."""
    left = len(source) - int(labelled.sum()) - len(source.unreadable)
    return [("not scored", counted(left, source.noun), "without a label")] if left > 0 else []


def _repeated(source: Source, count: int) -> list[tuple[str, str, str]]:
    """Rows with the content of others of this data: each counts."""
    if not count:
        return []
    have, counts = ("has", "counts") if count == 1 else ("have", "count")
    why = f"{have} the content of an earlier one, and {counts} again"
    return [("repeated", counted(count, source.noun), why)]


def _unreadable(source: Source) -> list[tuple[str, str, str]]:
    """Rows that cannot be read, of which none is scored."""
    if not source.unreadable:
        return []
    first = source.unreadable[0]
    what = f"not scored: {first.key}: {first.reason[:REASON_SHOWN]}"
    return [("unreadable", counted(len(source.unreadable), source.noun), what)]


def _in_blocks(model: Model, source: Source, feed: Feed, rows: Tensor) -> tuple[Tensor, Tensor]:
    """What the task keeps of outputs and targets of these rows; what was read for them is given back block by block.

    Blocks hold whole batches, so that outputs are those of one block with all rows.
    """
    batch = 2 * feed.batch_size
    kept = []
    for block in torch.split(rows, max(1, ROWS_A_BLOCK // batch) * batch):
        kept.append(scores(model.net, feed, model.task, block, model.precision))
        source.let_go()
    return torch.cat([out for out, _ in kept]), torch.cat([y for _, y in kept])
