"""What `--help` says, command by command: a change is seen in the diff of its snapshot.

GOODFIT_WRITE_SNAPSHOTS=1 python -m pytest tests/cli/test_help.py     writes them again
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from goodfit.cli.app import app

SNAPSHOTS = Path(__file__).parent / "help"
OLD_WORDS = re.compile(r"\b(pictures?|mend|told|came apart|the class of every pixel|found by itself)\b")


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


def help_of(words: tuple[str, ...]) -> str:
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="goodfit", terminal_width=100)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("words", list(commands(app)), ids=lambda words: "-".join(("goodfit", *words)))
def test_help_is_as_it_was_read_last(words: tuple[str, ...]) -> None:
    path, text = SNAPSHOTS / f"{'-'.join(('goodfit', *words))}.txt", help_of(words)
    if os.environ.get("GOODFIT_WRITE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "read it aloud, then write the snapshot again: see the docstring"


def test_no_line_of_the_list_of_commands_is_cut_in_a_terminal_of_80_letters() -> None:
    text = CliRunner().invoke(app, ["--help"], prog_name="goodfit", terminal_width=80).output
    assert "..." not in text.replace("[ARGS]...", "")


def test_every_snapshot_is_of_a_command() -> None:
    names = {"-".join(("goodfit", *words)) for words in commands(app)}
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == names


def test_no_help_has_an_old_word() -> None:
    for words in commands(app):
        assert not OLD_WORDS.findall(help_of(words).lower()), words


def test_no_line_of_help_is_wider_than_the_terminal() -> None:
    for words in commands(app):
        assert max(map(len, help_of(words).splitlines())) <= 100, words
