"""Where a graph draws from a normal distribution by hand: mean + noise * exp(c * x), as variational autoencoders do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph

NOISE_VALUES_AT_LEAST = 8
NOISE_SPREAD = (0.3, 2.0)  # standard deviation of what counts as standard normal noise
NODES_AT_MOST = 20  # on a way from one node back to another


@dataclass(frozen=True)
class GaussianSample:
    """A sample mean + noise * exp(factor * x).

    Attributes:
        mean: the node that gave the mean, behind moves.
        mean_edge: the node right before the sum, and the number of its output.
        product: noise * exp(...).
        exponential: exp(...).
        exponent: the node that gave x.
    """

    mean: Any
    mean_edge: tuple[Any, int]
    product: Any
    exponential: Any
    exponent: Any
    factor: float


def gaussian_samples(nodes: Sequence[Any]) -> Iterator[GaussianSample]:
    """Those among the nodes of a graph."""
    for node in nodes:
        sides = [edge for edge in node.next_functions if edge[0] is not None] if node.name() == "AddBackward0" else []
        if len(sides) != 2:
            continue
        for (product, _), mean in (sides, sides[::-1]):
            exponential = _times_noise(product)
            if exponential is not None:
                factor, exponent = scaled(graph.parents(exponential)[0])
                yield GaussianSample(graph.behind(mean[0]), mean, product, exponential, exponent, factor)


def scaled(node: Any) -> tuple[float, Any]:
    """(c, x) of a node that gave c * x with numbers c; (1, the node) where it is no product."""
    factor = 1.0
    for _ in range(NODES_AT_MOST):
        node = graph.behind(node)
        inputs = graph.parents(node)
        if node.name() not in ("MulBackward0", "DivBackward0") or len(inputs) != 1:
            break
        number = _number(node)
        if number is None or number == 0:
            break
        factor = factor / number if node.name() == "DivBackward0" else factor * number
        node = inputs[0]
    return factor, node


def exponent_of(node: Any) -> float | None:
    """The number that a power is raised to; None for other nodes."""
    power = getattr(node, "_saved_exponent", None) if node.name() == "PowBackward0" else None
    return float(power) if isinstance(power, int | float) else None


def _times_noise(node: Any) -> Any:
    """The node of exp(...) where a node gave its product with standard normal noise; None otherwise."""
    node = graph.behind(node)
    inputs = graph.parents(node)
    if node.name() != "MulBackward0" or len(inputs) != 1:
        return None
    exponential = graph.behind(inputs[0])
    if exponential.name() != "ExpBackward0" or not graph.parents(exponential):
        return None
    noise = _constant(node)
    return exponential if noise is not None and _is_noise(noise) else None


def _constant(node: Any) -> Tensor | None:
    """The factor without a gradient."""
    for name in ("_saved_other", "_saved_self"):
        value = getattr(node, name, None)
        if isinstance(value, Tensor):
            return value.detach()
    return None


def _number(node: Any) -> float | None:
    value = _constant(node)
    return float(value) if value is not None and value.dim() == 0 else None


def _is_noise(values: Tensor) -> bool:
    """Whether these may have come from a standard normal distribution."""
    if values.numel() < NOISE_VALUES_AT_LEAST or not values.is_floating_point():
        return False
    low, high = NOISE_SPREAD
    return low < float(values.std()) < high and float(values.min()) < 0 < float(values.max())
