"""Laws of rows whose true figure is known, by formula or from millions of rows: what bench/coverage.py draws from.

Accuracies are drawn at many true shares, since the coverage of a share goes up and down with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit
from scipy.stats import norm

from goodfit.stats.areas import auc, average_precision, mean_auc
from goodfit.stats.estimates import Estimate, mean, mean_of_ratios, proportion, r2, rmse
from goodfit.stats.recalls import balanced_accuracy

MANY = 2_000_000
Random = np.random.Generator
Values = Callable[[Random, int], np.ndarray]
Draw = Callable[[Random, int], "tuple[Estimate | None, float]"]
Law = tuple[str, str, Callable[[], Draw]]  # metric, rows, and what makes the draws once they are wanted


def of_mean(values: Values) -> Callable[[], Draw]:
    def made() -> Draw:
        truth = float(values(np.random.default_rng(99), MANY).mean())
        return lambda random, rows: (mean(values(random, rows)), truth)

    return made


def of_rmse(errors: Values) -> Callable[[], Draw]:
    def made() -> Draw:
        truth = float(np.sqrt((errors(np.random.default_rng(99), 2 * MANY) ** 2).mean()))
        return lambda random, rows: (rmse(errors(random, rows)), truth)

    return made


def of_share(low: float, high: float) -> Callable[[], Draw]:
    def draw(random: Random, rows: int) -> tuple[Estimate, float]:
        share = random.uniform(low, high)
        return proportion(float(random.binomial(rows, share)), rows), share

    return lambda: draw


def of_recall(random: Random, rows: int) -> tuple[Estimate | None, float]:
    """Of a class with 5% of the rows, which is found in 30% to 90% of its rows."""
    support, share = int(random.binomial(rows, 0.05)), random.uniform(0.3, 0.9)
    return (proportion(float(random.binomial(support, share)), support) if support else None), share


def of_balanced_accuracy(weights: list[float], shares: list[float]) -> Callable[[], Draw]:
    def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
        labels = random.choice(len(weights), size=rows, p=weights)
        if len(np.unique(labels)) < len(weights):
            return None, 0.0  # another figure: that of fewer classes
        return balanced_accuracy(random.random(rows) < np.array(shares)[labels], labels), float(np.mean(shares))

    return lambda: draw


def log_losses(scale: float, sharpness: float) -> Values:
    """Of two classes: log odds of this deviation, given `sharpness` times too sure."""

    def values(random: Random, rows: int) -> np.ndarray:
        odds = scale * random.normal(size=rows)
        signed = np.where(random.random(rows) < expit(odds), odds, -odds)
        return np.asarray(np.logaddexp(0, -sharpness * signed))

    return values


def losses_of_many_classes(random: Random, rows: int) -> np.ndarray:
    """-log of the probability of the true one of 50 classes; logits of deviation 3."""
    parts = []
    for start in range(0, rows, 50_000):
        logits = 3 * random.normal(size=(min(50_000, rows - start), 50))
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        chosen = (np.exp(logits).cumsum(axis=1) < random.random(len(logits))[:, None]).sum(axis=1).clip(max=49)
        parts.append(-logits[np.arange(len(logits)), chosen])
    return np.concatenate(parts)


def seldom_wrong(share: float) -> Values:
    """Small losses, but of a share of the rows, where the model is sure of another class: 1 and more, 3 on average."""

    def values(random: Random, rows: int) -> np.ndarray:
        wrong = random.random(rows) < share
        return np.where(wrong, 1 + random.exponential(2, size=rows), 0.15 * np.abs(random.normal(size=rows)))

    return values


def of_auc(distance: float, spread: float, share: float = 0.4) -> Callable[[], Draw]:
    truth = float(norm.cdf(distance / np.sqrt(1 + spread**2)))

    def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
        positive = random.random(rows) < share
        return auc(random.normal(size=rows) * np.where(positive, spread, 1) + distance * positive, positive), truth

    return lambda: draw


def of_tied_auc(distance: float, share: float) -> Callable[[], Draw]:
    """Scores of six values, as a small tree gives them."""
    cuts = np.array([-0.5, 0.3, 0.9, 1.5, 2.2])
    ends = np.array([-np.inf, *cuts, np.inf])
    below, above = np.diff(norm.cdf(ends)), np.diff(norm.cdf(ends - distance))
    truth = float(sum(above[at] * (below[:at].sum() + below[at] / 2) for at in range(len(below))))

    def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
        positive = random.random(rows) < share
        return auc(np.searchsorted(cuts, random.normal(size=rows) + distance * positive), positive), truth

    return lambda: draw


def of_mean_auc(weights: list[float]) -> Callable[[], Draw]:
    """Each class has a score of its own, higher by 2.1 deviations in its rows."""

    def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
        labels = random.choice(len(weights), size=rows, p=weights)
        positive = labels[:, None] == np.arange(len(weights))
        if not positive.any(axis=0).all():
            return None, 0.0
        return mean_auc(random.normal(size=positive.shape) + 2.1 * positive, positive), float(
            norm.cdf(2.1 / np.sqrt(2))
        )

    return lambda: draw


def of_average_precision(distance: float, share: float = 0.3, digits: int = 9) -> Callable[[], Draw]:
    def rows_of(random: Random, rows: int) -> tuple[np.ndarray, np.ndarray]:
        positive = random.random(rows) < share
        return np.round(random.normal(size=rows) + distance * positive, digits), positive

    def made() -> Draw:
        known = average_precision(*rows_of(np.random.default_rng(99), MANY // 2))
        assert known is not None
        return lambda random, rows: (average_precision(*rows_of(random, rows)), known.value)

    return made


def of_r2(signal: Values, noise: float) -> Callable[[], Draw]:
    """What is predicted has this law of deviation 1, its errors are normal."""

    def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
        errors = noise * random.normal(size=rows)
        return r2(errors, signal(random, rows) + errors), 1 / (1 + noise**2)

    return lambda: draw


def of_ratios(parts: Callable[[Random, int], tuple[np.ndarray, np.ndarray]]) -> Callable[[], Draw]:
    def made() -> Draw:
        above, below = parts(np.random.default_rng(99), MANY)
        truth = float((above.sum(axis=0) / below.sum(axis=0)).mean())

        def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
            above, below = parts(random, rows)
            return (mean_of_ratios(above, below) if (below.sum(axis=0) > 0).all() else None), truth

        return draw

    return made


def overlaps(random: Random, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Two classes; sizes of objects of a lognormal law, overlaps of a beta law of mean 0.75."""
    sizes = np.exp(0.7 * random.normal(size=(rows, 2)))
    return sizes * random.beta(6, 2, size=(rows, 2)), sizes


