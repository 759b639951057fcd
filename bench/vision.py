"""Images a second of our training loop over cached images, against hand-written loops, in one process.

    python bench/vision.py [--repeats 5] [--json]

Fashion-MNIST (28 x 28 grey), the net that `goodfit fit` chooses, batch 64 on a CPU and 256 on
a GPU. Against
(a) tuned: fused optimiser, bf16 autocast, channels_last, all data in memory as uint8, normalised by the batch;
(b) ordinary: Dataset and DataLoader with two workers over decoded uint8 images, float32, unfused AdamW.
(a) and (b) do not augment; ours is measured both without augmentation (like for like) and with flips and shifts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

sys.path.insert(0, str(Path(__file__).parent))
from _fashion import arrays
from _timing import in_turn, ratios, spread

from goodfit.data.feed import Feed
from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.data.normalise import Normalise
from goodfit.data.sources.arrays import arrays as as_source
from goodfit.fitting.net import usual_architecture
from goodfit.nets import build
from goodfit.tasks.classification import Classification
from goodfit.train.device import choose_device
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.memory_format import set_memory_format
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision
from goodfit.train.schedule import schedule

DEVICE, _ = choose_device()
BATCH, ROWS = (64, 4_096) if DEVICE.type == "cpu" else (256, 51_200)
MEAN, DEVIATION = 0.286, 0.353


def net() -> nn.Module:
    torch.manual_seed(0)
    return build(usual_architecture((1, 28, 28), "row", accelerator=DEVICE.type != "cpu")[0], (1, 28, 28), 10).to(
        DEVICE
    )


def now() -> float:
    """Seconds, once the device has done all that it was given."""
    if DEVICE.type != "cpu":
        torch.accelerator.synchronize()
    return time.perf_counter()


def tuned(images: np.ndarray, labels: np.ndarray) -> float:
    """Images a second of the best loop that we can write by hand."""
    model = net().to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types no memory_format
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    x, y = torch.from_numpy(images).unsqueeze(1).to(DEVICE), torch.from_numpy(labels).to(DEVICE)
    start = now()
    for rows in torch.randperm(len(x), device=DEVICE).split(BATCH):
        batch = x[rows].float().div_(255).sub_(MEAN).div_(DEVIATION).contiguous(memory_format=torch.channels_last)
        with torch.autocast(DEVICE.type, dtype=torch.bfloat16):
            loss = functional.cross_entropy(model(batch), y[rows])
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return len(x) / (now() - start)


class Images(Dataset[tuple[torch.Tensor, int]]):
    """The data set that tutorials write: an image at a time."""

    def __init__(self, images: np.ndarray, labels: np.ndarray) -> None:
        self.images, self.labels = images, labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, int]:
        image = torch.from_numpy(self.images[row]).unsqueeze(0).float() / 255
        return (image - MEAN) / DEVIATION, int(self.labels[row])


def ordinary(images: np.ndarray, labels: np.ndarray) -> float:
    """Images a second of the loop that most people write; the workers' start is not counted."""
    model = net()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    batches = iter(DataLoader(Images(images, labels), batch_size=BATCH, shuffle=True, num_workers=2))
    first = next(batches)
    start = now()
    for x, y in chain([first], batches):
        x, y = x.to(DEVICE), y.to(DEVICE)
        optimiser.zero_grad()
        loss = functional.cross_entropy(model(x), y)
        loss.backward()
        optimiser.step()
    return len(images) / (now() - start)


def ours(images: np.ndarray, labels: np.ndarray, augment: str) -> float:
    """Images a second of goodfit's loop."""
    model = net()
    set_memory_format(model, channels_last=True)
    source, y = as_source(images, labels), torch.from_numpy(labels)
    hyper = Hyperparameters(
        epochs=1, batch_size=BATCH, micro_batch=BATCH, optimiser="adamw", learning_rate=1e-3, weight_decay=0.05,
        schedule="one-cycle", precision="bfloat16", channels_last=True, seed=0,
    )  # fmt: skip
    feed = Feed(
        source=source,
        y=y,
        device=DEVICE,
        batch_size=BATCH,
        seed=0,
        normalise=Normalise.measure(source.whole()[:500]),
        augment=Augmenter(AugmentSettings.preset(augment), 10) if augment != "none" else None,
        channels_last=True,
        resident=source.whole().to(DEVICE) if DEVICE.type != "cpu" else None,
    )
    rows = torch.arange(len(y))
    training = Training(
        net=model,
        task=Classification(tuple(range(10)), label_smoothing=0.1),
        feed=feed,
        train_rows=rows,
        valid_rows=rows[:2],
        optimiser=make_optimiser("adamw", parameter_groups([(model.parameters(), 1.0)], 0.05), DEVICE),
        schedule=schedule("one-cycle"),
        precision=Precision("bfloat16", True, ""),
        hyper=hyper,
        position=Position(pace=1e-3),
        loss_sum=torch.zeros((), device=DEVICE),
    )
    ended: list[float] = []
    start = now()
    train(training, Listener(lambda training: None, lambda training: ended.append(now())))
    return len(y) / (ended[0] - start)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(2)
    images, labels = arrays("train")
    images, labels = images[:ROWS].copy(), labels[:ROWS].astype(np.int64)
    figures = in_turn(
        {
            "ours": lambda: ours(images, labels, "none"),
            "ours_augmented": lambda: ours(images, labels, "mirror"),
            "tuned": lambda: tuned(images, labels),
            "ordinary": lambda: ordinary(images, labels),
        },
        given.repeats,
    )
    result = {
        "images_per_second": {name: spread(values) for name, values in figures.items()},
        "ours_over_tuned": ratios(figures["ours"], figures["tuned"]),
        "ours_augmented_over_tuned": ratios(figures["ours_augmented"], figures["tuned"]),
        "ours_over_ordinary": ratios(figures["ours"], figures["ordinary"]),
        "ours_augmented_over_ordinary": ratios(figures["ours_augmented"], figures["ordinary"]),
        "repeats": given.repeats,
    }
    if given.json:
        print(json.dumps(result))
        return
    for name, values in result["images_per_second"].items():
        print(f"{name:<30}{values['median']:8.0f} images/s  ({values['low']:.0f} to {values['high']:.0f})")
    for name in ("ours_over_tuned", "ours_augmented_over_tuned", "ours_over_ordinary", "ours_augmented_over_ordinary"):
        values = result[name]
        print(f"{name:<30}{values['median']:8.3f}             ({values['low']:.3f} to {values['high']:.3f})")


if __name__ == "__main__":
    main()
