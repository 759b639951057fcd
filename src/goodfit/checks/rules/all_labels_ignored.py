"""all-labels-ignored: a batch has no valid target at all.

What it checks
    Every target of cross_entropy or nll_loss is ignore_index, in the first three batches.

Why it hurts
    The mean over no targets is NaN, and their sum has no gradient: nothing is learnt from the batch.

Example
    labels[labels == 0] = -100                        # 0 was the class, not the padding

Instead
    Set ignore_index only where there is padding.

When it is a false alarm
    Batches without a label beside others that have some, as of a domain without labels, are not reported.

Cost
    A comparison of the targets in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import Loss
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3


class AllLabelsIgnored(LiveRule):
    code, level = "GF208", Level.ERROR

    def start(self) -> None:
        self.batches: dict[Place, int] = {}  # without a label, by the line of the loss; -1 where others have some

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        y = event.target
        if event.name not in ("cross_entropy", "nll_loss") or y.is_floating_point() or not y.numel():
            return
        place, ignored = user_place(), event.options.get("ignore_index", -100)
        known = self.batches.get(place, 0)
        if known < 0:
            return
        if not bool((y == ignored).all()):
            self.batches[place] = -1
            return
        self.batches[place] = known + 1
        if known + 1 >= BATCHES_AT_LEAST:
            yield self.finding(
                f"all {y.numel():,} targets of the batch are {ignored}, the label that is ignored, in each of the "
                f"{known + 1} batches so far",
                "Set ignore_index only where there is padding",
                file=place.file,
                line=place.line,
            )
