"""Tests of paired values: two models on the same rows, or in the same folds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.stats.estimates import Z95, Estimate

QUANTILES = 2_000  # of the share of discordant rows
SMALLEST = 1e-300
ROUNDING = 1e-12  # of the size of what a difference is made of


@dataclass(frozen=True)
class PairedTest:
    """A mean difference a - b with its 95% interval, and the two-sided probability of one as large by chance.

    Attributes:
        statistic: difference over its standard error; of counts, how many rows only a gets right.
        method: its name, as people look it up.
    """

    difference: Estimate
    statistic: float
    p: float
    method: str


@dataclass(frozen=True)
class Posterior:
    """What is believed of a difference a - b after the data: a Student t distribution.

    Attributes:
        mean, scale, degrees: of the t distribution; a scale of 0 is certainty.
    """

    mean: float
    scale: float
    degrees: float

    def shares(self, rope: float) -> tuple[float, float, float]:
        """Probabilities of a difference below -rope, within the region of practical equivalence, and above rope."""
        from scipy.stats import t

        if self.scale == 0 or not math.isfinite(self.scale):
            if not math.isfinite(self.scale):
                return 0.5, 0.0, 0.5
            below, above = float(self.mean < -rope), float(self.mean > rope)
            return below, 1 - below - above, above
        below = float(t.cdf((-rope - self.mean) / self.scale, self.degrees))
        above = float(t.sf((rope - self.mean) / self.scale, self.degrees))
        return below, max(0.0, 1 - below - above), above


@dataclass(frozen=True)
class DiscordantPosterior:
    """What is believed of the difference of two shares of the same rows, with Jeffreys' prior.

    The shares of rows that only a, only b, and neither of them alone gets right follow a Dirichlet distribution. Rows
    in which two models do not differ are no certainty: of 18 such rows a difference of 5 points is still likely.

    Attributes:
        only_a, only_b: rows in which only a, or only b, is right.
        rows: all rows.
    """

    only_a: int
    only_b: int
    rows: int

    def shares(self, rope: float) -> tuple[float, float, float]:
        """As `Posterior.shares`.

        The share of discordant rows, and that of them for a, are independent Beta variables: over the quantiles of the
        one, how often the other tips the difference beyond the region.
        """
        from scipy.special import betainc, betaincinv

        quantiles = (np.arange(QUANTILES) + 0.5) / QUANTILES
        discordant = betaincinv(self.only_a + self.only_b + 1, self.rows - self.only_a - self.only_b + 0.5, quantiles)
        needed = np.minimum(1.0, (1 + rope / np.maximum(discordant, SMALLEST)) / 2)
        below = float((1 - betainc(self.only_b + 0.5, self.only_a + 0.5, needed)).mean())
        above = float((1 - betainc(self.only_a + 0.5, self.only_b + 0.5, needed)).mean())
        return below, max(0.0, 1 - below - above), above


def posterior_of(test: PairedTest, degrees: float) -> Posterior:
    """The t distribution that has a test's interval as its 95%, where that reaches equally far to both sides."""
    from scipy.special import stdtrit

    half = (test.difference.high - test.difference.low) / 2
    return Posterior(test.difference.value, half / float(stdtrit(degrees, 0.975)), degrees)


def apart(a: Estimate, b: Estimate) -> Estimate:
    """The difference of two values by the intervals of both, as if they were independent (Zou and Donner 2008).

    "Construction of confidence limits about effect measures: a general approach": the distances of the ends are added
    as squares. For models that are both without a mistake, whose difference has no spread.
    """
    value = a.value - b.value
    below = math.hypot(a.value - a.low, b.high - b.value)
    above = math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(value, value - below, value + above)


def mcnemar(only_a: int, only_b: int) -> float:
    """The p-value of McNemar's score test: (a - b)² / (a + b) of the discordant rows is chi-squared (McNemar 1947).

    Without a continuity correction: the exact test rejects too seldom, and of 30 rows, of which two models tell few
    apart, the mid-p value still does (docs/compare.md has both; Fagerland, Lydersen and Laake 2013, "The McNemar test
    for binary matched-pairs data: mid-p and asymptotic are better than exact conditional", found the score test above
    5% by 0.4 points at most). Tango's interval holds 0 exactly where this is 0.05 or more.

    Args:
        only_a, only_b: rows that only a, or only b, gets right.
    """
    from scipy.special import ndtr

    n = only_a + only_b
    return 1.0 if n == 0 else float(2 * ndtr(-abs(only_a - only_b) / math.sqrt(n)))


