"""Public training programs, run with and without the watcher: what is found, whether a number changes, what it costs.

    python bench/field.py FOLDER [--only TEXT] [--whole] [--json FILE]          (make field FOLDER=...)

FOLDER is yours: it holds programs that you have fetched, and programs.csv with the columns `program` (a path in the
folder), `arguments` (as in a shell), `steps` (of its optimisers, after which it is stopped; empty: 60). A folder
`site-packages` in it is put before all other places that modules are imported from: for data sets and simulators that
are not there, which by that name are taken for installed ones and not for the program's own. A program runs in its own
folder, on one thread of the CPU, from the same random state, in a process forked from this one; so the imports of torch
count for neither side. With --whole it runs in a process that starts from nothing, as `python` and `goodfit check`
start it: all imports count, torch's on both sides and goodfit's on one. A program that draws from the system's own
entropy differs from itself there, and is said to.

Printed are, for each program: the findings, whether all parameters of all optimisers are equal bit by bit at the end,
and the processor time with the watcher divided by that without.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import hashlib
import io
import json
import multiprocessing
import os
import random
import resource
import runpy
import shlex
import signal
import statistics
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy
import torch
from torch.optim import Optimizer
from torch.optim import optimizer as optimisers

STEPS = 60
SECONDS_ALLOWED = 120


@dataclass(frozen=True)
class Program:
    """A row of programs.csv."""

    path: Path
    arguments: list[str]
    steps: int


@dataclass
class Outcome:
    """One run.

    Attributes:
        digest: of the values of all parameters that optimisers held, in the order in which these were made.
        findings: "level rule line" of each.
        failed: the end of the traceback, where the program stopped with an exception.
    """

    steps: int = 0
    seconds: float = 0.0
    digest: str = ""
    findings: list[str] = field(default_factory=list)
    failed: str = ""


class Enough(SystemExit):
    """The program has made its steps."""


def read_programs(folder: Path) -> list[Program]:
    with (folder / "programs.csv").open(encoding="utf-8", newline="") as file:
        return [
            Program(folder / row["program"], shlex.split(row["arguments"] or ""), int(row["steps"] or STEPS))
            for row in csv.DictReader(file)
        ]


def in_child(work: Callable[[], Outcome]) -> Outcome:
    """What `work` returns in a process of its own."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, sender))
    process.start()
    sender.close()
    try:
        outcome = receiver.recv() if receiver.poll(SECONDS_ALLOWED) else Outcome(failed="it took too long")
    except EOFError:
        outcome = Outcome(failed="its process died")
    with contextlib.suppress(ProcessLookupError):  # it has ended, with all that it started
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    assert isinstance(outcome, Outcome)
    return outcome


def whole(folder: Path, program: Program, *, watch: bool) -> Outcome:
    """What `run` returns in a process that starts from nothing; its seconds are all of that process."""
    name = str(program.path.relative_to(folder))
    command = [sys.executable, __file__, str(folder), "--only", name, "--alone", "watched" if watch else "plain"]
    same_sets = {**os.environ, "PYTHONHASHSEED": "0"}  # in both processes sets have the same order
    done = subprocess.run(
        command, env=same_sets, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS_ALLOWED
    )
    return Outcome(**json.loads(done.stdout)) if done.returncode == 0 else Outcome(failed="its process died")


def _send(work: Callable[[], Outcome], sender: Connection) -> None:
    os.setpgid(0, 0)  # so that what a program starts ends with it
    sender.send(work())
    sender.close()
    os._exit(0)


