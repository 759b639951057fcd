"""fields-share-rows: columns of categories are looked up in one table, and all of them in its first rows.

What it checks
    An embedding gets rows of several columns (N, F). It has as many rows as all columns together have numbers, and
    every column begins at 0: no number is read beyond those of the widest column.

Why it hurts
    The offsets that give each column rows of its own were not added. Category 3 of one column and category 3 of
    another are the same vector, and the greater part of the table is never read.

Example
    self.embed = nn.Embedding(sum(field_dims), 16)
    self.embed(x)

Instead
    offsets = torch.tensor([0, *field_dims[:-1]]).cumsum(0)
    self.embed(x + offsets)

When it is a false alarm
    A table that is larger than what is read of it, by chance as large as all columns together.

Cost
    The smallest and the largest number of each column, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Call, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

COLUMNS_AT_MOST = 64
ROWS_PER_NUMBER = 3  # rows that were seen, for each row of the table
SEEN_AT_LEAST = 0.85  # of a table's rows, that all columns together would read with offsets
ALIKE = 0.9  # of the wider column, where two are of one kind
READ_AT_MOST = 0.75  # of a table's rows


@dataclass
class Columns:
    """The numbers that a table was read with, of each column."""

    size: int
    place: Place
    least: Tensor
    greatest: Tensor
    rows: int = 0


class FieldsShareRows(LiveRule):
    code, level = "GF297", Level.WARNING
    layers = (nn.Embedding, nn.EmbeddingBag)

    def start(self) -> None:
        self.tables: dict[int, Columns] = {}
        self.ids: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()

    def on_call(self, event: Call) -> None:
        table = event.module
        if not event.grad or not event.inputs or not isinstance(table, nn.Embedding | nn.EmbeddingBag):
            return
        x = event.inputs[0]
        if x.dim() != 2 or x.is_floating_point() or not 2 <= x.shape[1] <= COLUMNS_AT_MOST or len(x) < 2:
            return
        least, greatest = x.amin(0).cpu(), x.amax(0).cpu()
        key = self.ids.setdefault(table, len(self.ids))
        known = self.tables.get(key)
        if known is None:
            self.tables[key] = Columns(table.num_embeddings, user_place(), least, greatest, len(x))
        elif known.least.shape == least.shape:
            known.least, known.greatest = torch.minimum(known.least, least), torch.maximum(known.greatest, greatest)
            known.rows += len(x)
        else:
            known.size = 0  # of texts of several lengths

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for table in self.tables.values():
            numbers = table.greatest + 1
            if table.rows < ROWS_PER_NUMBER * table.size or not table.size:
                continue
            together, widest = int(numbers.sum()), int(numbers.max())
            fits = SEEN_AT_LEAST * table.size <= together <= table.size and widest <= READ_AT_MOST * table.size
            differ = (
                len(numbers) > 2 or int(numbers.min()) < ALIKE * widest
            )  # two like columns may be a pair of one kind
            if fits and differ and int(table.least.max()) < int(numbers.min()) and int((table.least == 0).sum()) >= 2:
                yield self.finding(
                    f"the {len(numbers)} columns of a table of {table.size} rows are all read from row 0 on, up to row "
                    f"{widest - 1}, and together they have {together} numbers: columns share rows",
                    "Add to each column the number of rows of those before it: x + offsets",
                    file=table.place.file,
                    line=table.place.line,
                )
                return
