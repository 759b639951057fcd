"""Targets: classes come back as they are written, words are words, and what was chosen is told."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import torch

from goodfit.data.sources.ratings import ratings
from goodfit.data.sources.table import Table, table
from goodfit.errors import DataError


def opened(values: list[Any], **options: Any) -> Table:
    frame = pl.DataFrame({"x": [row % 7 / 2 for row in range(len(values))], "y": pl.Series(values, strict=False)})
    source = table(frame, "y", **options)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def targets(values: list[Any]) -> list[Any]:
    return list(opened(values).targets or [])


def scored(run: Table, values: list[Any]) -> list[Any]:
    """The targets of new rows, as the run reads them."""
    source = table(pl.DataFrame({"x": [0.5] * len(values), "y": values}), "y")
    source.prepare(run.schema())
    return list(source.targets or [])


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["01", "02", "10"], ["01", "02", "10"]),
        (["12345678901234567", "12345678901234568"], ["12345678901234567", "12345678901234568"]),
        (["1.0", "2.0"], ["1.0", "2.0"]),
        (["-1", "+1"], ["-1", "+1"]),
        (["1", "0"], [1, 0]),
        (["True", "False"], ["True", "False"]),
        (["None", "Apnea", "NA", "-"], ["None", "Apnea", "NA", "-"]),
        ([" yes", "no "], ["yes", "no"]),
        (["1,5", "2,5"], [1.5, 2.5]),
        ([True, False], [True, False]),
        ([3, 4], [3, 4]),
        ([2**60 + 1, 2**60 + 2], [str(2**60 + 1), str(2**60 + 2)]),
    ],
)
def test_targets_are_as_they_are_written(values: list[Any], wanted: list[Any]) -> None:
    found = targets(values * 10)[: len(values)]
    assert found == wanted
    assert [type(value) for value in found] == [type(value) for value in wanted]


def test_only_an_empty_cell_of_words_is_missing_and_words_for_missing_are_told() -> None:
    source = opened(["None", "Apnea", "", None] * 10)
    assert list(source.targets or [])[:4] == ["None", "Apnea", None, None]
    assert ("target", "y", "'None' (10 rows): a class like the others; only an empty cell is missing") in source.notes
    numbers = opened(["1.5", "NA", "2.5", "3.5"] * 10)
    assert list(numbers.targets or [])[:4] == [1.5, None, 2.5, 3.5]
    assert ("missing", "target y", "10 cells are 'NA' among numbers: no target") in numbers.notes


def test_a_word_for_unlabelled_rows_is_a_class_and_that_is_printed() -> None:
    source = opened(["cat", "dog", "Unlabeled"] * 10)
    said = "'Unlabeled' (10 rows): a class like the others; only an empty cell is missing"
    assert ("target", "y", said) in source.notes


@pytest.mark.parametrize(
    ("learnt", "new", "wanted"),
    [
        (["True", "False"], [True, False, None], ["True", "False", None]),
        (["True", "False"], ["true", "FALSE"], ["True", "False"]),
        ([True, False], ["True", "0"], [True, False]),
        ([True, False], [1, 0], [True, False]),
        (["1.0", "2.0"], [1, 2], ["1.0", "2.0"]),
        (["1.0", "2.0"], ["1", "2.00"], ["1.0", "2.0"]),
        ([1, 2], ["1.0", "2"], [1, 2]),
        ([1, 0], [True, False], [1, 0]),
        (["01", "02"], ["01", "new"], ["01", "new"]),
    ],
)
def test_labels_of_other_containers_are_the_same_classes(learnt: list[Any], new: list[Any], wanted: list[Any]) -> None:
    assert scored(opened(learnt * 10), new) == wanted


def test_counts_become_numbers_and_the_choice_is_told() -> None:
    counts = opened([0, 1, 2, 3, 4, 5, 6] * 20 + [11])
    assert all(isinstance(value, float) for value in counts.targets or [])
    why = "8 different whole numbers, one in 1 row; --task classification reads them as classes"
    assert ("target", "y, as numbers", why) in counts.notes
    classes = opened([1, 2, 3] * 20)
    assert classes.targets == [1, 2, 3] * 20
    assert ("target", "y, 3 classes", "few different whole numbers; --task regression reads numbers") in classes.notes
    many = opened(list(range(30)) * 3)
    assert all(isinstance(value, float) for value in many.targets or [])
    assert any("30 different whole numbers" in why for _, _, why in many.notes)


def test_slips_in_a_target_of_numbers_are_a_warning() -> None:
    source = opened([row * 0.5 for row in range(199)] + ["seven"])
    assert (source.targets or [])[-1] is None
    assert "1 cell of the target 'y' is no number, such as 'seven': its row is left out" in source.doubts[0][0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [3]] * 10, "the target 'y' holds lists, bytes or structs"),
        ([None, ""] * 10, "the target 'y' is empty in every row"),
        ([float("nan")] * 10, "the target 'y' is empty in every row"),
        ([b"a", b"b"] * 10, "the target 'y' holds lists, bytes or structs"),
        ([datetime.date(2024, 1, 1) + datetime.timedelta(row) for row in range(60)], "the target 'y' holds dates"),
    ],
)
def test_what_cannot_be_predicted_is_refused(values: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        opened(values)


def test_several_targets_of_different_kinds_are_refused_by_their_kinds() -> None:
    frame = pl.DataFrame({"x": [1.5, 2.5] * 10, "a": [0.5, 1.5] * 10, "b": ["p", "q"] * 10})
    with pytest.raises(DataError, match="the target 'b' holds words and 'a' holds numbers; several targets"):
        table(frame, "a,b").prepare()


def test_ratings_without_a_target_name_the_column_that_looks_like_one(tmp_path: Path) -> None:
    lines = [f"u{row % 5:02d},0{row % 7},{1 + row % 5}" for row in range(40)]
    (tmp_path / "r.csv").write_text("user,item,Rating\n" + "\n".join(lines))
    source = ratings(tmp_path / "r.csv", "user", "item")
    source.prepare()
    assert any("'Rating' is not used: --target Rating predicts it" in why for _, _, why in source.notes)
    source.learn(torch.arange(len(source)))
    assert source.known["item"] == [f"0{item}" for item in range(7)]  # codes keep their zeros


def test_users_called_none_are_users_and_decimal_commas_are_ratings() -> None:
    frame = pl.DataFrame({"u": ["None", "NA", "", "x"] * 5, "i": ["1.0", "2", "3", "3"] * 5, "r": ["1,5", "4,5"] * 10})
    source = ratings(frame, "u", "i", "r")
    source.prepare()
    assert list(source.targets or [])[:2] == [1.5, 4.5]
    assert ("missing", "u: 5 cells", "rows without a name are learnt as of an unknown one") in source.notes
    source.learn(torch.arange(len(source)))
    assert source.known == {"user": ["None", "NA", "x"], "item": ["1", "2", "3"]}
    new = ratings(pl.DataFrame({"u": ["x", "new"], "i": [3, 1]}))
    new.prepare(source.schema())
    assert new.whole().tolist() == [[3, 3], [0, 1]]
    assert ("not used", "u: 1 of 2", "'new' was not in training") in new.notes


def test_numbers_with_flags_in_a_target_are_read_without_them() -> None:
    cells = [f"{at}.5{(' b', ' p', '', '', '')[at % 5]}" for at in range(40)]  # as Eurostat writes
    source = table(pl.DataFrame({"x": [at % 7 for at in range(40)], "y": cells}), "y")
    source.prepare()
    assert list(source.targets or []) == [at + 0.5 for at in range(40)]
    assert ("target", "y, as numbers", "numbers; '0.5 b' is read as 0.5, without its flag") in source.notes
