"""`goodfit.watch`: silent training mistakes found in a program that knows nothing of us. One line is enough."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from goodfit.checks.allow import Suppressions
from goodfit.checks.finding import Finding
from goodfit.checks.output import as_text
from goodfit.checks.patches import Patches
from goodfit.checks.watcher import Watcher

_running: list[watch] = []  # the outermost one patches torch; one inside it shares what that sees


class watch:
    """Watch everything that PyTorch does from here on, to the end of the block or of the program.

    `with goodfit.watch() as seen: ...` or, as in a notebook, `goodfit.watch()` alone. Nets, optimisers, losses and
    loaders are found by themselves, and nothing that they compute is changed.

    Args:
        select: rules to be asked, by name or code or the beginning of a code; all when empty.
        ignore: rules to be left out.
        quiet: print nothing at the end.
        strict: for tests of rules: what goes wrong inside a rule is raised.

    Attributes:
        findings: what was found, errors first.
    """

    def __init__(
        self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), quiet: bool = False, strict: bool = False
    ) -> None:
        self.watcher: Watcher
        self.findings: list[Finding] = []
        self._quiet = quiet
        self._outer = _running[0] if _running else None
        self._open = True
        if self._outer is not None:
            self.watcher = self._outer.watcher
            self._before = {id(finding) for finding in self.watcher.findings()}
        else:
            self.watcher = Watcher(
                select=list(select),
                ignore=list(ignore),
                suppressions=Suppressions.from_project(Path.cwd()),
                strict=strict,
            )
            self._patches = Patches(self.watcher)
            self._patches.install()
        _running.append(self)
        atexit.register(self.close)

    def close(self) -> list[Finding]:
        """Stop watching, put back what was replaced, and say what was found."""
        if not self._open:
            return self.findings
        self._open = False
        atexit.unregister(self.close)
        _running.remove(self)
        if self._outer is not None:
            self.findings = [found for found in self.watcher.findings() if id(found) not in self._before]
            return self.findings
        self.findings = self.watcher.close()
        self._patches.remove()
        if not self._quiet:
            print(as_text(self.findings, self.watcher), file=sys.stderr)
        return self.findings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
