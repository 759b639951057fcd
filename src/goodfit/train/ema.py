"""The exponential moving average of the weights (Polyak and Juditsky 1992), evaluated in place of the last ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MovingAverage:
    """Keeps average = decay * average + (1 - decay) * weights over the steps; buffers are copied.

    The decay warms up as (1 + step) / (10 + step), so that the first weights are soon forgotten.
    """

    def __init__(self, net: nn.Module, decay: float) -> None:
        self.decay = decay
        self._live = list(net.state_dict(keep_vars=True).values())
        self._names = list(net.state_dict())
        self._average = [tensor.detach().clone() for tensor in self._live]
        floats = [tensor.is_floating_point() for tensor in self._live]
        self._live_floats = [tensor for tensor, is_float in zip(self._live, floats, strict=True) if is_float]
        self._average_floats = [tensor for tensor, is_float in zip(self._average, floats, strict=True) if is_float]
        self._others = [
            (average, live)
            for average, live, is_float in zip(self._average, self._live, floats, strict=True)
            if not is_float
        ]

    @torch.no_grad()
    def update(self, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._average_floats, self._live_floats, 1 - decay)
        for average, live in self._others:
            average.copy_(live)

    def state_dict(self) -> dict[str, Tensor]:
        return dict(zip(self._names, self._average, strict=True))

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for name, average in zip(self._names, self._average, strict=True):
            average.copy_(state[name])
