"""A finished run is trained on with --more: what is kept, what is counted, and that a kill loses nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.fitting import fit as fitting
from goodfit.fitting.folder import LOCK
from goodfit.store.run_folder import CHECKPOINT, HISTORY, LOOKS, RECORD, WEIGHTS
from goodfit.train.session import Epoch

OPTIONS: Any = {"epochs": 2, "arch": "mlp", "rivals": "none", "quiet": True, "folds": 1}


def rows() -> pl.DataFrame:
    random = np.random.default_rng(0)
    x = random.normal(size=(400, 3))
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2]})


@pytest.fixture
def table() -> pl.DataFrame:
    return rows()


def test_a_run_is_trained_on_from_its_kept_weights(table: pl.DataFrame, tmp_path: Path) -> None:
    run = gf.fit(gf.table(table, "y"), out=tmp_path / "run", **OPTIONS)
    first, metrics = run.history, run.metrics["valid"]["rmse"].value
    weights = {name: value.clone() for name, value in run.net.state_dict().items()}
    epochs: list[Epoch] = []
    longer = gf.fit(gf.table(table, "y"), out=tmp_path / "run", more=6, on_epoch=epochs.append, quiet=True)
    assert longer.folder == tmp_path / "run"
    assert longer.history[:2] == first
    assert [line["epoch"] for line in longer.history] == list(range(1, 9))
    assert [(epoch.number, epoch.epochs) for epoch in epochs] == [(at, 8) for at in range(3, 9)]
    rates = [line["learning_rate"] for line in longer.history]
    assert max(rates[2:]) > 50 * rates[1]  # the rate had run out, and begins anew
    assert longer.metrics["valid"]["rmse"].value < metrics  # two epochs were few
    assert longer.record.analyses["more"] == {"epochs": [2, 6], "run": "run"}
    assert "2 and 6 more" in [choice.value for choice in longer.record.choices if choice.name == "epochs"]
    before = gf.load(tmp_path / "run-before")
    assert all(torch.equal(value, weights[name]) for name, value in before.net.state_dict().items())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "run-before"]
    again = gf.load(tmp_path / "run")
    assert len(again.history) == 8
    assert "run-more" not in (tmp_path / "run" / "report.html").read_text()
    predicted = again.predict(table.drop("y"))["prediction"]
    assert predicted == longer.predict(table.drop("y"))["prediction"]


def test_the_second_look_at_the_test_rows_is_counted_and_said(table: pl.DataFrame, tmp_path: Path) -> None:
    gf.fit(gf.table(table, "y"), out=tmp_path / "run", **OPTIONS)
    assert list(json.loads((tmp_path / "run" / LOOKS).read_text()).values()) == [1]
    for looks in (2, 3):
        run = gf.fit(gf.table(table, "y"), out=tmp_path / "run", more=1, quiet=True)
        assert run.record.looks_at_test == looks
        assert list(json.loads((tmp_path / "run" / LOOKS).read_text()).values()) == [looks]
        assert "test-set-reused" in [finding.rule for finding in run.findings]
    assert run.record.analyses["more"]["epochs"] == [2, 1, 1]
    assert (tmp_path / "run-before-2" / RECORD).exists()


def test_the_weights_stay_where_no_later_epoch_is_better(table: pl.DataFrame, tmp_path: Path) -> None:
    run = gf.fit(gf.table(table, "y"), out=tmp_path / "run", **{**OPTIONS, "epochs": 30})
    noise = table.with_columns(y=pl.Series(np.random.default_rng(1).normal(size=400)))
    with pytest.raises(gf.GoodfitError, match="the targets are not those that the run was fitted on"):
        gf.fit(gf.table(noise, "y"), out=tmp_path / "run", more=1, quiet=True)
    with pytest.raises(gf.GoodfitError, match="these are not the rows that the run was fitted on"):
        gf.fit(gf.table(table.with_columns(a=pl.col("a").pow(3)), "y"), out=tmp_path / "run", more=1, quiet=True)
    with pytest.raises(gf.GoodfitError, match="the rows are in other parts"):
        gf.fit(gf.table(table[:300], "y", test=table[300:]), out=tmp_path / "run", more=1, quiet=True)
    longer = gf.fit(gf.table(table, "y"), out=tmp_path / "run", more=1, quiet=True)
    valid = [line["valid_loss"] for line in longer.history]
    assert longer.record.best_epoch == 1 + int(np.argmin(valid))
    assert longer.metrics["valid"]["rmse"].value <= run.metrics["valid"]["rmse"].value


@pytest.mark.slow
def test_a_killed_one_loses_nothing_and_goes_on_to_the_same_result(
    table: pl.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("whole", "killed"):
        gf.fit(gf.table(table, "y"), out=tmp_path / name, **OPTIONS)
    whole = gf.fit(gf.table(table, "y"), out=tmp_path / "whole", more=3, quiet=True)
    kept = (tmp_path / "killed" / WEIGHTS).read_bytes()

    def power_failure(epoch: Epoch) -> None:
        if epoch.number == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gf.fit(gf.table(table, "y"), out=tmp_path / "killed", more=3, on_epoch=power_failure, quiet=True)
    assert (tmp_path / "killed" / WEIGHTS).read_bytes() == kept
    assert gf.load(tmp_path / "killed").verdict
    assert (tmp_path / "killed-more" / CHECKPOINT).exists()
    with pytest.raises(gf.GoodfitError, match="--more is 5 now and was 3"):
        gf.fit(gf.table(table, "y"), out=tmp_path / "killed", more=5, quiet=True)
    monkeypatch.setattr(fitting, "take_place", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):  # again, when all is written and the names are not yet exchanged
        gf.fit(gf.table(table, "y"), out=tmp_path / "killed", more=3, quiet=True)
    monkeypatch.undo()
    assert len(gf.load(tmp_path / "killed").history) == 2
    run = gf.fit(gf.table(table, "y"), out=tmp_path / "killed", more=3, quiet=True)
    assert run.folder == tmp_path / "killed"
    assert len(run.history) == 5
    for name, value in run.net.state_dict().items():
        assert torch.equal(value, whole.net.state_dict()[name]), name
    assert run.record.looks_at_test == whole.record.looks_at_test == 2
    (tmp_path / "killed").rename(tmp_path / "killed-more")  # killed between the two names: the same again ends it
    ended = gf.fit(gf.table(table, "y"), out=tmp_path / "killed", more=3, quiet=True)
    assert len(ended.history) == 5
    assert not (tmp_path / "killed-more").exists()
    (tmp_path / "killed").rename(tmp_path / "killed-more")  # and another number of epochs trains it on
    healed = gf.fit(gf.table(table, "y"), out=tmp_path / "killed", more=2, quiet=True)
    assert len(healed.history) == 7


def test_one_that_was_killed_while_it_started_begins_anew(table: pl.DataFrame, tmp_path: Path) -> None:
    gf.fit(gf.table(table, "y"), out=tmp_path / "run", **OPTIONS)
    begun = tmp_path / "run-more"
    begun.mkdir()
    for name in (LOCK, HISTORY, ".checkpoint.safetensors.999999-0123456789ab.tmp"):
        (begun / name).touch()
    assert len(gf.fit(gf.table(table, "y"), out=tmp_path / "run", more=1, quiet=True).history) == 3
    assert not begun.exists()
    begun.mkdir()
    (begun / "mine.txt").touch()
    with pytest.raises(gf.GoodfitError, match="this folder is in use, and the longer run is to be written there"):
        gf.fit(gf.table(table, "y"), out=tmp_path / "run", more=1, quiet=True)
    assert (begun / "mine.txt").exists()


def test_a_blend_and_its_intervals_are_made_anew(table: pl.DataFrame, tmp_path: Path) -> None:
    """Of folds as well: each member is trained on without its own fold."""
    few = table[:120]
    first = gf.fit(gf.table(few, "y"), out=tmp_path / "run", epochs=2, folds=2, interval=True, quiet=True)
    run = gf.fit(gf.table(few, "y"), out=tmp_path / "run", more=2, quiet=True)
    assert len(run.record.net.parts) == len(first.record.net.parts) > 0
    assert run.record.net.folds == 2
    assert "coverage" in run.metrics["test"]
    assert [choice.name for choice in run.record.choices].count("blend") == 1


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 2 epochs. To be read only."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    gf.fit(gf.table(rows(), "y"), out=folder, **OPTIONS).release()
    return folder


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"more": 2, "resume": True}, "--resume and --more were both given|resume and more were both given"),
        ({"more": 0}, "0 is not a number of epochs"),
        ({"more": 2, "lr": 0.5}, "lr"),
        ({"more": 2, "out": "nothing"}, "no such run folder"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    table: pl.DataFrame, finished: Path, tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    shutil.copytree(finished, tmp_path / "run")
    given: Any = {**options, "out": tmp_path / str(options.get("out", "run")), "quiet": True}
    with pytest.raises(gf.GoodfitError, match=words):
        gf.fit(gf.table(table, "y"), **given)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
