"""loop-name-never-read: a loop over parameters gives its own name to something else before it has read it.

What it checks
    In the source of the program: the first thing that a for loop over .parameters(), .named_parameters() or buffers
    does with one of its names is to set it, to a value that it is not part of.

Why it hurts
    The parameter of this turn is never looked at. A penalty that was to compare it with what it was compares two copies
    of the same, and is 0 for ever.

Example
    for name, now in net.named_parameters():
        old = saved[name]
        now = old[: len(old)]
        penalty += (fisher[name] * (now - old) ** 2).sum()

Instead
        penalty += (fisher[name] * (now[: len(old)] - old) ** 2).sum()

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

SOURCES = ("parameters", "named_parameters", "buffers", "named_buffers")


class LoopNameNeverRead(SourceRule):
    code, level = "GF665", Level.WARNING
    worth_parsing = lazy_pattern(r"\.(named_)?(parameters|buffers)\(")
    what = "{name} of a loop over parameters is set to something else before it is read: no parameter is looked at"
    fix = "Give the other value another name"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for loop in of_kind(tree, ast.For):
            if any(called(node) in SOURCES for node in all_nodes(loop.iter)):
                for name in sorted(names_in(loop.target)):
                    line = _set_first(loop.body, name)
                    if line and not name.startswith("_"):
                        yield name, line


def _set_first(body: list[ast.stmt], name: str) -> int:
    """The line that sets a name before any statement reads it; 0 where it is read first, or only perhaps set."""
    for statement in body:
        uses = [node for node in all_nodes(statement) if isinstance(node, ast.Name) and node.id == name]
        if not uses:
            continue
        if isinstance(statement, ast.If | ast.With) and name not in {
            each
            for part in (getattr(statement, "test", None), *getattr(statement, "items", ()))
            if part
            for each in names_in(part)
        }:
            return _set_first(statement.body, name)
        is_set = isinstance(statement, ast.Assign) and all(isinstance(node.ctx, ast.Store) for node in uses)
        return statement.lineno if is_set else 0
    return 0
