"""Rules that read the source for best epochs, scales of parts, cut boxes and ends of episodes."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from goodfit.checks.engine.scaled_apart import scaled_apart
from goodfit.checks.rules.episode_end_a_step_off import step_off
from goodfit.checks.rules.share_of_uncut_box import uncut
from goodfit.checks.rules.time_limit_as_end import limit_as_end
from goodfit.checks.rules.worst_kept import worst_kept

Rule = Callable[[ast.Module], Iterable[Any]]


def found(rule: Rule, source: str) -> int:
    return len(list(rule(ast.parse(textwrap.dedent(source)))))


@pytest.mark.parametrize(
    "source",
    [
        "if val_acc < best: best = val_acc; torch.save(net.state_dict(), path)",
        "score = -val_loss\nif score < best_score:\n best_score = score",
        "def evaluate(): return loss, -loss\nloss, score = evaluate()\nif score <= best_score: best_score = score",
        "is_best = top.acc < best_acc",
        "best_auc = min(auc, best_auc)",
        "best_epoch = int(np.argmax(val_losses))",
        "if best is None or metrics['val loss'] > best: best = metrics['val loss']; save_checkpoint(net)",
        "score = -val_loss\nif score > best_score: waited += 1\nelse: best_score = score; keep(net.state_dict())",
    ],
)
def test_a_score_that_is_compared_the_wrong_way_round(source: str) -> None:
    assert found(worst_kept, source) == 1


@pytest.mark.parametrize(
    "source",
    [
        "if val_acc > best: best = val_acc; torch.save(net.state_dict(), path)",
        "error = 1 - val_acc\nif error < best_error: best_error = error",
        "if loss > best_loss: best_loss, best_delta = loss, delta.clone()",  # the worst case of an attack
        "score = -val_loss\nif score < best_score + delta: waited += 1\nelse: best_score = score",
        "if value < best: best = value; torch.save(net.state_dict(), path)",
        "loss = -val_acc\nif loss < best: best = loss; save(net.state_dict())",
    ],
)
def test_a_score_that_is_compared_rightly_or_says_nothing(source: str) -> None:
    assert found(worst_kept, source) == 0


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("s = MinMaxScaler()\na = s.fit_transform(df_train[['x']])\nb = s.fit_transform(df_test[['x']])", 1),
        ("a = StandardScaler().fit_transform(x[:k])\nb = StandardScaler().fit_transform(x[k:])", 1),
        ("a = StandardScaler().fit_transform(x_train)\ns = StandardScaler().fit(x_test)\nb = s.transform(x_test)", 1),
        ("def norm(x): return (x - x.mean(0)) / x.std(0)\na, b = norm(x_train), norm(x_val)", 1),
        ("s = StandardScaler()\nfor part in (train, valid): part[:] = s.fit_transform(part)", 1),
        ("s = StandardScaler()\na = s.fit_transform(x_train)\nb = s.transform(x_test)", 0),
        ("m, d = x_train.mean(0), x_train.std(0)\nx_train = (x_train - m) / d\nx_test = (x_test - m) / d", 0),
        ("def norm(x): return (x - x.mean(1)) / x.std(1)\na, b = norm(x_train), norm(x_val)", 0),  # each row
        ("a = StandardScaler().fit_transform(x_train)\nb = StandardScaler().fit_transform(y_train)", 0),
    ],
)  # fmt: skip
def test_parts_that_are_each_scaled_by_themselves(source: str, count: int) -> None:
    assert found(scaled_apart, source) == count


BOX = """
def mix(x, y):
    lam = np.random.beta(1, 1)
    side = np.sqrt(1 - lam)
    h, w = int(H * side), int(W * side)
    cy, cx = {centre}
    y1, y2 = np.clip(cy - h // 2, 0, H), np.clip(cy + h // 2, 0, H)
    x1, x2 = np.clip(cx - w // 2, 0, W), np.clip(cx + w // 2, 0, W)
    {renewed}
    return x, y, lam
"""
ANYWHERE, INSIDE = "randint(H), randint(W)", "randint(h // 2, H - h // 2), randint(w // 2, W - w // 2)"


@pytest.mark.parametrize(
    ("centre", "renewed", "count"),
    [
        (ANYWHERE, "pass", 1),
        (ANYWHERE, "lam = 1 - h * w / (H * W)", 1),
        (ANYWHERE, "lam = 1 - (y2 - y1) * (x2 - x1) / (H * W)", 0),
        (ANYWHERE, "area = (y2 - y1) * (x2 - x1); lam = 1 - area / (H * W)", 0),
        (INSIDE, "pass", 0),
    ],
)
def test_a_share_is_that_of_the_box_after_it_was_cut(centre: str, renewed: str, count: int) -> None:
    assert found(uncut, BOX.format(centre=centre, renewed=renewed)) == count


ROLLOUT = """
for t in reversed(range(T)):
    adv = rewards[t] + g * (1.0 - dones[{index}]) * (values[t + 1] + adv) - values[t]
{before_loop}
for t in range(T):
    {before}
    obs, reward, done, info = env.step(action)
    {after}
"""


@pytest.mark.parametrize(
    ("index", "before_loop", "before", "after", "count"),
    [
        ("t + 1", "", "pass", "dones.append(done)", 1),
        ("t", "", "dones[t] = done", "pass", 1),
        ("t", "", "pass", "dones[t] = last\n    last_done = done", 0),
        ("t", "", "pass", "dones[t] = last_done\n    last_done = done", 1),
        ("t", "", "pass", "dones.append(done)", 0),
        ("t + 1", "", "dones[t] = done", "pass", 0),
        ("t + 1", "dones = [False]", "pass", "dones.append(done)", 0),
        ("t + 1", "", "pass", "dones[t + 1] = done", 0),
    ],
)
def test_an_end_is_stored_where_the_sum_reads_it(
    index: str, before_loop: str, before: str, after: str, count: int
) -> None:
    source = ROLLOUT.format(index=index, before_loop=before_loop, before=before, after=after)
    assert found(step_off, source) == count


STEPS = """
while True:
    s2, r, terminated, truncated, info = env.step(a)
    {stores}
target = r + gamma * (1 - done) * value(s2)
"""


@pytest.mark.parametrize(
    ("stores", "count"),
    [
        ("done = terminated or truncated; memory.push(s, a, r, s2, done)", 1),
        ("memory.append((s, a, r, s2, np.logical_or(terminated, truncated)))", 1),
        ("over = terminated | truncated; nexts.append(s2); dones.append(float(over))", 1),
        ("memory.push(s, a, r, s2, terminated)", 0),
        ("over = terminated or truncated; memory.push(s, a, r, s2, terminated, over)", 0),
        ("done = terminated or truncated; dones.append(done)", 0),  # the next state is not at hand
    ],
)
def test_a_time_limit_is_no_end(stores: str, count: int) -> None:
    assert found(limit_as_end, STEPS.format(stores=stores)) == count
