"""The main job through the Python door, on small real data."""

from __future__ import annotations

import csv
import gc
import json
import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import psutil
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss
from torch import nn

import goodfit as gf
from goodfit.fitting import fit as fit_module
from goodfit.fitting import training as training_module
from goodfit.train.device import cpu_threads
from goodfit.train.loop import Training

QUICK: dict[str, Any] = {"epochs": 2, "precision": "float32", "width": 4}


def digits() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    return x[:600].astype(np.float32) / 16, y[:600]


def test_a_folder_of_images_becomes_a_run_with_everything_in_it(digits_folder: Path, tmp_path: Path) -> None:
    run = gf.fit(digits_folder, out=tmp_path / "run", **{**QUICK, "epochs": 12, "width": 8})
    assert {path.name for path in run.folder.iterdir()} == {
        "run.json",
        "model.safetensors",
        "split.csv",
        "predictions.csv",
        "report.html",
        "history.jsonl",
        "looks.json",
        "scores.safetensors",
    }
    assert run.metrics["test"]["accuracy"].value > 0.5
    with (run.folder / "split.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(getattr(run.record.rows, part) for part in ("train", "valid", "test"))
    tested = {row["key"] for row in rows if row["part"] == "test"}
    with (run.folder / "predictions.csv").open() as file:
        predictions = list(csv.DictReader(file))
    assert {row["key"] for row in predictions} == tested
    right = accuracy_score(
        [Path(row["key"]).parent.name for row in predictions], [row["prediction"] for row in predictions]
    )
    assert run.metrics["test"]["accuracy"].value == pytest.approx(right)


def test_a_loaded_run_predicts_what_the_fitted_one_does(digits_folder: Path, tmp_path: Path) -> None:
    run = gf.fit(digits_folder, out=tmp_path / "run", **QUICK)
    here = run.predict(digits_folder).table()
    there = gf.load(run.folder).predict(digits_folder).table()
    assert here == there
    assert len(here["key"]) == len(list(digits_folder.rglob("*.png")))
    assert here["key"] == sorted(here["key"])


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(digits_folder: Path, tmp_path: Path) -> None:
    nets = [
        gf.fit(digits_folder, out=tmp_path / str(at), seed=seed, rivals="none", folds=1, **{**QUICK, "epochs": 1}).net
        for at, seed in enumerate((3, 3, 4))
    ]
    first, second, third = ([value.clone() for value in net.state_dict().values()] for net in nets)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, third, strict=True))


def test_no_image_is_decoded_again_after_the_first_pass(digits_folder: Path, tmp_path: Path) -> None:
    import shutil

    images = shutil.copytree(digits_folder, tmp_path / "pictures")
    source = gf.images(images)
    source.prepare(cache=tmp_path / "cache")
    assert source.decoded == len(source)
    for path in images.rglob("*.png"):
        path.write_bytes(b"no image any more")  # whoever opens a file from now on fails
    rows = torch.arange(len(source))
    assert torch.equal(source.read(rows), source.whole())
    again = gf.images(digits_folder)
    again.prepare(cache=tmp_path / "cache")  # the originals: the same content under other names
    assert again.decoded == 0
    assert torch.equal(again.whole(), source.whole())


def test_a_plain_function_and_a_module_give_the_same_result_from_the_same_start(tmp_path: Path) -> None:
    x, y = digits()
    generator = torch.Generator().manual_seed(1)
    w1, w2 = torch.randn(64, 32, generator=generator) / 8, torch.randn(32, 10, generator=generator) / 5
    b1, b2 = torch.zeros(32), torch.zeros(10)
    module = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    with torch.no_grad():
        for parameter, start in zip(module.parameters(), (w1.T, b1, w2.T, b2), strict=True):
            parameter.copy_(start)
    # the same layout as nn.Linear's, so that the same kernels run
    w1, w2 = w1.T.contiguous(), w2.T.contiguous()

    def net(batch: torch.Tensor) -> torch.Tensor:
        hidden = torch.relu(nn.functional.linear(batch, w1, b1))
        return nn.functional.linear(hidden, w2, b2)

    options: dict[str, Any] = {"epochs": 3, "lr": 0.01, "precision": "float32", "rivals": "none"}
    by_module = gf.fit(gf.arrays(x, y), model=module, out=tmp_path / "module", **options)
    by_function = gf.fit(gf.arrays(x, y), model=net, params=[w1, b1, w2, b2], out=tmp_path / "function", **options)
    for parameter, tensor in zip(module.parameters(), (w1, b1, w2, b2), strict=True):
        assert torch.equal(parameter, tensor)
    assert by_module.record.metrics == by_function.record.metrics
    assert by_module.history[-1]["train_loss"] < by_module.history[0]["train_loss"]


def test_reported_metrics_are_those_that_scikit_learn_finds_on_the_predictions(tmp_path: Path) -> None:
    x, y = digits()
    y = y // 4  # of each class the rivals grow trees
    run = gf.fit(gf.arrays(x[:400], y[:400], test=(x[400:], y[400:])), out=tmp_path / "run", epochs=5)
    predictions = run.predict(gf.arrays(x[400:]))
    shares = np.array([predictions[f"p_{label}"] for label in range(3)]).T.astype(np.float64)
    shares /= shares.sum(axis=1, keepdims=True)
    assert run.metrics["test"]["accuracy"].value == pytest.approx(accuracy_score(y[400:], predictions["prediction"]))
    assert run.metrics["test"]["log_loss"].value == pytest.approx(log_loss(y[400:], shares), rel=1e-4)
    majority = np.bincount(y[400:], minlength=3)[np.bincount(run_train_labels(run, y)).argmax()] / 200
    assert run.record.baseline["test"]["accuracy"] == pytest.approx(majority)


