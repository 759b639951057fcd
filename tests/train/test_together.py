"""A step of several processes has the gradient, the loss and the buffers of one process, for every task and loss."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import torch
from several_processes import in_processes
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from goodfit.data.shares import Shared, cut, shares
from goodfit.data.source import Batch
from goodfit.errors import ModelError, ProcessError
from goodfit.nets.cross_fitted import CrossFitted
from goodfit.nets.dropout import QuickDropout
from goodfit.tasks.classification import Classification
from goodfit.tasks.multilabel import MultiLabel
from goodfit.tasks.ranking import Ranking
from goodfit.tasks.rating import Rating
from goodfit.tasks.regression import Regression
from goodfit.tasks.restoration import Restoration
from goodfit.tasks.segmentation import Segmentation
from goodfit.tasks.task import Task
from goodfit.train.cross_fitting import Folds, gradient_scale, training_outputs
from goodfit.train.exact import tree_sum
from goodfit.train.passes import penalty
from goodfit.train.precision import Precision
from goodfit.train.processes import join
from goodfit.train.together import Together

CPU = torch.device("cpu")
PLAIN = Precision("float32", False, "")
FEATURES, HIGH, WIDE, CLASSES, VOID = 5, 6, 7, 3, 255
ROWS = (11, 12, 7, 5)  # the last is computed whole by each of three processes
TOLERANCE = 1e-6  # of the norm: nets are float64, and some losses are taken in float32


class RowNet(nn.Module):
    """Batch norm and dropout on the way to an output of any shape; a penalty of the batch; a layer that rests."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape
        self.body = nn.Sequential(
            nn.Linear(FEATURES, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.3), QuickDropout(0.2)
        )
        self.head = nn.Linear(8, torch.Size(shape).numel())
        self.rare = nn.Linear(FEATURES, 8)  # reached by rows of a positive first feature alone
        self.unused = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        features = self.body(x)
        some = x[:, 0] > 1.2
        if bool(some.any()):
            features = features.index_add(0, some.nonzero().squeeze(1), self.rare(x[some]))
        out: Tensor = self.head(features)
        self.penalty = 0.01 * out.square().mean()
        return out.reshape(len(out), *self.shape)


class AgainNet(RowNet):
    """A net that computes its body again in the backward pass, to save memory."""

    def forward(self, x: Tensor) -> Tensor:
        features: Tensor = checkpoint(self.body, x, use_reentrant=False)
        out: Tensor = self.head(features)
        return out


class NoisyNet(RowNet):
    """A net that draws random numbers of its own."""

    def forward(self, x: Tensor) -> Tensor:
        features = self.body(x + 0.1 * torch.randn_like(x))
        kept = x.new_empty((len(x), 1)).bernoulli_(0.8)  # stochastic depth
        out: Tensor = self.head(features * kept)
        return out


