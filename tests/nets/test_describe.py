"""Descriptions of nets: published sizes and costs, rows that add up, lines that fit."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from goodfit.errors import UsageError
from goodfit.nets import build, names
from goodfit.nets.architecture import architecture
from goodfit.nets.describe import describe, overview, table, times

FOR_PICTURES = names(3)
PHOTO = (3, 224, 224)


def kept_on_this_machine(name: str, in_shape: tuple[int, ...], outputs: int, batch: int, **options: Any) -> int:
    """Bytes that a real forward pass keeps, but for parameters and running statistics."""
    net, x = build(name, in_shape, outputs, **options), torch.randn(batch, *in_shape)
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        return kept.setdefault(tensor.untyped_storage().data_ptr(), tensor)

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        out = net(x)
    for each in (*net.parameters(), *net.buffers()):
        kept.pop(each.untyped_storage().data_ptr(), None)
    del out
    return sum(each.untyped_storage().nbytes() for each in kept.values())


@pytest.mark.parametrize(
    ("name", "parameters", "giga"),
    [  # torchvision's pages of published weights: parameters and "GFLOPS", by which they mean multiply-adds
        ("resnet18", 11_689_512, 1.81),
        ("resnet34", 21_797_672, 3.66),
        ("resnet50", 25_557_032, 4.09),
        ("densenet121", 7_978_856, 2.83),
        pytest.param("densenet169", 14_149_480, 3.36, marks=pytest.mark.slow),
        pytest.param("densenet201", 20_013_928, 4.29, marks=pytest.mark.slow),
    ],
)
def test_parameters_and_multiply_adds_are_those_of_the_literature(name: str, parameters: int, giga: float) -> None:
    total = describe(name, PHOTO, 1000)[-1]
    assert total.parameters == parameters
    assert total.multiply_adds / 1e9 == pytest.approx(giga, abs=0.006)


def test_each_block_of_a_resnet_is_a_line_and_channels_double_where_sides_halve() -> None:
    rows = {row.name: row for row in describe("resnet18", PHOTO, 1000)}
    assert list(rows) == [
        "input", "conv1, bn1", "max_pool2d",
        "layer1.0", "layer1.1", "layer2.0", "layer2.1", "layer3.0", "layer3.1", "layer4.0", "layer4.1",
        "mean", "fc", "total",
    ]  # fmt: skip
    shapes = [rows[f"layer{number}.1"].shape for number in range(1, 5)]
    assert shapes == [(64, 56, 56), (128, 28, 28), (256, 14, 14), (512, 7, 7)]
    assert rows["layer1.0"].kind == "BasicBlock"
    assert rows["conv1, bn1"].parameters == 64 * 3 * 7 * 7 + 2 * 64
    assert rows["conv1, bn1"].multiply_adds == 64 * 3 * 7 * 7 * 112 * 112
    assert rows["fc"].shape == (1000,)


def test_each_dense_block_is_a_line_with_all_its_maps() -> None:
    rows = {row.name: row for row in describe("densenet121", PHOTO, 1000)}
    assert rows["features.denseblock3"].kind == "24 DenseLayers"
    assert rows["features.denseblock3"].shape == (1024, 14, 14)
    assert rows["features.transition3"].shape == (512, 7, 7)


def test_what_a_block_keeps_is_four_maps() -> None:
    rows = {row.name: row for row in describe("resnet18", (3, 32, 32), 10, batch=4)}
    # both norms keep what the convolution before them gives, both ReLUs their outputs, and each norm two numbers for
    # each channel; the block's input was kept by the ReLU before it
    assert rows["layer1.0"].kept == 4 * (4 * 64 * 32 * 32 * 4 + 2 * 2 * 64)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("resnet10", {"width": 8}),
        ("densenet121", {"growth": 4}),
        pytest.param("densenet121", {"growth": 4, "checkpointing": True}, marks=pytest.mark.slow),
        ("tiramisu56", {"growth": 4}),
        ("tiramisu56", {"growth": 4, "checkpointing": True}),
    ],
)
def test_what_is_kept_is_what_a_real_pass_keeps(name: str, options: dict[str, Any]) -> None:
    for in_shape in ((3, 32, 32), (1, 66, 35)):
        assert describe(name, in_shape, 5, 2, **options)[-1].kept == kept_on_this_machine(
            name, in_shape, 5, 2, **options
        )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow) if name.endswith(("net169", "net201")) else name
        for name in FOR_PICTURES
    ],
)
def test_the_rows_add_up_and_their_lines_fit(name: str) -> None:
    *rows, total = describe(name, PHOTO, 12)
    assert total.name == "total"
    assert sum(row.parameters for row in rows) == total.parameters
    assert rows[-1].shape == ((12, 224, 224) if architecture(name).dense else (12,))
    lines = table([*rows, total])
    assert len(lines) <= 40
    assert max(map(len, lines)) < 100
    assert len({len(line) for line in lines}) == 1  # figures stand at the right edge


def test_multiply_adds_grow_with_the_batch() -> None:
    one, three = describe("resnet10", (3, 40, 40), 4)[-1], describe("resnet10", (3, 40, 40), 4, batch=3)[-1]
    assert three.multiply_adds == 3 * one.multiply_adds
    assert three.parameters == one.parameters
    assert 2.9 * one.kept < three.kept <= 3 * one.kept


@pytest.mark.parametrize("name", [pytest.param("densenet121", marks=pytest.mark.slow), "tiramisu56"])
def test_checkpointing_keeps_less_than_half(name: str) -> None:
    plain, saving = (describe(name, PHOTO, 10, checkpointing=each)[-1] for each in (False, True))
    assert saving.kept < plain.kept / 2
    assert saving.multiply_adds == plain.multiply_adds


def test_the_table_can_be_read() -> None:
    lines = table(describe("resnet10", (3, 32, 32), 10))
    assert lines[0].split("  ")[0] == "layer"
    assert "32×32×32" in lines[3]
    assert lines[-1].startswith("total")
    assert times((3, 32, 32)) == "3×32×32"


@pytest.mark.parametrize("name", ["tabm", "mlp", "factors", "ranker"])
def test_the_layers_of_nets_for_columns_are_not_told(name: str) -> None:
    with pytest.raises(UsageError, match=f"the layers of {name} depend on the columns of its data") as caught:
        describe(name, (20,), 3)
    assert "resnet18" in str(caught.value)


@pytest.mark.parametrize(
    ("in_shape", "batch", "options", "says"),
    [
        ((3, 20, 20), 1, {"stem": "photo"}, "cannot be trained on batches of 1 "),  # one value a channel at the end
        ((3, 32, 32), 0, {}, "batch of 0"),
        ((3, 32), 1, {}, "is for images, and the data are of shape"),
        ((3, 32, 32), 1, {"growth": 3}, "It has width, stem"),
    ],
)
def test_what_cannot_be_described_is_said(
    in_shape: tuple[int, ...], batch: int, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        describe("resnet18", in_shape, 10, batch, **options)


def test_the_overview_has_every_net_under_what_its_family_is() -> None:
    lines = overview()
    size = {line.split()[0]: line[20:29].strip() for line in lines if line.startswith("  ")}
    assert sorted(size) == sorted(names())
    assert size["resnet18"] == "11.7 M"
    assert size["densenet121"] == "8.0 M"
    assert size["tiramisu67"] == "3.5 M"
    assert size["tabm"] == "–"
    assert 'Residual nets (He et al. 2016, "Deep residual learning")' in "\n".join(lines)
    assert max(map(len, lines)) < 100


def test_the_first_line_of_a_family_of_nets_is_a_sentence_of_its_own() -> None:
    for name in names():
        maker: Any = architecture(name).build
        told = sys.modules[getattr(maker, "func", maker).__module__].__doc__ or ""
        assert told.partition("\n")[0].endswith("."), name
