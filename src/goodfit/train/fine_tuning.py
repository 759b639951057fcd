"""Fine-tuning: lower rates for early layers, the head alone first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from torch import nn

from goodfit.nets import architecture


def stage_groups(arch: str | None, net: nn.Module, decay: float) -> list[tuple[Iterable[nn.Parameter], float]]:
    """Parameters with their share of the peak rate: 1 for the head, `decay` times less for each stage before it.

    Howard and Ruder 2018 ("Universal language model fine-tuning", section 3.2: discriminative fine-tuning).
    """
    if arch is None or decay == 1.0:
        return [(net.parameters(), 1.0)]
    stages = architecture(arch).stages(net)
    return [
        ([parameter for module in stage for parameter in module.parameters()], decay ** (len(stages) - 1 - at))
        for at, stage in enumerate(stages)
    ]


def thawing(arch: str | None, net: nn.Module, frozen_epochs: int) -> Callable[[int], list[nn.Module]]:
    """What the loop asks at the start of an epoch: freezes all but the head, or thaws it; gives modules held in eval.

    The running statistics of frozen batch norms belong to the pretrained weights: they stay as they are.
    """
    if arch is None or frozen_epochs == 0:
        return lambda epoch: []
    body = [module for stage in architecture(arch).stages(net)[:-1] for module in stage]

    def hold(epoch: int) -> list[nn.Module]:
        frozen = epoch < frozen_epochs
        for module in body:
            module.requires_grad_(not frozen)
        return body if frozen else []

    return hold
