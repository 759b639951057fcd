"""Temperature scaling: one number that logits are divided by, so that probabilities mean what they say.

Guo et al. 2017 ("On calibration of modern neural networks", section 4.2). It is learnt from rows that the net was not
trained on, and changes no order of the classes.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

ROWS_OF_DOUBT = 10.0  # the weight of "it is right as it is": with few rows, all of them right, it would be without end
SHARPNESS_BOUNDS = (0.02, 20.0)


def fitted_temperature(out: Tensor, losses: Callable[[Tensor], Tensor], rows_of_doubt: float = ROWS_OF_DOUBT) -> float:
    """The temperature that makes the mean loss of rows lowest.

    Args:
        out: (N, ...) logits of rows that the net was not trained on.
        losses: logits -> the loss of every row, (N,).
        rows_of_doubt: how many rows a temperature of 1 counts as; a smoothed loss needs none, it has its lowest point.
    """
    from scipy.optimize import minimize_scalar

    out = out.double()

    def mean_loss(sharpness: float) -> float:
        return float(losses(out * sharpness).mean()) + rows_of_doubt / len(out) * (sharpness - 1) ** 2

    with torch.inference_mode():
        best = minimize_scalar(mean_loss, bounds=SHARPNESS_BOUNDS, method="bounded", options={"xatol": 1e-4})
    return round(1 / float(best.x), 6)
