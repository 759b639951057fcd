"""Questions to modules while they are called."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class Identities:
    """Membership by identity: a module may define ==."""

    def __init__(self, items: list[Any]) -> None:
        self.items = items

    def __contains__(self, item: object) -> bool:
        return any(each is item for each in self.items)


def has_parameters(module: nn.Module) -> bool:
    """As parameters() says, without the sets that it makes of all parts at each call."""
    if any(param is not None for param in module._parameters.values()):
        return True
    return any(part is not None and has_parameters(part) for part in module._modules.values())


def own_parameter(module: nn.Module, name: str) -> Tensor | None:
    """A parameter of a module itself; None where it has none of this name, as under a parametrisation.

    `module.weight` computes where a weight is parametrised, and a spectral norm counts each time that it is asked:
    looking at it would change what the program computes.
    """
    return module._parameters.get(name)
