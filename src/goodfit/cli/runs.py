"""What is done with a run: predict, evaluate, recommend, similar, report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from goodfit.cli.options import common, option


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    help="Write to this .csv or .parquet file [stdout].",
)
@click.option("--overlay", is_flag=True, help="Segmentation: also write the masks laid over their images.")
@option("--model", str, "Your own net, for a run of one: train.py:net.")
@option("--device", str, "cpu, cuda or mps [the fastest there is].")
@common
def predict(
    run: Path,
    data: Path,
    output: Path | None,
    overlay: bool,
    model: str | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
) -> None:
    """Predict new data: one row for each input row, in input order.

    Masks and restored images are written as PNGs, into a folder named like the output file.
    """
    from goodfit.fitting.console import Console
    from goodfit.predict.predictions import Predictions
    from goodfit.run import load

    with load(run, model=model, device=device) as loaded, Console(quiet=quiet).progress("reading") as progress:
        found = loaded.predict(data, cache=cache, progress=progress)
        if isinstance(found, Predictions):
            predictions = found
        elif output is None:
            raise click.UsageError("its predictions are images: say where to write them, by -o predictions.csv")
        else:
            predictions = found.write(output, overlay=overlay)
    unreadable = sum(error is not None for error in predictions.errors)
    if as_json and output is None:
        click.echo(json.dumps(predictions.table(), ensure_ascii=False))
        return
    if output is None:
        predictions.write_to(sys.stdout)
    elif predictions is found:
        predictions.write(output)
    said = {"run": str(run), "rows": len(predictions), "unreadable": unreadable, "output": str(output)}
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    elif not quiet:
        broken = f", {unreadable} of them unreadable" if unreadable else ""
        click.echo(f"{len(predictions):,} rows{broken} -> {output or 'stdout'}", err=True)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@option("--masks", str, "Segmentation masks of the images.")
@option("--clean", str, "Clean images, for restoration.")
@option("--model", str, "Your own net, for a run of one: train.py:net.")
@option("--device", str, "cpu, cuda or mps [the fastest there is].")
@common
def evaluate(
    run: Path,
    data: Path,
    model: str | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
    **options: Any,
) -> None:
    """Score a run on new labelled data. Each look at the same data is counted."""
    from goodfit.cli.result import show_evaluation
    from goodfit.fitting.console import Console
    from goodfit.run import load

    with load(run, model=model, device=device) as loaded, Console(quiet=quiet).progress("reading") as progress:
        result = loaded.evaluate(data, cache=cache, progress=progress, **options)
    show_evaluation(result, as_json)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@option("--user", str, "Only this user [all users of the training rows].")
@click.option("-n", "count", type=int, default=10, show_default=True, help="Items per user.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to this .csv file [stdout].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def recommend(run: Path, user: str | None, count: int, output: Path | None, as_json: bool) -> None:
    """Recommend items that a user has not rated."""
    from goodfit.predict.catalogue import write_recommendations
    from goodfit.run import load

    with load(run) as loaded:
        found = loaded.catalogue.recommend(None if user is None else [user], count)
        if output is not None:
            lines = write_recommendations(found, output)
            said = {"run": str(run), "lines": lines, "output": str(output)}
            click.echo(json.dumps(said) if as_json else f"{lines:,} lines -> {output}", err=not as_json)
        elif as_json:
            click.echo(json.dumps({"run": str(run), "recommended": [line._asdict() for line in found]}))
        else:
            write_recommendations(found, sys.stdout)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--item", type=str, required=True, help="Item to start from.")
@click.option("-n", "count", type=int, default=10, show_default=True, help="Number of items.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def similar(run: Path, item: str, count: int, as_json: bool) -> None:
    """List the items most similar to an item."""
    from goodfit.run import load

    with load(run) as loaded:
        found = loaded.catalogue.similar(item, count)
    if as_json:
        click.echo(json.dumps({"run": str(run), "similar": [line._asdict() for line in found]}, ensure_ascii=False))
        return
    for line in found:
        click.echo(f"{line.similarity:6.3f}  {line.item}")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to this HTML file [RUN/report.html]."
)
def report(run: Path, output: Path | None) -> None:
    """Write the report of a run: one self-contained HTML page."""
    from goodfit.record import read_record
    from goodfit.report.from_run import write_report

    click.echo(str(write_report(run, read_record(run), output or run / "report.html")))


ALL = (predict, evaluate, recommend, similar, report)
