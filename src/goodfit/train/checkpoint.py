"""A training run as tensors and JSON, and back: what the checkpoint holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from torch import Tensor

from goodfit.store.tensors import (
    load_optimiser_state,
    load_random_state,
    optimiser_state,
    pack,
    random_state,
    unpack,
)
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Position, Training


def dump(training: Training) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Everything that the rest of the run depends on."""
    optimiser_tensors, optimiser_values = optimiser_state(training.optimiser)
    device = training.feed.device
    tensors = {
        **pack("net", training.net.state_dict()),
        **pack("best", training.best),
        **pack("average", training.average.state_dict() if training.average is not None else {}),
        **pack("optimiser", optimiser_tensors),
        **pack("random", random_state(device)),
        **pack("valid_losses", training.valid_losses),
        "augmentation": training.feed.generator.get_state(),
        "loss_sum": training.loss_sum,
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
    training.valid_losses = unpack("valid_losses", tensors)
    training.feed.generator.set_state(tensors["augmentation"])
    training.loss_sum.copy_(tensors["loss_sum"])
    training.position = Position(**values["position"])
