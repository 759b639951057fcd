"""The command: its subcommands are each a few lines over the calls of Python, and import torch only where needed."""

from __future__ import annotations

import importlib
import sys

import click

from goodfit import __version__
from goodfit.cli import check, compare, explain, labels, processes, run_overview, runs, streams, threshold, tools
from goodfit.cli.misspelt import no_such_command, no_such_option
from goodfit.cli.options import SETTINGS
from goodfit.cli.processes import BAD_INPUT
from goodfit.cli.wrong_order import in_order
from goodfit.errors import GoodfitError, ProcessError
from goodfit.fitting.console import visible
from goodfit.formatting import listed, sentence
from goodfit.lazy_pattern import lazy_pattern
from goodfit.naming import names_of_the_command

INTERRUPTED = 130
LETTERS_OF_MESSAGE = 2_000
RANGE = lazy_pattern(r"is not in the range (\S+)<=x<=(\S+)")  # what click says
EXAMPLES = {  # what to write, where a command is called without what it needs
    "fit": "Give the data: goodfit fit photos/, or goodfit fit people.csv --target income",
    "predict": "Give a run and new data: goodfit predict runs/people new.csv -o predictions.csv",
    "evaluate": "Give a run and data with the truth: goodfit evaluate runs/people held_out.csv",
    "compare": "Give two or more runs, or files of predictions: goodfit compare runs/a runs/b",
    "check": "Give a program or data: goodfit check train.py, or goodfit check photos/",
    "report": "Give a run: goodfit report runs/people -o report.html",
    "card": "Give a run: goodfit card runs/people -o card.md",
    "labels": "Give a run: goodfit labels runs/people",
    "threshold": "Give a run: goodfit threshold runs/people --cost-fp 1 --cost-fn 5",
    "area": "Give a number of deviations: goodfit stats area 1.96",
}


HEADINGS = {
    "Begin": ("demo", "fit"),
    "Use a run": ("predict", "embed", "evaluate", "recommend", "similar", "threshold", "report", "card", "runs"),
    "Compare and check": ("compare", "check", "labels", "stats", "explain"),
    "More": ("nets", "degrade", "cache"),
}


class Commands(click.Group):
    """Lists the commands under headings, in the order in which a newcomer meets them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = formatter.width - 6 - max(map(len, self.commands))
        for heading, names in HEADINGS.items():
            with formatter.section(heading):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(width)) for name in names])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            ctx.fail(no_such_command(args, list(self.commands)))
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Late) else command, rest


class Late(click.Command):
    """A command whose module is imported when it is called: `goodfit --help` does without every source of data."""

    def load(self) -> click.Command:
        """The command itself."""
        command: click.Command = getattr(importlib.import_module(f"goodfit.cli.{self.name}"), str(self.name))
        return command


WELCOME = f"""\
goodfit {__version__}: from data to a model that you can trust, in one command.

  goodfit demo                          see it work on real data, in under a minute
  goodfit fit photos/                   fit a model: to images in class folders, or people.csv --target income
  goodfit predict runs/photos new/      predict new data with it
  goodfit check train.py                find silent mistakes in a PyTorch program of your own, or in data
  goodfit explain overfitting           explain a finding, a metric, an option or a verdict

