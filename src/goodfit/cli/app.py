"""The commands: each a few lines over the calls that Python users make. Torch is imported by those that need it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from goodfit import __version__
from goodfit.cli import runs, tools
from goodfit.cli.options import called, common, option
from goodfit.data import source_options
from goodfit.errors import GoodfitError

BAD_INPUT, INTERRUPTED = 2, 130
SOURCE_OPTIONS = {extra.name: extra for extra in source_options()}


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
      goodfit fit photos/                  a folder of images for each class -> model, report, predictions
      goodfit fit people.csv --target income         a table
      goodfit fit stars.csv --user who --item film --target stars       ratings
      goodfit fit street/images --masks street/masks     the class of every pixel
      goodfit predict runs/photos new/     predict new images
    """


@app.command()
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder to make [goodfit-demo].")
@common
def demo(out: Path | None, as_json: bool, quiet: bool, cache: Path | None) -> None:
    """Train on embedded real data: 1,797 handwritten digits, written out as images in class folders."""
    from goodfit.cli.demo import free_folder, run_demo

    folder = out or free_folder()
    _show(run_demo(folder, quiet=quiet, cache=cache), as_json)
    if not as_json:
        click.echo(f"\nNext: {called()} predict {folder}/run {folder}/new -o predictions.csv")


@app.command()
@click.argument("what")
@option("--data", click.Path(path_type=Path), "The data, when WHAT is a net of your own.")
@option("--valid", click.Path(path_type=Path), "Validation data that came apart.")
@option("--test", click.Path(path_type=Path), "Test data that came apart.")
@option("--kind", str, "How to read the data, where it could be read in two ways: images, table, ... [found from it].")
@option("--out", click.Path(path_type=Path), "The run folder [runs/NAME of the data].")
@click.option("--resume", is_flag=True, help="Go on with a stopped run.")
@option("--epochs", int, "Passes over the training rows.")
@option("--minutes", float, "A time budget instead: the schedule is fitted to it.")
@option("--arch", str, "The architecture, such as resnet34, unet-resnet18, tabm: goodfit nets lists them.")
@option("--width", int, "Channels of its first stage.")
@click.option("--checkpointing", is_flag=True, help="Dense nets: compute maps again instead of keeping them.")
@option("--pretrained", str, "Published weights: a .safetensors file, or a hub name such as timm/resnet18.a1_in1k.")
@option("--freeze", int, "Fine-tuning: epochs in which the head alone learns [1].")
@option("--task", str, "classification, multilabel or regression, when the targets leave it open.")
@option("--batch-size", int, "Rows of one pass.")
@option("--accumulate", int, "Passes of one step: equal to a batch as many times as large.")
@option("--lr", str, "The peak learning rate, or find.")
@option("--optimiser", str, "adamw, muon or sgd.")
@option("--weight-decay", float, "Pull of the weights towards zero; norms and biases are spared.")
@option("--schedule", str, "one-cycle, cosine, linear, steps or constant.")
@option("--label-smoothing", float, "Share of the target spread over all classes.")
@option("--clip", float, "Largest norm of the gradient.")
@option("--ema", float, "Decay of a moving average of the weights, such as 0.999.")
@option("--augment", str, "none, light (shifts), mirror (and flips), standard, strong; scenes (masks), pieces.")
@option("--feature-net", str, "Of --loss feature: a run of a resnet, or resnet18:weights.safetensors.")
@option("--loss", str, "Masks: dice, cross-entropy or focal. Restoration: mse, l1 or feature.")
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
    kind: str | None,
    out: Path | None,
    resume: bool,
    as_json: bool,
    quiet: bool,
    cache: Path | None,
    lr: str | None,
    **options: Any,
) -> None:
    """Fit a model to data.

    WHAT is class folders of images (with or without train/, valid/, test/ above them), a CSV of path,label; images
    with --masks, or degraded ones with --clean; a table (CSV, TSV, Parquet) with --target; ratings with --user, --item
    and --target; a .npz of x and y; or your own net as train.py:net, with --data.
    """
    from goodfit.data import open_path
    from goodfit.fitting.fit import fit as fit_model
    from goodfit.nets.own_net import is_spec

    own = is_spec(what)
    if own and data is None:
        raise click.UsageError(f"{what} is a net: give the data as well, by --data photos/")
    if not own and data is not None:
        raise click.UsageError(f"--data is for a net of your own, and {what} is not of the form train.py:net")
    of_source = {name: options.pop(name) for name in SOURCE_OPTIONS}
    place = data if data is not None else Path(what)
    run = fit_model(
        open_path(place, valid=valid, test=test, kind=kind, **of_source),
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
        click.echo(f"\nNext: {called()} predict {run.folder} NEW_DATA -o predictions.csv{model}")


for _extra in SOURCE_OPTIONS.values():
    fit.params.append(
        click.Option([f"--{_extra.name.replace('_', '-')}"], type=_extra.type, default=None, help=_extra.help)
    )


for _command in (*runs.ALL, *tools.ALL):
    app.add_command(_command)


def _show(run: Any, as_json: bool) -> None:
    from goodfit.store.result import lines, public

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
