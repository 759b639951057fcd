"""The line that a finding names: that of the loss's formula and of the layer, not of the backward pass."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import torch
from torch import nn

from goodfit.checks.engine.user_frame import Place
from goodfit.checks.engine.where_made import layer_made_at, loss_made_at

LOSSES = {
    "assigned": """
        loss = recon + kl  # here
        loss.backward()
    """,
    "through a helper of the program's own": """
        def elbo(out, x, mu, logvar):
            kl = -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum()
            return mse(out, x) + kl  # here

        def train():
            for x in data:
                loss = elbo(net(x), x, mu, logvar)
                opt.zero_grad()
                loss.backward()
    """,
    "one of several values that a helper returns": """
        def losses(out):
            total = out.square().mean()  # here
            return total, out.abs().mean()

        loss, shown = losses(net(x))
        loss.backward()
    """,
    "the forward of a criterion": """
        class Contrast(nn.Module):
            def forward(self, a, b):
                near = (a - b).square().sum(1)  # here
                return near.mean()

        criterion = Contrast()
        loss = criterion(net(a), net(b))
        scaler.scale(loss).backward()
    """,
    "divided for accumulation": """
        loss = mse(net(x), y)  # here
        loss = loss / 4
        loss.backward()
    """,
    "given to another's backward": """
        loss = mse(net(x), y)  # here
        accelerator.backward(loss)
    """,
    "summed in a loop": """
        loss = 0
        for part in parts:
            loss += mse(net(part), y)  # here
        loss.backward()
    """,
    "in one line": """
        opt.zero_grad(); loss = mse(net(x), y); loss.backward(); opt.step()  # here
    """,
    "no name": """
        mse(net(x), y).backward()  # here
    """,
    "an argument": """
        def step(loss):
            loss.backward()  # here
    """,
    "functions that call each other": """
        def outer(x):
            return inner(x)

        def inner(x):
            return outer(x)  # here

        loss = inner(x)
        loss.backward()
    """,
    "two functions of one name": """
        class A:
            def loss(self, x):
                return x

        class B:
            def loss(self, x):
                return x

        value = model.loss(x)  # here
        value.backward()
    """,
}


@pytest.mark.parametrize("source", LOSSES.values(), ids=LOSSES.keys())
def test_the_line_of_the_formula(source: str, tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(textwrap.dedent(source))
    lines = file.read_text().splitlines()
    passed = next(at for at, line in enumerate(lines, 1) if "backward(" in line)
    wanted = next(at for at, line in enumerate(lines, 1) if "# here" in line)
    assert loss_made_at(Place(str(file), passed)) == Place(str(file), wanted)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(4, 8),
            nn.ReLU(),
            nn.Linear(8, 8),  # of body.2
        )
        self.heads = nn.ModuleList([nn.Linear(8, 2) for _ in range(3)])  # of heads.1
        self.scale = torch.ones(1, requires_grad=True)  # of scale


class Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = Net()


@pytest.mark.parametrize("name", ["body.2", "heads.1", "scale"])
@pytest.mark.parametrize("outer", [False, True])
def test_the_line_of_a_layer(name: str, outer: bool) -> None:
    net, full = (Outer(), f"inner.{name}") if outer else (Net(), name)
    lines = Path(__file__).read_text().splitlines()
    assert layer_made_at(net, full).line == next(at for at, line in enumerate(lines, 1) if f"# of {name}" in line)


def test_the_line_in_a_stack_of_the_script() -> None:
    stack = nn.Sequential(
        nn.Flatten(),
        nn.Linear(4, 8),
        nn.Tanh(),
        nn.Linear(8, 2),  # the last of the stack
    )
    lines = Path(__file__).read_text().splitlines()
    wanted = next(at for at, line in enumerate(lines, 1) if line.endswith("# the last of the stack"))
    assert layer_made_at(stack, "3").line == wanted


def test_a_layer_that_is_not_written_down_has_no_line() -> None:
    assert layer_made_at(nn.TransformerEncoderLayer(8, 2), "linear1") == Place(None, None)
    assert layer_made_at(nn.Sequential(*[nn.Linear(2, 2) for _ in range(4)]), "3") == Place(None, None)
