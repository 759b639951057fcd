"""What only a CUDA GPU can show. Run by `make gpu-test`; it needs nothing but torch, the sources and pytest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import goodfit as gf
from goodfit.data.feed import Feed
from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.data.normalise import Normalise
from goodfit.data.sources.arrays import arrays
from goodfit.nets import build
from goodfit.tasks.classification import Classification
from goodfit.train.checkpoint import load_optimiser_state, optimiser_state
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.memory import out_of_memory, shrinking
from goodfit.train.muon import Muon
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision, supported
from goodfit.train.schedule import SCHEDULES

pytestmark = pytest.mark.gpu
GPU = torch.device("cuda")
ROWS = 2_000


@contextlib.contextmanager
def waiting_is_an_error() -> Iterator[None]:
    """Every operation that makes the host wait for the device raises."""
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


def images() -> tuple[np.ndarray, np.ndarray]:
    """Two classes of 28 x 28 noise, the second one brighter."""
    random = np.random.default_rng(0)
    y = random.integers(0, 2, ROWS)
    return (random.integers(0, 128, (ROWS, 1, 28, 28)) + 100 * y[:, None, None, None]).astype(np.uint8), y


def training(*, resident: bool, augment: str, optimiser: str = "adamw") -> Training:
    x, labels = images()
    y = torch.from_numpy(labels)
    source = arrays(x, labels)
    feed = Feed(
        source=source,
        y=y,
        device=GPU,
        batch_size=128,
        seed=0,
        normalise=Normalise.measure(source.whole()[:500]),
        augment=Augmenter(AugmentSettings.preset(augment), 2),
        channels_last=True,
        resident=source.whole().to(GPU) if resident else None,
    )
    torch.manual_seed(0)
    net = build("resnet10", (1, 28, 28), 2, width=8).to(GPU, memory_format=torch.channels_last)  # type: ignore[call-overload]
    hyper = Hyperparameters(
        epochs=1, batch_size=128, micro_batch=128, optimiser=optimiser, learning_rate=1e-3, weight_decay=0.05,
        schedule="one-cycle", precision="bfloat16", channels_last=True, seed=0, clip_norm=1.0,
    )  # fmt: skip
    return Training(
        net=net,
        task=Classification((0, 1), label_smoothing=0.1),
        feed=feed,
        train_rows=torch.arange(ROWS),
        valid_rows=torch.arange(200),
        optimiser=make_optimiser(optimiser, parameter_groups([(net.parameters(), 1.0)], 0.05), GPU),
        schedule=SCHEDULES["one-cycle"],
        precision=Precision("bfloat16", True, ""),
        hyper=hyper,
        position=Position(pace=0.05),
        loss_sum=torch.zeros((), device=GPU),
    )


class EpochEndedError(Exception):
    """All steps of the epoch were made."""


def ended(training: Training) -> None:
    raise EpochEndedError


@pytest.mark.parametrize("resident", [True, False])
@pytest.mark.parametrize(("augment", "optimiser"), [("none", "muon"), ("standard", "adamw"), ("strong", "adamw")])
def test_the_loop_never_waits_for_the_device(
    resident: bool, augment: str, optimiser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm = training(resident=resident, augment=augment, optimiser=optimiser)
    quiet = Listener(lambda training: None, lambda training: None)
    train(warm, quiet)  # cuDNN's choices and the allocator's blocks are made here
    made = training(resident=resident, augment=augment, optimiser=optimiser)
    monkeypatch.setattr("goodfit.train.loop.end_epoch", ended)  # validation may wait, once an epoch
    with waiting_is_an_error(), pytest.raises(EpochEndedError):
        train(made, quiet)
    assert made.position.step == 16  # 2,000 rows in batches of at most 128


def test_muon_steps_as_on_the_cpu_and_goes_on_from_a_stored_state() -> None:
    torch.manual_seed(0)
    here = build("resnet10", (3, 28, 28), 2, width=8)
    there = build("resnet10", (3, 28, 28), 2, width=8).to(GPU)
    there.load_state_dict(here.state_dict())
    ours, theirs = (Muon(net.parameters(), lr=0.01, weight_decay=0.1) for net in (here, there))
    for step in range(4):
        if step == 2:
            state = optimiser_state(theirs)
            theirs = Muon(there.parameters(), lr=1.0)
            load_optimiser_state(theirs, {name: tensor.cpu() for name, tensor in state[0].items()}, state[1])
        for one, other in zip(here.parameters(), there.parameters(), strict=True):
            one.grad = torch.randn(one.shape)
            other.grad = one.grad.to(GPU)
        ours.step()
        theirs.step()
    for one, other in zip(here.parameters(), there.parameters(), strict=True):
        torch.testing.assert_close(other.cpu(), one, rtol=1e-3, atol=1e-3)


def test_a_small_set_lives_on_the_device_whole(tmp_path: Path) -> None:
    x, y = images()
    before = torch.cuda.memory_allocated()
    seen: list[int] = []
    original = Feed._gather

    def spy(feed: Feed, chunks: list[torch.Tensor]) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        seen.append(0 if feed.resident is None else feed.resident.nbytes)
        return original(feed, chunks)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Feed, "_gather", spy)
        run = gf.fit(gf.arrays(x, y), out=tmp_path / "run", epochs=2, cache=tmp_path, arch="resnet10", quiet=True)
    assert max(seen) == x.nbytes
    assert run.metrics["test"]["accuracy"].value > 0.95
    run.release()
    assert torch.cuda.memory_allocated() <= before + 2**20


def test_bfloat16_is_measured_and_used(tmp_path: Path) -> None:
    assert supported("bfloat16", GPU)
    x, y = images()
    run = gf.fit(
        gf.arrays(x, y), out=tmp_path / "run", epochs=1, cache=tmp_path, precision="bfloat16", quiet=True, width=16
    )
    assert run.record.hyperparameters.precision == "bfloat16"
    assert next(run.net.parameters()).dtype == torch.float32  # the weights themselves stay in float32


def test_a_run_of_the_device_is_read_on_the_cpu(tmp_path: Path) -> None:
    x, y = images()
    run = gf.fit(gf.arrays(x, y), out=tmp_path / "run", epochs=2, cache=tmp_path, precision="float32", quiet=True)
    here = np.array(run.predict(gf.arrays(x[:200])).table()["p_1"])
    there = np.array(gf.load(run.folder, device="cpu").predict(gf.arrays(x[:200])).table()["p_1"])
    np.testing.assert_allclose(here, there, atol=0.02)  # TF32 convolutions on the device


def test_the_same_seed_gives_the_same_weights_after_a_stop(tmp_path: Path) -> None:
    x, y = images()
    how: dict[str, Any] = {"epochs": 2, "precision": "float32", "quiet": True, "cache": tmp_path}
    first = gf.fit(gf.arrays(x, y), out=tmp_path / "a", **how)
    second = gf.fit(gf.arrays(x, y), out=tmp_path / "b", **how)
    for name, value in first.net.state_dict().items():
        torch.testing.assert_close(value, second.net.state_dict()[name], atol=1e-2, rtol=1e-2, msg=name)


def test_real_exhaustion_of_memory_gives_smaller_passes() -> None:
    free, _ = torch.cuda.mem_get_info()

    def use(rows: int) -> int:
        torch.empty(free // 8 * rows, dtype=torch.uint8, device=GPU)
        return rows

    with pytest.raises(RuntimeError) as caught:
        use(64)
    assert out_of_memory(caught.value)
    done, rows = shrinking(use, 64)
    assert done == rows <= 7
    torch.cuda.empty_cache()
