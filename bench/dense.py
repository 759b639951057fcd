"""Masks and restoration on CamVid (367 / 101 / 233 images of 240x180): figures with defaults, and our loop's speed.

    python bench/dense.py [--only speed|masks|tiramisu|jpeg|noise] [--repeats 5] [--out FOLDER]

speed: images a second of our loop against one written by hand with the same net, fused optimiser, bfloat16 (where the
machine computes in it, else float32), channels_last and the data in memory, in turn in one process, both with
cross-entropy, AdamW and without augmentation; and ours with its usual loss, augmentation and optimiser.
masks, tiramisu: test scores after `goodfit fit` with defaults, and with --arch tiramisu56 in 20 minutes.
jpeg, noise: images saved as JPEG of quality 10, or with noise of standard deviation 25, restored with defaults.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))
from _timing import in_turn, ratios, show, spread

import goodfit as gf
from goodfit.data.feed import Feed
from goodfit.data.images.augment import PRESETS, Augmenter
from goodfit.data.images.degrade import degrade
from goodfit.data.normalise import Normalise
from goodfit.data.sources.masks import Masks
from goodfit.nets import build
from goodfit.tasks.segmentation import Segmentation
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.memory import keep_freed_memory
from goodfit.train.memory_format import set_memory_format
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.precision import Precision, supported
from goodfit.train.schedule import schedule

CAMVID = Path(__file__).resolve().parents[2] / "shared" / "data" / "camvid"
PARTS = ("train", "val", "test")
NAMES = ("speed", "masks", "tiramisu", "jpeg", "noise")
BATCH, ROWS, CLASSES, VOID = 4, 96, 11, 11
ARCH = "unet-resnet10"
CPU = torch.device("cpu")
DTYPE = "bfloat16" if supported("bfloat16", CPU) else "float32"


def net() -> torch.nn.Module:
    torch.manual_seed(0)
    return build(ARCH, (3, 180, 240), CLASSES)


def by_hand(x: torch.Tensor, y: torch.Tensor, weights: torch.Tensor) -> float:
    """Images a second of the best loop that we can write by hand."""
    model = net()
    set_memory_format(model, channels_last=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    start = time.perf_counter()
    for rows in torch.randperm(len(x)).split(BATCH):
        batch = x[rows].float().sub_(100).div_(70).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16) if DTYPE == "bfloat16" else contextlib.nullcontext():
            out = model(batch)
        loss = functional.cross_entropy(out.float(), y[rows].long(), weights, ignore_index=VOID)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return len(x) / (time.perf_counter() - start)


def ours(source: Masks, weights: torch.Tensor, augment: str, loss: str, optimiser: str) -> float:
    """Images a second of goodfit's loop."""
    model = net()
    set_memory_format(model, channels_last=True)
    rows = torch.arange(ROWS)
    feed = Feed(
        source=source,
        y=source.targets,
        device=CPU,
        batch_size=BATCH,
        seed=0,
        normalise=Normalise.measure(source.read(rows)),
        augment=Augmenter(PRESETS[augment], CLASSES, "mask") if augment != "none" else None,
        channels_last=True,
    )
    hyper = Hyperparameters(
        epochs=1, batch_size=BATCH, micro_batch=BATCH, optimiser=optimiser, learning_rate=1e-3, weight_decay=0.05,
        schedule="one-cycle", precision=DTYPE, channels_last=True, seed=0,
    )  # fmt: skip
    training = Training(
        net=model,
        task=Segmentation(tuple(map(str, range(CLASSES))), VOID, loss, tuple(weights.tolist())),
        feed=feed,
        train_rows=rows,
        valid_rows=rows[:2],
        optimiser=make_optimiser(optimiser, parameter_groups([(model.parameters(), 1.0)], 0.05), CPU),
        schedule=schedule("one-cycle"),
        precision=Precision(DTYPE, True, ""),
        hyper=hyper,
        position=Position(pace=1e-3),
        loss_sum=torch.zeros(()),
    )
    ended: list[float] = []
    start = time.perf_counter()
    train(training, Listener(lambda training: None, lambda training: ended.append(time.perf_counter())))
    return ROWS / (ended[0] - start)


def speed(repeats: int) -> None:
    keep_freed_memory()  # for both
    source = gf.masks(CAMVID / "train" / "images", CAMVID / "train" / "masks", void=VOID)
    source.prepare()
    rows = torch.arange(ROWS)
    x, y = source.read(rows).clone(), source.targets[:ROWS].clone()
    weights = torch.linspace(0.5, 3, CLASSES)
    loops = {
        "ours": lambda: ours(source, weights, "none", "cross-entropy", "adamw"),
        "by hand": lambda: by_hand(x, y, weights),
        "usual": lambda: ours(source, weights, "scenes", "dice", "muon"),
    }
    rates = in_turn(loops, repeats)
    print(f"{ARCH} in {DTYPE}, batches of {BATCH}")
    show({name: rates[name] for name in ("ours", "by hand")}, "images/s")
    ratio = ratios(rates["usual"], rates["by hand"])
    told = f"{spread(rates['usual'])['median']:.1f} images/s, {ratio['median']:.3f} of by hand"
    print(f"with its usual loss, augmentation and optimiser {told}")


def scores(run: gf.Run, names: tuple[str, ...]) -> str:
    test = run.metrics["test"]
    told = (f"{name} {test[name].value:.4f} ({test[name].low:.4f} to {test[name].high:.4f})" for name in names)
    return f"{', '.join(told)}; {len(run.history)} epochs, {run.record.seconds:.0f} s; {run.verdict}"


def masks(out: Path, **options: Any) -> None:
    run = gf.fit(gf.masks(CAMVID, "masks", void=VOID), out=out, quiet=False, **options)
    print("CamVid test images:", scores(run, ("iou", "pixel_accuracy")), flush=True)


def restored(out: Path, kind: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        bad, clean = Path(place) / "bad", {}
        for part in PARTS:
            clean[part] = CAMVID / part / "images"
            degrade(clean[part], bad / part, kind)
        source = gf.pairs(
            bad / "train", clean["train"], valid=bad / "val", valid_clean=clean["val"], test=bad / "test",
            test_clean=clean["test"],
        )  # fmt: skip
        run = gf.fit(source, out=out, quiet=False)
        print(f"{kind}:", scores(run, ("psnr", "ssim", "psnr_gain")), run.record.baseline["test"], flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, help="keep the runs, with their reports, in this folder")
    given = parser.parse_args()
    if not CAMVID.is_dir():
        print(f"no data in {CAMVID}: nothing measured")
        return
    with tempfile.TemporaryDirectory() as place:
        for name in [given.only] if given.only else NAMES:
            print(f"-- {name}", flush=True)
            out = (given.out or Path(place)) / name
            if name == "speed":
                speed(given.repeats)
            elif name == "masks":
                masks(out)
            elif name == "tiramisu":
                masks(out, arch="tiramisu56", minutes=20)
            else:
                restored(out, name)


if __name__ == "__main__":
    main()
