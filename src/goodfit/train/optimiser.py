"""The optimiser: SGD, AdamW or Muon, fused where the device has it; weight decay leaves norms and biases alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, AdamW, Optimizer

from goodfit.errors import UsageError
from goodfit.train.muon import Muon
from goodfit.train.optimiser_classes import without_compiler
from goodfit.train.sharding import local_part

STEPS_BETWEEN_SWEEPS = 100  # in which nothing shrinks from TINY to a denormal number: 0.8 to this power is 2e-10
TINY = 1e-28
OPTIMISERS = ("adamw", "muon", "sgd")
OwnSGD, OwnAdamW, OwnMuon = without_compiler(SGD), without_compiler(AdamW), without_compiler(Muon)


def check_optimiser(name: str) -> None:
    """Raise a UsageError for a name that is not known."""
    if name not in OPTIMISERS:
        raise UsageError(f"the optimiser '{name}' is not known", fix=f"Choose one of {', '.join(OPTIMISERS)}")


def parameter_groups(
    stages: Sequence[tuple[Iterable[nn.Parameter], float]], weight_decay: float
) -> list[dict[str, Any]]:
    """Groups for the optimiser: weights decay, vectors (norm scales, biases) do not.

    Decay pulls towards zero, which means nothing for a scale whose neutral value is 1 or for an offset
    (He et al. 2019, "Bag of tricks", section 3.1).

    Args:
        stages: parameters with the share of the peak learning rate that they get.
    """
    groups: list[dict[str, Any]] = []
    for parameters, share in stages:
        held = [parameter for parameter in parameters if parameter.requires_grad]
        for decay, members in (
            (weight_decay, [parameter for parameter in held if parameter.dim() > 1]),
            (0.0, [parameter for parameter in held if parameter.dim() <= 1]),
        ):
            if members:
                groups.append({"params": members, "weight_decay": decay, "share": share})
    if len({group["weight_decay"] for group in groups}) == 1 and len({group["share"] for group in groups}) == 1:
        return [{**groups[0], "params": [parameter for group in groups for parameter in group["params"]]}]
    return groups


def make_optimiser(name: str, groups: list[dict[str, Any]], device: torch.device) -> Optimizer:
    """SGD (Nesterov, momentum 0.9) or AdamW (betas 0.9 and 0.99), both fused: one kernel for all parameters; or Muon,
    which is that AdamW but for the weights of convolutions.

    The learning rate is set by the schedule before every step.
    """
    check_optimiser(name)
    fused = device.type in ("cpu", "cuda", "mps")
    if name == "sgd":
        return OwnSGD(groups, lr=1.0, momentum=0.9, nesterov=True, fused=fused)
    if name == "adamw":
        return OwnAdamW(groups, lr=1.0, betas=(0.9, 0.99), eps=1e-8, fused=fused)
    return OwnMuon(groups, lr=1.0, betas=(0.9, 0.99), eps=1e-8)


def set_learning_rate(optimiser: Optimizer, learning_rate: float) -> None:
    """Give every group its share of the rate."""
    for group in optimiser.param_groups:
        group["lr"] = learning_rate * group["share"]


def drop_tiny(optimiser: Optimizer) -> None:
    """Set to 0 what has decayed to next to nothing in the state of an optimiser on a processor.

    The averages of a unit whose gradient is 0 for ever shrink with each step until they are denormal (below 1.2e-38),
    and stay there, as rounding has it. A processor takes a hundred times as long for such numbers: a fifth of them made
    Muon's step thirty times slower (docs/decisions/033-numbers-next-to-nothing.md).
    """
    for state in optimiser.state.values():
        for value in state.values():
            if isinstance(value, Tensor) and value.is_floating_point() and value.device.type == "cpu" and value.dim():
                here = local_part(value)
                here.masked_fill_(here.abs() < TINY, 0)
