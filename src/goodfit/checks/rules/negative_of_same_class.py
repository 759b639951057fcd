"""negative-of-same-class: among the negatives of a ranking loss are rows of the anchor's own class.

What it checks
    A triplet or margin loss draws together pairs of one class, by the labels of the batch, so the labels are what it
    learns; and a tenth or more of the pairs that it pushes apart are of one class too. In three calls.

Why it hurts
    The hardest negative is the row that is most like the anchor. Where rows of the anchor's class are not left out,
    that is mostly one of them, and the loss pulls a class together and apart at once.

Example
    hardest = distances.masked_fill(torch.eye(n, dtype=torch.bool), float("inf")).min(1).values

Instead
    hardest = distances.masked_fill(labels[:, None] == labels, float("inf")).min(1).values

When it is a false alarm
    Labels that are not what the pairs are made by.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from goodfit.checks.engine import labels
from goodfit.checks.engine.events import BackwardBegins, Batch
from goodfit.checks.engine.pairs import rankings
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
PAIRS_AT_LEAST = 8
ONE_CLASS_AT_LEAST = 0.95  # of the pairs that are drawn together
SAME_AT_LEAST = 0.1  # of those that are pushed apart


class NegativeOfSameClass(LiveRule):
    code, level = "GF248", Level.WARNING
    yields_to = ("pairs-turned",)

    def start(self) -> None:
        self.batch = labels.BatchLabels()
        self.calls: Counter[Place] = Counter()

    def on_batch(self, event: Batch) -> None:
        self.batch.keep(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss in event.losses:
            for ranking in rankings(loss):
                same = {measure.attracts: self.batch.same_class(measure) for measure in ranking}
                near, far = same.get(True), same.get(False)
                if near is None or far is None or min(len(near), len(far)) < PAIRS_AT_LEAST:
                    continue
                share = float(far.float().mean())
                if float(near.float().mean()) < ONE_CLASS_AT_LEAST or share < SAME_AT_LEAST:
                    continue
                place = user_place()
                self.calls[place] += 1
                if self.calls[place] == CALLS_AT_LEAST:
                    yield self.finding(
                        f"{share:.0%} of the pairs that the loss pushes apart are of one class, as are those that it "
                        "draws together",
                        "Leave rows of the anchor's own class out of its negatives, not the anchor alone",
                    )
                return
