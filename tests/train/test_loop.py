"""The loop and what it is made of, against hand-written ones."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

import goodfit as gf
from goodfit.data.feed import Feed, batch_rows, laid_out
from goodfit.data.source import Batch
from goodfit.data.sources.arrays import arrays
from goodfit.tasks.classification import Classification
from goodfit.train.ema import MovingAverage
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, forward_backward, train
from goodfit.train.lr_finder import find_learning_rate
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision, channels_last_is_safe, supported
from goodfit.train.schedule import SCHEDULES, one_cycle

CPU = torch.device("cpu")


def net() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))


def training(
    model: nn.Module, rows: int = 50, batch_size: int = 20, micro_batch: int = 20, epochs: int = 2
) -> Training:
    generator = torch.Generator().manual_seed(1)
    x, y = torch.randn(rows, 6, generator=generator), torch.randint(0, 3, (rows,), generator=generator)
    hyper = Hyperparameters(
        epochs=epochs, batch_size=batch_size, micro_batch=micro_batch, optimiser="sgd", learning_rate=0.1,
        weight_decay=0.0, schedule="constant", precision="float32", channels_last=False, seed=3,
    )  # fmt: skip
    return Training(
        net=model,
        task=Classification((0, 1, 2)),
        feed=Feed(source=arrays(x, y), y=y, device=CPU, batch_size=batch_size, seed=3),
        train_rows=torch.arange(rows),
        valid_rows=torch.arange(10),
        optimiser=make_optimiser("sgd", parameter_groups([(model.parameters(), 1.0)], 0.0), CPU),
        schedule=SCHEDULES["constant"],
        precision=Precision("float32", False, ""),
        hyper=hyper,
        position=Position(pace=0.01),
    )


def quiet() -> Listener:
    return Listener(lambda training: None, lambda training: None)


@given(rows=st.integers(1, 300), batch_size=st.integers(1, 64), epoch=st.integers(0, 5))
def test_an_epoch_sees_every_row_once_in_batches_of_even_size(rows: int, batch_size: int, epoch: int) -> None:
    batches = batch_rows(torch.arange(rows) * 2, batch_size, seed=7, epoch=epoch)
    assert sorted(torch.cat(batches).tolist()) == [2 * row for row in range(rows)]
    sizes = {len(batch) for batch in batches}
    assert max(sizes) <= batch_size
    assert max(sizes) - min(sizes) <= 1


def test_the_order_changes_from_epoch_to_epoch_and_comes_back_with_the_seed() -> None:
    rows = torch.arange(100)
    first, second = (torch.cat(batch_rows(rows, 10, seed=1, epoch=epoch)) for epoch in (0, 1))
    assert not torch.equal(first, second)
    assert torch.equal(first, torch.cat(batch_rows(rows, 10, seed=1, epoch=0)))


def test_the_loop_does_what_a_hand_written_one_does() -> None:
    ours = training(net())
    train(ours, quiet())
    model = net()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    x, y = ours.feed.source.whole(), ours.feed.y
    for epoch in range(2):
        for rows in batch_rows(torch.arange(50), 20, seed=3, epoch=epoch):
            functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimiser.step()
            optimiser.zero_grad()
    for parameter, expected in zip(ours.net.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(parameter, expected, rtol=1e-5, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 40), micro=st.integers(1, 40))
def test_accumulated_gradients_equal_those_of_the_whole_batch(rows: int, micro: int) -> None:
    made = training(net(), micro_batch=micro)
    generator = torch.Generator().manual_seed(rows)
    x, y = torch.randn(rows, 6, generator=generator), torch.randint(0, 3, (rows,), generator=generator)
    loss = forward_backward(made, Batch(x, y, torch.arange(rows)))
    whole = net()
    expected = functional.cross_entropy(whole(x), y)
    expected.backward()
    torch.testing.assert_close(loss, expected.detach(), rtol=1e-5, atol=1e-6)
    for parameter, reference in zip(made.net.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(parameter.grad, reference.grad, rtol=1e-4, atol=1e-6)


def test_out_of_memory_gives_smaller_passes_and_the_same_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Hungry(nn.Module):
        """Has room for eight rows."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = net()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if len(x) > 8 and self.training:
                raise torch.OutOfMemoryError("CUDA out of memory (played)")
            out: torch.Tensor = self.inner(x)
            return out

    hungry, plenty = training(Hungry()), training(net())
    train(hungry, quiet())
    train(plenty, quiet())
    assert hungry.hyper.micro_batch <= 8
    assert hungry.hyper.batch_size == 20
    for parameter, expected in zip(hungry.net.parameters(), plenty.net.parameters(), strict=True):
        torch.testing.assert_close(parameter, expected, rtol=1e-4, atol=1e-6)