class MapNet(nn.Module):
    """The same for images."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.norm = nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.last = nn.Conv2d(6, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        maps = functional.dropout2d(self.norm(self.first(x)).tanh(), 0.2, self.training)
        out: Tensor = self.last(functional.dropout(maps, 0.1, self.training))
        return out


@dataclass
class Case:
    """A task, a net for it and targets of n rows."""

    task: Task
    net: Callable[[], nn.Module]
    targets: Callable[[int], Tensor]
    images: bool = False
    passes: int = 1
    folds: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


def classes(n: int) -> Tensor:
    return torch.randint(0, CLASSES, (n,))


def masks(n: int) -> Tensor:
    y = torch.randint(0, CLASSES, (n, HIGH, WIDE))
    y[torch.rand(y.shape) < torch.rand(n, 1, 1)] = VOID  # of some images nearly all
    return y


def cross_fitted() -> nn.Module:
    return CrossFitted([RowNet(CLASSES) for _ in range(3)])


NAMES = ("sky", "road", "tree")
CASES = {
    "classes": Case(Classification((0, 1, 2), label_smoothing=0.1), lambda: RowNet(CLASSES), classes),
    "classes in three passes": Case(Classification((0, 1, 2)), lambda: RowNet(CLASSES), classes, passes=3),
    "noise": Case(Classification((0, 1, 2)), lambda: NoisyNet(CLASSES), classes),
    "members": Case(Classification((0, 1, 2)), lambda: RowNet(4, CLASSES), classes),
    "cross-fitted": Case(Classification((0, 1, 2)), cross_fitted, classes, folds=3),
    "labels": Case(
        MultiLabel(("a", "b", "c")), lambda: RowNet(CLASSES), lambda n: (torch.rand(n, CLASSES) > 0.5).float()
    ),
    "numbers": Case(
        Regression((3.0, 1.0), (2.0, 0.5), single=False), lambda: RowNet(2), lambda n: 3 + torch.randn(n, 2)
    ),
    "ratings": Case(
        Rating((3.0,), (1.0,), low=1.0, high=5.0), lambda: RowNet(4, 1), lambda n: torch.randint(1, 6, (n,)).float()
    ),
    "choices": Case(Ranking(), lambda: RowNet(3, 9), lambda n: torch.zeros(n, dtype=torch.int64)),
    **{
        f"masks, {loss}{' in two passes' if passes > 1 else ''}": Case(
            Segmentation(NAMES, void=VOID, loss_name=loss, weights=(0.2, 1.0, 5.0)), lambda: MapNet(CLASSES), masks,
            images=True, passes=passes,
        )
        for loss in ("dice", "cross-entropy", "focal")
        for passes in (1, 2)
    },
    "clean images": Case(
        Restoration(2, "l1"), lambda: MapNet(2),
        lambda n: torch.randint(0, 256, (n, 2, HIGH, WIDE), dtype=torch.uint8), images=True,
    ),
}  # fmt: skip


def alone(net: nn.Module, case: Case, x: Tensor, y: Tensor, folds: Folds | None) -> Tensor:
    """The step of one process, written out: passes weighed by what they hold, or by the sums of all of them."""
    rows = torch.arange(len(x))
    parts = list(
        zip(x.tensor_split(case.passes), y.tensor_split(case.passes), rows.tensor_split(case.passes), strict=True)
    )
    outs, penalties = [], []
    for part in parts:
        outs.append(training_outputs(net, folds, *part))
        penalties.append(penalty(net) * (len(part[0]) / len(x)))
    loss = case.task.loss_of_sums(torch.stack([case.task.loss_sums(*out) for out in outs]).sum(0))
    (gradient_scale(net, folds) * loss + sum(penalties)).backward()
    return loss.detach()


def state(net: nn.Module) -> dict[str, Tensor]:
    """Gradients and buffers by name; a parameter without a gradient is not there."""
    gradients = {name: each.grad.clone() for name, each in net.named_parameters() if each.grad is not None}
    return {**gradients, **{name: buffer.double().clone() for name, buffer in net.named_buffers()}}


def differences() -> dict[str, float]:
    """Of every case and number of rows the largest difference to one process, over the norm; run in each process."""
    processes = join(CPU)
    found = {}
    for name, case in CASES.items():
        for rows in ROWS:
            if rows < 2 * case.passes:  # batch norm needs two rows a pass
                continue
            torch.manual_seed(len(name) + rows)
            net = case.net().double()
            shape = (rows, 2, HIGH, WIDE) if case.images else (rows, FEATURES)
            x, y = torch.randn(shape, dtype=torch.float64), case.targets(rows)
            folds = Folds(torch.arange(rows) % case.folds) if case.folds else None
            one = copy.deepcopy(net)
            torch.manual_seed(1)
            loss = alone(one, case, x, y, folds)
            after = torch.rand(1)
            torch.manual_seed(1)
            together = Together(net, processes, sync_norm=True)
            taken = shares(rows, -(-rows // case.passes), processes.rank, processes.count)
            at = Shared(torch.arange(rows), taken).places()
            batch = Batch(x[at], y[at], at, Shared(torch.arange(rows), taken))
            joint = together.forward_backward(case.task, batch, PLAIN, CPU, folds)
            assert torch.equal(torch.rand(1), after), f"{name}: other random numbers follow"
            expected, got = state(one), state(net)
            assert expected.keys() == got.keys(), f"{name}: {expected.keys() ^ got.keys()}"
            apart = [float((got[key] - value).norm()) / (float(value.norm()) + 1e-3) for key, value in expected.items()]
            apart.append(abs(float(joint - loss)) / float(loss))
            found[f"{name}, {rows} rows"] = max(apart)
    return found


def apart_norm() -> tuple[list[Tensor], list[Tensor]]:
    """Running moments and gradients of two steps without --sync-norm: by the rows of each process."""
    processes = join(CPU)
    torch.manual_seed(0)
    first, norm = nn.Linear(FEATURES, 4), nn.BatchNorm1d(4)
    net = nn.Sequential(first, norm, nn.Linear(4, CLASSES)).double()
    x, y = torch.randn(8, FEATURES, dtype=torch.float64), torch.randint(0, CLASSES, (8,))
    together = Together(net, processes, sync_norm=False)
    taken = Shared(torch.arange(8), shares(8, 8, processes.rank, processes.count))
    at = taken.places()
    together.forward_backward(Classification((0, 1, 2)), Batch(x[at], y[at], at, taken), PLAIN, CPU, None)
    own = functional.linear(x[at], first.weight, first.bias).detach()
    assert norm.running_mean is not None
    assert first.weight.grad is not None
    return [own.mean(0)], [norm.running_mean, first.weight.grad]


def computed_again() -> str:
    """What is said of a net that computes layers again in the backward pass."""
    together = Together(AgainNet(CLASSES), join(CPU), sync_norm=True)
    taken = Shared(torch.arange(8), shares(8, 8, together.processes.rank, together.processes.count))
    at = taken.places()
    x, y = torch.randn(8, FEATURES)[at], torch.randint(0, CLASSES, (8,))[at]
    try:
        together.forward_backward(Classification((0, 1, 2)), Batch(x, y, at, taken), PLAIN, CPU, None)
    except ModelError as error:
        return str(error)
    return "nothing"


def gathered() -> list[Any]:
    """What is collected from processes that have 2, 1 and 0 rows, of several types; and drift that is noticed."""
    processes = join(CPU)
    rows = torch.arange(3)
    own = rows[slice(*cut(3, processes.rank, processes.count))]
    values = [
        None if not len(own) else own.to(kind)[:, None].expand(-1, 2)
        for kind in (torch.float32, torch.int64, torch.bool, torch.uint8)
    ]
    collected = [processes.gathered(value) for value in values]
    processes.refuse_different([torch.ones(3)])
    try:
        processes.refuse_different([torch.ones(3) * (1 + 1e-7 * processes.rank)])
        drift = "not noticed"
    except ProcessError as error:
        drift = str(error)
    return [*collected, drift, processes.value_of_first({"rank": processes.rank}), processes.agreed(True, False)]


def without_norm(net: nn.Module) -> nn.Module:
    """The net with nothing in place of batch norm."""
    for module in net.modules():
        for name, child in list(module.named_children()):
            if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
    return net


def exact_steps() -> dict[str, tuple[str, float]]:
    """Of every case, with --exact: a digest of gradients, buffers and loss, and the difference to one plain step."""
    processes = join(CPU)
    found = {}
    for name, case in CASES.items():
        for rows in (37, 11):  # lanes of four and five rows; too few rows for lanes
            for norm in (True, False) if not case.folds else (False,):
                torch.manual_seed(rows)
                net = case.net() if norm else without_norm(case.net())
                shape = (rows, 2, HIGH, WIDE) if case.images else (rows, FEATURES)
                x, y = torch.randn(shape), case.targets(rows)
                folds = Folds(torch.arange(rows) % case.folds) if case.folds else None
                one = copy.deepcopy(net)
                torch.manual_seed(1)
                loss = alone(one, replace(case, passes=1), x, y, folds)
                torch.manual_seed(1)
                together = Together(net, processes, sync_norm=False, exact=True)
                shared = Shared(torch.arange(rows), together.share_of(rows, rows))
                at = shared.places()
                joint = together.forward_backward(case.task, Batch(x[at], y[at], at, shared), PLAIN, CPU, folds)
                expected, got = state(one), {**state(net), "loss": joint, "next": torch.rand(3)}
                digest = hashlib.sha256(b"".join(got[key].numpy().tobytes() for key in sorted(got))).hexdigest()
                apart = max(
                    float((got[key] - value).norm()) / (float(value.norm()) + 1e-2) for key, value in expected.items()
                )
                apart = max(apart, abs(float(joint - loss)) / float(loss))
                found[f"{name}, {rows} rows{'' if norm else ', no norm'}"] = (digest, 0.0 if norm else apart)
    return found


def test_exact_steps_have_the_same_bits_in_one_two_and_four_processes() -> None:
    torch.set_num_threads(1)
    one = exact_steps()
    for count in (2, 4):
        for rank, found in enumerate(in_processes(count, exact_steps)):
            different = [name for name, (digest, _) in found.items() if digest != one[name][0]]
            assert not different, f"process {rank} of {count}: {different}"
    wrong = {name: apart for name, (_, apart) in one.items() if not apart < 1e-4}  # float32 throughout
    assert not wrong


def test_a_tree_sum_is_that_of_its_subtrees() -> None:
    values = torch.randn(8, 5, generator=torch.Generator().manual_seed(0))
    by_hand = ((values[0] + values[1]) + (values[2] + values[3])) + ((values[4] + values[5]) + (values[6] + values[7]))
    assert torch.equal(tree_sum(values), by_hand)
    assert torch.equal(tree_sum([tree_sum(values[:4]), tree_sum(values[4:])]), by_hand)
    assert not torch.equal(values.cumsum(0)[-1], by_hand)  # another order rounds otherwise


@pytest.fixture(scope="module", params=[2, 3])
def worst(request: pytest.FixtureRequest) -> list[dict[str, float]]:
    return in_processes(request.param, differences)


def test_a_step_of_several_processes_is_that_of_one(worst: list[dict[str, float]]) -> None:
    for rank, found in enumerate(worst):
        wrong = {name: value for name, value in found.items() if not value < TOLERANCE}
        assert not wrong, f"process {rank}: {wrong}"
        assert len(found) == len(CASES) * len(ROWS) - 1


def test_all_processes_have_the_same_bits(worst: list[dict[str, float]]) -> None:
    assert all(found == worst[0] for found in worst)


def test_without_sync_norm_running_moments_are_means_over_the_processes() -> None:
    answers = in_processes(2, apart_norm)
    expected = 0.1 * torch.stack([means[0] for means, _ in answers]).mean(0)  # momentum 0.1, from 0
    for _, (running, gradient) in answers:
        torch.testing.assert_close(running, expected)
        assert torch.equal(gradient, answers[0][1][1])


def test_a_net_that_computes_layers_again_is_refused() -> None:
    assert all("is computed again in the backward pass" in answer for answer in in_processes(2, computed_again))


def test_rows_are_collected_in_order_and_drift_is_noticed() -> None:
    for count in (2, 4):  # of four processes one has no row
        for *collected, drift, value, flags in in_processes(count, gathered):
            for tensor in collected:
                expected = torch.arange(3).to(tensor.dtype)[:, None].expand(-1, 2)
                assert torch.equal(tensor, expected)
            assert "the weights of the" in drift
            assert value == {"rank": 0}
            assert flags == (True, False)
