"""What an architecture is: a template that becomes a net for given shapes, and a model when it is fitted."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from goodfit.errors import ModelError, UsageError
from goodfit.formatting import counted, listed, nearest
from goodfit.lazy_pattern import lazy_pattern

TREES = lazy_pattern("xgb|lightgbm|lgbm|catboost|boost|gbm|forest|tree")  # in the name of a model of another library


@dataclass(frozen=True)
class Recipe:
    """What an architecture is trained with, where the user does not say.

    Attributes:
        rows_to_see: training rows times epochs; None: as many epochs as are usual for images.
        most_steps: of an epoch: the batch doubles until it has no more, where each step costs all weights.
        ema_decay: of an average of the weights, which is what is kept.
        patience: epochs without a better one after which training ends; `most_epochs` is then a bound.
        precision: float32 or bfloat16; None: by the device.
        threads: of a CPU; None: all. A net of small products waits for its threads longer than they save.
    """

    learning_rate: float
    weight_decay: float
    batch_size: int
    rows_to_see: int | None = None
    most_steps: int | None = None
    optimiser: str = "adamw"
    schedule: str = "one-cycle"
    ema_decay: float | None = None
    patience: int | None = None
    most_epochs: int | None = None
    precision: str | None = None
    threads: int | None = None
    why: str = "measured on validation rows: docs/benchmarks.md"


@dataclass(frozen=True)
class Architecture:
    """A named template.

    Attributes:
        build: build(in_shape, outputs, **options) -> net; in_shape is that of x without the batch dimension.
        input_dims: how many dimensions in_shape has: 3 for images (C, H, W), 1 for flat rows.
        stages: the net's modules from input to head, for freezing and for rates that fall towards the input.
        head: the prefix of the head's parameter names.
        recipes: how it is trained where the user does not say, by the family of the task.
        options: options of a new fit. Those that came later are off by default in `build`, so that a run from before
            them is read as what it is.
        crossed_recipes: the same as recipes where it is cross-fitted, which is on few rows.
        crossed_options: options that are usual then, by in_shape and what the data asks for.
        dense: it gives a value for every pixel, (N, outputs, H, W) for images (N, C, H, W).
        body: the part that published weights are of, by its name in the net; empty: the whole net.
        body_head: the prefix of the head in those weights; None: that of the net.
        fixed_features: nothing but its head is learnt; it takes images as shares of 255.
        by_gradient: it is trained by steps along gradients, as a net is; trees are grown.
        flattens: it takes rows of any shape, such as images, as rows of numbers.
        looks_again: its predictions cost little, so that images are looked at moved by a pixel as well.
        large_products: its products are large enough to gain by bfloat16, as those of convolutions are.
    """

    name: str
    build: Callable[..., nn.Module]
    input_dims: int
    stages: Callable[[nn.Module], list[list[nn.Module]]]
    head: str
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    crossed_recipes: Mapping[str, Recipe] = field(default_factory=dict)
    crossed_options: Callable[[tuple[int, ...], Mapping[str, Any]], Mapping[str, Any]] | None = None
    dense: bool = False
    body: str = ""
    body_head: str | None = None
    by_gradient: bool = True
    large_products: bool = True
    fixed_features: bool = False
    flattens: bool = False
    looks_again: bool = False


@cache
def _known() -> dict[str, Architecture]:
    folder = Path(__file__).parent
    found: dict[str, Architecture] = {}
    for info in pkgutil.iter_modules([str(folder)]):
        module = importlib.import_module(f"{__package__}.{info.name}")
        for one in getattr(module, "ARCHITECTURES", ()):
            if one.name in found:
                raise ModelError(f"a second architecture '{one.name}'", where=module.__file__, fix="Rename it")
            found[one.name] = one
    return found


def names(input_dims: int | None = None, *, dense: bool | None = None) -> list[str]:
    """Names of all architectures, or of those for data of so many dimensions, or that give images (or do not)."""
    return sorted(
        one.name
        for one in _known().values()
        if one.by_gradient and input_dims in (None, one.input_dims) and dense in (None, one.dense)
    )


def architecture(name: str) -> Architecture:
    """The architecture of this name.

    Raises:
        UsageError: there is none; the message names the nearest and lists all.
    """
    if name not in _known():
        near = nearest(name, names(), most=4)
        hint = f"Did you mean {listed(near, 'or')}? There are" if near else "There are"
        if TREES.search(name.lower()):
            hint = "Boosted trees are fitted beside the net of a table without being asked for. There are"
        raise UsageError(f"the architecture '{name}' is not known", fix=f"{hint} {', '.join(names())}")
    return _known()[name]


def usual_options(
    name: str, in_shape: tuple[int, ...], data: Mapping[str, Any] | None = None, *, crossed: bool = False
) -> dict[str, Any]:
    """The options of an architecture with their usual values: a run records them, so that it is read after a change.

    Args:
        in_shape: shape of x without the batch dimension.
        data: the options that the data asks for, which go before.
        crossed: whether it is cross-fitted.
    """
    parameters = inspect.signature(architecture(name).build).parameters.values()
    usual = {
        each.name: each.default
        for each in parameters
        if each.kind is each.KEYWORD_ONLY and each.default is not each.empty
    }
    known = architecture(name)
    data = data or {}
    few_rows = known.crossed_options(in_shape, data) if crossed and known.crossed_options is not None else {}
    return {**usual, **known.options, **few_rows, **data}


def measure(net: nn.Module, read: Callable[[], Tensor], fixed: Mapping[str, Any] | None = None) -> None:
    """Let a net that has a `measure` method set its fixed numbers (bins, histories, features).

    Args:
        read: gives x of all training rows.
        fixed: further tensors of the source, by name.
    """
    method = getattr(net, "measure", None)
    if method is not None:
        method(read(), **(fixed or {}))


def build(name: str, in_shape: tuple[int, ...], outputs: int, **options: Any) -> nn.Module:
    """A fresh net of an architecture.

    Args:
        in_shape: shape of x without the batch dimension.
        outputs: width of the head.
        options: of the architecture, such as width=32.

    Raises:
        UsageError: an architecture for data of another shape, or an option that it does not have or cannot be.
    """
    chosen = architecture(name)
    if len(in_shape) != chosen.input_dims and not chosen.flattens:
        kinds = {1: "rows of a table", 3: "images"}
        whose = kinds.get(chosen.input_dims, f"{chosen.input_dims} dimensions besides the batch")
        suited = names(len(in_shape)) or [each for each in names() if architecture(each).flattens]
        raise UsageError(
            f"{name} is for {whose}, and the data are {kinds.get(len(in_shape), f'of shape {in_shape}')}",
            fix=f"Choose one of {', '.join(suited)}",
        )
    if outputs < 1 or min(in_shape, default=1) < 1:
        raise UsageError(f"{name} cannot be built for data of shape {in_shape} and {counted(outputs, 'output')}")
    signature = inspect.signature(chosen.build)
    try:
        signature.bind(in_shape, outputs, **options)
    except TypeError as error:
        if "users" in signature.parameters and "users" not in options:
            raise UsageError(f"{name} is for ratings", fix="Give --user and --item, or another --arch") from error
        has = [each.name for each in signature.parameters.values() if each.kind is each.KEYWORD_ONLY]
        raise UsageError(f"{name} does not take these options ({error})", fix=f"It has {', '.join(has)}") from error
    try:
        return chosen.build(in_shape, outputs, **options)
    except ValueError as error:
        raise UsageError(f"{name} cannot be built so ({error})", fix="Choose another value") from error