def share_difference(only_a: int, only_b: int, rows: int) -> Estimate:
    """The difference of two shares of the same rows, a - b, with Tango's score interval.

    Tango 1998, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design": all differences that a score test at 5% does not reject. At no difference it is McNemar's test.

    Args:
        only_a, only_b: rows in which only a, or only b, is right.
        rows: all rows, 1 or more.
    """
    value = (only_a - only_b) / rows

    def score(delta: float) -> float:
        a = 2 * rows
        b = -only_a - only_b + (2 * rows - only_a + only_b) * delta
        c = -only_b * delta * (1 - delta)
        share = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)  # of "only b", the most likely one at delta
        variance = rows * (2 * share + delta * (1 - delta))
        distance = only_a - only_b - rows * delta
        if variance <= 0:
            return 0.0 if distance == 0 else math.copysign(math.inf, distance)
        return distance / math.sqrt(variance)

    return Estimate(value, falling_root(score, Z95, -1.0, value), falling_root(score, -Z95, value, 1.0))


def falling_root(score: Callable[[float], float], level: float, low: float, high: float) -> float:
    """Where a falling function takes this level, between low and high; an end where it does not."""
    for _ in range(60):  # 2 / 2^60 is below the last digit
        middle = (low + high) / 2
        if score(middle) > level:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def paired_t(a: np.ndarray, b: np.ndarray) -> PairedTest:
    """Student's t test of the mean of a - b, row by row.

    a and b may be influence values: what each row does to a figure that is no mean of rows (an AUC, an RMSE). Their
    mean is the figure and their spread its standard error (the infinitesimal jackknife: Efron 1982, "The jackknife,
    the bootstrap and other resampling plans", chapter 6; of an AUC this is DeLong's test).

    Rows that do not differ at all give p = 1.
    """
    difference = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    count = len(difference)
    if count < 2:
        value = float(difference.mean()) if count else math.nan
        return PairedTest(Estimate(value, -math.inf, math.inf), 0.0, 1.0, "paired t test")
    error, scale = float(difference.std(ddof=1)) / math.sqrt(count), max(float(np.abs(each).mean()) for each in (a, b))
    return t_test(float(difference.mean()), error, count - 1, "paired t test", scale)


def corrected_t(differences: np.ndarray, held_out: float) -> PairedTest:
    """The corrected resampled t test of differences over folds.

    Models of two folds share most of their training rows, so that their scores lean the same way, and the usual t test
    finds differences where there are none. Nadeau and Bengio 2003 ("Inference for the generalization error") widen the
    variance of the mean from 1/J to 1/J + held out / trained on.

    Args:
        differences: (J,) a - b of each fold.
        held_out: share of the rows that a fold holds out: 1/5 in five folds.
    """
    count = len(differences)
    if count < 2:
        return PairedTest(Estimate(math.nan, -math.inf, math.inf), 0.0, 1.0, "corrected resampled t test")
    error = math.sqrt(_corrected_variance(differences, held_out))
    return t_test(float(np.mean(differences)), error, count - 1, "corrected resampled t test")


def correlated_posterior(differences: np.ndarray, held_out: float = 0.0) -> Posterior:
    """The Bayesian correlated t test, with Jeffreys' prior.

    Corani and Benavoli 2015 ("A Bayesian approach for comparing cross-validated algorithms on multiple data sets"),
    Benavoli et al. 2017 ("Time for a change", section 4.1): the correlation of two folds is the share that is held out.

    Args:
        differences: (J,) a - b of each fold; or of each row, with nothing held out: rows are independent.
        held_out: share of the rows that a fold holds out.
    """
    count = len(differences)
    if count < 2:
        return Posterior(float(np.mean(differences)) if count else 0.0, math.inf, 1)
    return Posterior(float(np.mean(differences)), math.sqrt(_corrected_variance(differences, held_out)), count - 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for their number, in the same order (Holm 1979): the smallest times n, the next times n - 1."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for place, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[at] = highest
    return adjusted


def _corrected_variance(differences: np.ndarray, held_out: float) -> float:
    spread = float(np.asarray(differences, dtype=np.float64).var(ddof=1))
    return spread * (1 / len(differences) + held_out / (1 - held_out))


def t_test(value: float, error: float, degrees: float, method: str, scale: float = 0.0) -> PairedTest:
    """Student's t test of a difference with this standard error; of infinitely many degrees, the normal's.

    Args:
        scale: the size of what the difference is made of. Both are 0 where rounding alone may have left them.
    """
    from scipy.stats import t

    value, error = (0.0 if abs(each) <= ROUNDING * scale else each for each in (value, error))
    if error == 0:
        statistic = 0.0 if value == 0 else math.copysign(math.inf, value)
        return PairedTest(Estimate(value, value, value), statistic, float(value == 0), method)
    half = float(t.ppf(0.975, degrees)) * error
    statistic = value / error
    p = float(2 * t.sf(abs(statistic), degrees))
    return PairedTest(Estimate(value, value - half, value + half), statistic, p, method)
