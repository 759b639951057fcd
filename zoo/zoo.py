"""The zoo: small PyTorch programs as people write them, with silent mistakes and without, and what finds them.

    python zoo/zoo.py [--only NAME] [--other] [--json FILE]

A program under buggy/RULE/ stands for two: its lines that end in `# bug` are left out of the corrected twin, and those
that end in `# fix` are in the twin alone. Programs under clean/ are awkward and correct. Each runs in a process of its
own; `aside` in a program's first line says that it was written after the rules, and was not looked at while they were.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import linecache
import multiprocessing
import os
import random
import re
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy
import torch

HERE = Path(__file__).parent
BUG, FIX = re.compile(r"\s+# bug\b.*$"), re.compile(r"\s+# fix\b.*$")
SECONDS = 120  # after which a program is given up


@dataclass(frozen=True)
class Program:
    """One program to run.

    Attributes:
        expected: the rule that has to speak; None for a correct program.
        level: of that rule, where a program says so in its first line (`level: notice`); else the rule's own.
    """

    name: str
    text: str
    expected: str | None
    aside: bool
    level: str | None = None


def programs() -> Iterator[Program]:
    """All of them: buggy ones, their twins, clean ones."""
    for path in sorted((HERE / "buggy").glob("*/*.py")):
        text, rule = path.read_text(encoding="utf-8"), path.parent.name
        first = text.partition("\n")[0]
        level = re.search(r"level: (\w+)", first)
        name = f"{rule}/{path.stem}"
        yield Program(name, _without(text, FIX, BUG), rule, "aside" in first, level.group(1) if level else None)
        yield Program(f"{name} (twin)", _without(text, BUG, FIX), None, "aside" in first)
    for path in sorted((HERE / "clean").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield Program(f"clean/{path.stem}", text, None, "aside" in text.partition("\n")[0])


def _without(text: str, gone: re.Pattern[str], kept: re.Pattern[str]) -> str:
    """Lines with the first mark are left out (their places stay), the other mark is taken off."""
    lines = ["" if gone.search(line) else kept.sub("", line) for line in text.split("\n")]
    return "\n".join(lines)


def watched(program: Program) -> list[dict[str, Any]]:
    """Findings of goodfit in this process."""
    import goodfit

    with goodfit.watch(quiet=True, strict=True) as seen:
        _execute(program)
    return [finding.to_json() for finding in seen.findings]


def losses(program: Program, *, watch: bool) -> list[Any]:
    """Every loss that backward is called on, and where torch's generator stands at the end."""
    import goodfit

    seen: list[Any] = []
    original = torch.autograd.backward

    def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        seen.extend(each.detach().clone() for each in ([tensors] if isinstance(tensors, torch.Tensor) else tensors))
        return original(tensors, *args, **kwargs)

    torch.autograd.backward = backward
    random.seed(0)
    numpy.random.seed(0)  # noqa: NPY002  # the one that programs share
    with goodfit.watch(quiet=True, strict=True) if watch else contextlib.nullcontext():
        _execute(program)
    told = [each.tolist() for each in seen]
    return [*told, torch.get_rng_state().sum().item(), float(numpy.random.random()), random.random()]  # noqa: NPY002


def warned(program: Program) -> list[dict[str, Any]]:
    """What PyTorch itself warns of."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        _execute(program)
    return [{"rule": None, "level": "warning", "message": str(each.message)} for each in found]


def audited(program: Program) -> list[dict[str, Any]]:
    """What torch-audit (0.3, from PyPI) says in its mode without changes to the program, at every step."""
    import gc

    from torch_audit import autopatch

    auditors: list[Any] = []
    original = torch.optim.Optimizer.__init__

    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        held = {id(param) for group in self.param_groups for param in group["params"]}
        nets = [net for net in gc.get_objects() if isinstance(net, torch.nn.Module)]
        owners = [net for net in nets if held & {id(param) for param in net.parameters()}]
        if owners:  # the net that holds the most of them, and of such the outermost
            net = max(owners, key=lambda each: (len(held & {id(p) for p in each.parameters()}), len([*each.modules()])))
            auditors.append(autopatch(net, optimizer=self, every_n_steps=1, suppress_internal_errors=True))

    torch.optim.Optimizer.__init__ = made  # type: ignore[method-assign]
    _execute(program)
    found = {
        (finding.rule_id, finding.severity.name.lower())
        for auditor in auditors
        for finding in auditor.finish(report=False).findings
    }
    loud = {"warn": "warning", "warning": "warning", "error": "error", "fatal": "error"}
    return [{"rule": rule, "level": loud.get(level, "notice"), "message": rule} for rule, level in sorted(found)]


def compare(wanted: list[Program]) -> None:
    """Beside other tools, by a measure that knows no rule's name: does a tool say something of the program with the
    mistake that it does not say of the corrected twin, and does it say anything of a correct program?"""
    for title, tool in (("goodfit", watched), ("PyTorch's own warnings", warned), ("torch-audit", audited)):
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            told = dict(zip(wanted, pool.map(partial(run, tool=tool), wanted), strict=True))
        loud = {
            program.name: [each for each in found if each["level"] != "notice"]
            for program, (found, _, _) in told.items()
        }
        kinds = {name: {each["rule"] or each["message"][:40] for each in found} for name, found in loud.items()}
        pairs = [program.name for program in wanted if program.expected and program.level != "notice"]
        seen = sum(bool(kinds[name] - kinds[f"{name} (twin)"]) for name in pairs)
        clean = [program.name for program in wanted if not program.expected]
        alarms = sum(bool(loud[name]) for name in clean)
        print(f"{title:<24} {seen} of {len(pairs)} mistakes change what it says; it speaks on {alarms} of {len(clean)}")


def _execute(program: Program) -> None:
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": program.name}
    lines = [f"{line}\n" for line in program.text.split("\n")]
    linecache.cache[program.name] = (len(program.text), None, lines, program.name)  # TorchScript reads the source
    sys.argv = [program.name]
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(program.text, program.name, "exec"), scope)
        except SystemExit as left:
            if program.expected is None and left.code:
                raise RuntimeError(f"{program.name} left with status {left.code}") from left
        except Exception:
            if program.expected is None:
                raise  # a correct program runs to its end


def _child(program: Program, tool: Any, pipe: Any) -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    sys.stderr = io.StringIO()
    try:
        pipe.send((tool(program), None))
    except BaseException:
        pipe.send(([], traceback.format_exc()))
    os._exit(0)


def run(program: Program, tool: Any = watched) -> tuple[list[dict[str, Any]], str | None, float]:
    """Findings, what went wrong, seconds; in a process of its own."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(program, tool, theirs))
    start = time.monotonic()
    process.start()
    theirs.close()
    try:
        found, fault = ours.recv() if ours.poll(SECONDS) else ([], f"more than {SECONDS} s")
    except EOFError:
        found, fault = [], "it died"
    if process.is_alive():
        process.join(1)
        process.kill()
    process.join()
    return found, fault, time.monotonic() - start


