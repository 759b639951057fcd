"""The features of a net: what its head is given, computed once for all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from goodfit.data.feed import Feed
from goodfit.train.evaluate import in_eval_mode
from goodfit.train.memory import shrinking
from goodfit.train.precision import Precision


@contextmanager
def without_head(net: nn.Module, head: str) -> Iterator[nn.Module]:
    """The net, giving its features (N, D) as long as this lasts; the head is put back afterwards."""
    kept = net.get_submodule(head)
    parent, _, name = head.rpartition(".")
    owner = net.get_submodule(parent)
    setattr(owner, name, nn.Identity())
    try:
        yield net
    finally:
        setattr(owner, name, kept)


def features_of(
    net: nn.Module,
    head: str,
    feed: Feed,
    rows: Tensor,
    precision: Precision,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """(len(rows), D) float16 on the CPU: the input of the net's head, in eval mode, of rows that are not augmented.

    Args:
        head: the name of the linear layer at the end, such as fc.
        progress: called with (rows done, all rows).
    """

    def forward(size: int) -> Tensor:
        pieces = []
        done = 0
        with torch.inference_mode(), precision.autocast(feed.device):
            for batch in feed.in_order(rows, size):
                pieces.append(net(batch.x).to(torch.float16).cpu())
                done += len(batch.rows)
                if progress is not None:
                    progress(done, len(rows))
        return torch.cat(pieces)

    with in_eval_mode(net), without_head(net, head):
        features, _ = shrinking(forward, 2 * feed.batch_size)
    return features.clone()  # not made in inference mode: autograd may use it
