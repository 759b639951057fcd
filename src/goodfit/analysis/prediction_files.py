"""Anybody's predictions from a table: columns of truth and prediction, and perhaps probabilities, a key and folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.label_files import of_labels, several_labels
from goodfit.analysis.label_spelling import in_words_of, one_spelling, read_as
from goodfit.analysis.prediction_columns import (
    FOLD,
    KEY,
    POSITIVE,
    PREDICTION,
    TRUTH,
    Named,
    named_column,
    plain,
    probability_columns,
)
from goodfit.data.tables.conventions import Convention, convention
from goodfit.data.tables.known_levels import known_words
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.reading import read_parts
from goodfit.errors import DataError, NoPredictionError, UsageError
from goodfit.formatting import counted, listed
from goodfit.store.csv_cells import with_formula
from goodfit.store.outputs import is_predictions

if TYPE_CHECKING:
    import polars as pl

CLASSES_AT_MOST = 20  # different whole numbers as truth and prediction: more are read as numbers
CLASSES_SHOWN = 4  # in a message
SUM_OFF_AT_MOST = 0.02  # of the probabilities of a row from 1, for rounding


def file_entry(path: Path, named: Named, *, name: str | None = None, classes: bool | None = None) -> Entry:
    """The predictions of a file.

    Args:
        named: columns as the user says; the others are known by their names.
        name: how the entry is called; the file's when None.
        classes: whether truth and prediction are classes, not numbers; decided from the values when None.

    Raises:
        DataError: no table, no prediction in it, or values that cannot be read.
        UsageError: a column that is not there.
    """
    table = read_parts(path, valid=None, test=None, stream=False)
    frame = table.frame.sample()
    if not frame.height:
        raise DataError("there is no row in it", where=path)
    columns = list(frame.columns)
    truth_name = named_column(columns, named.truth, TRUTH, "truth")
    prediction_name = named_column(columns, named.prediction, PREDICTION, "prediction")
    key_name = named_column(columns, named.key, KEY, "key")
    fold_name = named_column(columns, named.fold, FOLD[:-1] if named.fold is None else FOLD, "fold")
    group_name = named_column(columns, named.group, (), "group")  # a column called group may be anything
    used = {truth_name, prediction_name, key_name, fold_name, group_name}
    others = [column for column in columns if column not in used]
    if (error := next((column for column in others if column == "error"), None)) is not None:
        frame = _readable(frame, error, path)
        others.remove(error)
    of_class, positive, respelt = _probabilities(
        frame, others, [truth_name, prediction_name], guarded=is_predictions(path)
    )
    several = several_labels(frame, [truth_name, prediction_name], others)
    named_so = (truth_name, prediction_name, positive, *of_class.values(), *several.values())
    read = [name for name in named_so if name is not None]
    separator = None if table.delimited is None else table.delimited.separator
    reader = _Reader(frame, convention(frame[list(dict.fromkeys(read))], separator=separator, decimal=None), path)
    if prediction_name is None and not of_class and positive is None and is_predictions(path):
        raise NoPredictionError(
            "it holds the scores of each row, and no prediction",
            where=path,
            fix="Compare the runs themselves: goodfit compare RUN RUN",
        )
    if prediction_name is None and not of_class and positive is None:
        raise NoPredictionError(
            f"no column of predictions is recognised among {', '.join(columns[:12])}",
            where=path,
            fix="Name it: --prediction COLUMN. Data without predictions get them by goodfit predict RUN "
            f"{path} -o predictions.csv",
        )
    entry = _keyed(reader, key_name, named.key is not None, name or path.stem)
    folds, groups = (
        None if name is None else np.unique(reader.text(name), return_inverse=True)[1]
        for name in (fold_name, group_name)
    )
    said = {"truth": truth_name, "prediction": prediction_name, "key": key_name if entry.keyed else None}
    guessed = [
        f"{what} from '{column}'"
        for what, column in {**said, "fold": fold_name, "group": group_name}.items()
        if column is not None
    ]
    guesses = [", ".join(guessed), *([read_as(respelt)] if respelt else [])]
    notes = (*entry.notes, *(f"{entry.name}: {guess}" for guess in guesses))
    entry = replace(entry, folds=folds, groups=groups, notes=notes)
    if several and classes is None:
        entry = replace(entry, notes=(*notes, f"{entry.name}: several labels in a row, of {listed([*several], 'and')}"))
        shares = {label: reader.numbers(column) for label, column in several.items()}
        return of_labels(frame, truth_name, shares, entry, path)
    if classes is None:
        classes = bool(len(of_class) >= 2 or positive) or reader.is_classes(truth_name, prediction_name)
    if not classes:
        if prediction_name is None:
            raise DataError("there is no column of predicted numbers", where=path, fix="Name it: --prediction COLUMN")
        truth = None if truth_name is None else reader.numbers(truth_name)
        reader.refuse_other_signs(truth_name, prediction_name)
        return replace(entry, truth=truth, predicted=reader.numbers(prediction_name))
    return _of_classes(reader, entry, truth_name, prediction_name, of_class, positive)


class _Reader:
    """Columns of a file as text, or as numbers by the file's decimal mark."""

    def __init__(self, frame: pl.DataFrame, marks: Convention, path: Path) -> None:
        self.frame, self.marks, self.path = frame, marks, path
        self.guarded = is_predictions(path)  # texts that a spreadsheet would compute have an apostrophe before them

    def text(self, name: str) -> np.ndarray:
        """(N,) str; raises where a cell is empty."""
        import polars as pl

        column = self.frame[name]
        cells = column.cast(pl.String).str.strip_chars() if column.dtype != pl.Object else column.map_elements(str)
        empty = cells.is_null() | (cells == "")
        if empty.any():
            raise DataError(
                f"the column '{name}' has no value in {counted(int(empty.sum()), 'row')}, the first of them row "
                f"{int(empty.arg_max() or 0) + 1}",
                where=self.path,
                fix="Fill them, or leave these rows out",
            )
        values = cells.to_list()
        return np.asarray([with_formula(value) for value in values] if self.guarded else values, dtype=np.str_)

    def numbers(self, name: str) -> np.ndarray:
        """(N,) float64; raises where a cell is none."""
        values = numbers(self.frame[name], self.marks.of(name))
        if values.null_count():
            row = int(values.is_null().arg_max() or 0)
            raise DataError(
                f"the column '{name}' is not a number in {counted(values.null_count(), 'row')}, the first of them row "
                f"{row + 1} ({str(self.frame[name][row])[:40]!r})",
                where=self.path,
                fix="Give numbers, or leave these rows out",
            )
        return np.asarray(values.to_numpy(), dtype=np.float64)

    def refuse_other_signs(self, truth: str | None, prediction: str) -> None:
        """Raise where one of them has percent signs, and the other has none: 45% is read as 45, and 0.45 as it is."""
        if truth is None:
            return
        signs = {name: "%" in str(self.frame[name][0]) for name in (truth, prediction)}
        if len(set(signs.values())) > 1:
            shown = " and ".join(f"'{name}' has {self.frame[name][0]}" for name in signs)
            raise DataError(
                f"one column has percent signs, the other has none: {shown}",
                where=self.path,
                fix="Write both in one way: 45% is not 0.45",
            )

    def holds_numbers(self, name: str) -> bool:
        return numbers(self.frame[name], self.marks.of(name)).null_count() == 0

    def is_classes(self, truth: str | None, prediction: str | None) -> bool:
        """Text, or few whole numbers in all columns that there are."""
        values = []
        for name in (truth, prediction):
            if name is None:
                continue
            if not self.holds_numbers(name):
                return True
            values.append(self.numbers(name))
        if truth is not None and set(np.unique(values[0])) == {0.0, 1.0}:
            return all(((each >= 0) & (each <= 1)).all() for each in values)  # a probability is a prediction too
        together = np.concatenate(values)
        return bool((together == np.round(together)).all()) and len(np.unique(together)) <= CLASSES_AT_MOST


