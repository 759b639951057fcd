"""`goodfit check`: a program or data, one report, an exit status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodfit.checks.formats import FORMATS
from goodfit.quick_imports import quick_imports

if TYPE_CHECKING:
    from goodfit.checks.finding import Finding

FINDINGS_STATUS = 1
NOT_WATCHED_STATUS = 3  # of formats that programs read: no findings of nothing at all is no clean result

A_PATH = click.Path(path_type=Path)
FAILING_LEVELS = {"error": ("error",), "warning": ("error", "warning"), "never": ()}


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target", type=str)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("-m", "module", is_flag=True, help="Run TARGET as a module, as python -m does.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="Format of the report."
)
@click.option("--select", multiple=True, help="Only these rules: a name, a code, or the beginning of a code (GF2).")
@click.option("--ignore", multiple=True, help="All rules but these: a name, a code, or the beginning of a code.")
@click.option(
    "--fail-on",
    type=click.Choice(list(FAILING_LEVELS)),
    default="error",
    show_default=True,
    help="Exit with status 1 for findings of this level or above.",
)
@click.option("--steps", type=click.IntRange(min=1), help="Stop the program after this many optimiser steps.")
@click.option("--baseline", type=A_PATH, help="Leave out the findings that this file accepts.")
@click.option("--write-baseline", type=A_PATH, help="Accept all findings: write them to this file.")
@click.option("-o", "--output", type=A_PATH, help="Write the report to a file [stdout].")
def check(
    target: str,
    arguments: tuple[str, ...],
    module: bool,
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    steps: int | None,
    baseline: Path | None,
    write_baseline: Path | None,
    output: Path | None,
) -> None:
    """Find silent mistakes in a program, data or losses.

    In a PyTorch program or notebook, in a folder or table, or in the losses of a finished run.

    \b
      goodfit check [OPTIONS] train.py [ARGUMENTS OF train.py]
      goodfit check [OPTIONS] people.csv [--target income]
      goodfit check [OPTIONS] history.csv

    Exit status: 1 for findings (see --fail-on), the program's own where that is not 0, 2 for wrong usage, 3 where
    no training was seen (formats other than text).
    """
    from dataclasses import replace

    with quick_imports(keep=True):
        from goodfit.checks import baseline as accepted
        from goodfit.checks.formats import render
        from goodfit.checks.ranks import of_all_ranks, rank_of
        from goodfit.checks.rule import kinds
        from goodfit.checks.run_script import run_script
        from goodfit.store.files import write_text
        from goodfit.store.outputs import is_baseline, is_findings, refuse_to_replace

        kinds()  # the files of all rules

    inputs = [path for path in (Path(target), baseline) if path is not None]
    if output is not None:  # before the program runs
        refuse_to_replace(output, is_findings, inputs)
    if write_baseline is not None:
        refuse_to_replace(write_baseline, is_baseline, inputs[:1])
    if not module and not target.endswith((".py", ".ipynb")) and _is_data(target):
        place = _losses_of(Path(target))
        of_target = _of_history if not arguments and _is_history(place) else _of_data
        findings, summary, status = of_target(place, arguments, select, ignore), None, 0
    else:
        quiet = form != "text" and output is None
        checked = run_script(
            target, arguments, module=module, steps=steps, select=select, ignore=ignore, quiet_stdout=quiet
        )
        findings, summary, status = checked.findings, checked.summary, checked.status
        rank = rank_of()
        if rank is not None:
            findings = of_all_ranks(findings, rank)
            if rank:  # one report is enough; status 1 of a rank would end the others before it
                raise click.exceptions.Exit(status)
    if write_baseline is not None:
        accepted.write_baseline(findings, write_baseline)
        click.echo(f"Accepted findings written to {write_baseline}", err=True)
        raise click.exceptions.Exit(status)
    fresh = findings if baseline is None else accepted.not_accepted(findings, baseline)
    if summary is None:  # of data; a baseline that was written before compares them without their place
        fresh = [finding if finding.file else replace(finding, file=target) for finding in fresh]
    text = render(form, fresh, target, summary)
    if form == "text" and len(fresh) < len(findings):
        text += f"\nNot shown: {len(findings) - len(fresh)} accepted by {baseline}"
    if output is not None:
        write_text(output, text + "\n")
    else:
        print(text)
    sys.stdout.flush()
    unseen = summary is not None and not summary.watched and form != "text" and fail_on != "never"
    failing = any(finding.level in FAILING_LEVELS[fail_on] for finding in fresh)
    raise click.exceptions.Exit(status or (FINDINGS_STATUS if failing else NOT_WATCHED_STATUS if unseen else 0))


def _is_data(target: str) -> bool:
    from goodfit.data.remote import is_remote  # late: to watch a program, nothing that reads data is needed

    return Path(target).exists() or is_remote(target)


def _of_data(path: Path, arguments: Sequence[str], select: Sequence[str], ignore: Sequence[str]) -> list[Finding]:
    """Findings about data; its options follow its path: --target income, --valid PATH, --test PATH."""
    from goodfit.checks.selection import Selection
    from goodfit.cli.fit import data_options
    from goodfit.fitting.console import Console
    from goodfit.fitting.journal import Journal
    from goodfit.fitting.problem import check_data_at

    selection = Selection(select, ignore)
    options = data_options(tuple(arguments))
    journal = Journal(Console(quiet=True))
    findings = check_data_at(path, selection.rules(), journal=journal, **options)
    return [finding for finding in findings if selection.includes(finding)]


def _losses_of(path: Path) -> Path:
    """Of a run folder the file of its losses; any other path as it is."""
    from goodfit.store.run_folder import HISTORY, RECORD

    return path / HISTORY if (path / RECORD).is_file() and (path / HISTORY).is_file() else path


def _is_history(path: Path) -> bool:
    from goodfit.checks.curves.read import is_history

    return is_history(path)


def _of_history(path: Path, arguments: Sequence[str], select: Sequence[str], ignore: Sequence[str]) -> list[Finding]:
    """Findings about the losses of a finished run, at the file that holds them."""
    from dataclasses import replace

    from goodfit.checks.curves.read import read_curves
    from goodfit.checks.rule import check_curves
    from goodfit.checks.selection import Selection

    selection = Selection(select, ignore)
    findings = [finding for curves in read_curves(path) for finding in check_curves(curves, selection.rules())]
    return [replace(finding, file=str(path)) for finding in findings if selection.includes(finding)]


ALL = (check,)
