"""What is said of compared models: one sentence that a person understands, and what else is to be known."""

from __future__ import annotations

import math
from collections.abc import Sequence

from goodfit.analysis.compare import SHARES, Compared, Pair
from goodfit.analysis.row_tests import equal_predictions
from goodfit.formatting import fixed, number, number_like
from goodfit.stats.estimates import Estimate
from goodfit.tasks.metric import ACCURACY, Metric


def figure(metric: Metric, value: float, like: Estimate | None = None) -> str:
    """A value of a metric as people read it: 93.0% of accuracy, 0.9430 of an AUC, 72,638 of an RMSE.

    Args:
        like: a difference of such values beside which it stands: both have as many decimals.
    """
    if metric.share:
        return f"{100 * value:.{_decimals(metric, like)}f}%"
    if metric in SHARES:
        return f"{value:.{_decimals(metric, like)}f}"
    return number(value) if like is None else number_like(value, like.low, like.high)


def figures(metric: Metric, values: Sequence[float]) -> list[str]:
    """Values of a metric in a list or a column, with equally many decimals."""
    if metric.share or metric in SHARES:
        return [figure(metric, value) for value in values]
    return [fixed(float(value), [float(each) for each in values]) for value in values]


def distance(metric: Metric, value: float, like: Estimate | None = None) -> str:
    """A difference of two values, with its sign: in points of accuracy.

    Args:
        like: the difference with its interval, beside which it stands: all three have as many decimals.
    """
    size = abs(100 * value if metric.share else value)
    if math.isinf(value):
        text = number(size)
    elif metric.share or metric in SHARES:
        text = f"{size:.{_decimals(metric, like)}f}"
    else:
        text = number(size) if like is None else number_like(size, like.low, like.high)
    zero = math.isfinite(size) and not float(text.replace(",", ""))
    return text if zero else ("-" if value < 0 else "+") + text  # no sign before a zero


def _decimals(metric: Metric, like: Estimate | None) -> int:
    """Of shares in percent, and of areas: the usual ones, and up to two more where an end of an interval is small."""
    usual, scale = (1, 100) if metric.share else (4, 1)
    ends = [] if like is None else [scale * end for end in (like.value, like.low, like.high) if math.isfinite(end)]
    for decimals in range(usual, usual + 2):
        if all(float(f"{end:.{decimals}f}") or not end for end in ends):
            return decimals
    return usual + 2


def differences(pair: Pair) -> tuple[str, str, str]:
    """How far two models lie apart, and the ends of its interval."""
    apart = pair.difference
    value, low, high = (distance(pair.metric, each, apart) for each in (apart.value, apart.low, apart.high))
    return value, low, high


def chance(p: float) -> str:
    """A probability in a sentence."""
    return "below 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def chance_in_column(p: float) -> str:
    """The same beside others."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def likely(share: float) -> str:
    """A probability in whole percent; what rounds to none or all is only nearly so."""
    return "<1%" if share < 0.005 else ">99%" if share > 0.995 else f"{100 * share:.0f}%"


def better_of(pair: Pair) -> str:
    """The name of the model with the better value."""
    first_wins = (pair.difference.value > 0) == pair.metric.higher_is_better
    return pair.a if first_wins else pair.b


def sentences(compared: Compared) -> list[str]:
    """The first is the answer; the others are what else is to be known."""
    headline = compared.metrics[0]
    pairs = [pair for pair in compared.pairs if pair.metric == headline]
    lines = [_of_two(compared, pairs[0]) if len(pairs) == 1 else _of_many(compared, pairs)]
    for pair in compared.pairs:
        if pair.metric != headline and pair.adjusted < compared.alpha and len(pairs) == 1:
            told = pairs[0].adjusted < compared.alpha and better_of(pairs[0]) == better_of(pair)
            lines.append(
                f"In {pair.metric.title} {better_of(pair)} is better {'too' if told else 'on these rows'}: "
                f"{figure(pair.metric, pair.values[0], pair.difference)} against "
                f"{figure(pair.metric, pair.values[1], pair.difference)} "
                f"(p {chance(pair.adjusted)})."
            )
    for pair in compared.fold_pairs:
        if pair.metric == headline:
            lines.append(
                f"Over {pair.rows}: {pair.a} is better with probability {likely(pair.better_a)}, {pair.b} with "
                f"{likely(pair.better_b)}, and with {likely(pair.equal)} they differ by less than "
                f"{figure_of_rope(pair)}."
            )
    return lines


def figure_of_rope(pair: Pair) -> str:
    """The largest difference that does not matter."""
    points = 100 * pair.rope
    return f"{points:g} point{'' if points == 1 else 's'}" if pair.metric.share else number(pair.rope, 3)


def counted_rows(count: int, rows: str) -> str:
    """Of what the rows of a pair are: 1 test row, 48 test rows in 9 groups."""
    return f"{count:,} {rows.replace('rows', 'row', 1) if count == 1 else rows}"


def _of_two(compared: Compared, pair: Pair) -> str:
    count, rows = len(compared.entries[0]), pair.rows
    a, b = (figure(pair.metric, value, pair.difference) for value in pair.values)
    value, low, high = differences(pair)
    apart = f"{value}, 95% interval {low} to {high}"
    if pair.metric == ACCURACY:
        start = f"Of {counted_rows(count, rows)} {pair.a} has {a} right and {pair.b} {b}"
        apart += " points"
    else:
        start = f"On {counted_rows(count, rows)} the {pair.metric.title} of {pair.a} is {a} and of {pair.b} {b}"
        apart += " points" if pair.metric.share else ""
    if equal_predictions(*compared.entries):
        end = "their predictions are equal in every row"
    elif pair.adjusted < compared.alpha:
        end = f"{better_of(pair)} is better, and by more than chance explains (p {chance(pair.p)})"
    elif pair.equal >= 1 - compared.alpha:
        end = f"they are practically equal: a difference above {figure_of_rope(pair)} is unlikely"
    else:
        end = f"they cannot be told apart (p {chance(pair.p)})"
    return f"{start} ({apart}): {end}."


def _of_many(compared: Compared, pairs: list[Pair]) -> str:
    metric = pairs[0].metric
    values = {name: of[metric.name] for name, of in compared.values.items()}
    order = sorted(values, key=lambda name: values[name], reverse=metric.higher_is_better)
    level = [name for name in order if values[name] == values[order[0]]]  # at the best value
    untold = {frozenset((pair.a, pair.b)) for pair in pairs if pair.adjusted >= compared.alpha}
    others = [name for name in order if name not in level]
    equals = [name for name in others if any(frozenset((name, best)) in untold for best in level)]
    texts = figures(metric, [values[name] for name in order])
    listed = ", ".join(f"{name} {text}" for name, text in zip(order, texts, strict=True))
    title, first = f"{metric.title[0].upper()}{metric.title[1:]}", compared.entries[0]
    start = f"{title} on {counted_rows(len(first), pairs[0].rows)}: {listed}"
    if len(level) == 1:
        said, better, it = f"{level[0]} has the best value", f"{level[0]} is better", "it"
    else:
        named = f"{', '.join(level[:-1])} and {level[-1]}"
        said, better, it = f"{named} share the best value", f"{named} are equal, and better", "them"
    if equals:
        said += f"; {', '.join(equals)} cannot be told from {it}"
    elif others:
        said = f"{better} than every other by more than chance explains"
    return f"{start}. {said} (Holm, {len(pairs)} pairs)."
