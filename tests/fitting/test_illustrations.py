"""Pictures of the report: augmented samples, and which part of an image a prediction rests on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

import goodfit as gf
from goodfit.fitting.illustrations import GRID, _of_every_class, occlusion_maps
from goodfit.report.page import heat_uri
from goodfit.store.run_folder import SCORES
from goodfit.store.tensors import load_state
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression


def corner_net(x: Tensor) -> Tensor:
    """Logits that depend on the upper left quarter of an image alone: class 1 where it is bright."""
    bright = x[:, :, :8, :8].float().mean((1, 2, 3)) / 255
    return torch.stack([torch.zeros_like(bright), 8 * bright - 1], dim=1)


def test_a_prediction_rests_on_the_part_that_the_net_looks_at() -> None:
    image = torch.zeros(1, 1, 16, 16, dtype=torch.uint8)
    image[..., :8, :8] = 255
    maps = occlusion_maps(image, corner_net(image), Classification(("dark", "bright")), corner_net)
    assert maps is not None
    assert maps.shape == (1, GRID, GRID)
    assert (maps[0, :3, :3] > 0).all(), "the patch of 4 x 4 covers some of the quarter from the pixels 0, 3 and 6 on"
    assert (maps[0, 3:, :] == 0).all(), "from 9 pixels on it lies outside"
    assert (maps[0, :, 3:] == 0).all()


def test_numbers_have_no_map() -> None:
    image = torch.zeros(1, 1, 16, 16, dtype=torch.uint8)
    assert occlusion_maps(image, torch.zeros(1, 1), Regression((0.0,), (1.0,)), corner_net) is None


def test_heat_is_drawn_where_there_is_some() -> None:
    pixels, heat = np.full((8, 8, 1), 100, dtype=np.uint8), np.zeros((7, 7))
    assert heat_uri(pixels, heat) is None
    heat[0, 0] = 1.0
    assert str(heat_uri(pixels, heat)).startswith("data:image/png;base64,")


def test_a_run_keeps_samples_and_the_page_shows_them(digits_folder: Path, tmp_path: Path) -> None:
    run = gf.fit(digits_folder, arch="resnet10", epochs=1, width=4, augment="light", lr="find", out=tmp_path / "run")
    tensors, _ = load_state(run.folder / SCORES)
    assert tensors["unaugmented"].shape == tensors["augmented"].shape == (12, 16, 16, 1)
    assert not torch.equal(tensors["unaugmented"], tensors["augmented"])
    assert tensors["occlusion"].shape == (6, GRID, GRID)
    page = (run.folder / "report.html").read_text()
    test = run.record.analyses["learning_rate_range_test"]
    assert test["chosen"] == run.record.hyperparameters.learning_rate
    assert len(test["rates"]) == len(test["losses"]) > 10
    assert 'aria-label="Loss by learning rate in the range test"' in page
    assert page.count('alt="augmented"') == page.count('alt="as it is"') == 12
    assert 'alt="what the prediction rests on"' in page


def test_samples_are_of_every_class_and_carry_their_labels_without_augmentation_too(tmp_path: Path) -> None:
    """Kinds a to d with 40, 20, 8 and 6 images, each of one grey by its kind: three of each."""
    grey = {"a": 30, "b": 90, "c": 160, "d": 220}
    for kind, count in zip(grey, (40, 20, 8, 6), strict=True):
        (tmp_path / "train" / kind).mkdir(parents=True)
        for number in range(count):
            pixels = np.full((16, 16), grey[kind], dtype=np.uint8)
            pixels[0, 0], pixels[0, 1] = number, 0  # no two are equal
            Image.fromarray(pixels).save(tmp_path / "train" / kind / f"{number}.png")
    run = gf.fit(tmp_path / "train", arch="resnet10", width=4, epochs=1, augment="none", out=tmp_path / "run")
    tensors, values = load_state(run.folder / SCORES)
    assert "augmented" not in tensors
    labels = values["sample_labels"]
    assert [grey[label] for label in labels] == tensors["unaugmented"][:, 8, 8, 0].tolist()
    assert sorted(labels) == sorted(3 * list(grey))
    page = (run.folder / "report.html").read_text()
    assert "12 images of those that the net learns from, as they were read, with what their labels say." in page


def test_of_many_classes_the_samples_are_spread_over_them() -> None:
    y = torch.arange(60).repeat_interleave(3)
    rows = _of_every_class(torch.arange(180), y, Classification(tuple(range(60))))
    assert y[rows].tolist() == list(range(0, 60, 5))
