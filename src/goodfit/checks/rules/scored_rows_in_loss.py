"""scored-rows-in-loss: a net is scored on some rows of an input, and the loss was computed on all of them.

What it checks
    A net is trained on an input (N, ...) whose N targets are all in the loss: none is ignored, and it is a mean or sum.
    In evaluation it is given the same tensor, and what is then compared with labels, or given to a loss, are fewer than
    N rows. In two evaluations. Or all N predictions are compared with the labels that the loss had, and what comes of
    it is indexed by a mask, or by row numbers, that the program calls one of test, validation or held-out rows. Or the
    source has masks of training and of held-out rows, looks labels up by the latter, and gives a loss all of them.

Why it hurts
    The nodes of a graph are all seen by the net; a mask says whose labels it may learn from. Without it in the loss the
    test nodes are trained on, and their score measures memorisation.

Example
    loss = F.cross_entropy(net(x, adj), y)
    ... accuracy of net(x, adj)[test_mask]

Instead
    loss = F.cross_entropy(net(x, adj)[train_mask], y[train_mask])

When it is a false alarm
    Scores of a part of the training rows that are meant as such.

Cost
    Sizes and addresses of inputs and targets in the steps examined.
"""

from __future__ import annotations

import ast
import weakref
from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Compare, Loss, NetCall, WatchEnds
from goodfit.checks.engine.loss_of_all_rows import TRAINED_ON, over_all_rows
from goodfit.checks.engine.names_of_parts import HELD_OUT
from goodfit.checks.engine.own_source import all_nodes
from goodfit.checks.engine.user_frame import Place, user_place, users_frames
from goodfit.checks.engine.variables import attributes_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST = 20
EVALUATIONS_AT_LEAST = 2
PART_AT_LEAST = 5  # rows that are compared
FIX = "Leave them out of the loss: F.cross_entropy(output[train_mask], y[train_mask])"


class ScoredRowsInLoss(LiveRule):
    code, level = "GF513", Level.WARNING
    yields_to = ("train-rows-in-validation",)

    def start(self) -> None:
        self.input: weakref.ref[Tensor] | None = None  # of the last call with gradients
        self.trained: weakref.ref[Tensor] | None = None  # of the last call whose rows were all in a loss
        self.partly = False  # some loss had fewer rows than its input
        self.evaluates = False  # the last call was an evaluation on the same tensor
        self.calls: Counter[Place] = Counter()
        self.labels: weakref.ref[Tensor] | None = None  # of the loss of `trained`
        self.spoken = False
        self.masked: dict[str, tuple[Place, int, int]] = {}  # by its name: where, how many rows, of how many

    def on_call(self, event: NetCall) -> None:
        x = event.inputs[0] if event.inputs else None
        if event.grad:
            self.input = None if x is None else weakref.ref(x)
            self.evaluates = False
        else:
            self.evaluates = x is not None and self.trained is not None and self.trained() is x and not event.training

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if not event.grad:
            yield from self._evaluated(len(event.target) if event.target.dim() else 0)
            return
        x = self.input() if self.input is not None else None
        if x is None or x.dim() != 2 or not event.target.dim() or event.input.grad_fn is None:
            return
        rows = len(event.target)
        ignored = event.options.get("ignore_index")
        is_whole = rows == len(x) >= ROWS_AT_LEAST and event.options.get("reduction") in ("mean", "sum")
        if is_whole and ignored is not None and not event.target.is_floating_point():
            is_whole = not bool((event.target == ignored).any())
        self.partly = self.partly or not is_whole
        self.trained = weakref.ref(x) if is_whole and not self.partly else None
        self.labels = weakref.ref(event.target) if self.trained is not None else None
        if self.partly:
            self.masked.clear()

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        if event.left.shape == event.right.shape and event.left.dim() == 1:
            self._mask(event)
            yield from self._evaluated(len(event.right))

    def _mask(self, event: Compare) -> None:
        """Keep masks of held-out rows whose labels, as they are compared, are those of the loss."""
        x = self.trained() if self.trained is not None else None
        labels = self.labels() if self.labels is not None else None
        if not self.evaluates or self.masked or x is None or labels is None or len(event.left) != len(x):
            return
        sides = [side for side in (event.left, event.right) if side.shape == labels.shape]
        for name, mask in _tensors():
            rows = _rows(mask, len(x)) if HELD_OUT.search(name) else None
            if rows is None or not PART_AT_LEAST <= len(rows) < len(x):
                continue
            if any(torch.equal(side[rows], labels[rows]) for side in sides):
                self.masked[name] = (user_place(), len(rows), len(x))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.spoken:
            yield from self._masked_ones()
        if self.spoken or not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(TRAINED_ON):
                for name, line in source.found(over_all_rows):
                    yield self.finding(
                        f"the loss is of all rows of {name}, those of validation and test among them: they are "
                        "trained on",
                        FIX,
                        file=source.file,
                        line=line,
                    )

    def _masked_ones(self) -> Iterator[Finding]:
        if self.partly or not self.masked:
            return
        indexed = {
            name
            for source in self.program.source.files()
            for node in all_nodes(source.tree)
            if isinstance(node, ast.Subscript)
            for name in _names(node.slice)
        }
        for name, (place, rows, of) in self.masked.items():
            if name in indexed:
                yield self._finding(rows, of, f", those of {name}", place)
                return

    def _finding(self, rows: int, of: int, which: str, place: Place) -> Finding:
        self.spoken = True
        return self.finding(
            f"{rows:,} of {of:,} rows of an input{which} are scored, and the loss was computed on all {of:,}: "
            "they were trained on",
            FIX,
            file=place.file,
            line=place.line,
        )

    def _evaluated(self, rows: int) -> Iterator[Finding]:
        x = self.trained() if self.trained is not None else None
        if not self.evaluates or x is None or not PART_AT_LEAST <= rows < len(x):
            return
        place = user_place()
        self.calls[place] += 1
        if self.calls[place] == EVALUATIONS_AT_LEAST:
            yield self._finding(rows, len(x), "", place)


def _names(index: ast.expr) -> Iterator[str]:
    if isinstance(index, ast.Name | ast.Attribute):
        yield index.id if isinstance(index, ast.Name) else index.attr


def _rows(mask: Tensor, rows: int) -> Tensor | None:
    """The row numbers that a mask (N,), or some row numbers, stand for; None of other tensors."""
    if mask.dim() != 1 or mask.is_meta:
        return None
    if mask.dtype is torch.bool and len(mask) == rows:
        return mask.nonzero().flatten()
    if mask.dtype is torch.int64 and 0 < len(mask) < rows and int(mask.max()) < rows and int(mask.min()) >= 0:
        return mask if len(mask.unique()) == len(mask) else None
    return None


def _tensors() -> Iterator[tuple[str, Tensor]]:
    """Variables of the user's functions that are executed in this thread, and attributes and entries of theirs."""
    for frame in users_frames():
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, Tensor):
                yield name, value
                continue
            inside = dict(value) if type(value) is dict else attributes_of(value)
            yield from ((at, each) for at, each in inside.items() if isinstance(at, str) and isinstance(each, Tensor))