def _readable(frame: pl.DataFrame, error: str, path: Path) -> pl.DataFrame:
    """The rows of a file of goodfit that could be read; the others have no prediction."""
    import polars as pl

    kept = frame.filter(frame[error].is_null() | (frame[error].cast(pl.String) == ""))
    if not kept.height:
        raise DataError("no row of it could be read: each has an error", where=path)
    return kept


def _probabilities(
    frame: pl.DataFrame, others: Sequence[str], outcomes: Sequence[str | None], *, guarded: bool
) -> tuple[dict[str, str], str | None, dict[str, str]]:
    """Columns of probabilities by label, the one column of probabilities of two classes, and labels spelt otherwise.

    A column counts as one of a class where its label stands in the truth or the prediction: p_value beside numbers is
    none. A score beside more than two different outcomes is none either.

    Args:
        guarded: texts that a spreadsheet would compute have an apostrophe before them.
    """
    named = [name for name in outcomes if name is not None]
    labels = {str(cell).strip() for name in named for cell in frame[name].unique().to_list() if cell is not None}
    labels = {with_formula(label) for label in labels} if guarded else labels
    of_class = probability_columns(others, sorted(labels))
    spelling = one_spelling([[*labels], [*of_class]])
    known = {spelling[label] for label in labels}
    respelt: dict[str, str] = {}
    if named and not any(spelling[label] in known for label in of_class):
        words = known_words([*of_class], sorted(labels))  # p_Low beside the label low
        whole = len(set(words.values())) == len(words) == len(of_class)
        of_class = {words[label]: column for label, column in of_class.items()} if whole else {}
        respelt = words if whole else {}
    two = len(known) <= 2 or not named
    return of_class, next((column for column in others if plain(column) in POSITIVE), None) if two else None, respelt


