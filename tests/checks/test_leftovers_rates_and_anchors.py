"""What rules read of the source and of single batches: mistakes of fine-tuning, of schedules and of evaluation."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest
import torch

from goodfit.checks.engine.sequences import shift
from goodfit.checks.rules.answer_not_in_loss import _leaves_out_the_end
from goodfit.checks.rules.decay_compounds import compounded
from goodfit.checks.rules.kept_weights_unused import saved_and_tested, unused_weights
from goodfit.checks.rules.loss_of_padding import kept_padding
from goodfit.checks.rules.pads_in_loss import _ends
from goodfit.checks.rules.predictions_shuffled import compared_apart
from goodfit.checks.rules.score_of_each_batch import perplexities_of_batches
from goodfit.checks.rules.temperature_multiplied import multiplied
from goodfit.checks.rules.term_left_out import terms_left_out
from goodfit.checks.rules.triplet_turned import subtracted_margins
from goodfit.checks.rules.warmup_starts_anew import Rates

Rule = Callable[[ast.Module], Iterator[tuple[str, int]]]

STOPPING = """class Stop:
    def step(self, loss, net):
        if loss < self.best: self.kept = net.state_dict()
    def restore(self, net): net.load_state_dict(self.kept)
stop.step(loss, net)"""
MISTAKEN: list[tuple[Rule, str]] = [
    (unused_weights, "for e in r:\n    if loss < best: best, state = loss, net.state_dict()"),
    (unused_weights, "for e in r:\n    if acc > self.best: self.kept = copy.deepcopy(self.model)"),
    (unused_weights, "new_weights = fed_avg(local_weights)"),
    (
        unused_weights,
        STOPPING,
    ),
    (
        saved_and_tested,
        "for e in r:\n    if loss < best: torch.save(net.state_dict(), path)\ntest_loss = evaluate(net, rows)",
    ),
    (terms_left_out, "def vae_loss(x, mu):\n    kld = -0.5 * torch.sum(1 - mu.pow(2))\n    return F.mse_loss(x, mu)"),
    (compounded, "for epoch in r:\n    lr = lr * 0.9 ** epoch"),
    (terms_left_out, "kl = F.kl_div(a, b)\nloss = F.cross_entropy(x, y)\nloss.backward()"),
    (terms_left_out, "for x, y in l:\n    loss = criterion(a, y)\n    loss = criterion(b, y)\n    loss.backward()"),
    (terms_left_out, "loss = w * ce + (1 - w) * ce\nloss.backward()"),
    (compounded, "for epoch in r:\n    for g in o.param_groups: g['lr'] *= 0.1 ** (epoch // 30)"),
    (compounded, "def f(self, step):\n    self.lr = self.lr * (1 - step / 100) ** 0.9"),
    (multiplied, "tau = 0.1\nloss = F.cross_entropy(a @ b.t() * tau, y)"),
    (multiplied, "def f(z, temperature=0.5):\n    s = temperature * (z @ z.T)\n    return torch.exp(s)"),
    (multiplied, "T = 4\nloss = F.kl_div(F.log_softmax(s * T, 1), t)"),
    (kept_padding, "mask = y == PAD_ID\nloss = (losses * mask).sum() / mask.sum()"),
    (kept_padding, "loss = loss_all[labels.eq(pad_idx)].mean()"),
    (
        compared_apart,
        "l = DataLoader(d, 4, shuffle=True)\np = []\nfor x, _ in l: p.append(net(x))\np = torch.cat(p)\nf1(y_test, p)",
    ),
    (
        perplexities_of_batches,
        "for b in l:\n    loss = f(b)\n    total += math.exp(loss.item())\nprint(total / len(l))",
    ),
    (subtracted_margins, "loss = F.relu(d_ap - d_an - margin).mean()"),
    (subtracted_margins, "loss = torch.clamp(pos_dist - neg_dist - 0.2, min=0).mean()"),
]
CORRECT: list[tuple[Rule, str]] = [
    (
        unused_weights,
        "for e in r:\n    if loss < best: best, state = loss, net.state_dict()\nnet.load_state_dict(state)",
    ),
    (unused_weights, "class T(Base):\n    def f(self):\n        if a < self.b: self.kept = self.net.state_dict()"),
    (unused_weights, "first = net.state_dict()"),
    (
        unused_weights,
        f"{STOPPING}; stop.restore(net)",
    ),
    (terms_left_out, "def f(x, mu):\n    kld = -0.5 * torch.sum(1 - mu.pow(2))\n    return x"),
    (compounded, "for epoch in r:\n    lr = base_lr\n    lr = lr * 0.9 ** epoch"),
    (terms_left_out, "loss = criterion(a, y)\nif aux: loss = criterion(b, y)\nloss.backward()"),
    (terms_left_out, "shown = F.mse_loss(a.detach(), y)\nloss = F.l1_loss(a, y)\nloss.backward()"),
    (terms_left_out, "loss = w * ce + (1 - w) * kl\nloss.backward()"),
    (compounded, "def f(o, epoch):\n    for g in o.param_groups: g['lr'] = base * 0.1 ** (epoch // 30)"),
    (compounded, "for epoch in r:\n    if epoch % 30 == 0: g['lr'] *= 0.1"),
    (compounded, "for epoch in r:\n    g['lr'] *= (0.9 ** epoch) / (0.9 ** (epoch - 1))"),
    (multiplied, "tau = 0.1\nloss = F.cross_entropy(a @ b.t() / tau, y)"),
    (multiplied, "self.temperature = nn.Parameter(torch.ones(1))\nw = F.softmax(a * self.temperature, 1)"),
    (multiplied, "temperature = 10\nloss = F.cross_entropy(cosine * temperature, y)"),
    (kept_padding, "mask = y != PAD_ID\nloss = (losses * mask).sum() / mask.sum()"),
    (kept_padding, "mask = y == PAD_ID\nloss = (losses * ~mask).sum()\nshare = mask.float().mean()"),
    (
        compared_apart,
        "l = DataLoader(d, shuffle=True)\np, q = [], []\nfor x, y in l:\n    p.append(net(x))\n    q += y\nf1(y_, p)",
    ),
    (perplexities_of_batches, "for b in l: total += f(b).item()\nprint(math.exp(total / len(l)))"),
    (subtracted_margins, "loss = F.relu(d_ap - d_an + margin).mean()"),
    (subtracted_margins, "loss = F.relu(error - bias - 0.1).mean()"),
]


@pytest.mark.parametrize(("rule", "source"), MISTAKEN)
def test_a_mistake_is_seen_in_the_source(rule: Rule, source: str) -> None:
    assert len(list(rule(ast.parse(source)))) == 1


@pytest.mark.parametrize(("rule", "source"), CORRECT)
def test_what_is_right_is_passed_over(rule: Rule, source: str) -> None:
    assert not list(rule(ast.parse(source)))


def test_targets_one_step_before_the_input_are_a_shift_of_minus_one() -> None:
    tokens = torch.arange(40).reshape(4, 10) * 7 % 23
    found = shift(tokens[:, 1:], tokens[:, :-1].flatten())
    assert found is not None
    assert (found.dim, found.steps) == (1, -1)


def test_labels_that_leave_out_the_end_are_told_from_those_that_leave_out_the_beginning() -> None:
    tokens = torch.arange(60).reshape(6, 10)
    end, beginning = tokens.clone(), tokens.clone()
    end[:, 4:], beginning[:, :4] = -100, -100
    assert _leaves_out_the_end(tokens, end, -100)
    assert _leaves_out_the_end(tokens, end[:, 1:].flatten(), -100)
    assert not _leaves_out_the_end(tokens, beginning, -100)
    padded = tokens.clone()
    padded[:, 4:] = 0
    assert not _leaves_out_the_end(padded, end, -100)


def test_frames_of_zeros_at_the_end_are_padding_where_lengths_differ() -> None:
    x = torch.ones(4, 10, 3)
    for row, length in enumerate((10, 4, 6, 8)):
        x[row, length:] = 0
    ends = _ends(x)
    assert ends is not None
    assert torch.allclose(ends, torch.tensor([1.0, 0.4, 0.6, 0.8]))
    assert _ends(torch.ones(4, 10, 3)) is None


@pytest.mark.parametrize(
    ("rates", "teeth"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.4] * 4, 3),  # each epoch from the start
        ([0.1, 0.2, 0.3, 0.4] + [0.4] * 16, 0),
        ([0.1, 0.2, 0.3, 0.4, 0.3, 0.2] * 4, 0),  # a triangle
        ([0.4, 0.3, 0.2, 0.1] * 4, 0),  # restarts
    ],
)
def test_a_warm_up_that_begins_anew_is_a_saw(rates: list[float], teeth: int) -> None:
    kept = Rates(rates[0], rates[0], rates[0])
    for rate in rates[1:]:
        kept.add(rate)
    assert kept.teeth == teeth
