"""Programs whose data, tensors or batches are unusual: no rule fails on them, and the program runs as by itself."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

import goodfit as gf

ROWS = [(torch.randn(4, generator=torch.Generator().manual_seed(row)), row % 3) for row in range(24)]


@dataclass
class Unhashable(Dataset[Any]):
    """A dataclass defines == and therefore has no hash."""

    rows: list[tuple[Tensor, int]]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> tuple[Tensor, int]:
        return self.rows[at]


class Slotted:
    """Takes no weak references."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows = ROWS

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> tuple[Tensor, int]:
        return self.rows[at]


class NoCopy(Unhashable):
    """Refuses to be copied."""

    def __copy__(self) -> NoCopy:
        raise OSError("an open file")


def epochs(data: Any, **options: Any) -> list[str]:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    loader = DataLoader(data, 8, **options)
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(3):
            for x, y in loader:
                optimiser.zero_grad()
                functional.cross_entropy(net(x), y).backward()
                optimiser.step()
            net.eval()
            with torch.no_grad():
                for x, y in loader:
                    (net(x).argmax(1) == y).sum().item()
            net.train()
    return [finding.rule for finding in seen.findings if finding.level.value != "notice"]


@pytest.mark.parametrize(
    "data",
    [ROWS, tuple(ROWS), Unhashable(ROWS), Slotted(), NoCopy(ROWS)],
    ids=["list", "tuple", "dataclass", "slots", "no copy"],
)
@pytest.mark.parametrize("workers", [0, 1])
def test_any_data_set(data: Any, workers: int) -> None:
    assert epochs(data, shuffle=True, num_workers=workers) == []


def test_the_same_order_is_seen_in_a_list_too() -> None:
    class Seeded(torch.utils.data.RandomSampler):
        def __iter__(self) -> Any:
            torch.manual_seed(1)
            return super().__iter__()

    assert epochs(ROWS, sampler=Seeded(ROWS)) == ["same-order-each-epoch"]


def steps(net: nn.Module, loss_of: Callable[[], Tensor], count: int = 40) -> set[str]:
    optimiser = torch.optim.SGD(
        net.parameters(), lr=1e-2
    )  # with 1e-3 forty steps move some of these by 0.1%, and learning-rate says so
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(count):
            optimiser.zero_grad()
            loss_of().backward()
            optimiser.step()
    return {finding.rule for finding in seen.findings if finding.level.value != "notice"}


def test_empty_batches() -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    sizes = iter([0, 8] * 20)

    def loss() -> Tensor:
        rows = next(sizes)
        return functional.cross_entropy(net(torch.rand(rows, 3, 16, 16)), torch.randint(0, 3, (rows,)), reduction="sum")

    assert steps(net, loss) == set()


class Complex(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 3, dtype=torch.complex64))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


def test_complex_nets_and_losses() -> None:
    net = Complex()

    def loss() -> Tensor:
        return functional.cross_entropy(net(torch.randn(16, 4) + 0j).abs(), torch.randint(0, 3, (16,)))

    assert steps(net, loss) == set()
    scalar = nn.Parameter(torch.ones(1, dtype=torch.complex64))
    with gf.watch(quiet=True, strict=True):
        (scalar * scalar).backward(torch.ones(1, dtype=torch.complex64))
    assert scalar.grad is not None
    assert scalar.grad.item() == 2


def test_tensors_without_values() -> None:
    net = nn.Linear(4, 3, device="meta")
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(4):
            x, y = torch.randn(16, 4, device="meta"), torch.zeros(16, dtype=torch.long, device="meta")
            optimiser.zero_grad()
            functional.cross_entropy(net(x), y).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
    assert seen.findings == []


def test_sparse_inputs_and_gradients() -> None:
    class Sparse(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(6, 3) / 10)

        def forward(self, x: Tensor) -> Tensor:
            product: Tensor = torch.sparse.mm(x, self.weight)
            return product

    net = Sparse()

    def loss() -> Tensor:
        return functional.cross_entropy(net(torch.randn(16, 6).to_sparse()), torch.randint(0, 3, (16,)))

    assert steps(net, loss) == set()
    embedding = nn.Sequential(nn.Embedding(50, 3, sparse=True))
    assert (
        steps(embedding, lambda: functional.cross_entropy(embedding(torch.arange(16)), torch.arange(16) % 3)) == set()
    )


def test_lazy_layers_before_their_first_call() -> None:
    net, unused = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(3)), nn.LazyLinear(5)
    with gf.watch(quiet=True, strict=True) as seen:
        optimiser = torch.optim.SGD([*unused.parameters(), *net.parameters()], lr=0.1)
        net.load_state_dict(net.state_dict())
        for _ in range(20):
            optimiser.zero_grad()
            functional.cross_entropy(net(torch.randn(16, 4)), torch.randint(0, 3, (16,))).backward()
    assert {finding.rule for finding in seen.findings} == {"optimizer-never-steps"}


