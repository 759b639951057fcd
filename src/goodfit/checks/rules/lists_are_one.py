"""lists-are-one: a list of lists holds one list many times, and something is put into each.

What it checks
    In the source of the program: a name is set to [[]] * n, to [{}] * n, to [torch.zeros(k)] * n or to
    dict.fromkeys(keys, []), and one of its elements is changed in place after that (append, update, an element set,
    += of a list or tensor). A name whose elements are replaced (name[i] = ...) is left aside.

Why it hurts
    [x] * n holds x itself n times: what is put into one is in all. Losses of all kinds are added into the total,
    metrics of all classes are those of all rows, groups of parameters are equal.

Example
    losses = [[]] * 4
    for j, part in enumerate(parts): losses[j].append(part)

Instead
    losses = [[] for _ in range(4)]

When it is a false alarm
    None is known.

Cost
    The program's files are parsed once, at the end.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from goodfit.checks.engine.formulas import Formulas, formulas
from goodfit.checks.engine.own_source import all_nodes, called
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.finding import Level
from goodfit.lazy_pattern import lazy_pattern

MADE_BY = ("list", "dict", "set", "deque", "defaultdict", "Counter", "OrderedDict")
TENSORS = ("zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like", "full_like")
CHANGES = ("append", "extend", "add", "update", "insert", "setdefault", "appendleft", "pop", "remove", "clear")
IN_PLACE = ("add_", "sub_", "mul_", "div_", "copy_", "fill_", "zero_", "index_add_", "scatter_add_")


class ListsAreOne(SourceRule):
    code, level = "GF670", Level.WARNING
    worth_parsing = lazy_pattern(r"\] ?\* ?\w|\w ?\* ?\[|fromkeys\(")
    what = "{name} holds the same object many times: what is put into one of them is in all"
    fix = "Make each: [[] for _ in range(n)], {key: [] for key in keys}"

    def _places(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        return one_for_all(tree)


def one_for_all(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names that hold one object many times and whose elements are changed, each with its line."""
    for scope in formulas(tree):
        for name, values in scope.values.items():
            for value, kind in ((each, _repeated(each)) for each in values):
                if not kind:
                    continue
                # self.rows is made in one method and filled in another
                everywhere = list(all_nodes(tree)) if name.startswith("self.") else _with_functions(scope)
                until = min((each.lineno for each in values if each.lineno > value.lineno), default=math.inf)
                nodes = [node for node in everywhere if value.lineno <= getattr(node, "lineno", 0) < until]
                if not any(_is_element(target, name) for target in _set(nodes)) and any(
                    _changes(node, name, kind == "tensor", nodes) for node in nodes
                ):
                    yield name, value.lineno


def _with_functions(scope: Formulas) -> list[ast.AST]:
    return [node for each in scope.body for node in all_nodes(each)]


def _repeated(node: ast.expr) -> str:
    """What one object is that a list or dictionary holds many times: "list", "tensor"; "" of anything else."""
    if called(node) == "fromkeys" and isinstance(node, ast.Call) and len(node.args) == 2:
        return _changeable(node.args[1])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for side, times in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, ast.List) and len(side.elts) == 1 and ast.unparse(times) != "1":
                return _changeable(side.elts[0])
    return ""


def _changeable(node: ast.expr) -> str:
    if isinstance(node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp):
        return "list"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _is_list(node.left, node.right):
        return "list"  # [[0] * width] * height
    if isinstance(node, ast.Call):
        return "list" if called(node) in MADE_BY else "tensor" if called(node) in TENSORS else ""
    return ""


def _is_list(*sides: ast.expr) -> bool:
    return any(isinstance(side, ast.List) for side in sides)


def _set(nodes: list[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield from node.targets


def _is_element(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Subscript) and ast.unparse(node.value) == name


def _changes(node: ast.AST, name: str, are_tensors: bool, nodes: list[ast.AST]) -> bool:
    """Whether an element is changed in place: name[i].append(x), name[i][k] = x, name[i] += [x]."""
    if isinstance(node, ast.AugAssign):
        return _is_element(node.target, name) or _is_part(node.target, name)
    if isinstance(node, ast.Assign):
        return any(_is_part(target, name) for target in node.targets)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_change = node.func.attr in (IN_PLACE if are_tensors else CHANGES)
        owner = node.func.value
        return is_change and (_is_element(owner, name) or ast.unparse(owner) in _loop_names(name, nodes))
    return False


def _is_part(node: ast.AST, name: str) -> bool:
    """name[i][k]"""
    return isinstance(node, ast.Subscript) and _is_element(node.value, name)


def _loop_names(name: str, nodes: list[ast.AST]) -> Iterator[str]:
    """What loops over the elements call each of them: of zip(name, others) and of enumerate(name) too."""
    for loop in nodes:
        if not isinstance(loop, ast.For):
            continue
        over, target = loop.iter, loop.target
        if ast.unparse(over) == name and isinstance(target, ast.Name):
            yield target.id
        if (
            isinstance(over, ast.Call)
            and isinstance(target, ast.Tuple)
            and called(over) in ("zip", "enumerate", "items")
        ):
            args = [ast.unparse(each) for each in over.args]
            if called(over) == "zip" and name in args and args.index(name) < len(target.elts):
                yield ast.unparse(target.elts[args.index(name)])
            elif (called(over) == "enumerate" and args[:1] == [name]) or ast.unparse(over) == f"{name}.items()":
                yield ast.unparse(target.elts[-1])
