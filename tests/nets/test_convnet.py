"""The plain convolutional net: its whitened first layer, its sizes, what it costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.errors import UsageError
from goodfit.nets import build
from goodfit.nets.convnet import ConvNet, Whitening, first_layer
from goodfit.nets.describe import describe
from goodfit.nets.multiply_adds import multiply_adds


def images(count: int, channels: int, side: int) -> torch.Tensor:
    """Smooth noise, so that neighbouring pixels are alike as in photos."""
    random = torch.Generator().manual_seed(3)
    coarse = torch.rand(count, channels, side // 2 + 1, side // 2 + 1, generator=random)
    fine = torch.nn.functional.interpolate(coarse, (side, side), mode="bilinear")
    return (200 * fine + 30 * torch.rand(fine.shape, generator=random)).byte()


def test_the_whitened_patches_of_training_images_have_one_variance_and_no_correlation() -> None:
    x = images(400, 3, 16).double()
    x = ((x - x.mean((0, 2, 3), keepdim=True)) / x.std((0, 2, 3), keepdim=True)).float()
    layer = Whitening(3, 2, 2)
    layer.measure(x)
    maps = torch.nn.functional.conv2d(x, layer.directions, stride=2)[:, :12]  # the others are these, negated
    values = maps.permute(1, 0, 2, 3).flatten(1).double()
    covariance = values @ values.T / values.shape[1]
    torch.testing.assert_close(covariance, torch.eye(12, dtype=torch.float64), rtol=0, atol=0.03)


def test_of_larger_patches_the_directions_that_vary_most_are_kept() -> None:
    x = images(100, 3, 32).float() / 50 - 2
    layer = Whitening(3, 4, 4)
    layer.measure(x)
    assert layer.directions.shape == (32, 3, 4, 4)
    patches = x.unfold(2, 4, 4).unfold(3, 4, 4).permute(0, 2, 3, 1, 4, 5).reshape(-1, 48).double().numpy()
    _, deviations, principal = np.linalg.svd(patches / len(patches) ** 0.5, full_matrices=False)
    ours = layer.directions[:16].flatten(1).double().numpy()
    expected = principal[:16] / np.sqrt(deviations[:16] ** 2 + 5e-4)[:, None]
    np.testing.assert_allclose(np.abs((ours * expected).sum(1)), (expected**2).sum(1), rtol=1e-3)  # up to the sign


def test_the_negated_directions_keep_what_relu_cuts_off() -> None:
    layer = Whitening(1, 2, 1)
    layer.measure(images(50, 1, 8).float() / 50 - 2)
    torch.testing.assert_close(layer.directions[:4], -layer.directions[4:], rtol=0, atol=0)


def test_an_image_without_any_contrast_becomes_no_noise() -> None:
    net = build("convnet", (1, 8, 8), 2, width=4)
    assert isinstance(net, ConvNet)
    net.measure(torch.full((20, 1, 8, 8), 7, dtype=torch.uint8))
    assert torch.isfinite(net.whiten.directions).all()
    assert torch.isfinite(net(torch.zeros(2, 1, 8, 8))).all()


def test_the_directions_are_kept_with_the_weights_and_not_trained() -> None:
    net = build("convnet", (3, 12, 12), 2, width=4)
    assert isinstance(net, ConvNet)
    net.measure(images(30, 3, 12))
    again = build("convnet", (3, 12, 12), 2, width=4)
    again.load_state_dict(net.state_dict())
    x = torch.randn(3, 3, 12, 12)
    torch.testing.assert_close(again.eval()(x), net.eval()(x), rtol=0, atol=0)
    assert "whiten.directions" not in dict(net.named_parameters())


@pytest.mark.parametrize(
    ("side", "pairs", "pooled"),
    [
        (8, 3, 1),  # patches of 2 px: 7 x 7 maps, then 3 x 3: too small to be pooled again
        (28, 3, 3),  # 27, 13, 6, 3
        (32, 3, 3),  # 31, 15, 7, 3
        (64, 3, 3),  # every second pixel: 32, 16, 8, 4
        (128, 3, 3),  # every fourth pixel: 32, 16, 8, 4
        (256, 4, 4),  # 64, 32, 16, 8, 4
    ],
)
def test_pairs_follow_the_side(side: int, pairs: int, pooled: int) -> None:
    net = build("convnet", (3, side, side), 2, width=4)
    assert isinstance(net, ConvNet)
    assert (len(net.pairs), sum(bool(pair.pooled) for pair in net.pairs)) == (pairs, pooled)


@given(
    channels=st.integers(1, 4),
    height=st.integers(1, 70),
    wide=st.integers(1, 70),
    outputs=st.integers(1, 5),
)
@settings(max_examples=25, deadline=None)
def test_images_of_any_size(channels: int, height: int, wide: int, outputs: int) -> None:
    net = build("convnet", (channels, height, wide), outputs, width=2).train()
    assert isinstance(net, ConvNet)
    net.measure(torch.randint(0, 255, (6, channels, height, wide), dtype=torch.uint8))
    out = net(torch.randn(4, channels, height, wide))
    assert out.shape == (4, outputs)
    out.sum().backward()
    assert all(each.grad is not None for each in net.parameters())


def test_multiply_adds_worked_out_by_hand() -> None:
    rows = describe("convnet", (1, 28, 28), 10, 1, width=32)
    first = 8 * 4 * 27 * 27
    pairs = 9 * (
        8 * 32 * 27**2 + 32 * 32 * 13**2 + 32 * 64 * 13**2 + 64 * 64 * 6**2 + 64 * 128 * 6**2 + 128 * 128 * 3**2
    )
    assert rows[-1].multiply_adds == first + pairs + 128 * 10
    state = torch.random.get_rng_state()
    assert multiply_adds(lambda: build("convnet", (1, 28, 28), 10, width=32), (1, 28, 28)) == first + pairs + 128 * 10
    assert torch.equal(torch.random.get_rng_state(), state)  # a fit draws what it would have drawn


def test_a_width_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="width 0"):
        build("convnet", (1, 8, 8), 2, width=0)


def test_patches_are_never_larger_than_the_image() -> None:
    assert first_layer(1) == (1, 1)
    assert first_layer(28) == (2, 1)
