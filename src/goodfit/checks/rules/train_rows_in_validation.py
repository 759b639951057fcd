"""train-rows-in-validation: rows of the validation or test data are in the training data as well.

What it checks
    The content of every row is hashed (a file's bytes, an array's row); a row of the validation or test part whose hash
    is among those of the training part is counted. It is an error from 10% of the part on, or where the score without
    these rows is outside of the score's interval; a warning from 1% on; a notice below, and where no more are equal
    than the columns' few values make likely. Tables whose every column repeats its values are left out. In a
    program that is watched: the rows of a loader that a net is evaluated on are compared with those of the loader it
    was trained on, by number or content; without loaders, the rows that the net is given.

Why it hurts
    The net has been trained on these rows. The scores on them measure memorisation, not generalisation.

Example
    photos/train/cat/7.jpg and photos/test/cat/copy of 7.jpg are the same file.

Instead
    Remove the copies, or keep copies together in one part with --group.

When it is a false alarm
    Rows that are equal by nature, such as blank scans.

Cost
    One set look-up a row, before training; in a program, fingerprints of the rows in the steps examined.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardEnded, Batch, Call, Compare, Loss
from goodfit.checks.engine.fingerprints import blank, fingerprints
from goodfit.checks.engine.loader_overlap import Rows, rows_of, share
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule, EndFacts, EndRule, LiveRule

SHARE_OF_ERROR = 0.1  # of a part: from here on an error, whatever the score is without them
CHANCE_FACTOR = 2.0  # up to so many times the share by chance, rows are equal by nature
CHANCE_WORTH_SAYING = 0.001
SHARE_AT_LEAST = 0.01  # of the rows: a smaller one cannot move a figure by more than itself
ROWS_SHARED_AT_LEAST = 3
SHARE_OF_TRAINING_DATA = 0.95  # from here on it is the training data itself, which may be evaluated too
SHARE_SEEN_BEFORE = 0.9  # of a batch: then all training rows have been seen
VALUES_AT_LEAST = 4  # of a row: shorter ones are equal by nature
ROWS_KEPT = 100_000
FIX = "Split once, before training, and keep copies of a row in one part"


class TrainRowsInValidation(DataRule, EndRule, LiveRule):
    code, level = "GF405", Level.ERROR

    def start(self) -> None:
        # Fingerprints of the rows that each net was trained on.
        self.training_rows: weakref.WeakKeyDictionary[nn.Module, set[int]] = weakref.WeakKeyDictionary()
        self.complete: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # nets that have seen all training rows
        self.forwards: list[tuple[weakref.ref[nn.Module], list[int]]] = []  # in training, since the last backward
        self.evaluation: tuple[weakref.ref[nn.Module], list[int], Place] | None = None  # until labels are met
        self.loader: weakref.ref[Any] | None = None  # of the last batch
        self.training_loader: Any = None  # the last one, kept: it may be made anew for each epoch
        self.rows: weakref.WeakKeyDictionary[Any, Rows | None] = weakref.WeakKeyDictionary()
        self.trained_on: weakref.WeakKeyDictionary[nn.Module, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()
        self.compared: weakref.WeakSet[Any] = weakref.WeakSet()  # loaders
        self.settled: weakref.WeakSet[Any] = weakref.WeakSet()  # of these, where the loaders themselves could tell

    def on_batch(self, event: Batch) -> None:
        self.loader = weakref.ref(event.loader)

    def on_call(self, event: Call) -> None:
        if not event.outermost or not event.inputs:
            return
        x, net, last = event.inputs[0], weakref.ref(event.module), self.program.last_call
        rows = _content(x) if x.grad_fn is None else []
        if event.grad and event.training:
            self.forwards.append((net, rows))
        elif last is not None and event.module in self.training_rows:
            self.evaluation = (net, rows, last.place)

    def after_backward(self, event: BackwardEnded) -> None:
        forwards, self.forwards = self.forwards, []
        loader = self.loader() if self.loader is not None else None
        for ref, rows in forwards:
            net = ref()
            if net is None:
                continue
            known = self.training_rows.setdefault(net, set())
            if rows and sum(row in known for row in rows) >= SHARE_SEEN_BEFORE * len(rows):
                self.complete.add(net)
            if len(known) < ROWS_KEPT:
                known.update(rows)
            if loader is not None:
                self.trained_on.setdefault(net, weakref.WeakSet()).add(loader)
                self.training_loader = loader

    def on_labels(self, event: Loss | Compare) -> Iterator[Finding]:
        """The output of a trained net meets labels."""
        if event.grad or self.evaluation is None:
            return
        (ref, rows, place), self.evaluation = self.evaluation, None
        net, loader = ref(), self.loader() if self.loader is not None else None
        if net is None:
            return
        loaders = self.trained_on.get(net, weakref.WeakSet())
        if loader is not None and loaders:
            if loader not in loaders and loader not in self.compared:
                self.compared.add(loader)
                shared = self._shared(loader, list(loaders))
                if shared is not None and shared >= SHARE_AT_LEAST:
                    yield self._finding(shared, place)
                if shared is not None:
                    self.settled.add(loader)
            if loader in loaders or loader in self.settled:
                return
        known = self.training_rows[net]
        common = sum(row in known for row in rows)
        if net not in self.complete or common < ROWS_SHARED_AT_LEAST:
            return
        if SHARE_AT_LEAST * len(rows) < common < SHARE_OF_TRAINING_DATA * len(rows):
            yield self._finding(common / len(rows), place)

    def _shared(self, loader: Any, trained: list[Any]) -> float | None:
        """The share of the rows of a loader that are rows of one trained on; None where the loaders cannot tell."""
        for each in [loader, *trained]:
            if each not in self.rows:
                self.rows[each] = rows_of(each)
        ours = self.rows[loader]
        if any(each.dataset is loader.dataset and (rows := self.rows[each]) == ours and rows for each in trained):
            return 0.0  # the training data itself, evaluated too
        shares = [share(ours, theirs) for each in trained if ours and (theirs := self.rows[each])]
        known = [value for value in shares if value is not None]
        return max(known) if known and len(known) == len(trained) else None

    def _finding(self, shared: float, place: Place) -> Finding:
        return self.finding(
            f"{shared:.1%} of the rows that the net is evaluated on are in its training data as well",
            FIX,
            file=place.file,
            line=place.line,
        )

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.digests is None:
            return
        trained = {data.digests[row]: row for row in np.flatnonzero(data.parts == "train").tolist()}
        for part in ("valid", "test"):
            rows = np.flatnonzero(data.parts == part).tolist()
            copies = [row for row in rows if data.digests[row] in trained]
            if not copies:
                continue
            share, by_chance = len(copies) / len(rows), _share_by_chance(data)
            twin = data.keys[trained[data.digests[copies[0]]]]
            chance = f"; by chance it would be {by_chance:.1%}" if by_chance >= CHANCE_WORTH_SAYING else ""
            few = share < SHARE_AT_LEAST or share < CHANCE_FACTOR * by_chance
            yield self.finding(
                f"{len(copies)} of {len(rows)} {part} rows ({share:.1%}) are in the training rows as well, such as "
                f"{data.keys[copies[0]]} = {twin}{chance}",
                "Remove the copies, or keep them in one part with --group",
                file=data.keys[copies[0]],
                count=len(copies),
                level=Level.NOTICE if few else Level.WARNING if share < SHARE_OF_ERROR else None,
            )

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        """An error where the copies change the score itself."""
        for part, without in end.scores_without_copies.items():
            score = end.scores[part]
            if not score.low <= without <= score.high:
                yield self.finding(
                    f"without the {part} rows that are training rows as well, {end.main_metric} is {without:.3f}, not "
                    f"{score.value:.3f}",
                    "Remove the copies, or keep them in one part with --group",
                )


def _share_by_chance(data: DataFacts) -> float:
    """The share of rows that would have a twin among the training rows if the columns were drawn independently.

    With few values in each column rows are equal by nature: two rows agree in a column with the sum of the squares of
    its values' shares.
    """
    train = data.parts == "train"
    if not data.columns or not train.any():
        return 0.0
    agree = 0.0
    for column in data.columns.values():
        _, counts = np.unique(column[train], return_counts=True)
        agree += float(np.log(((counts / counts.sum()) ** 2).sum()))
    return float(-np.expm1(-train.sum() * np.exp(agree)))


def _content(x: Tensor) -> list[int]:
    """Fingerprints of rows that are long enough, and not blank, so that equal ones are copies."""
    if x.dim() < 2 or not len(x) or x[0].numel() < VALUES_AT_LEAST:
        return []
    rows = zip(fingerprints(x), blank(x).tolist(), strict=True)
    return [fingerprint for fingerprint, is_blank in rows if not is_blank]
