"""Rules on parts that are scaled, chosen by or seeded apart: what they name, and what they leave alone."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.model_selection import ShuffleSplit
from torch import nn

import goodfit
from goodfit.checks.engine.mixed_orders import mixed_apart
from goodfit.checks.rules.boxes_not_corners import corners_never_made
from goodfit.checks.rules.confidence_over_rows import ConfidenceOverRows
from goodfit.checks.rules.derivative_without_graph import returned_derivatives
from goodfit.checks.rules.episode_end_ignored import ignored
from goodfit.checks.rules.feature_made_of_target import made_of_target
from goodfit.checks.rules.members_are_one import trained_alike
from goodfit.checks.rules.one_part_scaled import scaled_alone
from goodfit.checks.rules.positive_is_itself import _of_itself
from goodfit.checks.rules.scaled_back_by_other import scaled_back
from goodfit.checks.rules.score_of_each_batch import scores_of_batches
from goodfit.checks.rules.selected_on_test import evaluated
from goodfit.checks.rules.shuffled_apart import apart
from goodfit.checks.rules.target_averaged_into_features import averaged
from goodfit.checks.rules.temperature_on_one_side import one_side
from goodfit.checks.rules.triplet_turned import turned_hinges

Rule = Callable[[ast.Module], Iterable[Any]]


def found(rule: Rule, source: str) -> int:
    return len(list(rule(ast.parse(textwrap.dedent(source)))))


CHOSEN = (
    "train, val, test = prep(a), prep(b), prep(c)\nbest = 9\nfor epoch in range(5):\n {score}\n"
    " if current < best:\n  best = current\n{last}"
)


@pytest.mark.parametrize(
    ("score", "last", "count"),
    [
        ("current, acc = evaluate(test)", "evaluate(test)", 1),
        ("current = evaluate(net, test)", "pass", 1),
        ("current = evaluate(net, loader=test)", "pass", 1),
        ("current, acc = evaluate(val)", "evaluate(test)", 0),
        ("current = evaluate(test)", "print(evaluate(val))", 0),  # validation rows are read: who knows for what
        ("current = evaluate(train)", "evaluate(test)", 0),
    ],
)
def test_test_rows_whose_score_decides(score: str, last: str, count: int) -> None:
    assert found(evaluated, CHOSEN.format(score=score, last=last)) == count


EPISODES = (
    "class Env:\n def step(self, a):\n  self.t += 1\n  done = False\n  {end}\n  return obs, r, done, self.t >= 40\n"
    "buf.append((s, a, r, s2, float(terminal)))\n"
    "bs, ba, br, bs2, bd = zip(*sample(buf))\nbr, bd = torch.tensor(br), torch.tensor(bd)\nuse(bs, ba)\n"
    "target = br + gamma * {alive}net(bs2).max(1).values\nprint(target)"
)


@pytest.mark.parametrize(
    ("end", "alive", "count"),
    [
        ("if self.pos == 0: r, done = 1.0, True", "", 1),
        ("if self.pos == 0: r, done = 1.0, True", "(1 - bd) * ", 0),
        ("pass", "", 0),  # a limit of time alone ends an episode
    ],
)
def test_ends_of_episodes_that_are_set_in_a_pair(end: str, alive: str, count: int) -> None:
    assert found(ignored, EPISODES.format(end=end, alive=alive)) == count


@pytest.mark.parametrize(
    ("orders", "count"),
    [
        ("x, y = rng.permutation(x), rng.permutation(y)", 1),
        ("order = rng.permutation(len(x)); x, y = x[order], y[order]", 0),
    ],
)
def test_batches_that_a_generator_gives_out(orders: str, count: int) -> None:
    source = (
        f"def batches(x, y):\n {orders}\n for i in range(9):\n  yield torch.tensor(x[i:i+5]), torch.tensor(y[i:i+5])"
    )
    assert found(apart, source) == count


@pytest.mark.parametrize(("partners", "count"), [("t[torch.randperm(len(t))]", 1), ("t[perm]", 0)])
def test_partners_that_are_returned(partners: str, count: int) -> None:
    source = (
        "def mixup(x, t, lam):\n perm = torch.randperm(len(x))\n mixed = lam * x + (1 - lam) * x[perm]\n"
        f" return mixed, t, {partners}, lam"
    )
    assert found(mixed_apart, source) == count


MEANS = (
    "hist = {rows}\ndf['user_mean'] = df.user.map(hist.groupby('user').rating.mean()).fillna(0)\n"
    "x = torch.tensor(df[['user_mean', 'age']].values); y = torch.tensor(df.rating.values)"
)


@pytest.mark.parametrize(("rows", "count"), [("df", 1), ("df.iloc[:900]", 0)])
def test_means_of_all_rows_by_another_name_of_the_frame(rows: str, count: int) -> None:
    assert found(averaged, MEANS.format(rows=rows)) == count


def test_counts_of_correct_rows_are_no_correlation() -> None:
    source = (
        "def count_correct(a, y):\n return (a == y).sum()\nfor x, y in loader:\n total += count_correct(net(x), y)\n"
    )
    assert found(scores_of_batches, f"total = 0\n{source}print(total / len(loader.dataset))") == 0


R2 = "def r2_score(a, b):\n return 1 - ((a - b) ** 2).sum() / ((b - b.mean()) ** 2).sum()\n"


@pytest.mark.parametrize(
    ("use", "count"),
    [
        ("scores = [r2_score(net(x), y) for x, y in val_dl]\nprint(sum(scores) / len(scores))", 1),
        ("total = 0\nfor x, y in loader:\n total += r2_score(net(x), y)\nprint(total / len(loader))", 1),
        ("a = [net(x) for x, y in val_dl]\nprint(r2_score(torch.cat(a), labels))", 0),
        ("scores = [r2_score(f(x), y) for x, y in val_dl]\nprint(sum(scores) / len(scores), r2_score(p, q))", 0),
        ("scores = [r2_score(p, y) for p, y in models]\nprint(sum(scores) / len(scores))", 0),  # one a model
        (
            "for x, y in loader:\n loss.backward()\n total += r2_score(net(x), y)\nprint(total / 9)",
            0,
        ),  # while it trains
    ],
)
def test_own_scores_of_batches(use: str, count: int) -> None:
    assert found(scores_of_batches, R2 + use) == count


@pytest.mark.parametrize(
    ("given", "count"),
    [("pred, truth", 1), ("to_corners(pred), to_corners(truth)", 0)],
)
def test_corners_that_are_never_made(given: str, count: int) -> None:
    source = (
        "def to_corners(b):\n return b\ndef iou(a, b):\n return a\n"
        f"boxes = torch.cat([centre, wh], 1)\nprint(iou({given}))"
    )
    assert found(corners_never_made, source) == count
    assert found(corners_never_made, source.replace(" return a\n", " return a[:, 0] - a[:, 2] / 2\n")) == 0  # by itself


SCALERS = "xs, ys = StandardScaler(), StandardScaler()\nx = torch.tensor(xs.fit_transform(a)).float()\n"


@pytest.mark.parametrize(
    ("values", "back", "count"),
    [
        ("y = ys.fit_transform(b)", "y[9:] * xs.scale_[0] + xs.mean_[0]", 1),
        ("y = torch.tensor(ys.fit_transform(b))", "xs.inverse_transform(y.numpy())", 1),
        ("y = ys.fit_transform(b)", "y[9:] * ys.scale_[0] + ys.mean_[0]", 0),
        ("y = ys.fit_transform(b)", "ys.inverse_transform(y)", 0),
        ("y = net(torch.tensor(xs.transform(b)))", "ys.inverse_transform(y)", 0),  # what a net makes of them
        ("y = ys.fit_transform(b); y = xs.transform(b)", "ys.inverse_transform(y)", 0),  # which one is not known
        ("y = ys.fit_transform(b)\ndef show(y):\n return xs.inverse_transform(y)\n", "show(x)", 0),  # another y
    ],
)
def test_values_that_another_scaler_puts_back(values: str, back: str, count: int) -> None:
    assert found(scaled_back, f"{SCALERS}{values}\nprint({back})") == count


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ("", 1),
        ("fte = (fte - mean) / std", 0),
        ("z = (fte - mean) / std", 0),
        ("print(evaluate(net, fte, mean, std))", 0),
        ("print(score(normalise(fte)))", 0),
        ("def accuracy():\n return net((fte - mean) / std)", 0),
    ],
)
def test_held_out_rows_beside_scaled_ones(after: str, count: int) -> None:
    source = (
        f"ftr, fte = spec(a), spec(b)\nmean, std = ftr.mean(), ftr.std()\nftr = (ftr - mean) / std\n{after}\nnet(fte)"
    )
    assert found(scaled_alone, source) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("logits.softmax(0).max(1)", 1),
        ("torch.softmax(net(x[9:]), dim=0).argmax(dim=-1)", 1),
        ("logits.softmax(1).max(1)", 0),
        ("logits.softmax(0).max(0)", 0),
        ("assignment.softmax(0).argmax(1)", 0),
        ("scores.softmax(0).sum(1)", 0),
        ("probs = logits.softmax(dim=0)\nconf, pred = probs.max(1)", 1),
        ("probs = F.softmax(net(x), 0)\nconf, pred = torch.max(probs, 1)", 1),
        ("probs = F.softmax(net(x), 1)\nconf, pred = torch.max(probs, 1)", 0),
    ],
)
def test_probabilities_over_rows(text: str, count: int) -> None:
    rule = ConfidenceOverRows._places
    assert found(lambda tree: rule(object.__new__(ConfidenceOverRows), tree), text) == count


@pytest.mark.parametrize(
    ("column", "chosen", "count"),
    [
        ("df['fee'] = np.where(df.churned == 1, a, b)", "[c for c in df.columns if c != 'churned']", 1),
        ("df['churned'] = (df['days'] > 90).astype(int)", "df.drop(columns=['churned'])", 1),
        ("df['churned'] = (df['days'] > 90).astype(int)", "df.drop('churned', axis=1)", 1),
        ("df['fee'] = np.where(df.churned == 1, a, b)", "[c for c in df.columns if c not in ('churned', 'fee')]", 0),
        ("df['fee'] = df.age * 2", "[c for c in df.columns if c != 'churned']", 0),
        ("df['churned'] = (df['days'] + noise > 90).astype(int)", "df.drop(columns=['churned'])", 0),
        ("df['log'] = np.log(df['price'])", "df.drop(columns=['price'])\ny = df['log']", 0),  # log is what is learnt
    ],
)
def test_columns_computed_from_the_target(column: str, chosen: str, count: int) -> None:
    assert found(made_of_target, f"{column}\nx = {chosen}\ny = torch.tensor(df['churned'].values)") == count


def test_a_column_that_is_dropped_is_no_target() -> None:
    source = "df['hour'] = df['time'].dt.hour\ntrain = df[df['time'] < cut]\nx = df.drop(columns=['time'])"
    assert found(made_of_target, source) == 0


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("nets = [train(3) for k in range(5)]", 1),
        ("for k in range(5):\n net, last = train(seed=89)\n nets.append(net)", 1),
        ("nets = [train(k) for k in range(5)]", 0),
        ("for k in range(5):\n seed = 10 + k\n nets.append(train(seed))", 0),
        ("nets = [train(next(seeds)) for k in range(5)]", 0),
        ("nets = [train(seed=next(seeds)) for k in range(5)]", 0),
        ("for rate in rates:\n nets.append(train(3))", 0),  # a search, whose rates may be a setting
        ("net = train(3)", 0),
    ],
)
def test_trainings_from_one_seed(call: str, count: int) -> None:
    made = "net = Net()\n optimiser = Adam(net.parameters())"
    source = f"def train(seed):\n torch.manual_seed(seed)\n {made}\n loss.backward()\n return net\n{call}"
    assert found(trained_alike, source) == count
    going_on = source.replace("net = Net()", "pass").replace("def train(seed)", "def train(seed, net=None)")
    assert found(trained_alike, going_on) == 0  # the net that it is given learns on from call to call


def fitted(x: torch.Tensor, y: torch.Tensor, seed: int, steps: int = 6) -> nn.Module:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    for _ in range(steps):
        loss = nn.functional.cross_entropy(net(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return net


@pytest.mark.parametrize(("seeds", "expected"), [((5, 5, 5, 5), 1), ((5, 5), 0), ((1, 2, 3, 4), 0)])
def test_nets_of_a_list_that_are_equal(seeds: tuple[int, ...], expected: int) -> None:
    x, y = torch.randn(30, 4), torch.arange(30) % 2
    members = []
    with goodfit.watch(quiet=True, strict=True, select=["members-are-one"]) as seen:
        for seed in seeds:
            members.append(fitted(x, y, seed))
    assert len(seen.findings) == expected


def test_equal_rates_of_other_rows_are_no_one_net() -> None:
    members = []
    with goodfit.watch(quiet=True, strict=True, select=["members-are-one"]) as seen:
        for fold in range(5):  # the same seed for each fold is common
            members.append(fitted(torch.randn(30, 4) + fold, torch.arange(30) % 2, 7))
    assert not seen.findings


def test_a_splitter_that_passes_groups_over() -> None:
    patient = np.repeat(np.arange(40), 5)
    x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    with goodfit.watch(quiet=True, strict=True, select=["groups-across-parts"]) as seen:
        with pytest.warns(UserWarning, match="ignored by ShuffleSplit"):
            train, _ = next(ShuffleSplit(1, test_size=0.25, random_state=0).split(x, groups=patient))
        fitted(torch.from_numpy(x[train]), torch.arange(len(train)) % 2, 0)
    assert len(seen.findings) == 1


def test_pseudo_labels_are_no_evaluation() -> None:
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 3))
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    with goodfit.watch(quiet=True, strict=True, select=["evaluated-in-train-mode"]) as seen:
        for _ in range(8):
            x = torch.randn(40, 4)
            with torch.no_grad():
                sure, kind = net(x).softmax(1).max(1)
                mask = (sure >= 0.5).float()
            loss = (nn.functional.cross_entropy(net(x + 0.1), kind, reduction="none") * mask).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    assert not seen.findings


DISTILLED = (
    "def kd(student_logits, idx):\n log_p = F.log_softmax(student_logits / TEMP, dim=1)\n"
    " q = F.softmax({teacher}, dim=1)\n"
    " return F.kl_div(log_p, q, reduction='batchmean') * TEMP**2"
)


@pytest.mark.parametrize(
    ("teacher", "count"),
    [("teacher_logits[idx]", 1), ("teacher_logits[idx] / TEMP", 0), ("softened[idx] * (1 / TEMP)", 0)],
)
def test_a_teacher_that_was_asked_before(teacher: str, count: int) -> None:
    asked = "teacher_logits = teacher(x)\n"
    assert found(one_side, asked + DISTILLED.format(teacher=teacher)) == count
    assert found(one_side, "teacher_logits = teacher(x) / TEMP\n" + DISTILLED.format(teacher=teacher)) == 0
    assert found(one_side, DISTILLED.format(teacher=teacher)) == 0  # where they come from is not known


@pytest.mark.parametrize(
    ("graph", "used", "count"),
    [
        ("retain_graph=True", "((ddu + 0.4 * du + u) ** 2).mean()", 1),
        ("create_graph=True", "((ddu + 0.4 * du + u) ** 2).mean()", 0),
        ("retain_graph=True", "print(ddu)", 0),
    ],
)
def test_derivatives_that_a_function_returns(graph: str, used: str, count: int) -> None:
    source = (
        "def derivatives(u, t):\n du = torch.autograd.grad(u, t, ones, create_graph=True)[0]\n"
        f" ddu = torch.autograd.grad(du, t, ones, {graph})[0]\n return du, ddu\n"
        f"du, ddu = derivatives(u, t)\nloss = {used}"
    )
    assert found(returned_derivatives, source) == count


@pytest.mark.parametrize(("hinge", "count"), [("hard_neg - hard_pos", 1), ("hard_pos - hard_neg", 0)])
def test_a_hinge_of_the_hardest(hinge: str, count: int) -> None:
    source = (
        "dist = torch.cdist(e, e)\nhard_pos = dist.masked_fill(~same, 0.0).max(1).values\n"
        f"hard_neg = dist.masked_fill(same, 9.0).min(1).values\nloss = F.relu({hinge} + margin).mean()"
    )
    assert found(turned_hinges, source) == count


def test_places_that_a_mask_has_filled_are_no_similarities() -> None:
    users, items = torch.randn(8, 5), torch.randn(8, 5)
    logits = users @ items.T / 0.1
    logits[0, 3] = logits[3, 0] = logits[2, 6] = -1e4  # two of one item
    assert not _of_itself(logits, torch.arange(8))
    assert _of_itself((users @ users.T).masked_fill(torch.eye(8).roll(1, 0).bool(), -1e4), torch.arange(8))


def test_a_residual_that_is_only_looked_at_needs_no_graph() -> None:
    net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    with goodfit.watch(quiet=True, strict=True, select=["derivative-without-graph"]) as seen:
        for _ in range(4):
            t = torch.rand(16, 1, requires_grad=True)
            u = net(t)
            loss = (torch.autograd.grad(u, t, torch.ones_like(u), create_graph=True)[0] + u).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            grid = torch.rand(16, 1, requires_grad=True)
            out = net(grid)
            slope = torch.autograd.grad(out, grid, torch.ones_like(out))[0]
            residual = (slope + out).abs().mean()
    assert not seen.findings
    assert residual > 0
