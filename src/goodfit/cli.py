"""The commands: each a few lines over the calls that Python users make. Torch is imported by those that need it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from goodfit import __version__
from goodfit.data.sources import sources
from goodfit.errors import GoodfitError

BAD_INPUT, INTERRUPTED = 2, 130
SOURCE_OPTIONS = {extra.name: extra for module in sources() for extra in module.OPTIONS}  # --group is of several


class Commands(click.Group):
    """Lists the commands in the order in which a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="goodfit")
@click.option("--traceback", is_flag=True, help="Show the whole traceback of an error.")
def app(traceback: bool) -> None:
    """From data to a model that you can trust, in one command.

    \b
      goodfit demo                         see it work, in under a minute
      goodfit fit photos/                  a folder of pictures for each class -> model, report, predictions
      goodfit fit people.csv --target income         a table
      goodfit fit stars.csv --user who --item film --target stars       ratings
      goodfit predict runs/photos new/     predict new pictures
    """


def option(name: str, kind: Any, text: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(name, type=kind, default=None, help=text, **more)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every command with data has."""
    for add in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr."),
        click.option("-q", "--quiet", is_flag=True, help="No progress."),
        option(
            "--cache",
            click.Path(path_type=Path),
            "Where decoded pictures are kept [$GOODFIT_CACHE, else the user's cache].",
        ),
    ):
        command = add(command)
    return command


@app.command()
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder to make [goodfit-demo].")
@common
def demo(out: Path | None, as_json: bool, quiet: bool, cache: Path | None) -> None:
    """Train on embedded real data: 1,797 handwritten digits, written out as pictures in class folders."""
    from goodfit.demo import free_folder, run_demo

    folder = out or free_folder()
    _show(run_demo(folder, quiet=quiet, cache=cache), as_json)
    if not as_json:
        click.echo(f"\nNext: goodfit predict {folder}/run {folder}/new -o predictions.csv")


@app.command()
@click.argument("what")
@option("--data", click.Path(path_type=Path), "The data, when WHAT is a net of your own.")
@option("--valid", click.Path(path_type=Path), "Validation data that came apart.")
@option("--test", click.Path(path_type=Path), "Test data that came apart.")
@option("--out", click.Path(path_type=Path), "The run folder [runs/NAME of the data].")
@click.option("--resume", is_flag=True, help="Go on with a stopped run.")
@option("--epochs", int, "Passes over the training rows.")
@option("--minutes", float, "A time budget instead: the schedule is fitted to it.")
@option("--arch", str, "The architecture: resnet10, resnet18, resnet34, resnet50; tabm, mlp; factors.")
@option("--width", int, "Channels of its first stage.")
@option("--pretrained", str, "Published weights: a .safetensors file, or a hub name such as timm/resnet18.a1_in1k.")
@option("--freeze", int, "Fine-tuning: epochs in which the head alone learns [1].")
@option("--task", str, "classification, multilabel or regression, when the targets leave it open.")
@option("--batch-size", int, "Rows of one pass.")
@option("--accumulate", int, "Passes of one step: equal to a batch as many times as large.")
@option("--lr", str, "The peak learning rate, or find.")
@option("--optimiser", str, "adamw or sgd.")
@option("--weight-decay", float, "Pull of the weights towards zero; norms and biases are spared.")
@option("--schedule", str, "one-cycle, cosine, linear, steps or constant.")
@option("--label-smoothing", float, "Share of the target spread over all classes.")
@option("--clip", float, "Largest norm of the gradient.")
@option("--ema", float, "Decay of a moving average of the weights, such as 0.999.")
@option("--augment", str, "none, light (shifts), mirror (and flips), standard or strong.")
@option("--precision", str, "float32 or bfloat16 [the faster one, by measurement].")
@click.option("--interval", is_flag=True, help="Regression: 90% prediction intervals, calibrated on validation rows.")
@option("--device", str, "cpu, cuda or mps.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same machine, same result.")
@option("--valid-share", float, "Share of the rows set aside for validation.")
@option("--test-share", float, "Share of the rows kept away for the test.")
@common
def fit(
    what: str,
    data: Path | None,
    valid: Path | None,
    test: Path | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
    lr: str | None,
    **options: Any,
) -> None:
    """Fit a model to data.

    WHAT is class folders of pictures (with or without train/, valid/, test/ above them), a CSV of path,label; a table
    (CSV, TSV, Parquet) with --target; ratings with --user, --item and --target; a .npz of x and y; or your own net as
    train.py:net, with --data.
    """
    from goodfit.data import open_path
    from goodfit.fitting import fit as fit_model
    from goodfit.nets.people import is_spec

    own = is_spec(what)
    if own and data is None:
        raise click.UsageError(f"{what} is a net: give the data as well, by --data photos/")
    if not own and data is not None:
        raise click.UsageError(f"--data is for a net of your own, and {what} is not of the form train.py:net")
    of_source = {name: options.pop(name) for name in SOURCE_OPTIONS}
    place = data if data is not None else Path(what)
    run = fit_model(
        open_path(place, valid=valid, test=test, **of_source),
        model=what if own else None,
        out=out,
        resume=resume,
        cache=cache,
        quiet=quiet,
        lr=_rate(lr),
        **options,
    )
    _show(run, as_json)
    if not as_json:
        model = f" --model {what}" if own else ""
        click.echo(f"\nNext: goodfit predict {run.folder} NEW_DATA -o predictions.csv{model}")


for _extra in SOURCE_OPTIONS.values():
    fit.params.append(
        click.Option([f"--{_extra.name.replace('_', '-')}"], type=_extra.type, default=None, help=_extra.help)
    )


@app.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="A .csv or .parquet file [stdout].")
@option("--model", str, "The net of a run of your own net: train.py:net.")
@option("--device", str, "cpu, cuda or mps.")
@common
def predict(
    run: Path,
    data: Path,
    output: Path | None,
    model: str | None,
    device: str | None,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
) -> None:
    """Predict new data: one row an input row, in input order, with probabilities."""
    from goodfit.console import Console
    from goodfit.run import load

    with load(run, model=model, device=device) as loaded, Console(quiet=quiet).progress("reading") as progress:
        predictions = loaded.predict(data, cache=cache, progress=progress)
    unreadable = sum(error is not None for error in predictions.errors)
    if as_json and output is None:
        click.echo(json.dumps(predictions.table(), ensure_ascii=False))
        return
    if output is None:
        predictions.write_to(sys.stdout)
    else:
        predictions.write(output)
    said = {"run": str(run), "rows": len(predictions), "unreadable": unreadable, "output": str(output)}
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    elif not quiet:
        broken = f", {unreadable} of them unreadable" if unreadable else ""
        click.echo(f"{len(predictions):,} rows{broken} -> {output or 'stdout'}", err=True)


@app.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@option("--model", str, "The net of a run of your own net: train.py:net.")
@option("--device", str, "cpu, cuda or mps.")
@common
def evaluate(
    run: Path, data: Path, model: str | None, device: str | None, as_json: bool, quiet: bool, cache: Path | None
) -> None:
    """Score a run on labelled data that it has not seen. Each look at the same data is counted."""
    from goodfit.console import Console
    from goodfit.run import load
    from goodfit.summary import lines

    with load(run, model=model, device=device) as loaded, Console(quiet=quiet).progress("reading") as progress:
        result = loaded.evaluate(data, cache=cache, progress=progress)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else "\n".join(lines(result)))


@app.command()
@click.argument("run", type=click.Path(path_type=Path))
@option("--user", str, "Recommend to this user alone [all users of the training rows].")
@click.option("-n", "count", type=int, default=10, show_default=True, help="Items a user.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="A .csv file [stdout].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def recommend(run: Path, user: str | None, count: int, output: Path | None, as_json: bool) -> None:
    """Recommend items that a user has not rated, from a run of ratings."""
    from goodfit.recommend import write_recommendations
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


@app.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--item", type=str, required=True, help="The item.")
@click.option("-n", "count", type=int, default=10, show_default=True, help="How many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, all else on stderr.")
def similar(run: Path, item: str, count: int, as_json: bool) -> None:
    """The items nearest to an item, from a run of ratings."""
    from goodfit.run import load

    with load(run) as loaded:
        found = loaded.catalogue.similar(item, count)
    if as_json:
        click.echo(json.dumps({"run": str(run), "similar": [line._asdict() for line in found]}, ensure_ascii=False))
        return
    for line in found:
        click.echo(f"{line.similarity:6.3f}  {line.item}")


@app.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help="The HTML file [RUN/report.html].")
def report(run: Path, output: Path | None) -> None:
    """Write a run's report: one HTML page that needs nothing else."""
    from goodfit.report.collect import write_report
    from goodfit.run import read_record

    click.echo(str(write_report(run, read_record(run), output or run / "report.html")))


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("target", type=str)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("-m", "module", is_flag=True, help="TARGET is a module, as for python -m.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", help="Of the report."
)
@click.option("--select", multiple=True, help="Ask these rules alone: a name, a code, or its beginning (GF2).")
@click.option("--ignore", multiple=True, help="Leave these rules out.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", help="Exit status 1 from here on."
)
@click.option(
    "--steps", type=click.IntRange(min=1), default=None, help="Stop the program after so many optimiser steps."
)
@click.option("--baseline", type=click.Path(path_type=Path), default=None, help="Leave out what this file accepts.")
@click.option(
    "--write-baseline", type=click.Path(path_type=Path), default=None, help="Accept what is found from now on."
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), default=None, help="Write the report to a file [stdout]."
)
def check(target: str, arguments: tuple[str, ...], **options: Any) -> None:
    """Find the silent mistakes of a PyTorch program, or of a folder or table of data.

    goodfit check [OPTIONS] train.py [ARGUMENTS OF train.py]
    """
    from goodfit.checks.command import check_target

    raise click.exceptions.Exit(check_target(target, arguments, **options))


