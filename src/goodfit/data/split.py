"""Train, validation and test rows: chosen once from the seed, and recorded row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.data.columns import equal_to, present_of
from goodfit.data.folds import make_folds, parts_of_groups
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted, plural, row_named

PARTS = ("train", "valid", "test")
PART_NAMES = {"train": "training", "valid": "validation"}
ROWS_WRITTEN_AT_ONCE = 65_536
NAMES = (*PARTS, "out")  # out: a row that cannot be read, or has no part
CODES = {name: code for code, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Split:
    """The part of every row, and in words how it came about.

    Attributes:
        codes: (N,) int8 of the parts: places in NAMES.
        folds: (N,) int64 of cross-fitting, -1 outside of the training part: every training row validates as well, by
            the member that was not trained on it. None: the valid part validates.
        valid_came: whether the data came with the validation part.
    """

    codes: np.ndarray
    how: str
    folds: np.ndarray | None = None
    valid_came: bool = False

    @property
    def parts(self) -> np.ndarray:
        """(N,) str, made when asked: train, valid, test or out."""
        return np.asarray(np.array(NAMES)[self.codes])

    def rows(self, part: str) -> Tensor:
        """Row numbers of a part, ascending, int64; with folds the training rows are those that validate."""
        name = "train" if part == "valid" and self.folds is not None else part
        return torch.from_numpy(np.flatnonzero(self.codes == CODES[name]).astype(np.int64))

    @property
    def fold_count(self) -> int:
        """Folds of cross-fitting; 1 without."""
        return 1 if self.folds is None else int(self.folds.max()) + 1

    def counts(self) -> dict[str, int]:
        """Rows of each part; those that validate are counted as valid also where they are training rows."""
        return {part: len(self.rows(part)) for part in PARTS}

    def to_csv(self, keys: Sequence[str]) -> Iterator[str]:
        """Pieces of a CSV with a line for each row: its number, key, part and fold."""
        for start in range(0, max(1, len(keys)), ROWS_WRITTEN_AT_ONCE):
            block, text = slice(start, start + ROWS_WRITTEN_AT_ONCE), io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            folds = [] if self.folds is None else [["" if fold < 0 else fold for fold in self.folds[block].tolist()]]
            if not start:
                writer.writerow(["row", "key", "part", *(["fold"] if folds else [])])
            here = keys[block]
            rows = range(start, start + len(here))
            writer.writerows(zip(rows, here, (NAMES[code] for code in self.codes[block].tolist()), *folds, strict=True))
            yield text.getvalue()


def default_share(rows: int) -> float:
    """Share of the rows for validation, and again for test: at 1,500 rows an accuracy is known to about ±2%."""
    return 0.15 if rows < 10_000 else min(0.1, 10_000 / rows)


def make_split(
    *,
    readable: np.ndarray,
    labels: Sequence[Any] | np.ndarray | None,
    groups: Sequence[str] | None,
    times: np.ndarray | None = None,
    given: Sequence[str | None] | None,
    keys: Sequence[str],
    noun: str = "row",
    seed: int,
    valid_share: float | None = None,
    test_share: float | None = None,
    folds: int | None = None,
) -> Split:
    """Give every readable row its part.

    Args:
        readable: (N,) bool; rows that are not stay out.
        labels: (N,) hashable classes to stratify by, or None for a plain random split (numbers, several labels a row).
        groups: (N,) rows of one group never stand in two parts.
        times: (N,) numbers that grow with time: each part is later than the one before it, train, valid, test.
        given: (N,) the part of rows whose data came in parts; a missing valid part is taken from train.
        keys: (N,) names of the rows, and what a row is called, for messages.
        seed: the split is a function of the seed and the rows alone.
        valid_share, test_share: shares of the rows to be split, default `default_share`.
        folds: of cross-fitting instead of a validation part; where the data came with one, that validates.

    Raises:
        DataError: a class too small to stand in every part, or a part left empty.
    """
    codes = np.full(len(readable), CODES["out"], dtype=np.int8)
    pool = readable.copy()
    wanted = ["valid", "test"]
    how = []
    if given is not None and present_of(given).any():
        came = {part: equal_to(given, part) for part in PARTS}
        for part in PARTS:
            codes[came[part] & readable] = CODES[part]
        wanted = [part for part in wanted if not came[part].any()]
        if "test" in wanted and came["valid"].any():
            wanted.remove("test")  # data that came with a validation part: what is not in it is for training
        pool &= came["train"] | ~present_of(given)
        how.append("the parts the data came in")
    crossed = folds is not None and folds > 1 and "valid" in wanted
    if crossed:
        wanted.remove("valid")
    share = default_share(int(pool.sum()))
    shares = {"valid": valid_share or share, "test": test_share or share}
    rows = np.flatnonzero(pool)
    codes[rows] = CODES["train"]
    if wanted:
        wanted_shares = [shares[part] for part in wanted]
        if times is not None:
            chosen = _choose_latest(rows, times, wanted_shares)
        else:
            chosen = _choose(rows, labels, groups, keys, noun, wanted_shares, seed, places=len(wanted) + 1 + crossed)
        for part, taken in zip(wanted, chosen, strict=True):
            codes[taken] = CODES[part]
        left_out = 0 if times is None or groups is None else _leave_out_known_groups(codes, rows, groups)
        kind = (
            "by time and group"
            if times is not None and groups is not None
            else "by time"
            if times is not None
            else "by group"
            if groups is not None
            else "stratified by class"
            if labels is not None
            else "at random"
        )
        how.append(f"{' and '.join(wanted)} {kind}" + ("" if times is not None else f" from seed {seed}"))
        if left_out:
            how.append(f"{counted(left_out, noun)} left out, whose group has later ones in another part")
    fold_of = None
    if crossed and folds is not None:
        training = np.flatnonzero(codes == CODES["train"])
        if not wanted and labels is not None:
            label_of = np.asarray([str(labels[row]) for row in training.tolist()])
            for label in np.unique(label_of).tolist():
                _refuse_rare(str(label), training[label_of == label], 2, keys, noun)
        if groups is not None:
            _refuse_one_group(training, groups, noun, "left to train and validate on")
        fold_of = make_folds(training, len(codes), folds, labels=labels, groups=groups, seed=seed)
        dealt = "by group" if groups is not None else "stratified by class" if labels is not None else "at random"
        how.append(f"the training {plural(noun)} validate in {counted(int(fold_of.max()) + 1, 'fold')} {dealt}")
    split = Split(codes, "; ".join(how), fold_of, valid_came=not crossed and "valid" not in wanted)
    for part in ("train", "valid"):
        if not len(split.rows(part)):
            if times is not None and wanted:
                distinct = len(np.unique(times[rows]))
                raise DataError(
                    f"no rows are left for the {PART_NAMES[part]} part: {counted(distinct, 'different time')} in "
                    f"{counted(len(rows), noun)}, and those of one time stay in one part",
                    fix="Is --time the right column? It takes dates, times or steps that go on",
                )
            raise DataError(
                f"no rows are left for the {PART_NAMES[part]} part", fix="Give more rows, or another --valid"
            )
    return split


def _choose(
    rows: np.ndarray,
    labels: Sequence[Any] | np.ndarray | None,
    groups: Sequence[str] | None,
    keys: Sequence[str],
    noun: str,
    shares: list[float],
    seed: int,
    places: int,
) -> list[np.ndarray]:
    """Rows for each share, disjoint; a class has rows for so many places at least."""
    if sum(shares) >= 1:
        raise UsageError("the shares of valid and test leave nothing to train on", fix="Make them smaller")
    random = np.random.default_rng(seed)
    if groups is not None:
        return _choose_groups(rows, labels, groups, shares, seed, noun)
    if labels is None:
        order = random.permutation(rows)
        ends = np.cumsum([max(1, round(share * len(rows))) for share in shares])
        return list(np.split(order[: ends[-1]], ends[:-1]))
    chosen: list[list[np.ndarray]] = [[] for _ in shares]
    label_of = np.asarray([str(labels[row]) for row in rows])
    for label in np.unique(label_of):
        members = random.permutation(rows[label_of == label])
        _refuse_rare(label, members, places, keys, noun)
        start = 0
        for bag, share in zip(chosen, shares, strict=True):
            take = max(1, round(share * len(members)))
            bag.append(members[start : start + take])
            start += take
    return [np.concatenate(bag) for bag in chosen]


def _refuse_rare(label: str, members: np.ndarray, places: int, keys: Sequence[str], noun: str) -> None:
    if len(members) < places:
        count = f"only {len(members)} {noun}{'s' if len(members) > 1 else ''}"
        raise DataError(
            f"the class '{label}' has {count}; {places} or more are needed, one for each part",
            where=row_named(keys[int(members[0])]),
            fix=f"Add {noun}s of this class, or remove it{_other_task(label)}",
        )


def _other_task(label: str) -> str:
    """What may be meant where a class is a number, or several labels with a mark between them."""
    if _is_number(label):
        return "; --task regression reads numbers"
    return "; --task multilabel predicts each of several labels in a cell" if "|" in label or ";" in label else ""


def _is_number(label: str) -> bool:
    try:
        float(str(label).replace(",", "."))
    except ValueError:
        return False
    return True


def _choose_latest(rows: np.ndarray, times: np.ndarray, shares: list[float]) -> list[np.ndarray]:
    """The latest rows for the last share, those before them for the one before; rows of one moment stay together."""
    if sum(shares) >= 1:
        raise UsageError("the shares of valid and test leave nothing to train on", fix="Make them smaller")
    ordered = np.sort(times[rows])
    end = np.inf
    chosen: list[np.ndarray] = []
    taken = 0.0
    for share in reversed(shares):
        taken += share
        start = ordered[min(len(ordered) - 1, round((1 - taken) * len(ordered)))]
        chosen.insert(0, rows[(times[rows] >= start) & (times[rows] < end)])
        end = start
    return chosen


def _leave_out_known_groups(codes: np.ndarray, rows: np.ndarray, groups: Sequence[str]) -> int:
    """Of a split by time, leave out the earlier rows of groups that also stand in a later part; how many these are.

    Moving them to the later part would put rows there that are earlier than training rows, and leaving them where they
    are would let the net know the groups that it is tested on. Changes `codes`.

    Raises:
        DataError: a part is left empty.
    """
    group_of = np.asarray([groups[row] for row in rows])
    part_of = codes[rows]
    known: set[str] = set()
    left_out = np.zeros(len(rows), dtype=bool)
    for part in reversed(PARTS):
        own = part_of == CODES[part]
        if known:
            left_out |= own & np.isin(group_of, sorted(known))
        known |= set(group_of[own & ~left_out].tolist())
        if own.any() and left_out[own].all():
            raise DataError(
                f"--time and --group leave no rows for the {PART_NAMES[part]} part: every group in it also has later "
                "rows, in another part",
                fix="Leave --group out where the groups are known when the model is used, else leave --time out",
            )
    codes[rows[left_out]] = CODES["out"]
    return int(left_out.sum())


def _refuse_one_group(rows: np.ndarray, groups: Sequence[str], noun: str, which: str) -> None:
    """Raise where all of these rows are of one group: none of them can be held out."""
    names = {groups[row] for row in rows.tolist()}
    if len(names) == 1:
        these = f"the {counted(len(rows), noun)} {which}" if which else f"all {plural(noun)}"
        raise DataError(
            f"{these} belong to one group, '{names.pop()}', and a group stays in one part",
            fix="Give more groups (three or more), choose another --group, or leave it out",
        )


def _choose_groups(
    rows: np.ndarray,
    labels: Sequence[Any] | np.ndarray | None,
    groups: Sequence[str],
    shares: list[float],
    seed: int,
    noun: str,
) -> list[np.ndarray]:
    """Whole groups for each share, classes kept in proportion as far as groups allow (StratifiedGroupKFold)."""
    chosen: list[np.ndarray] = []
    left = rows
    for share in shares:
        _refuse_one_group(left, groups, noun, "left to set a part of aside" if chosen else "")
        taken = next(parts_of_groups(left, max(2, round(1 / share)), labels, groups, seed))
        chosen.append(left[taken])
        left = np.delete(left, taken)
    return chosen
