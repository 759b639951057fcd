"""Rules on the noise of a diffusion, graphs of a batch, columns that are chosen, and terms that teach nothing."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import goodfit
from goodfit.checks.rules.dead_units import _points_one_way
from goodfit.checks.rules.edges_not_offset import not_offset
from goodfit.checks.rules.episode_end_ignored import ignored
from goodfit.checks.rules.noise_not_gaussian import uniform
from goodfit.checks.rules.selected_before_split import selected
from goodfit.checks.rules.window_over_target import over_target

Rule = Callable[[ast.Module], Iterable[Any]]


def found(rule: Rule, source: str) -> int:
    return len(list(rule(ast.parse(textwrap.dedent(source)))))


def spoke(rule: str, losses: Callable[[nn.Linear, Tensor], Tensor], steps: int = 6) -> bool:
    """Whether a rule speaks of a net (8 to 4) that is trained so on 24 rows."""
    torch.manual_seed(0)
    net = nn.Linear(8, 4)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with goodfit.watch(quiet=True) as seen:
        for _ in range(steps):
            loss = losses(net, torch.randn(24, 8))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rule in {finding.rule for finding in seen.findings}


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n eps = torch.rand_like(x)\n return F.mse_loss(net(q(x, eps), t), eps)\nx = torch.randn(4)",
        "def f(x):\n n = torch.rand(x.shape)\n out = net(q(x, n))\n return (out - n).pow(2).mean()\nx = torch.randn(4)",
        "n = torch.rand_like(x)\nloss = ((net(x + n, t) - n) ** 2).mean()\nstart = torch.randn_like(x)",
    ],
)
def test_uniform_noise_that_a_net_is_to_predict(source: str) -> None:
    assert found(uniform, source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n n = torch.randn_like(x)\n return mse_loss(net(x + n), n)",
        "def f(x):\n n = torch.rand_like(x)\n return mse_loss(net(x + n), n)",  # nothing is Gaussian
        "def f(x):\n t = torch.rand(len(x))\n n = torch.randn_like(x)\n return mse_loss(net(x + n, t), n)",
        "def f(x):\n t = torch.rand(8)\n x = x - t * 3\n n = torch.randn_like(x)\n return mse_loss(net(x, t), n)",
        "def f(x):\n x0 = torch.rand_like(x)\n v = x - x0\n return mse_loss(net(x0 + v), v)\nz = torch.randn(3)",
    ],
)
def test_gaussian_noise_and_times_are_left_alone(source: str) -> None:
    assert found(uniform, source) == 0


LOOP = """
    def collate(graphs):
        edges, owner, start = [], [], 0
        for i, g in enumerate(graphs):
            {line}
            owner.append({owner})
            start += g.n
        return torch.cat(edges, 1), torch.cat(owner)
"""


@pytest.mark.parametrize("owner", ["torch.full((g.n,), i)", "torch.tensor([i] * g.n)", "torch.tensor(i).repeat(g.n)"])
@pytest.mark.parametrize("line", ["edges.append(g.edge_index)", "edges.append(torch.tensor(g.edges).t())"])
def test_edges_that_are_joined_as_they_are(line: str, owner: str) -> None:
    assert found(not_offset, LOOP.format(line=line, owner=owner)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "edges.append(g.edge_index + start)",
        "edges.append(g.edge_index.add(start))",
        "e = g.edge_index + start; edges.append(e)",
        "g.edge_index += start; edges.append(g.edge_index)",
        "edges.append(torch.stack([torch.full((g.m,), i), g.kinds]))",
    ],
)
def test_edges_that_are_moved_are_left_alone(line: str) -> None:
    assert found(not_offset, LOOP.format(line=line, owner="torch.full((g.n,), i)")) == 0


def test_features_of_edges_and_lists_that_are_not_joined_are_left_alone() -> None:
    source = LOOP.format(line="edges.append(g.edge_index)", owner="torch.full((g.n,), i)")
    assert found(not_offset, source.replace("edges", "edge_attr")) == 0
    assert found(not_offset, source.replace("torch.cat(edges, 1)", "edges")) == 0


@pytest.mark.parametrize(
    "source",
    [
        "X = SelectKBest(k=5).fit_transform(X, y)\na, b, c, d = train_test_split(X, y)",
        "s = SelectKBest(k=5)\ns.fit(X, y)\nX = s.transform(X)\nfor tr, te in KFold(5).split(X, y): go(X[tr])",
        "def main():\n X = RFE(svm).fit(X, y).transform(X)\n return train_test_split(X, y)",
    ],
)
def test_columns_that_are_chosen_by_all_labels(source: str) -> None:
    assert found(selected, source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "a, b, y, d = train_test_split(X, Y)\na = RFE(svm).fit_transform(a, y)\ne, f, g, h = train_test_split(a, y)",
        "for tr, te in kf.split(X, y):\n s = SelectKBest(k=5).fit(X[tr], y[tr])",
        "X = SelectKBest(k=5).fit_transform(X, y)\nnet.fit(X, y)",
        "X = VarianceThreshold().fit_transform(X)\na, b, c, d = train_test_split(X, y)",
        "X = PCA(5).fit_transform(X, y)\na, b, c, d = train_test_split(X, y)",
        "words = SelectKBest(k=5).fit_transform(X, y)\nfor line in text.split('x'): go(line)",
    ],
)
def test_columns_that_are_chosen_by_training_rows_are_left_alone(source: str) -> None:
    assert found(selected, source) == 0


FEATURES = """
    df["mean3"] = {window}
    df["lag"] = df["load"].shift(1)
    x = torch.tensor(df[{columns}].values)
    y = torch.tensor(({target}).values)
