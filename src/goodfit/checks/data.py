"""The data rules alone: `goodfit check photos/` or a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, check_data
from goodfit.data import open_path
from goodfit.data.split import make_split
from goodfit.errors import DataError
from goodfit.tasks import task_for

SHOWN = 3


def check_path(path: Path, *, cache: Path | None = None, **options: Any) -> tuple[list[Finding], int]:
    """Findings about data that `goodfit fit` could read, and how many rows there are.

    Parts that the data came in are kept; else they are made as `fit` would make them from seed 0.

    Raises:
        GoodfitError: nothing that can be read there.
    """
    source = open_path(path, **options)
    source.prepare(cache=cache)
    images = source.kind == "images"
    readable = np.ones(len(source), dtype=bool)
    readable[[item.row for item in source.unreadable]] = False
    targets = source.targets
    if targets is None:
        raise DataError("these rows have no labels", where=path, fix="Give class folders, or --target for a table")
    readable[[row for row, target in enumerate(targets) if target is None]] = False
    rows = np.flatnonzero(readable).tolist()
    task = task_for([targets[row] for row in rows], source.task)
    labels = task.class_labels(targets)
    encoded = task.encode([targets[row] for row in rows], [source.keys[row] for row in rows]).numpy()
    y = np.zeros((len(source), *encoded.shape[1:]), dtype=encoded.dtype)
    y[rows] = encoded
    split = make_split(
        readable=readable,
        labels=task.strata(targets),
        groups=source.groups,
        times=source.times,
        given=source.parts,
        keys=source.keys,
        noun="image" if images else "row",
        seed=0,
    )
    source.learn(split.rows("train"))
    facts = DataFacts(
        source.keys,
        labels,
        split.parts,
        None if source.repeats else source.digests(),
        y,
        source.columns(),
        source.read if images else None,
    )
    findings = check_data(facts)
    if source.unreadable:
        some = "; ".join(f"{item.key}: {item.reason}" for item in source.unreadable[:SHOWN])
        findings.append(
            Finding(
                "unreadable-file",
                "GF002",
                Level.WARNING,
                f"{len(source.unreadable)} of {len(source)} rows cannot be read: {some}",
                "Fix or remove them",
                file=str(source.unreadable[0].key),
                count=len(source.unreadable),
            )
        )
    return findings, len(source)
