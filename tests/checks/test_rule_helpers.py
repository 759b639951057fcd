"""What rules ask of sources, masks and columns, worked out by hand; and how little of long episodes is watched."""

from __future__ import annotations

import ast

import pytest
import torch
from torch import nn

import goodfit as gf
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.gaussian_samples import gaussian_samples
from goodfit.checks.engine.sequences import Shift, shift
from goodfit.checks.rules.classes_between import _between
from goodfit.checks.rules.dataset_mutated import _equal, _same_bits
from goodfit.checks.rules.input_scale_differs import Seen
from goodfit.checks.rules.loop_name_rebound import rebound
from goodfit.checks.rules.loss_detached import LossDetached
from goodfit.checks.rules.mean_is_deviation import _same, _unscaled
from goodfit.checks.rules.ratio_always_one import _is_one
from goodfit.checks.rules.target_among_inputs import _columns_of_classes, _equal_columns
from goodfit.checks.rules.windows_across_parts import _moved_by

TWO = "for a, b in zip(net.parameters(), other.parameters()):\n"


@pytest.mark.parametrize(
    ("loop", "names"),
    [
        (TWO + "    a = 0.9 * a + 0.1 * b", ["a"]),
        (TWO + "    a.data = 0.9 * a.data + 0.1 * b.data", []),
        (TWO + "    a = a.detach().clone()\n    kept.append(a)", []),
        ("for p in net.parameters():\n    p = p.clamp(-1, 1)", ["p"]),
        ("for name, p in net.named_parameters():\n    p = torch.zeros_like(p)", ["p"]),
        ("for p in net.parameters():\n    p = nn.init.xavier_uniform_(p)", []),
        ("for p in net.parameters():\n    p = p.mul_(0.5)", []),
        ("for p in net.parameters():\n    p = prepared(p)", []),
        ("for p in net.parameters():\n    p = utils.reset(p)", []),
        ("for p in points:\n    p = p * 2", []),
        (TWO + "    old, new = a.data, b.data\n    mean = 0.9 * old + 0.1 * new", ["mean"]),
        (TWO + "    mean = 0.9 * a + 0.1 * b\nprint(mean)", []),
        (TWO + "    mean = 0.9 * a + 0.1 * b\n    a.data = mean", []),
        ("for p in net.parameters():\n    size = p.numel() * 4", []),
    ],
)
def test_names_of_loops_over_parameters_that_are_given_another_value_in_vain(loop: str, names: list[str]) -> None:
    assert [name for name, _ in rebound(ast.parse(loop))] == names


def stripes(*classes: int) -> torch.Tensor:
    """One mask (1, 24, 6 * n) of upright stripes six pixels wide."""
    return torch.tensor(classes).repeat_interleave(6).expand(1, 24, -1).contiguous()


def test_a_class_between_two_others_is_one_that_interpolation_has_made() -> None:
    mask = stripes(0, 3, 1, 3, 0)
    assert list(_between(mask, None)) == [], "class 1 is six pixels wide: its middle has no neighbour above it"
    mask[:, :, 5] = 2  # one column between 0 and 3
    assert list(_between(mask, None)) == [], "a line between one pair of classes may be a border that is meant"
    mask[:, :, 12] = 2  # and one between 3 and 1
    assert list(_between(mask, None)) == [2]
    assert list(_between(torch.where(mask == 2, 255, mask), 255)) == [], "what is ignored is not a class"


def test_a_column_that_says_the_class_is_seen_after_scaling_too() -> None:
    y = torch.tensor([[0], [1], [1], [0], [2], [2]])
    noise = torch.tensor([0.3, 0.1, 0.4, 0.1, 0.5, 0.9])
    scaled = (y.squeeze(1).float() - 1) / 0.8
    two_values = (y.squeeze(1) > 0).float()  # classes 1 and 2 look alike
    assert _columns_of_classes(torch.stack([noise, scaled, two_values], 1), y) == {1}


