"""How many epochs a fit that was cut short would want, by the course of its loss so far.

The loss after e epochs is taken for c + a / e^b, the curve "pow3" of Domhan, Springenberg and Hutter 2015 ("Speeding up
automatic hyperparameter optimization of deep neural networks by extrapolation of learning curves", section 3.1). For
every b on a grid, c and a are those of least squared relative errors, neither of them below 0. The interval is that of
the residual bootstrap (Efron and Tibshirani 1993, section 9.4), with residuals widened by the law of t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EPOCHS_TO_TELL = 6  # fewer points than twice the three numbers tell none of them
POWERS = np.geomspace(0.1, 3.0, 400)
NUMBERS = 3  # that are fitted: c, a and b
DRAWS = 400
HALF_AS_MANY_AGAIN = 1.5
SMALL_GAIN = 0.01  # of the loss, by half as many epochs again
AT_MOST = 50.0  # times the epochs so far: beyond it nothing can be told


@dataclass(frozen=True)
class EpochsWanted:
    """Epochs after which half as many again would lower the loss by less than 1%.

    Attributes:
        value: the estimate.
        low, high: its 95% interval; high is None where it has no end in sight.
    """

    value: int
    low: int
    high: int | None

    def __str__(self) -> str:
        return f"about {self.value:,} ({self.low:,} to {'any number' if self.high is None else f'{self.high:,}'})"


def epochs_wanted(losses: np.ndarray) -> EpochsWanted | None:
    """How many epochs such a course suggests; None where it is too short, does not fall, or has no end in sight.

    Args:
        losses: (epochs,) mean loss of the same rows after each epoch; one that can be 0 or less tells nothing.
    """
    count = len(losses)
    if count < EPOCHS_TO_TELL or not np.isfinite(losses).all() or not losses[0] > losses[-1] or losses.min() <= 0:
        return None
    from scipy import stats

    weights = losses**-2.0  # noise is a share of the loss
    fitted, wanted = _fit(losses[None], weights)
    shares = (losses - fitted[0]) / losses
    widened = np.sqrt(count / (count - NUMBERS)) * stats.t.ppf(0.975, count - NUMBERS) / stats.norm.ppf(0.975)
    noise = widened * losses * np.random.default_rng(0).choice(shares - shares.mean(), (DRAWS, count))
    _, drawn = _fit(fitted + noise, weights)
    if not np.isfinite(wanted[0]):
        return None
    low, high = np.quantile(drawn, [0.025, 0.975], method="nearest")
    least = count if np.isinf(low) else max(count, round(low))
    return EpochsWanted(max(count, round(wanted[0])), least, round(high) if np.isfinite(high) else None)


def _fit(curves: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, epochs) fitted values of n curves, and (n,) the epochs that each wants; infinity beyond what can be told."""
    count = curves.shape[1]
    weights = weights / weights.sum()
    basis = np.arange(1, count + 1)[None] ** -POWERS[:, None]  # (powers, epochs)
    middle = basis @ weights
    centred = basis - middle[:, None]
    means = curves @ weights
    scale = (curves * weights) @ centred.T / (centred**2 @ weights)  # (n, powers)
    floor = means[:, None] - scale * middle
    through_zero = (curves * weights) @ basis.T / (basis**2 @ weights)
    scale = np.maximum(0, np.where(floor < 0, through_zero, scale))
    floor = np.where(floor < 0, 0.0, np.where(scale > 0, floor, means[:, None]))
    fitted = floor[..., None] + scale[..., None] * basis  # (n, powers, epochs)
    best = ((curves[:, None] - fitted) ** 2 @ weights).argmin(axis=1)
    rows = np.arange(len(curves))
    epochs = np.geomspace(count, AT_MOST * count, 1000)
    falls = scale[rows, best, None] * epochs ** -POWERS[best, None]  # (n, epochs): what is left above the floor
    gain = falls * (1 - HALF_AS_MANY_AGAIN ** -POWERS[best, None])
    enough = gain < SMALL_GAIN * (floor[rows, best, None] + falls)
    wanted = np.where(enough.any(axis=1), epochs[enough.argmax(axis=1)], np.inf)
    return fitted[rows, best], wanted
