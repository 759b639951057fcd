"""train-rows-in-validation: rows of the validation or test data are in the training data as well.

What it checks
    The content of every row is hashed (a file's bytes, an array's row); a row of the validation or test part whose hash
    is among those of the training part is counted. It is an error from half of the part on (of images from 1%), or
    where the score without these rows is outside of the score's interval; a warning from 1% on; a notice below, and
    where no more are equal than the columns' few values make likely. Tables whose every column repeats its values are
    left out.
    In a program that is watched: the rows of a loader that a net is evaluated on are compared with those of the loader
    it was trained on, by number or content; without loaders, the rows that the net is given, and the parts that
    train_test_split has made of rows that come several times. A loader of all training rows may be evaluated too,
    unless it is called one of validation or test; so may all rows that there are, where the predictions are parted
    afterwards (`hits[test]`). A warning without loaders: rows that are picked by what is called validation or test, as
    in net(x[val]), are training rows alone.

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

import math
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor, nn

from goodfit.checks.engine.equal_by_nature import may_be_equal
from goodfit.checks.engine.events import (
    BackwardEnded,
    Batch,
    Compare,
    Cut,
    Epoch,
    Loss,
    NetCall,
    Residual,
    Score,
    Split,
    Step,
    WatchEnds,
    Weights,
    memory_of,
)
from goodfit.checks.engine.fingerprints import blank, fingerprints
from goodfit.checks.engine.loader_overlap import Rows, held_out_name, rows_of, share
from goodfit.checks.engine.parted import named_held_out, parted_afterwards
from goodfit.checks.engine.split_copies import SplitCopies
from goodfit.checks.engine.trained_rows import (
    SHARE_AT_LEAST,
    SHARE_OF_TRAINING_DATA,
    SHARE_SEEN_BEFORE,
    Pass,
    TrainedOn,
    sum_of,
)
from goodfit.checks.engine.user_frame import Place, names_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule, EndFacts, EndRule, LiveRule
from goodfit.formatting import agreeing

SHARE_OF_ERROR = 0.5  # of a part: from here on an error, whatever the score is without them
CHANCE_FACTOR = 2.0  # up to so many times the share by chance, rows are equal by nature
CHANCE_WORTH_SAYING = 0.001
PART_WORDS = {"valid": "validation", "test": "test"}
VALUES_AT_LEAST = 4  # of a row: shorter ones are equal by nature
ROWS_KEPT = 100_000
EVALUATIONS_KEPT = 16
ROWS_CALLED_AT_LEAST = 10
WITHIN_AT_LEAST = 0.75  # of the evaluations on a line: the first fold of a net that is kept is not trained on
COPIES = "; they were in the data more than once before it was split"
FIX = "Split once, before training, and keep copies of a row in one part"


class TrainRowsInValidation(DataRule, EndRule, LiveRule):
    code, level = "GF405", Level.ERROR
    sleepless = (Step, Weights)

    def start(self) -> None:
        # What each net was trained on, until its weights start anew.
        self.training: weakref.WeakKeyDictionary[nn.Module, TrainedOn] = weakref.WeakKeyDictionary()
        self.stepping: list[TrainedOn] = []  # the same: to read a dictionary of weak keys costs more in each step
        self.forwards: list[tuple[weakref.ref[nn.Module], list[int]]] = []  # in training, since the last backward
        # until labels are met: the net, its rows, and of how many values one is, where these are few
        self.evaluation: tuple[weakref.ref[nn.Module], list[int], Place, int | None] | None = None
        self.outputs: set[int] = set()  # where the outputs of these lie
        self.in_eval_mode = False  # the net was, in that call
        self.loader: weakref.ref[Any] | None = None  # of the last batch
        self.rows: weakref.WeakKeyDictionary[Any, Rows | None] = weakref.WeakKeyDictionary()
        self.compared: weakref.WeakSet[Any] = weakref.WeakSet()  # loaders
        self.settled: weakref.WeakSet[Any] = weakref.WeakSet()  # of these, where the loaders themselves could tell
        self.read_first: set[int] = set()  # rows that were read before they were trained on, as in a rollout
        self.within: list[Finding] = []  # evaluations on nothing but training rows
        self.passes: dict[Place, Pass] = {}  # the last one at each line
        self.called: dict[Place, list[bool]] = {}  # whether rows were training rows alone, which may be called others
        self.separate = 0  # evaluations on other rows
        # rows of all calls on one line since the last step, whose predictions may be scored together
        self.collected: tuple[tuple[Place, int], list[int]] | None = None
        self.splits = SplitCopies()
        # rows whose outputs were cut at a number, as decisions are, by line and step; where a split held copies
        self.decided: dict[tuple[Place, int], tuple[TrainedOn, list[int]]] = {}
        self.untrained: set[float] = set()  # sums of the weights of nets that were not trained yet

    def on_split(self, event: Split) -> None:
        self.splits.note(event.first, event.second)

    def on_epoch(self, event: Epoch) -> None:
        for known in self.stepping:
            if event.loader in known.loaders:
                known.end_first_epoch()

    def on_batch(self, event: Batch) -> None:
        self.loader = weakref.ref(event.loader)

    def on_call(self, event: NetCall) -> None:
        if not event.inputs:
            return
        x, net, last = event.inputs[0], weakref.ref(event.module), self.program.last_call
        rows = _content(x) if x.grad_fn is None else []
        if event.grad and event.training:
            self.forwards.append((net, rows))
            return
        known = self.training.get(event.module)
        if len(self.read_first) < ROWS_KEPT:
            self.read_first.update(row for row in rows if known is None or row not in known.content)
        if known is not None:
            known.end_first_epoch()  # this rule sleeps between evaluations
        if last is not None and known is not None:
            few_values = x[0].numel() if rows and may_be_equal(x) else None
            self.evaluation, self.outputs = (net, rows, last.place, few_values), memory_of(event.outputs)
            self.in_eval_mode = not event.training
            judged = len(rows) >= ROWS_CALLED_AT_LEAST and known.known_share >= SHARE_SEEN_BEFORE and not event.grad
            self.called.setdefault(last.place, []).append(judged and all(row in known.content for row in rows))
            where = (last.place, self.program.steps)
            if self.collected is None or self.collected[0] != where:
                self.collected = where, []
            self.collected[1].extend(rows[:ROWS_KEPT])

    def after_backward(self, event: BackwardEnded) -> None:
        forwards, self.forwards = self.forwards, []
        loader = self.loader() if self.loader is not None else None
        for ref, rows in forwards:
            net = ref()
            if net is None:
                continue
            known = self.training.get(net)
            if known is None:
                known = self._start(net)
            if loader is None:
                known.end_first_epoch()  # nobody says when it ends
            known.note_batch(rows)
            if len(known.content) < ROWS_KEPT:
                known.content.update(rows)
            if loader is not None and loader not in known.loaders:
                known.begin_loader(loader)
                self._begin(net, known, self._rows_of(loader))

    def _begin(self, net: nn.Module, known: TrainedOn, rows: Rows | None) -> None:
        """A loader that is new to the net: a fold, or the same rows again. New weights know of no rows before."""
        if rows is None:
            known.unknown = True
        elif not any(rows.same_as(other) for other in known.rows):
            if known.rows and known.started_anew(net):
                known = self._start(net)
            known.rows.append(rows)

    def _start(self, net: nn.Module) -> TrainedOn:
        known = self.training[net] = TrainedOn(net)
        self.stepping = list(self.training.values())
        return known

    def on_weights(self, event: Weights) -> None:
        """Weights that a net is given: those of its start, or of a net that was never trained, are new ones."""
        if event.module is None:
            return
        known = self.training.get(event.module)
        if event.action == "state_dict" and known is None:
            self.untrained.add(sum_of(event.state))
        elif event.action == "load_state_dict" and known is not None:
            total = sum_of(event.state)
            known.overwritten = "new" if total in self.untrained or total == known.first else "kept"

    def on_step(self, event: Step) -> None:
        for known in self.stepping:
            known.note_step()

    def on_cut(self, event: Cut) -> None:
        """Decisions, that a precision or recall may be counted of by hand."""
        is_of_rows = self.evaluation is not None and event.tensor.dim() > 0 and not event.tensor.requires_grad
        if not self.splits.any or not is_of_rows or self.evaluation is None:
            return
        ref, rows, place, _ = self.evaluation
        net = ref()
        if net is not None and len(event.tensor) == len(rows):
            self._keep(place, net, rows)

    def _keep(self, place: Place, net: nn.Module, rows: list[int]) -> None:
        """Rows evaluated, to be held against the splits at the end."""
        if len(self.decided) < EVALUATIONS_KEPT:
            self.decided.setdefault((place, self.program.steps), (self.training[net], []))[1].extend(rows)

    def on_labels(self, event: Loss | Compare | Score) -> Iterator[Finding]:
        """The output of a trained net meets labels."""
        if isinstance(event, Score) or not event.grad:
            yield from self._evaluated(event)

    def on_difference(self, event: Residual) -> Iterator[Finding]:
        """Errors that are written out: outputs minus targets, or the other way round."""
        if event.is_evaluation(self.outputs):
            yield from self._evaluated(event)

    def _evaluated(self, event: Loss | Compare | Score | Residual) -> Iterator[Finding]:
        if self.evaluation is None:
            return
        (ref, rows, place, few_values), self.evaluation = self.evaluation, None
        net, loader = ref(), self.loader() if self.loader is not None else None
        if net is None:
            return
        known = self.training[net]
        if isinstance(event, Score) and self.collected is not None and _rows_in(event.labels) == len(self.collected[1]):
            rows = self.collected[1]
        if loader is not None and (known.rows or known.unknown):
            if loader not in known.loaders and loader not in self.compared:
                self.compared.add(loader)
                yield from self._compare(self._rows_of(loader), known, loader, place)
            if loader in known.loaders or loader in self.settled:
                if self.splits.any and len(rows) > (getattr(loader, "batch_size", None) or math.inf):
                    self._keep(place, net, rows)  # no batch of it: a part of a split, evaluated as a whole
                return
        reduction = event.options.get("reduction") if isinstance(event, Loss) else None
        if reduction == "none" or (isinstance(event, Residual) and not self.in_eval_mode):
            return  # how hard each row is: rows are chosen for training by it
        seen = sum(row in known.content for row in rows)
        whole = seen >= SHARE_OF_TRAINING_DATA * max(len(rows), len(known.content))
        if whole or known.are_all_training_rows(len(rows), seen):
            return  # the training data itself, whole, beside others on the same line
        kept = self.passes.get(place)
        if kept is None or kept.step != self.program.steps:
            kept = self.passes[place] = Pass(self.program.steps, known)
        kept.note_batch(len(rows), seen)
        kept.common += sum(row in known.content and row not in self.read_first for row in rows)
        kept.unseen.update(row for row in rows if row not in known.content)
        kept.fingerprints += rows
        kept.few_values = None if few_values is None or kept.few_values is None else few_values

    def _rows_of(self, loader: Any) -> Rows | None:
        if loader not in self.rows:
            self.rows[loader] = rows_of(loader)
        return self.rows[loader]

    def _compare(self, ours: Rows | None, known: TrainedOn, loader: Any, place: Place) -> Iterator[Finding]:
        """The rows of a loader that a net is evaluated on with all that it was trained on."""
        if ours is None or known.unknown or not known.rows:
            return
        if any(ours.same_as(theirs) for theirs in known.rows):
            self.settled.add(loader)  # the training data itself, evaluated too
            yield from self._called_otherwise(loader, place)
            return
        shares = [share(ours, theirs) for theirs in known.rows]
        if any(value is None for value in shares):
            return
        self.settled.add(loader)
        now, before = shares[-1] or 0.0, max((value or 0.0 for value in shares[:-1]), default=0.0)
        largest = max(now, before)
        if largest < SHARE_AT_LEAST:
            self.separate += 1
        elif now < SHARE_AT_LEAST:
            yield self._finding(before, place, "; the net was trained on them before, and was not made anew since")
        elif now >= SHARE_OF_TRAINING_DATA:
            self.within.append(self._finding(now, place))  # a measure of the fit to training rows, or a leak
        else:
            yield self._finding(largest, place)

    def _called_otherwise(self, loader: Any, place: Place) -> Iterator[Finding]:
        """A loader of the training rows that nobody calls one of training, and somebody one of validation."""
        if (name := held_out_name(names_of(loader))) is not None:
            yield self._called_so(name, place)

    def _called_so(self, name: str, place: Place) -> Finding:
        return self.finding(
            f"{name} gives training rows, and no others: what is measured on it says nothing of new rows",
            "Make it of the validation data, and train on none of it; a net for each fold",
            file=place.file,
            line=place.line,
            level=Level.WARNING,
        )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        yield from (found := [*self._at_end(), *([] if self.separate else self.within[:1])])
        lines = {each.line for each in (*found, *self.within)}
        for place, within in self.called.items():
            is_new = place.line not in lines and sum(within) >= WITHIN_AT_LEAST * len(within)
            if is_new and (name := named_held_out(place)) is not None:
                yield self._called_so(name, place)

    def _at_end(self) -> Iterator[Finding]:
        """Where other rows are evaluated too, those within the training rows show how well these are fitted."""
        for place, last in self.passes.items():
            if last.shares_rows() and not (last.holds_training_data() and parted_afterwards(place)):
                yield self._finding(last.common / last.rows, place)
            elif shared := self.splits.share([row in last.known.content for row in last.fingerprints]):
                yield self._finding(shared, place, COPIES)
        for (place, _), (known, rows) in self.decided.items():
            shared = self.splits.share([row in known.content for row in rows])
            if shared and place not in self.passes:
                yield self._finding(shared, place, COPIES)
                break

    def _finding(self, shared: float, place: Place, why: str = "") -> Finding:
        return self.finding(
            f"{shared:.1%} of the rows that the net is evaluated on are in its training data as well{why}",
            FIX,
            file=place.file,
            line=place.line,
        )

    def check(self, data: DataFacts) -> Iterator[Finding]:
        from goodfit.data.row_digests import last_with_content_of, with_content_of  # late: a watch reads no data

        if data.digests is None:
            return
        trained = np.flatnonzero(data.parts == "train")
        for part in ("valid", "test"):
            rows = np.flatnonzero(data.parts == part)
            copies = rows[with_content_of(data.digests, rows, trained)].tolist()
            if not copies:
                continue
            share, by_chance = len(copies) / len(rows), _share_by_chance(data)
            twin = data.keys[last_with_content_of(data.digests, copies[0], trained)]
            chance = f"; by chance it would be {by_chance:.1%}" if by_chance >= CHANCE_WORTH_SAYING else ""
            # a copied file is no accident, a row of few values may be
            error_from = SHARE_OF_ERROR if data.columns else SHARE_AT_LEAST
            few = share < SHARE_AT_LEAST or share < CHANCE_FACTOR * by_chance
            yield self.finding(
                f"{len(copies)} of {len(rows)} {PART_WORDS[part]} rows ({share:.1%}) "
                f"{agreeing(len(copies), 'is', 'are')} in the training rows as well, "
                f"such as {data.keys[copies[0]]} = {twin}{chance}",
                "Remove the copies, or keep them in one part with --group",
                file=data.keys[copies[0]],
                count=len(copies),
                level=Level.NOTICE if few else Level.WARNING if share < error_from else None,
            )

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        """An error where the copies change the score itself."""
        for part, without in end.scores_without_copies.items():
            score = end.scores[part]
            if not score.low <= without <= score.high:
                yield self.finding(
                    f"without the {PART_WORDS[part]} rows that are training rows as well, {end.main_metric} is "
                    f"{end.main_metric.text(without, score)}, not {end.main_metric.text(score.value, score)}",
                    "Remove the copies, or keep them in one part with --group",
                )


def _rows_in(labels: Any) -> int:
    """How many labels were scored; 0 where that is unknown."""
    return len(labels) if hasattr(labels, "__len__") else 0


def _share_by_chance(data: DataFacts) -> float:
    """The share of rows that would have a twin among the training rows if the columns were drawn independently.

    With few values in each column rows are equal by nature: two rows agree in a column with the sum of the squares of
    its values' shares, of which pairs of different training rows are an unbiased estimate.
    """
    train = data.parts == "train"
    rows = int(train.sum())
    if not data.columns or rows < 2:
        return 0.0
    agree = 1.0
    for column in data.columns.values():
        _, counts = np.unique(column[train], return_counts=True)
        agree *= float((counts * (counts - 1)).sum()) / (rows * (rows - 1))
    return float(-np.expm1(-rows * agree))


def _content(x: Tensor) -> list[int]:
    """Fingerprints of rows that are long enough, and not blank, so that equal ones are copies."""
    if x.dim() < 2 or not len(x) or x[0].numel() < VALUES_AT_LEAST:
        return []
    rows, is_blank = fingerprints(x), blank(x)
    if not bool(is_blank.any()):
        return rows
    return [fingerprint for fingerprint, blank_row in zip(rows, is_blank.tolist(), strict=True) if not blank_row]
