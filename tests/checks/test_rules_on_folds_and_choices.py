"""Rules that read how folds, seeds, transitions and the best of many trials are written, and equal rows by chance."""

from __future__ import annotations

import ast
import textwrap

import pytest
import torch
from scipy.stats import chi2
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler

import goodfit
from goodfit.checks.engine.equal_by_nature import has_few_values, pair_probability_at_most
from goodfit.checks.rules.episode_end_ignored import ignored
from goodfit.checks.rules.net_kept_across_folds import kept
from goodfit.checks.rules.seeded_each_row import seeded
from goodfit.checks.rules.selected_on_test import selected
from goodfit.checks.rules.target_averaged_into_features import averaged

FIT = """
def fit(net, x):
    opt = torch.optim.Adam(net.parameters())
    loss(net(x)).backward()
    opt.step()
"""


class OwnRows(Dataset[tuple[Tensor, Tensor]]):
    """Rows that only their content tells apart: no data set of tensors."""

    def __init__(self, x: Tensor, y: Tensor) -> None:
        self.x, self.y = x, y

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        return self.x[row], self.y[row]


def tree(source: str) -> ast.Module:
    return ast.parse(textwrap.dedent(source))


@pytest.mark.parametrize(
    "loop",
    [
        "net = make()\nfor a, b in KFold(5).split(x):\n    fit(net, x[a])",
        "net = make()\nfolds = StratifiedKFold(3)\nfor k, (a, b) in enumerate(folds.split(x, y)): fit(net=net, x=x[a])",
        "net = make()\nfor a, b in KFold(5).split(x):\n  opt = SGD(net.parameters())\n  loss(net(x[a])).backward()",
    ],
)
def test_a_net_that_all_folds_train(loop: str) -> None:
    assert [name for name, _ in kept(tree(FIT + loop))] == ["net"]


@pytest.mark.parametrize(
    ("before", "loop", "inside", "names"),
    [
        ("net, opt = make()", "for a, b in KFold(5).split(x):", "pass", ["net"]),
        (
            "net = make(); opt = SGD(net.parameters())",
            "for k, (a, b) in enumerate(KFold(5).split(x)):",
            "pass",
            ["net"],
        ),
        ("net, opt = make(); folds = KFold(5)", "for a, b in folds.split(x):", "pass", ["net"]),
        # one part alone, an optimiser of another net, one that is made anew with its net, weights that are
        ("net, opt = make()", "for _, a in KFold(5).split(x):", "pass", []),
        ("net = make(); opt = SGD(head.parameters())", "for a, b in KFold(5).split(x):", "pass", []),
        ("net, opt = make()", "for a, b in KFold(5).split(x):", "net, opt = make()", []),
        ("net, opt = make()", "for a, b in KFold(5).split(x):", "net.load_state_dict(first)", []),
    ],
)
def test_a_net_and_its_optimiser_that_all_folds_train(before: str, loop: str, inside: str, names: list[str]) -> None:
    steps = "for _ in range(9): loss(net(x[a])).backward(); opt.step()"
    program = f"{before}\n{loop}\n    {inside}\n    {steps}\n    score(net, x[b])\n"
    assert [name for name, _ in kept(tree(program))] == names


def test_a_fold_that_is_one_step_is_an_episode() -> None:
    loop = "net, opt = make()\nfor a, b in KFold(5).split(x): loss(net(x[a]), net(x[b])).backward(); opt.step()"
    assert not list(kept(tree(loop)))


def test_a_splitter_that_a_function_is_given() -> None:
    program = """
        def run(folds):
            net, opt = make()
            for a, b in folds.split(x):
                for _ in range(9):
                    loss(net(x[a])).backward(); opt.step()
                score(net, x[b])
        run(KFold(5))
        """
    assert [name for name, _ in kept(tree(program))] == ["net"]


