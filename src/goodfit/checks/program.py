"""Run somebody's program, unmodified, under the watcher: `goodfit check train.py [args]`."""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import sys
import traceback
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from goodfit.checks.finding import Finding
from goodfit.checks.watch import watch
from goodfit.errors import UsageError


class Enough(BaseException):
    """Raised inside the program after as many optimiser steps as were asked for."""


class Absent(Exception):
    """The module that is to be run is not there."""


@dataclass(frozen=True)
class Checked:
    """What came of it.

    Attributes:
        status: the program's own exit status; 1 after an exception, whose traceback was printed.
        text: the report for people.
    """

    findings: list[Finding]
    steps: int
    status: int
    text: str


def check_program(
    target: str,
    arguments: Sequence[str] = (),
    *,
    module: bool = False,
    steps: int | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    quiet_stdout: bool = False,
) -> Checked:
    """Run it to its end, or to its optimiser's step number `steps`.

    Args:
        target: a Python file, or with `module` a dotted name as for `python -m`.
        arguments: the program's own.
        quiet_stdout: what the program prints goes to stderr.

    Raises:
        UsageError: no such file or module, or no Python.
        KeyboardInterrupt: Ctrl-C, after the report of what was seen was printed.
    """
    from goodfit.checks.output import as_text

    path = Path(target)
    code = None
    if not module:
        if not path.is_file():
            raise UsageError("no such program", where=target, fix="Give a Python file, or -m and a module's name")
        try:
            code = compile(path.read_bytes(), str(path), "exec")
        except (SyntaxError, ValueError) as error:
            raise UsageError(f"not a Python program ({error})", where=target, fix="Fix it") from error
    status = 0
    before = list(sys.argv), list(sys.path), sys.modules["__main__"]
    with _stdout_to_stderr() if quiet_stdout else contextlib.nullcontext():
        watching = watch(select=select, ignore=ignore, quiet=True)
        watching.watcher.stop_after = (steps, Enough)
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
                main.__dict__.update(__file__=str(path), __builtins__=__builtins__)
                sys.modules["__main__"] = main
                assert code is not None
                exec(code, main.__dict__)
        except Enough:
            pass
        except Absent as error:
            raise UsageError(f"no module '{target}' ({error})", fix="Run it from the folder of its package") from None
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
    text = as_text(findings, watching.watcher)
    if interrupted:
        print(text, file=sys.stderr)
        raise KeyboardInterrupt
    return Checked(findings, watching.watcher.world.steps, status, text)


def _run_module(name: str) -> None:
    try:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    except ImportError as error:
        ours = error.name is None or name == error.name or name.startswith(f"{error.name}.")
        raise Absent(str(error)) if ours else error from error


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
    own = str(Path(__file__).resolve())
    while trace is not None and (
        trace.tb_frame.f_code.co_filename in (own, __file__) or "runpy" in trace.tb_frame.f_code.co_filename
    ):
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace, file=sys.stderr)


@contextlib.contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Whatever writes to stdout, also from C and from child processes."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # no stdout at all
        yield
        return
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def left_out(findings: Sequence[Finding], baseline: Path) -> list[Finding]:
    """Findings that a baseline file does not hold; by rule, file and the text of the line, which may move.

    Raises:
        UsageError: no such file, or not one that `--write-baseline` wrote.
    """
    try:
        known = {tuple(each) for each in json.loads(baseline.read_text(encoding="utf-8"))["accepted"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"not a baseline ({error})", where=baseline, fix="Write one: goodfit check --write-baseline FILE ..."
        ) from error
    return [finding for finding in findings if _identity(finding) not in known]


def write_baseline(findings: Sequence[Finding], baseline: Path) -> None:
    """Accept these findings from now on."""
    from goodfit.store.files import write_text

    accepted = sorted({_identity(finding) for finding in findings})
    write_text(baseline, json.dumps({"accepted": accepted}, indent=1) + "\n")


def _identity(finding: Finding) -> tuple[str, str, str]:
    import linecache

    line = linecache.getline(finding.file, finding.line).strip() if finding.file and finding.line else ""
    return finding.rule, finding.file or "", line
