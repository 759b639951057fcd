"""The same rows of several models: paired by key, or by order where there are no keys; different rows are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.label_spelling import in_words_of, one_spelling, plain_texts, read_as
from goodfit.errors import UsageError
from goodfit.formatting import counted

KEYS_LISTED = 3
SAME = 1e-6  # relative: numbers that were written with fewer digits are equal


def paired(entries: Sequence[Entry]) -> list[Entry]:
    """All entries with the rows of the first, in its order, and its truth.

    Raises:
        UsageError: other rows, another truth, another kind of task, or no truth at all.
    """
    first = entries[0]
    for other in entries[1:]:
        if other.kind != first.kind:
            one, another = ("neither classes nor numbers" if e.kind == "losses" else e.kind for e in (first, other))
            raise UsageError(
                f"{first.name} predicts {one}, {other.name} {another}",
                fix="Give models of the same task, or settle what the columns hold with --task classes or numbers",
            )
    entries = _spelt_alike(entries)
    first = entries[0]
    keyed = all(entry.keyed for entry in entries)
    if keyed:
        entries = _keys_spelt_alike(entries)
        first = entries[0]
        _refuse_other_rows_of_a_key(entries)
    ordered = [first, *(_in_order(first, other, keyed) for other in entries[1:])]
    with_truth = [entry for entry in ordered if entry.truth is not None]
    if not with_truth:
        raise UsageError(
            "none of these files has a column with the truth", fix="Name it: --truth COLUMN, in one of them at least"
        )
    reference = with_truth[0]
    for other in with_truth[1:]:
        _refuse_other_truth(reference, other, keyed)
    labels = _labels(ordered)
    groups = next((entry.groups for entry in ordered if entry.groups is not None), None)
    return [_with_labels(replace(entry, truth=reference.truth, groups=groups), labels) for entry in ordered]


def _keys_spelt_alike(entries: Sequence[Entry]) -> Sequence[Entry]:
    """With one text for one key, whoever wrote it (1 and 1.0), where no model has a key in two of its texts."""
    if all(set(entry.keys) == set(entries[0].keys) for entry in entries[1:]):
        return entries
    plain = [plain_texts(entry.keys) for entry in entries]
    if any(len(set(keys)) < len(keys) for keys in plain):
        return entries
    if all(set(keys).isdisjoint(plain[0]) for keys in plain[1:]):
        bare = [[key.lstrip("0") or "0" if key.isdecimal() else key for key in keys] for keys in plain]
        if all(set(keys) == set(bare[0]) and len(set(keys)) == len(keys) for keys in bare):
            note = f"the keys {plain[0][0]} and {plain[1][0]} are read as one: zeros before a number are left out"
            first = replace(entries[0], notes=(*entries[0].notes, note))
            entries, plain = [first, *entries[1:]], bare
    return [replace(entry, keys=tuple(keys)) for entry, keys in zip(entries, plain, strict=True)]


def _in_order(first: Entry, other: Entry, keyed: bool) -> Entry:
    if not keyed:
        if len(first) != len(other):
            raise UsageError(
                f"{first.name} has {counted(len(first), 'row')}, {other.name} {len(other):,}, and no key tells which "
                "are the same",
                fix="Give both the same rows in the same order, or a column that names them: --key COLUMN",
            )
        return other
    place = {key: at for at, key in enumerate(other.keys)}
    missing = [key for key in first.keys if key not in place]
    if len(missing) == len(first) and (at := _by_place(first, other)) is not None:
        return other.taken(at)
    mine = set(first.keys)
    more = [key for key in other.keys if key not in mine]
    if missing or more:
        parts = [
            f"{len(keys):,} only in {name} ({_listed(keys)})"
            for name, keys in ((first.name, missing), (other.name, more))
            if keys
        ]
        raise UsageError(
            f"not the same rows: {first.name} has {len(first):,} {first.rows}, {other.name} {len(other):,} "
            f"{other.rows}, of which {len(first) - len(missing):,} are the same; {' and '.join(parts)}",
            fix="Fit both on the same data with the same --seed and parts, or predict the same rows with both",
        )
    return other.taken(np.array([place[key] for key in first.keys], dtype=np.int64))


def _by_place(first: Entry, other: Entry) -> np.ndarray | None:
    """Where the rows of the first stand in the other, by row number; None where these differ.

    Two runs of the same data may name its rows differently: one was fitted by an older goodfit, or with its column of
    identifiers left out.
    """
    if first.places is None or other.places is None or len(first) != len(other):
        return None
    order = np.argsort(other.places)
    at = order[np.searchsorted(other.places[order], first.places).clip(max=len(other) - 1)]
    return np.asarray(at) if np.array_equal(other.places[at], first.places) else None


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys[:KEYS_LISTED]) + (", ..." if len(keys) > KEYS_LISTED else "")


def _refuse_other_rows_of_a_key(entries: Sequence[Entry]) -> None:
    """Rows of one key are the same row only if their truths are: keys of different data may be the same row numbers.

    Raises:
        UsageError: the truth of such a row differs; before keys are counted that one model has and the other has not.
    """
    with_truth = [entry for entry in entries if entry.truth is not None]
    for other in with_truth[1:]:
        first = with_truth[0]
        place = {key: at for at, key in enumerate(other.keys)}
        common = [at for at, key in enumerate(first.keys) if key in place]
        mine = first.taken(np.array(common, dtype=np.int64))
        theirs = other.taken(np.array([place[key] for key in mine.keys], dtype=np.int64))
        _refuse_other_truth(mine, theirs, keyed=True)


def _refuse_other_truth(first: Entry, other: Entry, keyed: bool) -> None:
    """Raise where paired rows have another truth."""
    assert first.truth is not None
    assert other.truth is not None
    if first.truth.shape != other.truth.shape:
        differ = np.ones(len(first), dtype=bool)
    elif first.truth.dtype.kind == "f" and other.truth.dtype.kind == "f":
        scale = np.maximum(np.abs(first.truth), np.abs(other.truth))
        differ = np.abs(first.truth - other.truth) > SAME * scale
        differ = differ.reshape(len(first), -1).any(axis=1)
    else:
        differ = first.truth != other.truth
    if not differ.any():
        return
    at = int(np.flatnonzero(differ)[0])
    rows = counted(len(first), "row")
    raise UsageError(
        f"the truth differs in {int(differ.sum()):,} of {rows}{' with the same key' if keyed else ''}, the first of "
        f"them {'row' if keyed else 'at place'} {first.keys[at]}: {_shown(first.truth, at)} in {first.name}, "
        f"{_shown(other.truth, at)} in {other.name}",
        fix="These are not the same rows: compare predictions of the same data" + (
            "" if keyed else ", or name a column that tells rows apart: --key COLUMN"
        ),
    )  # fmt: skip


def _shown(truth: np.ndarray, at: int) -> str:
    value = truth[at]
    return (
        str(value) if value.ndim == 0 and truth.dtype.kind != "f" else np.array2string(np.asarray(value), precision=6)
    )


def _spelt_alike(entries: Sequence[Entry]) -> list[Entry]:
    """Entries of classes with one spelling for each class."""
    if entries[0].kind != "classes":
        return list(entries)
    entries = _in_words_of_the_first(entries)
    columns = [values.tolist() for entry in entries for values in (entry.truth, entry.predicted) if values is not None]
    spelling = one_spelling([*columns, *(entry.classes for entry in entries)])

    def spelt(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else np.array([spelling[label] for label in values.tolist()])

    return [
        replace(
            entry,
            truth=spelt(entry.truth),
            predicted=spelt(entry.predicted),
            classes=tuple(spelling[label] for label in entry.classes),
        )
        for entry in entries
    ]


def _in_words_of_the_first(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Entries all of whose classes are those of the first truth in another spelling, with its words; said in a note."""
    for first in entries:
        if first.truth is not None:
            known = {str(label) for label in first.truth.tolist()} | {*first.classes}
            return [entry if entry is first else _in_words(entry, known) for entry in entries]
    return entries