@pytest.mark.parametrize(
    "loop",
    [
        "for a, b in KFold(5).split(x):\n    net = make()\n    fit(net, x[a])",
        "net = make()\nfor a, b in KFold(5).split(x):\n    fit(deepcopy(net), x[a])",
        "net = make()\nfor a, b in KFold(5).split(x):\n    net.load_state_dict(first)\n    fit(net, x[a])",
        "net = make()\nfor a, b in KFold(5).split(x):\n    net.apply(reset)\n    fit(net, x[a])",
        "net = make()\nfor a, b in KFold(5).split(x):\n  for p in net: p.reset_parameters()\n  fit(net, x[a])",
        "net = make()\nsplits = TimeSeriesSplit(5)\nfor a, b in splits.split(x):\n    fit(net, x[a])",  # the past grows
        "net = make()\nfor line in text.split(','):\n    fit(net, line)",
        "net = make()\nfor a, b in KFold(5).split(x):\n    print(score(net, x[b]))",  # evaluated alone
    ],
)
def test_nets_of_their_own(loop: str) -> None:
    assert not list(kept(tree(FIT + loop)))


@pytest.mark.parametrize(
    "source",
    [
        "for c in configs:\n    val, test = run(c)\n    score = test\n    if score > best: best, chosen = score, c",
        "for c in configs:\n    val_acc, test_acc = run(c)\n    if test_acc > best_acc:\n        best_acc = test_acc",
        "for c in cs:\n  val_loss = f(v)\n  loss = f(parts['test'])\n  if loss < lowest: lowest = loss",
    ],
)
def test_a_choice_by_the_test_score(source: str) -> None:
    assert len(list(selected(tree(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "for c in cs:\n    val, test = run(c)\n    if val > best: best, best_test = val, test",
        "for e in es:\n    test_acc = run(e)\n    if test_acc > best_acc: best_acc = test_acc",  # no other data
        "for e in es:\n  val_acc, test_acc = run(e)\n  if val_acc > best: best = 1\n  if test_acc > top: top = 2",
        "for e in es:\n    val_x, test_x = split(e)\n    if test_x > best: best = test_x",  # no scores
    ],
)
def test_a_choice_by_other_data(source: str) -> None:
    assert not list(selected(tree(source)))


def test_a_flag_that_is_stored_under_another_name() -> None:
    source = """
    memory.append((s, a, r, s2, fell))
    def learn():
        s, a, r, s2, done = zip(*random.sample(memory, 8))
        {use}
        y = r + gamma * target(s2).max(1).values
        loss(online(s), a, y)
    """
    assert {name for name, _ in ignored(tree(source.format(use="pass")))} == {"done"}
    assert not list(ignored(tree(source.format(use="r = r * (1 - done)"))))
    other_size = source.replace("(s, a, r, s2, fell)", "(s, a, r, s2, fell, late)")
    assert not list(ignored(tree(other_size.format(use="pass"))))


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("rng = default_rng(self.seed); return self.x[i] + rng.normal()", 1),
        ("rng = default_rng(SEED); return self.x[i] + rng.normal()", 1),
        ("rng = default_rng(self.seed + i); return self.x[i] + rng.normal()", 0),
        ("rng = default_rng([self.seed, i]); return self.x[i] + rng.normal()", 0),
        ("rng = default_rng(self.seed); return self.x[rng.permutation(self.n)[i]]", 0),  # one order, for all rows
        ("rng = default_rng(self.epoch_seed); return self.x[i] + rng.normal()", 0),  # set anew each epoch
    ],
)
def test_a_seed_that_is_kept(body: str, count: int) -> None:
    source = f"""
    SEED = 3
    class Rows(Dataset):
        def __init__(self, seed): self.seed = self.epoch_seed = seed
        def begin(self, epoch): self.epoch_seed = epoch
        def __getitem__(self, i):
            {body}
    """
    assert len(list(seeded(tree(source)))) == count


