"""U-Nets: sizes, encoders, no checkerboard, residual ones."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.errors import UsageError
from goodfit.nets import architecture, build, names
from goodfit.nets.unet import Double, UNet


@settings(max_examples=12, deadline=None)
@given(
    high=st.integers(1, 70), wide=st.integers(1, 70), channels=st.integers(1, 4), outputs=st.integers(1, 5),
    stem=st.sampled_from(["small", "photo", "fold"]),
)  # fmt: skip
def test_the_output_has_exactly_the_size_of_the_input(
    high: int, wide: int, channels: int, outputs: int, stem: str
) -> None:
    net = build("unet-resnet10", (channels, high, wide), outputs, width=4, stem=stem).eval()
    with torch.no_grad():
        assert net(torch.randn(2, channels, high, wide)).shape == (2, outputs, high, wide)


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("unet-")])
def test_every_backbone_is_an_encoder(name: str) -> None:
    net = build(name, (3, 96, 64), 2).eval()
    with torch.no_grad():
        assert net(torch.randn(1, 3, 96, 64)).shape == (1, 2, 96, 64)
    assert architecture(name).dense
    kept = {id(each) for each in net.parameters()}
    staged = [each for stage in architecture(name).stages(net) for module in stage for each in module.parameters()]
    assert {id(each) for each in staged} == kept


def test_every_parameter_gets_a_gradient() -> None:
    net = build("unet-resnet10", (3, 40, 40), 2, width=4)
    net(torch.randn(2, 3, 40, 40)).square().sum().backward()
    assert [name for name, each in net.named_parameters() if each.grad is None] == []


def test_a_fresh_upsampling_shows_no_checkerboard() -> None:
    torch.manual_seed(0)
    out = Double(6, 3).eval()(torch.randn(1, 6, 5, 5))
    blocks = out.unfold(2, 2, 2).unfold(3, 2, 2)  # each 2x2 block comes from one pixel
    assert out.shape == (1, 3, 10, 10)
    assert (blocks.amax((-1, -2)) - blocks.amin((-1, -2))).max() < 1e-6


@pytest.mark.parametrize("stem", ["photo", "fold"])
def test_a_fresh_net_shows_no_checkerboard(stem: str) -> None:
    """The pixels that the head makes of one are equal at first."""
    torch.manual_seed(0)
    with torch.no_grad():
        out = build("unet-resnet10", (3, 40, 40), 2, width=4, stem=stem).eval()(torch.randn(1, 3, 40, 40))
    blocks = out.unfold(2, 2, 2).unfold(3, 2, 2)
    assert (blocks.amax((-1, -2)) - blocks.amin((-1, -2))).max() < 1e-6
    assert out.std() > 1e-3


@pytest.mark.parametrize(("width", "fold"), [(8, 1), (11, 1), (12, 2), (None, 2)])
def test_a_net_too_narrow_for_a_square_of_pixels_is_not_folded(width: int | None, fold: int) -> None:
    """2 x 2 pixels of three colours are 12 values: through fewer channels some would be lost."""
    net = build("unet-resnet10", (3, 32, 32), 3, width=width, residual=True)
    assert isinstance(net, UNet)
    assert net.fold == fold


def test_a_fresh_residual_net_gives_the_image_back() -> None:
    net = build("unet-resnet10", (3, 32, 32), 3, width=4, residual=True).eval()
    x = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(net(x), x, rtol=0, atol=0)
    with pytest.raises(UsageError, match="5 outputs for 3 channels"):
        build("unet-resnet10", (3, 32, 32), 5, residual=True)


def test_the_skips_carry_what_the_bottom_has_lost() -> None:
    """One bright pixel moves the output at its place, in a net whose deepest map is a single pixel."""
    torch.manual_seed(0)
    net = build("unet-resnet10", (1, 32, 32), 1, width=8, stem="photo")
    assert isinstance(net, UNet)
    net.eval()
    x = torch.zeros(1, 1, 32, 32)
    y = x.clone()
    y[0, 0, 9, 21] = 1.0
    with torch.no_grad():
        change = (net(y) - net(x)).abs()[0, 0]
    assert change[8:11, 20:23].mean() > 3 * change.mean()
