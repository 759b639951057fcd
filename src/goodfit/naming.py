"""How messages name options, and data that was fetched (by its address, not by the path of its copy).

An option is `--batch-size 8` to who uses the command, `batch_size=8` to who calls from Python.

Messages are written with the names of the command line. This is the one place where they are turned into keywords:
`GoodfitError` does it as it is shown, unless the command shows it (`names_of_the_command`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from goodfit.lazy_pattern import lazy_pattern

FLAGS = {"overlay", "quiet", "raw", "resume", "verbose"}  # without a value; `Option` adds its own
COMMAND_ONLY = {"help", "json", "processes", "traceback", "write-baseline"}  # options that no call has

# Words of a sentence that follow an option; any other word after an option with a value is the value.
WORD = lazy_pattern(
    "also|and|as|at|by|chooses|does|for|gives|has|if|in|is|makes|means|must|names|of|or|out|reads|settles|sums|takes|"
    "that|the|their|this|to|was|were|where|with|without|would"
)

OPTION = lazy_pattern(r"(?<![\w-])--([a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?: (?=(\S+)))?")
COMMAND_LINE = lazy_pattern(r"\bgoodfit [a-z]+(?: (?:--?[a-z][a-z-]*|[A-Z][A-Z.]*\b|[\w.]*[/.][\w./]*))*")

_command = False
_addresses: dict[str, str] = {}  # of what was fetched, by the paths of its copies


@contextmanager
def names_of_the_command(of_command: bool = True) -> Iterator[None]:
    """Messages that are shown inside name options as the command line does."""
    global _command
    before, _command = _command, of_command
    try:
        yield
    finally:
        _command = before


def name_by_address(copy: Path, address: str) -> None:
    """Messages name this path, and what is beneath it, by the address that it was fetched from."""
    _addresses.update({str(copy): address, str(copy.resolve()): address})


def with_addresses(message: str) -> str:
    """A message in which copies of fetched data have their addresses."""
    for copy in sorted(_addresses, key=len, reverse=True):
        message = message.replace(copy, _addresses[copy])
    return message


def named(message: str) -> str:
    """A message with the names of options that its reader uses; command lines in it stay as they are typed."""
    if _command or "--" not in message:
        return message
    parts, end = [], 0
    for typed in COMMAND_LINE.finditer(message):
        parts += [OPTION.sub(_keyword, message[end : typed.start()]), typed.group()]
        end = typed.end()
    return "".join([*parts, OPTION.sub(_keyword, message[end:])])


def _keyword(option: re.Match[str]) -> str:
    name, following = option.group(1), option.group(2)
    space = "" if following is None else " "
    if name in COMMAND_ONLY:
        return option.group()
    if name in FLAGS or name.removeprefix("no-") in FLAGS:
        denied = name not in FLAGS
        return f"{_python(name.removeprefix('no-') if denied else name)}={not denied}{space}"
    word = "" if following is None else following.rstrip(",.;:)")
    return f"{_python(name)}={space if WORD.fullmatch(word) else ''}"


def _python(name: str) -> str:
    return name.replace("-", "_")