"""
LEFT_OUT = '[c for c in df if c not in ("load", "hour")]'


@pytest.mark.parametrize("columns", ['["mean3", "lag"]', LEFT_OUT])
@pytest.mark.parametrize("window", ['df["load"].rolling(3).mean()', "df.load.expanding().max()"])
def test_windows_that_end_with_the_target(window: str, columns: str) -> None:
    source = FEATURES.format(window=window, columns=columns, target="(df.load - 3) / 2")
    assert found(over_target, source) == 1


@pytest.mark.parametrize(
    ("window", "columns", "target"),
    [
        ('df["load"].shift(1).rolling(3).mean()', '["mean3", "lag"]', "df.load"),
        ('df["load"].rolling(3).mean().shift(1)', '["mean3", "lag"]', "df.load"),
        ('df["load"].rolling(3).mean()', '["mean3", "lag"]', 'df["load"].shift(-1)'),  # of the next row
        ('df["load"].rolling(3).mean()', '["mean3", "lag"]', 'df["load"][1:]'),
        ('df["heat"].rolling(3).mean()', '["mean3", "lag"]', 'df["load"]'),
        ('df["load"].rolling(3).mean()', '["lag", "hour"]', 'df["load"]'),  # to be drawn alone
        ('df["load"].rolling(3).mean()', '[c for c in df if c not in ("load", "mean3")]', 'df["load"]'),
    ],
)
def test_windows_of_what_is_known_are_left_alone(window: str, columns: str, target: str) -> None:
    assert found(over_target, FEATURES.format(window=window, columns=columns, target=target)) == 0


def test_a_flag_that_is_only_made_a_tensor_is_not_read() -> None:
    source = """
        memory.append((s, a, r, s2, done))
        def learn(batch):
            s, a, r, s2, done = zip(*batch)
            done = torch.tensor(done)
            target = torch.tensor(r) + gamma * net(s2){end}
            return loss(net(s)[a], target)
    """
    assert found(ignored, source.format(end="")) == 1
    assert found(ignored, source.format(end=" * (1 - done)")) == 0


def test_a_term_of_a_new_tensor_teaches_nothing() -> None:
    def both(net: nn.Linear, x: Tensor) -> Any:
        return net(x).square().mean() + torch.tensor([net(x).abs().mean().item()], requires_grad=True).sum()

    def kept(net: nn.Linear, x: Tensor) -> Any:
        return net(x).square().mean() + net(x).abs().mean()

    def moved(net: nn.Linear, x: Tensor) -> Any:  # inputs that are moved themselves, through the net
        return net(x).square().mean() + net(x.requires_grad_()).abs().mean()

    def shifted(net: nn.Linear, x: Tensor) -> Any:  # inputs are shifted as far as is worth it
        shift = torch.zeros_like(x).requires_grad_()
        return net(x + shift).square().mean() + shift.square().mean()

    def thresholded(net: nn.Linear, x: Tensor) -> Any:
        chosen = (net(x).sigmoid() > 0.5).float()
        overlap = (chosen * (x[:, :4] > 0)).sum() / chosen.sum()
        return net(x).square().mean() + 1 - overlap

    assert spoke("term-without-gradient", both)
    assert spoke("term-without-gradient", thresholded)
    assert not spoke("term-without-gradient", shifted)
    assert not spoke("term-without-gradient", kept)
    assert not spoke("term-without-gradient", moved)


def test_a_tensor_that_lives_on_is_no_new_one() -> None:
    scale = torch.zeros(1, requires_grad=True)  # moved by hand

    def by_hand(net: nn.Linear, x: Tensor) -> Any:
        return net(x).square().mean() + scale.square().sum()

    assert not spoke("term-without-gradient", by_hand)


@pytest.mark.parametrize("own", [True, False])
def test_the_nearest_row_is_the_row_itself(own: bool) -> None:
    def mined(net: nn.Linear, x: Tensor) -> Any:
        gaps = torch.cdist(net(x), net(x))
        gaps = gaps if own else gaps.masked_fill(torch.eye(len(x), dtype=torch.bool), 9.0)
        return gaps.min(1).values.mean() + gaps.mean()

    assert spoke("pair-with-itself", mined) == own


def test_nearest_rows_of_two_sets_are_left_alone() -> None:
    def matched(net: nn.Linear, x: Tensor) -> Any:
        return torch.cdist(net(x), net(x) + 1e-3).min(1).values.mean()

    assert not spoke("pair-with-itself", matched)


def test_labels_that_are_compared_with_themselves_are_no_metric() -> None:
    labels = torch.arange(48) % 4

    def alike(net: nn.Linear, x: Tensor) -> Any:
        rows = torch.randperm(48)[:24]
        same = labels[rows][:, None] == labels[rows]  # read twice: two tensors of equal values
        return (net(x) @ net(x).T)[same].mean().square()

    assert not spoke("impossible-metric", alike)


@pytest.mark.parametrize("detached", [True, False])
def test_a_ratio_whose_sides_both_have_gradients(detached: bool) -> None:
    gain = torch.randn(24, generator=torch.Generator().manual_seed(0))

    def clipped(net: nn.Linear, x: Tensor) -> Any:
        old = net(x).log_softmax(1)[:, 0]
        ratio = (net(x).log_softmax(1)[:, 0] - (old.detach() if detached else old)).exp()
        return -torch.minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean() + net(x).square().mean()

    assert spoke("ratio-always-one", clipped, steps=8) == (not detached)


@pytest.mark.parametrize("ignored_class", [0, -100])
def test_a_class_that_the_loss_ignores_is_scored(ignored_class: int) -> None:
    labels = torch.arange(24) % 4

    def step(net: nn.Linear, x: Tensor) -> Any:
        with torch.no_grad():
            classes = net(x).argmax(1)
            print([float(((classes == kind) & (labels == kind)).sum()) for kind in range(4)])
        return nn.functional.cross_entropy(net(x), labels, ignore_index=ignored_class)

    assert spoke("ignored-labels-scored", step) == (ignored_class == 0)


def test_units_that_are_on_or_off_for_all_rows_have_not_died() -> None:
    torch.manual_seed(0)
    first = nn.Linear(3, 32)
    with torch.no_grad():
        first.weight[:] = torch.where(torch.arange(32) < 28, -1.0, 1.0)[:, None]
        first.bias[:] = 0
    net = nn.Sequential(first, nn.ReLU(), nn.Linear(32, 1))
    sizes = torch.rand(40, 1) + 1
    optimizer = torch.optim.SGD(net.parameters(), lr=0.001)
    with goodfit.watch(quiet=True) as seen:
        for _ in range(40):
            loss = nn.functional.mse_loss(net(sizes.repeat(1, 3)), sizes.log())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert "dead-units" not in {finding.rule for finding in seen.findings}


def test_directions_of_inputs_that_are_not_finite_are_not_asked_for() -> None:
    x = torch.full((4, 3), float("nan"))
    relu = nn.functional.relu(nn.functional.linear(x, torch.ones(2, 3, requires_grad=True), torch.ones(2)))
    assert not _points_one_way(relu.grad_fn)
