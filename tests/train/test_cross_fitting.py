"""Cross-fitting: a row teaches every member but the one that it validates, and validates once."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from goodfit.data.feed import Feed
from goodfit.data.source import Batch
from goodfit.data.sources.arrays import arrays
from goodfit.nets.cross_fitted import CrossFitted
from goodfit.tasks.classification import Classification
from goodfit.train.cross_fitting import Folds, gradient_scale, training_outputs
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Listener, Position, Training, train
from goodfit.train.optimiser import make_optimiser, parameter_groups
from goodfit.train.passes import backward_in_passes
from goodfit.train.precision import Precision
from goodfit.train.schedule import SCHEDULES

CPU = torch.device("cpu")
PLAIN = Precision("float32", False, "")
ROWS, FOLDS = 40, 4


def members() -> CrossFitted:
    torch.manual_seed(0)
    return CrossFitted([nn.Linear(6, 3) for _ in range(FOLDS)])


def data() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(ROWS, 6, generator=generator)
    return x, torch.randint(0, 3, (ROWS,), generator=generator), torch.arange(ROWS) % FOLDS


def parameters(training: Training, member: int) -> list[Tensor]:
    assert isinstance(training.net, CrossFitted)
    return list(training.net.members[member].parameters())


def trained(y: Tensor, epochs: int = 3, patience: int | None = None) -> Training:
    x, _, fold = data()
    net = members()
    hyper = Hyperparameters(
        epochs=epochs, batch_size=10, micro_batch=10, optimiser="adamw", learning_rate=0.05, weight_decay=0.0,
        schedule="constant", precision="float32", channels_last=False, seed=3, patience=patience,
    )  # fmt: skip
    made = Training(
        net=net,
        task=Classification((0, 1, 2)),
        feed=Feed(source=arrays(x, y), y=y, device=CPU, batch_size=10, seed=3),
        train_rows=torch.arange(ROWS),
        valid_rows=torch.arange(ROWS),
        optimiser=make_optimiser("adamw", parameter_groups([(net.parameters(), 1.0)], 0.0), CPU),
        schedule=SCHEDULES["constant"],
        precision=PLAIN,
        hyper=hyper,
        position=Position(pace=0.01),
        folds=Folds(fold),
    )
    train(made, Listener(lambda training: None, lambda training: None))
    return made


@settings(max_examples=10, deadline=None)
@given(row=st.integers(0, ROWS - 1))
def test_a_rows_target_never_reaches_the_member_that_it_validates(row: int) -> None:
    _, y, fold = data()
    changed = y.clone()
    changed[row] = (y[row] + 1) % 3
    before, after = trained(y), trained(changed)
    for number in range(FOLDS):
        pairs = zip(parameters(before, number), parameters(after, number), strict=True)
        same = all(torch.equal(one, other) for one, other in pairs)
        assert same == (number == int(fold[row]))


def test_the_members_learn_as_nets_of_their_own() -> None:
    """A member is the net that a hand-written loop trains on the rows outside of its fold; rows weigh alike."""
    x, y, fold = data()
    ours = trained(y, epochs=1)
    alone = members()
    optimisers = [torch.optim.AdamW(net.parameters(), lr=0.05, betas=(0.9, 0.99), weight_decay=0.0, fused=True)
                  for net in alone.members]  # fmt: skip
    for batch in ours.feed.epoch(torch.arange(ROWS), 0):
        for number, (net, optimiser) in enumerate(zip(alone.members, optimisers, strict=True)):
            taught = batch.rows[fold[batch.rows] != number]
            total = functional.cross_entropy(net(x[taught]), y[taught], reduction="sum")
            (total / (len(batch.rows) * (FOLDS - 1) / FOLDS)).backward()
            optimiser.step()
            optimiser.zero_grad()
    for one, other in zip(ours.net.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_member_may_learn_from_one_row_of_a_batch() -> None:
    """By hand: of rows 0 and 1, of folds 0 and 1, each member learns from one; batch norm has mean 0, variance 1."""
    net = CrossFitted([nn.BatchNorm1d(3) for _ in range(2)])
    x = torch.tensor([[1.0, 2.0, 3.0], [-4.0, 5.0, 6.0]])
    out, targets = Folds(torch.tensor([0, 1])).batch(net, x, torch.tensor([7, 8]), torch.tensor([0, 1]))
    torch.testing.assert_close(out, x.flip(0) / (1 + 1e-5) ** 0.5)
    assert targets.tolist() == [8, 7]
    out.sum().backward()
    for member in net.members:
        assert isinstance(member, nn.BatchNorm1d)
        assert member.training
        assert member.running_mean is not None
        assert member.running_mean.tolist() == [0, 0, 0]
        assert member.bias.grad is not None


def test_held_out_scores_are_those_of_the_member_that_did_not_see_the_row() -> None:
    x, y, fold = data()
    made = trained(y)
    assert isinstance(made.net, CrossFitted)
    out, targets = made.validation_scores(whole=True)
    assert torch.equal(targets, y)
    for row in range(ROWS):
        expected = made.net.members[int(fold[row])](x[row : row + 1])[0].detach()
        torch.testing.assert_close(out[row], expected)
    made.net.eval()
    whole = made.net(x)
    mean = torch.stack([member(x) for member in made.net.members]).mean(0)
    torch.testing.assert_close(whole, mean)


@settings(max_examples=10, deadline=None)
@given(passes=st.integers(2, 7), rows=st.integers(8, ROWS))
def test_passes_of_a_cross_fitted_net_give_the_gradient_of_the_whole_batch(passes: int, rows: int) -> None:
    x, y, fold = data()
    folds, task = Folds(fold), Classification((0, 1, 2))
    batch = Batch(x[:rows], y[:rows], torch.arange(rows))
    split, whole = members(), members()
    loss = backward_in_passes(split, task, batch, passes, PLAIN, CPU, folds)
    expected = task.loss(*training_outputs(whole, folds, *batch[:3]))
    (gradient_scale(whole, folds) * expected).backward()
    torch.testing.assert_close(loss, expected.detach(), rtol=1e-5, atol=1e-6)
    for one, other in zip(split.parameters(), whole.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6)


def test_training_ends_when_no_epoch_is_better_any_more() -> None:
    y = torch.randint(0, 3, (ROWS,), generator=torch.Generator().manual_seed(5))  # noise: it soon learns by heart
    made = trained(y, epochs=500, patience=4)
    position = made.position
    assert made.out_of_patience
    assert position.epoch == position.best_epoch + 1 + 4
    assert position.epoch < 500


def test_a_batch_of_one_row_teaches_a_net_with_batch_norm_in_the_usual_way_too() -> None:
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2))
    out, _ = training_outputs(net, None, torch.ones(1, 3), torch.tensor([0]), torch.tensor([0]))
    torch.testing.assert_close(out, net[1](torch.ones(1, 3) / (1 + 1e-5) ** 0.5))
    assert net[0].training
