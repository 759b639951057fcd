"""A rule that reads the program's own source, once, after it has trained."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.finding import Finding
from goodfit.checks.rule import LiveRule


class SourceRule(LiveRule):
    """For what no tensor shows. It speaks of programs that have taken a step.

    Attributes:
        worth_parsing: files without a match are passed over.
        what, fix: of a finding; {name} stands for what `_places` calls it.
    """

    worth_parsing: ClassVar[re.Pattern[str]]
    what: ClassVar[str]
    fix: ClassVar[str]

    @abstractmethod
    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        """What is wrong in a file, by its name in the program, each with its line."""

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        for source in self.program.source.files():
            if self.worth_parsing.search(source.text):
                for name, line in dict.fromkeys(self._places(source.tree)):  # a function is read with its file too
                    what, fix = (text.replace("{name}", name) for text in (self.what, self.fix))
                    yield self.finding(what, fix, file=source.file, line=line)
