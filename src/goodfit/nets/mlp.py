"""The multi-layer perceptron: affine layers with ReLU between, for rows without a shape and rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from goodfit.nets.architecture import Architecture
from goodfit.nets.dropout import ReluDropout
from goodfit.nets.embeddings import Categories


class Embedded(nn.Module):
    """x: (N, D) with category codes behind -> (N, numbers and embeddings)."""

    def __init__(self, numbers: int, cardinalities: Sequence[int]) -> None:
        super().__init__()
        self.numbers = numbers
        self.categories = Categories(cardinalities, most=50)
        self.width = numbers + self.categories.width

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x[:, : self.numbers], self.categories(x[:, self.numbers :])], dim=1)


class MLP(nn.Sequential):
    """x: (N, ...), flattened to (N, D) -> (N, outputs), through batch norm, ReLU and dropout at each hidden layer.

    Batch norm: Ioffe and Szegedy 2015. The affine layer before it has no bias: the norm would take it away again.

    Args:
        features: D, numbers in a row.
        outputs: width of the head.
        hidden: widths of the hidden layers; none gives one affine layer.
        dropout: share of the hidden activations that is dropped in training.
    """

    def __init__(self, features: int, outputs: int, hidden: Sequence[int], dropout: float) -> None:
        super().__init__()
        self.add_module("flatten", nn.Flatten())
        for number, wide in enumerate(hidden, 1):
            if wide < 1:
                raise ValueError(f"a hidden layer of width {wide}")
            self.add_module(f"linear{number}", nn.Linear(features, wide, bias=False))
            self.add_module(f"norm{number}", nn.BatchNorm1d(wide))
            self.add_module(f"dropout{number}", ReluDropout(dropout))
            features = wide
        self.add_module("head", nn.Linear(features, outputs))


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    cardinalities: Sequence[int] = (),
    plain: int = 0,  # of the numbers, here taken as they are
    hidden: Sequence[int] | None = None,
    width: int = 256,
    dropout: float = 0.1,
) -> nn.Module:
    """Two hidden layers, `width` and half of it, unless `hidden` says otherwise."""
    hidden = (width, width // 2) if hidden is None else hidden
    if not cardinalities:
        return MLP(prod(in_shape), outputs, hidden, dropout)
    embedded = Embedded(in_shape[0] - len(cardinalities), cardinalities)
    net = MLP(embedded.width, outputs, hidden, dropout)
    net.flatten = embedded
    return net


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    """Each hidden layer with its norm, then the head."""
    stages: list[list[nn.Module]] = []
    for layer in net.children():
        if isinstance(layer, nn.Linear):
            stages.append([])
        if stages:  # what comes before the first affine layer has no parameters
            stages[-1].append(layer)
    return stages


ARCHITECTURES = (
    Architecture("mlp", _build, input_dims=1, stages=_stages, head="head", large_products=False, flattens=True),
)
