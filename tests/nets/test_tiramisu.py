"""Tiramisu: the paper's sizes and sums, a value for every pixel of any image, and the same with less memory."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from goodfit.errors import UsageError
from goodfit.nets import architecture, build
from goodfit.nets.densenet import DenseBlock
from goodfit.nets.tiramisu import Tiramisu

CAMVID = 11  # classes of the paper's first data set


def tiny(**options: Any) -> Tiramisu:
    """Two halvings, with the same weights each time."""
    torch.manual_seed(0)
    return Tiramisu((2, 3, 2), 3, 4, growth=3, width=5, **options)


def convolutions(net: nn.Module) -> list[nn.Conv2d | nn.ConvTranspose2d]:
    return [each for each in net.modules() if isinstance(each, nn.Conv2d | nn.ConvTranspose2d)]


@pytest.mark.parametrize(
    ("name", "millions", "off"),
    [
        # Jégou et al. 2017, table 3. Of the net with 56 layers the paper has more than its own code
        # makes, as others found too (github.com/SimJeg/FC-DenseNet, issue 31).
        ("tiramisu56", 1.5, 0.11),
        ("tiramisu67", 3.5, 0.05),
        ("tiramisu103", 9.4, 0.05),
    ],
)
def test_the_nets_have_as_many_parameters_as_the_paper_says(name: str, millions: float, off: float) -> None:
    with torch.device("meta"):
        net = build(name, (3, 224, 224), CAMVID)
    # The authors count running means and variances with the rest, and biases, which only the head has here.
    count = sum(each.numel() for each in net.parameters())
    count += sum(each.numel() for each in net.buffers() if each.dim())
    count += sum(each.out_channels for each in convolutions(net) if each.bias is None)
    assert count / 1e6 == pytest.approx(millions, abs=off)


@pytest.mark.parametrize("layers", [56, 67, 103])
def test_the_nets_have_as_many_convolutions_as_their_names_say(layers: int) -> None:
    with torch.device("meta"):
        net = build(f"tiramisu{layers}", (3, 224, 224), CAMVID)
    assert len(convolutions(net)) == layers


def test_the_maps_after_each_block_are_those_of_the_papers_second_table() -> None:
    with torch.device("meta"):
        net = build("tiramisu103", (3, 224, 224), CAMVID)
        x = torch.empty(2, 3, 224, 224)
    seen = []
    for module in net.modules():
        if isinstance(module, DenseBlock):
            module.register_forward_hook(lambda _, __, maps: seen.append((sum(x.shape[1] for x in maps), *x.shape[2:])))
    net(x)
    # Table 2 as corrected in the authors' README: from the bottom up all but the last two are 16 short in print
    assert [maps for maps, *_ in seen] == [112, 192, 304, 464, 656, 896, 1088, 816, 576, 384, 256]


def by_hand(state: dict[str, Tensor], x: Tensor, blocks: tuple[int, ...]) -> Tensor:
    """Tables 1 and 2 written out, in eval mode."""

    def normed(x: Tensor, name: str) -> Tensor:
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        x = (x - mean[:, None, None]) / (variance[:, None, None] + 1e-5).sqrt()
        return (x * state[f"{name}.weight"][:, None, None] + state[f"{name}.bias"][:, None, None]).clamp(min=0)

    def block(stack: Tensor, name: str, layers: int) -> tuple[Tensor, Tensor]:
        new = []
        for number in range(1, layers + 1):
            part = f"{name}.denselayer{number}"
            new.append(functional.conv2d(normed(stack, f"{part}.norm"), state[f"{part}.conv.weight"], padding=1))
            stack = torch.cat([stack, new[-1]], 1)
        return stack, torch.cat(new, 1)

    *down, bottom = blocks
    kept = []
    x = functional.conv2d(x, state["first.weight"], padding=1)
    for at, layers in enumerate(down):
        x, _ = block(x, f"down_blocks.{at}", layers)
        kept.append(x)
        x = functional.conv2d(normed(x, f"downs.{at}.norm"), state[f"downs.{at}.conv.weight"])
        x = functional.max_pool2d(x, 2)
    x, new = block(x, "bottom", bottom)
    for at, layers in enumerate(reversed(down)):
        beside = kept.pop()
        larger = functional.conv_transpose2d(new, state[f"ups.{at}.conv.weight"], stride=2)
        larger = larger[..., : beside.shape[2], : beside.shape[3]]  # the centre of 2h + 1, as Lasagne cuts it
        x, new = block(torch.cat([larger, beside], 1), f"up_blocks.{at}", layers)
    return functional.conv2d(x, state["head.weight"], state["head.bias"])


def test_the_net_is_the_papers_tables_written_out() -> None:
    net = tiny().double()
    for _ in range(3):
        net(torch.randn(4, 3, 16, 16).double())  # running statistics that are not 0 and 1
    x = torch.randn(2, 3, 12, 20).double()
    torch.testing.assert_close(net.eval()(x), by_hand(net.state_dict(), x, (2, 3, 2)))


@settings(max_examples=12, deadline=None)
@given(high=st.integers(1, 70), wide=st.integers(1, 70), channels=st.integers(1, 4), outputs=st.integers(1, 5))
@example(high=1, wide=1, channels=3, outputs=1)
@example(high=64, wide=33, channels=1, outputs=2)
def test_images_of_any_size_come_back_at_that_size(high: int, wide: int, channels: int, outputs: int) -> None:
    net = build("tiramisu56", (channels, high, wide), outputs, growth=2, width=3)
    x = torch.randn(2, channels, high, wide, requires_grad=True)
    out = net(x)
    assert out.shape == (2, outputs, high, wide)
    out.square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


@pytest.mark.parametrize(("high", "wide"), [(13, 22), (31, 1)])
def test_every_pixel_of_an_odd_image_counts_at_every_depth(high: int, wide: int) -> None:
    net = tiny(dropout=0.0).double().eval()
    deepest: list[Tensor] = []
    net.bottom.register_forward_hook(lambda _, __, maps: deepest.append(torch.cat(maps, 1)))
    x = torch.randn(1, 3, high, wide).double().requires_grad_()
    net(x)
    reach = torch.autograd.grad(deepest[0].square().sum(), x)[0]
    assert reach[..., -1, :].abs().sum() > 0
    assert reach[..., :, -1].abs().sum() > 0
    assert deepest[0].shape[2:] == (-(-high // 4), -(-wide // 4))


def test_checkpointing_gives_the_same_outputs_gradients_and_running_statistics() -> None:
    plain, saving = tiny(), tiny(checkpointing=True)
    for seed in range(2):
        x = torch.randn(2, 3, 21, 18)
        outs = []
        for net in (plain, saving):
            torch.manual_seed(seed)  # the same maps are dropped
            outs.append(net(x))
            outs[-1].square().sum().backward()
        assert torch.equal(*outs)
    for (name, ours), theirs in zip(saving.named_parameters(), plain.parameters(), strict=True):
        assert torch.equal(ours.grad, theirs.grad), name  # type: ignore[arg-type]
    for (name, buffer), same in zip(saving.named_buffers(), plain.buffers(), strict=True):
        assert torch.equal(buffer, same), name


def test_a_fifth_of_the_maps_is_dropped_in_training_alone() -> None:
    with torch.device("meta"):
        assert {each.dropout for each in build("tiramisu56", (3, 32, 32), 2).modules() if hasattr(each, "dropout")} == {
            0.2
        }
    net, x = tiny(), torch.randn(2, 3, 16, 16)
    net.eval()
    assert torch.equal(net(x), net(x))
    for module in net.modules():  # norms stay in eval, so that a difference can only come from the dropout
        module.training = not isinstance(module, nn.BatchNorm2d)
    assert not torch.equal(net(x), net(x))


def test_growth_and_width_are_the_papers_unless_told_otherwise() -> None:
    with torch.device("meta"):
        usual: Any = build("tiramisu56", (3, 32, 32), 2)
        wide: Any = build("tiramisu56", (3, 32, 32), 2, growth=5, width=7)
    assert (usual.first.out_channels, usual.bottom.denselayer1.conv.out_channels) == (48, 12)
    assert (wide.first.out_channels, wide.bottom.denselayer1.conv.out_channels) == (7, 5)


def test_it_says_that_it_gives_a_value_for_every_pixel() -> None:
    assert architecture("tiramisu103").dense
    assert not architecture("densenet121").dense


@pytest.mark.parametrize("options", [{"dropout": 1.0}, {"dropout": -0.1}, {"growth": 0}, {"width": 0}])
def test_an_option_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        build("tiramisu56", (3, 32, 32), 2, **options)
