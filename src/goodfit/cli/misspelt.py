"""What is said of a command or an option that there is not: the one that was meant, by spelling or by its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import join

import click

from goodfit.formatting import listed, nearest
from goodfit.options import named_otherwise, not_needed

COMMANDS_MEANT = {  # what people type -> the command that does it
    **dict.fromkeys(("train", "learn", "run", "model", "new", "create"), "fit"),
    **dict.fromkeys(("test", "eval", "score", "validate"), "evaluate"),
    **dict.fromkeys(("infer", "inference", "apply", "classify"), "predict"),
    **dict.fromkeys(("show", "plot", "view", "open", "html"), "report"),
    **dict.fromkeys(("list", "ls", "history"), "runs"),
    **dict.fromkeys(("describe", "profile", "info", "summary"), "stats"),
    **dict.fromkeys(("lint", "watch", "verify"), "check"),
    **dict.fromkeys(("init", "tutorial", "example", "start"), "demo"),
    **dict.fromkeys(("doc", "docs", "why"), "explain"),
    **dict.fromkeys(("diff", "vs"), "compare"),
    **dict.fromkeys(("models", "architectures"), "nets"),
    "embeddings": "embed",
    "version": "--version",
    "help": "--help",
}
PROGRAM = ".py"
FIT = "goodfit fit"
HIDDEN = " profile"  # goodfit stats people.csv is goodfit stats profile people.csv


def no_such_command(words: Sequence[str], commands: Sequence[str]) -> str:
    """A sentence about a command line whose first word is no command.

    Args:
        words: what was typed after goodfit.
        commands: those that there are.
    """
    name, rest = words[0], list(words[1:])
    return f"there is no command '{name}'. {_advice(name, rest, commands)}"


def _advice(name: str, rest: Sequence[str], commands: Sequence[str]) -> str:
    if name == "help":
        known = [word for word in rest[:1] if word in commands]
        return f"Did you mean goodfit {' '.join([*known, '--help'])}?"
    if Path(name).exists():
        command = "check" if name.endswith(PROGRAM) else "report" if (Path(name) / "run.json").exists() else "fit"
        return f"There is a file or folder of this name: goodfit {command} {join([name, *rest])}"
    meant = COMMANDS_MEANT.get(name.lower())
    near = [meant] if meant is not None else nearest(name, commands)
    if near:
        return f"Did you mean {listed((f'goodfit {each}' for each in near), 'or')}?"
    return "goodfit --help lists all commands"


def no_such_option(error: click.NoSuchOption, group: click.Group) -> str:
    """A sentence about an option that its command does not have: the one that was meant, or whose option it is.

    Args:
        group: all commands.
    """
    flag, context = error.option_name, error.ctx
    own = [] if context is None else _flags(context.command)
    path = "goodfit" if context is None else context.command_path.removesuffix(HIDDEN)
    start = f"{path} has no option {flag}"
    long = [each.removeprefix("--") for each in own if each.startswith("--")]
    instead = not_needed(flag)
    if instead is not None and path == FIT:
        return f"{start}. {instead}"
    meant = named_otherwise(flag, [name.replace("-", "_") for name in long])
    if meant is None and flag in ("-v", "-V") and "version" in long:
        meant = "version"
    typed = flag.lstrip("-").replace("_", "-")
    if typed in long:  # --batch_size
        meant = typed
    near = [meant.replace("_", "-")] if meant is not None else nearest(typed, long)
    advice = f". Did you mean {listed((f'--{each}' for each in near), 'or')}?" if near else ""
    others = [name for name, other in _commands(group).items() if flag in _flags(other)]
    if others and meant is None:
        return f"{start}: it is one of {listed(f'goodfit {name}' for name in others)}{advice}"
    if not near and typed in group.commands:
        return f"{start}: goodfit {typed} is a command of its own"
    return f"{start}{advice}" if near else f"{start}. {path} --help lists those that it has"


def _commands(group: click.Group) -> dict[str, click.Command]:
    """All commands, loaded."""
    found = {}
    for name, command in group.commands.items():
        load = getattr(command, "load", None)  # of a command that is imported when it is called
        found[name] = command if load is None else load()
    return found


def _flags(command: click.Command) -> list[str]:
    return [flag for each in command.params if isinstance(each, click.Option) for flag in each.opts]
