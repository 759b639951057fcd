"""`goodfit fit`. Its options are declared in fitting/options.py and by the sources."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import Any

import click
import cloup

from goodfit.cli.options import A_PATH, HEADINGS, SETTINGS, called, common_options, declared
from goodfit.cli.processes import is_helper, launch, of_several
from goodfit.data import source_options
from goodfit.fitting.options import fit_options
from goodfit.options import GROUPS
from goodfit.quick_imports import quick_imports


def _path(flag: str, text: str, heading: str) -> cloup.Option:
    return cloup.Option([flag], type=A_PATH, default=None, help=text, group=HEADINGS[heading])


def _parameters() -> list[click.Parameter]:
    """Of `goodfit fit`, heading by heading."""
    options = [
        _path("--data", "The data, where WHAT is your own net.", "Data"),
        _path("--valid", "Separate validation data (folder or file).", "Data"),
        _path("--test", "Separate test data (folder or file).", "Data"),
        cloup.Option(
            ["--kind"], default=None, group=HEADINGS["Data"],
            help="What the data is: images, table, ratings, ... [detected].",
        ),
        *declared([*fit_options(), *source_options()]),
        _path("--out", "Run folder [runs/NAME of the data].", "Run"),
        cloup.Option(
            ["--processes"], type=click.IntRange(1, 1_000), default=None, group=HEADINGS["Run"],
            help="Train in so many processes of this machine; on several machines, start it by torchrun.",
        ),
        cloup.Option(["--resume"], is_flag=True, help="Continue a stopped run.", group=HEADINGS["Run"]),
        cloup.Option(
            ["--more"], type=click.IntRange(1, 100_000), default=None, group=HEADINGS["Run"],
            help="Train a finished run (that in --out, or the last of this name) on for so many epochs.",
        ),
        *common_options(HEADINGS["Run"]),
        cloup.Option(
            ["-v", "--verbose"], is_flag=True, group=HEADINGS["Run"],
            help="Show the machine, what each part took, and rate, speed and memory of each epoch.",
        ),
    ]  # fmt: skip
    return [click.Argument(["what"]), *sorted(options, key=lambda each: _place(each))]


def _place(option: cloup.Option) -> int:
    """Of the option's heading; one that a source brought along comes last."""
    assert option.group is not None, option.name
    return GROUPS.index(option.group.title) if option.group.title in GROUPS else len(GROUPS)


def _fit(
    what: str, data: Path | None, out: Path | None, processes: int | None, resume: bool, more: int | None,
    as_json: bool, quiet: bool, verbose: bool, cache: Path | None, **options: Any,
) -> None:  # fmt: skip
    """Fit a model to data.

    \b
    WHAT is one of
      photos/                   class folders of images, or a CSV of path,label
      images/ --masks masks/    images with segmentation masks
      noisy/ --clean clean/     degraded and clean images, for restoration
      people.csv --target age   a table (CSV, TSV, Parquet)
      stars.csv --user U --item I --target T    ratings
      rows.npz                  arrays x and y
      https://..., s3://...     any of these at an address
      train.py:net --data ...   your own net
    """
    if processes is not None and processes > 1 and not of_several():
        sys.exit(launch(sys.argv[1:], processes))
    with quick_imports(keep=True):
        from goodfit.analysis.verdict import doubt_of
        from goodfit.cli.result import show_run
        from goodfit.fitting.fit import fit
        from goodfit.nets.own_net import is_spec

    own = is_spec(what)
    if own and data is None:
        raise click.UsageError(f"{what} is a net: give the data as well, with --data photos/")
    if not own and data is not None:
        raise click.UsageError(f"--data is for your own net, and {what} is not of the form train.py:net")
    run = fit(
        data or Path(what),
        model=what if own else None,
        out=out,
        resume=resume,
        more=more,
        cache=cache,
        quiet=quiet,
        verbose=verbose,
        **options,
    )
    if is_helper():
        return
    show_run(run, as_json)
    doubt = doubt_of(run.findings)
    if not as_json and doubt is not None:
        click.echo(f"\nNext: {called()} explain {doubt.rule}")
    elif not as_json:
        model = f" --model {quote(what)}" if own else ""
        click.echo(f"\nNext: {called()} predict {quote(str(run.folder))} NEW_DATA -o predictions.csv{model}")


fit = cloup.Command("fit", params=_parameters(), callback=_fit, help=_fit.__doc__, context_settings=SETTINGS)


def data_options(arguments: tuple[str, ...]) -> dict[str, Any]:
    """What options of the data say on the command line of another command: those of `goodfit fit`."""
    names = ("valid", "test", "kind", "cache", *(option.name for option in source_options()))
    of_data = {option.name for option in fit_options() if option.group == "Data"}
    options = [each for each in fit.params if each.name in {*names, *of_data}]
    command = click.Command("check", params=options, add_help_option=False)
    with command.make_context("check", list(arguments)) as context:
        return {name: value for name, value in context.params.items() if value is not None}
