"""A training run as tensors and JSON, and back: what the checkpoint holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from goodfit.store.tensors import pack, unpack
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Position, Training
from goodfit.train.random_state import load_random_state, random_state
from goodfit.train.sharding import whole_tensors


def dump(training: Training) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Everything that the rest of the run depends on, whole: of a sharded net all processes have to call it."""
    optimiser_tensors, optimiser_values = optimiser_state(training.optimiser)
    device = training.feed.device
    tensors = {
        **pack("net", whole_tensors(training.net.state_dict())),
        **pack("best", whole_tensors(training.best)),
        **pack("average", training.average.state_dict() if training.average is not None else {}),
        **pack("optimiser", whole_tensors(optimiser_tensors)),
        **pack("random", random_state(device)),
        "augmentation": training.feed.generator.get_state(),
        "loss_sum": training.loss_sum,
        "curve": training.curve,
        **({} if training.held_out is None else {"held_out": training.held_out}),
    }
    values = {
        "hyper": asdict(training.hyper),
        "position": asdict(training.position),
        "optimiser": optimiser_values,
    }
    return tensors, values


def restore(training: Training, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Put a freshly built training where `dump` was taken."""
    training.hyper = Hyperparameters(**values["hyper"])
    training.net.load_state_dict(unpack("net", tensors))
    training.best = unpack("best", tensors)
    if training.average is not None:
        training.average.load_state_dict(unpack("average", tensors))
    load_optimiser_state(training.optimiser, unpack("optimiser", tensors), values["optimiser"])
    load_random_state(training.feed.device, unpack("random", tensors))
    training.curve = tensors["curve"]
    training.held_out = tensors.get("held_out")
    training.feed.generator.set_state(tensors["augmentation"])
    training.loss_sum.copy_(tensors["loss_sum"])
    training.position = Position(**values["position"])


def optimiser_state(optimiser: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """An optimiser's state as tensors by name, and the rest as JSON."""
    state = optimiser.state_dict()
    tensors = {}
    numbers: dict[str, Any] = {}
    for index, entry in state["state"].items():
        for name, value in entry.items():
            if isinstance(value, Tensor):
                tensors[f"{index}/{name}"] = value
            else:
                numbers[f"{index}/{name}"] = value
    groups = [dict(group.items()) for group in state["param_groups"]]
    return tensors, {"numbers": numbers, "groups": groups}


def load_optimiser_state(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Put back what `optimiser_state` gave, in the memory format of each parameter.

    A file keeps values and no strides. Contiguous state beside channels-last weights would round differently in the
    very next step.
    """
    entries: dict[int, dict[str, Any]] = {}
    for place, value in [*tensors.items(), *values["numbers"].items()]:
        index, _, name = place.partition("/")
        entries.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({"state": entries, "param_groups": values["groups"]})
    for parameter, entry in optimiser.state.items():
        for name, value in entry.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                entry[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)
