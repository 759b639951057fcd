"""Options that several commands have."""

from __future__ import annotations

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
            "Where decoded pictures are kept [$GOODFIT_CACHE, else the user's cache].",
        ),
    ):
        command = add(command)
    return command