def test_codes_of_twenty_words_may_be_equal_by_chance() -> None:
    random = torch.Generator().manual_seed(0)
    codes = torch.randint(0, 20, (100, 6), generator=random)
    assert has_few_values(codes)
    assert not has_few_values(codes.double())
    assert not has_few_values(torch.randint(0, 5000, (100, 6), generator=random))


def test_two_samples_each_by_its_own_pairs() -> None:
    """Of 3 + 6 pairs one is equal; a row of one sample that is in the other is no pair. Up to 4.74 are, for 95%."""
    upper = chi2.ppf(0.95, 2 * (1 + 1)) / 2
    assert upper == pytest.approx(4.744, abs=0.001)  # as tables of the Poisson law have it
    assert pair_probability_at_most([[1, 2, 3], [3, 4, 4, 5]]) == pytest.approx(upper / 9)
    assert pair_probability_at_most([[1, 2, 3], [3, 4, 5]]) == 0


@pytest.mark.parametrize(
    ("means", "column", "count"),
    [
        ('d.groupby("u")["y"].mean()', 'd["u_mean"] = d["u"].map(m)', 1),
        ('all_.groupby("u")["y"].mean()', 'd["u_mean"] = d["u"].map(m).fillna(0)', 1),  # d was taken of all_
        ('d.groupby("u")["y"].mean()', 'e["u_mean"] = e["u"].map(m)', 0),  # of training rows, onto test rows
        ('d.groupby("u")["x"].mean()', 'd["u_mean"] = d["u"].map(m)', 0),  # of no target
        ('d.groupby("u")["y"].mean()', 'd["residual"] = d["y"] - d["u"].map(m)', 0),  # no feature
        ("0", 'd["u_mean"] = d.groupby("u")["y"].transform("mean")', 1),
        ("0", 'd[f"{key}_mean"] = d.groupby("u")["y"].transform("mean")', 1),
        ("0", 'd["u_mean"] = (d["u"].map(sums) - d["y"]) / (d["u"].map(counts) - 1)', 0),
    ],
)
def test_the_mean_target_of_a_group(means: str, column: str, count: int) -> None:
    source = f"""
    d, e = train_test_split(all_, test_size=0.2)
    m = {means}
    {column}
    x, y = torch.tensor(d[["rooms", "u_mean"]].to_numpy()), torch.tensor(d["y"].to_numpy())
    """
    assert len(list(averaged(tree(source)))) == count


@pytest.mark.parametrize("drawn", ["with blank rows", "with replacement"])
def test_copies_are_not_excused_by_rows_that_came_twice(drawn: str) -> None:
    """Rows of twelve codes of four, of which 40 of 100 are copies; by chance none of 300 is (4 to the 12th)."""
    random = torch.Generator().manual_seed(0)
    rows = torch.randint(0, 4, (300, 12), generator=random)
    train = torch.cat([rows, torch.zeros_like(rows)]) if drawn == "with blank rows" else rows
    test = torch.cat([rows[:40], torch.randint(0, 4, (60, 12), generator=random)])
    labels = train[:, 0] % 2
    sampler = WeightedRandomSampler(torch.ones(len(train)).tolist(), 900) if drawn == "with replacement" else None
    loader = DataLoader(OwnRows(train, labels), batch_size=60, shuffle=sampler is None, sampler=sampler)
    torch.manual_seed(0)
    net = nn.Sequential(nn.Embedding(4, 4), nn.Flatten(), nn.Linear(48, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    with goodfit.watch(quiet=True) as seen:
        for _ in range(3):
            net.train()
            for x, y in loader:
                loss = nn.functional.cross_entropy(net(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        net.eval()
        with torch.no_grad():
            right = [net(x).argmax(1) == y for x, y in DataLoader(OwnRows(test, test[:, 0] % 2), batch_size=50)]
    assert sum(map(len, right)) == 100
    assert "train-rows-in-validation" in {finding.rule for finding in seen.findings}
