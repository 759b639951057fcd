"""The order of rows in an epoch, and the feed that turns rows into batches that stand ready on the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor

from goodfit.data.images.draws import RowsOfBatch
from goodfit.data.shares import Share, Shared, cut
from goodfit.data.source import BLOCKS_SHUFFLED_TOGETHER, Batch, Source

if TYPE_CHECKING:
    from goodfit.data.images.augment import Augmenter
    from goodfit.data.normalise import Normalise

In = TypeVar("In")
Out = TypeVar("Out")


def batch_rows(
    rows: Tensor, batch_size: int, *, seed: int | None = None, epoch: int = 0, block: int | None = None
) -> list[Tensor]:
    """Cut rows into batches of at most `batch_size`, every row exactly once.

    The sizes differ by one at most: a short last batch would weigh its rows more, and one of a single row stops batch
    norm. With a seed the rows are shuffled, by a function of (seed, epoch) alone, so that a resumed epoch goes on in
    the same order.

    Args:
        rows: (N,) int64.
        batch_size: rows in a batch, at most.
        seed: None keeps the order of `rows`.
        epoch: counted from 0.
        block: row numbers that lie together on disk. Up to 64 blocks from all over are shuffled together: reading stays
            near, and a batch has rows from all over.
    """
    if seed is not None:
        generator = torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)
        if block is None:
            rows = rows[torch.randperm(len(rows), generator=generator)]
        else:
            rows = _blocks_shuffled(rows.sort().values, block, generator)
    pieces = -(-rows.shape[0] // batch_size)
    return list(torch.tensor_split(rows, pieces)) if pieces > 1 else [rows][:pieces]


def _blocks_shuffled(rows: Tensor, block: int, generator: torch.Generator) -> Tensor:
    """Ascending rows in windows of up to 64 blocks, which are shuffled.

    Data is often sorted, by class or by day. So the blocks are cut into stretches that lie together, as many of them in
    each as there are windows, and every window has one of each stretch, any of them: no window is of a few classes
    (bench/streamed.py has what that costs). The numbers of blocks in a window differ by one at most.
    """
    _, counts = torch.unique_consecutive(rows // block, return_counts=True)
    windows = -(-len(counts) // BLOCKS_SHUFFLED_TOGETHER)
    stretches = -(-len(counts) // windows)
    chance = torch.rand(stretches, windows, dtype=torch.float64, generator=generator)
    window_of_block = chance.argsort(dim=1, stable=True).reshape(-1)[: len(counts)]
    window_of_row = torch.repeat_interleave(window_of_block, counts)
    together = rows[window_of_row.argsort(stable=True)].split(torch.bincount(window_of_row).tolist())
    return torch.cat([window[torch.randperm(len(window), generator=generator)] for window in together])


@dataclass
class Feed:
    """Batches of a source on a device: gathered whole, augmented (training only), normalised.

    On a CPU the rows are gathered from where they lie (memory or the mapped cache). On an accelerator a small set is
    held there whole (`resident`); a larger one is read ahead by one thread into pinned memory.
    """

    source: Source
    y: Tensor  # (N, ...) encoded targets of all rows, on the CPU
    device: torch.device
    batch_size: int
    seed: int
    normalise: Normalise | None = None
    augment: Augmenter | None = None
    channels_last: bool = False
    resident: Tensor | None = None  # x of all rows, on the device

    def __post_init__(self) -> None:
        if self.normalise is not None:
            self.normalise = self.normalise.to(self.device)
        self.generator = torch.Generator(device=self.device).manual_seed(self.seed)  # of the augmentation alone

    def of(self, source: Source) -> Feed:
        """The same of these rows in another form."""
        resident = None if self.resident is None else source.whole().to(self.device)
        return replace(self, source=source, resident=resident)

    def epoch(self, rows: Tensor, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Training batches of an epoch, from batch number `start` on."""
        return self._batches(self._chunks(rows, epoch)[start:], training=True)

    def epoch_shared(
        self, rows: Tensor, epoch: int, start: int, share_of: Callable[[int], list[Share]]
    ) -> Iterator[Batch]:
        """The same batches, of each the rows of one of several processes; augmented as in the whole batch.

        Args:
            share_of: what this process computes of a batch of so many rows.
        """
        chunks = self._chunks(rows, epoch)[start:]
        shared = [Shared(chunk, share_of(len(chunk))) for chunk in chunks]
        if self.augment is not None and self.augment.mixes_rows:
            whole = self._batches(chunks, training=True)
            for batch, share in zip(whole, shared, strict=True):
                at = share.places().to(batch.x.device)
                x = laid_out(batch.x.index_select(0, at), channels_last=self.channels_last)
                yield Batch(x, batch.y.index_select(0, at), batch.rows[at.to(batch.rows.device)], share)
            return
        own = self._gather([each.rows[each.places()] for each in shared])
        for (x, y, taken), share in zip(own, shared, strict=True):
            if self.augment is not None:
                x, y = self.augment(x, y, RowsOfBatch(self.generator, len(share.rows), share.places()))
            yield Batch(self.ready(x), y, taken, share)

    def _chunks(self, rows: Tensor, epoch: int) -> list[Tensor]:
        return batch_rows(rows, self.batch_size, seed=self.seed, epoch=epoch, block=self.source.block)

    def in_order(
        self, rows: Tensor, batch_size: int | None = None, *, rank: int = 0, count: int = 1, wide: bool = False
    ) -> Iterator[Batch]:
        """Batches in the order of `rows`, not augmented: for validation and prediction.

        Process `rank` of `count` gets some of these batches, perhaps none.

        Args:
            wide: with what stands behind the rows for models that read it: see `Source.read_wide`.
        """
        chunks = batch_rows(rows, batch_size or 2 * self.batch_size)
        start, end = cut(len(chunks), rank, count)
        return self._batches(chunks[start:end], training=False, wide=wide)

    def of_batches(self, batches: list[Tensor], *, wide: bool = False) -> Iterator[Batch]:
        """These rows, a batch each, not augmented."""
        return self._batches(batches, training=False, wide=wide)

    def _batches(self, chunks: list[Tensor], *, training: bool, wide: bool = False) -> Iterator[Batch]:
        augment = self.augment if training else None
        for x, y, rows in self._gather(chunks, wide=wide):
            if augment is not None:
                x, y = augment(x, y, self.generator)
            yield Batch(self.ready(x), y, rows)

    def ready(self, x: Tensor) -> Tensor:
        """Stored x as the net takes it: normalised float32, in the memory format chosen for this machine."""
        if self.normalise is not None:
            x = self.normalise(x)
        return laid_out(x, channels_last=self.channels_last)

    def _gather(self, chunks: list[Tensor], *, wide: bool = False) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        if not chunks:
            return
        x_of_each = map(self.source.read_wide, chunks) if wide else self.source.read_each(chunks)
        if self.resident is not None and not wide:
            order = torch.cat(chunks)  # one transfer an epoch, none in the loop
            order = _pinned(order, self.device.type == "cuda").to(self.device, non_blocking=True)
            y = _pinned(self.y, self.device.type == "cuda").to(self.device, non_blocking=True)
            for rows in torch.split(order, [len(chunk) for chunk in chunks]):
                yield self.resident.index_select(0, rows), y.index_select(0, rows), rows
        elif self.device.type == "cpu":
            for rows, x in zip(chunks, x_of_each, strict=True):
                yield x, self.y.index_select(0, rows), rows
        else:
            pin = self.device.type == "cuda"
            for batch in ahead(lambda rows: self._ready_to_go(next(x_of_each), rows, pin), chunks):
                x, y, rows = (tensor.to(self.device, non_blocking=True) for tensor in batch)
                yield x, y, rows

    def _ready_to_go(self, x: Tensor, rows: Tensor, pin: bool) -> tuple[Tensor, Tensor, Tensor]:
        """x and y of rows, and their numbers, as they go to the device."""
        return _pinned(x, pin), _pinned(self.y.index_select(0, rows), pin), _pinned(rows, pin)


def laid_out(x: Tensor, *, channels_last: bool) -> Tensor:
    """The same values in this memory format; rows that are no images are left alone.

    With one channel both formats have the same bytes, so that `contiguous` does nothing; but the kernels go by the
    strides, and would run a whole net in the format that was not chosen.
    """
    if x.dim() != 4:
        return x
    if x.shape[1] > 1:
        return x.contiguous(memory_format=torch.channels_last if channels_last else torch.contiguous_format)
    n, _, height, width = x.shape
    flat = x.reshape(-1)
    return flat.view(n, height, width, 1).permute(0, 3, 1, 2) if channels_last else flat.view(n, 1, height, width)


def _pinned(x: Tensor, pin: bool) -> Tensor:
    return x.pin_memory() if pin else x


def ahead(work: Callable[[In], Out], items: list[In], depth: int = 3) -> Iterator[Out]:
    """`work` of each item in order, done by one thread up to `depth` items ahead of the one in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="goodfit-read") as pool:
        waiting = [pool.submit(work, item) for item in items[:depth]]
        for item in items[depth:]:
            yield waiting.pop(0).result()
            waiting.append(pool.submit(work, item))
        for future in waiting:
            yield future.result()