def judge(program: Program, found: list[dict[str, Any]]) -> str:
    """hit, miss, wrong rule; for correct programs quiet, warning or error."""
    loud = [finding for finding in found if finding["level"] != "notice"]
    if program.expected is None:
        levels = {finding["level"] for finding in loud}
        return "error" if "error" in levels else "warning" if levels else "quiet"
    from goodfit.checks.rule import rules

    level = program.level or next(rule.level.value for rule in rules() if rule.name == program.expected)
    if any(finding["rule"] == program.expected and finding["level"] == level for finding in found):
        return "hit"
    return "wrong rule" if loud else "miss"


def ready() -> None:
    """Import once what the programs' processes need: they are forked from this one."""
    import sklearn.datasets
    import torch._dynamo

    import goodfit.checks.engine.hooks
    from goodfit.checks.rule import rules

    assert sklearn
    assert torch._dynamo
    assert goodfit.checks.engine.hooks
    rules()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="programs whose name holds this")
    parser.add_argument("--other", action="store_true", help="PyTorch's own warnings and torch-audit beside it")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    ready()
    wanted = [program for program in programs() if given.only in program.name]
    lines = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for program, (found, fault, seconds) in zip(wanted, pool.map(run, wanted), strict=True):
            result = "fault" if fault else judge(program, found)
            lines.append(
                {
                    "program": program.name,
                    "expected": program.expected,
                    "aside": program.aside,
                    "result": result,
                    "said": sorted({each["rule"] for each in found if each["level"] != "notice"}),
                }
            )
            if given.verbose or result not in ("hit", "quiet"):
                said = ", ".join(f"{each['rule']} ({each['level']}) line {each['line']}" for each in found)
                print(f"{result:<10} {program.name}  {seconds:.1f} s  {said}")
                for each in found if given.verbose else []:
                    print(f"           {each['message']}")
                if fault:
                    print("           " + "\n           ".join(fault.strip().splitlines()[-6:]))
    if given.other:
        compare(wanted)
    if given.json:
        given.json.write_text(json.dumps(lines, indent=1) + "\n")
    return report(lines)


def by_rule(lines: list[dict[str, Any]]) -> None:
    """Print for each rule how many of its mistakes were found, and how often it spoke on a correct program."""
    clean = [line for line in lines if not line["expected"]]
    print(f"{'rule':<30}{'found':>9}   on {len(clean)} correct programs")
    for rule in sorted({line["expected"] for line in lines if line["expected"]}):
        of_rule = [line for line in lines if line["expected"] == rule]
        hits = sum(line["result"] == "hit" for line in of_rule)
        alarms = sum(rule in line["said"] for line in clean)
        print(f"{rule:<30}{hits:>3} of {len(of_rule):>2}   {alarms or '-'}")


def report(lines: list[dict[str, Any]]) -> int:
    """Print the figures; 0 where they hold."""
    by_rule(lines)
    good = True
    for title, aside in (("seen while the rules were written", False), ("set aside", True)):
        some = [line for line in lines if line["aside"] is aside]
        buggy = [line for line in some if line["expected"]]
        clean = [line for line in some if not line["expected"]]
        hits = sum(line["result"] == "hit" for line in buggy)
        errors, warned = (sum(line["result"] == kind for line in clean) for kind in ("error", "warning"))
        faults = sum(line["result"] == "fault" for line in some)
        if some:
            print(
                f"{title}: {hits} of {len(buggy)} mistakes found with the right rule and level; of {len(clean)} "
                f"correct programs {errors} with an error, {warned} with a warning; {faults} did not run"
            )
        good = good and hits >= 0.95 * len(buggy) and not errors and warned <= 0.05 * max(1, len(clean)) and not faults
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
