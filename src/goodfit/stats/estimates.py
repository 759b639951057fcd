"""Means, z-scores, intervals and tests: the ground floor of every figure that goodfit reports."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from goodfit.stats.groups import effective_groups, error_ratio, pooled

Z95 = 1.959963984540054  # scipy.special.ndtri(0.975), the normal's 97.5% quantile
BOOTSTRAP_DRAWS = 1_000
LARGEST_EXPONENT = 700.0  # of e, as a float
SKEWNESS_NONE = 1e-9  # below it the interval is symmetric
# Few rows show too little skewness: squares of 30 normal errors 2.1 of their 2.8, of 100 2.5. Over sqrt(rows).
SKEWNESS_UNSEEN = 1.5


@dataclass(frozen=True)
class Estimate:
    """A value with its 95% interval."""

    value: float
    low: float
    high: float

    def __float__(self) -> float:
        return float(self.value)

    def __format__(self, spec: str) -> str:
        """The value, as `f"{estimate:.1%}"` asks for; all three without a format."""
        return format(self.value, spec) if spec else str(self)

    def to_json(self) -> dict[str, float]:
        return {"value": self.value, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class ZTest:
    """A difference, its interval, its z-score and the two-sided probability of one as large by chance."""

    difference: Estimate
    z: float
    p: float


def normal_cdf(z: float) -> float:
    """Area of the standard normal to the left of z."""
    from scipy.special import ndtr  # late: 0.1 s, and only verdicts need it

    return float(ndtr(z))


def z_scores(x: np.ndarray) -> np.ndarray:
    """(x - mean) / sd along the first axis, population sd; a constant column gives zeros."""
    sd = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(sd == 0, 1, sd))


def proportion(successes: float, n: float) -> Estimate:
    """A share with Wilson's interval, which stays honest near 0 and 1 and for few rows (Wilson 1927).

    No rows: the value is NaN and the interval 0 to 1, all that is known. Written out: scipy.stats.binomtest gives the
    same to the last bit or two, but finds an exact p-value first, and takes 1 ms instead of 7 us: a second for the
    recall of 1,000 classes.
    """
    if n == 0:
        return Estimate(math.nan, 0.0, 1.0)
    share = successes / n
    middle = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half))


def _around(value: float, error: float, low: float = -math.inf, high: float = math.inf) -> Estimate:
    return Estimate(value, max(low, value - Z95 * error), min(high, value + Z95 * error))


@dataclass(frozen=True)
class Scale:
    """Where the two sides of an interval are about equally long, so that it is widened there.

    Attributes:
        there, back: from a value to this scale, and back again.
        share: it is that of shares, whose ends 0 and 1 are infinitely far.
    """

    there: Callable[[float], float]
    back: Callable[[float], float]
    share: bool = False


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(odds, -LARGEST_EXPONENT), LARGEST_EXPONENT)))


SHARE = Scale(_logit, _logistic, share=True)
SIZE = Scale(math.log, lambda x: math.exp(min(x, LARGEST_EXPONENT)))  # of what is above zero


def of_groups(estimate: Estimate, influence: np.ndarray, groups: np.ndarray | None, scale: Scale) -> Estimate:
    """An interval made for independent rows, widened by what rows of one group have in common.

    It is never narrower than that of independent rows; with groups of one row each it is the same. With a single group
    nothing is known of others. Coverage is in docs/benchmarks.md.

    Args:
        influence: (N,) what each row does to the value.
        groups: (N,) the group of each row; None: all rows stand alone.
    """
    if groups is None or len(groups) < 2 or (count := len(np.unique(groups))) == len(groups):
        return estimate
    if count == 1:
        return Estimate(estimate.value, 0.0 if scale.share else -math.inf, 1.0 if scale.share else math.inf)
    independent = effective_groups(groups)
    longer = max(1.0, error_ratio(influence, groups)) * t_quantile(max(1.0, independent - 1)) / Z95
    value = estimate.value
    if scale.share and not 0 < value < 1:
        return proportion(value * independent, independent)  # no row of a group speaks against the others
    if not all(0 < end < (1 if scale.share else math.inf) for end in (estimate.low, value, estimate.high)):
        return Estimate(value, *(value + longer * (end - value) for end in (estimate.low, estimate.high)))
    middle = scale.there(value)
    ends = (scale.back(middle + longer * (scale.there(end) - middle)) for end in (estimate.low, estimate.high))
    return Estimate(value, *ends)


def share(right: np.ndarray, groups: np.ndarray | None = None) -> Estimate:
    """The share of rows that are right, with Wilson's interval, widened where rows belong to groups.

    Args:
        right: (N,) bool.
        groups: as of `of_groups`.
    """
    values = np.asarray(right, dtype=np.float64)
    return of_groups(proportion(float(values.sum()), len(values)), values, groups, SHARE)


def mean(
    values: np.ndarray, groups: np.ndarray | None = None, *, least: float = -math.inf, most: float = math.inf
) -> Estimate:
    """A mean with Hall's interval: Student's, with the skewness of the values taken out; of groups, of their sums.

    Losses and squared errors are skewed, and the usual interval of 30 rows misses the truth in up to 15% of samples.
    Hall 1992 ("On the removal of skewness by transformation") stretches the t statistic so that it is symmetric, and
    the interval back. Coverage is in docs/benchmarks.md.

    Of one value the interval is unbounded.

    Args:
        values: (N,).
        groups: (N,) of rows that belong together; None: all stand alone.
        least, most: what a value can be: 0 and more of a loss. The interval ends there at the latest.
    """
    values = np.asarray(values, dtype=np.float64)
    if len(values) == 0:
        return Estimate(math.nan, least, most)
    value = float(values.mean())
    if not math.isfinite(value):
        return Estimate(value, least, most)
    if groups is not None:
        values = pooled(values, groups)
    if len(values) == 1:
        return Estimate(value, least, most)
    below, above = _skewed_reach(values)
    return Estimate(value, max(least, value - below), min(most, value + above))


def _skewed_reach(values: np.ndarray, raised: float = 1.0) -> tuple[float, float]:
    """How far Hall's interval reaches below and above the mean of two or more values.

    Args:
        raised: by how much the skewness is larger than the rows show.
    """
    n, deviation = len(values), float(values.std(ddof=1))
    if deviation == 0:
        return 0.0, 0.0
    reach = t_quantile(n - 1) / math.sqrt(n)
    if n == 2:
        return reach * deviation, reach * deviation
    skewness = raised * n / ((n - 1) * (n - 2)) * float((((values - values.mean()) / deviation) ** 3).sum())
    if abs(skewness) < SKEWNESS_NONE:
        return reach * deviation, reach * deviation

    def stretched_back(y: float) -> float:
        return 3 / skewness * (float(np.cbrt(1 + skewness * (y - skewness / (6 * n)))) - 1)

    return stretched_back(reach) * deviation, -stretched_back(-reach) * deviation


def t_quantile(degrees: float) -> float:
    """The 97.5% quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))


