"""What is said where a command was given data and needs a run: its words in the right order, or where a run comes from.

An error knows the path that is not a run; the words that were typed know whether a run stands behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import join

from goodfit.cli.options import called
from goodfit.errors import GoodfitError, NotARunError
from goodfit.store.run_folder import RECORD

RUN_THEN_DATA = ("predict", "embed", "evaluate")
WORDS_AT_MOST = 12  # of a command that is written out again: not every photo of new/*.jpg


def in_order(error: GoodfitError, words: Sequence[str]) -> GoodfitError:
    """The error with what to type; any error but `NotARunError` as it is.

    Args:
        words: what was typed after goodfit.
    """
    if not isinstance(error, NotARunError) or not words:
        return error
    return NotARunError(error.what, where=error.where, fix=_fix(error, words[0], list(words[1:])))


def _fix(error: NotARunError, command: str, rest: list[str]) -> str | None:
    program = called()
    run = next((word for word in rest if not word.startswith("-") and (Path(word) / RECORD).is_file()), None)
    if command in RUN_THEN_DATA:
        if run is None:
            return f"Give the run first and the data after it: {program} {command} runs/NAME {error.where}"
        others = [word for word in rest if word != run]
        right = join([command, run, *others]) if len(others) < WORDS_AT_MOST else f"{join([command, run])} DATA"
        return f"Give the run first and the data after it: {program} {right}"
    if command == "compare":
        return f"Give runs, or files of predictions: {program} compare runs/A runs/B"
    fit = f"{program} fit {join([str(error.where)])} makes one"
    return f"Give a run that goodfit fit made: {program} {command} runs/NAME" + (f". If this is your data, {fit}")
