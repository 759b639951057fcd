"""A net that is spread over the processes learns what it learns whole, and goes on in any number of them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from several_processes import in_processes
from torch import nn

import goodfit
from goodfit.errors import GoodfitError
from goodfit.train import session
from goodfit.train.optimiser import OwnAdamW
from goodfit.train.sharding import units

WIDE = 256


def net() -> nn.Module:
    torch.manual_seed(0)
    # no bias before batch norm: its gradient is 0 but for rounding, which Adam would make steps of
    linear = [nn.Linear(WIDE, WIDE, bias=False) for _ in range(2)]
    blocks = [nn.Sequential(layer, nn.BatchNorm1d(WIDE), nn.ReLU(), nn.Dropout(0.1)) for layer in linear]
    return nn.Sequential(nn.Linear(6, WIDE, bias=False), *blocks, nn.Linear(WIDE, 2))


def fit(folder: str, *, shard: bool, resume: bool = False, stop_after: int | None = None, **more: Any) -> Any:
    """Fit arrays; the numbers of parameters and of the optimiser's state that this process held in training."""
    session.FIRST_CHECKPOINT = 0.0
    random = np.random.default_rng(3)
    x = random.normal(size=(203, 6)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.int64)
    held: list[tuple[int, int]] = []
    step = OwnAdamW.step

    def seen(self: torch.optim.AdamW, *words: Any) -> Any:
        done = step(self, *words)
        parameters = [parameter for group in self.param_groups for parameter in group["params"]]
        state = [value for each in self.state.values() for value in each.values()]
        held.append((sum(map(_numbers, parameters)), sum(map(_numbers, state))))
        return done

    OwnAdamW.step = seen  # type: ignore[method-assign,assignment]  # in this process
    options = {"epochs": 4, "batch_size": 32, "lr": 0.003, "optimiser": "adamw", "rivals": "none", "device": "cpu"}

    def on_epoch(epoch: session.Epoch) -> None:
        if epoch.number == stop_after:
            raise KeyboardInterrupt

    try:
        goodfit.fit(
            (x, y), model=net(), out=folder, resume=resume, shard=shard, on_epoch=on_epoch if stop_after else None,
            precision="float32", **{**options, **more},
        )  # fmt: skip
    except GoodfitError as error:
        return str(error)
    except KeyboardInterrupt:
        return "stopped"
    return held[-1]


def _numbers(tensor: Any) -> int:
    return int((tensor.to_local() if hasattr(tensor, "to_local") else tensor).numel())


def test_sharded_training_is_the_same_and_holds_half(tmp_path: Path) -> None:
    whole = in_processes(2, fit_both, str(tmp_path))
    (parameters, state), _ = whole[0]
    for _, (ours, our_state) in whole:
        assert ours < 0.55 * parameters
        assert our_state < 0.55 * state
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "sharded"))
    for name, tensor in one.items():
        np.testing.assert_allclose(other[name], tensor, rtol=1e-4, atol=1e-5, err_msg=name)
    runs = [goodfit.load(tmp_path / name, model=net()) for name in ("whole", "sharded")]
    for line, same in zip(*(run.history for run in runs), strict=True):
        assert line["rows"] == same["rows"]
        assert line["train_loss"] == pytest.approx(same["train_loss"], rel=1e-3)
        assert line["valid_loss"] == pytest.approx(same["valid_loss"], rel=1e-3)


def fit_both(folder: str) -> list[Any]:
    return [fit(f"{folder}/{name}", shard=name == "sharded") for name in ("whole", "sharded")]


@pytest.mark.slow
def test_a_stopped_sharded_run_goes_on_in_other_numbers_of_processes(tmp_path: Path) -> None:
    assert in_processes(2, fit_and_stop, str(tmp_path / "two"))[0] == "stopped"
    for name in ("three", "one"):
        shutil.copytree(tmp_path / "two", tmp_path / name)
    assert in_processes(2, fit_on, str(tmp_path / "two"))[1][0] > 0
    assert in_processes(3, fit_on, str(tmp_path / "three"))[2][0] > 0
    fit_on(str(tmp_path / "one"))
    two, three, one = (load_file(tmp_path / name / "model.safetensors") for name in ("two", "three", "one"))
    for name, tensor in two.items():
        np.testing.assert_allclose(three[name], tensor, rtol=1e-4, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(one[name], tensor, rtol=1e-4, atol=1e-5, err_msg=name)
    assert [line["rows"] for line in goodfit.load(tmp_path / "three", model=net()).history] == [143] * 4


def fit_and_stop(folder: str) -> Any:
    return fit(folder, shard=True, stop_after=2, accumulate=2, batch_size=16)


def fit_on(folder: str) -> Any:
    return fit(folder, shard=True, resume=True, accumulate=2, batch_size=16)


class Tied(nn.Module):
    """Its second layer is the first one turned round, whose weights it takes without calling it."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(6, 10_000), nn.Linear(10_000, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.second(x @ self.first.weight.T)
        return out


def fit_refused(folder: str) -> list[Any]:
    refused = [fit(f"{folder}/muon", shard=True, optimiser="muon"), fit(f"{folder}/ema", shard=True, ema=0.9)]
    torch.manual_seed(0)
    globals()["net"] = Tied
    return [*refused, fit(f"{folder}/tied", shard=True)]


def test_what_cannot_be_sharded_is_refused_in_words(tmp_path: Path) -> None:
    (muon, average, tied), _ = in_processes(2, fit_refused, str(tmp_path))
    assert muon == "shard=True is not for Muon, which needs whole matrices. Add optimiser=adamw."
    assert average == "shard=True is without ema=: the average is a net of its own. Leave one of them out."
    assert tied.startswith("a layer's weights are used without calling the layer")


def test_units_are_the_large_layers_that_are_called() -> None:
    large = [nn.Linear(300, 300) for _ in range(4)]
    whole = nn.Module()
    whole.stem, whole.small = large[0], nn.Linear(3, 3)
    whole.blocks, whole.tail = nn.ModuleList([large[1], nn.Sequential(large[2])]), nn.Sequential(large[3], nn.ReLU())
    assert set(units(whole)) == set(large)
    whole.tail[1] = large[0]  # used twice
    assert units(whole) == []
