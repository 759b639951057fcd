"""A model of one number with what it is off by, row by row: the widths of its prediction intervals follow x."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from goodfit.nets.wide import Wide, lanes_of


class WithSpread(Wide):
    """x -> (N, 2): the model's number, and the logarithm of how far it is usually off, in the same units.

    Args:
        model: x -> (N, 1).
        spread: (N, D + 1) -> (N, 1), from D features of a row and the number that the model gives for it.
        head: the model's linear layer whose input are the features; None: x (N, D) itself is.
        numbers: how many of the features, from the first one on, are numbers; category codes are behind these.
    """

    centre: Tensor
    deviation: Tensor

    def __init__(self, model: nn.Module, spread: nn.Module, head: str | None, numbers: int) -> None:
        super().__init__()
        self.model, self.spread, self.numbers = model, spread, numbers
        self.lanes = lanes_of(model)
        self.register_buffer("centre", torch.zeros(()))
        self.register_buffer("deviation", torch.ones(()))
        self._features: Tensor | None = None
        if head is not None:
            model.get_submodule(head).register_forward_pre_hook(self._note)

    def _note(self, _: nn.Module, given: tuple[Any, ...]) -> None:
        self._features = given[0]

    def forward(self, x: Tensor) -> Tensor:
        out = self.model(x).float().reshape(len(x), 1)
        features, self._features = self.narrow(x) if self._features is None else self._features, None
        with torch.autocast(x.device.type, enabled=False):
            spread = self.spread(beside(features.float(), out, self.numbers)).float()
        return torch.cat([out, spread * self.deviation + self.centre], dim=1)


class HeadInput(nn.Module):
    """x -> (N, D), what a linear layer of a model is given.

    Args:
        head: its name in the model.
    """

    def __init__(self, model: nn.Module, head: str) -> None:
        super().__init__()
        self.model = model
        self._features = torch.zeros(0)
        self._hook = model.get_submodule(head).register_forward_pre_hook(self._note)

    def _note(self, _: nn.Module, given: tuple[Any, ...]) -> None:
        self._features = given[0]

    def forward(self, x: Tensor) -> Tensor:
        self.model(x)
        return self._features

    def let_go(self) -> None:
        """The model is as it was before."""
        self._hook.remove()


def beside(features: Tensor, out: Tensor, numbers: int) -> Tensor:
    """(N, D + 1): the model's number behind the numbers of a row, in front of its category codes."""
    return torch.cat([features[:, :numbers], out, features[:, numbers:]], dim=1)


def plain(model: nn.Module) -> nn.Module:
    """The model without its spread."""
    return model.model if isinstance(model, WithSpread) else model
