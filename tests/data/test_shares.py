"""Which rows of a batch each process takes: every row once, however many processes and passes there are."""

from __future__ import annotations

from functools import partial

import torch
from hypothesis import given
from hypothesis import strategies as st

from goodfit.data.feed import Feed
from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.data.shares import Share, Shared, cut, lanes, shares
from goodfit.data.sources.arrays import arrays

COUNTS = st.integers(1, 9)


@given(rows=st.integers(0, 300), pieces=st.integers(1, 12))
def test_pieces_are_those_of_tensor_split(rows: int, pieces: int) -> None:
    split = torch.arange(rows).tensor_split(pieces)
    assert [torch.arange(*cut(rows, number, pieces)).tolist() for number in range(pieces)] == [
        piece.tolist() for piece in split
    ]


@given(rows=st.integers(1, 300), micro_batch=st.integers(1, 100), count=COUNTS)
def test_a_batch_is_computed_once_by_all_processes_together(rows: int, micro_batch: int, count: int) -> None:
    weight = torch.zeros(rows, dtype=torch.float64)
    for rank in range(count):
        for share in shares(rows, micro_batch, rank, count):
            weight[share.places()] += 1 / share.copies
    torch.testing.assert_close(weight, torch.ones(rows, dtype=torch.float64))


@given(rows=st.integers(1, 300), micro_batch=st.integers(1, 100), count=st.integers(2, 9))
def test_no_process_has_fewer_than_two_rows_of_a_pass_that_is_cut(rows: int, micro_batch: int, count: int) -> None:
    of_ranks = [shares(rows, micro_batch, rank, count) for rank in range(count)]
    for of_pass in zip(*of_ranks, strict=True):
        lengths = [share.rows for share in of_pass]
        assert max(lengths) - min(lengths) <= 1
        assert min(lengths) >= 2 or of_pass[0].copies == count


@given(rows=st.integers(1, 300), count=st.sampled_from([1, 2, 4, 8]))
def test_lanes_are_the_same_for_any_number_of_processes(rows: int, count: int) -> None:
    of_one = lanes(rows, 0, 1)
    dealt = [lane for rank in range(count) for lane in lanes(rows, rank, count)]
    if rows < 16:
        assert all(lane == Share(0, rows, 0, rows, copies=count) for lane in dealt)
    else:
        assert dealt == of_one
        assert [place for lane in dealt for place in lane.places()] == list(range(rows))


def test_a_batch_of_seven_in_three_processes() -> None:
    assert [shares(7, 100, rank, 3) for rank in range(3)] == [
        [Share(start=0, whole=7, first=0, rows=3)],
        [Share(start=0, whole=7, first=3, rows=2)],
        [Share(start=0, whole=7, first=5, rows=2)],
    ]
    assert shares(5, 100, 2, 3) == [Share(start=0, whole=5, first=0, rows=5, copies=3)]
    assert Shared(torch.arange(8), shares(8, 4, 1, 2)).places().tolist() == [2, 3, 6, 7]  # two passes of four


def feed_of(rows: int, settings: AugmentSettings | None) -> Feed:
    x = torch.randint(0, 256, (rows, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    y = torch.arange(rows) % 2
    augment = None if settings is None else Augmenter(settings, 2)
    return Feed(arrays(x, y), y, torch.device("cpu"), 10, seed=3, augment=augment)


@given(rows=st.integers(4, 60), count=st.integers(1, 5), passes=st.integers(1, 3), epoch=st.integers(0, 3))
def test_an_epoch_of_several_processes_has_every_row_once(rows: int, count: int, passes: int, epoch: int) -> None:
    feed = feed_of(rows, None)
    seen = torch.zeros(rows, dtype=torch.float64)
    for rank in range(count):
        share_of = partial(shares, micro_batch=10 // passes, rank=rank, count=count)
        for batch in feed.epoch_shared(torch.arange(rows), epoch, 0, share_of):
            assert batch.shared is not None
            copies = [1 / share.copies for share in batch.shared.shares for _ in range(share.rows)]
            seen[batch.rows] += torch.tensor(copies, dtype=torch.float64)
    torch.testing.assert_close(seen, torch.ones(rows, dtype=torch.float64))


def test_a_process_sees_its_rows_as_one_process_augments_them() -> None:
    for name in ("light", "mirror", "standard", "strong", "scenes"):
        for count in (2, 3):
            whole = list(feed_of(23, AugmentSettings.preset(name)).epoch(torch.arange(23), 1))
            for rank in range(count):
                feed = feed_of(23, AugmentSettings.preset(name))
                share_of = partial(shares, micro_batch=10, rank=rank, count=count)
                own = list(feed.epoch_shared(torch.arange(23), 1, 0, share_of))
                for batch, part in zip(whole, own, strict=True):
                    assert part.shared is not None
                    places = part.shared.places()
                    assert torch.equal(part.rows, batch.rows[places])
                    assert torch.equal(part.x, batch.x[places]), (name, rank)
                    assert torch.equal(part.y, batch.y[places])
