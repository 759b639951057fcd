"""Architectures: found by themselves, named in errors, and cut into stages that hold every parameter once."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from goodfit.errors import UsageError
from goodfit.nets import architecture, build, names

FOR_ROWS = [
    name for name in names() if name not in ("factors", "ranker", "linear")
]  # for ratings; one layer, its own head
SHAPES = {3: (3, 32, 32), 1: (20,)}


def small(name: str) -> nn.Module:
    return build(name, SHAPES[architecture(name).input_dims], 5, width=8)


def test_every_architecture_is_found() -> None:
    assert set(names()) >= {"resnet10", "resnet18", "resnet34", "resnet50", "mlp"}
    assert "mlp" in names(1)
    assert "mlp" not in names(3)
    assert "resnet18" in names(3)


@pytest.mark.parametrize("name", FOR_ROWS)
def test_the_stages_hold_every_parameter_exactly_once(name: str) -> None:
    net = small(name)
    staged = [id(p) for stage in architecture(name).stages(net) for module in stage for p in module.parameters()]
    assert sorted(staged) == sorted(id(parameter) for parameter in net.parameters())


@pytest.mark.parametrize("name", FOR_ROWS)
def test_the_last_stage_is_the_head_and_the_prefix_names_it(name: str) -> None:
    net, chosen = small(name), architecture(name)
    last = {id(parameter) for module in chosen.stages(net)[-1] for parameter in module.parameters()}
    named = {id(parameter) for key, parameter in net.named_parameters() if key.startswith(f"{chosen.head}.")}
    assert last == named
    assert 5 in net.get_parameter(f"{chosen.head}.weight").shape


@pytest.mark.parametrize("name", FOR_ROWS)
def test_the_stages_run_from_the_input_to_the_head(name: str) -> None:
    net, called = small(name), []
    stages = architecture(name).stages(net)
    for number, stage in enumerate(stages):
        for module in stage:
            module.register_forward_hook(lambda *_, number=number: called.append(number))
    net(torch.randn(2, *SHAPES[architecture(name).input_dims]))
    assert called == sorted(called)
    assert set(called) == set(range(len(stages)))


@pytest.mark.parametrize("name", FOR_ROWS)
def test_the_same_seed_gives_the_same_net(name: str) -> None:
    torch.manual_seed(3)
    first = small(name).state_dict()
    torch.manual_seed(3)
    second = small(name).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_an_unknown_name_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(UsageError) as caught:
        architecture("resnet81")
    assert "'resnet81'" in str(caught.value)
    assert "Did you mean resnet18" in str(caught.value)
    assert "mlp" in str(caught.value)


def test_rows_without_a_shape_are_refused_by_a_net_for_images() -> None:
    with pytest.raises(UsageError, match="Choose one of factors, linear, mlp, ranker, tabm"):
        build("resnet18", (20,), 5)


def test_an_option_that_an_architecture_does_not_have_is_answered_with_those_it_has() -> None:
    with pytest.raises(UsageError, match="It has cardinalities, plain, hidden, width, dropout"):
        build("mlp", (20,), 5, stem="photo")


@pytest.mark.parametrize(("in_shape", "outputs"), [((0,), 3), ((4,), 0)])
def test_data_without_columns_or_outputs_is_refused(in_shape: tuple[int, ...], outputs: int) -> None:
    with pytest.raises(UsageError):
        build("mlp", in_shape, outputs)


@settings(max_examples=20, deadline=None)
@given(
    in_shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple),
    hidden=st.lists(st.integers(1, 9), max_size=3),
    outputs=st.integers(1, 4),
)
def test_the_mlp_flattens_rows_of_any_shape(in_shape: tuple[int, ...], hidden: list[int], outputs: int) -> None:
    net = build("mlp", in_shape, outputs, hidden=hidden)
    assert net(torch.randn(3, *in_shape)).shape == (3, outputs)
    assert len(architecture("mlp").stages(net)) == len(hidden) + 1


def test_the_mlp_is_matrices_norms_and_relu_written_out() -> None:
    torch.manual_seed(0)
    net = build("mlp", (2, 3), 2, hidden=(4,)).double().eval()
    state = {key: value.numpy() for key, value in net.state_dict().items()}
    x = torch.randn(5, 2, 3, dtype=torch.float64)
    hidden = x.numpy().reshape(5, 6) @ state["linear1.weight"].T
    hidden = (hidden - state["norm1.running_mean"]) / (state["norm1.running_var"] + 1e-5) ** 0.5
    hidden = (hidden * state["norm1.weight"] + state["norm1.bias"]).clip(min=0)
    expected = hidden @ state["head.weight"].T + state["head.bias"]
    torch.testing.assert_close(net(x), torch.from_numpy(expected))


def test_the_mlp_has_two_hidden_layers_unless_told_otherwise() -> None:
    net = build("mlp", (20,), 5)
    widths = [layer.out_features for layer in net.modules() if isinstance(layer, nn.Linear)]
    assert widths == [256, 128, 5]


@pytest.mark.parametrize("options", [{"dropout": 2.0}, {"hidden": (0,)}, {"width": 1}])
def test_an_mlp_that_cannot_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="mlp cannot be built so"):
        build("mlp", (20,), 5, **options)
