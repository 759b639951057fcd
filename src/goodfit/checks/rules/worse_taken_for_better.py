"""worse-taken-for-better: a margin on the best score has the wrong sign, so that worse scores replace it.

What it checks
    In the source of the program: where a score is below the best one plus a margin, or above the best one minus it, the
    score becomes the best. Margins are called delta, tolerance, threshold and so on, or are positive numbers.

Why it hurts
    Each epoch may be a little worse than the best and become the best by that, and the next one a little worse again.
    Early stopping never ends training, and the weights that are kept are not the best ones.

Example
    if loss < best + min_delta: best, waited = loss, 0

Instead
    if loss < best - min_delta: best, waited = loss, 0

When it is a false alarm
    A margin that is negative. Names that the program sets to a negative number, or turns, are left out.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, given, last_name, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MARGIN = lazy_pattern(r"(?i)delta|tol|thr|margin|improve")
ROUNDING = 1e-6  # a margin that is no larger is for numbers that are equal
BELOW, ABOVE = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)


class WorseTakenForBetter(SourceRule):
    code, level = "GF474", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)\bif\b[^\n]*(best|min|max|score|loss)[^\n]*[<>]|\bif\b[^\n]*[<>][^\n]*best")
    what = "{name} lets scores that are worse than the best one become the best: the margin has the wrong sign"
    fix = "Ask for more than the best by the margin: loss < best - margin, or score > best + margin"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return wrong_margins(tree)


def wrong_margins(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Conditions under which a worse score becomes the best, each with its line."""
    turned = {ast.unparse(target) for target, value in given(all_nodes(tree)) if _is_negative(value)}
    turned |= {ast.unparse(node.target) for node in of_kind(tree, ast.AugAssign) if isinstance(node.op, ast.Mult)}
    for node in of_kind(tree, ast.If):
        for test in _compared(node.test):
            for body, is_else in ((node.body, False), (node.orelse, True)):
                if is_else and test is not node.test:
                    continue
                pairs = {(ast.unparse(a), ast.unparse(b)) for a, b in given(body)}
                for score, best, is_below in _sides(test, is_else=is_else):
                    owner = _with_margin(best, is_below=is_below)
                    if owner is not None and (owner[0], ast.unparse(score)) in pairs and owner[1] not in turned:
                        yield ast.unparse(test), node.lineno


def _compared(test: ast.expr) -> Iterator[ast.Compare]:
    """The comparison that a condition is, or those that any of which is enough."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        yield test
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for each in test.values:
            yield from _compared(each)


def _sides(test: ast.Compare, *, is_else: bool) -> Iterator[tuple[ast.expr, ast.expr, bool]]:
    """Each side as the score, the other one, and whether the score is below it where the best is replaced."""
    left, right = test.left, test.comparators[0]
    if not isinstance(test.ops[0], BELOW + ABOVE):
        return
    below = isinstance(test.ops[0], BELOW) is not is_else
    yield left, right, below
    yield right, left, not below


def _with_margin(side: ast.expr, *, is_below: bool) -> tuple[str, str] | None:
    """Of best + margin, or best * (1 + margin), the best and the margin, where it lets worse scores pass."""
    if not isinstance(side, ast.BinOp):
        return None
    wrong = ast.Add if is_below else ast.Sub
    if isinstance(side.op, wrong) and _is_margin(side.right):
        return ast.unparse(side.left), ast.unparse(side.right)
    if isinstance(side.op, ast.Mult) and isinstance(side.right, ast.BinOp) and isinstance(side.right.op, wrong):
        is_one = isinstance(side.right.left, ast.Constant) and side.right.left.value == 1
        if is_one and _is_margin(side.right.right):
            return ast.unparse(side.left), ast.unparse(side.right.right)
    return None


def _is_margin(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and node.value > ROUNDING
    return bool(MARGIN.search(last_name(node)))


def _is_negative(value: ast.expr) -> bool:
    return any(isinstance(each, ast.USub) for each in all_nodes(value))
