"""What is done with a run: predict, embed, evaluate, recommend, similar, report."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from goodfit.cli import streams
from goodfit.cli.options import common, declared_as_well, option
from goodfit.errors import UsageError
from goodfit.fitting.console import chosen_line
from goodfit.formatting import counted, json_text
from goodfit.quick_imports import quick_imports
from goodfit.table_options import DIALECT

RAW = click.option(
    "--raw", is_flag=True, help="CSV: leave texts that begin with = + - @ as they are, without an apostrophe."
)

LIST_PATH = option("--path", str, "List of images: the column of their paths.")
LIST_TARGET = option("--target", str, "List of images: the column of their labels.")
SHEET = option("--sheet", str, "The sheet of a workbook [the one that the run was fitted on, or the only one].")

AS_THE_RUN = {
    "decimal": "Decimal mark of numbers: . or , [as the run's].",
    "date_order": "What 03/04/2024 begins with: day or month [as the run's].",
}
HOW_IT_IS_WRITTEN = declared_as_well(  # new data need not be written as the run's was
    *(each for each in DIALECT if each.name in ("header", "separator", "encoding", "fill_gaps")),
    *(replace(each, help=AS_THE_RUN[each.name]) for each in DIALECT if each.name in AS_THE_RUN),
)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    help="Write to this .csv or .parquet file [stdout].",
)
@click.option("--overlay", is_flag=True, help="Segmentation: also write the masks laid over their images.")
@click.option("--interval", is_flag=True, help="With 90% intervals of a number, or sets of classes.")
@RAW
@LIST_PATH
@LIST_TARGET
@SHEET
@HOW_IT_IS_WRITTEN
@option("--model", str, "Your own net, for a run of one: train.py:net.")
@option("--device", str, "cpu, cuda or mps [the fastest there is].")
@common
def predict(
    run: Path,
    data: tuple[Path, ...],
    output: Path | None,
    overlay: bool,
    interval: bool,
    raw: bool,
    model: str | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
    **options: Any,
) -> None:
    """Predict new data: one row for each input, in input order. Of images, DATA may be many files.

    Masks and restored images are written as PNGs, into a folder named like the output file. Nothing is written over
    but earlier predictions.
    """
    with quick_imports(keep=True):
        from goodfit.analysis.headline import noun_of
        from goodfit.fitting.console import Console
        from goodfit.predict.blocks import PredictionBlocks
        from goodfit.predict.given import expanded
        from goodfit.predict.image_predictions import ImagePredictions
        from goodfit.predict.new_data import inputs_of
        from goodfit.run import load
        from goodfit.store.outputs import is_predictions, refuse_to_replace

    if output is not None:  # before the work
        refuse_to_replace(output, is_predictions, [path for each in data for path in inputs_of(run, each)])
    data = tuple(path for each in data for path in expanded(each))
    console = Console(quiet=quiet)
    with load(run, model=model, device=device) as loaded:
        loaded = loaded.with_intervals() if interval else loaded  # the same run
        noun = noun_of(loaded.record)
        given: Any = data[0] if len(data) == 1 else list(data)
        predictions: PredictionBlocks | ImagePredictions
        if loaded.model.task.output == "image":
            if output is None:
                raise click.UsageError("its predictions are images: say where to write them, by -o predictions.csv")
            with console.progress("reading") as progress:
                images = loaded.predict(given, cache=cache, progress=progress, **options)
                assert isinstance(images, ImagePredictions)
                images.write(output, overlay=overlay, raw=raw)
            predictions, unreadable = images, sum(error is not None for error in images.errors)
        else:
            if overlay:
                raise UsageError("--overlay is for masks, and these predictions are rows", fix="Leave it out")
            with console.progress("reading") as progress:
                predictions = loaded.predict_in_blocks(given, cache=cache, progress=progress, **options)
            unreadable = predictions.unreadable
            if output is not None:
                with console.progress("predicting") as progress:
                    predictions.write(output, raw=raw, progress=progress)
            elif as_json:
                click.echo(json_text(predictions.whole().table()))
            else:
                streams.names_as_bytes()
                predictions.write_to(sys.stdout, raw=raw)
    if not quiet:
        for name, value, why in predictions.notes:
            click.echo(chosen_line(name, value, why), err=True)
    if as_json and output is not None:
        summary = {"run": str(run), "rows": len(predictions), "unreadable": unreadable, "output": str(output)}
        click.echo(json_text(summary))
    elif not as_json and not quiet:
        broken = f", {unreadable:,} of them unreadable" if unreadable else ""
        click.echo(f"{counted(len(predictions), noun)}{broken} -> {output or 'stdout'}", err=True)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Write to this .parquet file.")
@LIST_PATH
@LIST_TARGET
@SHEET
@HOW_IT_IS_WRITTEN
@option("--device", str, "cpu, cuda or mps [the fastest there is].")
@common
def embed(
    run: Path,
    data: Path,
    output: Path,
    device: str | None,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
    **options: Any,
) -> None:
    """Write a vector for each row of new data, for search.

    A vector is what the last layer of the net is given: rows that the net finds alike lie near each other. The columns
    are key, vector and error.
    """
    with quick_imports(keep=True):
        from goodfit.analysis.headline import noun_of
        from goodfit.fitting.console import Console
        from goodfit.predict.embeddings import refuse_other_endings
        from goodfit.predict.new_data import inputs_of
        from goodfit.run import load
        from goodfit.store.outputs import is_embeddings, refuse_to_replace

    refuse_other_endings(output)  # before the work
    refuse_to_replace(output, is_embeddings, inputs_of(run, data))
    with load(run, device=device) as loaded, Console(quiet=quiet).progress("reading") as progress:
        embeddings, noun = loaded.embed(data, cache=cache, progress=progress, **options), noun_of(loaded.record)
    embeddings.write(output)
    rows, numbers = embeddings.vectors.shape
    unreadable = sum(error is not None for error in embeddings.errors)
    summary = {"run": str(run), "rows": rows, "unreadable": unreadable, "numbers": numbers, "output": str(output)}
    if as_json:
        click.echo(json_text(summary))
    elif not quiet:
        broken = f", {unreadable} of them unreadable" if unreadable else ""
        click.echo(f"{counted(rows, noun)}{broken}, {counted(numbers, 'number')} each -> {output}", err=True)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@option("--masks", str, "Segmentation masks of the images.")
@option("--clean", str, "Clean images, for restoration.")
@LIST_PATH
@LIST_TARGET
@SHEET
@HOW_IT_IS_WRITTEN
@option("--tags", str, "List of images: what separates several labels of one image.")
@option("--layout", str, "What the folders are: parts, classes, or files whose names begin with classes.")
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
    """Score a run on new labelled data. Each look at the same data is counted.

    Rows that the run was trained on are found by their content, and scored apart.
    """
    with quick_imports(keep=True):
        from goodfit.analysis.headline import noun_of
        from goodfit.cli.result import show_evaluation
        from goodfit.fitting.console import Console
        from goodfit.run import load

    with load(run, model=model, device=device) as loaded, Console(quiet=quiet).progress("reading") as progress:
        result = loaded.evaluate(data, cache=cache, progress=progress, **options)
        metrics, noun = loaded.model.task.metric_list, noun_of(loaded.record)
    show_evaluation(result, as_json, metrics, noun)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@option("--user", str, "Only this user [all users of the training rows].")
@click.option("-n", "count", type=int, default=10, show_default=True, help="Items per user.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to this .csv file [stdout].")
@RAW
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def recommend(run: Path, user: str | None, count: int, output: Path | None, raw: bool, as_json: bool) -> None:
    """Recommend items that a user does not have yet.

    Those that the user has not rated or taken in any row of the data that the run was fitted on.
    """
    with quick_imports(keep=True):
        from goodfit.predict.catalogue import write_recommendations
        from goodfit.run import load
        from goodfit.store.outputs import is_recommendations, refuse_to_replace

    if output is not None:
        refuse_to_replace(output, is_recommendations, [run])
    with load(run) as loaded:
        catalogue = loaded.catalogue
        unknown = [] if user is None or catalogue.knows(user) else [user]
        for name in unknown:
            click.echo(f"the user '{name}' is not in the training rows: {catalogue.for_strangers}", err=True)
        lines = catalogue.recommend(None if user is None else [user], count)
        if output is not None:
            written = write_recommendations(lines, output, raw=raw)
            summary = {"run": str(run), "lines": written, "output": str(output), "unknown_users": unknown}
            text = json_text(summary) if as_json else f"{counted(written, 'line')} -> {output}"
            click.echo(text, err=not as_json)
        elif as_json:
            recommended = [line._asdict() for line in lines]
            summary = {"run": str(run), "recommended": recommended, "unknown_users": unknown}
            click.echo(json_text(summary))
        else:
            write_recommendations(lines, sys.stdout, raw=raw)


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--item", type=str, required=True, help="Item to start from.")
@click.option("-n", "count", type=int, default=10, show_default=True, help="Number of items.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def similar(run: Path, item: str, count: int, as_json: bool) -> None:
    """List the items most similar to an item."""
    with quick_imports(keep=True):
        from goodfit.run import load

    with load(run) as loaded:
        neighbours = loaded.catalogue.similar(item, count)
    if as_json:
        lines = [line._asdict() for line in neighbours]
        click.echo(json_text({"run": str(run), "similar": lines}))
        return
    for line in neighbours:
        click.echo(f"{line.similarity:6.3f}  {line.item}")


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Write to this HTML file [RUN/report.html]."
)
def report(run: Path, output: Path | None) -> None:
    """Write the report of a run: one self-contained HTML page."""
    from goodfit.record import read_record
    from goodfit.run import Run

    click.echo(str(Run(run, read_record(run), None).report(output)))


ALL = (predict, embed, evaluate, recommend, similar, report)
