"""A page of a lesson: blocks of code that are run one after the other, as a notebook is, and text that is measured.

```python                      run, in one namespace for the page
```console                     each line `$ goodfit ...` is run
```text                        right below one of these: what it printed
<!-- file train.py -->         the python block below is written to this file instead
<!-- needs ml-100k -->         the block below is run where /shared/data has this folder
<!-- measured: NAME -->        from here to <!-- end -->: made from the figures of `make lessons`
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "lessons"
SHARED = Path(os.environ.get("GOODFIT_LESSONS_DATA", ROOT.parent / "shared" / "data"))

NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?%?")
REGION = re.compile(r"(?P<start><!-- measured: (?P<name>[\w-]+) -->\n)(?P<body>.*?)(?P<end>\n?<!-- end -->)", re.DOTALL)
RELATIVE, ABSOLUTE, POINTS = 0.03, 0.011, 2.0  # by how much a number with decimals, a percentage may differ by machine
RULE = re.compile(r"`goodfit explain ([\w-]+)` \((GF\d{3})\)")

Command = Callable[[str, Path], str]  # the words after goodfit, the folder → what it printed


@dataclass(frozen=True)
class Block:
    """A block of a page that is run; lines are counted from 0, the fences left out."""

    language: str
    source: str
    line: int
    file: str | None = None
    needs: str | None = None
    output: str | None = None
    output_lines: tuple[int, int] | None = None  # from and to, where the printed text stands in the page


def pages() -> list[Path]:
    """The lessons, in their order."""
    return sorted(FOLDER.glob("[0-9][0-9]-*.md"))


def blocks(text: str) -> list[Block]:
    """The blocks of a page that are run. ValueError for a fence that is never closed."""
    lines, at = text.splitlines(), 0
    found: list[Block] = []
    while at < len(lines):
        if not lines[at].startswith("```"):
            at += 1
            continue
        language, start = lines[at][3:].strip(), at + 1
        end = _closing(lines, start)
        mark = re.fullmatch(r"<!-- (?:file (\S+)|needs (\S+)) -->", lines[at - 1]) if at else None
        file, needs = mark.groups() if mark is not None else (None, None)
        at = end + 1
        if language not in ("python", "console"):
            continue
        output: str | None = None
        where: tuple[int, int] | None = None
        following = at
        while following < len(lines) and not lines[following].strip():
            following += 1
        if language == "python" and lines[following : following + 1] == ["```text"]:
            where = (following + 1, _closing(lines, following + 1))
            output = "\n".join(lines[where[0] : where[1]])
            at = where[1] + 1
        found.append(Block(language, "\n".join(lines[start:end]), start, file, needs, output, where))
    return found


def _closing(lines: list[str], start: int) -> int:
    for number in range(start, len(lines)):
        if lines[number] == "```":
            return number
    raise ValueError(f"line {start}: this block of code is never closed")


def run(block: Block, namespace: dict[str, Any], folder: Path, command: Command, name: str = "lesson") -> str | None:
    """Run a block in `folder`, which is the current one, and return what it printed; None where its data is missing."""
    if block.needs is not None and not (folder / block.needs).exists():
        if not (SHARED / block.needs).is_dir():
            return None
        (folder / block.needs).symlink_to(SHARED / block.needs)
    if block.file is not None:
        (folder / block.file).write_text(block.source + "\n", encoding="utf-8")
        return ""
    if block.language == "console":
        printed = [f"$ {line}\n{command(line.removeprefix('goodfit '), folder)}".rstrip() for line in commands(block)]
        return "\n".join(printed)
    code = compile("\n" * block.line + block.source, name, "exec")  # a traceback names the line of the page
    with contextlib.redirect_stdout(io.StringIO()) as printed_text:
        exec(code, namespace)
    return printed_text.getvalue().rstrip()


def commands(block: Block) -> list[str]:
    """The commands of a console block, without `$ `. ValueError for one that is not goodfit's."""
    lines = [line[2:] for line in block.source.splitlines() if line.startswith("$ ")]
    for line in lines:
        if not line.startswith("goodfit "):
            raise ValueError(f"a lesson runs goodfit commands only, not `{line}`")
    return lines


def goodfit_command(words: str, folder: Path) -> str:
    """Run `goodfit WORDS` in a process of its own; what it prints on stdout, whatever its exit status."""
    program = [sys.executable, "-m", "goodfit", *shlex.split(words)]
    width = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT / "src")}
    result = subprocess.run(program, cwd=folder, env=width, capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"goodfit {words} ended with {result.returncode}:\n{result.stderr}")
    return result.stdout.rstrip()


def same(shown: str, printed: str) -> bool:
    """Whether two outputs are the same words and numbers; numbers with decimals may differ a little by machine."""
    if NUMBER.sub("#", shown).split() != NUMBER.sub("#", printed).split():
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    return all(_near(one.replace(",", ""), other.replace(",", "")) for one, other in pairs)


def _near(one: str, other: str) -> bool:
    if one.endswith("%"):
        return math.isclose(float(one[:-1]), float(other[:-1]), rel_tol=0, abs_tol=POINTS)
    if not re.search(r"[.e]", one + other):
        return int(one) == int(other)
    return math.isclose(float(one), float(other), rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def with_outputs(text: str, printed: Mapping[int, str]) -> str:
    """The page with the outputs of its blocks (by the blocks' lines) put in."""
    lines = text.splitlines()
    for block in reversed(blocks(text)):
        if block.line not in printed:
            continue
        if block.output_lines is not None:
            start, end = block.output_lines
            lines[start:end] = printed[block.line].splitlines()
        elif block.language == "console":
            lines[block.line : block.line + len(block.source.splitlines())] = printed[block.line].splitlines()
    return "\n".join(lines) + "\n"


def regions(text: str) -> dict[str, str]:
    """The measured texts of a page, by name."""
    return {match["name"]: match["body"] for match in REGION.finditer(text)}


def with_regions(text: str, texts: Mapping[str, str]) -> str:
    """The page with its measured texts put in. KeyError for a region that nothing was measured for."""
    return REGION.sub(lambda match: match["start"] + texts[match["name"]].strip() + "\n<!-- end -->", text)