def test_a_number_among_the_inputs_counts_where_the_columns_are_no_independent_noise() -> None:
    generator = torch.Generator().manual_seed(0)
    series = torch.randn(300, generator=generator).cumsum(0)
    windows = series.unfold(0, 8, 1)
    assert _equal_columns(windows, windows[:, 7:]) == {7}
    assert _equal_columns(windows[:, :7], windows[:, 7:]) == set(), "the next value is the target"
    noise = torch.randn(300, 8, generator=generator)
    assert _equal_columns(noise, noise[:, 2:3]) == set(), "a made-up target of independent columns"


def test_of_episodes_with_a_backward_pass_an_action_few_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = 0

    def count(rule: LossDetached, event: BackwardBegins) -> None:
        nonlocal passes
        passes += 1

    monkeypatch.setattr(LossDetached, "before_backward", count)
    net = nn.Linear(4, 2)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01)
    with gf.watch(quiet=True, select=["loss-detached"]):
        for _ in range(20):
            rewards = [net(torch.randn(4)).log_softmax(0)[0] for _ in range(25)]
            optimiser.zero_grad()
            for reward in rewards:
                (-reward).backward()
            optimiser.step()
    assert 25 <= passes <= 125, "a quarter of the 500 at most, and one whole episode"


def deep_q_learning(calls: int) -> None:
    """A rollout of so many calls, then steps on the target of a second net, which lets gradients through to it."""
    torch.manual_seed(0)
    net, target = nn.Linear(4, 2), nn.Linear(4, 2)
    target.load_state_dict(net.state_dict())
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01)
    for _ in range(calls):
        net(torch.randn(1, 4)).argmax()
    for _ in range(12):
        value = net(torch.randn(8, 4))[:, 0]
        goal = torch.randn(8) + 0.9 * target(torch.randn(8, 4)).max(1).values
        loss = nn.functional.smooth_l1_loss(value, goal)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


@pytest.mark.parametrize("calls", [1, 700])
def test_a_net_that_was_first_called_in_the_rules_sleep_is_known_when_it_is_called_again(calls: int) -> None:
    with gf.watch(quiet=True, select=["parameter-not-optimised"]) as seen:
        deep_q_learning(calls)
    assert seen.findings == [], "its parameters are those of a net of its own, which feeds no net that is optimised"


def nodes(value: torch.Tensor) -> list[object]:
    """The graph behind a sum of some values."""
    (of_loss,) = BackwardBegins([value.sum()], gradients_given=False, inputs_given=False).nodes
    return list(of_loss)


def test_a_sample_of_a_normal_distribution_is_seen_with_what_its_exponent_is_multiplied_by() -> None:
    h = torch.randn(16, 8, requires_grad=True) * 1.0
    mean, x = h[:, :4], h[:, 4:]
    noise = torch.randn(16, 4)
    factors = [
        [sample.factor for sample in gaussian_samples(nodes(z))]
        for z in (
            mean + noise * (0.5 * x).exp(),
            (x / 2).exp() * noise + mean,
            mean + x.exp().mul(noise),
            mean + noise * x,
            mean + 3.0 * x.exp(),
            mean + torch.ones(16, 4) * x.exp(),
        )
    ]
    assert factors == [[0.5], [0.5], [1.0], [], [], []]


def test_halves_of_one_output_are_not_the_same_values() -> None:
    h = torch.randn(16, 8, requires_grad=True) * 1.0
    noise = torch.randn(16, 4)

    def is_one(mean: torch.Tensor, x: torch.Tensor) -> bool:
        (sample,) = gaussian_samples(nodes(mean + noise * (0.5 * x).exp()))
        return _same(sample.mean_edge, _unscaled(sample.exponential.next_functions[0]), 4)

    assert is_one(h[:, :4], h[:, :4])
    assert not is_one(h[:, :4], h[:, 4:])
    assert not is_one(*h.chunk(2, dim=1))
    assert not is_one(*h.reshape(16, 2, 4).unbind(1))
    one, other = nn.Linear(8, 4), nn.Linear(8, 4)
    assert is_one(one(h), one(h))
    assert not is_one(one(h), other(h))


