"""Functions of torch that another tool has wrapped, or that are called wrongly: all is as without watching."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.distributions import Normal
from torch.nn import functional

import goodfit as gf

WRAPPED = [
    (torch.autograd, "backward"),
    (torch.autograd, "grad"),
    (torch.autocast, "__init__"),
    (nn.utils, "clip_grad_norm_"),
    (nn.utils, "clip_grad_value_"),
    (functional, "cross_entropy"),
    (functional, "ctc_loss"),
    (functional, "dropout"),
    (Normal, "__init__"),
]


def wrap(patch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Without functools.wraps: the signature has no names."""
    original = getattr(owner, name)

    def any_arguments(*args: Any, **kwargs: Any) -> Any:
        return original(*args, **kwargs)

    patch.setattr(owner, name, any_arguments)


def program() -> list[float]:
    """Calls all of them, and gives what comes out."""
    torch.manual_seed(0)
    net = nn.Linear(4, 3)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    x, y = torch.randn(8, 4), torch.arange(8) % 3
    losses = []
    for _ in range(4):
        with torch.autocast("cpu", torch.bfloat16):
            out = net(functional.dropout(x, 0.1))
        loss = functional.cross_entropy(out.float(), y) - Normal(out.float(), 1.0).log_prob(torch.zeros(8, 3)).mean()
        once: Any = net.parameters()
        loss = loss + sum(each.square().sum() for each in torch.autograd.grad(loss, once, create_graph=True))
        times = functional.log_softmax(out.float(), 1).unsqueeze(1)
        lengths = torch.tensor([8]), torch.tensor([2])
        loss = loss + functional.ctc_loss(times, torch.tensor([[1, 2]]), *lengths)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        nn.utils.clip_grad_value_(net.parameters(), clip_value=0.5)
        optimiser.step()
        losses.append(loss.item())
    return losses


def test_what_another_tool_has_wrapped_can_be_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = program()
    for owner, name in WRAPPED:
        wrap(monkeypatch, owner, name)
    with gf.watch(quiet=True) as seen:
        assert program() == expected
    assert not [finding for finding in seen.findings if finding.rule == "rule-failed"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: functional.cross_entropy(torch.zeros(2, 2)),  # type: ignore[call-arg]  # wrong on purpose
        lambda: functional.dropout(torch.zeros(2), rate=0.5),  # type: ignore[call-arg]  # wrong on purpose
        lambda: nn.utils.clip_grad_norm_([torch.zeros(2)]),  # type: ignore[call-arg]  # wrong on purpose
        lambda: torch.autograd.grad(torch.zeros(())),  # type: ignore[call-overload]  # wrong on purpose
    ],
)
def test_a_wrong_call_fails_in_torchs_own_words(call: Any) -> None:
    with pytest.raises(TypeError) as bare:
        call()
    with gf.watch(quiet=True), pytest.raises(TypeError) as watched:
        call()
    assert str(watched.value) == str(bare.value)