@app.command()
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Explain a finding: what is checked, why it hurts, what to do instead; without a name, list the rules."""
    from goodfit.checks.rule import rules

    if rule is None:
        click.echo("\n".join(f"{one.code}  {one.level.value:<8} {one.page.splitlines()[0]}" for one in rules()))
        return
    known = {one.name: one for one in rules()} | {one.code: one for one in rules()}
    if rule not in known:
        raise click.UsageError(f"no rule '{rule}'; there are {', '.join(sorted(one.name for one in rules()))}")
    click.echo(f"{known[rule].code} {known[rule].page}")


@app.group()
def cache() -> None:
    """The cache of decoded pictures."""


@cache.command(name="info")
@option("--cache", click.Path(path_type=Path), "Where it is.")
def cache_info(cache: Path | None) -> None:
    """Say where the cache is and how large."""
    from goodfit.data.cache import cache_folder, info

    found = info(cache_folder(cache))
    click.echo(f"{found.path}: {found.files} files, {found.bytes / 1e6:,.1f} MB")


@cache.command(name="clear")
@option("--cache", click.Path(path_type=Path), "Where it is.")
def cache_clear(cache: Path | None) -> None:
    """Remove every decoded picture."""
    from goodfit.data.cache import cache_folder, clear

    gone = clear(cache_folder(cache))
    click.echo(f"{gone.path}: {gone.files} files removed, {gone.bytes / 1e6:,.1f} MB")


def _show(run: Any, as_json: bool) -> None:
    from goodfit.summary import lines, public

    result = public(run.record, run.folder)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else "\n".join(lines(result, run.record)))


def _rate(text: str | None) -> float | str | None:
    if text is None or text == "find":
        return text
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text} is neither a number nor find", param_hint="--lr") from None


def main() -> None:
    """The command: errors in one line, exit status 2; Ctrl-C 130."""
    arguments = sys.argv[1:]
    full = "--traceback" in arguments
    arguments = [argument for argument in arguments if argument != "--traceback"]
    try:
        status = app.main(arguments, prog_name="goodfit", standalone_mode=False)
        sys.stdout.flush()
        if isinstance(status, int) and status:
            sys.exit(status)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (KeyboardInterrupt, click.Abort):
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        print(f"goodfit: {error.format_message()}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    except GoodfitError as error:
        if full:
            raise
        print(f"goodfit: {error}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    except BrokenPipeError:  # the reader of stdout has gone, as head does
        sys.stderr.close()
        sys.exit(0)
