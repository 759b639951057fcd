"""Correct programs that look like a mistake, beside the mistake itself: the one is left alone, the other is found."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import goodfit as gf
from goodfit.checks.engine.equal_by_nature import has_few_values, is_by_chance, pair_probability
from goodfit.checks.engine.fingerprints import stamp
from goodfit.checks.rules.masked_weights_move import MaskedWeightsMove, may_be_masked


def findings_of(seen: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.level.value) for finding in seen.findings]


def train_and_validate(train: Tensor, valid: Tensor) -> None:
    """An autoencoder in mini-batches without a loader, validated after each epoch."""
    net = nn.Sequential(nn.Linear(train.shape[1], 16), nn.ELU(), nn.Linear(16, train.shape[1]))
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(6):
        net.train()
        for rows in torch.randperm(len(train)).split(50):
            optimiser.zero_grad()
            functional.binary_cross_entropy_with_logits(net(train[rows]), train[rows]).backward()
            optimiser.step()
        net.eval()
        with torch.no_grad():
            functional.binary_cross_entropy_with_logits(net(valid), valid)


def test_rows_of_bits_are_equal_by_chance() -> None:
    torch.manual_seed(0)
    bits = torch.bernoulli(torch.sigmoid(3 * torch.randn(450, 3) @ torch.randn(3, 14)))
    with gf.watch(quiet=True) as seen:
        train_and_validate(bits[:400], bits[400:])
    assert findings_of(seen) == []


def test_rows_of_measured_numbers_are_equal_by_a_leak() -> None:
    torch.manual_seed(0)
    numbers = torch.rand(425, 14)
    with gf.watch(quiet=True) as seen:
        train_and_validate(numbers[:400], numbers[375:])
    assert findings_of(seen) == [("train-rows-in-validation", "error")]


def test_the_share_that_chance_makes() -> None:
    assert pair_probability([7, 7, 9], 784) == pytest.approx(1 / 3)  # one of the three pairs
    assert pair_probability([7], 784) == 0
    # No pair of 4,950 is equal: with a probability of 3 / 4950 that is so in (1 - 3 / 4950)**4950 = 5% of samples.
    assert pair_probability(range(100), 20) == pytest.approx(3 / 4950)
    assert pair_probability(range(100), 784) == 0
    # Of 100 rows none is equal to a given one with 0.99**100 = 0.366: 63% of the rows have an equal one.
    assert is_by_chance(0.9, 0.01, 100)
    assert not is_by_chance(0.9, 0.004, 100)  # 33% by chance
    assert not is_by_chance(0.01, 0.0, 100)
    assert has_few_values(torch.eye(3).repeat(4, 1))
    assert not has_few_values(torch.arange(40.0).reshape(40, 1))


def learn_from_teacher(*, teacher_follows: bool) -> None:
    torch.manual_seed(0)
    student = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 2))
    teacher = copy.deepcopy(student).requires_grad_(False)
    optimiser = torch.optim.Adam(student.parameters(), 1e-3)
    for _ in range(14):
        x = torch.randn(32, 6)
        with torch.no_grad():
            target = teacher(x)
        optimiser.zero_grad()
        functional.mse_loss(student(x + 0.1 * torch.randn(32, 6)), target).backward()
        optimiser.step()
        if teacher_follows:
            for ours, theirs in zip(student.parameters(), teacher.parameters(), strict=True):
                theirs.data.lerp_(ours.data, 0.05)  # counts no version


def test_a_teacher_that_is_moved_through_data_is_not_frozen() -> None:
    with gf.watch(quiet=True) as seen:
        learn_from_teacher(teacher_follows=True)
    assert findings_of(seen) == []
    with gf.watch(quiet=True) as seen:
        learn_from_teacher(teacher_follows=False)
    assert findings_of(seen) == [("frozen-net-in-training-mode", "warning")]


def test_a_stamp_changes_with_every_way_to_write() -> None:
    x = torch.zeros(10)
    before = stamp(x)
    assert stamp(x) == before
    x.data.add_(1)
    assert stamp(x) != before
    before = stamp(x)
    x.add_(0)
    assert stamp(x) != before  # the values are the same, and it was written to
    assert stamp(torch.zeros(())) != before
    assert stamp(torch.zeros(2, 0))[2] == []


class Around(torch.optim.Optimizer):
    """Sharpness-aware minimisation as an optimiser that another one steps for."""

    def __init__(self, params: Any) -> None:
        super().__init__(params, {})
        self.base = torch.optim.SGD(self.param_groups, lr=0.1)

    def step(self, closure: Any = None) -> Any:
        loss = closure()
        params = [param for group in self.param_groups for param in group["params"]]
        moves = [0.01 * param.grad for param in params]
        with torch.no_grad():
            for param, move in zip(params, moves, strict=True):
                param.add_(move)
        self.zero_grad()
        closure()
        with torch.no_grad():
            for param, move in zip(params, moves, strict=True):
                param.sub_(move)
        self.base.step()
        self.zero_grad()
        return loss


def test_an_optimiser_around_another_is_no_second_net() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 2))
    x = torch.randn(200, 6)
    y = (x[:, 0] > 0).long()
    with gf.watch(quiet=True) as seen:
        optimiser = Around(net.parameters())
        for rows in torch.arange(400).remainder(200).split(20):

            def closure(rows: Tensor = rows) -> Tensor:
                loss = functional.cross_entropy(net(x[rows]), y[rows])
                loss.backward()
                return loss

            optimiser.step(closure)
    assert findings_of(seen) == []


def search(rates: list[float]) -> None:
    x = torch.linspace(-3, 3, 64).unsqueeze(1)
    for rate in rates:
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Linear(8, 1))
        optimiser = torch.optim.SGD(net.parameters(), lr=rate)
        for _ in range(30):
            loss = functional.mse_loss(net(x), x**2)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if not torch.isfinite(loss):
                break


def test_one_run_of_a_search_that_diverges_is_a_warning() -> None:
    with gf.watch(quiet=True) as seen:
        search([0.001, 0.01, 3.0])
    assert ("nonfinite-loss", "warning") in findings_of(seen)
    assert "error" not in dict(findings_of(seen)).values()
    with gf.watch(quiet=True) as seen:
        search([3.0])
    (finding,) = [finding for finding in seen.findings if finding.rule == "nonfinite-loss"]
    assert finding.level.value == "error"
    assert "the weights have grown to" in finding.message or "the gradient of" in finding.message


def test_one_optimiser_of_two_nets_may_teach_both_what_is_neither_real_nor_made() -> None:
    """InfoGAN: what the code was is read off the images by a part of the discriminator."""
    torch.manual_seed(0)
    maker = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
    judge = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 3))  # real or made, and two numbers of the code
    of_maker, of_judge = torch.optim.Adam(maker.parameters()), torch.optim.Adam(judge.parameters())
    of_both = torch.optim.Adam([*maker.parameters(), *judge.parameters()])
    with gf.watch(quiet=True) as seen:
        for _ in range(14):
            real, code = torch.randn(24, 3), torch.rand(24, 6)
            of_maker.zero_grad()
            functional.mse_loss(judge(maker(code))[:, :1], torch.ones(24, 1)).backward()
            of_maker.step()
            of_judge.zero_grad()
            on_real = functional.mse_loss(judge(real)[:, :1], torch.ones(24, 1))
            (on_real + functional.mse_loss(judge(maker(code).detach())[:, :1], torch.zeros(24, 1))).backward()
            of_judge.step()
            of_both.zero_grad()
            functional.mse_loss(judge(maker(code))[:, 1:], code[:, :2]).backward()
            of_both.step()
    assert [each for each in findings_of(seen) if each[1] != "notice"] == []


def test_what_one_optimiser_drops_of_a_pass_the_other_may_use() -> None:
    """The gradients that the discriminator gets of the generator's loss are thrown away before both step."""
    torch.manual_seed(0)
    made, judged = nn.Linear(4, 6), nn.Sequential(nn.Linear(6, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
    of_made, of_judged = (torch.optim.Adam(net.parameters(), 1e-3) for net in (made, judged))
    with gf.watch(quiet=True) as seen:
        for _ in range(30):
            real, fake = torch.randn(32, 6) + 1, made(torch.randn(32, 4))
            of_real = (judged(real) - 1).square().mean() + judged(fake.detach()).square().mean()
            of_fake = (judged(fake) - 1).square().mean()
            of_made.zero_grad()
            of_fake.backward(retain_graph=True)
            of_judged.zero_grad()
            of_real.backward()
            of_made.step()
            of_judged.step()
    assert "accumulation-dropped" not in dict(findings_of(seen))


class OwnEmbeddings(nn.Module):
    """(N, 6) -> (N, 1): 16 units of each number, of which a half is never above 0."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(6, 16))
        self.offset = nn.Parameter(torch.where(torch.rand(6, 16) < 0.5, -9.0, 0.5))
        self.head = nn.Linear(96, 1)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(functional.relu(x[:, :, None] * self.weight + self.offset).flatten(1))
        return out


@pytest.mark.parametrize("masked", ["", "by hand", "by a hook"])
def test_gradients_of_dead_units_are_no_mask(masked: str) -> None:
    torch.manual_seed(0)
    net, x = OwnEmbeddings(), torch.rand(400, 6)
    mask = (torch.rand(6, 16) < 0.5).float()
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=0.1)
    if masked == "by a hook":
        net.weight.register_hook(lambda gradient: gradient * mask)
    with gf.watch(quiet=True) as seen:
        for _ in range(40):
            rows = torch.randint(0, 400, (50,))
            loss = functional.mse_loss(net(x[rows]), x[rows].sum(1, keepdim=True))
            optimiser.zero_grad()
            loss.backward()
            if masked == "by hand" and net.weight.grad is not None:
                net.weight.grad.mul_(mask)
            optimiser.step()
    found = [rule for rule, _ in findings_of(seen) if rule == "masked-weights-move"]
    assert found == (["masked-weights-move"] if masked else [])


class MaskedWithinForward(nn.Module):
    """As MADE's layers: entries of the weight are left out, and their gradients are 0 by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(70, 30))
        self.mask = (torch.rand(70, 30, generator=torch.Generator().manual_seed(0)) < 0.5).float()

    def forward(self, x: Tensor) -> Tensor:
        return x @ (self.weight * self.mask).T


@pytest.mark.parametrize("pruned", [False, True])
def test_a_mask_within_forward_is_looked_at_ever_less_and_one_on_gradients_found_later(pruned: bool) -> None:
    torch.manual_seed(0)
    net, x = MaskedWithinForward(), torch.rand(300, 30)
    kept = (torch.rand(70, 30) < 0.5).float()
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=0.1)
    with gf.watch(quiet=True) as seen:
        rule = next(each for each in seen.watcher._rules if isinstance(each, MaskedWeightsMove))
        for step in range(110):
            optimiser.zero_grad()
            net(x[torch.randint(0, 300, (50,))]).square().mean().backward()
            if pruned and step > 20 and net.weight.grad is not None:
                net.weight.grad.mul_(kept)
            optimiser.step()
            if step == 11:
                assert (rule.next_look, rule.known) == ({id(net.weight): 22}, {})  # looked at to 4, and from 8 to 11
    assert ("masked-weights-move" in {rule for rule, _ in findings_of(seen)}) == pruned


@pytest.mark.parametrize("kind", ["of noise", "by degrees", "of blocks"])
def test_a_mask_is_found_in_a_sample_of_the_rows(kind: str) -> None:
    torch.manual_seed(0)
    gradient, degrees = torch.randn(640, 60), torch.arange(640)[:, None] % 59
    gradient[:, 7] = 0  # an input that is 0
    mask = {
        "of noise": torch.rand(640, 60) < 0.2,
        "by degrees": torch.arange(60) > degrees,
        "of blocks": torch.arange(60) // 6 == torch.arange(640)[:, None] // 64,
    }[kind]
    assert may_be_masked(gradient.masked_fill(mask, 0))
    assert not may_be_masked(gradient)


def test_a_few_short_rows_without_copies_do_not_show_that_there_are_none() -> None:
    # Up to 3 of the 2,016 pairs may be equal: of 1,000 rows 1.5 are then equal to a given one, by chance.
    assert is_by_chance(0.05, pair_probability(range(64), 8), 1000)
    assert not is_by_chance(0.05, pair_probability(range(64), 784), 1000)


def test_gradients_that_a_hook_of_the_optimiser_clears_were_there() -> None:
    torch.manual_seed(0)
    net = nn.Linear(6, 1)
    optimiser = torch.optim.SGD(net.parameters(), 0.01)
    optimiser.register_step_post_hook(lambda optimiser, args, kwargs: optimiser.zero_grad())
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(6):
            x = torch.randn(20, 6)
            functional.mse_loss(net(x), x.sum(1, keepdim=True)).backward()
            optimiser.step()
    assert findings_of(seen) == []
    assert len(optimiser._optimizer_step_post_hooks) == 1  # none of the watcher's is left
