"""pool-number-as-row: numbers of places in the pool are taken for numbers of rows of the whole data.

What it checks
    In the source of the program: scores are computed of a list of row numbers (the pool), and the best of these are
    taken by topk, argsort or argmax. What they give are places in that list; they are added to the rows that have
    labels, and not looked up in the list.

Why it hurts
    The rows that get a label are others than those that were chosen, more so with each round, and some are chosen
    again and again: what is measured as active learning is a choice by chance.

Example
    top = scores(net, pool).topk(30).indices.tolist(); labelled += top

Instead
    labelled += [pool[i] for i in top]

When it is a false alarm
    A pool of all rows, in their order.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called, names_in
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

POOL = lazy_pattern(r"(?i)pool|unlabel")
LABELLED = lazy_pattern(r"(?i)^(?!.*unlabel).*(labell?ed|train|known|annotated|l_idx|selected|queried)")
BEST = ("topk", "argsort", "argmax", "argpartition", "sort", "multinomial")
AS_LIST = ("tolist", "cpu", "numpy", "item", "detach")
DEPTH = 4  # names that are followed
ADDING = ("extend", "append", "update", "union")


class PoolNumberAsRow(SourceRule):
    code, level = "GF696", Level.WARNING
    worth_parsing = lazy_pattern(r"(?i)pool|unlabel")
    what = "{name} are places in the pool, and are added to the rows with labels as if they were numbers of rows"
    fix = "Look them up in the pool: [pool[i] for i in chosen]"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        for scope in formulas(tree):
            yield from taken_for_rows(scope)


def taken_for_rows(scope: Formulas) -> Iterator[tuple[str, int]]:
    """Names of places in the pool that are added to labelled rows, each with its line."""
    pools = {
        name
        for name, values in scope.values.items()
        if POOL.search(name) and any(_is_list_of_numbers(value) for value in values)
    }
    for node in scope.nodes if pools else ():
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
            owner, added = node.target.id, node.value
        elif (
            isinstance(node, ast.Call) and called(node) in ADDING and isinstance(node.func, ast.Attribute) and node.args
        ):
            owner, added = ast.unparse(node.func.value), node.args[0]
        else:
            continue
        if not LABELLED.search(owner) or POOL.search(owner):
            continue
        value = _made_of(added, scope)
        is_place = any(called(each) in BEST for each in all_nodes(value))
        looked_up = any(
            isinstance(each, ast.Subscript) and names_in(each.value) & pools for each in all_nodes(value)
        ) or any(isinstance(each, ast.comprehension) for each in all_nodes(value))
        if is_place and not looked_up and _is_of_pool(value, pools, scope):
            yield ast.unparse(added), getattr(node, "lineno", 0)


def _is_list_of_numbers(value: ast.expr) -> bool:
    """list(range(...)), a comprehension, or a difference of sets of numbers."""
    text = ast.unparse(value)
    return (
        isinstance(value, ast.ListComp)
        or "range(" in text
        or "set(" in text
        or "setdiff1d(" in text
        or "delete(" in text
    )


def _made_of(value: ast.expr, scope: Formulas) -> ast.expr:
    """What a name is set to, without .tolist() and the like around it."""
    for _ in range(DEPTH):
        if isinstance(value, ast.Call) and called(value) in AS_LIST and isinstance(value.func, ast.Attribute):
            value = value.func.value
        elif isinstance(value, ast.Name):
            value = scope.value(value)
    return value


def _is_of_pool(value: ast.expr, pools: set[str], scope: Formulas, depth: int = DEPTH) -> bool:
    """Whether a value was computed with the numbers of the pool."""
    if names_in(value) & pools:
        return True
    names = (each for each in all_nodes(value) if isinstance(each, ast.Name)) if depth else ()
    found = ((each, scope.value(each)) for each in names)
    return any(made is not each and _is_of_pool(made, pools, scope, depth - 1) for each, made in found)
