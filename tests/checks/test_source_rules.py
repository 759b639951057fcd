"""Rules that read the program's source: what they name, and what they leave alone."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from goodfit.checks.rules.dropout_of_keep import kept
from goodfit.checks.rules.encoded_apart import encoded_apart
from goodfit.checks.rules.episode_end_ignored import ignored
from goodfit.checks.rules.returns_of_the_past import forwards
from goodfit.checks.rules.score_arguments_swapped import swapped
from goodfit.checks.rules.shuffled_apart import apart
from goodfit.checks.rules.sum_over_epochs import not_reset

Rule = Callable[[ast.Module], Iterable[Any]]


def found(rule: Rule, source: str) -> int:
    return len(list(rule(ast.parse(textwrap.dedent(source)))))


@pytest.mark.parametrize(
    "source",
    [
        "np.random.shuffle(x)\nnp.random.shuffle(y)\ndata = TensorDataset(x, y)",
        "x = x[torch.randperm(n)]\ny = y[torch.randperm(n)]\nmodel.fit(x, y)",
        "x, y = x[torch.randperm(n)], y[torch.randperm(n)]\nloss = f(net(x), y)",
        "def batch():\n xb = x[torch.randint(0, n, (8,))]\n yb = y[torch.randint(0, n, (8,))]\n return f(net(xb), yb)",
        "x = rng.permutation(x)\ny = rng.permutation(y)\nfor a, b in zip(x, y): step(a, b)",
        "def mixed(x, y):\n x = x[torch.randperm(n)]\n y = y[torch.randperm(n)]\n return torch.tensor(x), y",
        "order = rng.permutation(n)\ndata = Rows(self.x[order], torch.tensor(self.y[rng.permutation(n)]))",
        "def mixed(x, labels):\n a = randperm(n)\n b = randperm(n)\n return x[a], labels[b]",
        "X = permutation(X)\ny = permutation(y)\na, b = torch.tensor(X[:9]), y[:9].long()\nloss = criterion(net(a), b)",
        "shuffle(x)\nshuffle(y)\na, b = s.fit_transform(x), y\nfor i in range(9):\n c = net(a[i])\n bce_loss(c, b[i])",
        "shuffle(x)\nshuffle(y)\nfor a, b in zip(x, y):\n pass\nz, t = x[:5] / 2, y[:5]\ndata = TensorDataset(z, t)",
    ],
)
def test_pairs_that_are_shuffled_apart(source: str) -> None:
    assert found(apart, source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "p = torch.randperm(n)\nx = x[p]\ny = y[p]\ndata = TensorDataset(x, y)",  # one order
        "np.random.seed(0)\nnp.random.shuffle(x)\nnp.random.seed(0)\nnp.random.shuffle(y)\nTensorDataset(x, y)",
        "random.Random(3).shuffle(x)\nrandom.Random(3).shuffle(y)\nTensorDataset(x, y)",
        "x = shuffle(x, random_state=0)\ny = shuffle(y, random_state=0)\nTensorDataset(x, y)",
        "np.random.shuffle(cats)\nnp.random.shuffle(dogs)\nfor a, b in zip(cats, dogs): step(a, b)",  # no pairs
        "np.random.shuffle(a)\nnp.random.shuffle(b)\ndata = np.concatenate([a, b])",
        "order = rng.permutation(n)\ndata = Rows(self.x[order], torch.tensor(self.y[order]))",
        "def two(a, b):\n np.random.shuffle(a)\n np.random.shuffle(b)\n return a, b",
        "marginal = net(x[torch.randperm(n)], y[torch.randperm(n)])",  # meant to be apart: mutual information
        "source = s[torch.randint(0, n, (8,))]\ntarget = t[torch.randint(0, n, (8,))]\nmmd(net(source), net(target))",
        "a = x[torch.randperm(n)]\nb = x[torch.randperm(n)]\nmodel.fit(a, b)",  # of one array
        "x = permutation(x)\ny = permutation(y)\ny = f(x)\na, b = x[:9], y[:9]\nloss = criterion(net(a), b)",  # new
        "x = permutation(x)\ny = permutation(y)\na, b = np.sort(x), np.sort(y)\nloss = criterion(net(a), b)",  # sorted
        "x = one.permutation(x)\ny = two.permutation(y)\na, b = x[:9], y[:9]\nloss = criterion(net(a), b)",  # two seeds
        "x = permutation(x)\ny = permutation(y)\na, b = x[:9], y[:9]\nloss = gan_loss(net(a), net(b))",  # no pairs
        "source = permutation(source)\ntarget = permutation(target)\na, b = source[:9], target[:9]\nloss(net(a), b)",
        "x = permutation(x)\ny = permutation(y)\nn, k = len(x), len(y)\nloss = criterion(n, k)",  # sizes alone
    ],
)
def test_what_is_no_pair_or_has_one_order_is_left_alone(source: str) -> None:
    assert found(apart, source) == 0


def test_flags_that_are_stored_and_never_read() -> None:
    stored = "memory.append((s, a, r, s2, done))\n"
    assert found(ignored, stored + "s, a, r, s2, d = batch\ny = r + gamma * q(s2)\nuse(s, a, y)") == 1
    assert found(ignored, stored + "s, a, r, s2, d = batch\ny = r + gamma * (1 - d) * q(s2)\nuse(s, a, y)") == 0
    assert found(ignored, stored + "s, a, r, s2, d = batch\ny = r + q(s2)\nuse(s, a, y)") == 0  # nothing is discounted
    alone = (
        stored
        + "def learn(batch):\n {name} = torch.tensor({flag}).float()\n y = r + gamma * q(s2)\n use(s, a, y{read})"
    )
    for flag in ("batch.done", "batch['done']"):
        assert found(ignored, alone.format(name="done", flag=flag, read="")) == 1
        assert found(ignored, alone.format(name="_", flag=flag, read="")) == 0
        assert found(ignored, alone.format(name="done", flag=flag, read=", done")) == 0
    four = "memory.append((s, a, r, s2))\ns, a, r, s2 = batch\ny = r + gamma * q(s2)\nuse(s, a, y)"
    assert found(ignored, four) == 0


def test_a_list_of_flags_matters_where_a_rollout_goes_on_with_the_next_episode() -> None:
    goes_on = "while n:\n    o, r, done = env.step(a)\n    dones.append(done)\n    if done:\n        o = env.reset()\n"
    use = "for r in reversed(rewards): R = r + gamma * R\n"
    assert found(ignored, goes_on + use) == 1
    assert found(ignored, goes_on + use + "print(dones)") == 0
    ends = "while not done:\n    o, r, done = env.step(a)\n    dones.append(done)\n"
    assert found(ignored, ends + use) == 0


def test_sums_that_go_on_over_epochs() -> None:
    inner = "    for x in loader:\n        total += step(x)\n"
    assert found(not_reset, f"total = 0.0\nfor epoch in range(3):\n{inner}    print(total / len(loader))") == 1
    assert found(not_reset, f"for epoch in range(3):\n    total = 0.0\n{inner}    print(total / len(loader))") == 0
    assert found(not_reset, f"total = 0.0\nfor epoch in range(3):\n{inner}    print(total / (epoch + 1))") == 0
    seen = "total = 0\nstart = time()\nfor epoch in range(3):\n    for x in loader: total += len(x)\n"
    assert found(not_reset, seen + "    took = time() - start\n    print(total / took)") == 0
    both = "right, seen = 0, 0\nright = 0\nseen = 0\nfor epoch in range(3):\n    for x, y in loader:\n"
    both += "        right += (net(x) == y).sum()\n        seen += len(y)\n    print(right / seen)"
    assert found(not_reset, both) == 1


def test_metrics_that_are_never_reset() -> None:
    loop = "m = Accuracy()\nfor epoch in range(3):\n    for x, y in loader:\n        m.update(net(x), y)\n"
    assert found(not_reset, loop + "    print(m.compute())") == 1
    assert found(not_reset, loop + "    print(m.compute())\n    m.reset()") == 0
    assert found(not_reset, loop + "print(m.compute())") == 0  # once, at the end


def test_scores_whose_arguments_are_swapped() -> None:
    head = "from sklearn.metrics import r2_score, f1_score\nfrom sklearn import metrics\n"
    assert found(swapped, head + "r2_score(y_pred, y_test)") == 1
    assert found(swapped, head + "metrics.confusion_matrix(preds.argmax(1), labels)") == 1
    assert found(swapped, head + "r2_score(y_test, y_pred)") == 0
    assert found(swapped, head + "f1_score(preds, labels)") == 0  # alike in both
    assert found(swapped, "from torchmetrics.functional import r2_score\nr2_score(preds, target)") == 0
    assert found(swapped, head + "r2_score(a, b)") == 0


def test_encodings_of_the_parts() -> None:
    assert found(encoded_apart, "train['c'] = pd.factorize(train['c'])[0]\ntest['c'] = pd.factorize(test['c'])[0]") == 1
    encoder = "e = LabelEncoder()\na = e.fit_transform(X_train)\n"
    assert found(encoded_apart, encoder + "b = e.fit_transform(X_test)") == 1
    assert found(encoded_apart, encoder + "b = e.transform(X_test)") == 0
    assert found(encoded_apart, "a = pd.factorize(train['c'])[0]\nb = pd.factorize(train['d'])[0]") == 0


def test_dropouts_of_what_is_kept_and_returns_of_the_past() -> None:
    assert found(kept, "nn.Dropout(keep_prob)\nF.dropout(x, self.keep_prob)") == 2
    assert found(kept, "nn.Dropout(1 - keep_prob)\nnn.Dropout(drop_prob)\nF.dropout(keep, 0.1)") == 0
    summed = "R = 0\nfor r in rewards:\n    R = r + gamma * R\n    out.append(R)\n"
    assert found(forwards, summed) == 1
    assert found(forwards, "rewards.reverse()\n" + summed) == 0
    assert found(forwards, summed.replace("rewards", "reversed(rewards)")) == 0
    assert found(forwards, summed.replace("    out.append(R)\n", "")) == 0  # a total
