"""Rules that read the program's source, of agents, texts and averages: what they name, and what they leave alone."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from goodfit.checks.rules.argument_at_hand import not_given
from goodfit.checks.rules.average_never_updated import never_called
from goodfit.checks.rules.average_unused import unused
from goodfit.checks.rules.divided_by_other_count import divided
from goodfit.checks.rules.easiest_negative import easiest
from goodfit.checks.rules.end_is_padding import one_for_both
from goodfit.checks.rules.episode_end_ignored import ignored
from goodfit.checks.rules.multiplier_turned import turned
from goodfit.checks.rules.reward_of_step_before import late
from goodfit.checks.rules.risk_set_turned import ascending
from goodfit.checks.rules.root_of_one_minus import turned_round
from goodfit.checks.rules.schedules_differ import differing
from goodfit.checks.rules.threshold_of_test_rows import ThresholdOfTestRows
from goodfit.checks.rules.truth_fed_at_evaluation import TruthFedAtEvaluation

Rule = Callable[[ast.Module], Iterable[Any]]
LOOP = (
    "while not done:\n a = policy(s)\n lp = dist.log_prob(a)\n {before}\n"
    " s2, reward, done, info = env.step(a)\n {after}\n s = s2"
)


def found(rule: Rule, source: str) -> int:
    return len(list(rule(ast.parse(textwrap.dedent(source)))))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("log_probs.append(lp); rewards.append(reward)", "pass"),
        ("memory.push(s, a, reward)", "pass"),
        ("rewards[t] = reward; actions[t] = a", "pass"),
    ],
)
def test_rewards_that_are_stored_a_step_late(before: str, after: str) -> None:
    assert found(late, LOOP.format(before=before, after=after)) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("log_probs.append(lp)", "rewards.append(reward)"),
        ("memory.push(prev_s, prev_a, reward, s)", "prev_s, prev_a = s, a"),  # of the step before, as a whole
        ("rewards[t - 1] = reward; actions[t] = a", "pass"),
        ("inputs.append(torch.cat([s, last_reward]))", "last_reward = reward"),
        ("states.append(s)", "rewards.append(reward)"),
    ],
)
def test_rewards_of_their_own_step_are_left_alone(before: str, after: str) -> None:
    assert found(late, LOOP.format(before=before, after=after)) == 0


def test_lists_of_rewards_that_begin_with_none_are_meant_so() -> None:
    source = LOOP.format(before="actions.append(a); rewards.append(reward)", after="pass")
    assert found(late, source + "\nreturns = discount(rewards[1:])") == 0
    assert found(late, source + "\nrewards.append(reward)") == 0


@pytest.mark.parametrize(
    ("loss", "is_turned"),
    [
        ("alpha_loss = -(log_alpha * (log_pi + target_entropy).detach()).mean()", False),
        ("alpha_loss = (log_alpha * (-log_pi - target_entropy).detach()).mean()", False),
        ("alpha_loss = (log_alpha.exp() * (entropy - self.target_entropy).detach()).mean()", False),
        ("alpha_loss = (-self.log_alpha.exp() * (log_prob + target_entropy)).mean()", False),
        ("actor_loss = (alpha * log_pi - q).mean()", False),  # no target
        ("actor_loss = (log_alpha.exp().detach() * (log_pi + target_entropy)).mean()", False),  # moves the policy
        ("alpha_loss = (log_alpha * (log_pi + target_entropy).detach()).mean()", True),
        ("alpha_loss = -(log_alpha * (-log_pi - target_entropy).detach()).mean()", True),
        ("alpha_loss = -torch.mean(self.log_alpha * (entropy - target_entropy))", True),
        ("gap = (log_pi + target_entropy).detach()\nent_coef_loss = (log_ent_coef * gap).mean()", True),
        ("lambda_loss = -lam * (cost - limit)", False),
        ("lambda_loss = lam * (cost - limit)", True),
        ("loss = policy_loss + lam * (cost - limit)", False),  # the Lagrangian, as the policy minimises it
    ],
)
def test_the_sign_of_a_multipliers_loss(loss: str, is_turned: bool) -> None:
    assert found(turned, loss) == is_turned


def test_a_multiplier_that_is_maximised_is_left_alone() -> None:
    assert (
        found(turned, "opt = Adam([log_alpha], maximize=True)\nalpha_loss = log_alpha * (log_pi + target_entropy)") == 0
    )


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("PAD = EOS = 0\nloss = F.cross_entropy(x, y, ignore_index=PAD)", 1),
        ("PAD_ID = 1\nEOS_ID = 1\nloss = nn.CrossEntropyLoss(ignore_index=PAD_ID)", 1),
        ("tok.pad_token = tok.eos_token\nlabels[labels == tok.pad_token_id] = -100", 1),
        ("pad_id = eos_id\nlabels = ids.masked_fill(ids == pad_id, -100)", 1),
        ("PAD, EOS = 0, 1\nloss = F.cross_entropy(x, y, ignore_index=PAD)", 0),
        ("tok.pad_token = tok.eos_token\nlabels[mask == 0] = -100", 0),  # the first end counts
        ("PAD = EOS = 0\nlabels[labels == PAD] = -100\nlabels[rows, ends] = EOS", 0),  # and here it is put back
        ("PAD = 0\nPADDING = 0\nloss = F.cross_entropy(x, y, ignore_index=PAD)", 0),
    ],
)
def test_one_token_for_the_end_and_for_padding(source: str, count: int) -> None:
    assert found(one_for_both, source) == count


AVERAGED = "ema = Ema(net)\nfor x in data:\n opt.step()\n ema.update(net)\nwith torch.no_grad(): {use}"


@pytest.mark.parametrize(
    ("use", "count"),
    [
        ("print(net(x))", 1),
        ("print(ema.net(x))", 0),
        ("ema.apply_shadow(); print(net(x))", 0),
        ("print(net(x)); torch.save(ema, path)", 0),
        ("print(evaluate(ema))", 0),
        ("torch.optim.swa_utils.update_bn(data, ema); print(net(x))", 0),
    ],
)
def test_averages_that_nobody_reads(use: str, count: int) -> None:
    assert found(unused, AVERAGED.format(use=use)) == count


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ("o = torch.argsort(time)\nreturn (h[o].logcumsumexp(0) - h[o])[event[o]]", 1),
        ("o = times.argsort()\nreturn torch.log(torch.exp(h[o]).cumsum(0))[status]", 1),
        ("o = torch.argsort(time, descending=True)\nreturn h[o].logcumsumexp(0)[event]", 0),
        ("o = torch.argsort(-time)\nreturn h[o].logcumsumexp(0)[event]", 0),
        ("o = torch.argsort(time)\nreturn h[o].flip(0).logcumsumexp(0).flip(0)[event]", 0),
        ("o = torch.argsort(time)\nreturn torch.cumsum(x[o], 0)[event]", 0),  # of no exponentials
        ("o = torch.argsort(score)\nreturn h[o].logcumsumexp(0)[event]", 0),
    ],
)
def test_risk_sets_are_summed_from_the_longest_time(lines: str, count: int) -> None:
    body = "\n".join(f"    {line}" for line in lines.split("\n"))
    assert found(ascending, f"def loss(h, time, times, event, status):\n{body}") == count


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("sqrt_one_minus_alpha_bar = 1 - alpha_bar ** 0.5", 1),
        ("self.sqrt_1m_ab = 1.0 - torch.sqrt(self.alphas_cumprod)", 1),
        ("noisy = ab.sqrt() * x + (1 - alpha_bar[t].sqrt()) * noise", 1),
        ("sqrt_one_minus_alpha_bar = (1 - alpha_bar) ** 0.5", 0),
        ("noisy = (1 - t) * x + t * noise", 0),  # a straight path
        ("weight = 1 - alpha_bar.sqrt()", 0),
    ],
)
def test_the_root_of_one_minus_and_one_minus_the_root(line: str, count: int) -> None:
    assert found(turned_round, line) == count


def test_an_average_that_is_updated_where_nothing_is_evaluated_is_left_alone() -> None:
    update = "class Ema:\n @torch.no_grad()\n def update(self, net): self.w.mul_(0.9).add_(net.w)\n"
    assert found(unused, update + "ema = Ema(net)\nfor x in data:\n opt.step()\n ema.update(net)\nprint(loss)") == 0


def test_an_object_that_updates_another_average_is_none_itself() -> None:
    source = AVERAGED.format(use="print(slow(x))").replace("ema.update(net)", "ema.update(slow, net)")
    assert found(unused, source) == 0


SUM = (
    "loss_fn = nn.CrossEntropyLoss({options})\n"
    "def test(loader, net):\n"
    "    size, total, right, rows = len(loader.dataset), 0, 0, 0\n"
    "    n = len(loader.dataset)\n"
    "    for x, y in tqdm(loader):\n"
    "        loss = loss_fn(net(x), y)\n"
    "        total += {added}\n"
    "        right += (net(x).argmax(1) == y).sum().item()\n"
    "        rows += y.size(0)\n"
    "    return {result}\n"
)


@pytest.mark.parametrize(
    ("added", "result", "options"),
    [
        ("loss.item()", "total / len(loader.dataset)", ""),
        ("loss_fn(net(x), y).item()", "total / n", ""),
        ("float(loss.detach())", "total / rows", "weight=w"),
        ("0", "100 * right / len(loader)", ""),
    ],
)
def test_sums_that_are_divided_by_another_count(added: str, result: str, options: str) -> None:
    assert found(divided, SUM.format(added=added, result=result, options=options)) == 1


@pytest.mark.parametrize(
    ("added", "result", "options"),
    [
        ("loss.item()", "total / len(loader)", ""),
        ("loss.item() * len(y)", "total / n", ""),
        ("loss.item()", "total / n", "reduction='sum'"),
        ("my_loss(net(x), y).item()", "total / n", ""),  # nobody knows what it gives
        ("loss.item()", "right / rows, right / n", ""),
        ("loss.item()", "total / epochs", ""),
    ],
)
def test_sums_and_counts_that_belong_together_are_left_alone(added: str, result: str, options: str) -> None:
    assert found(divided, SUM.format(added=added, result=result, options=options)) == 0


@pytest.mark.parametrize(("made", "count"), [("nn.MSELoss()", 1), ("nn.MSELoss(reduction='sum')", 0)])
@pytest.mark.parametrize("moved", ["", ".to(device)", ".cuda()", ".cpu().to(device)"])
def test_a_loss_that_is_moved_is_the_same_loss(made: str, moved: str, count: int) -> None:
    source = "measure = {loss}\ntotal = 0\nfor x, y in loader:\n total += measure(net(x), y).item()\n"
    assert found(divided, source.format(loss=made + moved) + "total /= len(loader.dataset)") == count


def test_an_end_by_time_alone_may_be_ignored() -> None:
    learns = "memory.append((s, a, r, s2, done))\ns, a, r, s2, d = batch\ny = r + gamma * q(s2)\nuse(s, a, y)\n"
    step = "class World:\n def step(self, a):\n  self.t += 1\n  done = {end}\n  return self.x, r, done\n"
    assert found(ignored, learns + step.format(end="self.t >= 200")) == 0
    assert found(ignored, learns + step.format(end="self.x > 2")) == 1
    assert found(ignored, learns + step.format(end="self.t >= 200 or self.x > 2")) == 1


def test_negatives_are_the_easiest_by_the_sense_of_the_loss() -> None:
    mined = "hard_pos = {pos}(1)\nhard_neg = {neg}(1)\nloss = F.relu({loss}).mean()"

    def count(pos: str, neg: str, loss: str) -> int:
        return found(easiest, mined.format(pos=f"d.{pos}", neg=f"(d * other).{neg}", loss=loss))

    distances, similarities = "hard_pos - hard_neg + margin", "margin + hard_neg - hard_pos"
    assert count("max", "max", distances) == 1
    assert count("amin", "amin", similarities) == 1
    assert count("max", "min", distances) == count("min", "max", similarities) == 0
    assert count("min", "min", distances) == count("max", "max", similarities) == 0  # easy positives, on purpose


FOLLOWED = "for p, q in zip(net.parameters(), slow.parameters()):\n  q.data.copy_(0.05 * p.data + 0.95 * q.data)"
SLOW = f"def follow(net, slow):\n {FOLLOWED}\nslow = copy.deepcopy(net)\nfor x in batches:\n loss = slow(x)\n {{call}}"
NOISY = (
    "def fit(net):\n noise = NoiseSchedule(beta_end=0.12)\n loss.backward()\n"
    "def draw_samples(net):\n noise = NoiseSchedule(beta_end={end})"
)
WEIGHED = (
    "def propagate(x, edge_weight=None):\n return x if edge_weight is None else x * edge_weight\n"
    "class Net(nn.Module):\n def forward(self, x, edge_weight):\n  return propagate(x{given})"
)


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        (lambda tree: [name for name, _ in [never_called([tree])] if name], SLOW.format(call="pass"),
         SLOW.format(call="follow(net, slow)")),
        (differing, NOISY.format(end=0.02), NOISY.format(end=0.12)),
        (not_given, WEIGHED.format(given=""), WEIGHED.format(given=", edge_weight")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("inside", [False, True])
def test_a_program_all_of_which_stands_in_one_function(rule: Rule, wrong: str, right: str, inside: bool) -> None:
    for source, count in ((wrong, 1), (right, 0)):
        whole = "def main():\n" + textwrap.indent(source, " ") + "\nmain()" if inside else source
        assert found(rule, whole) == count


FORCED = (
    "class Seq2Seq(nn.Module):\n def forward(self, source, target, teacher_forcing_ratio={usual}):\n  {body}\n"
    "net = Seq2Seq().to(device)\ndef {name}(model, loader, criterion):\n for a, b in loader:\n  out = {call}"
)


@pytest.mark.parametrize(
    ("usual", "body", "name", "call", "count"),
    [
        ("0.5", "pass", "evaluate", "model(a, b)", 1),
        ("0.5", "pass", "validate_epoch", "net(a, target=b)", 1),
        ("0.5", "pass", "train", "model(a, b)", 0),
        ("0.0", "pass", "evaluate", "model(a, b)", 0),
        ("0.5", "pass", "evaluate", "model(a, b, 0)", 0),
        ("0.5", "pass", "evaluate", "model(a, b, teacher_forcing_ratio=0.0)", 0),
        ("0.5", "pass", "evaluate", "model(a, torch.zeros(len(a), 20))", 0),
        ("0.5", "pass", "evaluate", "model(a, None)", 0),
        ("0.5", "forced = self.training and draw()", "evaluate", "model(a, b)", 0),
        ("0.5", "pass", "evaluate", "model(a, b, 0)\n  loss = criterion(out, b)", 0),
    ],
)
def test_true_tokens_where_a_decoder_is_evaluated(usual: str, body: str, name: str, call: str, count: int) -> None:
    rule = TruthFedAtEvaluation._places
    source = FORCED.format(usual=usual, body=body, name=name, call=call)
    assert found(lambda tree: rule(object.__new__(TruthFedAtEvaluation), tree), source) == count


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ("threshold = np.percentile(test_errors, 95)", 1),
        ("threshold = float(torch.quantile(torch.from_numpy(test_errors), 0.95))", 1),
        ("threshold = np.percentile(valid_errors, 95)", 0),
        ("threshold = np.percentile(train_errors, 95)", 0),
        ("budget = np.percentile(test_errors, 95)", 0),  # so many can be looked at by hand
        ("_, _, cuts = roc_curve(y_test, test_errors); threshold = cuts[3]; p_valid", 1),
        ("_, _, cuts = roc_curve(y_valid, valid_errors); threshold = cuts[3]", 0),
        ("_, _, cuts = roc_curve(y_test, test_errors); threshold = cuts[3]", 0),  # there are no others
    ],
)
def test_thresholds_of_the_rows_that_are_scored(chosen: str, count: int) -> None:
    source = f"{chosen}\nprint(f1_score(y_test, test_errors > threshold))"
    rule = ThresholdOfTestRows._places
    assert found(lambda tree: rule(object.__new__(ThresholdOfTestRows), tree), source) == count
