"""Models compared on rows that belong together: several rows of a patient are not several patients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import goodfit as gf

COPIES = 5


def files(folder: Path, name: str, columns: dict[str, np.ndarray], copies: int) -> Path:
    """Each row so many times, with a key of its own and the patient that it is of."""
    at = np.repeat(np.arange(40), copies)
    frame = {"id": np.arange(len(at)), "patient": at, **{column: values[at] for column, values in columns.items()}}
    path = folder / f"{name}-{copies}.csv"
    pl.DataFrame(frame).write_csv(path)
    return path


def test_rows_that_were_copied_tell_no_more_than_the_rows(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=40)
    models = {name: {"truth": truth, "prediction": truth + size * random.normal(size=40)} for name, size in
              (("a", 1.0), ("b", 1.3))}  # fmt: skip
    once, copied = (
        [files(tmp_path, name, columns, copies) for name, columns in models.items()] for copies in (1, COPIES)
    )
    alone, grouped = gf.compare(*once), gf.compare(*copied, group="patient")
    for one, other in zip(alone.pairs, grouped.pairs, strict=True):
        assert other.p == pytest.approx(one.p)
        assert other.difference.low == pytest.approx(one.difference.low, rel=1e-4)
    believed = gf.compare(*copied)
    assert believed.pairs[0].p < 0.5 * grouped.pairs[0].p
    assert "200 rows in 40 groups" in grouped.answer
    assert "group from 'patient'" in grouped.notes[0]


def test_shares_and_areas_count_groups_too(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    yes = random.random(40) < 0.5
    label = np.where(yes, "yes", "no")
    models = {}
    for name, size in (("a", 1.0), ("b", 2.5)):
        share = 1 / (1 + np.exp(-(2.0 * np.where(yes, 1, -1) + size * random.normal(size=40))))
        models[name] = {"truth": label, "p_yes": share, "p_no": 1 - share}
    copied = [files(tmp_path, name, columns, COPIES) for name, columns in models.items()]
    grouped = {pair.metric.name: pair for pair in gf.compare(*copied, group="patient").pairs}
    believed = {pair.metric.name: pair for pair in gf.compare(*copied).pairs}
    for name in ("accuracy", "balanced_accuracy", "log_loss", "auc"):
        assert grouped[name].difference.value == pytest.approx(believed[name].difference.value)
        widths = [each[name].difference.high - each[name].difference.low for each in (grouped, believed)]
        assert widths[0] == pytest.approx(np.sqrt(COPIES) * widths[1], rel=0.2), name


def test_a_fit_by_groups_has_wider_intervals_and_is_compared_by_them(tmp_path: Path) -> None:
    """40 farms of ten fields each; fields of a farm share what no column tells."""
    random = np.random.default_rng(2)
    farm = np.repeat(np.arange(40), 10)
    rain = random.normal(size=400)
    frame = pl.DataFrame({"rain": rain, "yield": rain + 2 * random.normal(size=40)[farm], "farm": farm})
    options: dict[str, Any] = {"target": "yield", "epochs": 2, "quiet": True, "rivals": "none", "seed": 1}
    run = gf.fit(frame, group="farm", out=tmp_path / "a", **options)
    other = gf.fit(frame, group="farm", out=tmp_path / "b", **{**options, "epochs": 3})
    value = run.metrics["test"]["mae"]
    errors = np.abs(pl.read_csv(tmp_path / "a" / "predictions.csv").select(pl.col("prediction") - pl.col("truth")))
    independent = 1.96 * np.std(np.asarray(errors), ddof=1) / np.sqrt(len(errors))
    assert value.high - value.low > 1.5 * 2 * independent
    assert "groups" in gf.compare(run, other).pairs[0].rows
