"""DenseNets: timm's names and numbers, maps of every resolution, and the same numbers with less memory."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from make_timm_fixture import DENSENETS, SIZES, filled, first_outputs, image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from goodfit.errors import UsageError
from goodfit.nets import build
from goodfit.nets.densenet import DenseLayer, DenseNet, StatisticsHeld

PUBLISHED = json.loads(DENSENETS.read_text(encoding="utf-8"))["nets"]
PARAMETERS = {"densenet121": 7_978_856, "densenet169": 14_149_480, "densenet201": 20_013_928}  # torchvision's pages


def tiny(**options: Any) -> DenseNet:
    """Two blocks of three layers, with the same weights each time."""
    torch.manual_seed(0)
    return DenseNet((3, 3), 3, 5, growth=4, **options)


def step(net: nn.Module, x: Tensor) -> Tensor:
    out: Tensor = net(x)
    out.square().sum().backward()
    return out


def with_the_formula(name: str) -> nn.Module:
    net = build(name, (3, 224, 224), 1000)
    net.load_state_dict({key: filled(key, tuple(value.shape)) for key, value in net.state_dict().items()})
    return net


@pytest.mark.parametrize("name", PUBLISHED)
def test_parameters_have_the_names_and_shapes_of_timm(name: str) -> None:
    with torch.device("meta"):
        net = build(name, (3, 224, 224), 1000)
    assert {key: list(tensor.shape) for key, tensor in net.state_dict().items()} == PUBLISHED[name]["shapes"]
    assert sum(each.numel() for each in net.parameters()) == PARAMETERS[name]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("densenet121", 160),
        *(
            pytest.param(name, size, marks=pytest.mark.slow)
            for name in PUBLISHED
            for size in SIZES
            if (name, size) != ("densenet121", 160)
        ),
    ],
)
def test_outputs_are_those_of_timm(name: str, size: int) -> None:
    expected = PUBLISHED[name]["outputs"][str(size)]
    assert first_outputs(with_the_formula(name), size) == pytest.approx(expected, rel=0, abs=1e-7)


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


@settings(max_examples=10, deadline=None)
@given(
    channels=st.integers(1, 5),
    high=st.integers(1, 70),
    wide=st.integers(1, 70),
    outputs=st.integers(1, 7),
    stem=st.sampled_from(["auto", "small", "photo"]),
)
def test_images_of_any_size_give_outputs_and_a_map_of_every_resolution(
    channels: int, high: int, wide: int, outputs: int, stem: str
) -> None:
    net: Any = build("densenet121", (channels, high, wide), outputs, growth=2, width=3, stem=stem)
    x = torch.randn(2, channels, high, wide)
    maps = net.features(x)
    assert net(x).shape == (2, outputs)
    sides: list[tuple[int, ...]] = [(high, wide)] if net.small else [tuple(-(-side // 2) for side in (high, wide))]
    # The stem and its max-pool halve upwards; transitions downwards, unless a side is one pixel.
    while len(sides) < len(maps):
        upwards = min(sides[-1]) < 2 or (len(sides) == 1 and not net.small)
        sides.append(tuple(-(-side // 2) if upwards else side // 2 for side in sides[-1]))
    assert len(maps) == (4 if net.small else 5)
    assert [tuple(each.shape) for each in maps] == [
        (2, channels, *side) for channels, side in zip(net.feature_channels, sides, strict=True)
    ]


def test_the_channels_of_the_maps_are_those_of_the_papers_table() -> None:
    with torch.device("meta"):
        photo: Any = build("densenet121", (3, 224, 224), 10)
        small: Any = build("densenet121", (3, 32, 32), 10)
    # Huang et al. 2017, table 1, growth 32: 64 + 6 x 32, half of it + 12 x 32, ...
    assert photo.feature_channels == (64, 256, 512, 1024, 1024)
    assert small.feature_channels == (256, 512, 1024, 1024)


def test_the_head_reads_the_mean_of_the_coarsest_map() -> None:
    net = tiny().eval()
    x = torch.randn(2, 3, 64, 64)
    assert torch.equal(net(x), net.classifier(net.features(x)[-1].mean((2, 3))))


def test_a_layer_reads_all_maps_before_it() -> None:
    torch.manual_seed(0)
    layer = DenseLayer(5, 3).double().eval()
    first, second = torch.randn(2, 3, 6, 6).double(), torch.randn(2, 2, 6, 6).double()
    hidden = layer.conv1(layer.norm1(torch.cat([first, second], 1)).clamp(min=0))
    expected = layer.conv2(layer.norm2(hidden).clamp(min=0))
    torch.testing.assert_close(layer([first, second]), expected)
    assert hidden.shape[1] == 4 * 3


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_checkpointing_gives_the_same_outputs_gradients_and_running_statistics(dropout: float) -> None:
    plain, saving = tiny(dropout=dropout), tiny(dropout=dropout, checkpointing=True)
    for seed in range(2):
        x = torch.randn(4, 3, 33, 40)
        torch.manual_seed(seed)
        expected = step(plain, x)
        torch.manual_seed(seed)
        assert torch.equal(step(saving, x), expected)
    for (name, ours), theirs in zip(saving.named_parameters(), plain.parameters(), strict=True):
        assert torch.equal(ours.grad, theirs.grad), name  # type: ignore[arg-type]
    for (name, buffer), same in zip(saving.named_buffers(), plain.buffers(), strict=True):
        assert torch.equal(buffer, same), name
    assert all(value == 2 for key, value in saving.state_dict().items() if key.endswith("num_batches_tracked"))


def test_checkpointing_gives_the_same_gradients_in_eval_mode_and_under_autocast() -> None:
    x = torch.randn(2, 3, 16, 16)
    gradients = []
    for net in (tiny().eval(), tiny(checkpointing=True).eval()):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(x)
        out.float().square().sum().backward()
        gradients.append([each.grad for each in net.parameters()])
    torch.testing.assert_close(*gradients, rtol=0, atol=0)


def test_checkpointing_bears_a_second_backward_over_the_same_graph() -> None:
    x, gradients = torch.randn(2, 3, 16, 16), []
    for checkpointing in (False, True):
        net = tiny(checkpointing=checkpointing)
        out = net(x).square().sum()
        out.backward(retain_graph=True)
        out.backward()
        gradients.append([*(each.grad for each in net.parameters()), *net.buffers()])
    torch.testing.assert_close(*gradients, rtol=0, atol=0)


def test_checkpointing_repeats_norms_in_backward_and_no_convolution() -> None:
    multiplied, normed = [], []
    for checkpointing in (False, True):
        net, calls = tiny(checkpointing=checkpointing), list[int]()
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        with FlopCounterMode(display=False) as counter:
            step(net, torch.randn(2, 3, 32, 32))
        multiplied.append(counter.get_total_flops())
        normed.append(len(calls))
    assert multiplied[0] == multiplied[1]
    assert normed == [15, 15 + 2 * 6]


def test_a_norm_whose_statistics_are_held_normalises_by_the_batch_and_stays_as_it_is() -> None:
    norm, x = nn.BatchNorm2d(3), torch.randn(4, 3, 5, 5)
    norm(x)
    before = {key: value.clone() for key, value in norm.state_dict().items()}
    holding = StatisticsHeld(norm)
    for _ in range(2):
        with holding:
            held = norm(2 * x)
    assert torch.equal(held, functional.batch_norm(2 * x, None, None, norm.weight, norm.bias, training=True))
    assert all(torch.equal(value, before[key]) for key, value in norm.state_dict().items())
    norm(x)
    assert norm.momentum == 0.1
    assert norm.num_batches_tracked == 2


@pytest.mark.parametrize(("pixels", "kernel", "stride"), [(32, 3, 1), (64, 3, 1), (65, 7, 2), (224, 7, 2)])
def test_the_stem_follows_the_size_of_the_images(pixels: int, kernel: int, stride: int) -> None:
    with torch.device("meta"):
        stem = build("densenet121", (3, pixels, pixels), 10).get_submodule("features.conv0")
    assert isinstance(stem, nn.Conv2d)
    assert (stem.kernel_size[0], stem.stride[0]) == (kernel, stride)


def test_the_first_convolution_has_twice_the_growth_unless_told_otherwise() -> None:
    with torch.device("meta"):
        nets: list[Any] = [
            build("densenet121", (3, 32, 32), 10, growth=12),
            build("densenet121", (3, 32, 32), 10, growth=12, width=16),
        ]
    assert [net.features.conv0.out_channels for net in nets] == [24, 16]


def test_dropout_acts_in_training_alone() -> None:
    net, x = tiny(dropout=0.5).eval(), torch.randn(4, 3, 16, 16)
    assert torch.equal(net(x), net(x))
    for module in net.modules():  # norms stay in eval, so that a difference can only come from the dropout
        module.training = not isinstance(module, nn.BatchNorm2d)
    assert not torch.equal(net(x), net(x))


@pytest.mark.parametrize("options", [{"stem": "large"}, {"dropout": 1.0}, {"growth": 0}, {"width": 0}])
def test_an_option_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        build("densenet121", (3, 32, 32), 10, **options)