def _keyed(reader: _Reader, key: str | None, said: bool, name: str) -> Entry:
    """The keys of the rows: a column of different values, or their places."""
    rows = reader.frame.height
    if key is not None:
        keys = reader.text(key)
        if len(np.unique(keys)) == rows:
            return Entry(name, "rows", tuple(keys.tolist()), True, None)
        if said:
            values, counts = np.unique(keys, return_counts=True)
            raise DataError(
                f"the key '{key}' is not unique: {values[counts.argmax()]} stands in {counted(counts.max(), 'row')}",
                where=reader.path,
                fix="Name a column that tells every row apart: --key COLUMN",
            )
    return Entry(name, "rows", tuple(str(row) for row in range(rows)), False, None)


def _of_classes(
    reader: _Reader, entry: Entry, truth: str | None, prediction: str | None, of_class: dict[str, str],
    positive: str | None,
) -> Entry:  # fmt: skip
    spelling = one_spelling([reader.text(name).tolist() for name in (truth, prediction) if name] + [list(of_class)])
    y, predicted = (None if name is None else _spelt(reader.text(name), spelling) for name in (truth, prediction))
    of_class = {spelling[label]: column for label, column in of_class.items()}
    notes = list(entry.notes)
    if predicted is not None and prediction is not None and y is not None:
        seen = set(y.tolist())
        shares = seen <= {"0", "1"} and not set(predicted.tolist()) <= {"0", "1"} and reader.holds_numbers(prediction)
        if shares:
            positive, predicted = prediction, None
            notes.append(f"{entry.name}: '{prediction}' is read as the probability of 1")
    if y is not None and predicted is not None:
        words = in_words_of(set(predicted.tolist()), set(y.tolist()))
        if words:
            predicted = _spelt(predicted, {label: words.get(label, label) for label in set(predicted.tolist())})
            notes.append(f"{entry.name}: {read_as(words)}")
        _refuse_strange(y, predicted, reader.path)
    known = [each for each in (y, predicted) if each is not None]
    labels = sorted({label for each in known for label in each.tolist()} | (set(of_class) if of_class else set()))
    probabilities = None
    if len(of_class) >= 2:
        absent = [label for label in labels if label not in of_class]
        if absent:
            raise DataError(
                f"there is no column of probabilities of the class '{absent[0]}'; those of {', '.join(of_class)} are "
                "there",
                where=reader.path,
                fix=f"Add p_{absent[0]}, or leave these columns out",
            )
        probabilities = np.stack([reader.numbers(of_class[label]) for label in labels], axis=1)
        _refuse_no_probabilities(probabilities, reader.path)
        probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    elif positive is not None or of_class:
        column = positive if positive is not None else next(iter(of_class.values()))
        label = next(iter(of_class), None) if positive is None else None
        probabilities, labels = _of_two(reader.numbers(column), column, label, labels, reader.path)
        if label is None:
            notes.append(f"{entry.name}: '{column}' is read as the probability of {labels[1]}")
    if predicted is None:
        if probabilities is None:
            raise DataError("there is no prediction", where=reader.path, fix="Name it: --prediction COLUMN")
        predicted = np.asarray(labels, dtype=np.str_)[probabilities.argmax(axis=1)]
    return replace(
        entry, truth=y, predicted=predicted, classes=tuple(labels), probabilities=probabilities, notes=tuple(notes)
    )


