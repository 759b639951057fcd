"""Run somebody's program, unmodified, under the watcher: `goodfit check train.py [ARGUMENTS]`."""

from __future__ import annotations

import contextlib
import os
import runpy
import sys
import traceback
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from goodfit.checks.engine.program_state import Summary
from goodfit.checks.engine.replacing import PASSED_OVER
from goodfit.checks.finding import Finding
from goodfit.checks.formats import as_text
from goodfit.checks.notebook import cells
from goodfit.checks.watch import watch
from goodfit.errors import UsageError


class StepsReached(BaseException):
    """Raised inside the program after as many optimiser steps as were asked for."""


class ModuleMissing(Exception):
    """There is no such module to run."""


@dataclass(frozen=True)
class Checked:
    """A program that was checked.

    Attributes:
        summary: how much of it was watched.
        status: the program's own exit status; 1 after an exception, whose traceback was printed.
    """

    findings: list[Finding]
    summary: Summary
    status: int


def run_script(
    target: str,
    arguments: Sequence[str] = (),
    *,
    module: bool = False,
    steps: int | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    quiet_stdout: bool = False,
) -> Checked:
    """Run a program to its end, or to step number `steps` of its optimisers.

    Args:
        target: a Python file, a notebook, or with `module` a dotted name as for `python -m`.
        arguments: the program's own.
        select, ignore: the rules to ask, and those to leave out.
        quiet_stdout: what the program prints goes to stderr.

    Raises:
        UsageError: no such file or module, not Python, or no such rule.
        KeyboardInterrupt: Ctrl-C, after the findings so far were printed.
    """
    path = Path(target)
    code: list[types.CodeType] = []
    if not module:
        if not path.is_file():
            raise UsageError("no such program", where=target, fix="Give a Python file, or -m and the name of a module")
        try:
            if path.suffix == ".ipynb":
                code = list(cells(path))
            else:
                code = [compile(path.read_bytes(), str(path.absolute()), "exec")]
        except (SyntaxError, ValueError) as error:
            raise UsageError(f"not valid Python ({error})", where=target, fix="Fix the syntax") from error
    status = 0
    before = list(sys.argv), list(sys.path), sys.modules["__main__"]
    with _stdout_to_stderr() if quiet_stdout else contextlib.nullcontext():
        watching = watch(select=select, ignore=ignore, quiet=True)
        watching.watcher.stop_after(steps, StepsReached)
        interrupted = False
        try:
            if module:
                sys.argv = [target, *arguments]
                sys.path.insert(0, str(Path.cwd()))
                _run_module(target)
            else:
                sys.argv = [target, *arguments]
                sys.path[0:0] = [str(path.resolve().parent)]
                main = types.ModuleType("__main__")
                main.__dict__.update(__file__=str(path.absolute()), __builtins__=__builtins__)
                sys.modules["__main__"] = main
                if path.suffix == ".ipynb":
                    main.__dict__["display"] = print
                for part in code:
                    exec(part, main.__dict__)
        except StepsReached:
            pass
        except ModuleMissing as error:
            raise UsageError(
                f"no module '{target}' ({error})", fix="Run the command in the folder that holds its package"
            ) from None
        except SystemExit as stop:
            status = _status(stop)
        except KeyboardInterrupt:
            interrupted = True
        except BaseException as error:
            status = 1
            _print_traceback(error)
        finally:
            sys.stdout.flush()
            findings = watching.close()
            sys.argv, sys.path, sys.modules["__main__"] = before
    summary = watching.watcher.program.summary()
    if interrupted:
        print(as_text(findings, summary), file=sys.stderr)
        raise KeyboardInterrupt
    return Checked(findings, summary, status)


def _run_module(name: str) -> None:
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except ImportError as error:
        is_target = error.name is None or name == error.name or name.startswith(f"{error.name}.")
        raise ModuleMissing(str(error)) if is_target else error from error


def _status(stop: SystemExit) -> int:
    """As Python itself would end with."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code
    print(stop.code, file=sys.stderr)
    return 1


def _print_traceback(error: BaseException) -> None:
    """As Python prints it, from the program's first frame on."""
    trace = error.__traceback__
    this_file = str(Path(__file__).resolve())
    while trace is not None and (
        trace.tb_frame.f_code.co_filename in (this_file, __file__) or "runpy" in trace.tb_frame.f_code.co_filename
    ):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, _without_ours(trace), file=sys.stderr)


def _without_ours(trace: types.TracebackType | None) -> types.TracebackType | None:
    """The same trace without the frames of functions that stand in for torch's."""
    kept = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != PASSED_OVER:
            kept.append(trace)
        trace = trace.tb_next
    result: types.TracebackType | None = None
    for each in reversed(kept):
        result = types.TracebackType(result, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return result


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Whatever writes to stdout, also from C and from child processes."""
    sys.stdout.flush()
    try:
        stdout = os.dup(1)
    except OSError:  # there is no stdout
        yield
        return
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(stdout, 1)
        os.close(stdout)
