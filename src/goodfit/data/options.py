"""The options that a source brings to the command line. Each source file names its own; the command adds them all."""

from __future__ import annotations

from typing import NamedTuple


class SourceOption(NamedTuple):
    """`--name VALUE` of `goodfit fit`, handed to the source's opening function as `name=value`."""

    name: str
    type: type
    help: str
