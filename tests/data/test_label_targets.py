"""Several labels a row in a table: columns of yes and no, cells with a mark between the labels, lists."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.errors import DataError, UsageError
from goodfit.tasks import task_for


def opened(columns: dict[str, list[Any]], task: str | None = None, test: pl.DataFrame | None = None) -> Table:
    height = len(next(iter(columns.values())))
    frame = pl.DataFrame({"x": [row % 7 / 2 for row in range(height)], **columns}, strict=False)
    source = table(frame, list(columns), test=test)
    source.expect_task(task)
    source.prepare()
    source.learn(torch.arange(height))
    return source


def new(run: Table, columns: dict[str, list[Any]]) -> Table:
    height = len(next(iter(columns.values())))
    source = table(pl.DataFrame({"x": [0.5] * height, **columns}, strict=False), list(columns))
    source.prepare(run.schema())
    return source


def y_of(source: Table, rows: int) -> list[list[float]]:
    """The targets of the first rows as a net learns them, a column for each label in the task's order."""
    assert source.targets is not None
    task = task_for(source.targets, source.task, source.task_options())
    return task.encode(source.targets, source.keys)[:rows].tolist()


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        (0, 1),
        (False, True),
        ("no", "yes"),
        ("Nein", "JA"),
        ("n", " y "),
        ("0", "1"),
        (0.0, 1.0),
        (-1, 1),
        ("FALSE", "true"),
    ],
)
def test_columns_of_yes_and_no_are_labels(no: Any, yes: Any) -> None:
    source = opened({"v": [no, yes, no, yes] * 5, "u": [no, no, yes, yes] * 5})
    assert source.task == "multilabel"
    assert source.task_options()["labels"] == ["v", "u"]  # as they were named
    assert list(source.targets or ())[:4] == [(), ("v",), ("u",), ("v", "u")]
    assert y_of(source, 4) == [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert source.why_task.startswith("2 columns of yes and no")


def test_other_targets_are_as_before() -> None:
    zeros = [0, 1] * 10
    assert np.asarray(opened({"a": zeros, "b": zeros}, "regression").targets).tolist()[:2] == [[0, 0], [1, 1]]
    mixed = opened({"a": zeros, "b": [row / 3 for row in range(20)]})
    assert (mixed.task, np.asarray(mixed.targets).shape) == (None, (20, 2))
    counted = opened({"a": zeros, "b": [0, 1, 2, 1] * 5})
    assert counted.task is None
    alone = opened({"a": zeros})
    assert (alone.task, list(alone.targets or ())[:2]) == (None, [0, 1])
    words = opened({"a": ["u;v", "v", "u", "v;u"] * 5})
    assert (words.task, list(words.targets or ())[:2]) == (None, ["u;v", "v"])
    assert any("--task multilabel" in fix for _, fix in words.doubts)
    names = [";".join(words) for words in list(itertools.combinations("abcdefgh", 3))]  # 56 of them
    with pytest.raises(DataError, match=r"56 different values in 56 rows.*--task multilabel splits the cells"):
        opened({"a": names})


def test_a_row_without_one_of_its_targets_is_left_out_and_that_is_printed() -> None:
    source = opened({"u": ["yes", "no", None, "NA", " No "] * 4, "v": [1, 0, 1, 0, None] * 4})
    assert list(source.targets or ())[:5] == [("u", "v"), (), None, None, None]
    assert ("missing", "cells of targets: u 8, v 4") in {note[:2] for note in source.notes}
    with pytest.raises(DataError, match=r"'u' is '1' in 10 rows, and empty in 10.*write 0 into it"):
        opened({"u": [1, None] * 10, "v": [0, 1] * 10})
    with pytest.raises(DataError, match="'u' is empty in every row"):
        opened({"u": [None] * 20, "v": [0, 1] * 10})


def test_labels_of_hardly_any_row_or_of_every_row_are_a_warning_and_stay() -> None:
    source = opened({"u": [0, 1] * 10, "never": [0] * 20, "always": [1] * 20, "rare": [1, 1] + [0] * 18})
    (what,) = (what for what, _ in source.doubts if "hardly anything can be learnt" in what)
    assert "'never' and 'rare' are in 2 rows at most; the label 'always' is in every row" in what
    assert y_of(source, 2) == [[0, 0, 1, 1], [1, 0, 1, 1]]


def test_one_yes_a_row_is_said() -> None:
    source = opened({"u": [0, 1, 0] * 7, "v": [1, 0, 0] * 7, "w": [0, 0, 1] * 7})
    assert any("each row has one yes among u, v, w" in what and "idxmax" in fix for what, fix in source.doubts)


@pytest.mark.parametrize(
    ("cells", "mark", "wanted"),
    [
        (["u|v", "v", "v|u", "u"], "bar", [("u", "v"), ("v",), ("u", "v"), ("u",)]),
        (["u; v ", " v;;", ";", "w;u"], "semicolon", [("u", "v"), ("v",), (), ("u", "w")]),
        (["a, b", "b,a,b", "none", "a,none"], "comma", [("a", "b"), ("a", "b"), (), ("a",)]),
        (["1;2", "2", "3", "3;1"], "semicolon", [("1", "2"), ("2",), ("3",), ("1", "3")]),
        (["['a', 'b']", "[]", "['b']", "a"], "lists", [("a", "b"), (), ("b",), ("a",)]),
        (["a", "b", "None", "c"], "one label a row", [("a",), ("b",), (), ("c",)]),
        (["1,5", "5", "7,1", "7"], "comma", [("1", "5"), ("5",), ("1", "7"), ("7",)]),
    ],
)
def test_cells_are_split_by_the_mark_that_is_found(cells: list[str], mark: str, wanted: list[tuple[str, ...]]) -> None:
    source = opened({"tags": cells * 5}, "multilabel")
    assert list(source.targets or ())[:4] == wanted
    assert any(note[0] == "labels" and mark in note[1] for note in source.notes), source.notes
    labels = sorted({label for row in wanted for label in row})
    assert y_of(source, 4) == [[float(label in row) for label in labels] for row in wanted]


def test_lists_of_a_frame_are_labels_by_themselves() -> None:
    source = opened({"tags": [["b", "a"], ["a"], [], None] * 5})
    assert source.task == "multilabel"
    assert list(source.targets or ())[:4] == [("a", "b"), ("a",), (), ()]
    assert list(new(source, {"tags": ["['a', 'b']", "b"]}).targets or ()) == [("a", "b"), ("b",)]


def test_an_empty_cell_has_no_label_unless_a_word_says_that() -> None:
    empty = opened({"tags": ["u|v", None, "u", ""] * 5}, "multilabel")
    assert list(empty.targets or ())[:4] == [("u", "v"), (), ("u",), ()]
    assert any("10 empty cells" in value and "none of the labels" in why for _, value, why in empty.notes)
    said = opened({"tags": ["u|v", None, "none", ""] * 5}, "multilabel")
    assert list(said.targets or ())[:4] == [("u", "v"), None, (), None]
    assert any("10 empty cells" in value and "left out: 'none' says" in why for _, value, why in said.notes)
    assert list(new(said, {"tags": ["u", None]}).targets or ()) == [("u",), None]
    assert list(new(empty, {"tags": ["u", None]}).targets or ()) == [("u",), ()]
    assert list(new(empty, {"tags": [None, None]}).targets or ()) == [None, None]  # nobody has labelled them


def test_labels_that_differ_in_letters_and_other_marks_are_a_warning() -> None:
    source = opened({"tags": ["Comedy|Drama", "comedy", "Drama|Sci;Fi", "Drama"] * 5}, "multilabel")
    assert any("'Comedy' and 'comedy': each is a label" in what for what, _ in source.doubts)
    assert any("'Sci;Fi' has ; in it: it is one label" in what for what, _ in source.doubts)


def test_what_cannot_be_labels_is_refused() -> None:
    with pytest.raises(DataError, match="'b' holds more than yes and no, such as '2'"):
        opened({"a": [0, 1] * 10, "b": [0, 1, 2, 1] * 5}, "multilabel")
    with pytest.raises(UsageError, match="--task classification predicts one column, and --target names 2"):
        opened({"a": [0, 1] * 10, "b": [0, 1] * 10}, "classification")
    with pytest.raises(DataError, match=r"30 different labels in 30 rows: a label of one row cannot be learnt"):
        opened({"a": [f"a sentence of row {row}" for row in range(30)]}, "multilabel")
    with pytest.raises(DataError, match="has a label in no row"):
        opened({"a": ["none", ""] * 10}, "multilabel")


def test_new_rows_are_read_as_the_runs() -> None:
    run = opened({"u": [0, 1, 1, 0] * 5, "v": [0, 0, 1, 1] * 5})
    assert list(new(run, {"u": ["yes", "No"], "v": [True, False]}).targets or ()) == [("u", "v"), ()]
    one = new(run, {"u": ["1", "maybe"], "v": [0, 1]})
    assert list(one.targets or ()) == [("u",), None]
    assert any("'maybe' is neither yes nor no" in why for _, _, why in one.notes)
    bad = new(run, {"u": ["q", "r"], "v": [0, 1]})
    assert bad.targets is None
    assert "not one of the 2 cells of the target 'u' says yes or no" in str(bad.targets_refused)
    cells = opened({"tags": ["Drama|Comedy", "Drama", "Comedy", "none"] * 5}, "multilabel")
    other = new(cells, {"tags": ["DRAMA;comedy", "Comedy"]})
    assert any("separated by semicolon" in value for _, value, _ in other.notes)
    task = task_for(cells.targets or [], "multilabel")
    targets, notes = task.known_labels(other.targets or [])
    assert [sorted(row) for row in targets] == [["Comedy", "Drama"], ["Comedy"]]
    assert notes[0][2] == "'DRAMA' is read as 'Drama', which training had"
    unknown = new(cells, {"tags": ["Drama", "Horror|Drama"]})
    with pytest.raises(DataError, match="its label 'Horror' is not among the training rows' labels") as error:
        task.encode(unknown.targets or [], unknown.keys)
    assert error.value.where == "row 1"


def test_a_test_table_is_read_in_the_words_of_the_first() -> None:
    test = pl.DataFrame({"x": [0.5, 1.0, 1.5], "u": ["yes", "no", "perhaps"], "v": ["No", "YES", "no"]})
    source = opened({"u": [0, 1, 1, 0] * 5, "v": [0, 0, 1, 1] * 5}, test=test)
    assert list(source.targets or ())[-3:] == [("u",), ("v",), None]
    assert any("'perhaps' is neither yes nor no" in why for _, _, why in source.notes)
    upper = pl.DataFrame({"x": [0.5], "tags": ["DRAMA|COMEDY"]})
    cells = opened({"tags": ["Drama|Comedy", "Drama", "Comedy", "none"] * 5}, "multilabel", test=upper)
    assert not any("each is a label" in what for what, _ in cells.doubts)  # the test table alone has them so


def test_a_run_of_before_still_reads_its_targets_as_numbers(tmp_path: Path) -> None:
    run = opened({"u": [0, 1] * 10, "v": [1, 1, 0, 0] * 5}, "regression")
    schema = run.schema()
    del schema["settings"]["labels"]  # as it was before there were labels
    path = tmp_path / "new.csv"
    path.write_text("x,u,v\n0.5,0,1\n1,1,1\n")
    source = table(path)
    source.prepare(schema)
    assert np.asarray(source.targets).tolist() == [[0, 1], [1, 1]]
