"""A net whose rows mix is told from one whose rows do not, on a copy, and what cannot be tried is said."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from goodfit.checks.engine.mixing_probe import mixing
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.rule import NotChecked


class OverRows(nn.Module):
    """Mixes rows as it is told to."""

    def __init__(self, mix: str) -> None:
        super().__init__()
        self.linear, self.mix = nn.Linear(3, 2), mix

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear(x)
        if self.mix == "softmax":
            return out.softmax(0)
        if self.mix == "neighbour":
            return out + out.roll(1, 0)
        if self.mix == "mirror":
            return out + out.flip(0)
        return out


@pytest.mark.parametrize("rows", [4, 32])
@pytest.mark.parametrize("mix", ["softmax", "neighbour", "mirror", ""])
def test_rows_that_mix_are_found(mix: str, rows: int) -> None:
    torch.manual_seed(0)
    found = mixing(OverRows(mix), [torch.randn(rows, 3)], {})
    assert (found is not None) == bool(mix)


def test_asking_leaves_the_net_and_the_random_state_as_they_were() -> None:
    net, x = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)), torch.randn(32, 3)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()
    mixing(net, [x], {})
    assert torch.equal(state, torch.get_rng_state())
    assert net.training
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])


class Refuses(nn.Module):
    """Cannot be copied, or its copy cannot be run."""

    def __init__(self, *, copies: bool) -> None:
        super().__init__()
        self.linear, self.copies = nn.Linear(3, 2), copies

    def __deepcopy__(self, memo: object) -> Refuses:
        if not self.copies:
            raise KeyError("no copy")
        return Refuses(copies=True)

    def forward(self, x: Tensor) -> Tensor:
        raise ValueError("no run")


@pytest.mark.parametrize("rows", [4, 32])
@pytest.mark.parametrize(
    ("copies", "reason"), [(False, "net that could not be copied"), (True, "net that could not be run")]
)
def test_a_net_that_cannot_be_tried_is_said(*, copies: bool, reason: str, rows: int) -> None:
    with pytest.raises(NotChecked, match=reason):
        mixing(Refuses(copies=copies), [torch.randn(rows, 3)], {})


class LengthByValue(nn.Module):
    """Gives as many columns as its input says: outputs of two passes cannot be compared."""

    def forward(self, x: Tensor) -> Tensor:
        return x.new_zeros(len(x), 1 + int(x.abs().sum()) % 7)


def test_outputs_of_different_shapes_give_no_answer() -> None:
    torch.manual_seed(0)
    assert mixing(LengthByValue(), [torch.randn(32, 3) * 100], {}) is None


def test_complex_outputs_are_compared_too() -> None:
    class Spectrum(nn.Module):
        def __init__(self, dim: int) -> None:
            super().__init__()
            self.dim = dim

        def forward(self, x: Tensor) -> Tensor:
            spectrum: Tensor = torch.fft.fft(x, dim=self.dim)
            return spectrum

    assert mixing(Spectrum(1), [torch.randn(32, 4)], {}) is None
    assert mixing(Spectrum(0), [torch.randn(32, 4)], {}) is not None


class TimeFirst(nn.Module):
    """(N, T, 3) -> (T, N, 2): the batch is the second dimension of what it gives."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.out = nn.GRU(3, 5), nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.out(self.rnn(x.transpose(0, 1))[0])
        return result


@pytest.mark.parametrize("rows", [5, 20])
def test_another_dimension_of_the_same_size_may_be_the_batch(rows: int) -> None:
    assert mixing(TimeFirst(), [torch.randn(rows, rows, 3)], {}) is None


class Named(nn.Module):
    """Takes its input by name, and gives a dict."""

    def __init__(self, mix: str) -> None:
        super().__init__()
        self.inner = OverRows(mix)

    def forward(self, batch: dict[str, Tensor]) -> dict[str, object]:
        return {"count": 3, "logits": self.inner(batch["x"])}


@pytest.mark.parametrize("mix", ["softmax", ""])
def test_inputs_and_outputs_by_name(mix: str) -> None:
    found = mixing(Named(mix), [], {"batch": {"x": torch.randn(6, 3)}})
    assert (found is not None) == bool(mix)
    if found is not None:
        lines = Path(__file__).read_text(encoding="utf-8").splitlines()
        assert found.place.line is not None
        assert "softmax(0)" in lines[found.place.line - 1]


class Forced(nn.Module):
    """Adds 10 to all rows, or nothing, as Python's generator has it."""

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :2] + (10 if random.random() < 0.5 else 0)


def test_what_a_net_draws_for_the_whole_batch_mixes_no_rows() -> None:
    """Two equal passes may draw the same by chance, and the third something else: each seed is another chance."""
    x = torch.randn(6, 3)
    for seed in range(40):
        random.seed(seed)
        before = random.getstate()
        assert mixing(Forced(), [x], {}) is None
        assert random.getstate() == before


def test_random_state_begins_again_and_goes_on() -> None:
    torch.manual_seed(1)
    expected = torch.rand(1), torch.rand(1)
    torch.manual_seed(1)
    with random_state_kept() as again:
        assert torch.rand(1) == expected[0]
        again()
        assert torch.rand(1) == expected[0]
    assert (torch.rand(1), torch.rand(1)) == expected