All commands: goodfit --help
"""


@click.group(cls=Commands, context_settings=SETTINGS, invoke_without_command=True)
@click.version_option(__version__, prog_name="goodfit")
@click.option("--traceback", is_flag=True, help="Show the whole traceback of an error.")
@click.pass_context
def app(context: click.Context, traceback: bool) -> None:
    """From data to a model that you can trust, in one command.

    \b
      goodfit demo                              see it work, in under a minute
      goodfit fit photos/                       images in class folders
      goodfit fit people.csv --target income    a table
      goodfit fit street/ --masks masks         segmentation
      goodfit predict runs/photos new/          predict new images
      goodfit check train.py                    find silent mistakes in your own program
    """
    context.with_resource(names_of_the_command())
    if context.invoked_subcommand is None:
        click.echo(WELCOME, nl=False)


for _command in (
    tools.demo,
    Late("fit", help="Fit a model to data."),
    *runs.ALL,
    *run_overview.ALL,
    compare.compare,
    labels.labels,
    threshold.threshold,
    *check.ALL,
    explain.explain,
    Late("stats", help="Describe the columns of a table, or look up the normal curve."),
    *tools.ALL,
):
    app.add_command(_command)


def main() -> None:
    """The command: errors in one line, exit status 2; Ctrl-C 130; 0 where the reader of stdout went, as head does."""
    arguments = sys.argv[1:]
    full = "--traceback" in arguments
    arguments = [argument for argument in arguments if argument != "--traceback"]
    open_at_start = streams.prepare()
    if processes.refused_before():
        sys.exit(BAD_INPUT)
    status: int | str | None = 0
    try:
        result = app.main(arguments, prog_name="goodfit", standalone_mode=False)
        status = result if isinstance(result, int) else 0
        streams.finish(open_at_start=open_at_start)
    except click.exceptions.Exit as stop:
        status = stop.exit_code
    except SystemExit as stop:
        reader_gone = "PacifyFlush" in type(sys.stdout).__name__  # click's answer to a broken pipe
        status = 0 if reader_gone else stop.code
    except (KeyboardInterrupt, click.Abort):
        if processes.speaks(for_good=False):
            print("interrupted", file=sys.stderr)
        status = INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:  # a group of commands alone, as goodfit alone: what one can do
        click.echo(error.ctx.get_help() if error.ctx is not None else error.format_message())
    except click.ClickException as error:
        status = _say(_explained(error)) if processes.speaks(for_good=True) else BAD_INPUT
    except ProcessError as error:
        status = _say_error(error) if processes.speaks(for_good=False) else BAD_INPUT
    except GoodfitError as error:
        if full:
            raise
        status = _say_error(in_order(error, arguments)) if processes.speaks(for_good=True) else BAD_INPUT
    except (MemoryError, RuntimeError) as error:
        if full or not _out_of_memory(error):
            raise
        which = processes.named_of_several()
        fix = "Give a smaller --batch-size or less data at once; --traceback shows where it was asked for"
        status = _say(f"out of memory{which}. {fix}.") if processes.speaks(for_good=False) else BAD_INPUT
    except BrokenPipeError:
        streams.give_up_stdout()
    except OSError as error:
        if full:
            raise
        streams.give_up_stdout()
        status = _say_error(streams.unwritable(error))
    if status:
        sys.exit(status)


def _explained(error: click.ClickException) -> str:
    """In click's words, and what to give: of an argument that is missing, a second one of fit, an unknown option."""
    if isinstance(error, click.NoSuchOption):
        return sentence(no_such_option(error, app))
    message = _plain(error.format_message().rstrip("."))
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = None if context is None else context.command.name
    if context is not None and isinstance(error, click.MissingParameter):
        message += f". {EXAMPLES.get(str(command), context.get_usage())}; {context.command_path} --help says more"
    if context is not None and isinstance(context.command, click.Group) and message.startswith("No such command"):
        message += f". {context.command_path} has {listed(context.command.list_commands(context))}"
    if command == "fit" and message.startswith("Got unexpected extra argument"):
        message += ". Data is one file or folder, and options say the rest: --target COLUMN, --test MORE_DATA"
    elif command in EXAMPLES and message.startswith("Got unexpected extra argument"):
        message += f". {EXAMPLES[command]}"
    return sentence(message)


def _plain(message: str) -> str:
    """What click says of a value, in words without its names of types."""
    for kind, words in (("integer range", "whole number"), ("integer", "whole number"), ("float", "number")):
        message = message.replace(f"is not a valid {kind}", f"is not a {words}")
    return RANGE.sub(r"is out of range. Give \1 to \2", message)


def _out_of_memory(error: BaseException) -> bool:
    from goodfit.train.memory import out_of_memory

    return out_of_memory(error)


def _say_error(error: Exception) -> int:
    with names_of_the_command():
        return _say(str(error))


def _say(message: str) -> int:
    """One line on stderr, whatever is in the names that it quotes."""
    line = visible(" ".join(message.split("\n")))
    if len(line) > LETTERS_OF_MESSAGE:
        line = f"{line[: LETTERS_OF_MESSAGE // 2]} ... {line[-LETTERS_OF_MESSAGE // 2 :]}"
    print(f"goodfit: {line}", file=sys.stderr)
    return BAD_INPUT