def on_logit(value: float, error: float, degrees: float, certain: int) -> Estimate:
    """A share with the interval that Student's t gives on the logit scale, which stays inside of 0 and 1.

    Args:
        error: its standard error.
        degrees: of freedom that this is known with.
        certain: independent rows that speak for a share of exactly 0 or 1; then Wilson's interval of so many.
    """
    if not 0 < value < 1:
        return proportion(value * certain, certain)
    if error == 0:
        return Estimate(value, value, value)
    middle, reach = math.log(value / (1 - value)), t_quantile(max(1.0, degrees)) * error / (value * (1 - value))
    low, high = (1 / (1 + math.exp(-end)) for end in (middle - reach, middle + reach))
    return Estimate(value, low, high)


def rmse(errors: np.ndarray, groups: np.ndarray | None = None) -> Estimate:
    """Root of the mean squared error; its interval is the root of that of the mean square.

    The upper end is the larger one of Hall's interval and of Student's for the logarithm, the lower end Student's: of
    heavy tails each alone misses the truth more often. Hall's has the skewness raised, since that of a sample is too
    small on average (Joanes and Gill 1998, "Comparing measures of sample skewness and kurtosis", of skewed laws);
    without, the truth is above it in 7% of samples of 30 errors of Student's t with 5 degrees (docs/benchmarks.md).
    """
    squares = np.asarray(errors, dtype=np.float64) ** 2
    square, n = mean(squares), len(squares)
    low, high = square.low, square.high
    rest = float(squares.sum()) - squares
    if n > 2 and math.isfinite(square.value) and (rest > 0).all():
        left_out = np.log(rest)
        error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
        stretch = math.exp(min(t_quantile(n - 1) * error, LARGEST_EXPONENT))
        above = _skewed_reach(squares, 1 + SKEWNESS_UNSEEN / math.sqrt(n))[1]
        low, high = square.value / stretch, max(high, square.value + above, square.value * stretch)
    estimate = Estimate(math.sqrt(square.value), math.sqrt(max(0.0, low)), math.sqrt(high))
    return of_groups(estimate, squares, groups, SIZE)


