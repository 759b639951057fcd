"""Runs a program of the zoo in a process of its own, forked from this one, and judges what was found."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import linecache
import multiprocessing
import os
import random
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy
import torch
from programs import Program

SECONDS_ALLOWED = 120  # after which a program is given up


@dataclass(frozen=True)
class Outcome:
    """What came of a program.

    Attributes:
        values: what the tool returned: findings for `goodfit_findings`, numbers for `losses`.
        crash: the traceback, where the program (a correct one) or the tool broke.
    """

    values: list[Any] = field(default_factory=list)
    crash: str | None = None
    seconds: float = 0.0


Tool = Callable[[Program], list[Any]]


def goodfit_findings(program: Program) -> list[dict[str, Any]]:
    """Run the program in this process; the findings of goodfit."""
    import goodfit

    with goodfit.watch(quiet=True, strict=True) as watched:
        execute(program)
    return [finding.to_json() for finding in watched.findings]


def losses(program: Program, *, watch: bool) -> list[Any]:
    """Every loss that backward is called on, and where the generators of torch, NumPy and Python stand at the end."""
    import goodfit

    tensors_seen: list[torch.Tensor] = []
    original = torch.autograd.backward

    def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
        roots = [tensors] if isinstance(tensors, torch.Tensor) else tensors
        tensors_seen.extend(root.detach().clone() for root in roots)
        return original(tensors, *args, **kwargs)

    torch.autograd.backward = backward
    random.seed(0)
    numpy.random.seed(0)  # noqa: NPY002  # the one that programs share
    with goodfit.watch(quiet=True, strict=True) if watch else contextlib.nullcontext():
        execute(program)
    torch_state = hashlib.sha256(torch.get_rng_state().numpy().tobytes()).hexdigest()
    numbers = [tensor.tolist() for tensor in tensors_seen]
    return [*numbers, torch_state, float(numpy.random.random()), random.random()]  # noqa: NPY002


def execute(program: Program) -> None:
    """Run the program in this process, as a script; a correct one has to run to its end."""
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": program.name}
    lines = [f"{line}\n" for line in program.source.split("\n")]
    linecache.cache[program.name] = (len(program.source), None, lines, program.name)  # TorchScript reads the source
    sys.argv = [program.name]
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            exec(compile(program.source, program.name, "exec"), scope)
        except SystemExit as stop:
            if program.expected_rule is None and stop.code:
                raise RuntimeError(f"{program.name} ended with exit status {stop.code}") from stop
        except Exception:
            if program.expected_rule is None:
                raise


def run(program: Program, tool: Tool = goodfit_findings) -> Outcome:
    """Run the program under the tool in a process of its own."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run_in_child, args=(program, tool, sender))
    start = time.monotonic()
    process.start()
    sender.close()
    try:
        if receiver.poll(SECONDS_ALLOWED):
            values, crash = receiver.recv()
        else:
            values, crash = [], f"it ran for more than {SECONDS_ALLOWED} s"
    except EOFError:
        values, crash = [], "its process died"
    if process.is_alive():
        process.join(1)
        process.kill()
    process.join()
    receiver.close()
    return Outcome(values, crash, time.monotonic() - start)


def serve(requests: Connection) -> None:
    """Run programs for another process, one after the other, until it ends.

    A process of tests has the files of all tests in it: they would be parsed for each program as files of its own, and
    a fork of so much memory takes as long as a program.
    """
    import_what_programs_need()
    gc.collect()
    gc.freeze()  # a collector that walks through it would copy it for each fork
    while True:
        try:
            program, tool = requests.recv()
        except EOFError:
            return
        requests.send(run(program, tool))


def _run_in_child(program: Program, tool: Tool, sender: Connection) -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    sys.stderr = io.StringIO()
    try:
        sender.send((tool(program), None))
    except BaseException:
        sender.send(([], traceback.format_exc()))
    os._exit(0)


def judge(program: Program, outcome: Outcome) -> str:
    """hit, miss or wrong rule of a mistake; quiet, warning or error of a correct program; crash of either."""
    if outcome.crash:
        return "crash"
    warned = [finding for finding in outcome.values if finding["level"] != "notice"]
    if program.expected_rule is None:
        levels = {finding["level"] for finding in warned}
        return "error" if "error" in levels else "warning" if levels else "quiet"
    level = program.level or rule_levels()[program.expected_rule]
    if any(finding["rule"] == program.expected_rule and finding["level"] == level for finding in outcome.values):
        return "hit"
    return "wrong rule" if warned else "miss"


def rule_levels() -> dict[str, str]:
    """The level of every rule, by name."""
    from goodfit.checks.rule import rules

    return {rule.name: rule.level.value for rule in rules()}


def import_what_programs_need() -> None:
    """Import once what the programs' processes need: they are forked from this one."""
    import sklearn.datasets
    import torch._dynamo

    import goodfit

    assert sklearn
    assert torch._dynamo
    with goodfit.watch(quiet=True):
        rule_levels()
