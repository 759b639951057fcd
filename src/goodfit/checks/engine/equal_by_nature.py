"""How many rows of one sample are in another by chance, where a row is a few values: bits, codes, words.

Two rows drawn from discrete data are equal with some probability, which pairs within one sample show. Copies of rows
that are measured numbers have no such excuse, however many there are.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import torch
from torch import Tensor

VALUES_OF_COLUMN_AT_MOST = 16
WORDS_AT_MOST = 64  # the same of codes of words and signs
CODES = (torch.int16, torch.int32, torch.int64)
COLUMNS_AT_MOST = 1000
COLUMNS_SAMPLED = 16  # a few columns of measured numbers are enough to say that they are such
CODES_OF_SHORT_ROW = 8  # users, items, places: a row of a click
VALUES_OF_SHORT_ROW = 32  # longer ones are hardly equal by chance, unless a sample shows it
MEASURED_COLUMNS_AT_LEAST, ROWS_MEASURED = 4, 4_096
RULE_OF_THREE = 3  # -log(0.05)
SURE = 0.95
CHANCE_FACTOR = 2.0  # up to so many times the share by chance, rows are equal by nature


def has_few_values(x: Tensor) -> bool:
    """Whether each column of x (N, ...) repeats a few values."""
    if len(x) < 2:
        return False
    columns = x.detach().reshape(len(x), -1)
    if not 0 < columns.shape[1] <= COLUMNS_AT_MOST or columns.is_complex():
        return False
    if x.dtype in CODES and 2 * len(torch.unique(columns)) <= min(2 * WORDS_AT_MOST, columns.numel()):
        return True  # few words, also where a small batch has nearly as many rows
    at_most = min(WORDS_AT_MOST if x.dtype in CODES else VALUES_OF_COLUMN_AT_MOST, len(x) // 2)
    some = columns[:, :: -(-columns.shape[1] // COLUMNS_SAMPLED)]
    return _most_values(some) <= at_most and _most_values(columns) <= at_most


def may_be_equal(x: Tensor) -> bool:
    """Whether rows of x (N, ...) may be equal by chance: of few values, or of few codes, some of which are frequent."""
    return has_few_values(x) or (x.dtype in CODES and len(x) > 1 and x[0].numel() <= CODES_OF_SHORT_ROW)


def is_measured(x: Tensor) -> bool:
    """Whether rows of x (N, ...) are measured numbers, which are equal only where they are copies.

    Several columns have nearly as many values as there are different rows, or rows are long and no codes.
    """
    if len(x) < 2 or not x.is_floating_point():
        return False
    columns = x.detach()[:: -(-len(x) // ROWS_MEASURED)]
    columns = columns.reshape(len(columns), -1)
    if columns.shape[1] > VALUES_OF_SHORT_ROW:
        return columns.shape[1] <= COLUMNS_AT_MOST and not has_few_values(columns)
    different = len(torch.unique(columns, dim=0))
    fine = sum(2 * len(torch.unique(column)) >= max(different, VALUES_OF_COLUMN_AT_MOST) for column in columns.T)
    return fine >= MEASURED_COLUMNS_AT_LEAST


def _most_values(columns: Tensor) -> int:
    """How many different values the column has that has most."""
    ordered = columns.sort(0).values
    return int((ordered[1:] != ordered[:-1]).sum(0).max()) + 1


def pair_probability(rows: Iterable[int], values: int) -> float:
    """That two rows of a sample, given by their fingerprints, are equal.

    A small sample without equal rows does not show that there are none: up to 3 in its number of pairs may be (the rule
    of three, for 95%). That is counted in where rows are short.

    Args:
        values: of a row.
    """
    equal, pairs = _equal_pairs(rows)
    unseen = RULE_OF_THREE if values <= VALUES_OF_SHORT_ROW else 0
    return min(1.0, (equal + unseen) / pairs) if pairs else 0.0


def pair_probability_at_most(samples: Iterable[Iterable[int]]) -> float:
    """The same of several samples, each compared within itself; 0 where none has equal rows.

    Two or three equal pairs show that there are some, and not how many: this is the upper end of the one-sided 95%
    interval of a Poisson count (Garwood 1936), over the number of pairs.
    """
    from scipy.special import gammaincinv

    counts = [_equal_pairs(sample) for sample in samples]
    equal, pairs = (sum(each) for each in zip(*counts, strict=True))
    return min(1.0, float(gammaincinv(equal + 1, SURE)) / pairs) if equal else 0.0


def _equal_pairs(rows: Iterable[int]) -> tuple[int, int]:
    """How many pairs of a sample are equal, and how many there are."""
    counts = Counter(rows)
    return sum(math.comb(count, 2) for count in counts.values()), math.comb(counts.total(), 2)


def is_by_chance(share: float, pairs: float, rows: int) -> bool:
    """Whether such a share of rows with an equal one among `rows` others is what chance makes.

    Args:
        pairs: the probability that two rows are equal.
    """
    return share < CHANCE_FACTOR * -math.expm1(-rows * pairs)
