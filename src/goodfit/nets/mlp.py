"""The multi-layer perceptron: affine layers with ReLU between, for rows without a shape."""

from __future__ import annotations

from math import prod

from torch import nn

from goodfit.nets.architecture import Architecture


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    hidden: tuple[int, ...] | None = None,
    width: int = 256,
    dropout: float = 0.1,
) -> nn.Module:
    """x: (N, ...), flattened to (N, D) -> (N, outputs), through batch norm, ReLU and dropout at each hidden layer."""
    layers: list[nn.Module] = [nn.Flatten()]
    size = prod(in_shape)
    for wide in hidden if hidden is not None else (width, width // 2):
        layers += [nn.Linear(size, wide, bias=False), nn.BatchNorm1d(wide), nn.ReLU(inplace=True), nn.Dropout(dropout)]
        size = wide
    layers.append(nn.Linear(size, outputs))
    return nn.Sequential(*layers)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    layers = list(net.children())
    return [layers[:-1], layers[-1:]]


ARCHITECTURES = (Architecture("mlp", _build, input_dims=1, stages=_stages, head="9"),)
