"""The index of a pandas frame: where its labels tell the rows apart, they name the rows in predictions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LEVELS_APART = "/"  # between the labels of an index of several levels
KINDS_OF_ROWS = "iu"  # of an index without a name, which is left out without a word where it is not read
INDEX_SHOWN = 40  # characters of a message
KEY = "key"  # the name of the note

Note = tuple[str, str, str]


@dataclass(frozen=True)
class FrameWithIndex:
    """A frame of any library, or rows of Python, and what the rows were called in the pandas object that it was."""

    frame: Any
    labels: Sequence[str]


def index_labels(data: Any) -> list[str] | None:
    """(N,) labels of the rows of a pandas frame or Series; None of other data, and of places, gaps and equal labels.

    A RangeIndex is places: it is what pandas makes by itself.
    """
    if isinstance(data, FrameWithIndex):
        return list(data.labels)
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(data, (pandas.DataFrame, pandas.Series)):
        return None
    index = data.index
    if isinstance(index, pandas.RangeIndex) or not len(index) or not index.is_unique:
        return None
    if isinstance(index, pandas.MultiIndex):
        if any((codes < 0).any() for codes in index.codes):
            return None
        labels = [LEVELS_APART.join(map(str, levels)) for levels in index]
    elif index.hasnans:
        return None
    else:
        labels = [str(label) for label in index.astype(str)]
    return labels if len(set(labels)) == len(labels) and labels != [str(at) for at in range(len(labels))] else None


def with_labels_of(data: Any, frame: Any) -> Any:
    """What was made of a pandas object, with the labels of its rows; as it is where it keeps them, or has none."""
    labels = index_labels(data)
    return frame if labels is None or index_labels(frame) == labels else FrameWithIndex(frame, labels)


def note_on_index(data: Any) -> Note | None:
    """What is said of the index of a pandas frame: that it names the rows, or is not read; None where there is none."""
    if isinstance(data, FrameWithIndex):
        return _as_key(f"such as {data.labels[0][:INDEX_SHOWN]}")
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(data, pandas.DataFrame):
        return None
    names = [str(name) for name in data.index.names if name is not None and name not in data.columns]
    named = ", ".join(f"'{name}'" for name in names)
    if (labels := index_labels(data)) is not None:
        return _as_key(named or f"such as {labels[0][:INDEX_SHOWN]}")
    why = "the index of a frame is not read: frame.reset_index() makes it a column"
    if not names and data.index.names == [None] and data.index.dtype.kind not in KINDS_OF_ROWS and len(data):
        return ("left out", f"the index, such as {str(data.index[0])[:INDEX_SHOWN]}", why)
    return ("left out", f"index {named}", why) if names else None


def _as_key(what: str) -> Note:
    why = "names the rows in predictions; it is not learnt from: frame.reset_index() makes it a column"
    return (KEY, f"index {what}", why)
