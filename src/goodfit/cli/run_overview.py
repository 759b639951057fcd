"""goodfit runs: a table of runs; goodfit card: the model card of one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from goodfit.cli.options import A_PATH, option
from goodfit.formatting import json_text

SECONDS_BETWEEN_LOOKS = 1.0

if TYPE_CHECKING:
    from goodfit.analysis.run_table import RunLine


@click.command(name="runs")
@click.argument("folder", type=A_PATH, default=Path("runs"))
@option("--sort", str, "By name, created, task, rows, metric, verdict or seconds [created].")
@click.option("-r", "--reverse", is_flag=True, help="The largest first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
@click.option("--watch", is_flag=True, help="Show fits that go on, with their last epoch, until Ctrl-C.")
def list_runs(folder: Path, sort: str | None, reverse: bool, as_json: bool, watch: bool) -> None:
    """List the runs of a folder with their verdicts [runs]."""
    from goodfit.analysis.run_table import runs_in

    if watch:
        if as_json:
            raise click.UsageError("--watch is for people to look at, and --json for programs: give one of them")
        _watch(folder)
        return
    lines = runs_in(folder, sort or "created", falling=reverse)
    if as_json:
        click.echo(json_text({"folder": str(folder), "runs": [line.to_json() for line in lines]}))
        return
    if not lines:
        click.echo(f"{folder}: there is no run in it")
        return
    cells = [["run", "task", "rows", "metric", "value", "95% interval", "verdict"]]
    cells += [_cells(line, folder) for line in lines]
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]
    for row in cells:
        text = "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True))
        click.echo(text.rstrip())


def _watch(folder: Path) -> None:
    """Print a line for each fit in the folder whenever it has ended an epoch, until it is stopped."""
    from goodfit.analysis.running_fits import Watched

    watched = Watched(folder)
    click.echo(f"watching {folder} for fits; Ctrl-C stops", err=True)
    while True:
        for line in watched.news():
            click.echo(line)
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _cells(line: RunLine, folder: Path) -> list[str]:
    from goodfit.analysis.headline import noun_of
    from goodfit.formatting import rows_called
    from goodfit.tasks.metric import METRICS, Metric

    name = str(line.folder.relative_to(folder)) if line.folder != folder else line.folder.name
    record = line.record
    if record is None:
        return [name, "", "", "", "", "", line.fault or ""]
    value = record.metrics.get(line.part, {}).get(line.metric)
    rows = record.rows.train + record.rows.test + (0 if record.cross_fitted else record.rows.valid)
    metric = METRICS.get(line.metric, Metric.unknown(line.metric))
    figures = ["", ""] if value is None else [metric.text(value.value, value), metric.interval(value)]
    return [
        name,
        str(record.task["name"]),
        f"{rows:,}",
        metric.title,
        *figures,
        rows_called(record.verdict, noun_of(record)),
    ]


@click.command()
@click.argument("run", type=A_PATH)
@click.option("-o", "--output", type=A_PATH, default=None, help="Write to this .md file [stdout].")
def card(run: Path, output: Path | None) -> None:
    """Write the model card of a run, in Markdown.

    With data, split, metrics, limits and findings.
    """
    from goodfit.analysis.model_card import model_card
    from goodfit.record import read_record
    from goodfit.store.files import write_text
    from goodfit.store.outputs import is_card, refuse_to_replace

    text = model_card(run, read_record(run))
    if output is None:
        click.echo(text, nl=False)
        return
    refuse_to_replace(output, is_card, [run])
    write_text(output, text)
    click.echo(f"-> {output}")


ALL = (list_runs, card)
