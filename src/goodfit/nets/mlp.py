"""The multi-layer perceptron: affine layers with ReLU between, for rows without a shape."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from torch import nn

from goodfit.nets.architecture import Architecture


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
            self.add_module(f"relu{number}", nn.ReLU(inplace=True))
            self.add_module(f"dropout{number}", nn.Dropout(dropout))
            features = wide
        self.add_module("head", nn.Linear(features, outputs))


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    hidden: Sequence[int] | None = None,
    width: int = 256,
    dropout: float = 0.1,
) -> nn.Module:
    """Two hidden layers, `width` and half of it, unless `hidden` says otherwise."""
    return MLP(prod(in_shape), outputs, (width, width // 2) if hidden is None else hidden, dropout)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    """Each hidden layer with its norm, then the head."""
    stages: list[list[nn.Module]] = []
    for layer in net.children():
        if isinstance(layer, nn.Linear):
            stages.append([])
        if stages:  # what comes before the first affine layer has no parameters
            stages[-1].append(layer)
    return stages


ARCHITECTURES = (Architecture("mlp", _build, input_dims=1, stages=_stages, head="head"),)
