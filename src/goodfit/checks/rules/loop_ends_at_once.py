"""loop-ends-at-once: a loop that adds up over batches returns at the end of its first round.

What it checks
    The program's source: the last statement of a loop over a loader is a return that no condition stands before, and
    the loop adds to a sum, a count or a list that is returned. Not where it goes over a single thing on purpose, as
    `for x in loader: return x` does.

Why it hurts
    The score of an evaluation is that of its first batch, and the loss of an epoch that of its first step. All else is
    never read.

Example
    for x, y in loader:
        correct += (net(x).argmax(1) == y).sum()
        total += len(y)
        return correct / total

Instead
    for x, y in loader:
        correct += (net(x).argmax(1) == y).sum()
        total += len(y)
    return correct / total

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, names_in, within
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern


class LoopEndsAtOnce(SourceRule):
    code, level = "GF456", Level.ERROR
    worth_parsing = lazy_pattern(r"\breturn\b")
    what = "the loop returns {name} at the end of its first round: what it adds up is that of one batch"
    fix = "Move the return out of the loop: one level less of spaces"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return ended(tree)


def ended(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What loops return after their first round, each with the line of the return."""
    for loop in all_nodes(tree):
        if not isinstance(loop, ast.For) or not isinstance(loop.body[-1], ast.Return) or loop.orelse:
            continue
        last = loop.body[-1]
        nodes = [node for statement in loop.body[:-1] for node in within(statement)]
        goes_on = any(isinstance(node, ast.Continue) for node in nodes)
        if last.value is not None and not goes_on and _added_up(nodes) & names_in(last.value):
            yield ast.unparse(last.value), last.lineno


def _added_up(nodes: list[ast.AST]) -> set[str]:
    """Names of sums and lists that grow."""
    sums = {node.target.id for node in nodes if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)}
    grown = (
        node.func.value
        for node in nodes
        if called(node) == "append" and isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute)
    )
    return sums | {owner.id for owner in grown if isinstance(owner, ast.Name)}
