"""score-broadcast: in an evaluation, predictions and labels of different shapes are broadcast.

What it checks
    Without gradients being recorded, a tensor of the shape (N, 1) that the net gave last, or one of its shape, is
    subtracted from one of (N,), or the other way round. In two evaluations. Of arrays of NumPy, the function that has
    read a tensor subtracts or compares with == two variables of these shapes.

Why it hurts
    Every prediction is compared with every label, N * N pairs. A mean of these is the error of a guess at random: the
    score says nothing about the net, and early stopping chooses by it.

Example
    rmse = ((net(x) - y) ** 2).mean().sqrt()           # net(x) is (64, 1), y is (64,)

Instead
    rmse = ((net(x).squeeze(1) - y) ** 2).mean().sqrt()

When it is a false alarm
    Distances of all pairs that are meant: give the second one a dimension too, y[None, :].

Cost
    Shapes of what is subtracted without gradients, in the steps examined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from goodfit.checks.engine.compared_arrays import ComparedArrays
from goodfit.checks.engine.events import NetCall, Pairwise, Read, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 2
ROWS_AT_LEAST = 8  # of arrays: a few may be classes


class ScoreBroadcast(LiveRule):
    code, level = "GF434", Level.WARNING

    def start(self) -> None:
        self.times: Counter[Place] = Counter()
        self.arrays = ComparedArrays()

    def on_pairs(self, event: Pairwise) -> Iterator[Finding]:
        last = self.program.last_call
        rows = max(len(event.left), len(event.right))
        if last is None or last.rows != rows or (rows, 1) not in last.output_shapes:
            return
        place = user_place()
        self.times[place] += 1
        if self.times[place] == TIMES_AT_LEAST:
            yield self.finding(
                f"predictions of shape ({rows}, 1) minus labels of shape ({rows},) are ({rows}, {rows}): every "
                "prediction is compared with every label",
                "Give both the same shape: net(x).squeeze(1), or y.unsqueeze(1)",
            )

    def on_read(self, event: Read) -> None:
        self.arrays.note()

    def on_next(self, event: NetCall | WatchEnds) -> Iterator[Finding]:
        for left, right, place in self.arrays.take():
            shapes = {left.value.shape, right.value.shape}
            rows = max((shape[0] for shape in shapes if shape), default=0)
            if rows >= ROWS_AT_LEAST and shapes == {(rows,), (rows, 1)}:
                yield self.finding(
                    f"{left.name} and {right.name} have the shapes ({rows}, 1) and ({rows},): every prediction meets "
                    f"every label, in {rows} times {rows} pairs",
                    f"Give both the same shape: {left.name}.ravel(), {right.name}.ravel()",
                    file=place.file,
                    line=place.line,
                )
