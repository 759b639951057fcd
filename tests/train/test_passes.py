"""A step of several passes gives the gradient of the whole batch, for every task and loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from goodfit.checks.watch import watch
from goodfit.data.source import Batch
from goodfit.tasks.classification import Classification
from goodfit.tasks.feature_loss import FeatureNet
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.ranking import Ranking
from goodfit.tasks.rating import Rating
from goodfit.tasks.regression import Regression
from goodfit.tasks.restoration import Restoration
from goodfit.tasks.segmentation import Segmentation
from goodfit.tasks.task import Task
from goodfit.train.passes import backward_in_passes
from goodfit.train.precision import Precision

CPU = torch.device("cpu")
PLAIN = Precision("float32", False, "")
FEATURES, HIGH, WIDE, CLASSES, VOID = 5, 6, 7, 3, 255


class Shaped(nn.Module):
    """A small net in float64 whose output has any shape after the batch dimension."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape
        self.layers = nn.Sequential(nn.Linear(FEATURES, 8), nn.Tanh(), nn.Linear(8, torch.Size(shape).numel())).double()

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        self.penalty = 0.01 * out.square().mean()  # of this pass's rows
        return out.reshape(len(out), *self.shape)


def dense(channels: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(2, 6, 3, padding=1), nn.Tanh(), nn.Conv2d(6, channels, 1)).double()


class Maps(nn.Module):
    """A backbone of two maps."""

    def __init__(self) -> None:
        super().__init__()
        self.fine, self.coarse = nn.Conv2d(2, 4, 3), nn.Conv2d(4, 5, 3, stride=2)

    def features(self, x: Tensor) -> list[Tensor]:
        fine = self.fine(x.to(self.fine.weight.dtype)).relu()
        return [fine, self.coarse(fine)]


def gradients(net: nn.Module) -> Tensor:
    """All of a net's gradients in one vector, taken away from it."""
    found = torch.cat([parameter.grad.flatten() for parameter in net.parameters() if parameter.grad is not None])
    net.zero_grad()
    return found


def assert_equal_when_split(net: nn.Module, task: Task, x: Tensor, y: Tensor, passes: int) -> None:
    whole = task.loss(net(x), y)
    (whole + getattr(net, "penalty", 0.0)).backward()
    expected = gradients(net)
    loss = backward_in_passes(net, task, Batch(x, y, torch.arange(len(x))), min(passes, len(x)), PLAIN, CPU)
    # float32 losses: rounding is 1e-7 of the terms that add up to a gradient
    torch.testing.assert_close(loss.double(), whole.detach().double(), rtol=1e-5, atol=1e-6)
    found = gradients(net)
    assert float((found - expected).norm()) <= 1e-5 * float(expected.norm()) + 1e-7
    sums = task.loss_sums(net(x), y)
    torch.testing.assert_close(task.loss_of_sums(sums).double(), whole.detach().double(), rtol=1e-5, atol=1e-6)


@dataclass
class RowCase:
    """A task of rows: the shape of its net's output, and targets for n rows."""

    task: Task
    shape: tuple[int, ...]
    targets: Callable[[int], Tensor]


def class_numbers(n: int) -> Tensor:
    return torch.randint(0, CLASSES, (n,))


ROW_CASES = {
    "classification": RowCase(Classification((0, 1, 2), label_smoothing=0.1), (CLASSES,), class_numbers),
    "mixed targets": RowCase(Classification((0, 1, 2)), (CLASSES,), lambda n: torch.rand(n, CLASSES).softmax(1)),
    "members": RowCase(Classification((0, 1, 2)), (4, CLASSES), class_numbers),
    "multilabel": RowCase(MultiLabel(("a", "b", "c")), (CLASSES,), lambda n: (torch.rand(n, CLASSES) > 0.5).float()),
    "regression": RowCase(Regression((3.0,), (2.0,)), (1,), lambda n: 3 + 2 * torch.randn(n)),
    "targets": RowCase(Regression((3.0, 1.0), (2.0, 0.5), single=False), (2,), lambda n: torch.randn(n, 2)),
    "regression members": RowCase(Regression((3.0,), (2.0,)), (4, 1), lambda n: 3 + 2 * torch.randn(n)),
    "rating": RowCase(Rating((3.0,), (1.0,), low=1.0, high=5.0), (4, 1), lambda n: torch.randint(1, 6, (n,)).float()),
    "ranking": RowCase(Ranking(), (3, 9), lambda n: torch.zeros(n, dtype=torch.int64)),
}


@pytest.mark.parametrize("name", ROW_CASES)
@settings(max_examples=15, deadline=None)
@given(rows=st.integers(1, 30), passes=st.integers(2, 8), seed=st.integers(0, 999))
def test_a_batch_of_rows_in_passes_has_the_gradient_of_the_whole(name: str, rows: int, passes: int, seed: int) -> None:
    torch.manual_seed(seed)
    case = ROW_CASES[name]
    x = torch.randn(rows, FEATURES, dtype=torch.float64)
    assert_equal_when_split(Shaped(*case.shape), case.task, x, case.targets(rows), passes)


