"""A whole fit, where the seams between its steps show: history, the hook, the folder, the checks of data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goodfit as gf
from goodfit.fitting.console import Console
from goodfit.fitting.journal import Journal
from goodfit.fitting.problem import check_data_at
from goodfit.train.session import Epoch


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A .npz of 120 rows of two classes, in an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 4)).astype(np.float32)
    np.savez("rows.npz", x=x, y=(x[:, 0] > 0).astype(np.int64))
    return Path("rows.npz")


def lines_of(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]


def test_each_epoch_is_a_line_of_history_and_a_call(rows: Path) -> None:
    epochs: list[Epoch] = []
    run = gf.fit(rows, epochs=3, on_epoch=epochs.append)
    assert lines_of(run.folder) == run.history
    assert [epoch.number for epoch in epochs] == [1, 2, 3]
    assert [epoch.epochs for epoch in epochs] == [3, 3, 3]
    assert [epoch.metric for epoch in epochs] == ["accuracy"] * 3
    assert [epoch.score for epoch in epochs] == [line["accuracy"] for line in run.history]
    assert [epoch.number for epoch in epochs if epoch.best][-1] == run.record.best_epoch


def test_what_a_hook_raises_ends_the_fit_and_resume_goes_on_to_the_same_history(rows: Path) -> None:
    def stop(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise RuntimeError("the logger is full")

    with pytest.raises(RuntimeError, match="the logger is full"):
        gf.fit(rows, epochs=4, out="stopped", on_epoch=stop)
    assert len(lines_of(Path("stopped"))) == 2
    resumed, whole = gf.fit(rows, epochs=4, out="stopped", resume=True), gf.fit(rows, epochs=4, out="whole")
    assert lines_of(Path("stopped")) == resumed.history
    for line, twin in zip(resumed.history, whole.history, strict=True):
        assert {**line, "seconds": 0} == {**twin, "seconds": 0}
    assert resumed.record.choices == whole.record.choices


@pytest.mark.parametrize("options", [{"task": "regression", "interval": True, "loss": "dice"}, {"arch": "resnet10"}])
def test_a_fit_that_fails_leaves_no_folder(rows: Path, options: dict[str, Any]) -> None:
    with pytest.raises(gf.GoodfitError):
        gf.fit(rows, epochs=1, **options)
    assert not Path("runs").exists()
    assert gf.fit(rows, epochs=1).folder == Path("runs/rows")


def test_checking_data_and_fitting_it_find_the_same(rows: Path) -> None:
    """Rows that stand in two parts, found before any training by the same call."""
    held = np.load(rows)
    x, y = held["x"], held["y"]
    np.savez("leaky.npz", x=x, y=y, x_test=x[:30], y_test=y[:30])
    checked = check_data_at(Path("leaky.npz"), journal=Journal(Console(quiet=True)))
    fitted = gf.fit("leaky.npz", epochs=1).findings
    assert [finding.rule for finding in checked] == ["train-rows-in-validation"]
    assert checked[0] in fitted


def test_options_of_the_source_are_taken_by_fit(rows: Path) -> None:
    Path("people.csv").write_text(
        "height,tall\n" + "".join(f"{1.5 + row / 137},{'yes' if row > 50 else 'no'}\n" for row in range(90))
    )
    run = gf.fit("people.csv", target="tall", epochs=1)
    assert run.record.task["classes"] == ["no", "yes"]
