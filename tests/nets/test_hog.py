"""Fixed features of images: against the paper written out in loops, and what they do not depend on."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from goodfit.errors import UsageError
from goodfit.nets import build
from goodfit.nets.hog import LARGEST, SMALLEST, HogNet, cell_colours, colours, edges, gradients


def image(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(sum(shape)))


def edges_in_loops(x: np.ndarray, cells: int, bins: int, turn: int) -> np.ndarray:
    """One image (C, H, W): Dalal and Triggs 2005, pixel by pixel."""
    x = np.sqrt(x)
    _, high, wide = x.shape
    histogram = np.zeros((bins, cells, cells))
    for row in range(high):
        for column in range(wide):
            best = (-1.0, 0.0, 0.0)
            for channel in x:
                down = channel[row + 1, column] - channel[row - 1, column] if 0 < row < high - 1 else 0.0
                right = channel[row, column + 1] - channel[row, column - 1] if 0 < column < wide - 1 else 0.0
                if math.hypot(down, right) > best[0]:
                    best = (math.hypot(down, right), down, right)
            strength, down, right = best
            at = math.atan2(down, right) / (turn * math.pi) % 1.0 * bins
            low, share = int(at) % bins, at - int(at)
            cell = (row * cells // high, column * cells // wide)
            histogram[(low, *cell)] += strength * (1 - share)
            histogram[((low + 1) % bins, *cell)] += strength * share
    histogram /= (high // cells) * (wide // cells)
    blocks = []
    for up in (-1, 0):
        for left in (-1, 0):
            normalised = np.zeros_like(histogram)
            for row in range(cells):
                for column in range(cells):
                    near = [
                        histogram[:, min(max(row + up + i, 0), cells - 1), min(max(column + left + j, 0), cells - 1)]
                        for i in (0, 1)
                        for j in (0, 1)
                    ]
                    energy = sum(float((each**2).sum()) for each in near) / 4
                    normalised[:, row, column] = histogram[:, row, column] / math.sqrt(energy + SMALLEST)
            blocks.append(np.minimum(normalised, LARGEST))
    return np.concatenate(blocks).reshape(-1)


@pytest.mark.parametrize(("channels", "cells", "bins", "turn"), [(1, 4, 9, 1), (3, 4, 9, 2), (3, 2, 5, 1)])
def test_edges_are_those_of_the_paper_written_out(channels: int, cells: int, bins: int, turn: int) -> None:
    x = image(2, channels, 16, 24)
    expected = np.stack([edges_in_loops(each, cells, bins, turn) for each in x.double().numpy()])
    np.testing.assert_allclose(edges(gradients(x), cells, bins, turn).numpy(), expected, atol=1e-4)


def test_a_vertical_step_has_one_direction() -> None:
    x = torch.zeros(1, 1, 16, 16)
    x[..., 8:] = 1  # from dark to light, left to right: direction 0
    histogram = edges(gradients(x), 2, 4, turn=2).reshape(4, 4, 2, 2)
    assert bool((histogram[:, 0] > 0).all())
    assert float(histogram[:, 1:].abs().max()) == 0
    turned_round = edges(gradients(1 - x), 2, 4, turn=2).reshape(4, 4, 2, 2)
    torch.testing.assert_close(turned_round[:, 2], histogram[:, 0])  # half a turn on
    torch.testing.assert_close(edges(gradients(1 - x), 2, 4, turn=1), edges(gradients(x), 2, 4, turn=1))


def test_edges_hardly_depend_on_the_contrast() -> None:
    x = image(1, 1, 32, 32)
    torch.testing.assert_close(edges(gradients(x * 0.5), 4, 9, 1), edges(gradients(x), 4, 9, 1), atol=0.02, rtol=0)


def test_colours_are_counted() -> None:
    x = torch.zeros(1, 3, 4, 4)
    x[:, 0, :2] = 1.0  # half of the pixels red (level 3, 0, 0), half black
    shares = colours(x)[0] ** 2
    assert shares[3 * 16] == pytest.approx(0.5)
    assert shares[0] == pytest.approx(0.5)
    assert float(shares.sum()) == pytest.approx(1)
    grey = colours(torch.full((1, 1, 4, 4), 0.5))[0]
    assert grey.tolist() == [0.0] * 8 + [1.0] + [0.0] * 7  # 0.5 * 16


def test_cells_have_the_mean_and_deviation_of_their_pixels() -> None:
    x = image(1, 3, 8, 8)
    measured = cell_colours(x, 2)[0].reshape(2, 3, 2, 2)
    torch.testing.assert_close(measured[0, 1, 0, 1], x[0, 1, :4, 4:].mean())
    torch.testing.assert_close(measured[1, 2, 1, 0], x[0, 2, 4:, :4].std(correction=0), atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 64, 64), (3, 90, 128), (4, 33, 20), (1, 3, 3)])
def test_images_of_any_shape_and_channels_have_features(shape: tuple[int, ...]) -> None:
    net = build("hog", shape, 5)
    assert isinstance(net, HogNet)
    features = net.fixed(image(2, *shape))
    assert features.shape == (2, net.fixed.width)
    assert bool(features.isfinite().all())
    assert net(image(2, *shape)).shape == (2, 5)


def test_only_the_head_is_learnt_and_rows_do_not_mix() -> None:
    net = build("hog", (3, 32, 32), 5)
    assert [name for name, _ in net.named_parameters()] == ["fc.weight", "fc.bias"]
    x = image(4, 3, 32, 32)
    torch.testing.assert_close(net(x)[1:2], net(x[1:2]))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in net.modules())


def test_an_image_without_neighbours_is_refused() -> None:
    with pytest.raises(UsageError, match="images of 2x2 px have no edges"):
        build("hog", (3, 2, 2), 5)
