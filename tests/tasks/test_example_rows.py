"""Which images the report shows, and what it calls them."""

from __future__ import annotations

import pytest
import torch

from goodfit.report.examples import kinds
from goodfit.tasks.restoration import Restoration


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 9, 15, 16, 17, 19, 40])
def test_typical_rows_are_called_what_they_are(count: int) -> None:
    """Image number i has the loss i, so that the last number is the worst; with few images each is shown once."""
    out = torch.arange(count, dtype=torch.float32)[:, None].expand(count, 5)
    rows = Restoration(3).example_rows(out, torch.zeros(count, 1))
    named = kinds(len(rows))
    assert len(rows) == len(set(rows)) == min(count, 16)
    assert rows == sorted(rows, reverse=True)
    assert (rows[0], named[0]) == (count - 1, "worst")
    if count >= 4:
        assert (rows[-1], named[-1]) == (0, "best")
    assert len(named) == len(rows)
    assert named.count("middle") == named.count("best") == min(4, count // 4)
    if count > 16:
        middle = [row for row, kind in zip(rows, named, strict=True) if kind == "middle"]
        assert abs(sum(middle) / 4 - (count - 1) / 2) <= 2.5