def run_train_labels(run: gf.Run, y: np.ndarray) -> np.ndarray:
    with (run.folder / "split.csv").open() as file:
        rows = [int(row["row"]) for row in csv.DictReader(file) if row["part"] == "train"]
    return y[rows]


def test_a_fit_in_a_with_block_leaves_no_tensor_behind(tmp_path: Path) -> None:
    x, y = digits()

    def numbers_held() -> int:
        gc.collect()
        return sum(value.numel() for value in gc.get_objects() if issubclass(type(value), torch.Tensor))

    def fit_and_leave(name: str) -> weakref.ref[nn.Module]:
        with gf.fit(gf.arrays(x, y % 2), out=tmp_path / name, epochs=1, width=64, folds=2) as run:
            return weakref.ref(run.net)

    fit_and_leave("warm-up")
    before = numbers_held()
    net = fit_and_leave("run")
    assert numbers_held() == before
    assert net() is None


@pytest.mark.slow
def test_ten_fits_in_with_blocks_leave_no_memory_behind(tmp_path: Path) -> None:
    x, y = digits()

    def once(name: str) -> None:
        with gf.fit(gf.arrays(x, y), out=tmp_path / name, epochs=1, width=512):
            pass

    for warm_up in range(2):
        once(f"warm-{warm_up}")
    before = psutil.Process(os.getpid()).memory_info().rss
    for number in range(10):
        once(str(number))
    grown = (psutil.Process(os.getpid()).memory_info().rss - before) / 1e6
    assert grown < 8, f"{grown:.1f} MB more after ten fits"


def test_each_look_at_the_same_test_data_is_counted(tmp_path: Path) -> None:
    x, y = digits()
    rows = gf.arrays(x[:400], y[:400], test=(x[400:], y[400:]))
    run = gf.fit(rows, out=tmp_path / "run", epochs=1, rivals="none")
    assert run.record.looks_at_test == 1
    second = run.evaluate(gf.arrays(x[400:], y[400:]))
    assert second["looks_at_test"] == 2
    assert [finding["rule"] for finding in second["findings"]] == ["test-set-reused"]
    assert run.evaluate(gf.arrays(x[400:420], y[400:420]))["looks_at_test"] == 1


def test_regression_and_multilabel_go_the_whole_way(tmp_path: Path) -> None:
    x, y = digits()
    line = gf.fit(gf.arrays(x, x[:, 20] * 3 + x[:, 30]), out=tmp_path / "regression", epochs=2, folds=2)
    assert line.record.task["name"] == "regression"
    assert line.metrics["test"]["r2"].value > 0.5
    labels = [["even"] * (label % 2 == 0) + ["large"] * (label > 4) for label in y.tolist()]
    many = gf.fit(gf.arrays(x, labels), out=tmp_path / "multilabel", epochs=2, folds=2)
    assert many.metrics["test"]["f1"].value > many.record.baseline["test"]["f1"]
    assert json.loads((many.folder / "run.json").read_text())["task"]["labels"] == ["even", "large"]


def test_a_time_budget_is_kept(tmp_path: Path) -> None:
    x, y = digits()
    run = gf.fit(gf.arrays(x, y), out=tmp_path / "run", minutes=0.15)
    assert run.record.seconds < 0.15 * 60 * 1.3
    assert len(run.history) > 2


def test_steps_are_timed_by_as_many_threads_as_make_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small net trains by one thread; by two, on a busy machine, a step takes a hundred times as long."""
    threads: list[int] = []
    timed = training_module.fit_schedule

    def fit_schedule(training: Training, *rest: Any) -> None:
        threads.extend((torch.get_num_threads(), training.hyper.threads or torch.get_num_threads()))
        timed(training, *rest)

    monkeypatch.setattr(fit_module, "fit_schedule", fit_schedule)
    x, y = digits()
    columns = {f"x{at}": x.reshape(600, -1)[:, at] for at in (20, 28, 36)}
    with cpu_threads(2):
        gf.fit(pl.DataFrame({**columns, "y": y % 2}), target="y", out=tmp_path / "run", minutes=0.1)
    assert threads == [1, 1]


def test_leaving_and_saving_keep_the_run_whole(tmp_path: Path) -> None:
    x, y = digits()
    run = gf.fit(gf.arrays(x, y), out=tmp_path / "run", epochs=1, rivals="none")
    kept = run.save(tmp_path / "kept")
    run.release()
    with pytest.raises(gf.GoodfitError, match="released"):
        run.predict(gf.arrays(x))
    assert len(gf.load(kept).predict(gf.arrays(x))) == 600


def test_a_net_of_ones_own_is_watched_while_it_is_fitted(tmp_path: Path) -> None:
    """The rules of goodfit check speak in the run of somebody's own net, and the verdict hears them."""

    class Mixing(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.head = torch.nn.Linear(4, 16), torch.nn.Linear(16, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.head(torch.relu(self.inner(x - x.mean(0)))).softmax(1)
            return out

    x = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    run = gf.fit(gf.arrays(x, (x[:, 0] > 0).astype(int)), model=Mixing(), out=tmp_path / "run", epochs=2, lr=0.01)
    rules = {finding.rule for finding in run.findings}
    assert {"samples-mix", "softmax-before-cross-entropy"} <= rules
    assert run.verdict == "not to be trusted"
