"""Other tools from the package index on the programs of the zoo, each in its way without changes to the program.

torch-audit looks at every step of the net that an optimiser holds; guardtower at one step, before the rest is run;
gradsnitch at the losses, gradients and rates of all steps; preflight at the first loader. TrainCheck learns invariants
from traces of a reference run of the same program, minutes for each, and is left out.
"""

from __future__ import annotations

import contextlib
import gc
import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from programs import Program
from running import execute

LEVELS = {"warn": "warning", "warning": "warning", "error": "error", "fail": "error", "fatal": "error"}


class Enough(BaseException):
    """The tool has seen what it looks at: the rest of the program is not run."""


def warning_of(rule: str, severity: str) -> dict[str, Any]:
    """A finding of another tool in the form of our own."""
    return {"rule": rule, "level": LEVELS.get(severity.lower(), "notice"), "message": rule}


@contextmanager
def replaced(owner: Any, name: str, replacement: Any) -> Iterator[Any]:
    """An attribute replaced for a while; gives the original."""
    original = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield original
    finally:
        setattr(owner, name, original)


def owner_of(optimiser: torch.optim.Optimizer) -> torch.nn.Module | None:
    """The net that holds the most of an optimiser's parameters, and of such the outermost."""
    params = {id(param) for group in optimiser.param_groups for param in group["params"]}
    nets = [net for net in gc.get_objects() if isinstance(net, torch.nn.Module)]

    def rank(net: torch.nn.Module) -> tuple[int, int]:
        return len(params & {id(param) for param in net.parameters()}), len([*net.modules()])

    owners = [net for net in nets if rank(net)[0]]
    return max(owners, key=rank) if owners else None


@contextmanager
def optimisers_noted() -> Iterator[list[torch.optim.Optimizer]]:
    """The optimisers that are made meanwhile."""
    made: list[torch.optim.Optimizer] = []
    original = torch.optim.Optimizer.__init__

    def noting_init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        made.append(self)

    with replaced(torch.optim.Optimizer, "__init__", noting_init):
        yield made


def torch_warnings(program: Program) -> list[dict[str, Any]]:
    """What PyTorch itself warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        execute(program)
    return [{"rule": None, "level": "warning", "message": str(warning.message)} for warning in caught]


def torch_audit(program: Program) -> list[dict[str, Any]]:
    """What torch-audit finds in its mode without changes to the program, at every step."""
    from torch_audit import autopatch

    auditors: list[Any] = []
    original = torch.optim.Optimizer.__init__

    def audited_init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        net = owner_of(self)
        if net is not None:
            auditors.append(autopatch(net, optimizer=self, every_n_steps=1, suppress_internal_errors=True))

    with replaced(torch.optim.Optimizer, "__init__", audited_init):
        execute(program)
    findings = {
        (finding.rule_id, finding.severity.name)
        for auditor in auditors
        for finding in auditor.finish(report=False).findings
    }
    return [warning_of(rule, severity) for rule, severity in sorted(findings)]


def guardtower(program: Program) -> list[dict[str, Any]]:
    """What guardtower finds in the first step, which it makes itself, with the first net that has an optimiser."""
    from guardtower import audit

    found: list[dict[str, Any]] = []
    busy: list[bool] = []
    with optimisers_noted() as made:

        def audited(tensors: Any, *args: Any, **kwargs: Any) -> None:
            net = owner_of(made[0]) if made and isinstance(tensors, torch.Tensor) and not busy else None
            if net is None:
                original(tensors, *args, **kwargs)
                return
            busy.append(True)
            report = audit(net, lambda: tensors, optimizer=made[0])
            found.extend(warning_of(finding.check, finding.severity.label) for finding in report.findings)
            raise Enough

        with replaced(torch.autograd, "backward", audited) as original, contextlib.suppress(Enough):
            execute(program)
    return found


def gradsnitch(program: Program) -> list[dict[str, Any]]:
    """What gradsnitch finds in the losses, gradients and rates of all steps."""
    from gradsnitch import watch

    monitors: list[Any] = []
    with optimisers_noted() as made:

        def logged(tensors: Any, *args: Any, **kwargs: Any) -> None:
            original(tensors, *args, **kwargs)
            if not made or not isinstance(tensors, torch.Tensor) or tensors.numel() != 1:
                return
            if not monitors:
                monitors.append(watch(owner_of(made[0]), made[0]))
            monitors[0].log(len(monitors[0].rows), tensors.item())

        with replaced(torch.autograd, "backward", logged) as original:
            execute(program)
    if not monitors:
        return []
    with contextlib.redirect_stdout(io.StringIO()):
        return [warning_of(finding.code, finding.severity) for finding in monitors[0].report()]


def preflight(program: Program) -> list[dict[str, Any]]:
    """What preflight finds in the first loader that is read."""
    from preflight.runner import run_checks
    from torch.utils.data import DataLoader

    found: list[dict[str, Any]] = []
    busy: list[bool] = []

    def checked(self: Any) -> Any:
        if not busy:
            busy.append(True)
            results = run_checks(self)
            found.extend(warning_of(each.name, each.severity.name) for each in results if not each.passed)
            raise Enough
        return original(self)

    with replaced(DataLoader, "__iter__", checked) as original, contextlib.suppress(Enough):
        execute(program)
    return found


PEERS: dict[str, tuple[str, Callable[[Program], list[dict[str, Any]]]]] = {  # name: (package, tool)
    "PyTorch's own warnings": ("torch", torch_warnings),
    "torch-audit": ("torch_audit", torch_audit),
    "guardtower": ("guardtower", guardtower),
    "gradsnitch": ("gradsnitch", gradsnitch),
    "preflight-ml": ("preflight", preflight),
}
