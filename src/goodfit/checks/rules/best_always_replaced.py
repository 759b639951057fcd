"""best-always-replaced: the best score is replaced by the last one in every epoch, better or not.

What it checks
    In the source of the program: `if score < best:` keeps the weights, and the line after that block, which runs in any
    case, sets best = score.

Why it hurts
    Each score is compared with the one before it. The weights that are kept at the end are those of the last epoch that
    was better than its neighbour, which may be far worse than the best.

Example
    if loss < best:
        torch.save(net.state_dict(), "best.pt")
    best = loss

Instead
    the last line within the block

When it is a false alarm
    A variable called best that is meant to be the score of the epoch before.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

BEST = lazy_pattern(r"best|top|max|min|lowest|highest", re.IGNORECASE)
KEEPS = lazy_pattern(r"save|copy|state_dict|checkpoint|store|keep", re.IGNORECASE)


class BestAlwaysReplaced(SourceRule):
    code, level = "GF545", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)if .*(?:best|top|max|min|lowest|highest)")
    what = (
        "{name} is replaced whether the score was better or not: what is kept is better than the epoch before, no more"
    )
    fix = "Replace {name} within the block that keeps the weights"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return always_replaced(tree)


def always_replaced(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Best scores that are set after the block which compares them, each with the line."""
    for node in all_nodes(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield from _in_block(block)


def _in_block(block: list[ast.stmt]) -> Iterator[tuple[str, int]]:
    for compares, after in itertools.pairwise(block):
        if not isinstance(compares, ast.If) or compares.orelse or not isinstance(after, ast.Assign):
            continue
        test = compares.test
        if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Lt | ast.Gt | ast.LtE | ast.GtE):
            continue
        sides = {ast.unparse(test.left), ast.unparse(test.comparators[0])}
        best, score = ast.unparse(after.targets[0]), ast.unparse(after.value)
        keeps = any(KEEPS.search(called(each)) for statement in compares.body for each in all_nodes(statement))
        sets = any(
            isinstance(each, ast.Name | ast.Attribute) and isinstance(each.ctx, ast.Store) and ast.unparse(each) == best
            for statement in compares.body
            for each in all_nodes(statement)
        )
        if len(sides) == 2 and sides == {best, score} and BEST.search(best) and keeps and not sets:
            yield best, after.lineno
