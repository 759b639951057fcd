"""A plain function as a net: its own tensors are fitted, and it is never cut loose from them."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.errors import ModelError
from goodfit.nets.function_net import FunctionNet


def affine() -> tuple[Tensor, Tensor, FunctionNet]:
    torch.manual_seed(0)
    w, b = torch.randn(4, 2), torch.zeros(2)
    return w, b, FunctionNet(lambda x: x @ w + b, [w, b])


def descend(net: nn.Module, x: Tensor, y: Tensor) -> None:
    optimiser = torch.optim.AdamW(net.parameters(), lr=0.1)
    for _ in range(5):
        optimiser.zero_grad()
        functional.mse_loss(net(x), y).backward()
        optimiser.step()


def test_fitting_changes_the_functions_own_tensors() -> None:
    w, b, net = affine()
    start = w.clone()
    x, y = torch.randn(8, 4), torch.randn(8, 2)
    descend(net, x, y)
    assert not torch.equal(w, start)
    assert [parameter is tensor for parameter, tensor in zip(net.parameters(), (w, b), strict=True)] == [True, True]
    assert torch.equal(net(x), x @ w + b)


def test_a_function_and_a_module_from_the_same_start_end_at_the_same_bits() -> None:
    class Affine(nn.Module):
        def __init__(self, w: Tensor, b: Tensor) -> None:
            super().__init__()
            self.w, self.b = nn.Parameter(w.detach().clone()), nn.Parameter(b.detach().clone())

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.w + self.b

    w, b, net = affine()
    module = Affine(w, b)
    x, y = torch.randn(8, 4), torch.randn(8, 2)
    descend(net, x, y)
    descend(module, x, y)
    assert torch.equal(w, module.w)
    assert torch.equal(b, module.b)


def test_a_state_that_was_kept_can_be_put_back() -> None:
    w, _, net = affine()
    kept = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    assert list(kept) == ["0", "1"]
    descend(net, torch.randn(8, 4), torch.randn(8, 2))
    net.load_state_dict(kept)
    assert torch.equal(w, kept["0"])
    assert next(net.parameters()) is w


@pytest.mark.parametrize(
    "state", [{"0": torch.zeros(4, 2)}, {"0": torch.zeros(2, 4), "1": torch.zeros(2)}, {"w": torch.zeros(4, 2)}]
)
def test_a_state_of_another_function_is_refused(state: dict[str, Tensor]) -> None:
    with pytest.raises(RuntimeError):
        affine()[2].load_state_dict(state)


def test_one_tensor_in_place_of_a_list_is_refused() -> None:
    w = torch.zeros(4, 2)  # its rows would be taken for parameters, and the function would never be fitted
    with pytest.raises(ModelError, match=r"params=\[w\]"):
        FunctionNet(lambda x: x @ w, w)


@pytest.mark.parametrize(
    "params",
    [
        [],
        [torch.zeros(2, requires_grad=True) * 2],  # not a leaf
        [torch.zeros(2, dtype=torch.int64)],
        [torch.zeros(2, dtype=torch.complex64)],
        [3.0],
        [torch.zeros(2)] * 2,  # the same one twice
    ],
)
def test_params_that_cannot_be_fitted_are_refused(params: list[Tensor]) -> None:
    with pytest.raises(ModelError):
        FunctionNet(lambda x: x, params)


def test_another_device_is_refused_with_the_fix_and_nothing_moves() -> None:
    w, _, net = affine()
    with pytest.raises(ModelError, match=r"params\[0\].*on cpu.*device='meta'"):
        net.check_device("meta")
    with pytest.raises(ModelError, match="on cpu"):
        net.to("meta")
    assert w.device.type == "cpu"


def test_its_own_device_is_no_move() -> None:
    w, _, net = affine()
    net.check_device("cpu")
    assert net.to("cpu") is net
    assert next(net.parameters()) is w


def test_another_type_of_numbers_is_refused_rather_than_ignored() -> None:
    with pytest.raises(ModelError, match=r"dtype=torch\.float64"):
        affine()[2].double()


def test_a_copy_is_refused_since_it_would_be_cut_loose() -> None:
    with pytest.raises(ModelError, match="state_dict"):
        copy.deepcopy(affine()[2])
