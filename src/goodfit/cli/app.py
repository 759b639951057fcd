"""The command: its subcommands are each a few lines over the calls of Python, and import torch only where needed."""

from __future__ import annotations

import importlib
import sys

import click

from goodfit import __version__
from goodfit.cli import check, runs, tools
from goodfit.cli.options import SETTINGS
from goodfit.errors import GoodfitError

BAD_INPUT, INTERRUPTED = 2, 130


class Commands(click.Group):
    """Lists the commands in the order in which a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Late) else command, rest


class Late(click.Command):
    """A command whose module is imported when it is called: `goodfit --help` does without every source of data."""

    def load(self) -> click.Command:
        """The command itself."""
        command: click.Command = getattr(importlib.import_module(f"goodfit.cli.{self.name}"), str(self.name))
        return command


@click.group(cls=Commands, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="goodfit")
@click.option("--traceback", is_flag=True, help="Show the whole traceback of an error.")
def app(traceback: bool) -> None:
    """From data to a model that you can trust, in one command.

    \b
      goodfit demo                              see it work, in under a minute
      goodfit fit photos/                       images in class folders
      goodfit fit people.csv --target income    a table
      goodfit fit street/ --masks masks         segmentation
      goodfit predict runs/photos new/          predict new images
      goodfit check train.py                    find silent mistakes in your own program
    """


for _command in (tools.demo, Late("fit", help="Fit a model to data."), *runs.ALL, *check.ALL, *tools.ALL):
    app.add_command(_command)


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
