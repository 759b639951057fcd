"""A net as it was fitted, without its weights: one of an architecture, several that were cross-fitted, or a blend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from goodfit.nets.architecture import build
from goodfit.nets.blend import Blend
from goodfit.nets.cross_fitted import CrossFitted


def cross_fitted(
    arch: str, in_shape: tuple[int, ...], outputs: int, options: Mapping[str, Any], folds: int
) -> nn.Module:
    """A net of an architecture, or one for each fold."""
    if folds == 1:
        return build(arch, in_shape, outputs, **options)
    return CrossFitted([build(arch, in_shape, outputs, **options) for _ in range(folds)])


def assemble(
    arch: str,
    in_shape: tuple[int, ...],
    outputs: int,
    options: Mapping[str, Any],
    folds: int,
    parts: Sequence[tuple[str, Mapping[str, Any]]],
) -> nn.Module:
    """The whole model.

    Args:
        parts: architecture and options of what the net is blended with.
    """
    net = cross_fitted(arch, in_shape, outputs, options, folds)
    if not parts:
        return net
    return Blend([net, *(build(name, in_shape, outputs, **of) for name, of in parts)])