def test_out_of_memory_is_said_aloud_and_met_before_the_first_step_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Hungry(nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if len(x) > 8 and self.training:
                raise torch.OutOfMemoryError("CUDA out of memory (played)")
            return super().forward(x)

    x = torch.randn(200, 6)
    data = gf.arrays(x, (x[:, 0] > 0).long())
    run = gf.fit(data, model=Hungry(6, 2), out=tmp_path / "run", epochs=2, batch_size=16, quiet=False)
    assert run.record.hyperparameters.micro_batch <= 8
    assert run.record.hyperparameters.batch_size == 16
    assert "out of memory" in capsys.readouterr().err


def test_the_learning_rate_finder_leaves_no_trace() -> None:
    model = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.Dropout(0.5), nn.ReLU(), nn.Linear(16, 3))
    torch.manual_seed(5)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    stream = torch.get_rng_state()
    batches = [Batch(torch.randn(20, 6), torch.randint(0, 3, (20,)), torch.arange(20)) for _ in range(5)]
    torch.set_rng_state(stream)

    def loss_of(trial: nn.Module, batch: Batch) -> torch.Tensor:
        return functional.cross_entropy(trial(batch.x), batch.y)

    found = find_learning_rate(model, loss_of, batches, optimiser="adamw", weight_decay=0.01, device=CPU)
    assert torch.equal(torch.get_rng_state(), stream)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert 1e-6 < found.learning_rate < 1
    assert list(found.rates) == sorted(found.rates)


def test_training_after_the_finder_is_bit_equal_to_training_without_it(tmp_path: Path) -> None:
    x = torch.randn(300, 6, generator=torch.Generator().manual_seed(0))
    y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
    found = gf.fit(gf.arrays(x, y), model=net(), out=tmp_path / "found", epochs=2, lr="find", precision="float32")
    rate = found.record.hyperparameters.learning_rate
    given_rate = gf.fit(gf.arrays(x, y), model=net(), out=tmp_path / "given", epochs=2, lr=rate, precision="float32")
    for a, b in zip(found.net.parameters(), given_rate.net.parameters(), strict=True):
        assert torch.equal(a, b)


def test_weight_decay_spares_norms_and_biases() -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    groups = parameter_groups([(model.parameters(), 1.0)], 0.1)
    decayed = {id(parameter) for group in groups if group["weight_decay"] for parameter in group["params"]}
    assert decayed == {id(model[0].weight), id(model[3].weight)}
    assert sum(len(group["params"]) for group in groups) == 6


def test_the_moving_average_is_the_weighted_mean_written_out() -> None:
    model = nn.Linear(1, 1, bias=False)
    average = MovingAverage(model, decay=0.5)
    with torch.no_grad():
        model.weight.fill_(0.0)
        average.load_state_dict({"weight": torch.zeros(1, 1)})
        for step, value in enumerate((1.0, 2.0)):
            model.weight.fill_(value)
            average.update(step)
    # decays (1 + 0) / 10 = 0.1 and (1 + 1) / 11 = 2 / 11: 0.9 * 1 = 0.9, then 0.9 * 2/11 + 2 * 9/11
    assert average.state_dict()["weight"].item() == pytest.approx(0.9 * 2 / 11 + 2 * 9 / 11)


@pytest.mark.parametrize("name", list(SCHEDULES))
def test_every_schedule_stays_between_nothing_and_the_peak(name: str) -> None:
    values = [SCHEDULES[name](done / 100) for done in range(101)]
    assert all(0 <= value <= 1 for value in values)
    assert max(values) == pytest.approx(1.0, abs=0.01)


def test_one_cycle_rises_to_the_peak_at_a_quarter_and_falls_along_a_cosine() -> None:
    assert one_cycle(0.25) == pytest.approx(1.0)
    assert one_cycle(0.625) == pytest.approx((1 + math.cos(math.pi / 2)) / 2)
    assert one_cycle(1.0) < 1e-4


def test_a_loss_that_is_not_a_number_stops_the_run_with_a_clear_line() -> None:
    made = training(net())
    made.hyper = replace(made.hyper, learning_rate=1e30)
    with pytest.raises(gf.GoodfitError, match=r"the loss turned into .* lower --lr"):
        train(made, quiet())


def test_an_output_of_another_shape_is_refused_with_both_shapes() -> None:
    made = training(nn.Linear(6, 4))
    with pytest.raises(gf.GoodfitError, match=r"\(17, 4\); this task has 3 classes and needs \(17, 3\)"):
        train(made, quiet())


def test_channels_last_is_kept_from_convolutions_that_torch_corrupts() -> None:
    narrow, wide = (nn.Sequential(nn.Conv2d(width, 32, 1, stride=2)) for width in (8, 16))
    assert not channels_last_is_safe(narrow, CPU)
    assert channels_last_is_safe(wide, CPU)
    assert channels_last_is_safe(narrow, torch.device("cuda"))


def test_a_precision_that_the_machine_would_ignore_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfit.train.precision.supported", lambda dtype, device: dtype == "float32")
    x = torch.randn(60, 6)
    with pytest.raises(gf.GoodfitError, match="would be ignored"):
        gf.fit(gf.arrays(x, (x[:, 0] > 0).long()), out=tmp_path / "run", precision="bfloat16")
    assert supported("float32", CPU)


@pytest.mark.parametrize("channels", [1, 3])
def test_one_channel_is_laid_out_by_its_strides_as_well(channels: int) -> None:
    images = torch.rand(4, 6, 5, channels)
    for stored in (images.permute(0, 3, 1, 2), images.permute(0, 3, 1, 2).contiguous()):
        last, first = laid_out(stored, channels_last=True), laid_out(stored, channels_last=False)
        assert last.stride() == (30 * channels, 1, 5 * channels, channels)
        assert first.stride() == (30 * channels, 30, 5, 1)
        assert torch.equal(last, stored)
        assert torch.equal(first, stored)
