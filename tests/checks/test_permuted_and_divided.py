"""Classes under other numbers, links by their ends, and divergences divided by the number of classes."""

from __future__ import annotations

import ast
from collections import Counter

import numpy as np
import pytest
import torch
from torch.nn import functional

from goodfit.checks.engine.edge_lists import edge_lists
from goodfit.checks.rules.classes_permuted import _partners
from goodfit.checks.rules.divergence_divided_by_classes import divided

FOLDERS = sorted(range(1, 13), key=str)  # 1, 10, 11, 12, 2, ...


def _pairs(predicted: np.ndarray, labels: np.ndarray) -> Counter[tuple[int, int]]:
    return Counter(zip(predicted.tolist(), labels.tolist(), strict=True))


def test_folders_sorted_as_text_are_another_numbering() -> None:
    labels = np.random.default_rng(0).integers(0, 12, 400)
    predicted = np.array([FOLDERS.index(label + 1) for label in labels])
    partners = _partners(_pairs(predicted, labels))
    assert partners == {place: folder - 1 for place, folder in enumerate(FOLDERS)}


def test_labels_by_chance_have_no_partners() -> None:
    rng = np.random.default_rng(1)
    assert _partners(_pairs(rng.integers(0, 6, 600), rng.integers(0, 6, 600))) == {}


def test_two_classes_that_are_mixed_up_have_no_partners() -> None:
    """Of classes 2 and 3 seven rows of ten go to the other, which is no renumbering."""
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 6, 900)
    turned = np.where(labels == 2, 3, np.where(labels == 3, 2, labels))
    assert _partners(_pairs(np.where(rng.random(900) < 0.7, turned, labels), labels)) == {}


@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_two_vectors_of_ends_are_links(kind: type[np.signedinteger]) -> None:
    test_u, test_v = (np.arange(first, first + 30).astype(kind) for first in (0, 5))
    train_pairs = list(zip(test_u.tolist(), test_v.tolist(), strict=True))
    found = dict(edge_lists())
    links = torch.stack([torch.arange(30), torch.arange(5, 35)])
    assert torch.equal(found["test_u"], links)
    assert torch.equal(found["train_pairs"], links)
    assert "test_v" not in found
    assert len(train_pairs) == 30


MIX = "loss = (1 - alpha) * F.cross_entropy(z, y) + alpha * T * T * kd"


@pytest.mark.parametrize(
    ("mean", "is_divided"),
    [
        ("kd = F.kl_div(p, q, reduction='none').mean(1).mean()", True),
        ("kd = F.kl_div(p, q, reduction='none')\nkd = kd.mean()", True),
        ("kd = torch.mean(F.kl_div(p, q, reduction='none'), dim=-1).mean()", True),
        ("kd = F.kl_div(p, q, reduction='none').sum(1).mean()", False),
        ("kd = F.kl_div(p, q, reduction='none').mean(0).sum()", False),
        ("kd = F.kl_div(p, q, reduction='batchmean')", False),
    ],
)
def test_a_mean_over_classes_is_seen_in_the_source(mean: str, is_divided: bool) -> None:
    assert bool(list(divided(ast.parse(f"{mean}\n{MIX}")))) == is_divided


def test_the_mean_over_classes_is_the_divergence_divided_by_their_number() -> None:
    p, q = torch.randn(8, 20).log_softmax(1), torch.randn(8, 20).softmax(1)
    each = functional.kl_div(p, q, reduction="none")
    torch.testing.assert_close(each.mean(1).mean() * 20, functional.kl_div(p, q, reduction="batchmean"))