def r2(errors: np.ndarray, y: np.ndarray, groups: np.ndarray | None = None) -> Estimate | None:
    """1 - residual over total sum of squares; None when y is constant: there is nothing to explain.

    The interval is Student's for the logarithm of that ratio, with the jackknife's standard error (Efron and Tibshirani
    1993, "An introduction to the bootstrap", chapter 11): percentiles of a bootstrap miss the truth in 9% of samples of
    30 rows, it in 5%. Where y is skewed, it misses the truth in 12%, above it; there Hall's interval for the mean of
    what each row does to the ratio reaches further, and the upper end is halfway between both (bench/coverage.py).
    """
    errors, y = np.asarray(errors, dtype=np.float64), np.asarray(y, dtype=np.float64)
    n = len(y)
    if n < 2 or y.var() == 0:
        return None
    squares, distances = errors**2, (y - y.mean()) ** 2
    residual, total = float(squares.sum()), float(distances.sum())
    value = 1 - residual / total
    without = total - distances * n / (n - 1)  # the total of the others, around their own mean
    rest = residual - squares
    if n == 2 or residual == 0 or not ((rest > 0) & (without > 0)).all():
        return Estimate(value, value if residual == 0 else -math.inf, 1.0)
    left_out = np.log(rest / without)
    error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    stretch = math.exp(min(t_quantile(n - 1) * error, LARGEST_EXPONENT))
    ratio = 1 - value
    influence = (squares - ratio * distances) / (total / n)  # of each row; its mean is zero
    least = min(ratio / stretch, max(0.0, ratio + mean(influence).low))
    unexplained = Estimate(ratio, (ratio / stretch + least) / 2, ratio * stretch)
    unexplained = of_groups(unexplained, influence, groups, SIZE)
    return Estimate(value, 1 - unexplained.high, 1 - unexplained.low)


def paired_z(a: np.ndarray, b: np.ndarray) -> ZTest:
    """Whether a - b, row by row, differs from zero on average: z = mean / (sd / sqrt n).

    Rows that do not differ at all give z = 0 and p = 1.
    """
    difference = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    if len(difference) < 2:
        return ZTest(mean(difference), 0.0, 1.0)
    error = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    estimate = _around(float(difference.mean()), error)
    if error == 0:
        z = 0.0 if estimate.value == 0 else math.copysign(math.inf, estimate.value)
    else:
        z = estimate.value / error
    return ZTest(estimate, z, 2 * normal_cdf(-abs(z)))


def mean_of_ratios(above: np.ndarray, below: np.ndarray, groups: np.ndarray | None = None) -> Estimate:
    """The mean over columns of sum(above) / sum(below), for (N, K) parts of N rows; an intersection over union is one.

    The interval is Student's on the logit scale with the jackknife's standard error: the spread of the value without
    each row (Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 11). Its degrees of freedom are
    those of the rows in which a column has anything, put together as Welch and Satterthwaite do (Satterthwaite 1946,
    "An approximate distribution of estimates of variance components"): a class that is in 6 of 30 images is known as
    badly as from 6. Where Hall's of the rows' influence (`mean`) reaches further, its end counts: a class that is in
    few images, and missed in some, is skewed.

    Args:
        above, below: (N, K), the first at most as large as the second.
        groups: (N,) of rows that belong together; None: all stand alone.
    """
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    n, total = len(above), below.sum(axis=0)
    if n == 0 or not (total > 0).all():
        return Estimate(math.nan, -math.inf, math.inf)
    value = float((above.sum(axis=0) / total).mean())
    rest = total - below
    if n == 1 or not (rest > 0).any(axis=0).all():
        return Estimate(value, -math.inf, math.inf)
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.where(rest > 0, (above.sum(axis=0) - above) / rest, above.sum(axis=0) / total)
    left_out = each.mean(axis=1)
    error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    influence = value - (n - 1) * (left_out - left_out.mean())
    some = (below > 0).sum(axis=0)
    degrees = _welch_degrees(each, some)
    estimate = of_groups(on_logit(value, error, degrees, int(some.min())), influence, groups, SHARE)
    skewed, longer = mean(influence, groups), t_quantile(degrees) / t_quantile(n - 1)
    low, high = (value + longer * (end - value) for end in (skewed.low, skewed.high))
    return Estimate(value, max(0.0, min(estimate.low, low)), min(1.0, max(estimate.high, high)))


def _welch_degrees(left_out: np.ndarray, some: np.ndarray) -> float:
    """Degrees of freedom of the mean of columns, from their values without each row.

    Args:
        left_out: (N, K).
        some: (K,) rows in which a column has anything.
    """
    spread = ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    parts = float((spread**2 / np.maximum(some - 1, 1)).sum())
    most = float(len(left_out) - 1)
    return min(most, float(spread.sum()) ** 2 / parts) if parts > 0 else most
