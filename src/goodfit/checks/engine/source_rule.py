"""A rule that reads the program's own source, once, after it has trained."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from collections.abc import Collection, Iterator
from typing import ClassVar

from goodfit.checks.engine.events import WatchEnds
from goodfit.checks.engine.own_source import Source
from goodfit.checks.finding import Finding
from goodfit.checks.rule import LiveRule


class SourceRule(LiveRule):
    """For what no tensor shows. It speaks of programs that have taken a step.

    Attributes:
        worth_parsing: files without a match are passed over.
        what, fix: of a finding; {name} stands for what `_places` calls it.
        asks_the_file_alone: `_places` depends on nothing else, so that of a file that was watched before it is known.
    """

    worth_parsing: ClassVar[re.Pattern[str]]
    what: ClassVar[str]
    fix: ClassVar[str]
    asks_the_file_alone: ClassVar[bool] = True

    @abstractmethod
    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        """What is wrong in a file, by its name in the program, each with its line."""

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(self.worth_parsing):
                for name, line in self._known_places(source):
                    what, fix = (text.replace("{name}", name) for text in (self.what, self.fix))
                    yield self.finding(what, fix, file=source.file, line=line)

    def _known_places(self, source: Source) -> Collection[tuple[str, int]]:
        if self.asks_the_file_alone:
            return source.found(self._places, kept_as=type(self))
        return dict.fromkeys(self._places(source.tree))
