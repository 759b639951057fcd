"""Batch augmentation against NumPy written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.images.augment import PRESETS, Augmenter, AugmentSettings, affine, cutout, mix, shift_and_flip
from goodfit.data.normalise import Normalise
from goodfit.errors import UsageError


def images(n: int, channels: int, high: int, wide: int, seed: int = 0) -> torch.Tensor:
    """Channels last in memory, as they lie in the cache."""
    values = np.random.default_rng(seed).integers(0, 256, (n, high, wide, channels), dtype=np.uint8)
    return torch.from_numpy(values).permute(0, 3, 1, 2)


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 5), channels=st.sampled_from([1, 3]), high=st.integers(4, 11), wide=st.integers(4, 11),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_shift_and_flip_is_numpys_reflection_a_slice_and_a_mirror(
    n: int, channels: int, high: int, wide: int, seed: int
) -> None:
    x = images(n, channels, high, wide, seed)
    random = np.random.default_rng(seed)
    down, right = random.integers(-3, 4, n), random.integers(-3, 4, n)
    mirrored = random.random(n) < 0.5
    found = shift_and_flip(x, torch.from_numpy(down), torch.from_numpy(right), torch.from_numpy(mirrored))
    for row in range(n):
        padded = np.pad(x[row].numpy(), ((0, 0), (3, 3), (3, 3)), mode="reflect")
        moved = padded[:, 3 - down[row] : 3 - down[row] + high, 3 - right[row] : 3 - right[row] + wide]
        if mirrored[row]:
            moved = moved[:, :, ::-1]
        np.testing.assert_array_equal(found[row].numpy(), moved)
    assert found.dtype == torch.uint8
    assert found.is_contiguous(memory_format=torch.channels_last) or channels == 1


def test_an_affine_map_that_turns_by_90_degrees_is_rot90() -> None:
    x = images(2, 3, 8, 8).float()
    quarter = torch.tensor([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]]).expand(2, 2, 3)
    torch.testing.assert_close(affine(x, quarter), torch.rot90(x, 1, (2, 3)), atol=1e-2, rtol=0)
    identity = torch.eye(2, 3).expand(2, 2, 3)
    torch.testing.assert_close(affine(x, identity), x, atol=1e-2, rtol=0)


def test_cutout_changes_one_square_a_row() -> None:
    x = images(6, 3, 20, 20)
    found = cutout(x, 0.25, torch.Generator().manual_seed(0))
    mean = x.float().mean((0, 2, 3)).to(torch.uint8)
    for row in range(6):
        changed = (found[row] != x[row]).any(0)
        at = changed.nonzero()
        (top, left), (bottom, right) = at.min(0).values, at.max(0).values
        assert bottom - top < 5
        assert right - left < 5
        assert (found[row, :, top : bottom + 1, left : right + 1] == mean[:, None, None]).all()


@pytest.mark.parametrize("alphas", [{"mixup": 0.4}, {"cutmix": 1.0}, {"mixup": 0.4, "cutmix": 1.0}])
def test_mixed_labels_have_the_shares_of_the_mixed_pixels(alphas: dict[str, Any]) -> None:
    n = 64
    classes = torch.arange(n) % 4
    x = (classes.view(n, 1, 1, 1) == torch.arange(4).view(1, 4, 1, 1)).float().expand(n, 4, 16, 16) * 240
    found, y = mix(x, classes, AugmentSettings(**alphas), 4, torch.Generator().manual_seed(3))
    torch.testing.assert_close(y.sum(1), torch.ones(n))
    torch.testing.assert_close(found.mean((2, 3)) / 240, y, atol=1e-5, rtol=0)  # a channel shows one class's share
    assert ((y > 0.01) & (y < 0.99)).any()


@pytest.mark.parametrize("name", list(PRESETS))
@pytest.mark.parametrize("channels", [1, 3])
def test_the_same_generator_state_gives_the_same_batch(name: str, channels: int) -> None:
    augment = Augmenter(AugmentSettings.preset(name), 5)
    x, y = images(7, channels, 15, 12), torch.arange(7) % 5
    generator = torch.Generator().manual_seed(1)
    augment(x, y, generator)
    state = generator.get_state()
    first = augment(x, y, generator)
    generator.set_state(state)
    second = augment(x, y, generator)
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert first[0].shape == x.shape
    assert 0 <= float(first[0].min()) <= float(first[0].max()) <= 255


def test_rows_keep_their_labels_and_their_own_pixels() -> None:
    x = (torch.arange(9, dtype=torch.uint8) * 20).view(9, 1, 1, 1).expand(9, 1, 16, 16).contiguous()
    settings_ = AugmentSettings(flip=True, shift=0.2, rotate=20, zoom=0.2, shear=0.2)
    found, y = Augmenter(settings_, 9)(x, torch.arange(9), torch.Generator().manual_seed(0))
    torch.testing.assert_close(found, x.float(), atol=0.01, rtol=0)
    assert torch.equal(y, torch.arange(9))


def test_an_unknown_preset_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="none, light, mirror, standard, strong"):
        AugmentSettings.preset("wild")


@pytest.mark.parametrize("shape", [(50, 3, 5, 6), (50, 1, 4, 4), (50, 7)])
def test_normalised_rows_have_mean_zero_and_deviation_one_by_channel(shape: tuple[int, ...]) -> None:
    x = torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
    normalise = Normalise.measure(x)
    found = normalise(x).transpose(0, 1).flatten(1)
    torch.testing.assert_close(found.mean(1), torch.zeros(shape[1]), atol=1e-5, rtol=0)
    torch.testing.assert_close(found.std(1, correction=0), torch.ones(shape[1]), atol=1e-5, rtol=0)
    again = Normalise.from_json(normalise.to_json())
    assert torch.equal(again(x), normalise(x))


@pytest.mark.parametrize("channels", [1, 3])
def test_moments_of_images_in_pieces_are_those_of_all(channels: int) -> None:
    x = torch.from_numpy(np.random.default_rng(1).integers(30, 90, (23, channels, 5, 6), dtype=np.uint8))
    x = torch.cat([x, torch.full_like(x[:1], 255)]).contiguous(memory_format=torch.channels_last)
    normalise = Normalise.of_bytes(x.split(7))
    values = x.numpy().astype(np.float64)
    assert np.allclose(normalise.mean.flatten(), values.mean((0, 2, 3)), rtol=1e-7)
    assert np.allclose(normalise.deviation.flatten(), values.std((0, 2, 3)), rtol=1e-7)
    assert torch.equal(
        Normalise.of_bytes([torch.full((2, 1, 3, 3), 9, dtype=torch.uint8)]).deviation, torch.ones(1, 1, 1)
    )


def test_a_constant_column_is_only_centred() -> None:
    x = torch.full((10, 2), 3.0)
    assert torch.equal(Normalise.measure(x)(x), torch.zeros(10, 2))
