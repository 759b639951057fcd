"""A training that is put back from its file goes on bit for bit, in every memory format, optimiser and average."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

import goodfit as gf
from goodfit.data.feed import Feed
from goodfit.nets import build
from goodfit.store.tensors import load_state, save_state
from goodfit.tasks.classification import Classification
from goodfit.train.checkpoint import dump, restore
from goodfit.train.ema import MovingAverage
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.memory_format import set_memory_format
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision
from goodfit.train.schedule import schedule

CPU = torch.device("cpu")
STEPS_BEFORE_THE_STOP = 7  # of ten an epoch


def net_of(arch: str) -> nn.Module:
    torch.manual_seed(1)
    return build(arch, (3, 16, 16), 2, width=16)


def training_of(arch: str, optimiser: str, *, channels_last: bool, average: bool) -> Training:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(40, 3, 16, 16, generator=random)
    y = torch.arange(40) % 2
    source = gf.arrays(x, y.tolist())
    net = net_of(arch)
    if channels_last:
        set_memory_format(net, channels_last=True)
    hyper = Hyperparameters(
        epochs=2, batch_size=4, micro_batch=4, optimiser=optimiser, learning_rate=0.01, weight_decay=0.05,
        schedule="one-cycle", precision="float32", channels_last=channels_last, seed=0,
    )  # fmt: skip
    groups = parameter_groups([(net.parameters(), 1.0)], 0.05)
    return Training(
        net=net,
        task=Classification(("no", "yes")),
        feed=Feed(source=source, y=y, device=CPU, batch_size=4, seed=0, channels_last=channels_last),
        train_rows=torch.arange(40),
        valid_rows=torch.arange(8),
        optimiser=make_optimiser(optimiser, groups, CPU),
        schedule=schedule("one-cycle"),
        precision=Precision("float32", channels_last, ""),
        hyper=hyper,
        position=Position(pace=1 / 20),
        average=MovingAverage(net, 0.9) if average else None,
    )


def run(training: Training, until_step: int | None = None) -> None:
    """To the end, or to a step in the middle of an epoch."""
    listener = Listener(lambda training: None, lambda training: None, every=0.0)

    def stop_there(training: Training) -> None:
        listener.stop = training.position.step == until_step

    listener.tick = stop_there
    train(training, listener)


@pytest.mark.parametrize("channels_last", [False, True], ids=["contiguous", "channels-last"])
@pytest.mark.parametrize(
    ("arch", "optimiser", "average"),
    [
        *(("resnet10", optimiser, average) for optimiser in ("adamw", "sgd", "muon") for average in (False, True)),
        pytest.param("densenet121", "adamw", False, marks=pytest.mark.slow),
    ],
)
def test_it_goes_on_bit_for_bit(arch: str, optimiser: str, channels_last: bool, average: bool, tmp_path: Path) -> None:
    whole = training_of(arch, optimiser, channels_last=channels_last, average=average)
    run(whole)
    stopped = training_of(arch, optimiser, channels_last=channels_last, average=average)
    run(stopped, STEPS_BEFORE_THE_STOP)
    assert stopped.position.step == STEPS_BEFORE_THE_STOP
    save_state(tmp_path / "state", *dump(stopped))
    resumed = training_of(arch, optimiser, channels_last=channels_last, average=average)
    restore(resumed, *load_state(tmp_path / "state"))
    run(resumed)
    other, expected = resumed.net.state_dict(), whole.net.state_dict()
    assert [name for name in expected if not torch.equal(expected[name], other[name])] == []
    assert [name for name in whole.best if not torch.equal(whole.best[name], resumed.best[name])] == []
    for line, twin in zip(whole.position.history, resumed.position.history, strict=True):
        assert {**line, "seconds": 0} == {**twin, "seconds": 0}


@pytest.mark.parametrize("optimiser", ["adamw", "sgd", "muon"])
def test_the_state_of_the_optimiser_lies_as_the_weights_do(optimiser: str, tmp_path: Path) -> None:
    stopped = training_of("resnet10", optimiser, channels_last=True, average=False)
    run(stopped, STEPS_BEFORE_THE_STOP)
    save_state(tmp_path / "state", *dump(stopped))
    resumed = training_of("resnet10", optimiser, channels_last=True, average=False)
    restore(resumed, *load_state(tmp_path / "state"))
    for weight, entry in resumed.optimiser.state.items():
        for name, value in entry.items():
            if isinstance(value, torch.Tensor) and value.dim() == 4:
                assert value.stride() == weight.stride(), name
