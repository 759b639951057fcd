"""`goodfit.watch`: silent training mistakes found in a program that knows nothing of us. One line is enough."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from goodfit.checks import notebook
from goodfit.checks.engine.hooks import Hooks
from goodfit.checks.engine.watcher import Watcher
from goodfit.checks.finding import Finding
from goodfit.checks.formats import as_text
from goodfit.checks.selection import Selection
from goodfit.checks.suppressions import Suppressions

_running: list[watch] = []  # the outermost one hooks torch; one inside it shares what that sees


class watch:
    """Watch everything that PyTorch does from here on, to the end of the block or of the program.

    `with goodfit.watch() as seen: ...` or, as in a notebook, `goodfit.watch()` alone. Nets, optimisers, losses and
    loaders are detected, and nothing that they compute is changed.

    Args:
        select: rules to ask, by name, code or beginning of a code; all when empty.
        ignore: rules to leave out.
        quiet: print nothing at the end.
        strict: for tests of rules: raise what goes wrong inside a rule instead of reporting it as a finding.

    In a notebook each cell is followed by what it led to, and `watch` itself is shown as a table.

    Raises:
        UsageError: there is no such rule.
    """

    def __init__(
        self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), quiet: bool = False, strict: bool = False
    ) -> None:
        self.watcher: Watcher
        self._findings: list[Finding] = []
        self._before: list[Finding] = []
        self._quiet = quiet
        self._outer = _running[0] if _running else None
        self._open = True
        selection = Selection(select, ignore)
        if self._outer is not None:
            self.watcher = self._outer.watcher
            self._before = self.watcher.findings()
        else:
            suppressions = Suppressions.from_project(Path.cwd())
            self.watcher = Watcher(selection=selection, suppressions=suppressions, strict=strict)
            self._hooks = Hooks(self.watcher)
            self._hooks.install()
        _running.append(self)
        self._leave_notebook = notebook.after_each_cell(self) if self._outer is None and not quiet else None
        atexit.register(self.close)

    @property
    def findings(self) -> list[Finding]:
        """What was found so far, errors first; some rules speak only when the watch is closed."""
        return self._since() if self._open else self._findings

    def _since(self) -> list[Finding]:
        """The findings of this watch's own time; one that counts on is another object."""
        return [
            finding for finding in self.watcher.findings() if not any(finding is earlier for earlier in self._before)
        ]

    def _repr_html_(self) -> str:
        """As notebooks show it."""
        return notebook.as_html(self.findings)

    def close(self) -> list[Finding]:
        """Stop watching, put back what was replaced, and report the findings."""
        if not self._open:
            return self._findings
        atexit.unregister(self.close)
        _running.remove(self)
        if self._outer is not None:
            self._findings, self._open = self._since(), False
            return self._findings
        self._findings, self._open = self.watcher.close(), False
        self._hooks.remove()
        if self._leave_notebook is not None:
            self._leave_notebook()
        if not self._quiet:
            print(as_text(self._findings, self.watcher.program.summary()), file=sys.stderr)
        return self._findings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
