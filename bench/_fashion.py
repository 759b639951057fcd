"""Fashion-MNIST for the benches: the official IDX files as arrays, or written out as class folders of PNGs."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data" / "fashion_mnist"
CLASSES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot")


def arrays(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 28, 28) uint8 and labels (N,) of "train" (60,000) or "test" (10,000)."""
    prefix = {"train": "train", "test": "t10k"}[part]
    if not SHARED.exists():
        raise SystemExit(f"Fashion-MNIST is not at {SHARED}: put the four official IDX gz files there")
    images = np.frombuffer(
        gzip.decompress((SHARED / f"{prefix}-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16
    )
    labels = np.frombuffer(
        gzip.decompress((SHARED / f"{prefix}-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8
    )
    return images.reshape(-1, 28, 28), labels


def write_folders(target: Path) -> Path:
    """target/train/CLASS/00000.png and so on; does nothing when it was done before."""
    from PIL import Image

    done = target / ".done"
    if done.exists():
        return target
    for part in ("train", "test"):
        images, labels = arrays(part)
        for name in CLASSES:
            (target / part / name).mkdir(parents=True, exist_ok=True)
        for row, (image, label) in enumerate(zip(images, labels, strict=True)):
            Image.fromarray(image).save(target / part / CLASSES[label] / f"{row:05d}.png")
    done.touch()
    return target
