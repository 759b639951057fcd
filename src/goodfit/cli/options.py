"""Options that several commands have, and how they name the program."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


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
            "Where decoded images are kept [$GOODFIT_CACHE, else the user's cache].",
        ),
    ):
        command = add(command)
    return command


def called() -> str:
    """This program as the user's shell will find it again: goodfit, or the path that it was called by."""
    here = Path(sys.argv[0])
    if here.name == "__main__.py":
        return "python -m goodfit"
    found = shutil.which("goodfit")
    if here.stem != "goodfit" or (found is not None and Path(found).resolve() == here.resolve()):
        return "goodfit"
    return str(here)
