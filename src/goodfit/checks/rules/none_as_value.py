"""none-as-value: a list is changed in place, and None, which that gives back, is used as if it were the list.

What it checks
    In the source of the program: the value of append, extend, insert, sort, reverse of a list that the file makes, or
    of random.shuffle, is assigned, returned or handed on.

Why it hurts
    These give None. Where None means "nothing" or "the default", the program goes on without what was meant: no layers
    to save, no classes, no columns; and the list that something else uses has changed.

Example
    config = dict(targets=names, saved=names.append("head"))

Instead
    config = dict(targets=names, saved=["head"])

When it is a false alarm
    None that is wanted, as in `seen.add(x) or x` written for lists.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from goodfit.checks.engine.own_source import all_nodes, called, children, given, of_kind
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

IN_PLACE = ("append", "extend", "insert", "sort", "reverse")


class NoneAsValue(SourceRule):
    code, level = "GF546", Level.WARNING
    worth_parsing = lazy_pattern(
        r"[=(,\[] *(?:\w+\.)+(?:append|extend|insert|sort|reverse|shuffle)\(|return .*\.shuffle\("
    )
    what = "{name} changes a list in place and gives None, which is used as a value"
    fix = "Call it in a line of its own, and use the list; or make a new one: [*names, 'head'], sorted(names)"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return used_as_values(tree)


def used_as_values(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Calls that give None and whose value is used, each with the line."""
    lists = {ast.unparse(target) for target, value in given(all_nodes(tree)) if _is_list(value)}
    alone = {each.value for each in of_kind(tree, ast.Expr)}
    for node in all_nodes(tree):
        if not isinstance(node, ast.Assign | ast.Return | ast.keyword | ast.Call | ast.For):
            continue
        used = node.args if isinstance(node, ast.Call) else [node.iter] if isinstance(node, ast.For) else children(node)
        for each in used:
            if isinstance(each, ast.Call) and each not in alone and _gives_none(each, lists):
                yield f"{ast.unparse(each.func)}()", each.lineno


def _gives_none(call: ast.Call, lists: set[str]) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    owner = ast.unparse(call.func.value)
    if called(call) == "shuffle":
        return owner in ("random", "np.random", "numpy.random")
    return called(call) in IN_PLACE and owner in lists


def _is_list(value: ast.expr) -> bool:
    return isinstance(value, ast.List | ast.ListComp) or called(value) in ("list", "sorted")
