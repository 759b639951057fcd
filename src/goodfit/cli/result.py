"""The result of a fit or an evaluation: as the JSON object that programs read, and as the table that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import msgspec

from goodfit.analysis.headline import noun_of
from goodfit.analysis.verdict import PART_WORDS, code_of
from goodfit.fitting.console import chosen_line
from goodfit.formatting import counted, duration, json_text, rows_called
from goodfit.stats.estimates import Estimate
from goodfit.tasks import from_json as task_from_json
from goodfit.tasks.metric import Metric

if TYPE_CHECKING:
    from goodfit.run import Run


WIDTH_AT_LEAST = 80  # of a table, in letters


def run_result(run: Run) -> dict[str, Any]:
    """What `goodfit fit --json` prints."""
    record = run.record
    result: dict[str, Any] = msgspec.to_builtins(
        {
            "run": str(run.folder),
            "task": record.task["name"],
            "verdict": record.verdict,
            "verdict_code": code_of(record.verdict),
            "seconds": record.seconds,
            "epochs": len(record.history),
            "rows": record.rows,
            "metrics": record.metrics,
            "baseline": record.baseline,
            "rivals": record.rivals,
            "findings": record.findings,
        }
    )
    return result


def show_run(run: Run, as_json: bool) -> None:
    """Print the result of a fit on stdout."""
    result = run_result(run)
    if as_json:
        click.echo(json_text(result))
        return
    click.echo(f"\nVerdict: {rows_called(run.verdict, noun_of(run.record))}")
    for sentence in run.record.sentences:
        click.echo(f"  {sentence}")
    _show_metrics(result, task_from_json(run.record.task).metric_list)
    folder = run.folder
    for name, what in (
        ("report.html", "the page for people"),
        ("predictions.csv", "row by row"),
        ("model.safetensors", "with run.json, the model"),
    ):
        click.echo(f"  {folder}/{name:<18} {what}")
    click.echo(f"  {duration(result['seconds'])}")


def show_evaluation(
    result: Mapping[str, Any], as_json: bool, metrics: Sequence[Metric] = (), noun: str = "row"
) -> None:
    """Print the result of an evaluation on stdout.

    Args:
        metrics: of the run's task.
        noun: what a row of its data is called.
    """
    if as_json:
        click.echo(json_text(result))
        return
    rows = result["rows"]
    titles = {
        "train": f"trained on ({counted(rows['train'], noun)})",
        "valid": f"validation ({counted(rows['valid'], noun)})",
        "test": f"test ({counted(rows['test'], noun)})",
    }
    for name, value, why in result["notes"]:
        click.echo(chosen_line(name, value, why), err=True)
    _show_metrics(result, metrics, titles)
    for finding in result["findings"]:
        click.echo(f"  {finding['level']}: {rows_called(finding['message'], noun)}")


def _show_metrics(
    result: Mapping[str, Any], metrics: Sequence[Metric], titles: Mapping[str, str] | None = None
) -> None:
    """A table for each part, called by its name or its title."""
    from rich.console import Console
    from rich.table import Table

    known = {metric.name: metric for metric in metrics}
    for part, scores in result["metrics"].items():
        table = Table(box=None, pad_edge=True, header_style="bold")
        table.add_column((titles or {}).get(part, PART_WORDS.get(part, part)), no_wrap=True)
        table.add_column("value", justify="right", no_wrap=True)
        table.add_column("95% interval", no_wrap=True)
        table.add_column("baseline", justify="right", no_wrap=True)
        for name, score in scores.items():
            metric = known.get(name) or Metric.unknown(name)
            estimate = Estimate(score["value"], score["low"], score["high"])
            baseline = result["baseline"].get(part, {}).get(name)
            table.add_row(
                metric.title,
                metric.text(estimate.value, estimate),
                metric.interval(estimate),
                "" if baseline is None else metric.text(baseline, estimate),
            )
        click.echo()
        console = Console(highlight=False, emoji=False, markup=False)
        console.width = max(console.width, WIDTH_AT_LEAST)  # a narrower window wraps a line, and no figure is cut
        console.print(table)
    click.echo()
