"""Models that read more of a row than nets do: terms of texts stand behind its values (`goodfit.data.source.Terms`)."""

from __future__ import annotations

from torch import Tensor, nn


class Wide(nn.Module):
    """A model of rows with so many values behind their own; 0: of rows as they are."""

    lanes: int = 0

    def narrow(self, x: Tensor) -> Tensor:
        """(N, D) of rows (N, D + lanes): what other models are given."""
        return x[:, : x.shape[1] - self.lanes]


def lanes_of(model: nn.Module) -> int:
    """How many values it reads behind those of a row."""
    return model.lanes if isinstance(model, Wide) else 0


def is_wide(model: nn.Module) -> bool:
    """Whether it is given rows of `Source.read_wide`."""
    return lanes_of(model) > 0
