"""dropout-of-keep: a dropout gets the share that is to be kept, where torch expects the share that is dropped.

What it checks
    In the source of the program: Dropout or dropout is called with a number called keep_prob, keep_rate or the like.

Why it hurts
    With keep_prob = 0.9, nine of ten values are dropped. The net learns slowly and far less than it could.

Example
    nn.Dropout(keep_prob)

Instead
    nn.Dropout(1 - keep_prob)

When it is a false alarm
    A name that says the reverse of what it holds.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

DROPOUT = lazy_pattern(r"^(Alpha|Feature)?[Dd]ropout[123]?d?$")
KEEP = lazy_pattern(r"(^|_)keep(_?(prob|rate|p|ratio|probability))?$", re.IGNORECASE)


class DropoutOfKeep(SourceRule):
    code, level = "GF341", Level.WARNING
    worth_parsing = lazy_pattern("keep", re.IGNORECASE)
    what = "a dropout gets {name}, the share that is to be kept: torch drops that share"
    fix = "1 - {name}"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return kept(tree)


def kept(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What dropouts get by such a name, each with its line."""
    for node in all_nodes(tree):
        if not isinstance(node, ast.Call) or not DROPOUT.match(called(node)):
            continue
        rates = [keyword.value for keyword in node.keywords if keyword.arg == "p"]
        rates += node.args[:1] if called(node)[0] == "D" or "Dropout" in called(node) else node.args[1:2]
        for rate in rates:
            name = rate.attr if isinstance(rate, ast.Attribute) else rate.id if isinstance(rate, ast.Name) else ""
            if KEEP.search(name):
                yield ast.unparse(rate), node.lineno
