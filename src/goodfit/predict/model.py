"""A fitted net with all that is needed to predict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.data.feed import Feed
from goodfit.data.normalise import Normalise
from goodfit.data.source import Source
from goodfit.tasks.task import Task
from goodfit.train.precision import Precision


@dataclass
class Model:
    """What is needed to predict: the fitted net and how its input is made ready."""

    net: nn.Module
    task: Task
    schema: Mapping[str, Any]  # of the source
    normalise: Normalise | None
    precision: Precision
    device: torch.device
    batch_size: int

    def feed(self, source: Source, y: Tensor | None = None) -> Feed:
        """Batches of a source as this model takes them."""
        return Feed(
            source=source,
            y=y if y is not None else torch.zeros(len(source), dtype=torch.int64),
            device=self.device,
            batch_size=self.batch_size,
            seed=0,
            normalise=self.normalise,
            channels_last=self.precision.channels_last,
        )
