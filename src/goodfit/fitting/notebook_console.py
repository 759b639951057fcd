"""What a fit shows in a notebook: one block of lines under the cell, with a bar, that is written over as it goes on."""

from __future__ import annotations

import html
import importlib
import sys
from typing import Any

from goodfit.fitting.console import Console, visible

BAR_WIDTH = 24  # letters


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config


class NotebookConsole(Console):
    """A console whose lines and bar stand in one output of the cell."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._lines: list[str] = []
        self._bar_line = ""
        self._handle: Any = None

    def say(self, text: str, style: str = "") -> None:
        self._lines.append(visible(text))
        self._show()

    def stop(self) -> None:
        if self._bar_line:
            self._bar_line = ""
            self._show()

    def _draw(self, text: str, done: int, total: int) -> None:
        full = round(BAR_WIDTH * min(1.0, done / max(1, total)))
        self._bar_line = f"  {'█' * full}{'░' * (BAR_WIDTH - full)}  {visible(text)}"
        self._show()

    def _show(self) -> None:
        display: Any = importlib.import_module("IPython.display")  # whose functions have no types

        text = html.escape("\n".join([*self._lines, *([self._bar_line] if self._bar_line else [])]))
        block = display.HTML(f'<pre style="line-height:1.3;max-height:32em;overflow:auto">{text}</pre>')
        if self._handle is None:
            self._handle = display.display(block, display_id=True)
        else:
            self._handle.update(block)