@pytest.mark.parametrize("loss", ["dice", "cross-entropy", "focal"])
@settings(max_examples=25, deadline=None)
@given(
    rows=st.integers(1, 9),
    passes=st.integers(2, 5),
    void_share=st.sampled_from([0.0, 0.2, 0.9]),
    nearly_all_void=st.booleans(),
    weights=st.sampled_from([(), (0.2, 1.0, 5.0)]),
    seed=st.integers(0, 999),
)
def test_a_batch_of_masks_in_passes_has_the_gradient_of_the_whole(
    loss: str,
    rows: int,
    passes: int,
    void_share: float,
    nearly_all_void: bool,
    weights: tuple[float, ...],
    seed: int,
) -> None:
    torch.manual_seed(seed)
    y = torch.randint(0, CLASSES, (rows, HIGH, WIDE))
    y[torch.rand(y.shape) < void_share] = VOID
    if nearly_all_void:
        y[0] = VOID
        y[0, 0, 0] = 1
    task = Segmentation(("a", "b", "c"), VOID, loss, weights)
    x = torch.randn(rows, 2, HIGH, WIDE, dtype=torch.float64)
    assert_equal_when_split(dense(CLASSES), task, x, y.to(torch.uint8), passes)


@pytest.mark.parametrize("loss", ["dice", "cross-entropy", "focal"])
def test_a_batch_without_a_pixel_that_counts_gives_no_gradient_in_passes(loss: str) -> None:
    net, y = dense(CLASSES), torch.full((4, HIGH, WIDE), VOID, dtype=torch.uint8)
    batch = Batch(torch.randn(4, 2, HIGH, WIDE, dtype=torch.float64), y, torch.arange(4))
    assert float(backward_in_passes(net, Segmentation(("a", "b", "c"), VOID, loss), batch, 2, PLAIN, CPU)) == 0
    assert not gradients(net).any()


@pytest.mark.parametrize("loss", ["mse", "l1", "feature"])
@settings(max_examples=15, deadline=None)
@given(rows=st.integers(1, 9), passes=st.integers(2, 5), seed=st.integers(0, 999))
def test_a_batch_to_restore_in_passes_has_the_gradient_of_the_whole(
    loss: str, rows: int, passes: int, seed: int
) -> None:
    torch.manual_seed(seed)
    features = FeatureNet(Maps(), torch.full((2, 1, 1), 0.5), torch.full((2, 1, 1), 0.2))
    task = Restoration(2, loss, feature_net=features if loss == "feature" else None)
    y = torch.randint(0, 256, (rows, 2, HIGH, WIDE), dtype=torch.uint8)
    y[0] //= 40  # a dark image, whose maps are small
    x = torch.rand(rows, 2, HIGH, WIDE, dtype=torch.float64)
    assert_equal_when_split(dense(2), task, x, y, passes)


def test_the_first_of_two_forward_passes_leaves_no_trace() -> None:
    """Dice: the sums of the whole batch are taken with the units dropped that the second pass drops as well."""
    net = nn.Sequential(nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6), nn.Dropout(0.5), nn.Conv2d(6, CLASSES, 1))
    task = Segmentation(("a", "b", "c"), VOID)
    x, y = torch.randn(6, 2, HIGH, WIDE), torch.randint(0, CLASSES, (6, HIGH, WIDE)).to(torch.uint8)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    torch.manual_seed(7)
    loss = backward_in_passes(net, task, Batch(x, y, torch.arange(6)), 3, PLAIN, CPU)
    found, buffers, stream = gradients(net), [each.clone() for each in net.buffers()], torch.get_rng_state()
    net.load_state_dict(before)
    torch.manual_seed(7)
    whole = task.loss(torch.cat([net(part) for part in x.tensor_split(3)]), y)
    whole.backward()
    expected = gradients(net)
    assert float((found - expected).norm()) <= 1e-5 * float(expected.norm())
    torch.testing.assert_close(loss, whole.detach())
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(buffers, net.buffers(), strict=True))
    assert torch.equal(stream, torch.get_rng_state())


def test_the_rules_that_watch_every_fit_have_nothing_to_report_of_it() -> None:
    """A forward pass in train mode without gradients would be taken for an evaluation with dropout on."""
    net = nn.Sequential(nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, CLASSES, 1))
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
    task = Segmentation(("a", "b", "c"), VOID)
    with watch(quiet=True) as watched:
        for _ in range(8):
            x, y = torch.randn(16, 2, HIGH, WIDE), torch.randint(0, CLASSES, (16, HIGH, WIDE)).to(torch.uint8)
            backward_in_passes(net, task, Batch(x, y, torch.arange(16)), 2, PLAIN, CPU)
            optimiser.step()
            optimiser.zero_grad()
    assert watched.findings == []
