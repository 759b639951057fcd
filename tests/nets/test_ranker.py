"""Ranking from choices, against a loop over users and items written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import ndcg_score

from goodfit.nets import architecture, build, measure
from goodfit.nets.item_ranker import Ranker
from goodfit.tasks.ranking import Ranking

TAUGHT = torch.tensor([[1, 1], [1, 2], [2, 3], [1, 3], [3, 1], [3, 5]], dtype=torch.float32)  # (user, item)
USERS, ITEMS = 5, 7  # codes, the unknown ones included


def net() -> Ranker:
    torch.manual_seed(0)
    made = build("ranker", (2,), 1, users=USERS, items=ITEMS, ratings=len(TAUGHT), members=2, width=3)
    assert isinstance(made, Ranker)
    torch.nn.init.normal_(made.item_bias.weight)
    measure(made, lambda: TAUGHT)
    return made


def score(made: Ranker, user: int, item: int, without: int | None = None) -> np.ndarray:
    """(members,): b_i + q_i . (p_u + |N|^(-1/2) sum of y_j), N the items taken but for `without`."""
    tables = {name: value.detach().numpy() for name, value in made.state_dict().items()}
    taken = [int(thing) for person, thing in TAUGHT.tolist() if person == user and int(thing) != without]
    person = tables["user.weight"][user].copy()
    if taken:
        person = person + sum(tables["rated_item.weight"][thing] for thing in taken) / math.sqrt(len(taken))
    return np.asarray((person * tables["item.weight"][item]).reshape(2, 3).sum(1) + tables["item_bias.weight"][item])


def test_in_training_the_item_in_question_is_not_told() -> None:
    made = net().train()
    out = made(TAUGHT)
    assert out.shape == (6, 2, 1 + 4)  # as many as were taken by anybody are sampled, with replacement
    for row, (user, item) in enumerate(TAUGHT.long().tolist()):
        np.testing.assert_allclose(out[row, :, 0].detach().numpy(), score(made, user, item, without=item), rtol=1e-4)


def test_in_eval_mode_all_items_not_taken_are_ranked() -> None:
    made = net().eval()
    pairs = [(1, 4), (1, 6), (2, 1), (3, 2), (4, 5), (1, 0)]
    found = made(torch.tensor(pairs, dtype=torch.float32)).detach().numpy()
    popular = {item: sum(int(thing) == item for _, thing in TAUGHT.tolist()) for item in range(1, ITEMS)}
    for row, (user, item) in enumerate(pairs[:-1]):
        taken = {int(thing) for person, thing in TAUGHT.tolist() if person == user}
        left = [other for other in range(1, ITEMS) if other not in taken]
        scores = {other: float(score(made, user, other).mean()) for other in left}
        assert found[row, 1] == 1 + sum(scores[other] > scores[item] for other in left)
        loss = math.log(sum(math.exp(value) for value in scores.values())) - scores[item]
        assert found[row, 0] == pytest.approx(loss, rel=1e-4)
        assert found[row, 2] == user
        above = sum(popular[other] > popular[item] for other in left)
        level = sum(popular[other] == popular[item] for other in left) - 1
        assert found[row, 3] == 1 + above + level / 2
    assert found[-1, 1] == ITEMS  # an item never seen comes last


def test_scores_leave_out_what_was_taken() -> None:
    made = net().eval()
    found = made.scores(torch.tensor([1, 4])).detach().numpy()
    assert np.isinf(found[0, [0, 1, 2, 3]]).all()
    assert np.isinf(found[1]).tolist() == [True] + [False] * 6
    np.testing.assert_allclose(found[0, 4:], [score(made, 1, item).mean() for item in (4, 5, 6)], rtol=1e-4)


def test_the_metrics_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    gains, found, rows = [], [], []
    for user in range(1, 21):
        scores = random.normal(size=50)
        wanted = random.choice(50, size=random.integers(1, 15), replace=False)
        relevant = np.zeros(50)
        relevant[wanted] = 1
        gains.append(ndcg_score(relevant[None], scores[None], k=10))
        best = np.argsort(-scores)[:10]
        found.append(relevant[best].sum() / len(wanted))
        rows += [(0.0, 1 + (scores > scores[item]).sum(), user, 1.0) for item in wanted]
    out = torch.tensor(rows, dtype=torch.float32)
    metrics = Ranking().metrics(out, torch.zeros(len(rows)))
    assert metrics["ndcg_at_10"].value == pytest.approx(np.mean(gains), rel=1e-6)
    assert metrics["recall_at_10"].value == pytest.approx(np.mean(found), rel=1e-6)


def test_the_stages_hold_every_parameter_exactly_once() -> None:
    made = net()
    staged = [id(p) for stage in architecture("ranker").stages(made) for part in stage for p in part.parameters()]
    assert sorted(staged) == sorted(id(parameter) for parameter in made.parameters())
