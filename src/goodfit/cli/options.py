"""Options that several commands have, those that are declared elsewhere, and how they name the program."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import cloup
from cloup import OptionGroup

from goodfit.options import GROUPS, Option

A_PATH = click.Path(path_type=Path)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110, "show_default": False}
HEADINGS = {name: OptionGroup(name) for name in GROUPS}

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def option(name: str, kind: Any, text: str, **more: Any) -> Decorator:
    """An option with a value, None where it is not given."""
    return click.option(name, type=kind, default=None, help=text, **more)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that every command with data has."""
    for parameter in reversed(common_options()):
        command = _added(command, parameter)
    return command


def common_options(heading: OptionGroup | None = None) -> list[cloup.Option]:
    """--cache, --quiet and --json."""
    cache = "Folder for decoded images [$GOODFIT_CACHE, or the user's cache]."
    return [
        cloup.Option(["--cache"], type=A_PATH, default=None, help=cache, group=heading),
        cloup.Option(["-q", "--quiet"], is_flag=True, help="Show no progress.", group=heading),
        cloup.Option(
            ["--json", "as_json"], is_flag=True, help="Print one JSON object on stdout, all else on stderr.",
            group=heading,
        ),
    ]  # fmt: skip


def declared(options: Iterable[Option], *, but: Iterable[str] = ()) -> list[cloup.Option]:
    """Options of the command line from their declarations, under their headings."""
    return [_declared(each) for each in options if each.name not in but]


def declared_as_well(*options: Option) -> Decorator:
    """The same for a command that has other options besides."""

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        for parameter in reversed(declared(options)):
            command = _added(command, parameter)
        return command

    return decorated


def _declared(declaration: Option) -> cloup.Option:
    heading = HEADINGS.setdefault(declaration.group, OptionGroup(declaration.group))
    if declaration.type is bool and declaration.either:
        flags = f"{declaration.flag}/--no-{declaration.flag.removeprefix('--')}"
        return cloup.Option([flags], default=None, help=declaration.help, group=heading)
    if declaration.type is bool:
        return cloup.Option([declaration.flag], is_flag=True, default=None, help=declaration.help, group=heading)
    kind = _Several if declaration.several else cloup.Option
    return kind([declaration.flag], type=declaration.type, default=None, help=declaration.help, group=heading)


class _Several(cloup.Option):
    """An option of names separated by commas, which may be given several times: --target a --target b is a,b."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser keep all that is given, in place of the last."""
        super().add_to_parser(parser, ctx)
        for name in self.opts:
            parser._long_opt[name].action = "append"

    def consume_value(self, ctx: click.Context, opts: Any) -> Any:
        """All that was given, separated by commas."""
        given: Any = opts.get(str(self.name))
        if isinstance(given, list):
            opts = {**opts, str(self.name): ",".join(given)}
        return super().consume_value(ctx, opts)


def _added(command: Callable[..., Any], parameter: cloup.Option) -> Callable[..., Any]:
    """The function with one more option, as click's own decorators leave it."""
    parameters = command.__dict__.setdefault("__click_params__", [])
    parameters.append(parameter)
    return command


def called() -> str:
    """This program as the user's shell will find it again: goodfit, or the path that it was called by."""
    here = Path(sys.argv[0])
    if here.name == "__main__.py":
        return "python -m goodfit"
    on_path = shutil.which("goodfit")
    if here.stem != "goodfit" or (on_path is not None and Path(on_path).resolve() == here.resolve()):
        return "goodfit"
    return str(here)
