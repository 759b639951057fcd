"""A new task is one file: put into the package of tasks, it is found, stratified, trained and reported.

The file below is an ordinal regression over ordered classes: one cumulative logit for each step between neighbours
(McCullagh 1980, "Regression models for ordinal data"), here with a head for every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf
import goodfit.tasks
from goodfit.predict.predictions import Predictions
from goodfit.tasks import known_tasks

pytestmark = pytest.mark.plots  # the title of its metric stands there

ORDINAL = '''
"""Ordered classes."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from goodfit.stats.estimates import mean
from goodfit.tasks.metric import Metric
from goodfit.tasks.row_task import RowTask
from goodfit.tasks.section import Section, Table

LEVEL_ERROR = Metric("level_error", "mean level error", higher_is_better=False, unit="levels")


@dataclass(frozen=True)
class Ordinal(RowTask):
    levels: tuple
    name = "ordinal"
    family = "classes"
    metric_list = (LEVEL_ERROR,)
    loss_unit = "nats per row"

    @property
    def outputs(self):
        return len(self.levels) - 1

    @classmethod
    def fits(cls, targets):
        return False

    @classmethod
    def from_targets(cls, targets):
        return cls(tuple(sorted({int(target) for target in targets})))

    def encode(self, targets, keys):
        return torch.tensor([self.levels.index(int(target)) for target in targets])

    def class_labels(self, targets):
        return np.array([str(target) for target in targets])

    def _steps(self, y):
        return (y[:, None] > torch.arange(self.outputs, device=y.device)).float()

    def loss(self, out, y):
        if out.dim() == 3:
            out, y = out.flatten(0, 1), y.repeat_interleave(out.shape[1])
        return functional.binary_cross_entropy_with_logits(out.float(), self._steps(y))

    def row_losses(self, out, y):
        return functional.binary_cross_entropy_with_logits(out, self._steps(y), reduction="none").mean(1)

    def _errors(self, out, y):
        return ((out > 0).sum(1) - y).abs().double()

    def score(self, out, y):
        return float(self._errors(out, y).mean())

    def metrics(self, out, y):
        return {"level_error": mean(self._errors(out, y).numpy())}

    def baseline(self, y_train, y, out):
        return {"level_error": float((y - y_train.median()).abs().double().mean())}

    def mistakes(self, out, y):
        return self._errors(out, y) > 0

    def truth(self, target):
        return self.levels[int(target)]

    def decode(self, out):
        return {"prediction": [self.levels[level] for level in (out > 0).sum(1).tolist()]}

    def sections(self, out, y, y_train, part, record):
        rows = [(str(level), int((y == at).sum())) for at, level in enumerate(self.levels)]
        return [Section("levels", "Ordered levels", "How often each level occurs.", [Table(("level", "rows"), rows)])]

    def to_json(self):
        return {"levels": list(self.levels)}

    @classmethod
    def from_json(cls, values):
        return cls(tuple(values["levels"]))


TASK = Ordinal
'''


@pytest.fixture
def ordinal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The task's file in a folder that the package of tasks looks into."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "ordinal.py").write_text(ORDINAL)
    monkeypatch.setattr(goodfit.tasks, "__path__", [*goodfit.tasks.__path__, str(folder)])
    known_tasks.cache_clear()
    yield
    known_tasks.cache_clear()


@pytest.mark.usefixtures("ordinal")
def test_a_task_in_one_file_is_stratified_trained_and_reported(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    taste = random.normal(size=600)
    # one row in twelve is of the highest level, so that an unstratified split would miss the share
    level = np.digitize(taste + 0.2 * random.normal(size=600), [-0.6, 0.6, 1.4])
    frame = pl.DataFrame({"taste": taste, "noise": random.normal(size=600), "level": level})
    data = gf.table(frame, "level")
    run = gf.fit(data, task="ordinal", out=tmp_path / "run", epochs=6, quiet=True)

    parts = pl.read_csv(tmp_path / "run" / "split.csv")["part"].to_list()
    for part in ("train", "test"):
        share = np.mean([level[row] == 3 for row, of in enumerate(parts) if of == part])
        assert share == pytest.approx((level == 3).mean(), abs=0.01), "the split is stratified by level"
    reasons = {choice.name: choice.why for choice in run.record.choices}
    assert "docs/benchmarks.md" in reasons["learning rate"], "the recipe of the family 'classes'"
    assert run.record.hyperparameters.learning_rate == 2e-3, "that of few rows"
    assert run.metrics["test"]["level_error"].value < run.record.baseline["test"]["level_error"]
    assert "the mean level error is" in run.record.sentences[0]

    page = re.sub(r"<[^>]+>", "", (tmp_path / "run" / "report.html").read_text())
    assert "Mean level error in" in page
    assert "lower is better" in page
    assert "mean level error (levels)" in page
    assert "Ordered levels" in page
    again = gf.load(tmp_path / "run")
    predictions = again.predict(frame.drop("level").head(5))
    assert isinstance(predictions, Predictions)
    assert set(predictions["prediction"]) <= {0, 1, 2, 3}
