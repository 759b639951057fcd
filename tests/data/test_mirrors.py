"""Whether mirrored images keep their meaning, asked of images of which that is known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import goodfit as gf
from goodfit.data.images.mirrors import count_mirrors, made_small
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
    assert mirrors.harm > 10
    assert mirrors.harmful
    assert not mirrors.harmless


def test_a_number_that_changes_its_sign_in_the_mirror_is_another_number() -> None:
    """As the angle of a steering wheel does; a number without a side stays."""
    images, y = drawn(400, "ramps")
    random = np.random.default_rng(5)
    angle = np.where(y == 1, 1.0, -1.0) * random.uniform(0.5, 1, 400)
    mirrors = count_mirrors(torch.from_numpy(images), angle[:, None])
    assert mirrors is not None
    assert mirrors.harmful
    sizes, size = drawn(600, "blobs")
    mirrors = count_mirrors(torch.from_numpy(sizes), size[:, None] + 0.1 * random.normal(size=(600, 1)))
    assert mirrors is not None
    assert mirrors.harmless


def test_labels_of_a_side_are_others_in_the_mirror() -> None:
    images, y = drawn(400, "ramps")
    labels = torch.stack([torch.from_numpy(y == 1), torch.from_numpy(y == 0), torch.ones(400, dtype=torch.bool)], dim=1)
    mirrors = count_mirrors(torch.from_numpy(images), labels.numpy())
    assert mirrors == count_mirrors(made_small(torch.from_numpy(images).split(64), len(images)), labels.numpy())
    assert mirrors is not None
    assert mirrors.harmful


def test_harm_that_is_hardly_seen_is_no_leave_for_grey_images() -> None:
    """The side moves the number by one standard deviation of its noise."""
    images, y = drawn(400, "ramps")
    mirrors = count_mirrors(torch.from_numpy(images), y[:, None] + np.random.default_rng(0).normal(size=(400, 1)))
    assert mirrors is not None
    assert not mirrors.harmless


def test_few_images_tell_nothing() -> None:
    images, y = drawn(200, "ramps")
    assert count_mirrors(torch.from_numpy(images), y) is None


def test_numbers_of_colour_images_are_asked_too(tmp_path: Path) -> None:
    images, y = drawn(500, "ramps", channels=3)
    angle = np.where(y == 1, 1.0, -1.0) * np.random.default_rng(5).uniform(0.5, 1, 500)
    run = gf.fit(gf.arrays(images, angle), out=tmp_path / "run", epochs=1, width=4, rivals="none", quiet=True)
    (choice,) = [each for each in run.record.choices if each.name == "augmentation"]
    assert (choice.value, run.record.task["name"]) == ("none", "regression")


@pytest.mark.parametrize(
    ("kind", "channels", "flipped"),
    [("blobs", 1, True), ("ramps", 3, False)],  # without a word of the images grey ones are not, and coloured ones are
)
def test_a_fit_mirrors_what_keeps_its_meaning(tmp_path: Path, kind: str, channels: int, flipped: bool) -> None:
    images, y = drawn(1500, kind, channels=channels)
    run = gf.fit(gf.arrays(images, y), out=tmp_path / "run", epochs=1, width=4, rivals="none", quiet=True)
    (choice,) = [each for each in run.record.choices if each.name == "augmentation"]
    assert choice.value == ("mirror" if flipped else "none")
    task = run.model.task
    assert isinstance(task, Classification)
    assert task.mirrored == flipped
