"""The hyperparameters of a run: every choice that training depends on, made before the first step and recorded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hyperparameters:
    """What the loop needs to know.

    Out of memory makes `micro_batch` smaller, and a time budget moves `epochs` and `max_steps`: training then holds
    another value of this type.

    Attributes:
        batch_size: rows of one optimiser step.
        micro_batch: rows of one forward and backward pass; the gradients of a step add up to the whole batch's.
        learning_rate: the peak of the schedule.
        precision: float32 or bfloat16 (autocast).
        channels_last: the memory format of images.
        augment: the preset that training images go through.
        max_steps: under a time budget shorter than one epoch.
        frozen_epochs: fine-tuning: epochs in which the head alone learns.
        patience: epochs without a better one after which training ends; None: all epochs are gone through.
        threads: of the CPU, where not all are used.
        stage_decay: fine-tuning: learning rate of each earlier stage, as a share of the next.
    """

    epochs: int
    batch_size: int
    micro_batch: int
    optimiser: str
    learning_rate: float
    weight_decay: float
    schedule: str
    precision: str
    channels_last: bool
    seed: int
    augment: str = "none"
    clip_norm: float | None = None
    ema_decay: float | None = None
    label_smoothing: float = 0.0
    minutes: float | None = None
    max_steps: int | None = None
    frozen_epochs: int = 0
    stage_decay: float = 1.0
    patience: int | None = None
    threads: int | None = None
