"""Rows that come back: in other company they are samples of their own, together they are parts of one thing."""

from __future__ import annotations

import pytest
import torch

from goodfit.checks.engine.companions import Companions, Company, is_graph

STORE = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))


def verdict(first: torch.Tensor, *later: torch.Tensor) -> Company:
    companions = Companions(first)
    for x in later:
        companions.add(x)
    return companions.verdict


def test_rows_drawn_anew_are_samples() -> None:
    assert verdict(STORE[:40], STORE[[7, 100, 3, 120, 130, 140]]) is Company.SEPARATE


def test_a_row_drawn_twice_in_a_batch_does_not_hide_that() -> None:
    first = STORE[[0, 0, *range(1, 30)]]
    assert verdict(first, STORE[[9, 100, 4, 120, 130, 140]]) is Company.SEPARATE


def test_points_that_come_back_in_another_order_among_other_clouds_are_parts_of_one() -> None:
    assert verdict(STORE[:40], STORE[40:80], STORE[:40].flip(0)) is Company.TOGETHER


@pytest.mark.parametrize(
    "later",
    [[STORE[:40]], [STORE[40:80]], [STORE[30:70]]],
    ids=["the only batch", "never again", "a window that moves along one series"],
)
def test_nothing_is_known_of(later: list[torch.Tensor]) -> None:
    assert verdict(STORE[:40], *later) is Company.UNKNOWN


def test_one_hot_features_are_equal_by_nature() -> None:
    x = torch.eye(40)
    assert verdict(x[:20], x[[5, 3, 30, 31, 32, 33]]) is Company.UNKNOWN


@pytest.mark.parametrize(
    ("link", "linked"),
    [
        (torch.eye(12), True),
        (torch.eye(12).to_sparse(), True),
        (torch.tensor([[0, 3, 11], [1, 2, 0]]), True),
        (torch.tensor([[0, 3, 12], [1, 2, 0]]), False),  # there is no row 12
        (torch.randn(2, 5), False),
        (torch.eye(7), False),
    ],
)
def test_a_graph_is_known_by_its_matrix_or_its_edges(link: torch.Tensor, linked: bool) -> None:
    x = torch.randn(12, 4)
    assert is_graph(x, [x, link], {}) is linked
    assert is_graph(x, [x], {"links": link}) is linked


@pytest.mark.parametrize(
    ("first", "linked"),
    [
        (torch.tensor([[1.0, 0.5, 0.0], [0.5, 1.0, 0.2], [0.0, 0.2, 1.0]]), True),  # symmetric
        (torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0], [0.1, 0.2, 0.7]]), True),  # shares
        (torch.tensor([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), True),  # directed
        (torch.tensor([[0.3, 1.2, 0.1], [0.4, 0.9, 2.0], [0.5, 0.6, 0.8]]), False),  # as many features as rows
        (torch.tensor([[1.0, -0.5, 0.0], [-0.5, 1.0, 0.2], [0.0, 0.2, 1.0]]), False),
    ],
)
def test_links_may_be_given_before_the_features(first: torch.Tensor, linked: bool) -> None:
    assert is_graph(first, [first, torch.ones(3, 5)], {}) is linked
    assert not is_graph(first, [first], {})


def test_edges_may_be_two_arguments_their_ends() -> None:
    x, sources, targets = torch.randn(12, 4), torch.tensor([0, 3, 11, 5, 5]), torch.tensor([1, 2, 0, 5, 7])
    assert is_graph(x, [x, sources, targets], {})
    assert is_graph(x, [x], {"sources": sources, "targets": targets})
    assert not is_graph(x, [x, sources], {})
    assert not is_graph(x, [x, torch.arange(12), torch.arange(12)], {})  # a class of each row, and another one
    assert not is_graph(x, [x, sources, targets + 6], {})  # there is no row 13