def test_windows_that_are_less_by_a_constant_each_are_one_another_moved() -> None:
    series = torch.randn(30, generator=torch.Generator().manual_seed(0)).cumsum(0)
    first, second = series[:16, None], series[3:19, None]
    assert _moved_by(first, second) == 3
    assert _moved_by(first - first[-1], second - second[-1]) == 3
    assert _moved_by(first - first.mean(), second - second.mean()) == 3
    assert _moved_by(first / first.std(), second / second.std()) == 0
    line = torch.arange(16.0)[:, None]
    assert _moved_by(line, line + 40) == 0, "by any number of steps"
    assert _moved_by(torch.zeros(16, 1), torch.ones(16, 1)) == 0


def test_sums_of_a_large_input_are_those_of_some_rows_and_its_range_that_of_all() -> None:
    seen, x = Seen(), torch.randn(500, 784, generator=torch.Generator().manual_seed(0)) * torch.arange(784)
    x[3, 5] = 5000.0
    seen.add(x)
    assert (seen.rows, seen.shape, seen.ranges) == (500, (784,), {(float(x.min()), 5000.0)})
    assert seen.count == 63  # every eighth row
    torch.testing.assert_close(seen.deviation[600:].mean(), x[:, 600:].std(0).double().mean(), rtol=0.03, atol=0)
    for _ in range(999):
        seen.add(x)
    assert (seen.offered, seen.batches) == (1000, 64 + 235)  # a quarter of 936, evenly
    table = Seen()
    table.add(x[:, :60])
    assert table.count == 500  # of few values all are summed


def test_tensors_are_compared_a_word_at_a_time_where_they_can_be() -> None:
    x = torch.tensor([[1.0, float("nan")], [0.0, -2.0]])
    assert _same_bits(x, x.clone())
    assert _equal(x, x.clone())
    assert not _same_bits(x, x.abs())
    assert not _equal(x, x.abs())
    assert not _same_bits(torch.zeros(4), -torch.zeros(4))
    assert _equal(torch.zeros(4), -torch.zeros(4))
    for odd in (torch.arange(7, dtype=torch.uint8), x.T, x[:, 1], torch.zeros(0)):
        assert not _same_bits(odd, odd.clone())
        assert _equal(odd, odd.clone())
    picture = torch.arange(64, dtype=torch.uint8)
    other = picture.clone()
    other[63] = 0
    assert _same_bits(picture, picture.clone())
    assert not _same_bits(picture, other)
    assert not _equal(picture, other)


@pytest.mark.parametrize("kind", [torch.int64, torch.int32])
def test_targets_that_are_the_next_step_of_the_input(kind: torch.dtype) -> None:
    x = torch.randint(1, 50, (3, 9), generator=torch.Generator().manual_seed(0))
    targets = x.roll(-1, 1)[:, :8].to(kind)
    assert shift(x, targets) == shift(x, targets, -100) == Shift(1, 1)
    some = targets.clone()
    some[:, :3] = -100
    assert shift(x, some, -100) == Shift(1, 1)
    assert shift(x, some) is None
    some[:, :5] = -100  # of 8, three are left
    assert shift(x, some, -100) is None
    targets[2, 7] += 1
    assert shift(x, targets) is None


@pytest.mark.parametrize(("difference", "expected"), [(0.0, True), (3e-7, True), (-1e-6, True), (1e-4, False)])
def test_a_ratio_of_one_but_for_the_rounding_of_another_batch(difference: float, expected: bool) -> None:
    """float32 keeps 1.2e-7; a policy that has been trained a step at a rate of 1e-3 moves by about as much."""
    assert _is_one(torch.tensor([1.0, 1.0 + difference])) == expected
