"""Ratings by factors, against the formulas written out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from goodfit.errors import UsageError
from goodfit.nets import architecture, build, measure
from goodfit.nets.svdpp import ON_BIASES, ON_FACTORS, ON_HISTORY, Factors

TAUGHT = torch.tensor([[1, 1], [1, 2], [2, 3], [1, 3], [3, 1]], dtype=torch.float32)  # (user, item)


def net(history: bool = True) -> Factors:
    torch.manual_seed(0)
    made = build("factors", (2,), 1, users=5, items=4, ratings=5, members=3, width=2, history=history)
    assert isinstance(made, Factors)
    for table in (made.user_bias, made.item_bias):
        torch.nn.init.normal_(table.weight)
    measure(made, lambda: TAUGHT)
    return made


def by_hand(made: Factors, user: int, item: int) -> np.ndarray:
    """(members,): b_u + b_i + q_i . (p_u + |N(u)|^(-1/2) sum over N(u) of y_j), by member (Koren 2008, equation 15)."""
    tables = {name: value.detach().numpy() for name, value in made.state_dict().items()}
    rated = [int(thing) for person, thing in TAUGHT.tolist() if person == user]
    person = tables["user.weight"][user].copy()
    if made.history and rated:
        person += sum(tables["rated_item.weight"][thing] for thing in rated) / np.sqrt(len(rated))
    product = (person * tables["item.weight"][item]).reshape(3, 2).sum(1)
    return np.asarray(product + tables["user_bias.weight"][user] + tables["item_bias.weight"][item])


@pytest.mark.parametrize("history", [True, False])
def test_the_forward_pass_is_the_formula(history: bool) -> None:
    made = net(history)
    pairs = [(1, 2), (3, 3), (2, 1), (1, 1), (4, 2), (0, 3), (1, 0)]
    x = torch.tensor(pairs, dtype=torch.float32)
    wanted = np.stack([by_hand(made, user, item) for user, item in pairs])
    found = made.train()(x)
    assert found.shape == (7, 3, 1)
    np.testing.assert_allclose(found[:, :, 0].detach().numpy(), wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(made.eval()(x)[:, 0].detach().numpy(), wanted.mean(1), rtol=1e-5, atol=1e-6)


def test_of_a_long_history_an_even_sample_speaks() -> None:
    torch.manual_seed(0)
    made = build("factors", (2,), 1, users=3, items=8, ratings=8, members=3, width=2, history_at_most=3)
    assert isinstance(made, Factors)
    items = [4, 2, 7, 1, 5, 3, 6]  # of user 1; of user 2 item 5 alone
    measure(made, lambda: torch.tensor([*((1, item) for item in items), (2, 5)], dtype=torch.float32))
    table = made.rated_item.weight
    speak = (table[4] + table[7] + table[5]) / np.sqrt(3)  # places 0, 7 * 1 // 3 and 7 * 2 // 3
    vectors, _ = made.people(torch.tensor([2, 1, 0]))
    torch.testing.assert_close(vectors[1], made.user.weight[1] + speak)
    torch.testing.assert_close(vectors[0], made.user.weight[2] + table[5])
    assert made.taken(torch.tensor([1]))[0].tolist() == items  # all of them are known, and not recommended back


def test_the_penalty_is_paid_for_each_rating_of_the_batch() -> None:
    made = net().train()
    x = torch.tensor([[1, 2], [1, 3], [3, 1]], dtype=torch.float32)
    made(x)
    tables = {name: value.detach().double().numpy() for name, value in made.state_dict().items()}
    wanted = 0.0
    for user, item in ((1, 2), (1, 3), (3, 1)):
        wanted += ON_FACTORS * ((tables["user.weight"][user] ** 2).sum() + (tables["item.weight"][item] ** 2).sum()) / 3
        wanted += ON_BIASES * float((tables["user_bias.weight"][user] ** 2 + tables["item_bias.weight"][item] ** 2)[0])
    wanted = wanted / 3 + ON_HISTORY * (tables["rated_item.weight"] ** 2).sum() / 3 / 5
    assert float(made.penalty.detach()) == pytest.approx(wanted, rel=1e-5)


def test_a_user_and_an_item_never_seen_say_nothing() -> None:
    made = build("factors", (2,), 1, users=5, items=4, ratings=5).eval()
    assert float(made(torch.zeros(1, 2)).detach()) == 0  # the mean, once the task has put the scale back


def test_the_stages_hold_every_parameter_exactly_once() -> None:
    made = net()
    staged = [id(p) for stage in architecture("factors").stages(made) for part in stage for p in part.parameters()]
    assert sorted(staged) == sorted(id(parameter) for parameter in made.parameters())


def test_the_history_is_in_the_state() -> None:
    made = net()
    again = build("factors", (2,), 1, users=5, items=4, ratings=5, members=3, width=2)
    again.load_state_dict(made.state_dict())
    x = torch.tensor([[1, 2], [2, 3]], dtype=torch.float32)
    torch.testing.assert_close(again.eval()(x), made.eval()(x))


def test_it_predicts_one_rating_and_nothing_else() -> None:
    with pytest.raises(UsageError, match="one rating of a user and an item"):
        build("factors", (3,), 1, users=5, items=4, ratings=5)
