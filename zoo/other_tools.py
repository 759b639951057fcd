"""goodfit beside PyTorch's own warnings and torch-audit (0.3, from PyPI), on the programs of the zoo."""

from __future__ import annotations

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import torch
from programs import Program
from running import execute, goodfit_findings, run


def torch_warnings(program: Program) -> list[dict[str, Any]]:
    """What PyTorch itself warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        execute(program)
    return [{"rule": None, "level": "warning", "message": str(warning.message)} for warning in caught]


def torch_audit_findings(program: Program) -> list[dict[str, Any]]:
    """What torch-audit finds in its mode without changes to the program, at every step."""
    import gc

    from torch_audit import autopatch

    auditors: list[Any] = []
    original = torch.optim.Optimizer.__init__

    def audited_init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        param_ids = {id(param) for group in self.param_groups for param in group["params"]}

        def rank(net: torch.nn.Module) -> tuple[int, int]:
            return len(param_ids & {id(param) for param in net.parameters()}), len([*net.modules()])

        nets = [net for net in gc.get_objects() if isinstance(net, torch.nn.Module)]
        owners = [net for net in nets if rank(net)[0]]
        if owners:  # the net that holds the most of them, and of such the outermost
            auditor = autopatch(max(owners, key=rank), optimizer=self, every_n_steps=1, suppress_internal_errors=True)
            auditors.append(auditor)

    torch.optim.Optimizer.__init__ = audited_init  # type: ignore[method-assign]
    execute(program)
    findings = {
        (finding.rule_id, finding.severity.name.lower())
        for auditor in auditors
        for finding in auditor.finish(report=False).findings
    }
    levels = {"warn": "warning", "warning": "warning", "error": "error", "fatal": "error"}
    return [{"rule": rule, "level": levels.get(name, "notice"), "message": rule} for rule, name in sorted(findings)]


def print_comparison(programs: list[Program]) -> None:
    """A measure that knows no rule's name: does a tool warn of something in the program with the mistake that it does
    not warn of in the corrected twin, and does it warn of anything in a correct program?"""
    pairs = [program.name for program in programs if program.expected_rule and program.level != "notice"]
    correct = [program.name for program in programs if not program.expected_rule]
    tools = {
        "goodfit": goodfit_findings,
        "PyTorch's own warnings": torch_warnings,
        "torch-audit": torch_audit_findings,
    }
    for title, tool in tools.items():
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            outcomes = list(pool.map(partial(run, tool=tool), programs))
        kinds = {
            program.name: {
                finding["rule"] or finding["message"][:40] for finding in outcome.values if finding["level"] != "notice"
            }
            for program, outcome in zip(programs, outcomes, strict=True)
        }
        told_apart = sum(bool(kinds[name] - kinds[f"{name} (twin)"]) for name in pairs)
        false_alarms = sum(bool(kinds[name]) for name in correct)
        print(
            f"{title:<24} {told_apart} of {len(pairs)} mistakes change its warnings; "
            f"it warns of {false_alarms} of {len(correct)} correct programs"
        )
