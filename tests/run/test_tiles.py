"""An image in tiles gives what it gives whole, wherever the net can see all that it looks at."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from goodfit.predict.tiling import over_tiles


def small_net(seed: int = 0) -> nn.Module:
    """It looks 3 pixels far."""
    torch.manual_seed(seed)
    first, second, third = (nn.Conv2d(into, out, 3, padding=1) for into, out in ((2, 8), (8, 8), (8, 3)))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), third).double().eval()


@settings(max_examples=25, deadline=None)
@given(high=st.integers(1, 300), wide=st.integers(1, 300), margin=st.integers(3, 12), ramp=st.integers(0, 20))
def test_tiled_is_whole(high: int, wide: int, margin: int, ramp: int) -> None:
    net = small_net()
    x = torch.randn(1, 2, high, wide, dtype=torch.float64)
    with torch.no_grad():
        tiled = over_tiles(net, x, whole=1, tile=96, margin=margin, ramp=ramp)
        torch.testing.assert_close(tiled.double(), net(x), rtol=0, atol=1e-5)


def test_a_net_of_strides_sees_the_same_grid_in_each_tile() -> None:
    """Average pooling by 32 and back: tiles that began between its cells would give other cells."""

    def net(x: torch.Tensor) -> torch.Tensor:
        return nn.functional.interpolate(nn.functional.avg_pool2d(x, 32), scale_factor=32, mode="nearest")

    x = torch.randn(1, 1, 640, 320)
    torch.testing.assert_close(over_tiles(net, x, whole=1, tile=192, margin=32, ramp=16), net(x), rtol=0, atol=1e-5)


def test_blending_leaves_no_seam_where_tiles_disagree() -> None:
    """A net that says which tile it is in: the steps between neighbours are the ramp's, not a jump."""
    calls: list[int] = []

    def net(x: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return torch.full((1, 1, *x.shape[-2:]), float(len(calls)))

    found = over_tiles(net, torch.zeros(1, 1, 64, 400), whole=1, tile=192, margin=16, ramp=32)[0, 0, 0]
    assert len(calls) > 1
    assert found.diff().abs().max() <= 1 / 32
