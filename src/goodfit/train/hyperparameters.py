"""The plan of a run: every choice that training depends on, made before the first step and recorded as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One choice, its value and why, in a line."""

    name: str
    value: str
    why: str


@dataclass
class Plan:
    """What the loop needs to know. `micro_batch` and, under a time budget, `epochs` may change on the way."""

    epochs: int
    batch_size: int  # rows of one optimiser step
    micro_batch: int  # rows of one forward and backward pass; the gradients of a step add up to the whole batch's
    optimiser: str
    learning_rate: float  # the peak of the schedule
    weight_decay: float
    schedule: str
    precision: str  # float32 or bfloat16 (autocast)
    channels_last: bool
    seed: int
    clip_norm: float | None = None
    ema_decay: float | None = None
    label_smoothing: float = 0.0
    minutes: float | None = None
    max_steps: int | None = None  # under a time budget shorter than one epoch
    frozen_epochs: int = 0  # fine-tuning: epochs in which the head alone learns
    stage_decay: float = 1.0  # fine-tuning: learning rate of each earlier stage, as a share of the next

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Plan:
        return cls(**values)
