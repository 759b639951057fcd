"""Which rows two loaders have in common: by their numbers in one data set, or by the content of what is kept."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.utils.data import BatchSampler, Subset, TensorDataset

from goodfit.checks.engine.equal_by_nature import (
    VALUES_OF_SHORT_ROW,
    has_few_values,
    is_by_chance,
    is_measured,
    pair_probability,
)
from goodfit.checks.engine.fingerprints import blank, fingerprints
from goodfit.checks.engine.identity_map import IdentityMap
from goodfit.lazy_pattern import lazy_pattern

BYTES_AT_MOST = 64 * 2**20  # of a tensor whose rows are compared
WORD = lazy_pattern(r"[A-Z]?[a-z]+|[A-Z]+")  # of val_loader, valLoader, VAL_LOADER
HELD_OUT_WORDS = {
    *("val", "valid", "validation", "test", "testing", "dev", "holdout"),
    *("valloader", "validloader", "testloader", "devloader", "valdl", "validdl", "testdl"),
}
VALUES_AT_LEAST = 4  # of a row: shorter ones are equal by nature
ROWS_THAT_SHOW_LITTLE = 10_000  # without equal ones: of more, 3 in their pairs are hardly any
# Of rows with other numbers: some measured rows come twice by themselves, and all of a series that is periodic.
COPIES_AT_LEAST, COPIES_AT_MOST = 0.05, 0.95
_TOKENS: IdentityMap[int] = IdentityMap()
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Rows:
    """Rows of a loader.

    Attributes:
        numbers: in the data set at the bottom, which `base` stands for.
        content: fingerprints, where the data set keeps tensors.
        pairs: the probability that two of its rows are equal, where rows are a few values.
        whole: fingerprints of rows with their targets, where rows are measured numbers.
    """

    base: int
    numbers: frozenset[int]
    content: frozenset[int] | None
    pairs: float = 0.0
    whole: frozenset[int] | None = None

    def same_as(self, other: Rows) -> bool:
        """Also where a data set was made anew of the same rows."""
        if self.base == other.base:
            return self.numbers == other.numbers
        return self.content is not None and self.content == other.content and len(self.numbers) == len(other.numbers)


def rows_of(loader: Any) -> Rows | None:
    """None where rows have no numbers."""
    data = loader.dataset
    if not hasattr(data, "__len__") or not hasattr(data, "__getitem__"):
        return None
    batches = getattr(loader, "batch_sampler", None)
    own_batches = batches is not None and type(batches) is not BatchSampler
    sampler = batches if own_batches else getattr(batches, "sampler", getattr(loader, "sampler", None))
    numbers = _numbers(sampler, len(data))
    if numbers is None:
        return None
    while isinstance(data, Subset):
        numbers = [int(data.indices[at]) for at in numbers]
        data = data.dataset
    content, pairs, whole = None, 0.0, None
    if isinstance(data, TensorDataset):
        x: Tensor = data.tensors[0]
        if x.dim() and x.numel() >= VALUES_AT_LEAST * len(x) and x.nbytes <= BYTES_AT_MOST and numbers:
            values = x[numbers]
            rows = zip(fingerprints(values), blank(values).tolist(), strict=True)
            kept = [fingerprint for fingerprint, is_blank in rows if not is_blank]
            content = frozenset(kept)
            width = values[0].numel()
            shows_little = width <= VALUES_OF_SHORT_ROW and len(kept) <= ROWS_THAT_SHOW_LITTLE
            may_be_equal = len(content) < len(kept) or shows_little
            pairs = pair_probability(kept, width) if may_be_equal and has_few_values(values) else 0.0
            whole = _with_targets(data, numbers) if is_measured(values) else None
    return Rows(token_of(data), frozenset(numbers), content, pairs, whole)


def _with_targets(data: TensorDataset, numbers: list[int]) -> frozenset[int] | None:
    """A number for each row with all that belongs to it: rows with other targets are measured again, and no copies."""
    if sum(each.nbytes for each in data.tensors) > BYTES_AT_MOST:
        return None
    parts = [fingerprints(each[numbers]) for each in data.tensors]
    return frozenset(map(hash, zip(*parts, strict=True)))


def _numbers(sampler: Any, rows: int) -> list[int] | None:
    """Which rows of a data set a sampler may give; None where that is its secret."""
    if sampler is None or (type(sampler).__module__.startswith("torch.") and not hasattr(sampler, "indices")):
        source = getattr(sampler, "data_source", None)
        is_whole = source is None or not hasattr(source, "__len__") or len(source) == rows
        return list(range(rows)) if is_whole else None
    chosen = sampler if isinstance(sampler, (list, tuple, range)) else getattr(sampler, "indices", None)
    try:
        return None if chosen is None else [int(at) for at in chosen]
    except (TypeError, ValueError):  # lists of rows a batch, names in place of numbers
        return None


def may_repeat(loader: Any) -> bool:
    """Whether one epoch may give a row twice: where it is drawn with replacement, or nobody knows how it is drawn."""
    batches = getattr(loader, "batch_sampler", None)
    sampler = getattr(batches, "sampler", getattr(loader, "sampler", None))
    is_torchs = type(sampler).__module__.startswith("torch.") and type(batches) is BatchSampler
    return not is_torchs or bool(getattr(sampler, "replacement", False))


def bottom_of(loader: Any) -> Any:
    """The data set of a loader, under all subsets of it."""
    data = loader.dataset
    while isinstance(data, Subset):
        data = data.dataset
    return data


def token_of(data: Any) -> int:
    """A number of its own for each data set; no later one gets it, as it may get an id."""
    return _TOKENS.setdefault(data, next(_NUMBERS))


def share(valid: Rows, train: Rows) -> float | None:
    """Of the validation rows, how many are training rows; None where that is unknown, or where both are one set.

    Where chance alone makes rows equal, none are.
    """
    if valid.base == train.base:
        common = len(valid.numbers & train.numbers)
        if common == len(train.numbers) == len(valid.numbers):
            return None
        by_number = common / max(1, len(valid.numbers))
        copies = len(valid.whole & train.whole) / len(valid.whole) if valid.whole and train.whole else 0.0
        return max(by_number, copies) if COPIES_AT_LEAST <= copies < COPIES_AT_MOST else by_number
    if valid.content is None or train.content is None or not valid.content:
        return None
    of_content = len(valid.content & train.content) / len(valid.content)
    return 0.0 if is_by_chance(of_content, valid.pairs, len(train.numbers)) else of_content


def held_out_name(names: Collection[str]) -> str | None:
    """One of these names of a loader that says validation or test, where none says training; None: there is none."""
    words = {name: {word.lower() for word in WORD.findall(name)} for name in names}
    if any("train" in name.lower() for name in names):
        return None
    return next((name for name in sorted(words) if words[name] & HELD_OUT_WORDS), None)
