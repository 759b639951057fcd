"""scores-in-two-scales: predictions in the former scale are compared with labels that are still scaled.

What it checks
    What a scaler of scikit-learn has transformed back is compared with what the same scaler has transformed: by a
    metric of scikit-learn, or as `a - b` of two arrays in the function that reads the predictions. Or what a scaler has
    transformed back is compared with a column that another scaler was given, and this one never was: it is the inputs'
    scaler, and they are targets.

Why it hurts
    The error is that between two units. It is large, hardly changes while the net learns, and says nothing of it.

Example
    error = abs(scaler.inverse_transform(net(x).numpy()) - y_scaled).mean()

Instead
    error = abs(scaler.inverse_transform(net(x).numpy()) - scaler.inverse_transform(y_scaled)).mean()

When it is a false alarm
    None is known.

Cost
    Targets that a scaler makes are kept, and compared with labels as large.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from goodfit.checks.engine.compared_arrays import ComparedArrays
from goodfit.checks.engine.events import Inverse, NetCall, Read, Score, Transform, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

COLUMNS_AT_MOST = 4  # of targets
ROWS_AT_LEAST = 4
VALUES_AT_MOST = 100_000  # of an array, that are looked for among others
KEPT = 8
SAME = 1e-4  # relative to the spread: a float32 of a double


class ScoresInTwoScales(LiveRule):
    code, level = "GF452", Level.WARNING
    sleepless = (Transform, Inverse, Score)

    def start(self) -> None:
        self.arrays = ComparedArrays()
        self.scaled: deque[tuple[int, np.ndarray]] = deque(maxlen=KEPT)  # the scaler's id, what it made
        self.given: deque[tuple[int, np.ndarray]] = deque(maxlen=KEPT)  # the same, and the values that it was given
        self.inverses: deque[tuple[int, weakref.ref[np.ndarray]]] = deque(maxlen=KEPT)  # the same, of what is back
        self.reported: set[Place] = set()

    def on_transform(self, event: Transform) -> None:
        made = event.result
        x = event.x
        is_column = isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.shape == (len(x), 1)
        if is_column and len(x) <= VALUES_AT_MOST:
            self.given.append((id(event.transformer), np.unique(x)))
        is_target = isinstance(made, np.ndarray) and made.ndim == 2 and made.shape[1] <= COLUMNS_AT_MOST
        if is_target and len(made) >= ROWS_AT_LEAST:
            self.scaled.append((id(event.transformer), made))

    def on_inverse(self, event: Inverse) -> None:
        if isinstance(event.result, np.ndarray):
            self.inverses.append((id(event.transformer), weakref.ref(event.result)))

    def on_score(self, event: Score) -> Iterator[Finding]:
        yield from self._compare(event.labels, event.predictions, user_place())

    def on_read(self, event: Read) -> None:
        if self.inverses or self.scaled:
            self.arrays.note()

    def on_next(self, event: NetCall | WatchEnds) -> Iterator[Finding]:
        for left, right, place in self.arrays.take():
            yield from self._compare(left.value, right.value, place)

    def _compare(self, one: Any, other: Any, place: Place) -> Iterator[Finding]:
        for back, still in ((one, other), (other, one)):
            scaler = self._scaler_of(back)
            if scaler is None or place in self.reported or not isinstance(still, np.ndarray):
                continue
            if any(scaler == of and _same(made, still) for of, made in self.scaled):
                self.reported.add(place)
                yield self.finding(
                    "one side of this comparison was transformed back to its former scale, and the other one is as the "
                    "scaler has made it",
                    "Transform both back: scaler.inverse_transform(...)",
                    file=place.file,
                    line=place.line,
                )

            others = [of for of, values in self.given if _are_among(still, values)]
            if others and scaler not in others and place not in self.reported:
                self.reported.add(place)
                yield self.finding(
                    "one side of this comparison was transformed back by a scaler that never saw the other side: that "
                    "one's values are another scaler's",
                    "Transform predictions back by the scaler of the targets",
                    file=place.file,
                    line=place.line,
                )

    def _scaler_of(self, array: Any) -> int | None:
        """Which scaler has transformed an array back, or the one that it is a view of."""
        if not isinstance(array, np.ndarray):
            return None
        return next(
            (of for of, ref in self.inverses if (kept := ref()) is not None and (kept is array or kept is array.base)),
            None,
        )


def _are_among(array: np.ndarray, values: np.ndarray) -> bool:
    """Whether all numbers of an array are among these, which are sorted."""
    return (
        ROWS_AT_LEAST <= array.size <= VALUES_AT_MOST and array.dtype.kind == "f" and bool(np.isin(array, values).all())
    )


def _same(made: np.ndarray, labels: np.ndarray) -> bool:
    if made.size != labels.size or labels.dtype.kind != "f":
        return False
    return bool(np.allclose(made.ravel(), labels.ravel(), rtol=0, atol=SAME * max(float(np.std(made)), 1e-12)))
