"""Sums of rows of a table, bag by bag, and their gradient: against torch's `embedding_bag` and finite differences."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from goodfit.nets.embeddings import sum_of_rows

ROWS = torch.tensor([3, 1, 1, 0, 4, 3, 3])  # row 2 in no bag, 1 and 3 several times
STARTS = torch.tensor([0, 3, 3, 6])  # the second bag is empty
WEIGHTS = torch.tensor([0.5, 2.0, -1.0, 1.0, 0.25, 3.0, 1.5])


@pytest.mark.parametrize("weighted", [True, False])
def test_sums_and_gradients_are_those_of_embedding_bag(weighted: bool) -> None:
    weights = WEIGHTS if weighted else None
    table = torch.randn(5, 192, generator=torch.Generator().manual_seed(0), requires_grad=True)
    reference = table.detach().clone().requires_grad_()
    found = sum_of_rows(table, ROWS, STARTS, weights)
    wanted = functional.embedding_bag(ROWS, reference, STARTS, mode="sum", per_sample_weights=weights)
    torch.testing.assert_close(found, wanted)
    assert not found[1].any()
    upstream = torch.randn(found.shape, generator=torch.Generator().manual_seed(1))
    found.backward(upstream)
    wanted.backward(upstream)
    torch.testing.assert_close(table.grad, reference.grad)
    assert table.grad is not None
    assert not table.grad[2].any()


@pytest.mark.parametrize("weighted", [True, False])
def test_the_gradient_is_that_of_finite_differences(weighted: bool) -> None:
    table = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    weights = WEIGHTS.double() if weighted else None
    assert torch.autograd.gradcheck(lambda each: sum_of_rows(each, ROWS, STARTS, weights), (table,))


def test_no_entries_are_zeros_that_teach_nothing() -> None:
    table = torch.ones(5, 3, requires_grad=True)
    found = sum_of_rows(table, torch.zeros(0, dtype=torch.int64), torch.zeros(2, dtype=torch.int64))
    assert found.tolist() == [[0.0] * 3] * 2
    found.sum().backward()
    assert table.grad is not None
    assert not table.grad.any()
