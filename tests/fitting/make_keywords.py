"""Writes src/goodfit/fitting/keywords.py: the keywords of `goodfit.fit` for editors and type checkers.

    python tests/fitting/make_keywords.py

They are declared elsewhere: those of a fit in fitting/options.py, those of a source by its function.
"""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

from goodfit.data import source_options
from goodfit.data.sources import all_sources
from goodfit.fitting.options import FitOptions, fit_options
from goodfit.options import Option

FILE = Path(__file__).parents[2] / "src" / "goodfit" / "fitting" / "keywords.py"
HEAD = '''"""The keywords of `goodfit.fit`, for editors and type checkers. Made by `make keywords`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, TypedDict


class FitKeywords(TypedDict, total=False):
    """What a fit may be told; what is left out is chosen well.
'''


def keywords() -> str:
    """The text of the file."""
    types = {field.name: str(field.type) for field in fields(FitOptions)}
    of_sources = [option for option in source_options() if option.name not in types]
    types |= {option.name: _source_type(option) for option in of_sources}
    options = [*fit_options(), *of_sources]
    lines = [HEAD, "    Attributes:"]
    for option in options:
        lines += _wrapped(f"{option.name}: {option.help}")
    lines += ['    """', ""]
    lines += [f"    {option.name}: {types[option.name]}" for option in options]
    return "\n".join(lines) + "\n"


def _source_type(option: Option) -> str:
    """The annotation that the functions of the sources have; all of them where they differ."""
    kinds: list[str] = []
    for source in all_sources():
        if option.name in {each.name for each in source.options}:
            annotation = str(inspect.signature(source.function()).parameters[option.name].annotation)
            kinds += [kind for kind in annotation.split(" | ") if kind not in kinds]
    kinds = ["Any"] if "Any" in kinds else kinds
    return " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kinds.index(kind))))


def _wrapped(text: str) -> list[str]:
    import textwrap

    return textwrap.wrap(text, 112, initial_indent=" " * 8, subsequent_indent=" " * 12)


if __name__ == "__main__":
    FILE.write_text(keywords(), encoding="utf-8")