def test_modules_with_a_state_of_their_own_and_nested_tensors() -> None:
    class Extra(nn.Linear):
        def get_extra_state(self) -> dict[str, int]:
            return {"calls": 1}

        def set_extra_state(self, state: Any) -> None: ...

    net = Extra(4, 3)

    def loss() -> Tensor:
        net.load_state_dict(copy.deepcopy(net.state_dict()))
        net(torch.nested.as_nested_tensor([torch.randn(2, 4), torch.randn(3, 4)], layout=torch.jagged))
        return functional.cross_entropy(net(torch.randn(16, 4)), torch.randint(0, 3, (16,)))

    assert steps(net, loss) == set()
    with gf.watch(quiet=True, strict=True), pytest.warns(UserWarning, match="nested tensors"):
        net(torch.nested.nested_tensor([torch.randn(2, 4), torch.randn(3, 4)]))


def test_a_tensor_without_elements_is_no_reference_to_another() -> None:
    """All of them lie at address 0. Weights are copied, replaced by an average, and put back, as any EMA does."""
    net = nn.Linear(4, 3)
    net.register_buffer("edges", torch.zeros(0, 8))

    def loss() -> Tensor:
        kept = {name: value.clone() for name, value in net.state_dict().items()}
        net.load_state_dict({name: value * 0.9 for name, value in kept.items()})
        net.load_state_dict(kept)
        return functional.cross_entropy(net(torch.randn(16, 4)), torch.randint(0, 3, (16,)))

    assert steps(net, loss) == set()


def test_generators_that_are_given_for_lists_are_left_to_torch() -> None:
    """torch.autograd reads outputs and inputs of any kind, once: such as net.parameters()."""
    net = nn.Linear(4, 3)

    def loss() -> Tensor:
        first = functional.cross_entropy(net(torch.randn(16, 4)), torch.randint(0, 3, (16,)))
        losses: Any = iter([first])
        weights: Any = net.parameters()
        gradients = torch.autograd.grad(losses, weights, retain_graph=True)
        assert [each.shape for each in gradients] == [(3, 4), (3,)]
        net.zero_grad()
        losses, weights = iter([first]), net.parameters()
        torch.autograd.backward(losses, None, True, inputs=weights)
        assert all(
            torch.equal(a.grad, b) for a, b in zip(net.parameters(), gradients, strict=True) if a.grad is not None
        )
        assert net.weight.grad is not None
        net.zero_grad()
        return first

    assert steps(net, loss) == set()


class OfNumber(nn.Module):
    """Takes the number of a task, a tensor without dimensions, and gives what the test asks for."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.table, self.head = nn.Embedding(5, 8), nn.Linear(8, outputs)

    def forward(self, task: Tensor) -> Tensor:
        return cast("Tensor", self.head(torch.tanh(self.table(task)))).squeeze(-1)


def a_number_each(outputs: int, loss: Callable[[Tensor, Tensor], Tensor]) -> None:
    """Steps of single tasks, one after the other, with an evaluation among them."""
    torch.manual_seed(0)
    net, held_out = OfNumber(outputs), OfNumber(outputs)
    held_out.load_state_dict(net.state_dict())
    optimiser = torch.optim.Adam([*net.parameters()], 0.01)
    with gf.watch(quiet=True, strict=True):
        for step in range(40):
            task = torch.tensor(step % 5)
            with torch.no_grad():
                before = held_out(torch.tensor((step + 1) % 5))
            optimiser.zero_grad()
            (loss(net(task), task) + 0.1 * (net(task) - before).pow(2).mean()).backward()
            optimiser.step()
            if step % 10 == 0:
                net.eval()
                with torch.no_grad():
                    [loss(net(torch.tensor(at)), torch.tensor(at)).item() for at in range(5)]
                net.train()


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_rows_without_dimensions(name: str, reduction: str) -> None:
    compare = getattr(functional, name)
    a_number_each(1, lambda out, task: cast("Tensor", compare(out, task.float(), reduction=reduction)))


def test_classes_of_a_row_without_dimensions() -> None:
    a_number_each(5, functional.cross_entropy)
    a_number_each(5, lambda out, task: functional.nll_loss(out.log_softmax(-1), task))
    a_number_each(1, lambda out, task: functional.binary_cross_entropy_with_logits(out, (task > 2).float()))
    a_number_each(1, lambda out, task: (out - task) * (out - task))
    a_number_each(5, lambda out, task: torch.distributions.Categorical(logits=out).log_prob(task).neg())


def test_a_loader_of_single_rows() -> None:
    data = TensorDataset(torch.randn(24, 4), torch.arange(24) % 3)
    net = nn.Linear(4, 3)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with gf.watch(quiet=True, strict=True):
        for _ in range(3):
            for x, y in DataLoader(data, batch_size=None, shuffle=True):
                optimiser.zero_grad()
                functional.cross_entropy(net(x), y).backward()
                optimiser.step()
            with torch.no_grad():
                [net(x).argmax() == y for x, y in DataLoader(data, batch_size=None)]
