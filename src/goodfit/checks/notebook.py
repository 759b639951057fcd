"""Findings in a notebook: under the cell that led to them, as a table; and a notebook's cells run as one program."""

from __future__ import annotations

import html
import json
import linecache
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, Protocol

from goodfit.checks.finding import Finding, Level
from goodfit.checks.formats import place
from goodfit.errors import UsageError
from goodfit.lazy_pattern import lazy_pattern

COLOURS = {Level.ERROR: "#b3261e", Level.WARNING: "#9a6700", Level.NOTICE: "#57606a"}
MAGIC = lazy_pattern(r"^(\s*)[%!?]|^(\s*)\w[\w.]*\?+$")  # a line that IPython reads, and Python does not
TIMED = ("%%time", "%%timeit", "%%capture", "%%prun")  # cell magics whose cell is Python


class Watching(Protocol):
    """What has findings that grow."""

    @property
    def findings(self) -> list[Finding]: ...


def after_each_cell(watching: Watching) -> Callable[[], None] | None:
    """Show new findings under each cell of the notebook that runs now; what ends that. None outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return None
    shown: set[tuple[str, str | None, int | None]] = set()

    def show(_: Any = None) -> None:
        fresh = [each for each in watching.findings if (each.rule, each.file, each.line) not in shown]
        shown.update((each.rule, each.file, each.line) for each in fresh)
        if fresh:
            from IPython.display import HTML, display

            display(HTML(as_html(fresh)))  # type: ignore[no-untyped-call]  # theirs

    shell.events.register("post_run_cell", show)

    def leave() -> None:
        shell.events.unregister("post_run_cell", show)

    return leave


def as_html(findings: Sequence[Finding]) -> str:
    """A table: level and rule, place, message and fix."""
    if not findings:
        return "<p>goodfit: no findings</p>"
    rows = []
    for each in findings:
        times = f" (seen {each.count} times)" if each.count > 1 else ""
        rows.append(
            f'<tr><td style="color:{COLOURS[each.level]};vertical-align:top"><b>{each.level.value}</b></td>'
            f'<td style="text-align:left;vertical-align:top"><code>{html.escape(each.rule)}</code><br>'
            f"<small>{html.escape(place(each))}{times}</small></td>"
            f'<td style="text-align:left">{html.escape(each.message)}.<br><i>{html.escape(each.fix)}.</i></td></tr>'
        )
    return f"<table>{''.join(rows)}</table>"


def cells(path: Path) -> Iterator[CodeType]:
    """The code cells of a notebook, compiled one by one; their lines are those of the cell. Magics are left out.

    Raises:
        UsageError: not a notebook, or a cell that is not Python.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"not a notebook ({type(error).__name__}: {error})", where=path, fix="Give a file that Jupyter has saved"
        ) from error
    for number, source in enumerate(sources, 1):
        text = python_of(source if isinstance(source, str) else "".join(source))
        name = f"{path.absolute()}[{number}]"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        try:
            yield compile(text, name, "exec")
        except (SyntaxError, ValueError) as error:
            raise UsageError(f"code cell {number} is not valid Python ({error})", where=path, fix="Fix it") from error


def python_of(cell: str) -> str:
    """A cell without what only IPython reads; lines keep their numbers."""
    lines = cell.split("\n")
    if lines[0].startswith("%%"):
        if not lines[0].startswith(TIMED):
            return ""
        lines[0] = ""
    kept = []
    for line in lines:
        magic = MAGIC.match(line)
        kept.append(f"{magic[1] or magic[2] or ''}pass" if magic else line)
    return "\n".join(kept)