def _refuse_strange(y: np.ndarray, predicted: np.ndarray, path: Path) -> None:
    """Raise where no class that is predicted is one of several in the truth: they are called otherwise."""
    truth, other = sorted(set(y.tolist())), sorted(set(predicted.tolist()))
    if len(truth) > 1 and set(truth).isdisjoint(other):
        predicted_ones, true_ones = listed(other[:CLASSES_SHOWN]), listed(truth[:CLASSES_SHOWN])
        raise DataError(
            f"no predicted class ({predicted_ones}) is one of the truth ({true_ones})",
            where=path,
            fix="Call the classes the same in both columns, or name the columns: --truth and --prediction",
        )


def _spelt(labels: np.ndarray, spelling: Mapping[str, str]) -> np.ndarray:
    return np.asarray([spelling[label] for label in labels.tolist()], dtype=np.str_)


def _of_two(
    shares: np.ndarray, column: str, label: str | None, labels: list[str], path: Path
) -> tuple[np.ndarray, list[str]]:
    """Probabilities of both classes from one column."""
    if not ((shares >= 0) & (shares <= 1)).all():
        raise DataError(
            f"'{column}' is no probability: its values are {shares.min():.4g} to {shares.max():.4g}",
            where=path,
            fix="Give shares from 0 to 1, or name another column",
        )
    if label is None and set(labels) <= {"0", "1"}:
        labels, label = ["0", "1"], "1"
    if label is None or len(labels) != 2:
        raise UsageError(
            f"'{column}' is one column of probabilities, and it is not known of which of the classes "
            f"{', '.join(labels[:8])}",
            where=path,
            fix=f"Call it p_{labels[-1] if labels else 'CLASS'}",
        )
    second = label == labels[1]
    both = np.stack([1 - shares, shares] if second else [shares, 1 - shares], axis=1)
    return both, labels


def _refuse_no_probabilities(shares: np.ndarray, path: Path) -> None:
    sums = shares.sum(axis=1)
    wrong = (shares < 0).any(axis=1) | (np.abs(sums - 1) > SUM_OFF_AT_MOST)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"the probabilities of row {row + 1} are not shares that sum to 1 (their sum is {sums[row]:.4g})",
            where=path,
            fix="Give probabilities, not scores, or leave these columns out",
        )
