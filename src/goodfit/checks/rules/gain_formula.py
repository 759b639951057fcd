"""gain-formula: a discounted gain begins with the wrong discount, or is compared with the ideal of another list.

What it checks
    In the source of the program: in a sum that is called dcg or idcg, or that counts hits, ranks are counted from 0 and
    the discount is log2(rank + 1); or from 1, and it is log2(rank) or log2(rank + 2). Or the ideal gain has a term for
    each item that was retrieved (range(k), range(len(retrieved))), whatever the number of relevant ones, where the gain
    itself counts those that are relevant.

Why it hurts
    With log2(rank + 1) from 0 the first item is divided by 0, or both first ranks count the same, so that a right
    answer at rank 2 is a perfect one. With the ideal of k items a user with one relevant item can never reach more than
    1 / (1 + 1 / log2(3) + ...): scores of data sets with few relevant items are far too small, and not comparable.

Example
    dcg = sum(1 / math.log2(i + 1) for i, item in enumerate(top) if item in relevant)
    idcg = sum(1 / math.log2(i + 2) for i in range(k))

Instead
    dcg = sum(1 / math.log2(i + 2) for i, item in enumerate(top) if item in relevant)
    idcg = sum(1 / math.log2(i + 2) for i in range(min(k, len(relevant))))

When it is a false alarm
    Users who all have k relevant items or more.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, children, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

IDEAL = lazy_pattern(r"(?i)idcg|ideal|max_dcg|best_dcg")
GAIN = lazy_pattern(r"(?i)dcg")
LIMITED = lazy_pattern(r"(?i)min\(|rel|expected|true|target|gt|pos|label|truth")
FIRST = {"0": "2", "1": "1"}  # where ranks begin, and what is to be added to them
COMPREHENSIONS = (ast.GeneratorExp, ast.ListComp)


class GainFormula(SourceRule):
    code, level = "GF678", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)dcg")
    what = "{name}"
    fix = "Count ranks from 0 with log2(rank + 2), and the ideal over min(k, number of relevant items)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        yield from wrong_discounts(tree)
        yield from wrong_ideals(tree)


def wrong_discounts(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Discounts that do not fit where ranks begin, each with its line."""
    for loop in all_nodes(tree):
        heads = [loop] if isinstance(loop, ast.For) else loop.generators if isinstance(loop, COMPREHENSIONS) else []
        for head in heads:
            rank, first = _rank(head.target, head.iter)
            body = [*loop.body] if isinstance(loop, ast.For) else children(loop)
            for node in (each for part in body for each in of_kind(part, ast.Call)):
                if called(node) == "log2" and len(node.args) == 1 and rank:
                    added = _added_to(node.args[0], rank)
                    if added and first in FIRST and added != FIRST[first]:
                        yield f"ranks begin at {first}, and {ast.unparse(node)} is their discount", node.lineno


def _rank(target: ast.expr, over: ast.expr) -> tuple[str, str]:
    """The name of a counter, and where it begins."""
    if not isinstance(over, ast.Call):
        return "", ""
    if called(over) == "enumerate" and isinstance(target, ast.Tuple) and isinstance(target.elts[0], ast.Name):
        start = [each.value for each in over.keywords if each.arg == "start"] + over.args[1:2]
        return target.elts[0].id, ast.unparse(start[0]) if start else "0"
    if called(over) in ("range", "arange") and isinstance(target, ast.Name) and 1 <= len(over.args) <= 2:
        return target.id, ast.unparse(over.args[0]) if len(over.args) == 2 else "0"
    return "", ""


def _added_to(node: ast.expr, rank: str) -> str:
    """k of rank + k; "0" of rank; "" of anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if ast.unparse(side) == rank and isinstance(other, ast.Constant):
                return f"{float(other.value):g}" if isinstance(other.value, int | float) else ""
    return "0" if ast.unparse(node) == rank else ""


def wrong_ideals(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Ideal gains with a term for each place of the list, whatever is relevant, each with its line."""
    for scope in formulas(tree):
        if not any(_counts_hits(value) for values in scope.values.values() for value in values):
            continue
        for name, values in scope.values.items():
            if IDEAL.search(name):
                for value in values:
                    if _is_of_all_places(value, scope):
                        yield (
                            f"{name} has a term for each place of the list, however few items are relevant",
                            value.lineno,
                        )


def _counts_hits(node: ast.expr) -> bool:
    """sum(1 / log2(i + 2) for i, item in enumerate(top) if item in relevant)"""
    return any(
        isinstance(each, COMPREHENSIONS)
        and any(isinstance(test, ast.In) for compare in of_kind(each, ast.Compare) for test in compare.ops)
        and any(called(call) == "log2" for call in of_kind(each, ast.Call))
        for each in all_nodes(node)
    )


def _is_of_all_places(node: ast.expr, scope: Formulas) -> bool:
    """A sum of discounts over range(k) or range(1, len(top) + 1), with nothing that limits it."""
    for each in all_nodes(node):
        if isinstance(each, COMPREHENSIONS) and any(called(call) == "log2" for call in of_kind(each, ast.Call)):
            head = each.generators[0]
            is_whole = called(head.iter) == "range" and not head.ifs
            names = [name for name in of_kind(head.iter, ast.Name) if name.id in scope.values]
            return is_whole and not names and not LIMITED.search(ast.unparse(head.iter))
    return False