def rare_overlaps(missed: float) -> Callable[[Random, int], tuple[np.ndarray, np.ndarray]]:
    """A class that is in one image of five, and missed in a share of these; the background is all the rest."""

    def parts(random: Random, rows: int) -> tuple[np.ndarray, np.ndarray]:
        size = np.where(random.random(rows) < 0.2, 0.2 * random.beta(2, 5, size=rows), 0)
        hit = size * np.where(random.random(rows) < missed, 0, random.beta(8, 2, size=rows))
        return np.stack([1 - 2 * size + hit, hit], axis=1), np.stack([1 - hit, size], axis=1)

    return parts


def street(random: Random, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Eight classes, from one in every image with an overlap of 0.95 to one in 15% of them with 0.4."""
    there = random.random((rows, 8)) < np.array([1, 1, 0.9, 0.7, 0.5, 0.3, 0.2, 0.15])
    sizes = there * np.exp(0.8 * random.normal(size=(rows, 8))) * np.array([5, 4, 2, 1, 0.5, 0.2, 0.2, 0.1])
    overlap = np.array([0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.4])
    return sizes * random.beta(6 * overlap, 6 * (1 - overlap), size=(rows, 8)), sizes


def pixels_right(random: Random, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of two sizes, of which most are nearly all right."""
    pixels = np.where(random.random((rows, 1)) < 0.3, 4.0, 1.0)
    return pixels * random.beta(9, 0.6, size=(rows, 1)), pixels


def tags(random: Random, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Six tags of 60% to 3% of the rows; an image that is hard to read has several of them wrong."""
    true = random.random((rows, 6)) < np.array([0.6, 0.4, 0.2, 0.1, 0.05, 0.03])
    hard = random.beta(0.5, 2, size=(rows, 1))
    named = np.where(random.random((rows, 6)) < np.where(true, hard, hard * 0.3), ~true, true)
    return 2 * (true & named).sum(axis=1, keepdims=True), (true.sum(axis=1) + named.sum(axis=1))[:, None]


def gains_at_10(random: Random, rows: int) -> np.ndarray:
    """Of users with one item held out: its rank has a lognormal law, and counts on the first ten places."""
    rank = np.ceil(np.exp(3 + 1.5 * random.normal(size=rows)))
    return np.where(rank <= 10, 1 / np.log2(1 + rank), 0.0)


def recalls_at_10(random: Random, rows: int) -> np.ndarray:
    """Of users with one to many items held out, each user with a share of her own."""
    items = random.geometric(0.3, size=rows)
    return np.asarray(random.binomial(items, random.beta(0.8, 3, size=rows)) / items)


def laws() -> Iterator[Law]:
    yield "accuracy", "from 60% to 98%", of_share(0.6, 0.98)
    yield "accuracy", "from 98% to 99.8%", of_share(0.98, 0.998)
    yield "coverage of intervals and sets", "from 85% to 95%", of_share(0.85, 0.95)
    yield "recall of a class", "of 5% of the rows", lambda: of_recall
    yield "balanced accuracy", "classes of 60%, 30% and 10%", of_balanced_accuracy([0.6, 0.3, 0.1], [0.95, 0.8, 0.6])
    yield "balanced accuracy", "two classes, one of 5%", of_balanced_accuracy([0.95, 0.05], [0.97, 0.55])
    yield "balanced accuracy", "20 classes", of_balanced_accuracy([0.05] * 20, np.linspace(0.6, 0.95, 20).tolist())
    yield "log loss", "log odds of deviation 1", of_mean(log_losses(1, 1))
    yield "log loss", "log odds of deviation 3", of_mean(log_losses(3, 1))
    yield "log loss", "twice as sure as it should be", of_mean(log_losses(3, 2))
    yield "log loss", "of 50 classes", of_mean(losses_of_many_classes)
    yield "log loss", "one row in 20 very wrong", of_mean(seldom_wrong(0.05))
    yield "log loss", "one row in 50 very wrong", of_mean(seldom_wrong(0.02))
    for distance, spread in ((0.75, 1.0), (1.8, 1.0), (2.7, 1.0), (3.3, 1.0), (1.8, 2.0), (4.2, 2.0)):
        area = norm.cdf(distance / np.sqrt(1 + spread**2))
        for share in (0.4, 0.1):
            words = f"{area:.2f}, deviations 1 and {spread:g}" + (", 1 positive in 10" if share == 0.1 else "")
            yield "AUC", words, of_auc(distance, spread, share)
    yield "AUC", "scores of six values", of_tied_auc(1.2, 0.4)
    yield "AUC", "scores of six values, 5% positive", of_tied_auc(1.2, 0.05)
    yield "mean AUC", "classes of 60%, 30% and 10%, 0.93", of_mean_auc([0.6, 0.3, 0.1])
    yield "mean AUC", "20 classes, 0.93", of_mean_auc([0.05] * 20)
    yield "average precision", "30% positive, distance 1", of_average_precision(1)
    yield "average precision", "30% positive, distance 2", of_average_precision(2)
    yield "average precision", "30% positive, scores of a digit", of_average_precision(1.5, 0.3, 0)
    yield "average precision", "5% positive, distance 2", of_average_precision(2, 0.05)
    yield "F1", "six tags of 60% to 3% of the rows", of_ratios(tags)
    yield "RMSE", "normal errors", of_rmse(lambda random, rows: random.normal(size=rows))
    yield "RMSE", "heavy tails: Student t, 5 degrees", of_rmse(lambda random, rows: random.standard_t(5, size=rows))
    yield "RMSE", "skewed: of prices, lognormal", of_rmse(_of_prices)
    yield "RMSE", "one in ten three times as large", of_rmse(_some_large)
    yield "RMSE", "half of them zero", of_rmse(_half_zero)
    yield "MAE", "normal errors", of_mean(lambda random, rows: np.abs(random.normal(size=rows)))
    yield "MAE", "heavy tails: Student t, 5 degrees", of_mean(lambda r, rows: np.abs(r.standard_t(5, size=rows)))
    yield "MAE", "skewed: of prices, lognormal", of_mean(lambda random, rows: np.abs(_of_prices(random, rows)))
    yield "MAE", "half of them zero", of_mean(lambda random, rows: np.abs(_half_zero(random, rows)))
    yield "R²", "0.67, normal", of_r2(lambda random, rows: random.normal(size=rows), 0.7)
    yield "R²", "0.99, normal", of_r2(lambda random, rows: random.normal(size=rows), 0.1)
    yield "R²", "0.06, normal", of_r2(lambda random, rows: random.normal(size=rows), 4)
    yield "R²", "0.67, of an exponential law", of_r2(lambda random, rows: random.exponential(size=rows), 0.7)
    yield "IoU", "two classes, 0.75", of_ratios(overlaps)
    yield "IoU", "eight classes, in all to 15% of the images", of_ratios(street)
    yield "IoU", "a class in one image of five, never missed", of_ratios(rare_overlaps(0.0))
    yield "IoU", "a class in one image of five, missed in one of ten", of_ratios(rare_overlaps(0.1))
    yield "pixel accuracy", "0.94, most images nearly all right", of_ratios(pixels_right)
    yield "SSIM", "0.87, most images better", of_mean(lambda random, rows: random.beta(8, 1.2, size=rows))
    yield "PSNR", "normal, deviation 3 dB", of_mean(lambda random, rows: 28 + 3 * random.normal(size=rows))
    yield "NDCG at 10", "four users of five have none", of_mean(gains_at_10)
    yield "recall at 10", "one to many items of a user", of_mean(recalls_at_10)
    yield "classes in a set", "mostly one", of_mean(lambda random, rows: random.geometric(0.7, size=rows).astype(float))


def _of_prices(random: Random, rows: int) -> np.ndarray:
    """Errors of 15% of prices, which have a lognormal law of deviation 0.5."""
    return np.asarray(np.exp(0.5 * random.normal(size=rows)) * 0.15 * random.normal(size=rows))


def _some_large(random: Random, rows: int) -> np.ndarray:
    return random.normal(size=rows) * np.where(random.random(rows) < 0.1, 3, 1)


def _half_zero(random: Random, rows: int) -> np.ndarray:
    return np.where(random.random(rows) < 0.5, 0.0, random.normal(size=rows))
