"""Calibration by two numbers: a temperature, and a power of how far each class lies below the likeliest.

A temperature makes a net surer or less sure of everything at once. A net that learns smoothed labels, and a blend of a
net with a weaker model, are less sure of their easy rows than they could be, and too sure of their hard ones: no
temperature cures both. So the distance of each class to the likeliest one is raised to a power, above 1 for these. The
order of the classes is kept, as in the intra order-preserving functions of Rahimi et al. 2020 ("Intra order-preserving
functions for calibration of multi-class neural networks", section 3), of which this is the one with a single number
more.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.tasks.temperature import ROWS_OF_DOUBT, SHARPNESS_BOUNDS

ROWS_OF_DOUBT_OF_POWER = 100.0  # the weight of "1 is right": with fewer rows than some hundreds it hardly moves
POWER_BOUNDS = (0.5, 2.0)
MOST_NUMBERS = 4_000_000  # of logits: of more rows every second, third, ... tells two numbers as well
SMALLEST = 1e-9  # a distance: the slope of a power below 1 has no end at 0


def powered(out: Tensor, temperature: float | Tensor, power: float | Tensor) -> Tensor:
    """(N, C) logits: 0 for the likeliest class, and minus (distance / temperature) to the power for the others.

    In float64 within: in float32 a power's last bit depends on which rows stand beside a row.
    """
    distance = (out.amax(dim=1, keepdim=True) - out).double()
    return -((distance.clamp_min(SMALLEST) / temperature) ** power).to(out.dtype)


def fitted_temperature_and_power(out: Tensor, y: Tensor) -> tuple[float, float]:
    """The temperature and the power that make the mean cross-entropy of rows lowest.

    Args:
        out: (N, C) logits of rows that the net was not trained on.
        y: (N,) their classes, int64.
    """
    from scipy.optimize import minimize

    apart = max(1, out.numel() // MOST_NUMBERS)
    out, y = out[::apart].double(), y[::apart]

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        log_sharpness, log_power = at = torch.tensor(logs, requires_grad=True)
        logits = powered(out, (-log_sharpness).exp(), log_power.exp())
        doubt = ROWS_OF_DOUBT * (log_sharpness.exp() - 1) ** 2 + ROWS_OF_DOUBT_OF_POWER * log_power**2
        total = functional.cross_entropy(logits, y) + doubt / len(out)
        (slope,) = torch.autograd.grad(total, at)
        return float(total.detach()), slope.numpy()

    bounds = [(math.log(low), math.log(high)) for low, high in (SHARPNESS_BOUNDS, POWER_BOUNDS)]
    with torch.inference_mode(False), torch.enable_grad():
        out, y = out.clone(), y.clone()
        best = minimize(loss, np.zeros(2), jac=True, bounds=bounds, method="L-BFGS-B")
    sharpness, power = np.exp(best.x)
    return round(1 / float(sharpness), 6), round(float(power), 6)
