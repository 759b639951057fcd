"""evaluation-drops-rows: the rows that do not fill a last batch are never evaluated.

What it checks
    A loader with drop_last=True and without shuffling is read to evaluate, and never to train, and the number of rows
    is no multiple of the batch size.

Why it hurts
    The score is that of the first rows alone, and depends on the batch size. Results of models with different batch
    sizes cannot be compared: a well-known mistake of forecasting papers.

Example
    test_loader = DataLoader(test_set, batch_size=128, drop_last=True)

Instead
    test_loader = DataLoader(test_set, batch_size=128)

When it is a false alarm
    A net that takes one batch size alone. Less than a twentieth of the rows is a notice.

Cost
    A note for each loader that is read, in the first steps and at evaluations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import dataclass

from torch.utils.data import SequentialSampler

from goodfit.checks.engine.events import Batch, NetCall, WatchEnds
from goodfit.checks.engine.identity_map import IdentityMap
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SHARE_OF_A_WARNING = 0.05


@dataclass
class Read:
    """Of a data set that was read.

    Attributes:
        dropping: rows, batch size and line, where the loader drops the rest and an evaluation read it.
    """

    trained: bool = False
    dropping: tuple[int, int, Place] | None = None


class EvaluationDropsRows(LiveRule):
    code, level = "GF436", Level.WARNING

    def start(self) -> None:
        self.index: IdentityMap[int] = IdentityMap()  # of data sets
        self.reads: list[Read] = []
        self.current: tuple[Read, tuple[int, int, Place] | None] | None = None  # of the last batch

    def on_batch(self, event: Batch) -> None:
        loader = event.loader
        number = self.index.setdefault(loader.dataset, len(self.reads))
        if number == len(self.reads):
            self.reads.append(Read())
        drops = loader.drop_last and loader.batch_size and type(loader.sampler) is SequentialSampler
        is_sized = isinstance(loader.dataset, Sized)
        dropping = (len(loader.dataset), loader.batch_size, user_place()) if drops and is_sized else None
        self.current = (self.reads[number], dropping)

    def on_call(self, event: NetCall) -> None:
        if self.current is None:
            return
        read, dropping = self.current
        if event.grad:
            read.trained = True
        elif dropping is not None and not event.training:
            read.dropping = dropping

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for read in self.reads:
            if read.trained or read.dropping is None:
                continue
            rows, size, place = read.dropping
            left = rows % size
            if left == 0 or rows < size:
                continue
            yield self.finding(
                f"{left:,} of {rows:,} rows are never evaluated: the loader drops the last batch, which is not full",
                "Make the loader with drop_last=False; a mean over batches has to be weighted by their rows then",
                level=Level.WARNING if left >= SHARE_OF_A_WARNING * rows else Level.NOTICE,
                file=place.file,
                line=place.line,
            )
