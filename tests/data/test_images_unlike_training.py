"""New images unlike those of training: each gets a prediction, and it is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from goodfit.data import open_data

COUNT = 30
Notes = list[tuple[str, str, str]]
GENERATOR = np.random.default_rng(0)


def photo(at: int) -> Image.Image:
    pixels = GENERATOR.integers(0, 120, (16, 16, 3)).astype(np.uint8)
    pixels[..., at % 2] += 100
    return Image.fromarray(pixels)


def folder(place: Path, images: list[Image.Image], *, classes: bool = False) -> Path:
    for at, image in enumerate(images):
        under = place / "ab"[at % 2] if classes else place
        under.mkdir(parents=True, exist_ok=True)
        image.save(under / f"{at}.png")
    return place


@pytest.fixture
def notes(tmp_path: Path) -> Callable[..., Notes]:
    source = open_data(folder(tmp_path / "train", [photo(at) for at in range(COUNT)], classes=True))
    source.prepare(cache=tmp_path / "cache")
    source.learn(torch.arange(len(source)))
    schema = source.schema()

    def read(images: list[Image.Image], **other: object) -> Notes:
        new = open_data(folder(tmp_path / "new", images))
        new.prepare({**schema, **other} if other else schema, cache=tmp_path / "cache")
        return [note for note in new.notes if note[0] == "doubtful"]

    return read


def test_photos_of_the_same_kind_say_nothing(notes: Callable[..., Notes]) -> None:
    assert notes([photo(at) for at in range(COUNT)]) == []


def test_grey_photos_for_a_run_in_colour_are_said(notes: Callable[..., Notes]) -> None:
    [colour] = [note for note in notes([photo(at).convert("L") for at in range(COUNT)]) if "colour" in note[1]]
    assert colour[1] == "colour: 30 of 30 images"
    assert colour[2].startswith("they are grey, and all that the run was fitted on have colours")


def test_black_images_are_said(notes: Callable[..., Notes]) -> None:
    found = notes([Image.new("RGB", (16, 16))] * COUNT)
    assert [what.split(":")[0] for _, what, _ in found] == ["brightness", "contrast", "colour"]


def test_few_images_and_a_run_of_before_say_nothing(notes: Callable[..., Notes]) -> None:
    assert notes([photo(0).convert("L")]) == []
    assert notes([photo(at).convert("L") for at in range(COUNT)], appearance=None) == []
