"""ResNets: timm's names and numbers, stems, tiny images, initial weights."""

from __future__ import annotations

import json
from math import sqrt
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from make_timm_fixture import FIXTURE, SIZES, filled, first_outputs, image
from torch import nn

from goodfit.errors import UsageError
from goodfit.nets import build
from goodfit.nets.resnet import BasicBlock, Bottleneck

PUBLISHED = json.loads(FIXTURE.read_text(encoding="utf-8"))["nets"]


def with_the_formula(name: str) -> nn.Module:
    net = build(name, (3, 224, 224), 1000)
    net.load_state_dict({key: filled(key, tuple(value.shape)) for key, value in net.state_dict().items()})
    return net


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_have_the_names_and_shapes_of_timm(name: str) -> None:
    ours = {key: list(tensor.shape) for key, tensor in build(name, (3, 224, 224), 1000).state_dict().items()}
    assert ours == PUBLISHED[name]["shapes"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("resnet18", 160),
        ("resnet18", 224),
        ("resnet50", 160),
        pytest.param("resnet34", 160, marks=pytest.mark.slow),
        pytest.param("resnet34", 224, marks=pytest.mark.slow),
        pytest.param("resnet50", 224, marks=pytest.mark.slow),
    ],
)
def test_outputs_are_those_of_timm(name: str, size: int) -> None:
    expected = PUBLISHED[name]["outputs"][str(size)]
    assert first_outputs(with_the_formula(name), size) == pytest.approx(expected, rel=0, abs=1e-5)


@pytest.mark.parametrize("name", PUBLISHED)
def test_outputs_are_those_of_an_installed_timm(name: str) -> None:
    timm: Any = pytest.importorskip("timm", reason="timm is not installed", exc_type=ImportError)
    net = with_the_formula(name).eval()
    theirs = timm.create_model(name, pretrained=False).eval()
    theirs.load_state_dict(net.state_dict())
    for size in SIZES:
        x = image(size).float()
        with torch.no_grad():
            torch.testing.assert_close(net(x), theirs(x), rtol=0, atol=1e-5)


@settings(max_examples=6, deadline=None)
@given(
    batch=st.integers(2, 3),
    channels=st.integers(1, 5),
    height=st.integers(1, 40),
    wide=st.integers(1, 40),
    outputs=st.integers(1, 7),
    stem=st.sampled_from(["auto", "small", "photo"]),
)
def test_images_of_any_size_give_a_row_of_outputs_each(
    batch: int, channels: int, height: int, wide: int, outputs: int, stem: str
) -> None:
    net = build("resnet10", (channels, height, wide), outputs, width=4, stem=stem)
    assert net(torch.randn(batch, channels, height, wide)).shape == (batch, outputs)


@pytest.mark.parametrize("name", ["resnet10", "resnet50"])
def test_nets_of_both_blocks_train_on_images_of_eight_pixels(name: str) -> None:
    net = build(name, (1, 8, 8), 10, width=4)
    net(torch.randn(2, 1, 8, 8)).square().sum().backward()
    assert net.get_parameter("fc.weight").grad is not None
    assert net.get_parameter("conv1.weight").grad is not None


@pytest.mark.parametrize(("pixels", "kernel", "stride"), [(32, 3, 1), (64, 3, 1), (65, 7, 2), (224, 7, 2)])
def test_the_stem_follows_the_size_of_the_images(pixels: int, kernel: int, stride: int) -> None:
    stem = build("resnet10", (3, pixels, pixels), 10).get_submodule("conv1")
    assert isinstance(stem, nn.Conv2d)
    assert (stem.kernel_size[0], stem.stride[0]) == (kernel, stride)


def test_channels_double_where_the_resolution_halves() -> None:
    net = build("resnet18", (3, 32, 32), 10, width=8)
    x = torch.relu(net.get_submodule("bn1")(net.get_submodule("conv1")(torch.randn(2, 3, 32, 32))))
    shapes = []
    for number in range(1, 5):
        x = net.get_submodule(f"layer{number}")(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(8, 32, 32), (16, 16, 16), (32, 8, 8), (64, 4, 4)]


def test_the_stride_of_a_bottleneck_is_on_its_3x3_convolution() -> None:
    block = Bottleneck(16, 8, 2)
    assert [conv.stride for conv in (block.conv1, block.conv2, block.conv3)] == [(1, 1), (2, 2), (1, 1)]


@pytest.mark.parametrize("block", [BasicBlock(8, 8, 1), Bottleneck(32, 8, 1)])
def test_a_block_whose_last_scale_is_zero_is_its_shortcut(block: nn.Module) -> None:
    last = block.get_submodule("bn3" if isinstance(block, Bottleneck) else "bn2")
    nn.init.zeros_(last.get_parameter("weight"))
    x = torch.rand(2, 32 if isinstance(block, Bottleneck) else 8, 5, 5)  # not negative: the last ReLU keeps it
    assert torch.equal(block(x), x)


@pytest.mark.parametrize(("zero_init", "scale"), [(True, 0.0), (False, 1.0)])
@pytest.mark.parametrize(("name", "last"), [("resnet18", "bn2"), ("resnet50", "bn3")])
def test_the_last_scale_of_each_block_starts_as_asked(name: str, last: str, zero_init: bool, scale: float) -> None:
    net = build(name, (3, 32, 32), 10, width=4, zero_init=zero_init)
    scales = [value for key, value in net.named_parameters() if key.endswith(f"{last}.weight")]
    assert len(scales) == {"resnet18": 8, "resnet50": 16}[name]
    assert all(torch.all(value == scale) for value in scales)


def test_convolutions_start_with_the_spread_of_he_by_fan_out() -> None:
    torch.manual_seed(0)
    weight = build("resnet18", (3, 32, 32), 10).get_parameter("layer4.1.conv1.weight")  # (512, 512, 3, 3)
    # sd = sqrt(2 / (512 x 9)); of 2.4 million draws the estimate is within 0.5% (over ten standard errors)
    assert weight.std().item() == pytest.approx(sqrt(2 / (512 * 9)), rel=0.005)


def test_dropout_before_the_head_acts_in_training_alone() -> None:
    torch.manual_seed(0)
    net = build("resnet10", (3, 16, 16), 4, width=8, dropout=0.5).eval()
    x = torch.randn(4, 3, 16, 16)
    assert torch.equal(net(x), net(x))
    for module in net.modules():  # norms stay in eval, so that a difference can only come from the dropout
        module.train(not list(module.children()) and not isinstance(module, nn.BatchNorm2d))
    net.training = True
    assert not torch.equal(net(x), net(x))


def test_bfloat16_and_channels_last_give_nearly_the_same_outputs() -> None:
    torch.manual_seed(0)
    net = build("resnet10", (3, 32, 32), 10, width=8, zero_init=False).eval()
    x = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        plain = net(x)
        net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
        with torch.autocast("cpu", dtype=torch.bfloat16):
            fast = net(x.contiguous(memory_format=torch.channels_last))
    assert fast.dtype == torch.bfloat16
    assert (fast.float() - plain).norm() / plain.norm() < 0.05  # bfloat16 keeps 8 bits: 0.4% an operation


@pytest.mark.parametrize("options", [{"stem": "large"}, {"dropout": 1.0}, {"dropout": -0.1}, {"width": 0}])
def test_an_option_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        build("resnet10", (3, 32, 32), 10, **options)
