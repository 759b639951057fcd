"""How much each part of a blend counts: by the loss on rows that the parts were not trained on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from goodfit.tasks.task import Task

ROWS_OF_DOUBT = 8.0  # the weight of "all parts count alike": on few rows the best weights are mostly chance


def blend_weights(task: Task, outs: Sequence[Tensor], y: Tensor) -> Tensor:
    """(parts,) float32, none below 0: they make the mean loss of the weighted sum of outputs lowest.

    Wolpert 1992 ("Stacked generalization") and Breiman 1996 ("Stacked regressions", where weights are not negative
    either). The sum of the weights is free: of logits it is a temperature as well.

    Args:
        outs: of each part, (N, outputs) for rows that it was not trained on.
    """
    from scipy.optimize import minimize

    stacked, count = torch.stack([out.double() for out in outs]), len(outs)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        w = torch.tensor(weights, requires_grad=True)
        doubt = ROWS_OF_DOUBT / len(y) * (w - 1 / count).square().sum()
        total = task.row_losses(torch.tensordot(w, stacked, dims=1), y).mean() + doubt
        (slope,) = torch.autograd.grad(total, w)
        return float(total.detach()), slope.numpy()

    best = minimize(loss, np.full(count, 1 / count), jac=True, bounds=[(0, None)] * count, method="L-BFGS-B")
    return torch.from_numpy(best.x).float()
