"""Run folders of any size without a fit: a recorded run whose task, outputs and targets are put in its place.

What a page shows of scores is computed by the task from the outputs, as in a real run; only the net is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from goodfit.checks.finding import Finding, Level
from goodfit.record import Record, RivalScore, Rows, read_record
from goodfit.stats.estimates import Estimate
from goodfit.store.run_folder import SCORES
from goodfit.store.tensors import save_state
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.ranking import Ranking
from goodfit.tasks.rating import Rating
from goodfit.tasks.rating_activity import by_activity
from goodfit.tasks.regression import Regression
from goodfit.tasks.restoration import Restoration
from goodfit.tasks.segmentation import Segmentation
from goodfit.tasks.task import Task

FIXTURE = Path(__file__).parents[1] / "run" / "fixtures" / "run-format-2"
LONG = "a-name-without-any-place-to-break-it-" * 6
EXAMPLES = 12


def synthetic_run(
    folder: Path,
    task: Task,
    out: Tensor,
    y: Tensor,
    y_train: Tensor,
    *,
    kind: str = "table",
    tensors: Mapping[str, Tensor] | None = None,
    keys: Sequence[str] | None = None,
    source: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Record:
    """Write a run folder with the scores of these outputs, and give its record."""
    folder.mkdir()
    shutil.copy(FIXTURE / "run.json", folder / "run.json")
    metrics = task.metrics(out, y)
    at = task.example_rows(out, y)
    history = [
        {"epoch": epoch, "train_loss": 1 / epoch, "valid_loss": 1.2 / epoch, task.main_metric: 0.5,
         "learning_rate": 0.01 / epoch, "seconds": 1.0, "rows": 100}
        for epoch in range(1, 301)
    ]  # fmt: skip
    record = msgspec.structs.replace(
        read_record(FIXTURE),
        task={"name": task.name, **task.to_json()},
        source={"kind": kind, **(source or {})},
        metrics={"valid": metrics, "test": metrics},
        training_metrics=metrics,
        baseline={part: task.baseline(y_train, y, out) for part in ("valid", "test")},
        rows=Rows(train=len(y_train), valid=len(y), test=len(y), unreadable=3),
        rivals=[RivalScore("a linear model", 0.5, None, {"test": metrics}, Estimate(0.01, -0.02, 0.04))],
        history=history,
        findings=[
            Finding("memorisation", "GF411", Level.NOTICE, f"it knows {LONG}", "More rows would help most"),
            Finding("near-duplicates", "GF122", Level.WARNING, "two rows are alike", f"Remove {LONG}"),
        ],
        **changes,
    )
    held = {"rows": torch.arange(len(y)), "out": out, "y": y, "y_train": y_train, "worst": torch.tensor(at)}
    names = list(keys) if keys is not None else [f"row {row} {LONG}" for row in at]
    save_state(folder / SCORES, {**held, **(tensors or {})}, {"keys": names[: len(at)], "part": "test"})
    return record


def two_classes(folder: Path) -> Record:
    """A table with two classes, one of an endless name."""
    task = Classification(("no", LONG))
    y = torch.arange(60) % 2
    return synthetic_run(folder, task, _logits(y, 2), y, y)


def many_classes(folder: Path) -> Record:
    """100,000 test rows of 200 classes, with thumbnails of noise."""
    task = Classification(tuple(f"class {number} {LONG[:60]}" for number in range(200)))
    y = torch.arange(100_000) % 200
    noise = np.random.default_rng(0).integers(0, 256, (24, 128, 128, 3), dtype=np.uint8)
    return synthetic_run(folder, task, _logits(y, 200), y, y, kind="images", tensors={"pictures": _tensor(noise)})


def labels(folder: Path) -> Record:
    """Several labels a row."""
    task = MultiLabel(tuple(f"label {number}" for number in range(30)))
    y = (torch.rand(400, 30, generator=_seed()) < 0.2).float()
    return synthetic_run(folder, task, (y - 0.4) * 3 + torch.randn(400, 30, generator=_seed()), y, y)


def numbers(folder: Path) -> Record:
    """100,000 prices, and columns that are important."""
    task = Regression((250_000.0,), (80_000.0,))
    y = 250_000 + 80_000 * torch.randn(100_000, generator=_seed())
    out = ((y - 250_000) / 80_000 + 0.5 * torch.randn(100_000, generator=_seed())).unsqueeze(1)
    spread = {"value": 0.3, "low": 0.2, "high": 0.4}
    explanation = {
        "rows": 2_000,
        "importance": [{"column": f"{number} {LONG}", **spread} for number in range(40)],
        "dependence": [
            {"column": "size", "number": True, "at": [1.0, 1e6], "prediction": [1e5, 3e5], "what": LONG},
            {"column": LONG, "number": False, "at": [LONG, "b"], "prediction": [1e5, 3e5], "what": LONG},
        ],
    }
    return synthetic_run(folder, task, out, y, y, explanation=explanation)


def ratings(folder: Path) -> Record:
    """Ratings of users and items."""
    task = Rating((3.0,), (1.0,), low=1.0, high=5.0)
    random = np.random.default_rng(0)
    pairs = np.stack([random.integers(1, 60, 3_000), (random.pareto(1.0, 3_000) * 20).astype(int) % 400 + 1], axis=1)
    y = torch.from_numpy(random.integers(1, 6, 3_000)).float()
    out = (y.unsqueeze(1) - 3) * 0.6
    analyses = {"activity": by_activity(pairs, pairs, (out[:, 0] * 0.1).numpy())}
    return synthetic_run(folder, task, out, y, y, kind="ratings", analyses=analyses)


def rankings(folder: Path) -> Record:
    """Items that users took: columns of loss, rank, user, rank by popularity, item and part."""
    random = np.random.default_rng(0)
    columns = [random.random(500), random.integers(1, 40, 500), np.arange(500) % 60, random.integers(1, 90, 500)]
    out = torch.from_numpy(np.stack([*columns, np.arange(500), np.ones(500)], axis=1)).float()
    y = torch.zeros(500, dtype=torch.int64)
    return synthetic_run(folder, Ranking(), out, y, y, kind="ratings")


def masks(folder: Path) -> Record:
    """Segmentation: images of noise with masks of three classes."""
    task = Segmentation(("sky", "road", LONG[:50]), void=None)
    random = np.random.default_rng(0)
    tables = random.integers(1, 900, (40, 3, 3)) + 4_000 * np.eye(3, dtype=int)
    out = torch.from_numpy(np.concatenate([random.random((40, 2)), tables.reshape(40, 9)], axis=1)).float()
    y = torch.from_numpy(tables.sum(2)).float()
    given = random.integers(0, 256, (16, 300, 360, 3), dtype=np.uint8)
    drawn = random.integers(0, 3, (16, 300, 360), dtype=np.uint8)
    held = {"pictures": _tensor(given), "truths": _tensor(drawn), "said": _tensor(drawn[::-1].copy())}
    colours = [[120, 180, 240], [90, 90, 90], [240, 200, 40]]
    return synthetic_run(folder, task, out, y, y, kind="masks", tensors=held, source={"codes": {"colours": colours}})


def restored(folder: Path) -> Record:
    """Restoration of images of noise, which no JPEG makes small."""
    random = np.random.default_rng(0)
    columns = [random.random(40), 27 + random.random(40), 0.9 + 0.05 * random.random(40), 24 + random.random(40)]
    out = torch.from_numpy(np.stack([*columns, np.full(40, 0.8)], axis=1)).float()
    given = random.integers(0, 256, (16, 300, 360, 3), dtype=np.uint8)
    held = {"pictures": _tensor(given), "said": _tensor(given[::-1].copy())}
    held["truths"] = _tensor(given.transpose(0, 3, 1, 2).copy())
    y = torch.zeros(40)
    return synthetic_run(folder, Restoration(3, "mse"), out, y, y, kind="pairs", tensors=held)


RUNS = (two_classes, many_classes, labels, numbers, ratings, rankings, masks, restored)


def _seed() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values)


def _logits(y: Tensor, classes: int) -> Tensor:
    """(N, classes) float32: the right class is ahead in most rows."""
    noise = torch.randn(len(y), classes, generator=_seed())
    noise[torch.arange(len(y)), y] += 3.0
    return noise
