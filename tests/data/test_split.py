"""Splits: every row in one part, in proportion, groups whole, and recorded."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.split import Split, make_split
from goodfit.errors import DataError, UsageError
from goodfit.store.test_ledger import TestLedger


def split(labels: Any = None, rows: int | None = None, **more: Any) -> Split:
    n = rows if rows is not None else len(labels)
    arguments: dict[str, Any] = {
        "readable": np.ones(n, dtype=bool),
        "labels": None if labels is None else np.asarray(labels),
        "groups": None,
        "given": None,
        "keys": [f"row {row}" for row in range(n)],
        "seed": 0,
    }
    return make_split(**{**arguments, **more})


@given(sizes=st.lists(st.integers(3, 200), min_size=2, max_size=6), seed=st.integers(0, 9))
def test_classes_stand_in_every_part_in_their_proportion(sizes: list[int], seed: int) -> None:
    labels = np.repeat([f"class {number}" for number in range(len(sizes))], sizes)
    made = split(labels, seed=seed)
    assert sum(made.counts().values()) == len(labels)
    for number, size in enumerate(sizes):
        of_class = made.parts[labels == f"class {number}"]
        for part in ("valid", "test"):
            assert (of_class == part).sum() == max(1, round(0.15 * size))


def test_the_seed_alone_decides() -> None:
    labels = np.repeat(["a", "b"], 50)
    assert (split(labels, seed=3).parts == split(labels, seed=3).parts).all()
    assert (split(labels, seed=3).parts != split(labels, seed=4).parts).any()


@settings(max_examples=30, deadline=None)
@given(groups=st.lists(st.integers(0, 12), min_size=40, max_size=120), stratified=st.booleans())
def test_a_group_stands_in_one_part_only(groups: list[int], stratified: bool) -> None:
    names = [str(group) for group in groups]
    if len(set(names)) < 6:
        return
    labels = np.array(["a", "b"] * 60)[: len(names)] if stratified else None
    made = split(labels, rows=len(names), groups=names)
    for group in set(names):
        assert len({part for part, name in zip(made.parts, names, strict=True) if name == group}) == 1


@given(
    rows=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 400)), min_size=60, max_size=150),
    folds=st.sampled_from([None, 1]),
)
def test_by_time_and_group_nothing_of_the_future_and_no_known_group_is_tested(
    rows: list[tuple[int, int]], folds: int | None
) -> None:
    groups, times = [f"customer {group}" for group, _ in rows], np.array([float(time) for _, time in rows])
    try:
        made = split(rows=len(rows), groups=groups, times=times, folds=folds)
    except DataError as error:  # groups of which too many last for the whole time
        if "--time and --group leave no rows" not in str(error) and "different time" not in str(error):
            raise
        return
    part_of = dict.fromkeys(groups, "out")
    for part, group in zip(made.parts.tolist(), groups, strict=True):
        assert part == "out" or part_of[group] in ("out", part), f"{group} is in two parts"
        part_of[group] = part if part != "out" else part_of[group]
    for earlier, later in (("train", "valid"), ("valid", "test"), ("train", "test")):
        assert times[made.rows(earlier)].max() < times[made.rows(later)].min()
    left_out = int((made.parts == "out").sum())
    assert (f"{left_out} row" in made.how) == (left_out > 0)
    for row in np.flatnonzero(made.parts == "out"):  # only where it had to be
        same = [other for other, group in enumerate(groups) if group == groups[row] and times[other] > times[row]]
        assert any(made.parts[other] != "out" for other in same)


def test_a_customer_of_all_times_does_not_tell_the_net_who_pays() -> None:
    # Each customer pays always or never. A split by time alone lets the mean of a customer's rows say it of new ones.
    joined = np.repeat(np.arange(40), 5)  # a customer begins each day, and buys on five days in a row
    times = (joined + np.tile(np.arange(5), 40)).astype(float)
    pays, groups = joined % 2, [f"customer {number}" for number in joined]
    by_time = split(pays, times=times)
    both = split(pays, times=times, groups=groups)
    known = {groups[row] for row in by_time.rows("train").tolist()}
    assert known & {groups[row] for row in by_time.rows("valid").tolist()}  # the leak
    taught = {groups[row] for row in both.rows("train").tolist()}
    held_out = torch.cat([both.rows("valid"), both.rows("test")]).tolist()
    assert len(held_out) >= 40
    assert not taught & {groups[row] for row in held_out}
    assert "by time and group" in both.how


def test_groups_that_last_for_the_whole_time_are_refused_with_it() -> None:
    times = np.repeat(np.arange(50.0), 4)
    with pytest.raises(DataError, match="leave no rows for the validation part"):
        split(rows=200, times=times, groups=["a", "b", "c", "d"] * 50)


def test_one_group_of_everything_cannot_be_split() -> None:
    with pytest.raises(DataError, match="all rows belong to one group"):
        split(["a", "b"] * 10, groups=["same"] * 20)


@pytest.mark.parametrize("groups", [["a", "b"] * 20, ["a"] * 39 + ["b"]])
def test_one_group_left_to_train_on_has_no_folds(groups: list[str]) -> None:
    with pytest.raises(DataError, match=r"rows left to train and validate on belong to one group, 'a'.*three or more"):
        split(groups=groups, rows=40, folds=5)


@pytest.mark.filterwarnings("error")
def test_a_class_of_fewer_rows_than_folds_is_dealt_out_without_a_word_of_scikit_learn() -> None:
    labels = ["common"] * 57 + ["rare"] * 3
    made = split(labels, groups=[f"g{row % 12}" for row in range(60)], folds=5)
    assert made.folds is not None


def test_parts_that_the_data_came_in_are_kept_and_a_missing_valid_part_comes_from_train() -> None:
    came = ["train"] * 60 + ["test"] * 40
    made = split(["a", "b"] * 50, given=came)
    assert (made.parts[60:] == "test").all()
    assert made.counts() == {"train": 52, "valid": 8, "test": 40}  # 2 x round(0.15 x 30) = 2 x 4
    whole = split(["a", "b"] * 50, given=["train"] * 80 + ["valid"] * 20)
    assert whole.counts() == {"train": 80, "valid": 20, "test": 0}


def test_unreadable_rows_are_in_no_part() -> None:
    readable = np.ones(40, dtype=bool)
    readable[5] = False
    made = split(["a", "b"] * 20, readable=readable)
    assert made.parts[5] == "out"
    assert sum(made.counts().values()) == 39


def test_the_record_names_every_row_with_its_part() -> None:
    made = split(["a", "b"] * 10)
    rows = list(csv.DictReader(io.StringIO("".join(made.to_csv([f'odd, "{row}"' for row in range(20)])))))
    assert [row["key"] for row in rows] == [f'odd, "{row}"' for row in range(20)]
    assert [row["part"] for row in rows] == made.parts.tolist()


def test_shares_that_leave_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="leave nothing to train on"):
        split(["a", "b"] * 10, valid_share=0.5, test_share=0.5)


def test_the_ledger_counts_looks_at_each_set_of_rows_apart(tmp_path: Path) -> None:
    ledger = TestLedger(tmp_path / "looks.json")
    assert ledger.looks("digits") == 0
    assert [ledger.look("digits"), ledger.look("digits"), ledger.look("others")] == [1, 2, 1]
    assert TestLedger(tmp_path / "looks.json").looks("digits") == 2


def test_no_look_is_lost_when_two_processes_count(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from goodfit.store.test_ledger import TestLedger as Ledger; "
    code += "[Ledger(Path(sys.argv[1])).look('digits') for _ in range(60)]"
    ledger = tmp_path / "looks.json"
    counting = [subprocess.Popen([sys.executable, "-c", code, str(ledger)]) for _ in range(3)]
    assert [process.wait(120) for process in counting] == [0, 0, 0]
    assert TestLedger(ledger).looks("digits") == 180
    assert [path.name for path in tmp_path.iterdir()] == ["looks.json"]


def test_the_record_of_many_rows_is_written_in_pieces_with_one_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfit.data.split.ROWS_WRITTEN_AT_ONCE", 3)
    made = Split(np.array([0, 1, 3, 0, 2, 0, 1], dtype=np.int8), "as said")
    pieces = list(made.to_csv([f"k{row}" for row in range(7)]))
    assert len(pieces) == 3
    assert "".join(pieces).splitlines() == [
        "row,key,part", "0,k0,train", "1,k1,valid", "2,k2,out", "3,k3,train", "4,k4,test", "5,k5,train", "6,k6,valid",
    ]  # fmt: skip
    assert "".join(Split(made.codes[:0], "").to_csv([])) == "row,key,part\n"


def test_a_validation_part_that_the_data_came_with_is_known_from_one_that_was_drawn() -> None:
    given = np.array(["train"] * 40 + ["valid"] * 10 + ["test"] * 10)
    assert split(rows=60, given=given).valid_came
    assert not split(rows=60, given=np.where(given == "valid", "train", given)).valid_came
    assert not split(rows=60).valid_came
    assert not split(rows=60, folds=5).valid_came
