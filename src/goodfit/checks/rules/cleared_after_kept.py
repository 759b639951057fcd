"""cleared-after-kept: a list is kept in a buffer, then emptied and filled again: the buffer holds one list many times.

What it checks
    In the source of the program: a list is appended as it is to another list, deque or dictionary, .clear() is called
    on the same list, and nothing but its first assignment gives the name a new one.

Why it hurts
    A buffer holds references. All that it was given are the same list, with what is in it now: the last episode, as
    often as there were episodes.

Example
    replay.append(self.states); self.states.clear()

Instead
    replay.append(list(self.states)); self.states.clear()          # or self.states = []

When it is a false alarm
    What is kept is read before the list is emptied, and not afterwards.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from goodfit.checks.engine.own_source import STORING, called, given, of_kind, owner_of
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

EMPTY = ("[]", "list()", "deque()", "{}", "dict()")


class ClearedAfterKept(SourceRule):
    code, level = "GF666", Level.WARNING
    worth_parsing = lazy_pattern(r"\.clear\(\)")
    what = "{name} is kept as it is, and emptied afterwards: each time the same list is kept, with what is in it last"
    fix = "Keep a copy, list(...), or begin a new list in the place of .clear()"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        calls = of_kind(tree, ast.Call)
        cleared = {owner_of(node) for node in calls if called(node) == "clear" and not node.args} - {""}
        made: Counter[str] = Counter()
        for target, value in given(of_kind(tree, ast.Assign)):
            if ast.unparse(value) in EMPTY:
                made[ast.unparse(target)] += 1
            elif ast.unparse(target) in cleared:
                made[ast.unparse(target)] += 2  # it may be a new one each time
        for node in calls:
            if not STORING.search(called(node)) or len(node.args) != 1:
                continue
            kept = node.args[0]
            name = ast.unparse(kept)
            is_list = isinstance(kept, ast.Name | ast.Attribute) and name in cleared and made[name] == 1
            if is_list and owner_of(node) not in ("", name):
                yield name, node.lineno
