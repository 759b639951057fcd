"""Rules on cumulative targets, messages along edges, partners of views, and returns over several episodes."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import goodfit
from goodfit.checks.rules.returns_across_episodes import across_episodes


def found(rule: str, losses: Callable[[nn.Linear], Tensor], steps: int = 8) -> bool:
    """Whether a rule speaks of a net (6 to 4) that is trained so."""
    torch.manual_seed(0)
    net = nn.Linear(6, 4)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with goodfit.watch(quiet=True, strict=True) as seen:
        for _ in range(steps):
            loss = losses(net)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rule in {finding.rule for finding in seen.findings}


def levels_of(y: Tensor, first: int) -> Tensor:
    return (y[:, None] >= torch.arange(first, first + 4)).float()


@pytest.mark.parametrize(
    ("first", "expected"),
    [(0, True), (1, False), (2, True)],  # for classes 0 .. 4: the lowest level is 1; from 2 on 0 and 1 are one class
)
@pytest.mark.parametrize("falling", [True, False])
def test_levels_begin_above_the_lowest_class(first: int, falling: bool, expected: bool) -> None:
    y = torch.randint(0, 5, (640,), generator=torch.Generator().manual_seed(0))  # is found among the variables

    def loss(net: nn.Linear) -> Tensor:
        target = levels_of(y[torch.randperm(640)[:64]], first)
        return functional.binary_cross_entropy_with_logits(net(torch.randn(64, 6)), target if falling else 1 - target)

    assert found("levels-shifted", loss) is expected


def test_levels_of_as_many_classes_as_there_are_targets() -> None:
    y = torch.arange(640) % 4  # the first target is always 1, and each class has targets of its own

    def loss(net: nn.Linear) -> Tensor:
        chosen = levels_of(y[torch.randperm(640)[:64]], 0)
        return functional.binary_cross_entropy_with_logits(net(torch.randn(64, 6)), chosen)

    assert not found("levels-shifted", loss)


LINKS = torch.randint(0, 30, (2, 120), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (lambda h, src, dst: h.new_zeros(30, 4).index_add(0, src, h[src]), True),
        (lambda h, src, dst: h.new_zeros(30, 4).index_add(0, dst, h[src]), False),
        (lambda h, src, dst: h.scatter_reduce(0, dst[:, None].expand(-1, 4), h[dst].relu(), "mean"), True),
        (lambda h, src, dst: h.new_zeros(30, 4).index_add(0, dst, h[dst] - h[src]), False),
        (lambda h, src, dst: h.new_zeros(30, 4).index_add(0, src, h[src] * h[dst]), False),
        (lambda h, src, dst: h.new_zeros(30, 4).index_add(0, src, h[src] + torch.randn(120, 4)), False),
        (lambda h, src, dst: h.new_zeros(30, 4).index_add(0, src[:1], h[src[:1]]), False),  # no row comes twice
    ],
)
def test_messages_go_to_the_other_end(message: Callable[[Tensor, Tensor, Tensor], Tensor], expected: bool) -> None:
    def loss(net: nn.Linear) -> Tensor:
        return message(net(torch.randn(30, 6)), *LINKS).square().mean()

    assert found("message-to-its-sender", loss) is expected


@pytest.mark.parametrize("halves", [True, False])
@pytest.mark.parametrize("neighbours", [True, False])
def test_partners_lie_as_the_views_do(halves: bool, neighbours: bool) -> None:
    def loss(net: nn.Linear) -> Tensor:
        x = torch.randn(48, 6)
        views = net(x + 0.1 * torch.randn(48, 6)), net(x + 0.1 * torch.randn(48, 6))
        z = functional.normalize(torch.cat(views) if halves else torch.stack(views, 1).flatten(0, 1), dim=1)
        rows = torch.arange(96)
        scores = (z @ z.T / 0.5).masked_fill(torch.eye(96, dtype=torch.bool), float("-inf"))
        return functional.cross_entropy(scores, rows ^ 1 if neighbours else rows.roll(48))

    assert found("partner-misplaced", loss) is (halves is neighbours)


PROGRAM = """
    def returns_of(rewards, dones):
        out, total = [], 0.0
        for r, d in zip(reversed(rewards), reversed(dones)):
            {line}
            out.insert(0, total)
        return out

    {begun}
    for _ in range(20):
        state, done = env.reset(), False
        {each}
        while not done:
            state, reward, done = env.step(policy(state))
            R.append(reward)
            D.append(done)
    returns = returns_of({given}, D)
"""
SUM, EMPTY = "total = r + gamma * total", "R, D = [], []"


@pytest.mark.parametrize(
    ("line", "begun", "each", "given", "count"),
    [
        (SUM, EMPTY, "pass", "R", 1),
        ("total = 0.99 * total + r", EMPTY, "pass", "R", 1),
        ("total = r + gamma * total * (1 - d)", EMPTY, "pass", "R", 0),
        ("total = r + gamma * (0.0 if d else total)", EMPTY, "pass", "R", 0),
        ("discount = gamma * (1 - d); total = r + discount * total", EMPTY, "pass", "R", 0),
        (SUM, EMPTY, "R, D = [], []", "R", 0),  # begun again in each episode
        (SUM, EMPTY, "R.clear(); D.clear()", "R", 0),
        (SUM, EMPTY, "pass", "R[:n]", 0),  # of a part
    ],
)
def test_returns_begin_again_with_an_episode(line: str, begun: str, each: str, given: str, count: int) -> None:
    source = textwrap.dedent(PROGRAM).format(line=line, begun=begun, each=each, given=given)
    assert len(set(across_episodes(ast.parse(source)))) == count
