"""How choices are ranked and recommended, with a catalogue of six items that can be checked by hand.

The net's scores are the items' biases alone, a > b > c > d > e > f, for every user. u takes a in training, b in
validation and d in the test rows; v takes c, f in training, a in the test rows.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from goodfit.nets import build, measure
from goodfit.nets.item_ranker import Ranker
from goodfit.nets.svdpp import Factors
from goodfit.predict.catalogue import Catalogue
from goodfit.stats.held_out import HeldOut
from goodfit.tasks.ranking import ITEM, PART, RANK, USER, Ranking

U, V = 1, 2
A, B, C, D, E, F = range(1, 7)
TRAIN = [(U, A), (V, C), (V, F)]
VALID, TEST = [(U, B)], [(U, D), (V, A)]


def biases_alone(name: str) -> Factors:
    net = build(name, (2,), 1, users=3, items=7, ratings=len(TRAIN), held=3, members=1, width=2)
    assert isinstance(net, Factors)
    held = torch.tensor(VALID + TEST), torch.tensor([HeldOut.VALID, HeldOut.TEST, HeldOut.TEST], dtype=torch.int8)
    measure(net, lambda: torch.tensor(TRAIN, dtype=torch.float32), {"held": held})
    with torch.no_grad():
        for table in (net.user, net.item, net.rated_item):
            table.weight.zero_()
        net.item_bias.weight[:, 0] = torch.tensor([0.0, 6, 5, 4, 3, 2, 1])
    return net.eval()


def rank_of(pairs: list[tuple[int, int]]) -> list[int]:
    found: list[int] = biases_alone("ranker")(torch.tensor(pairs, dtype=torch.float32))[:, RANK].long().tolist()
    return found


def test_a_test_row_competes_with_what_is_in_neither_training_nor_validation() -> None:
    """For u are left c, d, e, f: d is second. For v are left a, b, d, e: a is first."""
    assert rank_of(TEST) == [2, 1]


def test_a_validation_row_competes_with_what_is_not_in_training() -> None:
    """The test rows' choice d stays among b, c, d, e, f: nothing of them is used before the end."""
    assert rank_of(VALID) == [1]


def test_a_new_row_competes_with_what_is_in_no_row() -> None:
    """For u are left c, e, f; for v are left b, d, e."""
    assert rank_of([(U, E), (V, D)]) == [2, 2]


def test_each_training_row_can_be_the_first_of_its_own_list() -> None:
    """u: a is first of a to f, 1. v: of c alone among a, b, d, e third, 1 / log2(4), of f fifth, 1 / log2(6)."""
    out = biases_alone("ranker")(torch.tensor(TRAIN, dtype=torch.float32)).detach()
    found = Ranking().metrics(out, torch.zeros(len(TRAIN)))["ndcg_at_10"].value
    assert found == pytest.approx((1 + (1 / 2 + 1 / math.log2(6)) / 2) / 2)


def test_a_training_row_is_ranked_with_itself_among_what_is_not_in_training() -> None:
    """f of v: behind a, b, d, e."""
    assert rank_of([(V, F)]) == [5]


@pytest.mark.parametrize("name", ["ranker", "factors"])
def test_nothing_is_recommended_that_was_taken_in_any_row(name: str) -> None:
    catalogue = Catalogue(biases_alone(name), Ranking(), ["u", "v"], list("abcdef"), {"w": [B]})
    assert [line.item for line in catalogue.recommend(["u"])] == ["c", "e", "f"]
    assert [line.item for line in catalogue.recommend(["v"])] == ["b", "d", "e"]
    assert [line.item for line in catalogue.recommend(["w"])] == ["a", "c", "d", "e", "f"]  # of a test row alone
    assert not catalogue.knows("w")


def outputs(*rows: tuple[int, int, int, HeldOut]) -> torch.Tensor:
    """(user, item, rank, part) of each row as the net gives it."""
    out = torch.zeros(len(rows), 6)
    for at, (user, item, rank, part) in enumerate(rows):
        out[at, USER], out[at, ITEM], out[at, RANK], out[at, PART] = user, item, rank, part
    return out


def figures(out: torch.Tensor) -> tuple[float, float]:
    metrics = Ranking().metrics(out, torch.zeros(len(out)))
    return metrics["ndcg_at_10"].value, metrics["recall_at_10"].value


def test_a_choice_that_was_made_before_is_not_counted_as_new() -> None:
    """u's second row repeats a training row: of u is left rank 2 alone, 1 / log2(3); v's rank 20 gives 0."""
    out = outputs((U, D, 2, HeldOut.TEST), (U, A, 1, HeldOut.TRAIN), (V, A, 20, HeldOut.TEST))
    assert figures(out) == pytest.approx((1 / math.log2(3) / 2, 0.5))


def test_training_rows_are_scored_where_there_are_no_others() -> None:
    assert figures(outputs((U, A, 1, HeldOut.TRAIN), (V, C, 1, HeldOut.TRAIN))) == pytest.approx((1, 1))


def test_a_choice_that_stands_twice_counts_once() -> None:
    twice = outputs((U, D, 1, HeldOut.TEST), (U, D, 1, HeldOut.TEST))
    assert figures(twice) == pytest.approx((1, 1))


def test_users_never_seen_are_not_taken_for_one() -> None:
    """Five of them took the first item of the list, one the third: gains 1 and 1 / log2(4)."""
    strangers = outputs(*[(0, A, 1, HeldOut.NEW)] * 5, (0, C, 3, HeldOut.NEW))
    assert figures(strangers) == pytest.approx(((5 + 0.5) / 6, 1))


def test_an_item_never_seen_counts_among_validation_rows() -> None:
    out = outputs((U, B, 1, HeldOut.VALID), (V, 0, 7, HeldOut.NEW))
    np.testing.assert_allclose(figures(out), ((1 + 1 / math.log2(8)) / 2, 1))


def test_a_net_of_older_runs_has_no_held_out_rows() -> None:
    """Their files hold no such tensors, and load as before."""
    net = build("ranker", (2,), 1, users=3, items=7, ratings=3, members=1, width=2)
    assert isinstance(net, Ranker)
    assert not {name for name in net.state_dict() if name.startswith("held")}
    measure(net, lambda: torch.tensor(TRAIN, dtype=torch.float32))
    assert np.isinf(net.scores(torch.tensor([U])).detach().numpy()).tolist() == [[True, True] + [False] * 5]
