"""Folds: every training row in one of them, classes spread evenly, groups whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.folds import make_folds, parts_of_groups
from goodfit.data.split import make_split
from goodfit.errors import DataError


def split(count: int, **more: Any) -> Any:
    arguments: dict[str, Any] = {
        "readable": np.ones(count, dtype=bool),
        "labels": None,
        "groups": None,
        "given": None,
        "keys": [f"row {row}" for row in range(count)],
        "seed": 0,
        "folds": 5,
    }
    return make_split(**{**arguments, **more})


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(2, 90), min_size=2, max_size=5), folds=st.integers(2, 8), seed=st.integers(0, 5))
def test_classes_are_spread_evenly_over_the_folds(sizes: list[int], folds: int, seed: int) -> None:
    labels = np.repeat([f"class {at}" for at in range(len(sizes))], sizes)
    rows = np.arange(0, len(labels))
    fold = make_folds(rows, len(labels), folds, labels=labels, groups=None, seed=seed)
    assert set(fold) <= set(range(folds))
    counts = np.bincount(fold, minlength=folds)
    assert counts.max() - counts.min() <= 1
    for label in np.unique(labels):
        of_class = np.bincount(fold[labels == label], minlength=folds)
        assert of_class.max() - of_class.min() <= 1


@settings(max_examples=20, deadline=None)
@given(groups=st.lists(st.integers(0, 9), min_size=30, max_size=80), classes=st.booleans())
def test_rows_of_a_group_are_in_one_fold_and_no_group_is_in_test_as_well(groups: list[int], classes: bool) -> None:
    names = [str(group) for group in groups]
    if len(set(names)) < 6:
        return
    labels = np.array(["a", "b"] * 40)[: len(names)] if classes else None
    made = split(len(names), groups=names, labels=labels)
    places = [f"{part} {fold}" for part, fold in zip(made.parts, made.folds, strict=True)]
    for group in set(names):
        assert len({place for place, name in zip(places, names, strict=True) if name == group}) == 1


def test_with_folds_the_training_rows_validate_and_none_is_lost() -> None:
    made = split(100)
    assert made.counts() == {"train": 85, "valid": 85, "test": 15}
    assert made.rows("valid").tolist() == made.rows("train").tolist()
    assert (made.folds[made.rows("train")] >= 0).all()
    assert (made.folds[made.rows("test")] == -1).all()
    lines = "".join(made.to_csv([f"row {row}" for row in range(100)])).splitlines()
    assert lines[0] == "row,key,part,fold"
    assert sum(line.endswith("test,") for line in lines) == 15


def test_a_validation_part_that_the_data_came_with_is_used_instead() -> None:
    made = split(60, given=["valid"] * 10 + ["train"] * 50)
    assert made.folds is None
    assert made.counts() == {"train": 50, "valid": 10, "test": 0}


@pytest.mark.parametrize("given", [None, ["train"] * 20 + ["test"] * 10])
def test_a_class_that_cannot_be_taught_and_validated_is_refused(given: list[str] | None) -> None:
    labels = np.array(["rare"] + ["a"] * 14 + ["b"] * 15)
    with pytest.raises(DataError, match="the class 'rare' has only 1 row"):
        split(30, labels=labels, given=given)


def test_groups_are_parted_where_no_class_has_a_row_for_each_part() -> None:
    groups = [f"g{row // 2}" for row in range(12)]
    labels = [f"class {row // 3}" for row in range(12)]
    parts = list(parts_of_groups(np.arange(12), 6, labels, groups, seed=0))
    assert sorted(np.concatenate(parts).tolist()) == list(range(12))
    assert all(len({groups[row] for row in part}) == 1 for part in parts)
