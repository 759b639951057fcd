"""The result of a fit or an evaluation: as the JSON object that programs read, and as the table that people read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
import msgspec

from goodfit.analysis.verdict import code_of

if TYPE_CHECKING:
    from goodfit.run import Run


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
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    click.echo(f"\nVerdict: {run.verdict}")
    for sentence in run.record.sentences:
        click.echo(f"  {sentence}")
    _show_metrics(result)
    folder = run.folder
    for name, what in (
        ("report.html", "the page for people"),
        ("predictions.csv", "row by row"),
        ("model.safetensors", "with run.json, the model"),
    ):
        click.echo(f"  {folder}/{name:<18} {what}")
    click.echo(f"  {result['seconds']:.0f} s")


def show_evaluation(result: Mapping[str, Any], as_json: bool) -> None:
    """Print the result of an evaluation on stdout."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    rows = result["rows"]
    titles = {
        "train": f"trained on ({rows['train']:,} rows)",
        "valid": f"chose the epoch ({rows['valid']:,} rows)",
        "test": f"test ({rows['test']:,} rows)",
    }
    _show_metrics(result, titles)
    for finding in result["findings"]:
        click.echo(f"  {finding['level']}: {finding['message']}")


def _show_metrics(result: Mapping[str, Any], titles: Mapping[str, str] | None = None) -> None:
    """A table for each part, called by its name or its title."""
    from rich.console import Console
    from rich.table import Table

    for part, metrics in result["metrics"].items():
        table = Table(box=None, pad_edge=True, header_style="bold")
        table.add_column((titles or {}).get(part, part), no_wrap=True)
        table.add_column("value", justify="right", no_wrap=True)
        table.add_column("95% interval", no_wrap=True)
        table.add_column("baseline", justify="right", no_wrap=True)
        for name, metric in metrics.items():
            baseline = result["baseline"].get(part, {}).get(name)
            table.add_row(
                name,
                f"{metric['value']:,.4f}",
                f"{metric['low']:,.4f} to {metric['high']:,.4f}",
                "" if baseline is None else f"{baseline:,.4f}",
            )
        click.echo()
        Console(highlight=False, emoji=False, markup=False).print(table)
    click.echo()
