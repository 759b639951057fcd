"""pairs-turned: a ranking loss pushes apart what belongs together, and draws together what does not.

What it checks
    A loss is a margin, a hinge or a sigmoid of the difference of two measures (BPR, triplet, margin ranking). The side
    that the loss draws together compares rows of different classes, and the side that it pushes apart rows of one
    class, by the labels of the batch; or the items that it draws together were drawn at random (by torch.randint, or by
    a data set whose rows get another one in each epoch), and the others were not; or the program itself calls the two
    sides negative and positive. In three calls.

Why it hurts
    The loss falls as in a correct run, and what it has learnt is the reverse: the items that a user chose rank last.

Example
    loss = -F.logsigmoid(negative_score - positive_score).mean()

Instead
    loss = -F.logsigmoid(positive_score - negative_score).mean()

When it is a false alarm
    Scores that are to be low for what belongs together, and that no name says are distances or energies.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph, labels
from goodfit.checks.engine.events import BackwardBegins, Batch, Drawn
from goodfit.checks.engine.pairs import Measure, Ranking, rankings
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.variables import names_of_values
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

CALLS_AT_LEAST = 3
PAIRS_AT_LEAST = 8
MOST = 0.8  # of the pairs
DRAWN_KEPT = 8  # tensors of random numbers
ROWS_KEPT = 2_000  # of a loader
POSITIVE = lazy_pattern(r"(^|_)(pos|positives?)(_|s?$)")
NEGATIVE = lazy_pattern(r"(^|_)(neg|nega|negatives?)(_|s?$)")
LOW_IS_NEAR = lazy_pattern(r"dist|energ|loss|err|cost|(^|_)d(_|$)")


@dataclass
class Columns:
    """Whole numbers of a loader's rows, such as user, item and another item.

    Attributes:
        changed: for each column, in how many rows it was another number when they came again.
        known: how many rows came again.
    """

    changed: list[int]
    known: int = 0
    rows: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def add(self, numbers: Sequence[Any], columns: list[Tensor]) -> None:
        """A batch: the rows' numbers in the data set, and their columns."""
        for number, row in zip(numbers, zip(*(column.tolist() for column in columns), strict=True), strict=True):
            before = self.rows.get(number) if isinstance(number, int) else None
            if before is not None:
                self.known += 1
                self.changed = [count + (a != b) for count, a, b in zip(self.changed, before, row, strict=True)]
            elif isinstance(number, int) and len(self.rows) < ROWS_KEPT:
                self.rows[number] = row

    def drawn(self) -> list[int]:
        """The columns that nearly every row has another number in when it comes again, where some never change."""
        if self.known < PAIRS_AT_LEAST or all(self.changed):
            return []
        return [at for at, count in enumerate(self.changed) if count >= MOST * self.known]


class PairsTurned(LiveRule):
    code, level = "GF247", Level.WARNING

    def start(self) -> None:
        self.batch = labels.BatchLabels()
        self.drawn: list[Any] = []
        self.columns: dict[Place, Columns] = {}  # by the line of a loop: its loader may be made anew for each epoch
        self.calls: Counter[Place] = Counter()

    def on_batch(self, event: Batch) -> None:
        self.batch.keep(event)
        numbers = event.indices
        whole = [each for each in event.tensors if each.dim() == 1 and each.dtype == torch.int64]
        if len(whole) == len(event.tensors) > 1 and numbers is not None and len(numbers) == len(whole[0]):
            columns = self.columns.setdefault(user_place(), Columns([0] * len(whole)))
            if len(columns.changed) == len(whole):
                columns.add(numbers, whole)
                self.drawn = [whole[at] for at in columns.drawn()]

    def on_drawn(self, event: Drawn) -> None:
        self.drawn = [*self.drawn[1 - DRAWN_KEPT :], event.tensor]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        drawn, self.drawn = self.drawn, []
        for loss in event.losses:
            for ranking in rankings(loss):
                why = self._by_labels(ranking) or _by_draw(ranking, drawn) or _by_names(ranking)
                if not why:
                    continue
                place = user_place()
                self.calls[place] += 1
                if self.calls[place] == CALLS_AT_LEAST:
                    yield self.finding(
                        f"the loss draws together what it should push apart, and the other way round: {why}",
                        "Turn the difference: the loss has to fall as the positive pair comes closer",
                    )
                return

    def _by_labels(self, ranking: Ranking) -> str:
        shares = {}
        for measure in ranking:
            known = self.batch.same_class(measure)
            if measure.attracts is None or known is None or len(known) < PAIRS_AT_LEAST:
                return ""
            shares[measure.attracts] = float(known.float().mean())
        if len(shares) == 2 and shares[True] <= 1 - MOST and shares[False] >= MOST:
            return (
                f"{1 - shares[True]:.0%} of the pairs that it draws together are of two classes, and "
                f"{shares[False]:.0%} of the others are of one"
            )
        return ""


def _by_draw(ranking: Ranking, drawn: list[Any]) -> str:
    """Whether the items that are drawn together are those of random numbers, and the others are not."""
    pointers = {tensor.data_ptr() for tensor in drawn}
    looked_up = {measure.attracts: _looked_up(measure) for measure in ranking}
    if not pointers or set(looked_up) != {True, False}:
        return ""
    near, far = looked_up[True] - looked_up[False], looked_up[False] - looked_up[True]
    if near and far and near <= pointers and not far & pointers:
        return "the items that it draws together are drawn at random, and the others are not"
    return ""


def _looked_up(measure: Measure) -> set[int]:
    """Addresses of the numbers of rows that embeddings were asked for, within a measure."""
    nodes = graph.walk(measure.node, limit=200)
    return {node._saved_indices.data_ptr() for node in nodes if node.name() == "EmbeddingBackward0"}


def _by_names(ranking: Ranking) -> str:
    names = {"lowered": names_of_values(ranking.lowered.value), "raised": names_of_values(ranking.raised.value)}
    sides = {}
    for side, known in names.items():
        positive = any(POSITIVE.search(name) for name in known)
        negative = any(NEGATIVE.search(name) for name in known)
        if positive == negative:
            return ""
        sides[side] = positive
    if sides["lowered"] == sides["raised"]:
        return ""
    is_distance = any(LOW_IS_NEAR.search(name) for known in names.values() for name in known)
    if {ranking.lowered.attracts, ranking.raised.attracts} != {True, False}:
        return ""
    if is_distance and not ranking.lowered.attracts:  # a product, or a layer's output, that is called a distance
        return ""
    if sides["lowered"] == ranking.lowered.attracts:
        return ""
    lowered, raised = (sorted(names[side])[0] for side in ("lowered", "raised"))
    return f"it falls as {lowered} falls and as {raised} rises"
