"""Augmentation of pairs: what moves an image moves its mask or its clean image in the same way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.images.augment import PRESETS, Augmenter, AugmentSettings, turn, window

MOVES = {
    "flips": AugmentSettings(flip=True),
    "shifts": AugmentSettings(flip=True, shift=0.3),
    "pieces": AugmentSettings(flip=True, piece=8, turn=True),
}


def scene(n: int, high: int, wide: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Masks of random classes, and images whose three channels tell the class."""
    classes = torch.from_numpy(np.random.default_rng(seed).integers(0, 6, (n, high, wide)).astype(np.uint8))
    return (classes[:, None] * torch.tensor([1, 7, 40], dtype=torch.uint8).view(1, 3, 1, 1)), classes


@settings(max_examples=30, deadline=None)
@given(
    move=st.sampled_from(sorted(MOVES)), n=st.integers(1, 5), high=st.integers(4, 14), wide=st.integers(4, 14),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_masks_and_clean_images_move_with_their_images(move: str, n: int, high: int, wide: int, seed: int) -> None:
    x, y = scene(n, high, wide, seed)
    generator = torch.Generator().manual_seed(seed)
    moved, mask = Augmenter(MOVES[move], 6, "mask")(x, y, generator)
    assert mask.dtype == torch.uint8
    torch.testing.assert_close(moved, mask[:, None] * torch.tensor([1, 7, 40], dtype=torch.uint8).view(1, 3, 1, 1))
    generator = torch.Generator().manual_seed(seed)
    moved, clean = Augmenter(MOVES[move], 3, "image")(x, x.clone(), generator)
    torch.testing.assert_close(moved, clean)


def test_scenes_never_make_new_classes_and_masks_stay_on_their_things() -> None:
    """Large discs on ground, turned and zoomed: away from edges the image's value still tells the mask's."""
    down, across = torch.meshgrid(torch.arange(64), torch.arange(80), indexing="ij")
    y = torch.stack([((down - 30) ** 2 + (across - 25 - 5 * k) ** 2 < 300) * (k + 1) for k in range(4)]).to(torch.uint8)
    x = (y[:, None] * 40).expand(-1, 3, -1, -1)
    still = AugmentSettings(**{**PRESETS["scenes"].to_json(), "brightness": 0, "contrast": 0, "saturation": 0})
    moved, mask = Augmenter(still, 5, "mask")(x, y, torch.Generator().manual_seed(0))
    assert set(mask.unique().tolist()) <= set(y.unique().tolist())
    # but on the edges: the circumference of a disc of radius 17 is 107 of 5,120 pixels
    assert (moved[:, 0] / 40 - mask).abs().lt(0.5).float().mean() > 0.98
    assert (mask != y).any()


def test_colours_of_a_pair_stay_as_they_are_and_nothing_is_mixed() -> None:
    x, y = scene(6, 16, 16, 0)
    strong = AugmentSettings(**{**PRESETS["strong"].to_json(), "rotate": 0, "zoom": 0, "shear": 0})
    moved, clean = Augmenter(strong, 3, "image")(x, x.clone(), torch.Generator().manual_seed(0))
    torch.testing.assert_close(moved, clean)
    _, mask = Augmenter(strong, 6, "mask")(x, y, torch.Generator().manual_seed(0))
    assert mask.shape == y.shape
    assert mask.dtype == torch.uint8


@pytest.mark.parametrize(("high", "wide"), [(3, 5), (6, 6)])
def test_a_window_is_numpys_slice(high: int, wide: int) -> None:
    x, _ = scene(4, 9, 11, 1)
    top, left = torch.tensor([0, 1, 2, 3]), torch.tensor([5, 3, 1, 0])
    found = window(x, top, left, high, wide)
    for row in range(4):
        expected = x[row, :, top[row] : top[row] + high, left[row] : left[row] + wide]
        np.testing.assert_array_equal(found[row].numpy(), expected.numpy())


def test_turns_are_numpys_and_spare_what_is_not_square() -> None:
    x, _ = scene(4, 6, 6, 2)
    upside, turned = torch.tensor([False, True, False, True]), torch.tensor([False, False, True, True])
    found = turn(x, upside, turned).numpy()
    for row in range(4):
        expected = x[row].numpy()
        expected = expected[:, ::-1] if upside[row] else expected
        expected = expected.transpose(0, 2, 1) if turned[row] else expected
        np.testing.assert_array_equal(found[row], expected)
    wide = x[:, :, :4]
    torch.testing.assert_close(turn(wide, torch.zeros(4, dtype=torch.bool), turned), wide)