def _in_words(entry: Entry, known: set[str]) -> Entry:
    columns = [values for values in (entry.truth, entry.predicted) if values is not None]
    labels = {label for values in columns for label in values.tolist()} | {*entry.classes}
    words = in_words_of(labels, known)
    if not words or len(words) < len(labels - known):
        return entry

    def spelt(values: np.ndarray | None) -> np.ndarray | None:
        return None if values is None else np.array([words.get(label, label) for label in values.tolist()])

    return replace(
        entry,
        truth=spelt(entry.truth),
        predicted=spelt(entry.predicted),
        classes=tuple(words.get(label, label) for label in entry.classes),
        notes=(*entry.notes, f"{entry.name}: {read_as(words)}"),
    )


def _labels(entries: Sequence[Entry]) -> tuple[str, ...]:
    """All classes of the truth, the predictions and the probabilities: those of the first in its order."""
    if entries[0].kind != "classes":
        return ()
    seen = {label: None for entry in entries for label in entry.classes}
    for entry in entries:
        for values in (entry.truth, entry.predicted):
            seen |= dict.fromkeys([] if values is None else values.tolist())
    return tuple(seen)


def _with_labels(entry: Entry, labels: tuple[str, ...]) -> Entry:
    """Probabilities in the order of all labels; 0 for a class that the model does not know."""
    if not labels:
        return entry
    shares = entry.probabilities
    if shares is not None:
        wide = np.zeros((len(entry), len(labels)))
        wide[:, [labels.index(label) for label in entry.classes]] = shares
        shares = wide
    return replace(entry, classes=labels, probabilities=shares)
