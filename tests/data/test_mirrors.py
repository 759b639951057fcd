"""Whether mirrored images keep their meaning, asked of images of which that is known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import goodfit as gf
from goodfit.data.images.mirrors import count_mirrors
from goodfit.tasks.classification import Classification

ACROSS, DOWN = np.meshgrid(np.linspace(-1, 1, 16), np.linspace(-1, 1, 16))


def drawn(count: int, kind: str, seed: int = 0, channels: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """(n, C, 16, 16) uint8 and classes: blobs of three sizes, anywhere; or ramps that rise to the left or right."""
    random = np.random.default_rng(seed)
    if kind == "blobs":
        y = random.integers(3, size=count)
        x, z = random.uniform(-0.6, 0.6, (2, count, 1, 1))
        images = np.exp(-((ACROSS - x) ** 2 + (DOWN - z) ** 2) / (0.08 * (1 + 2 * y[:, None, None])))
    else:
        y = random.integers(2, size=count)
        images = np.where(y[:, None, None] == 1, ACROSS, -ACROSS) + 0.5 * DOWN * random.normal(size=(count, 1, 1))
    images = 128 + 60 * images + 12 * random.normal(size=images.shape)
    return np.repeat(np.clip(images, 0, 255).astype(np.uint8)[:, None], channels, axis=1), y


def test_blobs_are_the_same_in_the_mirror() -> None:
    mirrors = count_mirrors(torch.from_numpy(drawn(600, "blobs")[0]), drawn(600, "blobs")[1])
    assert mirrors is not None
    assert mirrors.often > 0.3  # a mirrored image is as good as another: half of the time it is the nearer one
    assert mirrors.harmless
    assert not mirrors.harmful


def test_what_points_to_a_side_means_another_thing_in_the_mirror() -> None:
    images, y = drawn(400, "ramps")
    mirrors = count_mirrors(torch.from_numpy(images), y)
    assert mirrors is not None
    assert mirrors.lost > 100
    assert mirrors.harmful
    assert not mirrors.harmless


def test_few_images_tell_nothing() -> None:
    images, y = drawn(200, "ramps")
    assert count_mirrors(torch.from_numpy(images), y) is None


@pytest.mark.parametrize(
    ("kind", "channels", "flipped"),
    [("blobs", 1, True), ("ramps", 3, False)],  # without a word of the images grey ones are not, and coloured ones are
)
def test_a_fit_mirrors_what_keeps_its_meaning(tmp_path: Path, kind: str, channels: int, flipped: bool) -> None:
    images, y = drawn(500, kind, channels=channels)
    run = gf.fit(gf.arrays(images, y), out=tmp_path / "run", epochs=1, rivals="none", quiet=True)
    (choice,) = [each for each in run.record.choices if each.name == "augmentation"]
    assert choice.value == ("mirror" if flipped else "none")
    task = run.model.task
    assert isinstance(task, Classification)
    assert task.mirrored == flipped