def run(program: Program, *, watch: bool) -> Outcome:
    """Run a program in this process, as a script."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    random.seed(0)
    numpy.random.seed(0)  # noqa: NPY002  # the one that programs share
    outcome, made = Outcome(), dict[int, Optimizer]()

    def stepped(optimiser: Optimizer, args: Any, kwargs: Any) -> None:
        outcome.steps += 1
        made.setdefault(id(optimiser), optimiser)
        if outcome.steps >= program.steps:
            raise Enough

    optimisers.register_optimizer_step_post_hook(stepped)
    os.chdir(program.path.parent)
    sys.path.insert(0, str(program.path.parent))
    sys.argv = [program.path.name, *program.arguments]
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    start = _processor_time()
    watched = None
    if watch:
        import goodfit

        watched = goodfit.watch(quiet=True)
    try:
        runpy.run_path(str(program.path), run_name="__main__")
    except (Enough, SystemExit):
        pass
    except BaseException:  # the program's own mistake: the outcome says which
        outcome.failed = traceback.format_exc().strip().splitlines()[-1]
    if watched is not None:
        watched.__exit__(None, None, None)
        outcome.findings = [f"{each.level.value} {each.rule} {each.line}" for each in watched.findings]
    outcome.seconds = _processor_time() - start
    digest = hashlib.sha256()
    for optimiser in made.values():
        for group in optimiser.param_groups:
            for param in group["params"]:
                digest.update(param.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    outcome.digest = digest.hexdigest()[:16]
    return outcome


def _processor_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def alone(folder: Path, name: str, *, watch: bool) -> int:
    """Run one program and print its outcome."""
    printed = sys.stdout
    if watch:  # as `goodfit check` begins
        from goodfit.quick_imports import quick_imports

        with quick_imports(keep=True):
            import goodfit.checks.run_script  # noqa: F401
            from goodfit.checks.rule import kinds

            kinds()
    program = next(each for each in read_programs(folder) if each.path == folder / name)
    del sys.modules["__main__"].__file__  # `goodfit check` is no file of the program's, and this one is none either
    outcome = run(program, watch=watch)
    outcome.seconds = _processor_time()
    printed.write(json.dumps(asdict(outcome)))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", metavar="TEXT", help="programs whose path contains this")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write both runs of every program to this file")
    parser.add_argument("--whole", action="store_true", help="count the imports as well")
    parser.add_argument("--alone", choices=["plain", "watched"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.folder.resolve()
    sys.path.insert(0, str(folder / "site-packages"))
    if options.alone:
        return alone(folder, options.only, watch=options.alone == "watched")
    import goodfit
    from goodfit.checks.rule import kinds

    with goodfit.watch(quiet=True):  # imports what a watch needs
        kinds()
    rows, ratios, unequal = [], [], []
    for program in read_programs(folder):
        name = str(program.path.relative_to(folder))
        if options.only not in name:
            continue
        if options.whole:
            plain, seen = whole(folder, program, watch=False), whole(folder, program, watch=True)
        else:
            plain = in_child(lambda program=program: run(program, watch=False))  # type: ignore[misc]  # bound at once
            seen = in_child(lambda program=program: run(program, watch=True))  # type: ignore[misc]  # the same
        ratio = seen.seconds / plain.seconds if plain.seconds else float("nan")
        equal = plain.digest == seen.digest and plain.failed == seen.failed
        if plain.steps >= program.steps:
            ratios.append(ratio)
        word = "equal"
        if not equal:
            repeats = options.whole and whole(folder, program, watch=False).digest == plain.digest
            word = "NOT EQUAL" if repeats or not options.whole else "differs by itself"
            unequal += [name] if word == "NOT EQUAL" else []
        rows.append({"program": name, "plain": asdict(plain), "watched": asdict(seen), "ratio": ratio, "equal": equal})
        what = "; ".join(seen.findings) or "no finding"
        failed = f" [{seen.failed}]" if seen.failed else ""
        print(f"{name}: {seen.steps} steps, x{ratio:.2f}, {word}: {what}{failed}", flush=True)
    if ratios:
        print(
            f"{len(rows)} programs, {len(ratios)} of them to their last step; processor time: median "
            f"x{statistics.median(ratios):.2f}, highest x{max(ratios):.2f}; not equal: {unequal or 'none'}"
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main())
