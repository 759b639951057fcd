"""The learning-rate finder: a rising rate on a copy of the net, without any side effect on the training after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.data.source import Batch
from goodfit.train.optimiser import make_optimiser, parameter_groups, set_learning_rate
from goodfit.train.scratch_copy import trial_of

LOWEST, HIGHEST, STEPS = 1e-6, 1.0, 100
SMOOTHING = 0.9
RANGE_TEST = "learning_rate_range_test"  # among the analyses of a run: rates, losses and the one chosen


@dataclass(frozen=True)
class Found:
    """The rate suggested, and the curve behind it."""

    learning_rate: float
    rates: Sequence[float]
    losses: Sequence[float]  # smoothed


def find_learning_rate(
    net: nn.Module,
    loss_of: Callable[[nn.Module, Batch], Tensor],
    batches: Iterable[Batch],
    *,
    optimiser: str,
    weight_decay: float,
    device: torch.device,
) -> Found:
    """Raise the rate geometrically from 1e-6 to 1 over 100 steps and see where the loss falls fastest.

    The range test of Smith 2017 ("Cyclical learning rates", section 3.3). The suggestion is the rate of the steepest
    fall of the smoothed loss, but at most a tenth of the rate of its minimum, since the loss falls for some steps
    after a rate that a whole run would not survive.

    Args:
        net: left untouched, as are torch's random streams.
        loss_of: forward pass and loss of a net on a batch.
        batches: at least one; they are gone through again when there are fewer than 100.
    """
    held = list(batches)
    rates, losses = [], []
    smooth, lowest = 0.0, math.inf
    with trial_of(net, device) as trial:
        steps = make_optimiser(optimiser, parameter_groups([(trial.parameters(), 1.0)], weight_decay), device)
        for step in range(STEPS):
            rate = LOWEST * (HIGHEST / LOWEST) ** (step / (STEPS - 1))
            set_learning_rate(steps, rate)
            loss = loss_of(trial, held[step % len(held)])
            loss.backward()
            steps.step()
            trial.zero_grad()
            smooth = SMOOTHING * smooth + (1 - SMOOTHING) * loss.item()
            corrected = smooth / (1 - SMOOTHING ** (step + 1))
            if not math.isfinite(corrected) or corrected > 4 * lowest:
                break
            lowest = min(lowest, corrected)
            rates.append(rate)
            losses.append(corrected)
    return Found(_suggest(rates, losses), rates, losses)


def _suggest(rates: Sequence[float], losses: Sequence[float]) -> float:
    if len(losses) < 10:
        return 1e-3
    at_lowest = min(range(len(losses)), key=losses.__getitem__)
    falls = [losses[i + 2] - losses[i - 2] for i in range(2, max(3, at_lowest - 2))]
    steepest = 2 + min(range(len(falls)), key=falls.__getitem__)
    return float(f"{min(rates[steepest], rates[at_lowest] / 10):.2g}")
