"""scaler-fitted-before-split: a scaler of scikit-learn was fitted to the rows that the model is evaluated on.

What it checks
    The content of rows. A scaler, imputer or PCA was fitted to a set of rows, transformed them, and of its results some
    are trained on and others are evaluated on; or train_test_split parts what it gave. Or the rows that the net is
    evaluated on were made by a fit to these rows alone, and those it was trained on by another fit. Where no row tells,
    the source of the program does: x_test is scaled by its own mean and range, as x_train was by its, with a scaler,
    in a function of the program's, or by hand. As a notice: a table is scaled by hand by the mean and spread of all its
    rows, and parted.

Why it hurts
    Mean and range of the test rows are known to the training: the score is a little too good, and for PCA, imputation
    and small or drifting data more than a little. In use there are no test rows to fit to.

Example
    X = StandardScaler().fit_transform(X)
    X_train, X_test = train_test_split(X)

Instead
    X_train, X_test = train_test_split(X)
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

When it is a false alarm
    Rows of a table whose every row occurs many times; recordings that are each scaled by themselves, in use as well.

Cost
    A fingerprint of each row that is fitted, transformed, or given to a net in the steps examined; the program's files
    are parsed once, at the end.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.events import (
    BackwardEnded,
    Compare,
    Fit,
    Loss,
    NetCall,
    Residual,
    Score,
    Split,
    Transform,
    WatchEnds,
    memory_of,
)
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.scaled_apart import WORTH_PARSING, scaled_apart
from goodfit.checks.engine.scaled_whole import WORTH_PARSING as BY_HAND
from goodfit.checks.engine.scaled_whole import scaled_whole
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

COLUMNS_AT_LEAST = 3
VALUES_AT_MOST = 20_000_000  # of rows that are looked at
OVERLAP_EXPECTED = 15  # rows that evaluation would share with the rows trained on, if it were not apart from them
FIX = "Split first, fit to the training rows, and transform the other parts with it"
ROWS_AT_LEAST = 20  # of a part that train_test_split gives, or that is evaluated


class ScalerFittedBeforeSplit(LiveRule):
    code, level = "GF420", Level.WARNING
    sleepless = (Fit, Transform, Split)

    def start(self) -> None:
        self.fits: weakref.WeakKeyDictionary[Any, tuple[int, set[int]]] = weakref.WeakKeyDictionary()
        self.places: list[tuple[Place, str]] = []  # of the fits, by number
        self.widths: list[int] = []  # columns, by number
        self.names: list[list[Any]] = []  # of the columns of a frame, by number; empty of arrays
        self.made: dict[int, int] = {}  # fingerprint of a row that a transformer made of one it was fitted to: number
        self.sizes: dict[int, int] = {}  # how many of these there are, by number
        self.pending: list[Tensor] = []
        self.trained: dict[int, set[int]] = {}  # by number
        self.apart: dict[int, set[int]] = {}  # rows evaluated on, in batches with no row that was trained on
        self.evaluated: Tensor | None = None
        self.outputs: set[int] = set()  # where the outputs for these lie
        self.reported: set[int] = set()
        self.refitted: set[int] = set()  # fits to rows that are evaluated, where those of training came of another fit

    def on_fit(self, event: Fit) -> None:
        rows = _rows(event.x)
        if rows:
            self.fits[event.transformer] = (len(self.places), set(rows))
            self.places.append((user_place(), type(event.transformer).__name__))
            self.widths.append(int(np.shape(event.x)[1]))
            self.names.append(list(getattr(event.x, "columns", ())))

    def on_transform(self, event: Transform) -> None:
        number, fitted = self.fits.get(event.transformer, (0, set()))
        before, after = _rows(event.x), _rows(event.result)
        if not fitted or len(before) != len(after):
            return
        own = {new for old, new in zip(before, after, strict=True) if old in fitted}
        self.made |= dict.fromkeys(own, number)
        self.sizes[number] = self.sizes.get(number, 0) + len(own)

    def on_split(self, event: Split) -> Iterator[Finding]:
        if not self.made:
            return
        for number in set(range(len(self.places))) - self.reported:
            first, second = (_rows(_scaled_columns(part, self.names[number])) for part in (event.first, event.second))
            left, right = (sum(self.made.get(row) == number for row in rows) for rows in (first, second))
            if right >= max(ROWS_AT_LEAST, len(second) / 2) and left >= len(first) / 2:
                yield self._finding(number, "was fitted to all rows before train_test_split parts them")

    def on_call(self, event: NetCall) -> None:
        if not self.made or not event.inputs:
            return
        x = event.inputs[0]
        if x.dim() == 2 and x.grad_fn is None and x.is_floating_point():
            if event.grad:
                self.pending.append(x)
            else:
                self.evaluated = x
                self.outputs = memory_of(event.outputs)

    def after_backward(self, event: BackwardEnded) -> None:
        for x in self.pending:
            for row in _rows(x):
                if row in self.made:
                    self.trained.setdefault(self.made[row], set()).add(row)
        self.pending = []

    def on_difference(self, event: Residual) -> Iterator[Finding]:
        """Errors that are written out: outputs minus targets, or the other way round."""
        if self.evaluated is not None and event.is_evaluation(self.outputs):
            yield from self._evaluated()

    def on_labels(self, event: Loss | Compare | Score) -> Iterator[Finding]:
        if isinstance(event, Loss) and event.grad:  # a comparison may come after the no_grad block
            self.evaluated = None
        yield from self._evaluated()

    def _evaluated(self) -> Iterator[Finding]:
        x, self.evaluated = self.evaluated, None
        if x is None:
            return
        rows = _rows(x)
        for number in {self.made[row] for row in rows if row in self.made} - self.reported:
            own = {row for row in rows if self.made.get(row) == number}
            trained = self.trained.get(number, set())
            if own & trained or len(own) < len(rows) / 2:
                continue
            if not trained and self._fitted_again(number):
                self.refitted.add(number)  # unless it is trained on later: the next fold, looked at before its training
                continue
            apart = self.apart.setdefault(number, set())
            apart |= own
            share = len(trained) / self.sizes[number]
            if len(apart) >= ROWS_AT_LEAST and len(apart) * share >= OVERLAP_EXPECTED:
                yield self._finding(number, "was fitted to the rows that the net is evaluated on as well")

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for number in sorted(self.refitted - self.reported - set(self.trained)):
            yield self._finding(
                number,
                "was fitted again to the rows that the net is evaluated on: they are scaled by another mean and range "
                "than the training rows",
            )
        if self.reported or not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(BY_HAND):
                for name, line in source.found(scaled_whole):
                    yield self.finding(
                        f"{name} is scaled by the mean and spread of all its rows, and parted into training and other "
                        "rows",
                        "Measure the training rows alone, and scale the others by what they gave",
                        file=source.file,
                        line=line,
                        level=Level.NOTICE,
                    )
            if source.mentions(WORTH_PARSING):
                for name, line in source.found(scaled_apart):
                    yield self.finding(
                        f"{name} is scaled by its own mean and range, and the training rows by theirs: one value is "
                        "another number in the two",
                        FIX,
                        file=source.file,
                        line=line,
                    )

    def _fitted_again(self, number: int) -> bool:
        """Whether the training rows came of another fit of such a transformer, of as many columns."""
        name = self.places[number][1]
        return self.sizes.get(number, 0) >= ROWS_AT_LEAST and any(
            self.places[other][1] == name and self.widths[other] == self.widths[number] and rows
            for other, rows in self.trained.items()
            if other != number
        )

    def _finding(self, number: int, what: str) -> Finding:
        self.reported.add(number)
        place, name = self.places[number]
        return self.finding(
            f"{name} {what}",
            FIX,
            file=place.file,
            line=place.line,
        )


def _scaled_columns(part: Any, names: list[Any]) -> Any:
    """Those columns of a frame that were scaled; of anything else all."""
    known = getattr(part, "columns", None)
    return part[names] if names and known is not None and set(names) < set(known) else part


def _rows(x: Any) -> list[int]:
    """Fingerprints of the rows of a table in single precision; none of anything but a table of numbers."""
    if isinstance(x, Tensor):
        values = x.detach().float().cpu()
    else:
        try:
            array = np.asarray(x, dtype=np.float32)
        except (TypeError, ValueError):  # sparse matrices, text
            return []
        if array.ndim != 2:
            return []
        values = torch.from_numpy(np.ascontiguousarray(array))
    if values.dim() != 2 or values.shape[1] < COLUMNS_AT_LEAST or not 0 < values.numel() <= VALUES_AT_MOST:
        return []
    return fingerprints(values)
