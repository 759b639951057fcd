"""What a set of numbers looks like: mean, variance, deviation, z-scores, shares under the normal curve, outliers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from goodfit.stats.estimates import BOOTSTRAP_DRAWS, Estimate, normal_cdf

Values = Sequence[float] | np.ndarray

WITHIN = (1, 2, 3)  # standard deviations around the mean
FENCE = 1.5  # interquartile ranges beyond the quartiles (Tukey 1977, "Exploratory data analysis")


def population_variance(values: Values) -> float:
    """The average squared distance from the mean, where the values are all that there are; NaN of none."""
    array = _numbers(values)
    return float(((array - array.mean()) ** 2).mean()) if len(array) else float("nan")


def sample_variance(values: Values) -> float:
    """The variance of what the values were drawn from: squared distances over n - 1, since the mean was fitted to them.

    NaN of fewer than two values.
    """
    array = _numbers(values)
    return float(((array - array.mean()) ** 2).sum() / (len(array) - 1)) if len(array) > 1 else float("nan")


def population_deviation(values: Values) -> float:
    """The square root of the population variance: how far a value is from the mean, in the units of the values."""
    return float(np.sqrt(population_variance(values)))


def sample_deviation(values: Values) -> float:
    """The square root of the sample variance."""
    return float(np.sqrt(sample_variance(values)))


def standardised(values: Values, mean: float | None = None, deviation: float | None = None) -> np.ndarray:
    """(x - mean) / deviation: of new values with the mean and deviation of those that were learnt from.

    Args:
        mean, deviation: of the values themselves (population) when None. Of a deviation of 0 all are 0.
    """
    array = _numbers(values)
    middle = float(array.mean()) if mean is None and len(array) else mean or 0.0
    spread = population_deviation(array) if deviation is None else deviation
    return np.zeros_like(array) if spread == 0 else np.asarray((array - middle) / spread)


def area_left_of(z: float) -> float:
    """Area of the standard normal curve to the left of z: the share of values below z deviations above the mean."""
    return normal_cdf(z)


def z_of_area(area: float) -> float:
    """The z that has this area of the standard normal curve to its left: 1.96 of 0.975."""
    from scipy.special import ndtri

    return float(ndtri(area))


def normal_shares() -> tuple[float, ...]:
    """Shares of the normal curve within 1, 2 and 3 deviations of its mean: 68%, 95% and 99.7%."""
    return tuple(normal_cdf(times) - normal_cdf(-times) for times in WITHIN)


def shares_within(values: Values) -> tuple[float, ...]:
    """Shares of the values within 1, 2 and 3 (population) deviations of their mean, to be held against the normal's."""
    scores = np.abs(standardised(values))
    return tuple(float((scores <= times).mean()) if len(scores) else float("nan") for times in WITHIN)


def distance_from_normal(values: Values) -> float:
    """The largest distance of the share of values below x from that of the normal curve of their mean and deviation.

    Lilliefors 1967 ("On the Kolmogorov-Smirnov test for normality with mean and variance unknown"). 0 is a perfect
    normal curve; values of which 95% are near 0.08 of an exponential law have 0.2. NaN where the values do not vary.
    """
    from scipy.special import ndtr

    array = np.sort(_numbers(values))
    n, spread = len(array), sample_deviation(values)
    if n < 2 or spread == 0:
        return float("nan")
    expected = ndtr((array - array.mean()) / spread)
    steps = np.arange(n + 1) / n
    return float(max((steps[1:] - expected).max(), (expected - steps[:-1]).max()))


def outliers(values: Values) -> np.ndarray:
    """(k,) places of values beyond Tukey's fences: 1.5 interquartile ranges outside of the first and third quartile.

    Of normal values these are 0.7%.
    """
    array = _numbers(values)
    if not len(array):
        return np.zeros(0, dtype=np.int64)
    first, third = np.quantile(array, [0.25, 0.75])
    reach = FENCE * (third - first)
    return np.flatnonzero((array < first - reach) | (array > third + reach))


def bootstrap(values: Values, statistic: Callable[[np.ndarray], float], *, seed: int = 0) -> Estimate:
    """Any figure of values with its 95% interval by bootstrap: bias-corrected and accelerated (Efron 1987).

    Args:
        values: (N,), two or more.
        statistic: of such an array, a number.
        seed: of the 1,000 draws.
    """
    from scipy.stats import bootstrap as scipy_bootstrap

    array = _numbers(values)
    value = float(statistic(array))
    if len(array) < 2:
        return Estimate(value, -np.inf, np.inf)
    if array.min() == array.max():
        return Estimate(value, value, value)
    drawn = scipy_bootstrap(
        (array,), lambda sample: statistic(np.asarray(sample)), vectorized=False, n_resamples=BOOTSTRAP_DRAWS,
        method="BCa", rng=np.random.default_rng(seed),
    )  # fmt: skip
    interval = drawn.confidence_interval
    return Estimate(value, float(interval.low), float(interval.high))


def _numbers(values: Values) -> np.ndarray:
    return np.asarray(values, dtype=np.float64)
