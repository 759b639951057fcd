"""Watching a program: found by itself, put back afterwards, in threads, nested, and allowed by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data import dataloader as loading

import goodfit as gf
from goodfit.checks.engine.hooks_forward import DROPOUTS, LOSSES
from goodfit.checks.rule import LiveRule, rules
from goodfit.errors import UsageError

HEADINGS = ("What it checks", "Why it hurts", "Example", "Instead", "When it is a false alarm", "Cost")


def train(steps: int = 6, *, zero: bool = True, softmax: bool = False) -> nn.Module:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(steps):
        x = torch.randn(16, 4)
        out = net(x)
        loss = functional.cross_entropy(out.softmax(1) if softmax else out, x[:, :3].argmax(1))
        if zero:
            optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return net


def places() -> dict[str, object]:
    """Everything that is replaced while a program is watched."""
    owners = {
        "autograd": (torch.autograd, ("backward", "grad")),
        "optimiser": (torch.optim.Optimizer, ("zero_grad", "__init__")),
        "module": (nn.Module, ("zero_grad", "train", "state_dict", "load_state_dict", "compile")),
        "functional": (functional, (*LOSSES, *DROPOUTS)),
        "torch": (torch, ("save", "compile", "eq", "reshape")),
        "tensor": (torch.Tensor, ("__eq__", "eq", "view", "reshape")),
        "loader": (DataLoader, ("__iter__",)),
        "iterator": (loading._BaseDataLoaderIter, ("__next__", "_next_index")),
        "no_grad": (torch.no_grad, ("__enter__",)),
        "clip": (nn.utils, ("clip_grad_norm_", "clip_grad_value_")),
        "scaler": (torch.amp.GradScaler, ("scale", "unscale_", "step", "update")),
        "script": (torch.jit, ("script",)),
        "autocast": (torch.autocast, ("__init__",)),
    }
    found = {f"{at}.{name}": vars(owner).get(name) for at, (owner, names) in owners.items() for name in names}
    found["hooks"] = dict(nn.modules.module._global_forward_hooks)
    found["pre hooks"] = dict(nn.modules.module._global_forward_pre_hooks)
    return found


def test_everything_is_put_back() -> None:
    before = places()
    with gf.watch(quiet=True) as seen:
        assert places() != before
        train(60)  # long enough to sleep, and wake
    assert places() == before
    assert seen.watcher.program.steps == 60
    with pytest.raises(ZeroDivisionError), gf.watch(quiet=True):
        print(1 / 0)
    assert places() == before


def test_a_finding_names_the_users_line_and_counts() -> None:
    with gf.watch(quiet=True, strict=True) as seen:
        train(softmax=True)
    (finding,) = seen.findings
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert finding.rule == "softmax-before-cross-entropy"
    assert finding.line is not None
    assert "functional.cross_entropy(" in lines[finding.line - 1]
    assert finding.count == 6
    assert "0.551" in finding.message  # ln(1 + 2 / e)


def test_one_line_at_the_top_is_enough() -> None:
    seen = gf.watch(quiet=True)
    train(zero=False)
    assert {finding.rule for finding in seen.close()} == {"gradients-not-zeroed"}
    assert seen.close() is seen.findings  # closing twice does nothing


def test_a_watch_inside_another_tells_its_own_part() -> None:
    with gf.watch(quiet=True) as outer:
        train(zero=False)
        with gf.watch(quiet=True) as inner:
            train(softmax=True)
    assert {finding.rule for finding in inner.findings} == {"softmax-before-cross-entropy"}
    assert {finding.rule for finding in outer.findings} == {"gradients-not-zeroed", "softmax-before-cross-entropy"}


def test_compiled_nets_are_left_to_the_compiler() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    with gf.watch(quiet=True, strict=True) as seen:

        @torch.compile(backend="eager", fullgraph=True)
        def loss_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return functional.cross_entropy(functional.dropout(net(x), 0.1), y)

        optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(4):
            loss_of(torch.randn(8, 4), torch.randint(0, 3, (8,))).backward()
            optimiser.step()
    assert seen.watcher.program.compiled
    assert {finding.rule for finding in seen.findings} == {"gradients-not-zeroed"}  # seen from outside


def test_rules_are_chosen_by_name_and_code() -> None:
    with gf.watch(quiet=True, select=["GF2"]) as seen:
        train(zero=False, softmax=True)
    assert {finding.rule for finding in seen.findings} == {"softmax-before-cross-entropy"}
    with gf.watch(quiet=True, ignore=["softmax-before-cross-entropy"]) as seen:
        train(zero=False, softmax=True)
    assert {finding.rule for finding in seen.findings} == {"gradients-not-zeroed"}


def test_what_is_allowed_is_not_told_and_an_idle_allowance_is() -> None:
    with gf.watch(quiet=True) as seen:
        with gf.allow("softmax-before-cross-entropy", reason="a lesson about it"):
            train(softmax=True)
        with gf.allow("samples-mix", reason="contrastive loss"):
            train()
    (finding,) = seen.findings
    assert finding.rule == "unused-suppression"
    assert "samples-mix is allowed (contrastive loss)" in finding.message
    with pytest.raises(UsageError, match="there is no rule 'softmax'"), gf.allow("softmax", reason="x"):
        pass
    with pytest.raises(UsageError, match="no reason is given"), gf.allow("samples-mix", reason=" "):
        pass


def test_a_project_allows_by_its_pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.goodfit.allow]\n"gradients-not-zeroed" = "we sum them up"\n')
    monkeypatch.chdir(tmp_path)
    with gf.watch(quiet=True) as seen:
        train(zero=False)
    assert seen.findings == []


def test_loaders_keep_their_batches() -> None:
    data = TensorDataset(torch.arange(20.0).view(10, 2), torch.arange(10))
    torch.manual_seed(0)
    bare = [y.tolist() for _, y in DataLoader(data, 3, shuffle=True)]
    torch.manual_seed(0)
    with gf.watch(quiet=True, strict=True):
        assert [y.tolist() for _, y in DataLoader(data, 3, shuffle=True)] == bare


def test_every_rule_explains_itself() -> None:
    for rule in rules():
        page = rule.page
        assert page.startswith(f"{rule.name}: "), rule.name
        at = [page.index(f"\n{heading}\n") for heading in HEADINGS]
        assert at == sorted(at), rule.name
    codes = [rule.code for rule in rules()]
    assert len(set(codes)) == len(codes)
    assert set().union(*(rule.yields_to for rule in rules() if isinstance(rule, LiveRule))) <= {
        rule.name for rule in rules()
    }


def test_what_a_layer_gave_in_validation_is_no_column_of_a_table() -> None:
    """Features have no graph there; a net that makes them of very different sizes is not told to take z-scores."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 2))
    with torch.no_grad():
        next(net.parameters())[0] *= 1e-6
    optimiser = torch.optim.SGD(net.parameters(), lr=1e-3)
    x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
    with gf.watch(quiet=True) as seen:
        for _ in range(3):
            nn.functional.cross_entropy(net(x), y).backward()
            optimiser.step()
            optimiser.zero_grad()
            net.eval()
            with torch.no_grad():
                net(x)
            net.train()
    assert "unscaled-columns" not in {finding.rule for finding in seen.findings}
