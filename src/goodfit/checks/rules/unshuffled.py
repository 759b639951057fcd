"""unshuffled: training rows come in blocks of one class.

What it checks
    Of the training batches examined, at least four fifths hold one class alone (or two of at least five), the same
    class comes at least three times in a row, and there is more than one class.

Why it hurts
    For many steps the net learns to predict one class, then forgets it for the next. The loss looks good within each
    block, and batch norm sees one class at a time.

Example
    DataLoader(train)                                  # files sorted by class

Instead
    DataLoader(train, shuffle=True)

When it is a false alarm
    Time series and streams, whose order is intended. Losses are judged by line and kind, and where a line gets other
    targets within one pass, as those of a GAN from a function of its own, they are no labels; nor are classes that a
    net has just given to unlabelled rows. Where a net is given weights between its batches, as by the server of
    federated learning to each of its clients, whose data differ by nature, the rule is silent.

Cost
    The classes of each batch in the steps examined.
"""

from __future__ import annotations

import math
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from goodfit.checks.engine.events import Loss, Read, Weights
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 8
ROWS_AT_LEAST = 8  # of a batch
CLASSES_KEPT = 8  # tensors of classes that a net gave
BATCHES_IN_A_ROW = 3  # with the same class most frequent
CHANCE_AT_MOST = 1e-4  # that batches in any order look so
SHARE_AT_LEAST = 0.8  # of the batches, with one or two classes


@dataclass
class Batches:
    """Of the losses of one line: how their targets came."""

    sorted: int = 0  # with one class, or two of many
    count: int = 0
    last: int | None = None  # the most frequent class
    run: int = 0  # batches in a row with the same
    longest: int = 0
    rows: Counter[int] = field(default_factory=Counter)  # of each class
    size: int = 0  # of the smallest batch
    passes: int = -1  # backward passes before the last one
    no_labels: bool = False  # two of one pass had one class each, and another one
    loads: int = 0  # of weights, before the first batch

    @property
    def may_be_chance(self) -> bool:
        """Whether batches in any order would have one class as often, where one has nearly all rows."""
        share = sum((count / self.rows.total()) ** self.size for count in self.rows.values())
        each = (
            math.comb(self.count, some) * share**some * (1 - share) ** (self.count - some)
            for some in range(self.sorted, self.count + 1)
        )
        return sum(each) > CHANCE_AT_MOST


class Unshuffled(LiveRule):
    code, level = "GF501", Level.WARNING

    def start(self) -> None:
        self.batches: dict[tuple[Place, str], Batches] = {}
        self.given: list[weakref.ref[Tensor]] = []  # classes that were made of a tensor
        self.reported = False
        self.loads = 0

    def on_weights(self, event: Weights) -> None:
        self.loads += event.action == "load_state_dict" and event.module is not None

    def on_read(self, event: Read) -> None:
        if event.at is not None:
            self.given = [*self.given, weakref.ref(event.at)][-CLASSES_KEPT:]

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        y = event.target
        named = event.name in ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
        flat = y.dim() == 1 or (y.dim() == 2 and y.shape[1] == 1)
        if self.reported or not event.grad or not named or not flat or len(y) < ROWS_AT_LEAST:
            return
        if any(ref() is y for ref in self.given):
            return
        values, counts = torch.unique(y.detach(), return_counts=True)
        if y.is_floating_point() and not bool((values == values.round()).all()):
            return
        classes = [int(value) for value in values.tolist()]
        place = user_place()
        known = self.batches.setdefault((place, event.name), Batches(loads=self.loads))
        frequent = classes[int(counts.argmax())]
        known.no_labels |= known.passes == self.program.backwards and frequent != known.last and len(classes) == 1
        known.passes = self.program.backwards
        known.count += 1
        known.size = min(known.size or len(y), len(y))
        known.rows.update(dict(zip(classes, counts.tolist(), strict=True)))
        known.sorted += len(classes) == 1 or (len(classes) == 2 and len(known.rows) >= 5)
        known.run = known.run + 1 if frequent == known.last else 1
        known.longest, known.last = max(known.longest, known.run), frequent
        if (
            known.count >= BATCHES_AT_LEAST
            and known.sorted >= SHARE_AT_LEAST * known.count
            and (known.longest >= BATCHES_IN_A_ROW or event.name in ("cross_entropy", "nll_loss"))
            and len(known.rows) > 1
            and not known.no_labels
            and known.loads == self.loads
            and not known.may_be_chance
        ):
            self.reported = True
            yield self.finding(
                f"{known.sorted} of {known.count} training batches hold one or two of {len(known.rows)} "
                f"classes, up to {known.longest} in a row with the same: the rows are sorted",
                "Shuffle the training rows: DataLoader(..., shuffle=True), or torch.randperm in each epoch",
                file=place.file,
                line=place.line,
            )
